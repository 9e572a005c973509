"""The calibration through the window, with simulated people whose eyes follow the mouse pointer.

The pointer stands where the eyes look, so it is moved even where only keys are pressed.
"""

import json
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from calibration.arrays import read_arrays
from calibration.geometry import Screen
from calibration.looks import Use
from calibration.profile import Surroundings, load_profile
from calibration.regression import GazeModel
from tests.desktop.processes import App, app, wait_until
from tests.desktop.studies import SCRIPTED, study_text
from tracker_app.capture.camera import PORTRAIT
from tracker_app.cli import main
from tracker_app.codec import Entry
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_entries
from tracker_app.records import (
    CalibrationResult,
    CalibrationTarget,
    EyeFeatures,
    FlowStep,
    Frame,
    GazeCheck,
    GazeCheckKind,
    GazeSample,
    MouseEvent,
    MouseKind,
    Record,
    SessionEnd,
    TokenArrival,
)
from tracker_app.session.eyes import PROFILE_NAME

_R = TypeVar("_R", bound=Record)
AS_QUICK_AS_EYES = 20_000.0  # px/s
GLANCE_S = 0.02
TABLES = """
[completion]
complete = "THERE-1"
leaving_is_paid = true
[recording]
eye_features = "patches"
[talk]
mode = "single"
min_turns = 1
"""
STUDY = study_text(
    "calibrated",
    TABLES + SCRIPTED + "[calibration]\n",
    ticks=("gaze", "mouse", "eye_features"),
)
QUICK = "points = 5\nsettle_s = 0.3\ncollect_s = 0.5\n"
STILL = "head_movement = false\n"
Look = Callable[[list[float]], list[float] | None]


class Visit:
    """One person's visit, from the set-up on."""

    def __init__(self, running: App, data: Path) -> None:
        self.app = running
        self._data = data

    @property
    def state(self) -> dict[str, Any]:
        return self.app.announcements.refresh()

    @property
    def folder(self) -> Path:
        (found,) = list_sessions(self._data)
        return found

    def entries(self) -> list[Entry]:
        return read_entries(self.folder)

    def of(self, kind: type[_R]) -> list[_R]:
        return _of(self.entries(), kind)

    def watch_targets(self, look: Look, on_phase: Callable[[str], None] = lambda _: None) -> float:
        """Look at each target until the result is shown; returns the seconds since the first."""
        began, target, phase = 0.0, None, ""
        while (state := self.state)["page"] != "calibration_result":
            assert self.app.process.poll() is None
            if state.get("phase", phase) != phase:
                phase = state["phase"]
                on_phase(phase)
            if state.get("target") not in (None, target):
                began = began or time.monotonic()
                target = state["target"]
                place = look(target)
                if place is not None:
                    self.app.hand.move(place[0], place[1], speed=AS_QUICK_AS_EYES)
            self.app.hand.wait(GLANCE_S)
        return time.monotonic() - began


def attentive(target: list[float]) -> list[float]:
    return target


def inattentive(_target: list[float]) -> None:
    """The eyes stay where they are."""


@contextmanager
def _visit(display: str, folder: Path, person: str, rules: str) -> Iterator[Visit]:
    """Somebody who has come to the invitation to calibrate."""
    data, study = folder / "client", folder / "study.toml"
    study.write_text(STUDY + rules)
    arguments = [str(study), "--camera", PORTRAIT, "--loop-camera", "--data-dir", str(data)]
    with app(display, folder, arguments, person=person) as running:
        running.play_until(
            lambda: running.announcements.page not in ("", "welcome", "consent"), "the set-up"
        )
        running.press("setup_done")
        running.arrive("calibration_intro")
        yield Visit(running, data)


def _of(entries: Sequence[Entry], kind: type[_R]) -> list[_R]:
    return [e.record for e in entries if isinstance(e.record, kind)]


def test_a_calibration_is_as_good_as_it_says_and_is_followed_through_the_talk(
    display: str, tmp_path: Path
) -> None:
    with _visit(display, tmp_path, "3", "") as visit:
        visit.app.take_picture("intro")
        visit.app.press("begin_calibration")
        took_s = visit.watch_targets(attentive, visit.app.take_picture)
        visit.app.hand.wait(0.3)
        visit.app.take_picture("result")
        visit.app.press("accept_calibration")
        visit.app.play_to_the_end()
        assert visit.app.process.returncode == 0
    assert took_s <= 45
    entries = visit.entries()
    (result,) = _of(entries, CalibrationResult)
    assert result.is_accepted
    assert result.accuracy_deg is not None
    assert result.accuracy_deg <= result.limit_deg
    assert result.head_coverage is not None
    assert result.head_coverage >= 6 / 8
    assert result.data_loss < 0.05
    found_px, true_px = _judged_again(entries, visit.folder / PROFILE_NAME)
    assert found_px == pytest.approx(result.accuracy_px, abs=0.5)
    assert abs(_degrees(true_px, result) - _degrees(found_px, result)) < 0.2
    _assert_is_followed(entries)


def _judged_again(entries: Sequence[Entry], profile: Path) -> tuple[float, float]:
    """Mean error at the held-out targets in px: against them, and against where the eyes were."""
    features = {e.t_ns: np.array(e.values) for e in _of(entries, EyeFeatures)}
    pointers = [(m.received_t_ns, (m.x_px, m.y_px)) for m in _of(entries, MouseEvent) if m.x_px]
    model = _saved_model(profile)
    means = []
    for target in (t for t in _of(entries, CalibrationTarget) if t.use is Use.VALIDATE):
        heard = [f for f in _of(entries, Frame) if target.settled_t_ns <= f.t_ns <= target.end_t_ns]
        # The newest frames may have come too late to count.
        frames = [f for f in heard[: target.samples] if f.has_face and not f.is_blinking]
        gaze = model.predict(np.array([features[f.t_ns] for f in frames]))
        looked = [_last_before(pointers, f.result_t_ns) for f in frames]
        off_target, off_truth = gaze - (target.x_px, target.y_px), gaze - np.array(looked)
        means.append([np.linalg.norm(off, axis=1).mean() for off in (off_target, off_truth)])
    found_px, true_px = np.mean(means, axis=0)
    return float(found_px), float(true_px)


def _last_before(pointers: Sequence[tuple[int, Any]], t_ns: int) -> Any:
    return pointers[bisect_right(pointers, t_ns, key=lambda p: p[0]) - 1][1]


def _screen(result: CalibrationResult) -> Screen:
    assert result.distance_mm is not None
    return Screen(0, 0, 1, 1, result.pitch_mm, result.distance_mm)


def _degrees(length_px: float, result: CalibrationResult) -> float:
    return float(_screen(result).to_degrees(length_px))


def _saved_model(path: Path) -> GazeModel:
    about = json.loads(str(read_arrays(path)["about"]))
    del about["version"]
    return load_profile(path, Surroundings(**about))


def _assert_is_followed(entries: Sequence[Entry]) -> None:
    checks, gaze = _of(entries, GazeCheck), _of(entries, GazeSample)
    assert [c.number for c in checks] == list(range(1, len(checks) + 1))
    dots = [c for c in checks if c.kind is GazeCheckKind.DOT]
    assert len(dots) == 2  # before the first turn, and after it
    assert all(d.error_deg is not None for d in dots)
    assert dots[-1].is_used
    clicked = {c.element for c in checks if c.kind is GazeCheckKind.CLICK}
    assert clicked >= {"send", "next_turn", "end_talk"}
    learnt = [0, *(c.number for c in checks if c.is_used)]
    models = [g.model for g in gaze]
    assert models == sorted(models)
    assert set(models) <= set(learnt)
    assert set(models) >= set(learnt[:-1])  # nothing may be left to estimate after the last
    seen = [g for g in gaze if g.x_px is not None and g.corrected_x_px is not None]
    assert len(seen) > 0.9 * len(gaze) > 90
    moved = [(g.x_px, g.y_px) != (g.corrected_x_px, g.corrected_y_px) for g in seen]
    assert not any(is_moved for g, is_moved in zip(seen, moved, strict=True) if g.model == 0)
    assert sum(moved) > 0.5 * sum(g.model > 0 for g in seen)


def test_keys_alone_lead_through_it(display: str, tmp_path: Path) -> None:
    with _visit(display, tmp_path, "3", QUICK) as visit:

        def go_on(phase: str) -> None:
            if phase == "prepare":
                visit.app.hand.press("space")

        visit.app.hand.press("Return")
        visit.watch_targets(attentive, go_on)
        assert "accept_calibration" in visit.state["controls"]
        visit.app.hand.press("Return")
        visit.app.arrive("talk")
        wait_until(lambda: len(visit.of(GazeCheck)) == 1, "a look at the dot")
        visit.app.arrive("talk")
        visit.app.hand.type("Why?")
        visit.app.press("send")
        wait_until(lambda: bool(visit.of(TokenArrival)), "an answer")
        entries = visit.entries()
    (result,) = _of(entries, CalibrationResult)
    assert result.is_accepted
    targets = _of(entries, CalibrationTarget)
    assert [t.use for t in targets] == [Use.FIT] * 5 + [Use.HEAD] * 3 + [Use.VALIDATE] * 4
    assert targets[5].t_ns - targets[4].end_t_ns < 2e9  # a pause takes 4 s
    pressed = [m.t_ns for m in _of(entries, MouseEvent) if m.kind is MouseKind.PRESS]
    began, ended = (f.t_ns for f in _of(entries, FlowStep) if f.step in ("calibration", "talk"))
    assert not [t for t in pressed if began < t < ended]


def test_who_never_looks_at_the_dots_may_leave_after_two_retries(
    display: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with _visit(display, tmp_path, "4", QUICK + STILL) as visit:
        visit.app.press("begin_calibration")
        for attempt in (1, 2, 3):
            visit.app.hand.move(20, 780)  # below every dot
            visit.watch_targets(inattentive)
            visit.app.hand.wait(0.3)
            visit.app.take_picture(f"refused-{attempt}")
            offered = set(visit.state["controls"])
            assert "accept_calibration" not in offered
            assert "skip_calibration" in offered
            assert ("redo_calibration" in offered) == (attempt < 3)
            assert ("leave_study" in offered) == (attempt == 3)
            visit.app.press("redo_calibration" if attempt < 3 else "leave_study")
            wait_until(lambda: visit.state["page"] != "calibration_result", "going on")
        visit.app.arrive("thanks")
        assert "copy_code" in visit.state["controls"]  # leaving is paid
        visit.app.take_picture("left")
        visit.app.press("close")
        assert visit.app.process.wait(20) == 0
    entries = visit.entries()
    results = _of(entries, CalibrationResult)
    assert [(r.attempt, r.is_accepted) for r in results] == [(1, False), (2, False), (3, False)]
    assert all(r.accuracy_deg is not None and r.accuracy_deg > r.limit_deg for r in results)
    targets = _of(entries, CalibrationTarget)
    assert Counter(t.attempt for t in targets) == {1: 9, 2: 9, 3: 9}
    assert not _of(entries, GazeSample)
    assert [e.reason for e in _of(entries, SessionEnd)] == ["left"]
    assert main(["verify", str(visit.folder), "--json"]) == 0
    verified = json.loads(capsys.readouterr().out)
    assert verified["is_complete"]
    assert verified["is_finished"]


@pytest.mark.parametrize("person", ["7:glasses,moves", "2:leaves"])
def test_people_of_all_kinds_are_validated_or_refused(
    display: str, tmp_path: Path, person: str
) -> None:
    with _visit(display, tmp_path, person, QUICK + STILL) as visit:
        if "leaves" in person:
            wait_until(lambda: [f.has_face for f in visit.of(Frame)][-1:] == [False], "leaving")
        visit.app.press("begin_calibration")
        visit.watch_targets(attentive)
        visit.app.take_picture("result")
        is_offered = "accept_calibration" in visit.state["controls"]
        visit.app.press("accept_calibration" if is_offered else "skip_calibration")
        wait_until(lambda: bool(visit.of(CalibrationResult)), "the decision")
        entries = visit.entries()
    (result,) = _of(entries, CalibrationResult)
    is_good = result.accuracy_deg is not None and result.accuracy_deg <= result.limit_deg
    assert result.is_accepted is is_offered is is_good
    assert (result.accuracy_deg is None) == (result.accuracy_low_deg is None)
    if result.accuracy_px is not None:
        low_deg, high_deg = _mean_of_angles(result, _of(entries, CalibrationTarget))
        assert result.accuracy_deg is not None
        assert low_deg - 0.02 <= result.accuracy_deg <= high_deg + 0.02
        seen_mm = [f.distance_mm for f in _of(entries, Frame) if f.distance_mm is not None]
        assert min(seen_mm) <= (result.distance_mm or 0) <= max(seen_mm)
    assert result.data_loss == pytest.approx(_share_lost(entries), abs=0.02)
    assert (result.data_loss > 0.1) == ("leaves" in person)


def _mean_of_angles(
    result: CalibrationResult, targets: Sequence[CalibrationTarget]
) -> tuple[float, float]:
    """Between which degrees the mean error lies, from its pixels; alike where errors are small.

    A larger length has a smaller angle a pixel. So the mean of angles is at most the angle of the
    mean length, and at least that length by the angle a pixel of the largest error.
    """
    assert result.accuracy_px is not None
    high_deg = _degrees(result.accuracy_px, result)
    most_deg = max(t.most_error_deg for t in targets if t.most_error_deg is not None)
    most_px = float(_screen(result).to_pixels(most_deg))
    return result.accuracy_px * most_deg / most_px, high_deg


def _share_lost(entries: Sequence[Entry]) -> float:
    """Of the frames while a target was to be looked at."""
    targets = _of(entries, CalibrationTarget)
    frames = [
        frame
        for frame in _of(entries, Frame)
        if any(t.settled_t_ns <= frame.t_ns <= t.end_t_ns for t in targets)
    ]
    return sum(not f.has_face or f.is_blinking for f in frames) / len(frames)
