"""What all pages share."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tracker_app.ui.page import button


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_and_space_press_the_button_in_focus_once(qtbot: QtBot, key: Qt.Key) -> None:
    pressed = []
    asked = button("Begin", "begin")
    asked.clicked.connect(lambda: pressed.append(key))
    qtbot.addWidget(asked)
    asked.show()
    asked.setFocus()
    QTest.keyClick(asked, key)
    assert pressed == [key]
