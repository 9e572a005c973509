import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, find, texts
from tracker_app.study.study import Instruction
from tracker_app.ui.instructions_page import InstructionsPage
from tracker_app.ui.markdown_text import MarkdownText

CARDS = [Instruction(title=f"Card {i}", text=f"This is **text** {i}.") for i in (1, 2, 3)]


@pytest.fixture
def page(qtbot: QtBot) -> InstructionsPage:
    shown = InstructionsPage(CARDS)
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    shown.enter()
    return shown


def _shown(page: InstructionsPage) -> tuple[str, str]:
    text = find(page, MarkdownText, "instruction_text").toPlainText()
    return page.title.text(), text.strip()


def test_one_card_is_shown_at_a_time_and_counted(qtbot: QtBot, page: InstructionsPage) -> None:
    assert _shown(page) == ("Card 1", "This is text 1.")
    assert "1 of 3" in texts(page)
    assert not button(page, "instruction_back").isEnabled()
    button(page, "instruction_next").click()
    assert _shown(page) == ("Card 2", "This is text 2.")
    assert "2 of 3" in texts(page)
    button(page, "instruction_back").click()
    assert "1 of 3" in texts(page)


def test_the_last_card_leads_on(qtbot: QtBot, page: InstructionsPage) -> None:
    button(page, "instruction_next").click()
    button(page, "instruction_next").click()
    assert button(page, "instruction_next").text() == "Continue"
    with qtbot.waitSignal(page.finished):
        button(page, "instruction_next").click()


def test_arrows_leaf_but_do_not_leave(qtbot: QtBot, page: InstructionsPage) -> None:
    with qtbot.assertNotEmitted(page.finished):
        for _ in range(5):
            qtbot.keyClick(page, Qt.Key.Key_Right)
    assert "3 of 3" in texts(page)
    for _ in range(5):
        qtbot.keyClick(page, Qt.Key.Key_Left)
    assert "1 of 3" in texts(page)


def test_arrows_leaf_also_while_a_button_has_the_focus(
    qtbot: QtBot, page: InstructionsPage
) -> None:
    qtbot.keyClick(button(page, "instruction_next"), Qt.Key.Key_Right)
    assert "2 of 3" in texts(page)


def test_a_single_card_needs_no_count_and_no_way_back(qtbot: QtBot) -> None:
    page = InstructionsPage(CARDS[:1])
    qtbot.addWidget(page)
    assert "of 1" not in texts(page)
    assert "Back" not in texts(page)
    with qtbot.waitSignal(page.finished):
        button(page, "instruction_next").click()


def test_a_short_card_is_shown_whole(page: InstructionsPage, qtbot: QtBot) -> None:
    page.resize(1280, 700)
    qtbot.wait(1)
    text = find(page, MarkdownText, "instruction_text")
    assert text.visibleRegion().boundingRect().height() == text.height()
    assert find(page, QScrollArea, "page_scroll").verticalScrollBar().maximum() == 0
