"""What the checks of a machine make of what was found."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_fields

from tests.data import write_portrait_video
from tests.fakes import FakeClock
from tests.sessions import build_session
from tracker_app.capture import machine
from tracker_app.capture.machine import check_machine, last_error_deg
from tracker_app.capture.machine_check import MachineCheck, Status
from tracker_app.capture.sighting import Sighting
from tracker_app.errors import CameraUnavailableError
from tracker_app.recording.folder_files import JOURNAL_NAME
from tracker_app.recording.folders import session_folder
from tracker_app.recording.journal import Journal
from tracker_app.records import CalibrationResult, GazeProvenance
from tracker_app.settings import Settings
from tracker_app.study.identity import new_id

USUAL = next(e.record for e in build_session() if isinstance(e.record, CalibrationResult))
GOOD = Sighting((640, 480), 50, 30.0, 29.5, 1.0, 0.0, 560.0, 0.5, (0.5, 0.5))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Found":
    return Found(monkeypatch, tmp_path)


class Found:
    """Checks a machine whose camera sees what a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._patch = monkeypatch
        self._settings = Settings(data_dir=folder)
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    def when(self, sighting: Sighting | CameraUnavailableError) -> dict[str, MachineCheck]:
        def see(*_: object) -> Sighting:
            if isinstance(sighting, CameraUnavailableError):
                raise sighting
            return sighting

        self._patch.setattr(machine, "_sight", see)
        return {check.name: check for check in check_machine(self._settings)}


def _with(**changes: object) -> Sighting:
    return replace(GOOD, **changes)  # type: ignore[arg-type] # each of its field's type


def test_what_is_good_is_ok_with_its_figures(found: Found) -> None:
    checks = found.when(GOOD)
    for name in ("camera", "face", "alone", "distance", "light"):
        assert checks[name].status is Status.OK
    assert checks["camera"].figures["delivered_hz"] == 30
    assert checks["distance"].figures == {"distance_mm": 560}
    assert checks["light"].figures == {"brightness": 0.5}


@pytest.mark.parametrize(
    ("name", "changes", "advice"),
    [
        ("alone", {"others_share": 0.8}, "step aside"),
        ("distance", {"distance_mm": 1100.0}, "1100 mm. Move a little closer"),
        ("distance", {"distance_mm": 250.0}, "250 mm. Move a little away"),
        ("light", {"brightness": 0.1}, "10% of full brightness. Turn on a light"),
        ("light", {"brightness": 0.97}, "too much light"),
    ],
)
def test_what_only_costs_accuracy_is_a_warning_with_advice(
    found: Found, name: str, changes: dict[str, object], advice: str
) -> None:
    check = found.when(_with(**changes))[name]
    assert check.status is Status.WARN
    assert check.is_ok
    assert advice in check.detail


def test_without_a_face_the_check_fails_and_what_depends_on_it_is_left_out(found: Found) -> None:
    checks = found.when(_with(face_share=0.0, distance_mm=None, brightness=None, place=None))
    assert checks["face"].status is Status.FAIL
    assert checks["face"].detail.startswith("in none of the pictures. Sit in front")
    assert not {"alone", "distance", "light"} & set(checks)


def test_without_a_model_no_face_is_missed(found: Found) -> None:
    checks = found.when(_with(face_share=None, distance_mm=None, brightness=None, place=None))
    assert "face" not in checks
    assert checks["camera"].is_ok


def test_without_a_camera_only_the_camera_fails_for_it(found: Found) -> None:
    checks = found.when(CameraUnavailableError("There is no camera 0."))
    assert checks["camera"].detail == "There is no camera 0."
    assert not {"face", "alone", "distance", "light"} & set(checks)
    assert checks["storage"].is_ok


def test_a_camera_that_is_too_slow_fails_and_a_slow_computer_is_told_apart(found: Found) -> None:
    slow_camera = found.when(_with(delivered_hz=9.0, handled_hz=9.0))["camera"]
    assert slow_camera.status is Status.FAIL
    assert "9.0 pictures a second delivered: too few" in slow_camera.detail
    slow_computer = found.when(_with(delivered_hz=30.0, handled_hz=15.0))["camera"]
    assert slow_computer.status is Status.OK
    assert "30.0 pictures a second delivered, 15.0 looked at" in slow_computer.detail


def test_a_face_at_the_edge_is_said_as_the_person_sees_it(found: Found) -> None:
    assert "to your right and low down" in found.when(_with(place=(0.2, 0.9)))["face"].detail
    assert "to your left" in found.when(_with(place=(0.8, 0.5)))["face"].detail


def test_a_video_is_seen_with_the_real_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    video = write_portrait_video(tmp_path / "short.mp4", frames=25)
    settings = Settings(data_dir=tmp_path, camera=str(video))
    checks = {check.name: check for check in check_machine(settings)}
    assert checks["face"].figures["face_share"] == 1
    assert 200 < checks["distance"].figures["distance_mm"] < 1000


def _calibrated(
    folder: Path, *errors: float, is_simulated: bool = False, is_accepted: bool = True
) -> Path:
    session_id = new_id(is_simulated=is_simulated)
    journal = Journal(session_folder(folder, session_id), session_id, FakeClock())
    for attempt, error in enumerate(errors):
        result = replace_fields(
            USUAL,
            t_ns=attempt + 1,
            attempt=attempt + 1,
            is_accepted=is_accepted,
            accuracy_deg=error,
            provenance=GazeProvenance.SIMULATED if is_simulated else GazeProvenance.CAMERA,
        )
        journal.append(result, 0)
    journal.close()
    return journal.folder


def test_the_error_measured_last_is_that_of_the_newest_person(tmp_path: Path) -> None:
    assert last_error_deg(tmp_path) is None
    _calibrated(tmp_path, 3.0)
    _calibrated(tmp_path, 2.5, 1.5)
    assert last_error_deg(tmp_path) == 1.5
    _calibrated(tmp_path, 0.1, is_simulated=True)
    assert last_error_deg(tmp_path) == 1.5


def test_a_calibration_that_was_not_accepted_tells_nothing(tmp_path: Path) -> None:
    _calibrated(tmp_path, 9.0, is_accepted=False)
    assert last_error_deg(tmp_path) is None


def test_a_session_that_cannot_be_read_does_not_stop_the_check(tmp_path: Path) -> None:
    folder = _calibrated(tmp_path, 2.0)
    (folder / JOURNAL_NAME).write_bytes(b"no journal at all" * 100)
    assert last_error_deg(tmp_path) is None
