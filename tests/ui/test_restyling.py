import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tracker_app.chat.markdown import render_markdown
from tracker_app.ui import theme
from tracker_app.ui.key_sentence_page import SentenceText
from tracker_app.ui.markdown_text import MarkdownText
from tracker_app.ui.message_view import MessageView
from tracker_app.ui.restyling import Restyling


@pytest.fixture
def restyling(qapp: QApplication) -> Restyling:
    return Restyling(qapp)


def _turn(qapp: QApplication, colours: theme.Colours, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(theme, "colours", lambda: colours)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)


def test_the_application_follows_a_desktop_that_turns_dark_and_light_again(
    qtbot: QtBot, qapp: QApplication, restyling: Restyling, monkeypatch: pytest.MonkeyPatch
) -> None:
    for colours in (theme.DARK, theme.LIGHT):
        with qtbot.waitSignal(restyling.appearance_changed):
            _turn(qapp, colours, monkeypatch)
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(colours.page)
        assert colours.surface in qapp.styleSheet()


def test_the_same_look_is_not_applied_twice(
    qtbot: QtBot, qapp: QApplication, restyling: Restyling, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.assertNotEmitted(restyling.appearance_changed):
        _turn(qapp, theme.LIGHT, monkeypatch)


def test_a_font_that_appears_is_used(
    qtbot: QtBot, qapp: QApplication, restyling: Restyling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "family", lambda: "Noto Sans Display")
    with qtbot.waitSignal(restyling.appearance_changed):
        qapp.fontDatabaseChanged.emit()
    assert qapp.font().family() == "Noto Sans Display"


def test_an_answer_on_screen_takes_the_new_colours(
    qtbot: QtBot, qapp: QApplication, restyling: Restyling, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = MessageView(theme.READING["gaze"])
    qtbot.addWidget(view)
    restyling.appearance_changed.connect(view.restyle)
    view.show_message("t0s1a1", "```\ncode\n```")
    _turn(qapp, theme.DARK, monkeypatch)
    background = view.document().begin().blockFormat().background().color()
    assert background == QColor(theme.DARK.tint)


def test_the_application_follows_a_desktop_that_asks_for_contrast(
    qtbot: QtBot, qapp: QApplication, restyling: Restyling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "wants_contrast", lambda: True)
    with qtbot.waitSignal(restyling.appearance_changed):
        qapp.styleHints().accessibility().contrastPreferenceChanged.emit(
            Qt.ContrastPreference.HighContrast
        )
    assert theme.CONTRAST_LIGHT.border in qapp.styleSheet()


def test_a_key_sentence_and_a_link_on_screen_take_the_new_colours(
    qtbot: QtBot, qapp: QApplication, restyling: Restyling, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = SentenceText(render_markdown("```\ncode\n```"), theme.READING["chat"])
    linked = MarkdownText("[a link](https://example.org)", "linked")
    for widget in (sentences, linked):
        qtbot.addWidget(widget)
    _turn(qapp, theme.DARK, monkeypatch)
    background = sentences.document().begin().blockFormat().background().color()
    assert background == QColor(theme.DARK.tint)
    cursor = linked.textCursor()
    cursor.setPosition(1)
    assert cursor.charFormat().foreground().color() == QColor(theme.DARK.accent)
