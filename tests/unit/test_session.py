"""Sessions without a window: what is recorded, when, and into which clock segment."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tracker_app.codec import Entry
from tracker_app.errors import MouseUnavailableError, TrackerError
from tracker_app.recording.folder_files import JOURNAL_NAME
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import read_entries, verify
from tracker_app.records import (
    ClockAnchor,
    ClockSegment,
    Consent,
    FlowStep,
    GazeProvenance,
    GazeSample,
    Recording,
    Redaction,
    SessionEnd,
    SessionInfo,
    SimulatedGaze,
    Window,
)
from tracker_app.session import Session, begin_session, find_interrupted, resume_session
from tracker_app.session.recorder import Recorder
from tracker_app.settings import Settings
from tracker_app.simulation.cast import read_person
from tracker_app.study.flow import Event, Place, Step
from tracker_app.study.reading import parse_study
from tracker_app.study.study import Study

TICKS = {"gaze": True, "mouse": True, "text": True, "eye_features": False}
Begin = Callable[[], Session]


@pytest.fixture
def study() -> Study:
    text = files("tracker_app.study").joinpath("demo.toml").read_bytes()
    return parse_study(text.replace(b'"embedded"', b'"scripted"\nanswers = ["Yes."]'), "demo")


@pytest.fixture
def begin(tmp_path: Path, study: Study, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Sessions of participants who are in the talk; there is no mouse to capture."""
    monkeypatch.setattr(Session, "start_mouse", lambda _: None)
    opened: list[Session] = []

    def begin_one() -> Session:
        failures: list[TrackerError] = []
        session = begin_session(
            study,
            Settings(data_dir=tmp_path),
            FakeClock(),
            TICKS,
            failures.append,
            is_simulated=True,
        )
        session.follow(TALK, Event.AGREED)
        opened.append(session)
        return session

    yield begin_one
    for session in opened:
        session.close()


def _entries(session: Session) -> list[Entry]:
    session.journal.flush()
    return read_entries(session.journal.folder)


def _gaze(t_ns: int) -> GazeSample:
    return GazeSample(
        t_ns=t_ns,
        frame=1,
        model=0,
        x_px=1.0,
        y_px=1.0,
        corrected_x_px=1.0,
        corrected_y_px=1.0,
        filtered_x_px=1.0,
        filtered_y_px=1.0,
        sd_x_px=30.0,
        sd_y_px=30.0,
        correlation=0.0,
        confidence=1.0,
        is_pose_in_range=True,
        is_off_window=False,
        provenance=GazeProvenance.SIMULATED,
    )


TALK = Place(Step.TALK, is_session=True)
TALK_PAUSED = replace(TALK, is_paused=True)


def _window(*, is_active: bool = True) -> Window:
    return Window(
        t_ns=1,
        x_px=100.0,
        y_px=50.0,
        width_px=800.0,
        height_px=600.0,
        pixel_ratio=1.0,
        monitor="eDP-1",
        is_active=is_active,
        is_minimised=False,
    )


def test_nothing_exists_before_consent(tmp_path: Path) -> None:
    assert list_sessions(tmp_path) == []


def test_a_session_begins_with_its_clock_itself_and_the_consent(begin: Begin) -> None:
    session = begin()
    records = {type(e.record): e.record for e in _entries(session)}
    assert set(records) >= {ClockSegment, SessionInfo, Consent}
    consent, info = records[Consent], records[SessionInfo]
    assert isinstance(consent, Consent)
    assert isinstance(info, SessionInfo)
    assert consent.ticks == TICKS
    assert info.is_simulated
    assert info.session_id.startswith("sim_")
    assert info.participant_id.startswith("sim_")


def test_nothing_of_eyes_and_mouse_is_recorded_while_paused(begin: Begin) -> None:
    session = begin()
    session.record(_gaze(10))
    session.follow(TALK_PAUSED, Event.PAUSED)
    session.record(_gaze(11))
    session.follow(TALK_PAUSED, Event.PAUSED)
    entries = _entries(session)
    assert [e.record.t_ns for e in entries if isinstance(e.record, GazeSample)] == [10]
    assert any(isinstance(e.record, FlowStep) for e in entries)
    reasons = [e.record.reason for e in entries if isinstance(e.record, Recording)]
    assert "paused by the participant" in reasons


def test_a_simulated_person_is_recorded_and_hears_when_to_turn_the_head(begin: Begin) -> None:
    session = begin()
    session.eyes.ask_turn(5, 0)  # of a participant, nothing comes
    session.simulate_eyes(read_person("7:glasses"), (0, 0, 1280, 800))
    session.eyes.ask_turn(5, 0)
    (record,) = (e.record for e in _entries(session) if isinstance(e.record, SimulatedGaze))
    assert (record.look_at, record.seed) == ("mouse pointer (glasses)", 7)


def test_a_mouse_that_fails_for_good_is_recorded_as_off(begin: Begin) -> None:
    session = begin()
    session._lose_mouse(MouseUnavailableError("It failed again and again."))
    last = [e.record for e in _entries(session) if isinstance(e.record, Recording)][-1]
    assert (last.source, last.is_on, last.reason) == ("mouse", False, "It failed again and again.")


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [(100, 50, True), (899, 649, True), (900, 300, False), (99, 300, False), (300, 650, False)],
)
def test_inside_means_inside_our_window(begin: Begin, x: int, y: int, inside: bool) -> None:
    session = begin()
    assert not session.is_inside(x, y)
    session.set_window(_window())
    assert session.is_inside(x, y) is inside
    session.set_window(_window(is_active=False))
    assert not session.is_inside(x, y)


def test_finishing_makes_a_complete_session_and_later_records_are_refused(begin: Begin) -> None:
    session = begin()
    session.finish("finished")
    session.set_window(_window())
    session.close()
    entries = read_entries(session.journal.folder)
    assert any(isinstance(e.record, SessionEnd) for e in entries)
    assert not any(isinstance(e.record, Window) for e in entries)
    assert verify(session.journal.folder).is_complete


def test_an_interrupted_session_is_found_and_goes_on_in_a_new_segment(
    begin: Begin, study: Study, tmp_path: Path
) -> None:
    first = begin()
    first.follow(TALK, Event.DONE)
    first.close()
    interrupted = find_interrupted(study, tmp_path)
    assert interrupted is not None
    assert interrupted.participant == first.participant
    again = resume_session(
        interrupted, study, Settings(data_dir=tmp_path), FakeClock(), lambda error: None
    )
    again.follow(TALK, Event.RESTARTED)
    again.finish("finished")
    again.close()
    segments = [e.record for e in read_entries(first.journal.folder) if e.stream == "clock_segment"]
    assert [s.reason for s in segments if isinstance(s, ClockSegment)] == ["start", "resume"]
    assert find_interrupted(study, tmp_path) is None


def test_a_session_of_another_version_of_the_study_is_not_resumed(
    begin: Begin, study: Study, tmp_path: Path
) -> None:
    begin().close()
    text = files("tracker_app.study").joinpath("demo.toml").read_bytes()
    assert find_interrupted(parse_study(text, "other"), tmp_path) is None


def test_a_damaged_session_is_kept_and_keeps_nobody_from_taking_part(
    begin: Begin, study: Study, tmp_path: Path
) -> None:
    session = begin()
    session.close()
    path = session.journal.folder / JOURNAL_NAME
    raw = bytearray(path.read_bytes())
    raw[raw.rindex(b"\x1f\x8b\x08") + 15] ^= 1  # in the sealed chunk
    path.write_bytes(raw)
    assert find_interrupted(study, tmp_path) is None
    assert path.read_bytes() == raw


def test_suspends_open_segments_and_minutes_are_anchored(tmp_path: Path) -> None:
    clock = FakeClock()
    journal = Journal(tmp_path, "s", clock)
    recorder = Recorder(journal, clock)
    recorder.is_paused = False
    recorder.record(FlowStep(t_ns=clock.now_ns(), step="talk", task=1, event="done"))
    clock.advance(3600, suspended=True)
    recorder.check_time()
    recorder.record(FlowStep(t_ns=clock.now_ns(), step="talk", task=1, event="done"))
    clock.advance(61)
    clock.set_wall(clock.wall_ns - 500_000)
    recorder.check_time()
    recorder.stop()
    journal.close()
    entries = read_entries(tmp_path)
    segments = [e.record.reason for e in entries if isinstance(e.record, ClockSegment)]
    assert segments == ["start", "suspend"]
    assert [e.segment for e in entries if e.stream == "flow"] == [0, 1]
    assert [e.segment for e in entries if isinstance(e.record, ClockAnchor)] == [1, 1]


def test_a_record_goes_into_the_segment_its_stamp_falls_in(tmp_path: Path) -> None:
    clock = FakeClock()
    journal = Journal(tmp_path, "s", clock)
    recorder = Recorder(journal, clock)
    recorder.is_paused = False
    grabbed_ns = clock.now_ns()
    clock.advance(3600, suspended=True)
    recorder.check_time()
    recorder.record(_gaze(grabbed_ns))
    recorder.record(_gaze(clock.now_ns()))
    recorder.stop()
    journal.close()
    assert [e.segment for e in read_entries(tmp_path) if e.stream == "gaze"] == [0, 1]


class InterruptedClock(FakeClock):
    """While it is read, something may be recorded by another thread."""

    def __init__(self) -> None:
        super().__init__()
        self.during_reading: Callable[[], None] = lambda: None

    def utc_ns(self) -> int:
        self.during_reading()
        return super().utc_ns()


def test_what_is_stamped_while_a_segment_is_opened_is_divided_by_its_stamp(tmp_path: Path) -> None:
    clock = InterruptedClock()
    journal = Journal(tmp_path, "s", clock)
    recorder = Recorder(journal, clock)
    recorder.is_paused = False
    threads: list[threading.Thread] = []

    def record_from_another_thread() -> None:
        thread = threading.Thread(target=lambda: recorder.record(_gaze(clock.now_ns())))
        thread.start()
        thread.join(0.05)  # it may have to wait until the segment is open
        threads.append(thread)

    clock.advance(3600, suspended=True)
    clock.during_reading = record_from_another_thread
    recorder.check_time()
    clock.during_reading = lambda: None
    for thread in threads:
        thread.join()
    recorder.stop()
    journal.close()
    entries = read_entries(tmp_path)
    opened = [e.record.t_ns for e in entries if isinstance(e.record, ClockSegment)]
    gaze = [e for e in entries if e.stream == "gaze"]
    assert len(gaze) == 2  # one while the watch looked, one while the segment was opened
    assert [e.segment for e in gaze] == [int(e.record.t_ns >= opened[1]) for e in gaze]
    assert {e.segment for e in gaze} == {0, 1}


def test_anchors_carry_the_offset_of_local_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zones = iter([("CET", 3600), ("CEST", 7200), ("CEST", 7200)])
    monkeypatch.setattr("tracker_app.session.recorder.local_zone", lambda: next(zones))
    clock = FakeClock()
    journal = Journal(tmp_path, "s", clock)
    recorder = Recorder(journal, clock)
    recorder.is_paused = False
    clock.advance(61)
    recorder.check_time()
    recorder.stop()
    journal.close()
    entries = read_entries(tmp_path)
    assert [e.record.utc_offset_s for e in entries if isinstance(e.record, ClockSegment)] == [3600]
    anchors = [e.record for e in entries if isinstance(e.record, ClockAnchor)]
    assert [a.utc_offset_s for a in anchors] == [7200, 7200]


def test_the_newest_record_of_each_stream_is_at_hand(begin: Begin) -> None:
    session = begin()
    session.record(_gaze(10))
    session.record(_gaze(11))
    session.follow(TALK_PAUSED, Event.PAUSED)
    session.record(_gaze(12))  # not recorded, so not shown
    latest = [r.t_ns for r in session.latest() if isinstance(r, GazeSample)]
    assert latest == [11]


def test_checks_are_numbered_on_from_deleted_ones(begin: Begin) -> None:
    session = begin()
    session.eyes.count_on([Redaction(t_ns=1, redacted_stream="gaze_check", end_t_ns=2, lost=3)])
    assert session.eyes.checks._number == 3
