"""The calibration step, with eyes that are a formula instead of a camera."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from calibration.outcome import CalibrationOutcome
from tests.fakes import FakeClock
from tracker_app.gaze.features import FEATURE_NAMES, PATCH_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.session import Participant
from tracker_app.study.study import Study
from tracker_app.ui.calibration_part import CalibrationPart
from tracker_app.ui.coordinates import PhysicalRect

SCREEN = PhysicalRect(0, 0, 1280, 800)
FRAME_S = 0.04


class FormulaEyes:
    """Looks where it should, unless it is told to look away from a target."""

    latest = None

    def __init__(self) -> None:
        self.verdicts: list[bool] = []
        self.attempts: list[int] = []
        self.on_features: Callable[[int, Array | None], None] | None = None
        # Eye pictures change by about their own spread as the eyes cross the screen.
        self._mapping = np.zeros((2, len(FEATURE_NAMES)))
        pictures = np.random.default_rng(1).normal(0, 2, (2, len(PATCH_NAMES)))
        self._mapping[:, : len(PATCH_NAMES)] = pictures

    def listen(self, on_features: Callable[[int, Array | None], None] | None) -> None:
        self.on_features = on_features

    def look(self, t_ns: int, place: tuple[float, float]) -> None:
        if self.on_features is not None:
            self.on_features(t_ns, (np.array(place) / (1280, 800) - 0.5) @ self._mapping)

    def record_attempt(self, attempt: int, outcome: CalibrationOutcome) -> None:
        del outcome
        self.attempts.append(attempt)

    def record_verdict(
        self, attempt: int, outcome: CalibrationOutcome, *, is_accepted: bool
    ) -> None:
        del attempt, outcome
        self.verdicts.append(is_accepted)


@dataclass
class SessionOfEyes:
    """What the step needs of a session."""

    study: Study
    clock: FakeClock = field(default_factory=FakeClock)
    eyes: FormulaEyes = field(default_factory=FormulaEyes)
    participant: Participant = field(
        default_factory=lambda: Participant("s", "p", {}, is_simulated=True)
    )


class Person:
    """Sits through a calibration; `glance` says where it looks instead of at a target."""

    def __init__(self, qtbot: QtBot, study: Study) -> None:
        self.session = SessionOfEyes(study)
        self.part = CalibrationPart(self.session, lambda: (SCREEN, 0.0))  # type: ignore[arg-type]
        qtbot.addWidget(self.part.page)
        self.part.page.show()
        self.part.start()
        self.shown: list[tuple[float, float]] = []

    def sit_through(self, glance: Callable[[int], bool] = lambda _: False) -> None:
        while self.part.page.part == "calibration_canvas":
            self.session.clock.advance(FRAME_S)
            self.part.driver._tick()
            target = self.part.driver.target_px
            if target is None:
                continue
            if target not in self.shown:
                self.shown.append(target)
            away = glance(len(self.shown))
            self.session.eyes.look(self.session.clock.t_ns, (0.0, 0.0) if away else target)

    def press(self, name: str) -> None:
        found = self.part.page.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        assert found.isVisible()
        found.click()


@pytest.fixture
def person(qtbot: QtBot, study: Study) -> Person:
    return Person(qtbot, study)


def _is_offered(person: Person, name: str) -> bool:
    found = person.part.page.findChild(QPushButton, name)
    return isinstance(found, QPushButton) and found.isVisible()


def test_a_good_calibration_is_accepted_with_one_press(qtbot: QtBot, person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    assert not _is_offered(person, "mend_calibration")
    with qtbot.waitSignal(person.part.done) as caught:
        person.press("accept_calibration")
    assert caught.args == [True]
    assert len(person.shown) == 13
    assert person.session.eyes.verdicts == [True]


def test_only_the_weak_point_is_shown_again(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through(glance=lambda number: number == 13)  # the last held-out target
    person.shown.clear()
    person.press("mend_calibration")
    person.sit_through()
    assert len(person.shown) == 1
    assert not _is_offered(person, "mend_calibration")
    person.press("accept_calibration")
    assert person.session.eyes.attempts == [1, 2]
    assert person.session.eyes.verdicts == [False, True]


def test_doing_it_all_again_keeps_the_figures_of_the_first_attempt(person: Person) -> None:
    person.press("begin_calibration")
    person.sit_through()
    person.press("redo_calibration")
    person.sit_through()
    person.press("accept_calibration")
    assert person.session.eyes.verdicts == [False, True]


def test_the_mouse_alone_is_always_possible(qtbot: QtBot, person: Person) -> None:
    with qtbot.waitSignal(person.part.done) as caught:
        person.press("skip_calibration")
    assert caught.args == [False]
