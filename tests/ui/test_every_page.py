"""What holds for all pages: names, keyboard, and nothing cut off in a low window or long words."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.every_page import EVERYTHING, PAGES
from tests.shown_widgets import accessible_name
from tracker_app.study.study import Study
from tracker_app.ui import theme
from tracker_app.ui.page import Page
from tracker_app.ui.window import Window

_W = TypeVar("_W", bound=QWidget)
LOW = 853, 424  # what a screen of 1280 x 720 at 150% leaves below the bar
USUAL = 1280, 664
HIGH = 1280, 2_400  # nothing scrolls


class _Wordy(QTranslator):
    """A language whose every text is longer by almost a third, as German's are."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        del context, disambiguation, n
        return text + " wor" * max(1, len(text) // 12)


@pytest.fixture
def _wordy(qapp: QApplication) -> Iterator[None]:
    translator = _Wordy()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    shown = Window("Study", is_simulated=False)
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


def _show(window: Window, page: _W, size: tuple[int, int], qtbot: QtBot) -> _W:
    window.resize(size[0], size[1] + theme.BAR_HEIGHT)
    window.show_page(page)
    if isinstance(page, Page):
        page.enter()
    qtbot.wait(1)
    return page


def _stops(page: QWidget) -> list[QWidget]:
    """What the keyboard can come to."""
    widgets = [w for w in page.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
    return [w for w in widgets if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.focusProxy()]


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name_and_words_for_who_cannot_see_it(
    name: str, qtbot: QtBot, study: Study, window: Window
) -> None:
    page = _show(window, PAGES[name](study), USUAL, qtbot)
    assert page.objectName() == name
    stops = _stops(page)
    assert stops
    for stop in stops:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", stop.objectName()), stop
        if not isinstance(stop, QScrollArea):
            assert accessible_name(stop), stop.objectName()
    names = [stop.objectName() for stop in stops]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", EVERYTHING)
def test_tab_comes_to_every_control_in_the_order_they_stand_in(
    name: str, qtbot: QtBot, study: Study, window: Window
) -> None:
    page = _show(window, EVERYTHING[name](study), HIGH, qtbot)
    controls = [s for s in _stops(page) if not isinstance(s, QScrollArea)]
    reached: list[QWidget] = []
    for _ in range(2 * len(_stops(window))):
        qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        focused = window.focusWidget()
        if focused in controls and focused not in reached:
            reached.append(focused)
    assert {_choice(w) for w in reached} == {_choice(w) for w in controls}
    places = [w.rect().translated(w.mapTo(page, w.rect().topLeft())) for w in reached]
    first = places.index(min(places, key=lambda p: (p.top(), p.left())))
    in_order = places[first:] + places[:first]
    for here, following in pairwise(in_order):
        assert following.top() > here.bottom() or following.left() > here.right()


def _choice(widget: QWidget) -> object:
    """Tab comes to one of several exclusive buttons; arrows come to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group or widget


@pytest.mark.parametrize("size", [USUAL, LOW], ids=["usual", "low"])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("_wordy")
def test_nothing_is_cut_off_although_words_are_long_and_the_window_low(
    name: str, size: tuple[int, int], qtbot: QtBot, study: Study, window: Window
) -> None:
    page = _show(window, PAGES[name](study), size, qtbot)
    assert page.size().toTuple() == size  # nothing made the window larger
    for part in page.findChildren(QWidget):
        if not part.isVisible() or isinstance(part, QScrollBar):
            continue
        inside = part.parentWidget()
        assert inside is not None
        assert part.geometry().left() >= 0, (part, part.objectName())
        assert part.geometry().right() <= inside.width(), (part, part.objectName())
        if isinstance(part, QAbstractButton):
            assert part.width() >= part.minimumSizeHint().width(), part.objectName()
        if isinstance(part, QLabel) and part.text():
            assert part.height() >= part.heightForWidth(part.width()), part.text()
    actions = [b for b in page._footer.findChildren(QPushButton) if b.isVisible()]
    for action in actions:
        assert action.visibleRegion().boundingRect() == action.rect(), action.objectName()
