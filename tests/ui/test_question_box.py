import pytest
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from tracker_app.ui.question_box import QuestionBox


class Writer:
    """Types and pastes into a box for 20 characters."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.box = QuestionBox(20)
        qtbot.addWidget(self.box)
        self.limits: list[bool] = []
        self.box.limit_met.connect(self.limits.append)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.box, text)

    def paste(self, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        self.box.insertFromMimeData(data)

    @property
    def text(self) -> str:
        return self.box.toPlainText()


@pytest.fixture
def writer(qtbot: QtBot) -> Writer:
    return Writer(qtbot)


def test_nothing_is_said_of_a_short_question(writer: Writer) -> None:
    writer.type("Why are there")
    writer.paste(" tides?")
    assert writer.text == "Why are there tides?"
    assert writer.limits == []


def test_what_is_typed_beyond_the_limit_stays_out_until_there_is_room(writer: Writer) -> None:
    writer.type("x" * 20 + "yz")
    assert writer.text == "x" * 20
    assert writer.limits[-1] is True
    writer.box.textCursor().deletePreviousChar()
    assert writer.limits[-1] is False
    writer.type("z")
    assert writer.text == "x" * 19 + "z"


def test_of_a_huge_paste_the_beginning_is_taken(writer: Writer) -> None:
    writer.paste("word " * 20_000)
    assert writer.text == "word " * 4
    assert writer.limits == [True]


def test_a_paste_in_the_middle_moves_nothing_out(writer: Writer) -> None:
    writer.paste("begin end")
    cursor = writer.box.textCursor()
    cursor.setPosition(6)
    writer.box.setTextCursor(cursor)
    writer.paste("123456789012345")
    assert writer.text == "begin 12345678901end"
    assert writer.limits[-1] is True


def test_a_paste_replaces_what_is_selected(writer: Writer) -> None:
    writer.paste("x" * 20)
    writer.box.selectAll()
    writer.paste("y" * 25)
    assert writer.text == "y" * 20


def test_characters_are_counted_not_their_halves(writer: Writer) -> None:
    writer.paste("😀" * 25)
    assert writer.text == "😀" * 20
    writer.box.clear()
    writer.paste("x" * 17 + "👩‍👩‍👧 and more")
    assert writer.text == "x" * 17  # the family has five


def test_text_set_by_a_program_is_shortened_too(writer: Writer) -> None:
    writer.box.setPlainText("a" * 30)
    assert writer.text == "a" * 20
