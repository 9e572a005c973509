import threading

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from tracker_app.errors import JournalError, TrackerError
from tracker_app.ui.background import Background

FULL = JournalError("The disk is full.")


def _fail(error: Exception) -> None:
    raise error


def _threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "background"]


def _discard(background: Background) -> None:
    background.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_what_came_of_it_is_heard_in_the_thread_that_asked(qtbot: QtBot) -> None:
    background = Background()
    heard: list[object] = []
    background.run(threading.get_ident, heard.append, lambda _: None)
    background.run(lambda: _fail(FULL), heard.append, heard.append)
    background.run(lambda: None, lambda _: heard.append(threading.get_ident()), lambda _: None)
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert FULL in heard
    assert threading.get_ident() in heard


def test_a_mistake_of_ours_is_told_too_so_that_nobody_waits_for_ever(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    background = Background()
    heard: list[TrackerError] = []
    background.run(lambda: _fail(KeyError("turn")), lambda _: None, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert "KeyError" in caplog.text


def test_nobody_hears_of_what_ends_after_its_page_is_gone(qtbot: QtBot) -> None:
    del qtbot
    background, is_over = Background(), threading.Event()
    heard: list[object] = []
    background.run(is_over.wait, heard.append, heard.append)
    _discard(background)
    (thread,) = _threads()
    is_over.set()
    thread.join(5)
    QCoreApplication.processEvents()
    assert heard == []
