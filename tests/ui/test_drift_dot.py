"""The dot between turns, and the buttons whose clicks tell where the eyes were."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tracker_app.gaze.features import FEATURE_NAMES
from tracker_app.records import GazeCheckKind
from tracker_app.session.gaze_checks import CheckPoint
from tracker_app.ui.button_clicks import ButtonClicks
from tracker_app.ui.coordinates import rect_to_physical, to_physical
from tracker_app.ui.drift_dot import DriftDot

FRAME_S = 0.04


@dataclass
class SteadyEyes:
    """Always seen; keeps what it is asked to judge."""

    latest = None
    points: list[CheckPoint] = field(default_factory=list)
    on_features: Any = None

    @property
    def checks(self) -> "SteadyEyes":
        return self

    def expect(self, point: CheckPoint) -> None:
        self.points.append(point)

    def listen(self, on_features: Any) -> None:
        self.on_features = on_features

    def ask_turn(self, yaw_deg: float, pitch_deg: float) -> None:
        del yaw_deg, pitch_deg


@dataclass
class SessionOfEyes:
    clock: FakeClock = field(default_factory=FakeClock)
    eyes: SteadyEyes = field(default_factory=SteadyEyes)


class Reader:
    """Looks at the dot for as long as it is there."""

    def __init__(self, qtbot: QtBot) -> None:
        self.session = SessionOfEyes()
        self.area = QWidget()
        self.area.resize(900, 500)
        qtbot.addWidget(self.area)
        self.area.show()
        self.dot = DriftDot(self.session, self.area)  # type: ignore[arg-type]

    def look(self, *, are_seen: bool = True) -> tuple[float, float]:
        self.dot.begin()
        place = (0.0, 0.0)
        for _ in range(200):
            self.session.clock.advance(FRAME_S)
            self.dot.driver._tick()
            target = self.dot.driver.view.target_px
            if target is None:
                return place
            place = target
            features = np.zeros(len(FEATURE_NAMES)) if are_seen else None
            self.session.eyes.on_features(self.session.clock.t_ns, features)
        raise AssertionError("the dot does not go away")


@pytest.fixture
def reader(qtbot: QtBot) -> Reader:
    return Reader(qtbot)


def test_the_dot_is_judged_where_it_stood_once_the_eyes_had_settled(
    reader: Reader, qtbot: QtBot
) -> None:
    began_ns = reader.session.clock.t_ns
    with qtbot.waitSignal(reader.dot.finished):
        place = reader.look()
    (point,) = reader.session.eyes.points
    assert point.kind is GazeCheckKind.DOT
    assert point.place_px == place
    assert 500_000_000 < point.begin_ns - began_ns < 800_000_000
    assert 700_000_000 < point.end_ns - point.begin_ns < 1_000_000_000


def test_the_dot_is_inside_the_text_and_somewhere_else_each_time(reader: Reader) -> None:
    area = rect_to_physical(reader.area, reader.area.rect())
    places = {reader.look() for _ in range(5)}
    assert len(places) == 5
    for x_px, y_px in places:
        assert area.x_px + 90 < x_px < area.x_px + area.width_px - 90
        assert area.y_px + 50 < y_px < area.y_px + area.height_px - 50


def test_the_dot_covers_the_text_and_gives_it_back(reader: Reader) -> None:
    canvas = reader.area.findChild(QWidget, "drift_dot")
    assert isinstance(canvas, QWidget)
    assert not canvas.isVisible()
    reader.dot.begin()
    assert canvas.isVisible()
    assert canvas.size() == reader.area.size()
    reader.area.resize(700, 400)
    assert canvas.size() == reader.area.size()
    reader.look()
    assert not canvas.isVisible()


def test_the_dot_is_there_from_the_moment_it_covers_the_text(reader: Reader) -> None:
    assert not reader.dot.is_shown
    reader.dot.begin()
    assert reader.dot.is_shown  # though its first place is yet to come
    reader.look()
    assert not reader.dot.is_shown


def test_a_dot_is_shown_anew_where_the_area_changes_its_size(reader: Reader) -> None:
    reader.dot.begin()
    reader.area.resize(300, 200)
    x_px, y_px = reader.look()
    area = rect_to_physical(reader.area, reader.area.rect())
    assert area.x_px < x_px < area.x_px + 300
    assert area.y_px < y_px < area.y_px + 200
    assert len(reader.session.eyes.points) == 1


def test_the_dot_does_not_wait_for_ever_for_eyes_that_are_away(reader: Reader) -> None:
    reader.look(are_seen=False)
    assert len(reader.session.eyes.points) == 1


def test_a_dot_that_is_taken_away_is_judged_no_more_and_lets_go_of_the_eyes(reader: Reader) -> None:
    reader.dot.begin()
    reader.dot.cancel()
    canvas = reader.area.findChild(QWidget, "drift_dot")
    assert isinstance(canvas, QWidget)
    assert not canvas.isVisible()
    assert not reader.dot.is_shown
    listener = object()  # a calibration that begins now
    reader.session.eyes.listen(listener)
    reader.dot.cancel()  # there is none: nobody is disturbed
    assert reader.session.eyes.on_features is listener
    assert reader.session.eyes.points == []


def test_pressing_a_named_button_tells_its_name_and_the_pixel(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column, heard = QVBoxLayout(window), []
    send, nameless = QPushButton("Send"), QPushButton("?")
    send.setObjectName("send")
    for each in (send, nameless):
        column.addWidget(each)
    window.show()
    clicks = ButtonClicks(lambda name, place: heard.append((name, place)))
    clicks.watch(window)
    clicks.watch(window)  # again, as whenever a page is shown
    clicked = []
    send.clicked.connect(lambda: clicked.append(True))
    qtbot.mouseClick(send, Qt.MouseButton.LeftButton, pos=QPoint(12, 7))
    qtbot.mouseClick(nameless, Qt.MouseButton.LeftButton)
    assert heard == [("send", to_physical(send, QPoint(12, 7).toPointF()))]
    assert clicked == [True]
