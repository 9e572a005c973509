"""Random journeys with real sessions and journals: what is really written, and coming back."""

import itertools
import random
from importlib.resources import files
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_entries
from tracker_app.records import Consent, FlowStep, MouseEvent, MouseKind, Record
from tracker_app.session import Session, begin_session, find_interrupted, resume_session
from tracker_app.session.eyes import Eyes
from tracker_app.session.journey import Journey
from tracker_app.settings import Settings
from tracker_app.study.flow import Event, Place, plan_of, possible
from tracker_app.study.reading import parse_study
from tracker_app.study.study import Instruction, RecordingRules, Study

JOURNEYS = 60
MOVES = 25
GOING_ON = (Event.DONE, Event.AGREED, Event.RESUMED)
AGREEING = (Event.AGREED, Event.AGREED_WITHOUT_GAZE)


@pytest.fixture(scope="module")
def study() -> Study:
    text = files("tracker_app.study").joinpath("demo.toml").read_bytes()
    text = text.replace(b'"embedded"', b'"scripted"\nanswers = ["Yes."]')
    study = parse_study(text, "demo")
    return study.model_copy(update={"recording": RecordingRules(upload="after_review")})


@pytest.fixture(autouse=True)
def _no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is neither a camera nor a display: the traveller's hand is the source."""
    monkeypatch.setattr(Session, "start_mouse", lambda _: None)
    monkeypatch.setattr(Eyes, "start", lambda _: None)


class Traveller:
    """A participant whose mouse never rests, wherever they go."""

    def __init__(self, study: Study, folder: Path, seed: int) -> None:
        self._study, self._settings = study, Settings(data_dir=folder)
        self._random = random.Random(seed)
        self.clock = FakeClock()
        self.journey = Journey(plan_of(study), self.clock)
        self.may_be_kept: list[int] = []  # stamps
        self.may_not: list[int] = []

    @property
    def place(self) -> Place:
        return self.journey.place

    def travel(self) -> None:
        for _ in range(MOVES):
            self._move_mouse()
            events = sorted(possible(self.place) - {Event.RESTARTED, Event.WITHDRAWN})
            if not events:
                return
            usual = [event for event in events if event in GOING_ON]
            is_usual = usual and self._random.random() < 0.6
            self._go(self._random.choice(usual if is_usual else events))

    def _go(self, event: Event) -> None:
        if event not in AGREEING:
            self.journey.go(event)
            return
        ticks = {"gaze": event is Event.AGREED, "mouse": True, "text": True}
        session = begin_session(
            self._study, self._settings, self.clock, ticks, lambda _: None, is_simulated=True
        )
        self.journey.agree(session)

    def come_back(self) -> bool:
        """Start the program again; whether there was something to go on with."""
        interrupted = find_interrupted(self._study, self._settings.data_dir)
        if interrupted is None:
            return False
        session = resume_session(
            interrupted, self._study, self._settings, self.clock, lambda _: None
        )
        self.journey = Journey(plan_of(self._study), self.clock)
        self.journey.resume(session, interrupted)
        return True

    def vanish(self) -> None:
        if self.journey.session is not None:
            self.journey.session.close()

    def _move_mouse(self) -> None:
        """What a source still had under way when it was told to stop comes so, too."""
        self.clock.advance(0.01)
        t_ns = self.clock.now_ns()
        (self.may_be_kept if self.place.records else self.may_not).append(t_ns)
        if self.journey.session is not None:
            self.journey.session.record(_move(t_ns))


def _move(t_ns: int) -> MouseEvent:
    return MouseEvent(
        t_ns=t_ns,
        received_t_ns=t_ns,
        kind=MouseKind.MOVE,
        is_inside=True,
        x_px=1.0,
        y_px=1.0,
        button=None,
        wheel_x=None,
        wheel_y=None,
    )


def _records(folder: Path) -> list[Record]:
    entries = [entry for session in list_sessions(folder) for entry in read_entries(session)]
    return [e.record for e in sorted(entries, key=lambda e: (e.segment, e.record.t_ns))]


@pytest.mark.parametrize("seed", range(JOURNEYS))
def test_journals_hold_what_may_be_recorded_and_nothing_else(
    study: Study, tmp_path: Path, seed: int
) -> None:
    traveller = Traveller(study, tmp_path, seed)
    traveller.travel()
    place = traveller.place
    traveller.vanish()
    moves = [r.t_ns for r in _records(tmp_path) if isinstance(r, MouseEvent)]
    assert moves == traveller.may_be_kept
    assert not set(moves) & set(traveller.may_not)
    if not place.is_session:
        assert list_sessions(tmp_path) == []
    if place.is_session and not place.is_final:
        assert traveller.come_back()
        assert (traveller.place.task, traveller.place.uses_eyes) == (place.task, place.uses_eyes)
        traveller.travel()
        traveller.vanish()
        moves = [r.t_ns for r in _records(tmp_path) if isinstance(r, MouseEvent)]
        assert moves == traveller.may_be_kept


def test_how_long_the_first_pages_took_is_recorded_with_the_consent_and_not_before(
    study: Study, tmp_path: Path
) -> None:
    traveller = Traveller(study, tmp_path, 0)
    traveller.clock.advance(20)
    traveller.journey.go(Event.DONE)
    traveller.clock.advance(40)
    assert not any(tmp_path.iterdir())
    traveller._go(Event.AGREED)
    traveller.vanish()
    records = _records(tmp_path)
    steps = [r for r in records if isinstance(r, FlowStep)]
    assert [s.step for s in steps] == ["welcome", "consent", "setup"]
    assert [s.event for s in steps] == ["started", "done", "agreed"]
    seconds = [round((b.t_ns - a.t_ns) / 1e9) for a, b in itertools.pairwise(steps)]
    assert seconds == [20, 40]
    (consent,) = (r for r in records if isinstance(r, Consent))
    assert consent.text_sha256 == study.consent.sha256


def test_who_declines_leaves_nothing_behind(study: Study, tmp_path: Path) -> None:
    traveller = Traveller(study, tmp_path, 0)
    traveller.journey.go(Event.DONE)
    traveller.journey.go(Event.DECLINED)
    assert not any(tmp_path.iterdir())


def test_an_interrupted_calibration_alone_is_no_study_to_go_on_with(
    study: Study, tmp_path: Path
) -> None:
    alone = Traveller(study, tmp_path, 0)
    alone.journey = Journey(plan_of(study, only_calibrates=True), alone.clock)
    alone.journey.go(Event.DONE)
    alone._go(Event.AGREED)
    alone.vanish()
    found = find_interrupted(study, tmp_path)
    assert found is not None
    with_instructions = study.model_copy(
        update={"instructions": [Instruction(title="How", text="So.")]}
    )
    assert Journey(plan_of(study), alone.clock).can_resume(found)
    journey = Journey(plan_of(with_instructions), alone.clock)
    assert not journey.can_resume(found)
    assert find_interrupted(study, tmp_path, can_go_on=journey.can_resume) is None
