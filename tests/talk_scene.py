"""A talk step on the screen, with a session and its journal, for tests to drive."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button
from tracker_app import records as r
from tracker_app.recording.reading import read_entries
from tracker_app.session import Session
from tracker_app.study.flow import Event
from tracker_app.ui.bridge import Bridge
from tracker_app.ui.talk_part import TalkPart

_R = TypeVar("_R", bound=r.Record)


class Scene:
    """A talk step on the screen."""

    def __init__(self, qtbot: QtBot, session: Session, earlier: Sequence[r.Record] = ()) -> None:
        self.qtbot, self.session = qtbot, session
        self.bridge = Bridge()
        self.part = TalkPart(session, self.bridge, earlier)
        self.said: list[Event] = []
        self.part.happened.connect(self.said.append)
        self.page = self.part.page
        qtbot.addWidget(self.page)
        self.page.resize(1280, 800)
        self.page.show()
        self.part.enter()

    def ask(self, question: str) -> None:
        box = self.page.findChild(QPlainTextEdit, "question")
        assert box is not None
        box.setPlainText(question)
        self.click("send")

    def click(self, name: str) -> None:
        self.wait_for(name)
        button(self.page, name).click()

    def wait_for(self, name: str) -> None:
        shown = self.page.findChild(QWidget, name)
        assert shown is not None
        self.qtbot.waitUntil(lambda: shown.isVisible() and shown.isEnabled())

    def judge(self, choice: str = "prefer_1") -> None:
        for name in ("rate_1_4", "rate_2_2", choice, "next_turn"):
            self.click(name)

    def answers(self) -> dict[int, str]:
        return {side: view.toPlainText() for side, view in self.page.answers.items()}

    def recorded(self, kind: type[_R]) -> list[_R]:
        self.qtbot.wait(120)  # commits come every 100 ms
        entries = read_entries(self.session.journal.folder)
        return [e.record for e in entries if isinstance(e.record, kind)]
