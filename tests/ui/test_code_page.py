import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, find, texts
from tracker_app.ui.code_page import CodePage


@pytest.fixture
def page(qtbot: QtBot) -> CodePage:
    shown = CodePage()
    qtbot.addWidget(shown)
    shown.show()
    shown.enter()
    return shown


def test_enter_and_the_button_hand_over_what_was_entered_without_space_around_it(
    qtbot: QtBot, page: CodePage
) -> None:
    field = find(page, QLineEdit, "code_field")
    field.setText("  ABCD-1234 ")
    with qtbot.waitSignal(page.entered) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == ["ABCD-1234"]
    with qtbot.waitSignal(page.entered):
        button(page, "enter_code").click()


def test_an_empty_field_is_not_handed_over(qtbot: QtBot, page: CodePage) -> None:
    with qtbot.assertNotEmitted(page.entered):
        button(page, "enter_code").click()
    assert "Enter the code or the link you were sent." in texts(page)


def test_a_problem_stands_beside_the_field_until_something_is_typed(
    qtbot: QtBot, page: CodePage
) -> None:
    field = find(page, QLineEdit, "code_field")
    field.setText("WRONG")
    page.show_problem("This code is not known.")
    assert "This code is not known." in texts(page)
    assert field.accessibleDescription() == "This code is not known."
    assert field.selectedText() == "WRONG"
    qtbot.keyClicks(field, "R")
    assert "This code is not known." not in texts(page)
    assert field.accessibleDescription() == ""
