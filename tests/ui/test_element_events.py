import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tracker_app.records import ElementEvent, ElementKind
from tracker_app.ui.element_events import ElementEvents
from tracker_app.ui.page import button

IN, OUT = ElementKind.FOCUS_IN, ElementKind.FOCUS_OUT


class Form:
    """A small window whose elements are watched."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        column = QVBoxLayout(self.window)
        self.unnamed = QLabel("nothing")
        self.question = QPlainTextEdit()
        self.question.setObjectName("question")
        self.send = button("Send", "send")
        for widget in (self.unnamed, self.question, self.send):
            column.addWidget(widget)
        self.records: list[ElementEvent] = []
        self.events = ElementEvents(FakeClock(), self.records.append)
        self.events.watch(self.window)
        self.window.resize(300, 300)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.send.setFocus()
        self.records.clear()

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event.kind, event.element) for event in self.records]


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    return Form(qtbot)


def test_the_focus_is_followed_from_element_to_element(form: Form) -> None:
    form.question.setFocus()
    form.send.setFocus()
    assert form.told == [(OUT, "send"), (IN, "question"), (OUT, "question"), (IN, "send")]
    stamps = [event.t_ns for event in form.records]
    assert stamps == sorted(set(stamps))


def test_the_mouse_is_followed_onto_elements_with_a_name(qtbot: QtBot, form: Form) -> None:
    for widget in (form.unnamed, form.question, form.send):
        QTest.mouseMove(widget, QPoint(5, 5))
        qtbot.waitUntil(widget.underMouse)
    assert form.told == [("enter", "question"), ("leave", "question"), ("enter", "send")]


def test_what_is_typed_leaves_no_trace(qtbot: QtBot, form: Form) -> None:
    form.question.setFocus()
    form.records.clear()
    qtbot.keyClicks(form.question, "secret")
    qtbot.mouseClick(form.question.viewport(), Qt.MouseButton.LeftButton)
    assert form.question.toPlainText() == "secret"
    assert [kind for kind, _ in form.told if kind not in ("enter", "leave")] == []


def test_an_element_watched_twice_tells_once(form: Form) -> None:
    form.events.watch(form.window)
    form.question.setFocus()
    assert form.told == [(OUT, "send"), (IN, "question")]


def test_elements_added_later_are_watched_from_then_on(form: Form) -> None:
    later = button("Later", "later")
    later.setParent(form.window)
    later.show()
    form.events.watch(form.window)
    later.setFocus()
    assert (IN, "later") in form.told


def test_inner_widgets_of_qt_are_not_elements(form: Form) -> None:
    inner = form.question.viewport()
    assert inner.objectName()  # Qt gave it a name
    QApplication.sendEvent(inner, QEnterEvent(QPointF(), QPointF(), QPointF()))
    QApplication.sendEvent(inner, QEvent(QEvent.Type.Leave))
    assert form.told == []
