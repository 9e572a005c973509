"""The dot between turns, with eyes that are no camera's."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tracker_app.gaze.features import FEATURE_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.records import GazeCheckKind
from tracker_app.session.gaze_checks import CheckPoint
from tracker_app.ui.drift_dot import DriftDot

FRAME_S = 0.04
SIZE = 800, 500


@dataclass
class Checks:
    """What was announced to be judged."""

    expected: list[CheckPoint] = field(default_factory=list)

    def expect(self, point: CheckPoint) -> None:
        self.expected.append(point)


@dataclass
class OpenEyes:
    """Eyes that are always seen."""

    checks: Checks = field(default_factory=Checks)
    on_features: Callable[[int, Array | None], None] | None = None

    def listen(self, on_features: Callable[[int, Array | None], None] | None) -> None:
        self.on_features = on_features

    def ask_turn(self, yaw_deg: float, pitch_deg: float) -> None:
        assert (yaw_deg, pitch_deg) == (0, 0)


@dataclass
class SessionOfEyes:
    """What the dot needs of a session."""

    clock: FakeClock = field(default_factory=FakeClock)
    eyes: OpenEyes = field(default_factory=OpenEyes)
    is_paused: bool = False


class Reader:
    """Somebody before an area with a dot."""

    def __init__(self, qtbot: QtBot) -> None:
        self.session = SessionOfEyes()
        self._area = QWidget()
        qtbot.addWidget(self._area)
        self._area.resize(*SIZE)
        self._area.show()
        self.dot = DriftDot(self.session, self._area)  # type: ignore[arg-type] # as much as it needs

    def look_until_it_is_gone(self) -> None:
        while self.dot.is_shown:
            self.session.clock.advance(FRAME_S)
            if self.session.eyes.on_features is not None:
                features = np.zeros(len(FEATURE_NAMES))
                self.session.eyes.on_features(self.session.clock.t_ns, features)
            self.dot.driver._tick()


@pytest.fixture
def reader(qtbot: QtBot) -> Reader:
    return Reader(qtbot)


def test_the_dot_is_there_from_the_moment_it_covers_the_text(reader: Reader) -> None:
    assert not reader.dot.is_shown
    reader.dot.begin()
    assert reader.dot.is_shown  # though nothing was drawn yet


def test_a_dot_that_was_looked_at_is_to_be_judged_from_when_the_eyes_had_time_to_come(
    qtbot: QtBot, reader: Reader
) -> None:
    reader.dot.begin()
    shown_ns = reader.session.clock.t_ns
    with qtbot.waitSignal(reader.dot.finished):
        reader.look_until_it_is_gone()
    (point,) = reader.session.eyes.checks.expected
    assert point.kind is GazeCheckKind.DOT
    assert point.begin_ns >= shown_ns + 600_000_000
    assert point.end_ns > point.begin_ns
    x_px, y_px = point.place_px
    assert 0 < x_px < SIZE[0]
    assert 0 < y_px < SIZE[1]
    assert not reader.dot.is_shown


def test_a_dot_shown_into_a_pause_tells_nothing(qtbot: QtBot, reader: Reader) -> None:
    reader.dot.begin()
    reader.session.is_paused = True
    with qtbot.waitSignal(reader.dot.finished):
        reader.look_until_it_is_gone()
    assert reader.session.eyes.checks.expected == []
