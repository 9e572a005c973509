"""Whole sessions on a real display: killed in the middle, without a server, demonstrated."""

import json
import re
import shutil
import socket
from collections import Counter
from pathlib import Path
from typing import TypeVar

import pytest

from tests.desktop.processes import app, collection_server, wait_until
from tests.desktop.studies import study_text
from tests.model_server import answering, model_server
from tracker_app.cli import main
from tracker_app.codec import Entry
from tracker_app.dataset.export import read_parquet
from tracker_app.errors import TrackerError
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import progress_of, read_entries, verify
from tracker_app.records import (
    CalibrationResult,
    ClockSegment,
    ElementEvent,
    Frame,
    GazeProvenance,
    GazeSample,
    Message,
    MouseEvent,
    Rating,
    Record,
    Recording,
    TokenArrival,
    TurnRated,
)
from tracker_app.store.sqlite import read_entries as read_stored

_R = TypeVar("_R", bound=Record)
ANSWER = """Sunlight meets the molecules of the air. Blue light has a shorter wavelength, so it is
scattered much more than red light, in **all** directions. So wherever you look, you see blue.

- This is called Rayleigh scattering.
- In the evening the way is longer.
"""
TABLES = """[calibration]
points = 5
head_movement = false
settle_s = 0.4
collect_s = 0.5
[talk]
min_turns = 1
[[models]]
id = "a"
provider = "openai"
endpoint = "{endpoint}"
model = "a"
[[models]]
id = "b"
provider = "openai"
endpoint = "{endpoint}"
model = "b"
"""
STUDY = study_text("killed", TABLES)
SCRIPTED = STUDY.replace('provider = "openai"', 'provider = "scripted"\nanswers = ["One two."]')


@pytest.mark.timeout(400)
def test_a_session_killed_in_the_middle_of_a_turn_is_resumed_and_loses_nothing(
    display: str, face_video: Path, tmp_path: Path
) -> None:
    data, copy, study = tmp_path / "client", tmp_path / "copy", tmp_path / "study.toml"
    with (
        model_server(answering(re.findall(r"\S+\s*", ANSWER), pause_s=0.04)) as model,
        collection_server(tmp_path / "server") as url,
    ):
        study.write_text(STUDY.format(endpoint=model.endpoint))
        arguments = [str(study), "--camera", str(face_video), "--loop-camera"]
        arguments += ["--data-dir", str(data), "--server", url, "--code", "test-code"]
        with app(display, tmp_path, arguments) as first:
            first.play_until(lambda: _count(data, TokenArrival) > 5, "the first words")
            first.kill()
        (folder,) = list_sessions(data)
        shutil.copytree(folder, copy)
        with app(display, tmp_path, arguments, turns=0) as second:
            second.play_to_the_end()
            assert second.process.returncode == 0
    before, after = read_entries(copy), read_entries(folder)
    assert main(["export", str(folder), "--out", str(tmp_path / "export")]) == 0
    exported = read_parquet(tmp_path / "export")
    _assert_each_is_there_exactly_once(after, exported)
    _assert_each_is_there_exactly_once(before, exported)
    assert len(exported) == len(after)
    assert read_stored(tmp_path / "server", folder.name) == after
    collected = ["--collected", str(tmp_path / "server"), "--out", str(tmp_path / "collected")]
    assert main(["export", folder.name[:20], *collected]) == 0
    assert read_parquet(tmp_path / "collected") == exported
    assert verify(folder).is_complete
    progress = progress_of(folder)
    assert progress.is_delivered
    assert progress.acknowledged == progress.total
    _assert_everything_was_recorded(after)


def _count(data: Path, kind: type[Record]) -> int:
    try:
        return sum(len(_of(read_entries(f), kind)) for f in list_sessions(data))
    except TrackerError:  # the journal is just being made
        return 0


def _of(entries: list[Entry], kind: type[_R]) -> list[_R]:
    return [e.record for e in entries if isinstance(e.record, kind)]


def _assert_each_is_there_exactly_once(before: list[Entry], after: list[Entry]) -> None:
    assert set(Counter(e.key for e in after).values()) == {1}
    by_key = {e.key: e.record for e in after}
    assert all(by_key.get(e.key) == e.record for e in before)
    assert len(before) > 500


def _assert_everything_was_recorded(entries: list[Entry]) -> None:
    assert [s.reason for s in _of(entries, ClockSegment)] == ["start", "resume"]
    frames, gaze = _of(entries, Frame), _of(entries, GazeSample)
    assert sum(f.has_face for f in frames) >= 0.99 * len(frames)
    assert len(gaze) > 100
    assert all(g.provenance is GazeProvenance.SIMULATED for g in gaze)
    assert len([c for c in _of(entries, CalibrationResult) if c.is_accepted]) == 2
    assert sum(m.is_inside for m in _of(entries, MouseEvent)) > 200
    assert {e.element for e in _of(entries, ElementEvent)} >= {"question", "answer_1", "answer_2"}
    messages = _of(entries, Message)
    assert {m.side for m in messages} == {1, 2}
    assert all("**" not in m.displayed and "**" in m.raw for m in messages)
    assert len(_of(entries, Rating)) >= 2
    assert len(_of(entries, TurnRated)) == 1


@pytest.mark.timeout(400)
def test_a_session_goes_on_without_a_server_and_is_sent_at_the_next_start(
    display: str, face_video: Path, tmp_path: Path
) -> None:
    study, data = tmp_path / "study.toml", tmp_path / "client"
    study.write_text(SCRIPTED.format(endpoint=""))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    arguments = [str(study), "--camera", str(face_video), "--data-dir", str(data)]
    arguments += ["--loop-camera", "--server", f"http://127.0.0.1:{port}", "--code", "test-code"]
    with app(display, tmp_path, arguments) as first:
        first.play_until(lambda: first.announcements.page == "thanks", "the last page")
        assert _of(read_entries(list_sessions(data)[0]), TurnRated)
        first.hand.wait(1)  # the page has to say that the server is not there
        first.kill()
    (folder,) = list_sessions(data)
    assert verify(folder).is_complete
    assert not progress_of(folder).is_delivered
    with (
        collection_server(tmp_path / "server", port),
        app(display, tmp_path, arguments) as second,
    ):
        wait_until(lambda: progress_of(folder).is_delivered, "sending what was left over")
        second.kill()
    assert read_stored(tmp_path / "server", folder.name) == read_entries(folder)


@pytest.mark.timeout(400)
def test_nothing_is_recorded_while_the_participant_pauses(
    display: str, face_video: Path, tmp_path: Path
) -> None:
    study, data = tmp_path / "study.toml", tmp_path / "client"
    study.write_text(SCRIPTED.format(endpoint=""))
    arguments = [str(study), "--camera", str(face_video), "--loop-camera", "--data-dir", str(data)]
    with app(display, tmp_path, arguments) as running:
        running.play_until(lambda: running.announcements.page == "talk", "the talk")
        running.hand.press("F9")
        wait_until(lambda: running.announcements.refresh()["page"] == "paused", "pausing")
        running.hand.move(300, 300)
        running.hand.wait(1)
        running.hand.press("F9")
        wait_until(lambda: running.announcements.refresh()["page"] == "talk", "going on")
        running.play_to_the_end()
    entries = read_entries(list_sessions(data)[0])
    switches = [r for r in _of(entries, Recording) if r.source == "all"]
    assert [s.is_on for s in switches] == [False, True]
    paused, resumed = (s.t_ns for s in switches)
    assert resumed - paused > 1_000_000_000
    for kind in (Frame, GazeSample, MouseEvent, ElementEvent):
        times = [r.t_ns for r in _of(entries, kind)]
        assert not [t for t in times if paused < t < resumed]
        assert [t for t in times if t > resumed]


@pytest.mark.timeout(400)
def test_a_camera_lost_midway_is_recorded_and_the_session_goes_on(
    display: str, face_video: Path, tmp_path: Path
) -> None:
    import cv2

    short = tmp_path / "short.avi"
    reader = cv2.VideoCapture(str(face_video))
    size = (int(reader.get(cv2.CAP_PROP_FRAME_WIDTH)), int(reader.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    writer = cv2.VideoWriter(str(short), cv2.VideoWriter.fourcc(*"MJPG"), 25, size)
    for _ in range(25 * 20):
        writer.write(reader.read()[1])
    writer.release()
    reader.release()
    study, data = tmp_path / "study.toml", tmp_path / "client"
    study.write_text(SCRIPTED.format(endpoint=""))
    arguments = [str(study), "--camera", str(short), "--data-dir", str(data)]
    with app(display, tmp_path, arguments, turns=3) as running:
        running.play_to_the_end()
        assert running.process.returncode == 0
    entries = read_entries(list_sessions(data)[0])
    stopped = [r for r in _of(entries, Recording) if r.source == "camera" and not r.is_on]
    assert "stopped sending pictures" in stopped[0].reason
    last_frame = max(f.t_ns for f in _of(entries, Frame))
    assert max(t.t_ns for t in _of(entries, TurnRated)) > last_frame


@pytest.mark.timeout(400)
def test_the_demonstration_describes_its_session(
    face_video: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "study.toml"
    study.write_text(SCRIPTED.format(endpoint=""))
    arguments = ["demo", "--headless", "--json", "--camera", str(face_video), "--turns", "1"]
    assert main([*arguments, "--study", str(study), "--out", str(tmp_path / "out")]) == 0
    result = json.loads(capfd.readouterr().out)
    assert result["session_id"].startswith("sim_")
    assert result["complete"] is True
    assert result["frames"] == result["frames_with_face"] > 300
    assert result["gaze_samples"] > 50
    assert result["mouse_events"] > 200
    assert result["turns"] == 1
    assert result["chunks"] == result["chunks_acknowledged"] > 0
    for path in [result["session_path"], result["export_path"], result["report_path"]]:
        assert Path(path).exists()
    pages = {Path(p).stem.split("-", 1)[1] for p in result["screenshots"]}
    assert pages >= {
        "welcome", "consent", "setup", "calibration_intro", "calibration_canvas_fit",
        "calibration_canvas_validate", "calibration_result_accept",
        "drift_dot", "talk_question", "talk_rating", "feedback", "thanks",
    }  # fmt: skip
