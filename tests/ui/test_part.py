from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tracker_app.study.flow import Event
from tracker_app.ui.part import Part


class _Part(Part):
    def __init__(self) -> None:
        super().__init__()
        self.page = QWidget()


def test_a_part_that_is_let_go_of_moves_nobody_on_any_more(qtbot: QtBot) -> None:
    part = _Part()
    qtbot.addWidget(part.page)
    heard: list[Event] = []
    part.happened.connect(heard.append)
    part.say(Event.PAUSED)
    part.discard()
    part.say(Event.DONE)  # such as what it had asked a thread to do
    assert heard == [Event.PAUSED]
