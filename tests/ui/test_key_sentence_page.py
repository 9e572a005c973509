import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, texts
from tracker_app.chat.markdown import render_markdown
from tracker_app.chat.rendering import render_plain
from tracker_app.ui import theme
from tracker_app.ui.key_sentence_page import KeySentencePage, SentenceText
from tracker_app.ui.utf16 import utf16_length

RAW = "# Sky 😀\n\nIt is **blue** 😀. Why? 空は青い。光です。\n\n- First.\n- Last one.\n"
TEXT = render_markdown(RAW).text


class Choice:
    """A page on the screen."""

    def __init__(self, qtbot: QtBot, raw: str = RAW) -> None:
        self.qtbot = qtbot
        self.page = KeySentencePage("Why is it blue?", render_markdown(raw))
        self.view: SentenceText = self.page.text
        self.chosen: list[str] = []
        text = render_markdown(raw).text
        self.page.chosen.connect(lambda start, end: self.chosen.append(text[start:end]))
        qtbot.addWidget(self.page)
        self.page.resize(1280, 664)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow)
        self.page.enter()

    def place(self, words: str) -> QPoint:
        """A point on the second letter of some words."""
        cursor = QTextCursor(self.view.document())
        cursor.setPosition(utf16_length(TEXT[: TEXT.index(words)]) + 1)
        return self.view.cursorRect(cursor).center() + QPoint(2, 0)

    def click(self, words: str) -> None:
        left = Qt.MouseButton.LeftButton
        self.qtbot.mouseClick(self.view.viewport(), left, pos=self.place(words))

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.view, key)

    def use(self) -> str:
        button(self.page, "use_sentence").click()
        return self.chosen[-1]

    def marked(self) -> list[str]:
        return [
            s.cursor.selectedText() for s in self.view.extraSelections() if s.format.fontUnderline()
        ]


@pytest.fixture
def choice(qtbot: QtBot) -> Choice:
    return Choice(qtbot)


@pytest.mark.parametrize(
    "words", ["Sky 😀", "It is blue 😀.", "Why?", "空は青い。", "光です。", "Last one."]
)
def test_a_click_chooses_the_sentence_and_its_place_in_code_points(
    words: str, choice: Choice
) -> None:
    choice.click(words)
    assert choice.marked()[0].endswith(words)
    assert choice.use().endswith(words)  # an item begins with its marker


def test_nothing_can_be_used_before_something_is_chosen(choice: Choice) -> None:
    assert not button(choice.page, "use_sentence").isEnabled()
    choice.press(Qt.Key.Key_Down)
    assert not button(choice.page, "use_sentence").isEnabled()
    choice.press(Qt.Key.Key_Return)
    assert button(choice.page, "use_sentence").isEnabled()


def test_arrows_go_from_sentence_to_sentence_and_enter_chooses(choice: Choice) -> None:
    choice.press(Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return)
    assert choice.use() == "It is blue 😀."
    choice.press(Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_Space)
    assert choice.use().endswith("Last one.")
    choice.press(Qt.Key.Key_Home, Qt.Key.Key_Up, Qt.Key.Key_Enter)
    assert choice.use() == "Sky 😀"


def test_the_chosen_sentence_stays_marked_while_another_is_pointed_at(choice: Choice) -> None:
    choice.click("Why?")
    choice.qtbot.mouseMove(choice.view.viewport(), choice.place("It is"))
    shown = {s.cursor.selectedText() for s in choice.view.extraSelections()}
    assert shown == {"Why?", "It is blue 😀."}
    assert choice.marked() == ["Why?"]


def test_no_sentence_is_chosen_beside_or_below_the_text(choice: Choice) -> None:
    viewport = choice.view.viewport()
    below = QPoint(viewport.width() // 2, viewport.height() - 2)
    choice.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=below)
    assert choice.view.marked is None


def test_a_screen_reader_hears_the_sentence_pointed_at_and_that_it_is_chosen(
    choice: Choice,
) -> None:
    choice.press(Qt.Key.Key_Down)
    assert choice.view.accessibleDescription() == "It is blue 😀."
    choice.press(Qt.Key.Key_Return)
    assert choice.view.accessibleDescription() == "Chosen: It is blue 😀."


def test_tab_leaves_the_text(choice: Choice) -> None:
    choice.press(Qt.Key.Key_Return, Qt.Key.Key_Tab)
    assert choice.page.focusWidget() is button(choice.page, "use_sentence")


def test_a_sentence_out_of_sight_is_scrolled_to(qtbot: QtBot) -> None:
    choice = Choice(qtbot, "\n\n".join(f"Sentence {i}." for i in range(80)))
    assert choice.view.verticalScrollBar().value() == 0
    choice.press(Qt.Key.Key_End)
    assert choice.view.verticalScrollBar().value() > 0
    choice.press(Qt.Key.Key_Home)
    assert choice.view.verticalScrollBar().value() < theme.XXL


def test_offsets_are_those_of_a_plain_text_too(qtbot: QtBot) -> None:
    text = "שלום 😀. מה שלומך?\nEnd."
    page = KeySentencePage("?", render_plain(text))
    qtbot.addWidget(page)
    sentence = page.text.sentences[1]
    assert text[sentence.start : sentence.end] == "מה שלומך?"
    page.text.chosen.emit(1)


def test_an_empty_answer_has_nothing_to_choose(qtbot: QtBot) -> None:
    page = KeySentencePage("?", render_plain(""))
    qtbot.addWidget(page)
    page.show()
    page.enter()
    qtbot.keyClick(page.text, Qt.Key.Key_Return)
    assert not button(page, "use_sentence").isEnabled()


def test_a_long_question_is_shortened(qtbot: QtBot) -> None:
    page = KeySentencePage("Why " * 2_000, render_plain("So."))
    qtbot.addWidget(page)
    assert "Why Why" in texts(page)
    assert "…" in texts(page)
    assert len(texts(page)) < 600
