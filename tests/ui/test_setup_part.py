"""The set-up coach, with a camera that sees what a test says."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from calibration.geometry import Screen
from calibration.resolution import Resolution, TextSize, resolution
from tests.fakes import FakeClock
from tracker_app.errors import CameraUnavailableError
from tracker_app.gaze.features import FaceState
from tracker_app.gaze.pipeline import Latest
from tracker_app.study.flow import Event
from tracker_app.ui.setup_page import Mirror, SetupPage
from tracker_app.ui.setup_part import SetupPart
from tracker_app.ui.window import Window

ANGLES = np.linspace(0, 2 * np.pi, 36, endpoint=False)
OUTLINE = 0.5 + np.column_stack([0.1 * np.sin(ANGLES), 0.18 * np.cos(ANGLES)])
FACE = FaceState(0, 0, 0, 0, 0, 560.0, 1.0, 0.5, OUTLINE, np.array([[0.4, 0.4], [0.6, 0.45]]))
PREVIEW = np.full((240, 320, 3), 128, np.uint8)
GOOD = Latest(FACE, None, 0, 30.0, 20.0, None, None, PREVIEW, None)
NOBODY = replace(GOOD, face=None)
GOING_ON = "All is well. This page goes on by itself."
TEXT = TextSize(24, 48, 1280)
FRAME_S = 1 / 15


@dataclass
class SeeingEyes:
    """What a session's eyes see."""

    latest: Latest | None = None
    starts: int = 0
    has_preview: bool = False

    def show_preview(self, wanted: bool) -> None:
        self.has_preview = wanted

    def start(self) -> None:
        self.starts += 1


@dataclass
class SeeingSession:
    """What the step needs of a session."""

    clock: FakeClock = field(default_factory=FakeClock)
    eyes: SeeingEyes = field(default_factory=SeeingEyes)


def _resolution_at(distance_mm: float) -> Resolution:
    return resolution(TEXT, Screen(0, 0, 1280, 800, 0.265, distance_mm))


class Coach:
    """The page and who sits in front of it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.session = SeeingSession()
        self.part = SetupPart(self.session, _resolution_at)  # type: ignore[arg-type]
        self.done: list[bool] = []
        self.part.happened.connect(lambda event: self.done.append(event is Event.DONE))
        self.window = Window("Any", is_simulated=False)
        qtbot.addWidget(self.window)
        self.window.show_page(self.part.page)
        self.window.resize(1000, 700)
        self.window.show()
        self.part.enter()
        self.part._timer.stop()  # the test says when time passes

    def see(self, latest: Latest, seconds: float) -> None:
        """Fresh pictures of the same thing for some time, or until the page goes on."""
        for _ in range(round(seconds / FRAME_S)):
            if self.done:
                return
            self.session.clock.advance(FRAME_S)
            self.session.eyes.latest = replace(latest)
            self.part._poll()

    def come_up(self, qtbot: QtBot) -> None:
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def button(self, name: str) -> QPushButton:
        found = self.part.page.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found

    @property
    def texts(self) -> list[str]:
        labels = self.part.page.findChildren(QLabel)
        return [label.text() for label in labels if label.isVisible() and label.text()]


@pytest.fixture
def coach(qtbot: QtBot) -> Coach:
    return Coach(qtbot)


def test_while_the_camera_starts_every_mark_is_hollow_and_nothing_is_advised(coach: Coach) -> None:
    assert coach.texts.count("○") == 5
    assert "✓" not in coach.texts
    assert not any("Move" in text or "light in front" in text for text in coach.texts)
    assert not coach.button("setup_done").isEnabled()


def test_the_page_goes_on_by_itself_when_all_has_held_for_a_second(coach: Coach) -> None:
    coach.see(NOBODY, 10)
    coach.see(GOOD, 0.9)
    assert coach.done == []
    assert GOING_ON in coach.texts
    coach.see(GOOD, 0.3)
    assert coach.done == [True]
    assert not coach.session.eyes.has_preview


def test_a_page_that_was_right_from_the_start_stays_until_it_could_be_read(coach: Coach) -> None:
    coach.see(GOOD, 3.8)
    assert coach.done == []
    coach.see(GOOD, 0.4)
    assert coach.done == [True]


@pytest.mark.parametrize(
    "trouble",
    [
        replace(GOOD, other_faces=1),
        replace(GOOD, rate_hz=8.0),
        replace(GOOD, face=replace(FACE, distance_mm=1200.0)),
        replace(GOOD, face=replace(FACE, brightness=0.05)),
    ],
)
def test_what_costs_accuracy_keeps_the_page_but_not_who_presses_continue(
    coach: Coach, trouble: Latest
) -> None:
    coach.see(trouble, 20)
    assert coach.done == []
    assert coach.texts.count("○") == 1
    assert GOING_ON not in coach.texts
    coach.button("setup_done").click()
    assert coach.done == [True]


def test_a_short_glance_away_begins_the_second_anew(coach: Coach) -> None:
    coach.see(NOBODY, 5)
    for _ in range(5):
        coach.see(GOOD, 0.8)
        coach.see(NOBODY, 0.2)
    assert coach.done == []
    assert GOING_ON not in coach.texts


def test_one_picture_that_stands_still_does_not_hold(coach: Coach) -> None:
    coach.see(GOOD, 3.5)
    for _ in range(60):  # the camera hangs
        coach.session.clock.advance(FRAME_S)
        coach.part._poll()
    assert coach.done == []


def test_the_mouse_only_is_one_press_at_any_time(coach: Coach) -> None:
    coach.button("mouse_only").click()
    assert coach.done == [False]


def test_enter_continues_once_it_may(coach: Coach, qtbot: QtBot) -> None:
    coach.come_up(qtbot)
    coach.see(NOBODY, 0.2)
    assert not coach.button("setup_done").hasFocus()
    coach.see(GOOD, 0.2)
    assert coach.button("setup_done").hasFocus()


def test_a_face_lost_for_a_moment_never_hands_enter_to_another_button(
    coach: Coach, qtbot: QtBot
) -> None:
    coach.come_up(qtbot)
    coach.see(GOOD, 0.2)
    assert coach.window.focusWidget() is coach.button("setup_done")
    coach.see(NOBODY, 0.2)
    assert not isinstance(coach.window.focusWidget(), QPushButton)
    coach.see(GOOD, 0.2)
    assert coach.window.focusWidget() is coach.button("setup_done")


def test_the_focus_is_not_taken_from_who_is_about_to_choose_the_mouse(
    coach: Coach, qtbot: QtBot
) -> None:
    coach.come_up(qtbot)
    coach.button("mouse_only").setFocus()
    coach.see(GOOD, 0.2)
    assert coach.button("mouse_only").hasFocus()


def test_what_gaze_can_tell_is_said_for_the_distance_measured(coach: Coach) -> None:
    coach.see(replace(GOOD, face=replace(FACE, distance_mm=600.0)), 0.5)
    assert (
        "On this screen at this distance, lines of text stand 1.2 degrees apart; "
        "gaze can usually tell paragraphs."
    ) in coach.texts
    coach.see(replace(GOOD, face=replace(FACE, distance_mm=1500.0)), 5)
    assert any("0.5 degrees apart; gaze can usually tell which of two" in t for t in coach.texts)


def test_a_single_wrong_distance_does_not_change_the_sentence(coach: Coach) -> None:
    coach.see(GOOD, 1)
    before = [text for text in coach.texts if "degrees apart" in text]
    coach.see(replace(GOOD, face=replace(FACE, distance_mm=2000.0)), FRAME_S)
    assert [text for text in coach.texts if "degrees apart" in text] == before


def test_where_the_head_should_be_is_shown_until_it_is_there(coach: Coach) -> None:
    mirror = coach.part.page.findChild(Mirror)
    assert isinstance(mirror, Mirror)
    coach.see(NOBODY, 0.2)
    assert mirror._picture is not None
    assert mirror._picture.wanted == pytest.approx((0.2, 0.33), abs=0.03)
    coach.see(GOOD, 0.2)
    assert mirror._picture.wanted is None


def test_a_lost_camera_offers_another_try_and_the_page_begins_anew(coach: Coach) -> None:
    coach.see(GOOD, 3.5)
    coach.part.show_failure(CameraUnavailableError("There is no camera 0."))
    assert "There is no camera 0." in coach.texts
    assert GOING_ON not in coach.texts
    assert not coach.button("setup_done").isVisible()
    coach.button("retry_camera").click()
    coach.part._timer.stop()
    assert coach.session.eyes.starts == 2
    coach.see(GOOD, 1.5)
    assert coach.done == []


def test_the_card_does_not_jump_when_the_marks_turn(coach: Coach, qtbot: QtBot) -> None:
    mirror = coach.part.page.findChild(Mirror)
    assert isinstance(mirror, Mirror)
    qtbot.wait(1)
    before = mirror.mapTo(coach.part.page, mirror.rect().topLeft())
    coach.see(GOOD, 0.5)
    qtbot.wait(1)
    assert mirror.mapTo(coach.part.page, mirror.rect().topLeft()) == before


def test_the_coach_does_not_go_on_while_something_lies_over_it(coach: Coach) -> None:
    coach.part.leave()
    assert not coach.part._timer.isActive()
    coach.part.come_back()
    assert coach.part._timer.isActive()
    coach.part._timer.stop()


def test_in_a_low_window_the_reason_there_is_no_picture_is_scrolled_to(qtbot: QtBot) -> None:
    page = SetupPage()
    qtbot.addWidget(page)
    page.resize(853, 424)
    page.show()
    page.show_problem("The camera is in use by another program.")
    (words,) = [w for w in page.findChildren(QLabel) if "another program" in w.text()]
    qtbot.waitUntil(lambda: words.visibleRegion().boundingRect().height() == words.height())
