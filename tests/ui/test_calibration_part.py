"""The calibration step, with eyes that are a formula instead of a camera."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from calibration.geometry import Screen
from calibration.regression import GazeModel
from tests.fakes import FakeClock
from tracker_app.gaze.features import FEATURE_NAMES, PATCH_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.records import CalibrationKind
from tracker_app.session import Participant
from tracker_app.session.eyes import Attempt
from tracker_app.study.flow import Event
from tracker_app.study.study import Study
from tracker_app.ui.calibration_part import CalibrationPart
from tracker_app.ui.coordinates import PhysicalRect

SCREEN = PhysicalRect(0, 0, 1280, 800)
FRAME_S = 0.04


class FormulaEyes:
    """Looks where it should, unless it is told to look away from a target."""

    latest: Any = None
    is_calibrated = False

    @property
    def checks(self) -> "FormulaEyes":
        return self

    def __init__(self) -> None:
        self.verdicts: list[tuple[bool, str]] = []
        self.attempts: list[Attempt] = []
        self._begun = 0
        self.earlier: GazeModel | None = None
        self.asked_turns: set[tuple[float, float]] = set()
        self.on_features: Callable[[int, Array | None], None] | None = None
        # Eye pictures change by about their own spread as the eyes cross the screen.
        self._mapping = np.zeros((2, len(FEATURE_NAMES)))
        pictures = np.random.default_rng(1).normal(0, 2, (2, len(PATCH_NAMES)))
        self._mapping[:, : len(PATCH_NAMES)] = pictures

    def come(self, distance_mm: float) -> None:
        self.latest = SimpleNamespace(face=SimpleNamespace(distance_mm=distance_mm))

    def start(self) -> None:
        """They are always open."""

    def listen(self, on_features: Callable[[int, Array | None], None] | None) -> None:
        self.on_features = on_features

    def look(self, t_ns: int, place: tuple[float, float] | None) -> None:
        if self.on_features is not None:
            seen = None if place is None else (np.array(place) / (1280, 800) - 0.5) @ self._mapping
            self.on_features(t_ns, seen)

    def ask_turn(self, yaw_deg: float, pitch_deg: float) -> None:
        self.asked_turns.add((round(yaw_deg), round(pitch_deg)))

    def earlier_model(self, screen: Screen) -> GazeModel | None:
        del screen
        return self.earlier

    def next_attempt(self) -> int:
        self._begun += 1
        return self._begun

    def record_attempt(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    def record_verdict(self, attempt: Attempt, *, is_accepted: bool, decided_by: str) -> None:
        assert attempt is self.attempts[-1]
        self.verdicts.append((is_accepted, decided_by))


@dataclass
class SessionOfEyes:
    """What the step needs of a session."""

    study: Study
    clock: FakeClock = field(default_factory=FakeClock)
    eyes: FormulaEyes = field(default_factory=FormulaEyes)
    participant: Participant = field(
        default_factory=lambda: Participant("s", "p", {}, is_simulated=True)
    )


Glance = Callable[[int], tuple[float, float] | Literal["away", "shut"] | None]


def attentive(_number: int) -> None:
    """Looks at every target."""


class Person:
    """Sits through a calibration; a glance says where else than at a target it looks."""

    def __init__(self, qtbot: QtBot, study: Study) -> None:
        self.session = SessionOfEyes(study)
        self.part = CalibrationPart(self.session, lambda: (SCREEN, 0.0))  # type: ignore[arg-type]
        qtbot.addWidget(self.part.page)
        self.part.page.show()
        self.part.enter()
        self.shown: list[tuple[float, float]] = []

    @property
    def eyes(self) -> FormulaEyes:
        return self.session.eyes

    def sit_through(self, glance: Glance = attentive) -> None:
        while self.part.page.part == "calibration_canvas":
            self.tick(glance)

    def tick(self, glance: Glance = attentive) -> None:
        self.session.clock.advance(FRAME_S)
        self.part.driver._tick()
        target = self.part.driver.view.target_px
        if target is None:
            return
        if target not in self.shown:
            self.shown.append(target)
        looked = glance(len(self.shown))
        place = {"away": (0.0, 0.0), "shut": None}.get(looked, target)  # type: ignore[arg-type]
        self.eyes.look(self.session.clock.t_ns, place)

    def press(self, name: str) -> None:
        buttons = self.part.page.findChildren(QPushButton, name)
        (found,) = [button for button in buttons if button.isVisible()]
        found.click()

    def is_offered(self, name: str) -> bool:
        buttons = self.part.page.findChildren(QPushButton, name)
        return any(found.isVisible() for found in buttons)

    def says(self, text: str) -> bool:
        labels = self.part.page.findChildren(QLabel)
        return any(text in found.text() for found in labels if found.isVisible())


@pytest.fixture
def person(qtbot: QtBot, study: Study) -> Person:
    return Person(qtbot, study)


def failing(_number: int) -> Literal["away"]:
    """Looks at the corner instead of any target."""
    return "away"


def test_a_good_calibration_is_accepted_with_one_press(qtbot: QtBot, person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    assert not person.is_offered("mend_calibration")
    with qtbot.waitSignal(person.part.happened) as caught:
        person.press("accept_calibration")
    assert caught.args == [Event.DONE]
    assert len(person.shown) == 9 + 3 - 1 + 4  # one of the three is the middle of the nine
    assert person.eyes.verdicts == [(True, "participant")]


def test_the_whole_calibration_takes_less_than_45_seconds(person: Person) -> None:
    began_ns = person.session.clock.t_ns
    person.press("begin_calibration")
    person.sit_through()
    assert person.session.clock.t_ns - began_ns < 45 * 1_000_000_000


def test_simulated_people_are_asked_to_turn_their_heads_and_to_stop(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    assert {(0, -10), (0, 10), (10, 0), (-10, 0)} <= person.eyes.asked_turns
    assert (0, 0) in person.eyes.asked_turns


def test_of_a_weak_point_the_nearest_fitted_one_is_shown_again(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through(lambda number: "away" if number == 15 else None)  # the last held-out one
    person.shown.clear()
    person.press("mend_calibration")
    person.sit_through()
    assert len(person.shown) == 1 + 4  # and all held-out ones
    assert not person.is_offered("mend_calibration")
    person.press("accept_calibration")
    assert [a.number for a in person.eyes.attempts] == [1, 2]
    assert person.eyes.verdicts == [(False, "participant"), (True, "participant")]


def test_one_point_of_the_table_can_be_done_again(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    person.shown.clear()
    person.press("redo_point_12")
    person.sit_through()
    assert len(person.shown) == 1 + 4  # and all held-out ones


def test_doing_it_all_again_keeps_the_figures_of_the_first_attempt(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    person.press("redo_calibration")
    person.sit_through()
    person.press("accept_calibration")
    assert person.eyes.verdicts == [(False, "participant"), (True, "participant")]


def test_after_two_retries_it_goes_on_with_the_mouse_or_ends(qtbot: QtBot, person: Person) -> None:
    person.press("begin_calibration")
    for _ in range(2):
        person.sit_through(failing)
        assert not person.is_offered("accept_calibration")
        assert not person.is_offered("leave_study")
        person.press("redo_calibration")
    person.sit_through(failing)
    assert not person.is_offered("redo_calibration")
    assert not person.is_offered("redo_point_12")
    assert person.says("It is not about you")
    with qtbot.waitSignal(person.part.happened) as caught:
        person.press("leave_study")
    assert caught.args == [Event.LEFT]
    assert person.eyes.verdicts == [(False, "participant")] * 3


def test_a_person_who_cannot_be_calibrated_goes_on_with_the_mouse(
    qtbot: QtBot, person: Person
) -> None:
    person.press("begin_calibration")
    for _ in range(2):
        person.sit_through(failing)
        person.press("redo_calibration")
    person.sit_through(failing)
    with qtbot.waitSignal(person.part.happened) as caught:
        person.press("skip_calibration")
    assert caught.args == [Event.MOUSE_ONLY]


def test_an_attempt_without_eyes_is_kept_too(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through(lambda _: "shut")
    assert person.says("Your eyes were not seen")
    person.press("redo_calibration")
    (attempt,) = person.eyes.attempts
    assert attempt.outcome is None
    assert attempt.data_loss == 1
    assert person.eyes.verdicts == [(False, "participant")]


def test_escape_breaks_off_and_does_not_count_as_a_try(qtbot: QtBot, person: Person) -> None:
    for _ in range(4):
        person.press("begin_calibration")
        person.tick()
        qtbot.keyClick(person.part.page.canvas, Qt.Key.Key_Escape)
        assert person.part.page.part == "calibration_intro"
    person.press("begin_calibration")
    person.sit_through(failing)
    assert person.is_offered("redo_calibration")
    assert len(person.eyes.attempts) == 5
    assert person.eyes.verdicts == [(False, "participant")] * 4


def test_of_an_attempt_broken_off_only_what_was_shown_is_kept(person: Person) -> None:
    began_ns = person.session.clock.t_ns
    person.press("begin_calibration")
    while len(person.shown) < 3:
        person.tick()
    person.part.leave()
    (attempt,) = person.eyes.attempts
    assert [(t.x_px, t.y_px) for t in attempt.targets] == person.shown
    for target in attempt.targets:
        assert began_ns < target.begin_ns < target.settled_ns
        assert target.begin_ns < target.end_ns <= person.session.clock.t_ns


def test_a_point_that_is_broken_off_when_shown_again_does_not_end_before_it_began(
    person: Person,
) -> None:
    person.press("begin_calibration")
    person.sit_through()
    person.press("redo_point_12")
    person.tick()
    again_ns = person.session.clock.t_ns
    person.part.leave()
    broken = [t for t in person.eyes.attempts[-1].targets if t.begin_ns >= again_ns]
    assert len(broken) == 1
    assert again_ns <= broken[0].begin_ns <= broken[0].end_ns


def test_an_interruption_of_a_result_leaves_it_there(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    person.part.leave()
    assert person.part.page.part == "calibration_result"
    assert person.part.can_accept


def test_space_ends_the_pause_for_reading(qtbot: QtBot, person: Person) -> None:
    person.press("begin_calibration")
    phases = []
    while "prepare" not in phases:
        person.tick()
        phases.append(person.part.driver.view.phase)
    qtbot.keyClick(person.part.page.canvas, Qt.Key.Key_Space)
    person.tick()
    phases.append(person.part.driver.view.phase)
    assert phases[-2:] == ["prepare", "head"]


def test_the_mouse_alone_is_always_possible(qtbot: QtBot, person: Person) -> None:
    with qtbot.waitSignal(person.part.happened) as caught:
        person.press("skip_calibration")
    assert caught.args == [Event.MOUSE_ONLY]


def _returning(person: Person) -> None:
    """Somebody who was calibrated before comes back."""
    person.press("begin_calibration")
    person.sit_through()
    outcome = person.eyes.attempts[-1].outcome
    assert outcome is not None
    person.eyes.earlier = outcome.model
    person.part.enter()
    person.shown.clear()


def test_who_comes_back_keeps_the_calibration_after_five_dots(qtbot: QtBot, person: Person) -> None:
    _returning(person)
    person.press("begin_calibration")
    person.sit_through()
    assert len(person.shown) == 5
    assert person.eyes.attempts[-1].kind is CalibrationKind.CHECK
    with qtbot.waitSignal(person.part.happened) as caught:
        person.press("accept_calibration")
    assert caught.args == [Event.DONE]
    assert person.eyes.verdicts[-1] == (True, "participant")


def test_a_calibration_that_fits_no_more_is_made_anew(person: Person) -> None:
    _returning(person)
    person.press("begin_calibration")
    person.sit_through(failing)
    assert person.says("does not fit today")
    assert person.eyes.verdicts[-1] == (False, "study")
    person.shown.clear()
    person.press("begin_calibration")
    person.sit_through()
    assert person.eyes.attempts[-1].kind is CalibrationKind.NEW
    assert person.is_offered("accept_calibration")


def test_who_calibrates_again_may_keep_the_calibration_of_before(
    qtbot: QtBot, person: Person
) -> None:
    person.press("begin_calibration")
    person.sit_through()
    person.press("accept_calibration")
    person.eyes.is_calibrated = True
    person.part.is_again = True
    person.part.enter()
    person.press("begin_calibration")
    person.sit_through(failing)
    assert person.says("We are off by about")
    with qtbot.waitSignal(person.part.happened) as caught:
        person.press("skip_calibration")
    assert caught.args == [Event.DONE]
    assert person.eyes.verdicts == [(True, "participant"), (False, "participant")]


def test_redoing_a_point_of_a_check_makes_a_new_calibration(person: Person) -> None:
    _returning(person)
    person.press("begin_calibration")
    person.sit_through()
    person.press("redo_point_0")
    person.sit_through()
    assert person.eyes.attempts[-1].kind is CalibrationKind.NEW


def test_who_runs_the_study_may_take_what_the_gate_refuses(qtbot: QtBot, person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through(failing)
    with qtbot.waitSignal(person.part.happened) as caught:
        person.part.accept("operator")
    assert caught.args == [Event.DONE]
    assert person.eyes.verdicts == [(True, "operator")]


def test_points_of_a_calibration_that_is_behind_cannot_be_shown_again(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    person.press("accept_calibration")
    person.part.is_again = True
    person.part.enter()
    assert person.part.verdict is None
    person.part.redo([3], "operator")
    assert person.part.page.part == "calibration_intro"
    assert not person.part.is_running


def test_degrees_are_reckoned_with_how_far_away_the_eyes_were_at_the_dots(person: Person) -> None:
    person.press("begin_calibration")  # nobody is seen yet
    person.tick()
    for distance_mm in (300.0, 400.0, 410.0):
        person.eyes.come(distance_mm)
        person.tick()
    person.eyes.come(400.0)
    person.sit_through()
    (attempt,) = person.eyes.attempts
    assert attempt.screen.distance_mm == 400.0
    assert attempt.outcome is not None
    assert attempt.outcome.screen.distance_mm == 400.0
