"""Simulated people of all kinds before the camera, as far as the set-up and what is recorded."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from tests.data import find_data
from tests.desktop.processes import app, wait_until
from tests.desktop.studies import SCRIPTED, study_text
from tests.simulated import clicks
from tracker_app.capture.camera import PORTRAIT
from tracker_app.capture.preflight import BRIGHTNESS
from tracker_app.codec import Entry
from tracker_app.gaze.features import GEOMETRY_NAMES
from tracker_app.gaze.stills import save_stills
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_entries
from tracker_app.records import EyeFeatures, Frame, Record, SessionInfo, SimulatedGaze

_R = TypeVar("_R", bound=Record)
LIMIT_S = 40.0
FEW = 25  # frames: a second
STUDY = study_text(
    "people", "[talk]\nmin_turns = 1\n" + SCRIPTED, ticks=("gaze", "mouse", "eye_features")
)


def _of(entries: Sequence[Entry], kind: type[_R]) -> list[_R]:
    return [e.record for e in entries if isinstance(e.record, kind)]


def _visit(
    display: str,
    folder: Path,
    person: str,
    is_enough: Callable[[list[Frame]], bool],
    camera: str = PORTRAIT,
) -> list[Entry]:
    """What is recorded of a person who agrees and comes to the set-up, until it is enough."""
    data, study = folder / "client", folder / "study.toml"
    study.write_text(STUDY)
    arguments = [str(study), "--camera", camera, "--loop-camera", "--data-dir", str(data)]

    def entries() -> list[Entry]:
        return [e for session in list_sessions(data) for e in read_entries(session)]

    with app(display, folder, arguments, person=person) as running:
        running.play_until(
            lambda: running.announcements.page not in ("", "welcome", "consent"), "the set-up"
        )
        wait_until(
            lambda: is_enough(_of(entries(), Frame)), f"seeing {person}", LIMIT_S, pause_s=0.3
        )
        assert running.process.poll() is None
    found = entries()
    (info,) = _of(found, SessionInfo)
    assert info.is_simulated
    assert info.session_id.startswith("sim_")
    return found


def _several(frames: list[Frame]) -> bool:
    return sum(frame.has_face for frame in frames) > FEW


def _look_at(entries: Sequence[Entry]) -> tuple[str, int]:
    (record,) = _of(entries, SimulatedGaze)
    return record.look_at, record.seed


def _head_mm(entries: Sequence[Entry]) -> list[float]:
    place = GEOMETRY_NAMES.index("head_x")
    return [features.values[place] for features in _of(entries, EyeFeatures)]


def test_in_a_dark_room_the_face_is_seen_and_is_too_dark(
    display: str, face_video: Path, tmp_path: Path
) -> None:
    entries = _visit(display, tmp_path, "3:dark", _several, str(face_video))
    light = [f.brightness for f in _of(entries, Frame) if f.brightness is not None]
    assert len(light) > FEW
    assert max(light) < BRIGHTNESS[0]
    assert _look_at(entries) == ("mouse pointer (dark)", 3)


def test_company_is_counted_and_goes_again(display: str, tmp_path: Path) -> None:
    def has_gone(frames: list[Frame]) -> bool:
        together = [f for f in frames if f.other_faces == 1]
        return len(together) > FEW and not any(f.other_faces for f in frames[-5:])

    frames = _of(_visit(display, tmp_path, "5:company", has_gone), Frame)
    assert sum(f.has_face for f in frames) > 0.95 * len(frames)
    head_x = [f.head_x_mm for f in frames if f.head_x_mm is not None]
    assert max(head_x) - min(head_x) < 80  # it is the same person all the time


def test_who_leaves_is_missing_for_a_while_and_comes_back(display: str, tmp_path: Path) -> None:
    def is_back(frames: list[Frame]) -> bool:
        return not all(f.has_face for f in frames) and all(f.has_face for f in frames[-5:])

    frames = _of(_visit(display, tmp_path, "2:leaves", is_back), Frame)
    away = [f for f in frames if not f.has_face]
    assert 2.5e9 < away[-1].t_ns - away[0].t_ns < 3.5e9
    assert all(not f.has_face for f in frames if away[0].t_ns <= f.t_ns <= away[-1].t_ns)


def test_a_recorded_participants_eyes_are_what_is_recorded(display: str, tmp_path: Path) -> None:
    path = find_data(Path("gaze-dev.npz"))
    if path is None:
        path = tmp_path / "somebody.npz"
        save_stills(clicks(3, 8), path)
    entries = _visit(display, tmp_path, f"recorded:{path}", _several)
    assert "recorded participant" in _look_at(entries)[0]
    assert len(set(_head_mm(entries))) == 4  # the mouse rests, and the nearest frames take turns
