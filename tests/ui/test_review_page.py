import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QProgressBar
from pytestqt.qtbot import QtBot

from tests.shown_widgets import accessible_name, button, find, texts
from tracker_app.ui.review_page import ReviewPage
from tracker_app.ui.review_timeline import TimelineItem

ITEMS = (
    TimelineItem("setup", "Set-up", "14:02", "3 min 10 s", "gaze", "step"),
    TimelineItem("turn_0", "Why?", "14:05", "2 min", "gaze, mouse and 2 answers", "turn", 0, True),
    TimelineItem("pause_1", "Pause", "14:08", "5 min", "", "pause"),
    TimelineItem("turn_1", "How?", "14:13", "1 min", "2 answers", "turn", 1, True),
)


class Review:
    """A page on the screen, and what it announced."""

    def __init__(self, qtbot: QtBot) -> None:
        self.page = ReviewPage()
        self.announced: list[tuple[object, ...]] = []
        for name in ("delete_turn", "delete_last_minutes", "delete_between", "sent", "kept"):
            signal = getattr(self.page, name)
            signal.connect(lambda *values, name=name: self.announced.append((name, *values)))
        qtbot.addWidget(self.page)
        self.page.resize(1280, 664)
        self.page.show()
        self._qtbot = qtbot
        self.show(*ITEMS)
        self.page.enter()

    def show(self, *items: TimelineItem) -> None:
        self.page.show_items(items)
        self._qtbot.wait(1)  # Qt shows what came into a layout a moment later

    def press(self, name: str) -> None:
        button(self.page, name).click()


@pytest.fixture
def review(qtbot: QtBot) -> Review:
    return Review(qtbot)


def test_everything_recorded_is_listed_with_when_and_what(review: Review) -> None:
    shown = texts(review.page)
    for item in ITEMS:
        assert item.title in shown
        assert item.began in shown
    assert "2 min · gaze, mouse and 2 answers" in shown


def test_a_turn_is_deleted_only_after_one_question(review: Review) -> None:
    assert accessible_name(button(review.page, "delete_turn_1")) == "Delete: How?"
    review.press("delete_turn_1")
    assert "Delete this turn?" in texts(review.page)
    assert review.announced == []
    assert button(review.page, "delete_turn_1_keep").hasFocus() or not review.page.isActiveWindow()
    review.press("delete_turn_1_confirm")
    assert review.announced == [("delete_turn", 1)]
    assert "Delete this turn?" not in texts(review.page)


def test_keeping_or_escape_takes_the_question_back(qtbot: QtBot, review: Review) -> None:
    review.press("delete_turn_0")
    review.press("delete_turn_0_keep")
    assert "Delete this turn?" not in texts(review.page)
    assert button(review.page, "delete_turn_0").isVisible()
    review.press("delete_turn_0")
    qtbot.keyClick(button(review.page, "delete_turn_0_keep"), Qt.Key.Key_Escape)
    assert "Delete this turn?" not in texts(review.page)
    assert review.announced == []


def test_what_cannot_be_deleted_has_no_button(review: Review) -> None:
    assert not button(review.page, "delete_setup").isVisible()


def test_what_is_deleted_stays_as_deleted(review: Review) -> None:
    gone = TimelineItem("turn_1", "How?", "14:13", "1 min", "2 answers", "turn", 1, True, True)
    review.show(*ITEMS[:3], gone)
    shown = texts(review.page)
    assert "How?" in shown
    assert "Deleted" in shown
    assert "1 min · 2 answers" not in shown
    assert not button(review.page, "delete_turn_1").isVisible()


def test_the_last_minutes_are_deleted_after_one_question(review: Review) -> None:
    box = find(review.page, QComboBox, "review_minutes")
    assert box.currentText() == "5 minutes"
    review.press("delete_minutes")
    assert "Delete the last 5 minutes?" in texts(review.page)
    review.press("delete_span_keep")
    assert review.announced == []
    box.setCurrentText("1 minute")
    review.press("delete_minutes")
    assert "Delete the last minute?" in texts(review.page)
    review.press("delete_span_confirm")
    assert review.announced == [("delete_last_minutes", 1)]


def test_a_part_is_deleted_from_its_first_to_its_last_item(review: Review) -> None:
    first, last = (find(review.page, QComboBox, f"review_{end}") for end in ("first", "last"))
    first.setCurrentIndex(1)
    last.setCurrentIndex(2)
    review.press("delete_items")
    assert "from “Why?” to “Pause”" in texts(review.page)
    review.press("delete_span_confirm")
    assert review.announced == [("delete_between", "turn_0", "pause_1")]


def test_a_part_never_ends_before_it_begins(review: Review) -> None:
    first, last = (find(review.page, QComboBox, f"review_{end}") for end in ("first", "last"))
    last.setCurrentIndex(0)
    first.setCurrentIndex(2)
    assert last.currentIndex() == 2
    last.setCurrentIndex(1)
    review.press("delete_items")
    review.press("delete_span_confirm")
    assert review.announced == [("delete_between", "pause_1", "pause_1")]


def test_a_question_stands_for_what_was_chosen_when_it_was_asked(review: Review) -> None:
    box = find(review.page, QComboBox, "review_minutes")
    review.press("delete_minutes")
    box.setCurrentText("30 minutes")
    assert "Delete the last 5 minutes?" not in texts(review.page)


def test_nothing_can_be_pressed_while_something_is_deleted(review: Review) -> None:
    review.page.show_busy("Deleting")
    assert "Deleting" in texts(review.page)
    assert find(review.page, QProgressBar, "review_busy").isVisible()
    for name in ("send_all", "keep_here", "delete_turn_0", "delete_minutes"):
        assert not button(review.page, name).isEnabled()
    review.show(*ITEMS)
    assert not find(review.page, QProgressBar, "review_busy").isVisible()
    assert button(review.page, "send_all").isEnabled()


def test_a_failure_is_said_and_can_be_tried_again(review: Review) -> None:
    review.page.show_busy("Deleting")
    review.page.show_problem("The disk is full.")
    assert "The disk is full." in texts(review.page)
    assert button(review.page, "delete_turn_0").isEnabled()
    review.show(*ITEMS)
    assert "The disk is full." not in texts(review.page)


def test_both_ways_to_end_have_the_same_size_and_say_what_they_do(review: Review) -> None:
    send, keep = button(review.page, "send_all"), button(review.page, "keep_here")
    assert send.size() == keep.size()
    for answer in (send, keep):
        assert answer.accessibleDescription() in texts(review.page)
        answer.click()
    assert review.announced == [("sent",), ("kept",)]


def test_where_nothing_was_recorded_there_is_nothing_to_delete(review: Review) -> None:
    review.show()
    assert "Nothing was recorded." in texts(review.page)
    assert not button(review.page, "delete_minutes").isVisible()
    assert button(review.page, "send_all").isVisible()
