"""Who comes back with a code: the same id, the calibration of last time, never somebody else's."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol, TypeVar

import numpy as np
import pytest

from calibration.geometry import Screen
from calibration.looks import Look, Use
from calibration.outcome import judge
from tests.fakes import FakeClock
from tests.simulated import calibration_frames, fitted_model, participant
from tracker_app.gaze.samples import Maps
from tracker_app.recording.reading import read_entries
from tracker_app.records import CalibrationKind, GazeCheck, Record
from tracker_app.session import Session, begin_session, find_interrupted, resume_session
from tracker_app.session import eyes as eyes_module
from tracker_app.session.eyes import Attempt
from tracker_app.settings import Settings
from tracker_app.study.flow import Event, Place, Step
from tracker_app.study.identity import coded_id, is_code
from tracker_app.study.reading import parse_study
from tracker_app.study.study import Study

SEED = 3
SCREEN = Screen(0, 0, *participant(SEED).desk.window_px, 0.25, 550)
TICKS = {"gaze": True, "text": True}


class Open(Protocol):
    """Opens a session of the participant with a code."""

    def __call__(self, code: str, *, keeps_eyes: bool = True) -> Session: ...


_R = TypeVar("_R", bound=Record)


@pytest.fixture
def study() -> Study:
    text = files("tracker_app.study").joinpath("demo.toml").read_bytes()
    assert b'eye_features = "patches"' in text
    return parse_study(text.replace(b'"embedded"', b'"scripted"\nanswers = ["Yes."]'), "demo")


@pytest.fixture
def open_session(tmp_path: Path, study: Study) -> Iterator[Open]:
    opened: list[Session] = []

    def open_one(code: str, *, keeps_eyes: bool = True) -> Session:
        settings, ticks = Settings(data_dir=tmp_path), TICKS | {"eye_features": keeps_eyes}
        opened.append(
            begin_session(
                study, settings, FakeClock(), ticks, lambda _: None, is_simulated=True, code=code
            )
        )
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


class Camera(SimpleNamespace):
    """What the eyes need of a running pipeline."""

    def __init__(self, camera: str = "0", frame_px: tuple[int, int] = (640, 480)) -> None:
        super().__init__(camera=camera, frame_px=frame_px, latest=None, maps=[], is_on=True)

    def estimate_by(self, maps: Maps | None) -> None:
        self.maps.append(maps)

    def stop(self) -> None:
        """Is off from now on."""
        self.is_on = False


def before(session: Session, camera: Camera) -> None:
    session.eyes._pipeline = camera  # type: ignore[assignment] # no device exists here


def attempt() -> Attempt:
    still = calibration_frames(SEED).still
    features = still.features()
    looks: list[Look] = []
    for number in (6, 8, 16, 18):
        rows = np.flatnonzero(still.session == number)
        look = Look(len(looks), still.target_px[rows[0]], Use.VALIDATE, shown_ns=1)
        look.samples = [(i * 40_000_000, row) for i, row in enumerate(features[rows])]
        looks.append(look)
    outcome = judge(looks, SCREEN, fitted_model(SEED))
    return Attempt(1, CalibrationKind.NEW, outcome.targets, SCREEN, outcome, 5.0, None)


def calibrate(session: Session) -> None:
    before(session, Camera())
    session.eyes.record_attempt(attempt())
    session.eyes.record_verdict(attempt(), is_accepted=True, decided_by="participant")


def test_the_calibration_of_last_time_is_found_again(open_session: Open) -> None:
    calibrate(open_session("P-1"))
    again = open_session("P-1")
    before(again, Camera())
    found = again.eyes.earlier_model(SCREEN)
    assert found is not None
    assert (found.weights == fitted_model(SEED).weights).all()


@pytest.mark.parametrize(
    ("camera", "screen"),
    [
        (Camera("1"), SCREEN),
        (Camera(frame_px=(1280, 720)), SCREEN),
        (Camera(), Screen(0, 0, 1000, 700)),
    ],
)
def test_on_another_camera_or_screen_it_is_not(
    open_session: Open, camera: Camera, screen: Screen
) -> None:
    calibrate(open_session("P-1"))
    again = open_session("P-1")
    before(again, camera)
    assert again.eyes.earlier_model(screen) is None


def test_nobody_gets_the_calibration_of_somebody_else(open_session: Open) -> None:
    calibrate(open_session("P-1"))
    for code in ("P-2", ""):
        other = open_session(code)
        before(other, Camera())
        assert other.eyes.earlier_model(SCREEN) is None


def test_without_a_code_no_calibration_is_kept_for_later(
    open_session: Open, tmp_path: Path
) -> None:
    calibrate(open_session(""))
    assert not (tmp_path / "calibrations").exists()


def test_of_whom_no_pictures_of_the_eyes_may_be_kept_no_calibration_is(
    open_session: Open, tmp_path: Path
) -> None:
    """A map holds an average of the eye pictures it was fitted to."""
    session = open_session("P-1", keeps_eyes=False)
    calibrate(session)
    assert list(tmp_path.rglob("*.npz")) == []
    calibrate(open_session("P-2"))
    again = open_session("P-2", keeps_eyes=False)
    before(again, Camera())
    assert again.eyes.earlier_model(SCREEN) is None


def test_a_damaged_calibration_is_as_good_as_none(open_session: Open, tmp_path: Path) -> None:
    calibrate(open_session("P-1"))
    (kept,) = (tmp_path / "calibrations").iterdir()
    kept.write_bytes(b"not an archive")
    again = open_session("P-1")
    before(again, Camera())
    assert again.eyes.earlier_model(SCREEN) is None


def test_learning_after_the_picture_changed_its_shape_does_not_bring_gaze_back(
    open_session: Open,
) -> None:
    session = open_session("")
    calibrate(session)
    changed = Camera(frame_px=(1280, 720))
    before(session, changed)
    model = fitted_model(SEED)
    session.eyes._estimate_by(Maps(model, model, 1))
    assert changed.maps == []


def test_an_interrupted_session_goes_on_for_the_same_code_only(
    open_session: Open, study: Study, tmp_path: Path
) -> None:
    session = open_session("P-1")
    session.close()
    mine, other = (coded_id(code, is_simulated=True) for code in ("P-1", "P-2"))
    found = find_interrupted(study, tmp_path, mine)
    assert found is not None
    assert found.participant.participant_id == mine
    assert find_interrupted(study, tmp_path, other) is None
    assert find_interrupted(study, tmp_path) is not None


@pytest.mark.parametrize("text", ["", "a b", "../x", "x/y", "ü", "x" * 41, "a\n"])
def test_a_code_that_is_no_file_name_is_refused(text: str) -> None:
    assert not is_code(text)


def recorded(session: Session, kind: type[_R]) -> list[_R]:
    session.journal.flush()
    entries = read_entries(session.journal.folder)
    return [e.record for e in entries if isinstance(e.record, kind)]


def test_a_calibration_accepted_after_the_camera_went_off_is_used_when_it_is_back(
    open_session: Open,
) -> None:
    session = open_session("P-1")
    before(session, Camera())
    session.eyes.record_attempt(attempt())
    session.eyes.stop("paused")
    session.eyes.record_verdict(attempt(), is_accepted=True, decided_by="operator")
    maps = session.eyes._maps
    assert maps is not None
    back = Camera()
    before(session, back)
    session.eyes._estimate_by(maps)
    assert back.maps == [maps]
    again = open_session("P-1")
    before(again, Camera())
    assert again.eyes.earlier_model(SCREEN) is not None


def test_a_calibration_is_not_used_on_a_picture_that_changed_its_shape_before_it_was_accepted(
    open_session: Open,
) -> None:
    session = open_session("")
    camera = Camera()
    before(session, camera)
    session.eyes.record_attempt(attempt())
    camera.frame_px = (1280, 720)
    session.eyes.record_verdict(attempt(), is_accepted=True, decided_by="participant")
    assert camera.maps == []


def test_a_click_is_judged_while_the_camera_is_on_and_a_pause_ends_it(
    open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "start_mouse", lambda _: None)
    session = open_session("")
    calibrate(session)
    talk = Place(Step.TALK, is_session=True, uses_eyes=True)
    session.follow(talk, Event.DONE)
    session.eyes._wanted.set()  # the camera is on
    features = calibration_frames(SEED).still.features()[0]
    checks, clock = session.eyes.checks, session.clock
    assert isinstance(clock, FakeClock)

    def frame() -> None:
        clock.advance(0.04)
        checks.hear(clock.now_ns(), features)

    session.point_clicked("send", (100.0, 100.0))
    frame()
    session.point_clicked("pause", (200.0, 100.0))
    session.follow(replace(talk, is_paused=True), Event.PAUSED)
    frame()  # was under way
    session.point_clicked("resume", (300.0, 100.0))
    session.eyes._wanted.set()
    frame()
    assert [check.element for check in recorded(session, GazeCheck)] == ["send"]


class Shutter:
    """Cameras that take their time to open."""

    def __init__(self) -> None:
        self.may_open, self.asked = threading.Event(), threading.Semaphore(0)
        self.pipelines: list[Camera] = []

    def open(self, *_: object, **__: object) -> None:
        self.asked.release()
        assert self.may_open.wait(5)

    def pipeline(self, *_: object) -> Camera:
        self.pipelines.append(Camera())
        return self.pipelines[-1]


def test_a_camera_switched_off_and_on_while_it_opens_is_open_once(
    open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutter = Shutter()
    monkeypatch.setattr(eyes_module, "find_face_model", lambda _: None)
    monkeypatch.setattr(eyes_module, "open_camera", shutter.open)
    monkeypatch.setattr(eyes_module, "GazePipeline", shutter.pipeline)
    session = open_session("")
    session.eyes.start()
    assert shutter.asked.acquire(timeout=5)
    session.follow(Place(Step.TALK, is_session=True, is_paused=True), Event.PAUSED)
    session._recorder.is_paused = False
    session.eyes.start()
    shutter.may_open.set()
    for thread in threading.enumerate():
        if thread.name == "camera-start":
            thread.join(5)
    assert sum(camera.is_on for camera in shutter.pipelines) == 1
    session.eyes.stop("the session stopped")
    assert not any(camera.is_on for camera in shutter.pipelines)


def test_a_session_that_goes_on_counts_on(open_session: Open, study: Study, tmp_path: Path) -> None:
    session = open_session("P-1")
    before(session, Camera())
    assert session.eyes.next_attempt() == 1
    session.eyes.record_attempt(attempt())
    session.eyes.record_verdict(attempt(), is_accepted=True, decided_by="participant")
    session.eyes._wanted.set()
    for element in ("send", "next"):
        session.point_clicked(element, (100.0, 100.0))
    session.eyes.checks.hear(session.clock.now_ns() + 1, None)
    session.close()
    found = find_interrupted(study, tmp_path, coded_id("P-1", is_simulated=True))
    assert found is not None
    settings = Settings(data_dir=tmp_path)
    again = resume_session(found, study, settings, FakeClock(), lambda _: None)
    try:
        before(again, Camera())
        assert again.eyes.next_attempt() == 2
        again.eyes.record_attempt(attempt())
        again.eyes.record_verdict(attempt(), is_accepted=True, decided_by="participant")
        again.eyes._wanted.set()
        again.point_clicked("send", (100.0, 100.0))
        again.eyes.checks.hear(again.clock.now_ns() + 1, None)
        assert [check.number for check in recorded(again, GazeCheck)] == [1, 2, 3]
    finally:
        again.close()
