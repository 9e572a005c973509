from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeVar

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFontInfo, QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tracker_app import records as r
from tracker_app.ui import screen_records, surroundings, theme
from tracker_app.ui.surroundings import Surroundings
from tracker_app.ui.window import Window

_R = TypeVar("_R", bound=r.Record)

_TALL = theme.Reading(31, 50, 30, 40, 28, 10)


class Seen:
    """A watched window and what was recorded of it."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.records: list[r.Record] = []
        self.watch = Surroundings(
            window, "gaze", FakeClock(), self.records.append, self.records.append
        )
        window.geometry_changed.connect(self.watch.follow_window)

    def of(self, kind: type[_R]) -> list[_R]:
        return [record for record in self.records if isinstance(record, kind)]


@pytest.fixture
def seen(qtbot: QtBot) -> Seen:
    window = Window("Test", is_simulated=False)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return Seen(window)


@pytest.fixture
def changing_monitor(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets the only monitor seem to change its rate, which the offscreen platform never does."""
    rate = [60.0]

    def changed(screen: QScreen, t_ns: int) -> r.Monitor:
        return replace(screen_records.monitor_record(screen, t_ns), refresh_hz=rate[0])

    monkeypatch.setattr(surroundings, "monitor_record", changed)

    def change(rate_hz: float) -> None:
        rate[0] = rate_hz

    return change


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def test_at_first_everything_is_recorded_once(seen: Seen) -> None:
    (monitor,), (window,), (appearance,) = (
        seen.of(r.Monitor),
        seen.of(r.Window),
        seen.of(r.Appearance),
    )
    assert monitor.is_connected
    assert window.monitor == monitor.name
    assert window.is_active
    assert appearance.preset == "gaze"
    assert appearance.text_size == theme.READING["gaze"].size_px
    assert appearance.line_height == theme.READING["gaze"].line_height_px
    assert appearance.text_family == QFontInfo(theme.font(20)).family()
    assert appearance.theme is r.Theme.LIGHT
    assert appearance.platform == "offscreen"
    assert len({record.t_ns for record in seen.records}) == len(seen.records)


def test_signals_without_a_change_record_nothing(qtbot: QtBot, seen: Seen) -> None:
    seen.records.clear()
    screen = QGuiApplication.primaryScreen()
    screen.geometryChanged.emit(screen.geometry())
    screen.refreshRateChanged.emit(screen.refreshRate())
    seen.window.geometry_changed.emit()
    qtbot.wait(50)
    assert seen.records == []


@pytest.mark.parametrize(
    "emit",
    [
        lambda screen: screen.geometryChanged.emit(QRect()),
        lambda screen: screen.logicalDotsPerInchChanged.emit(120.0),
        lambda screen: screen.physicalDotsPerInchChanged.emit(120.0),
        lambda screen: screen.refreshRateChanged.emit(144.0),
        lambda screen: _app().primaryScreenChanged.emit(screen),
        lambda screen: _app().screenAdded.emit(screen),
        lambda screen: _app().screenRemoved.emit(screen),
    ],
)
def test_monitors_are_looked_at_again_after_each_kind_of_change(
    qtbot: QtBot,
    changing_monitor: Callable[[float], None],
    seen: Seen,
    emit: Callable[[QScreen], None],
) -> None:
    changing_monitor(144.0)
    emit(QGuiApplication.primaryScreen())
    qtbot.waitUntil(lambda: len(seen.of(r.Monitor)) == 2)
    assert [m.refresh_hz for m in seen.of(r.Monitor)] == [60.0, 144.0]


def test_texts_may_be_measured_anew_when_the_scale_changes_under_them(
    qtbot: QtBot, seen: Seen
) -> None:
    with qtbot.waitSignal(seen.watch.changed):
        QApplication.sendEvent(seen.window, QEvent(QEvent.Type.DevicePixelRatioChange))


def test_being_dragged_records_each_place_once(qtbot: QtBot, seen: Seen) -> None:
    seen.records.clear()
    for i in range(20):
        seen.window.move(100 + 7 * i, 50 + 3 * i)
        seen.window.geometry_changed.emit()  # Qt may tell twice
        _wait_for_windows(qtbot, seen, i + 1)
    places = [(w.x_px, w.y_px) for w in seen.of(r.Window)]
    assert {(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places)} == {(7.0, 3.0)}


def _wait_for_windows(qtbot: QtBot, seen: Seen, n: int) -> None:
    qtbot.waitUntil(lambda: len(seen.of(r.Window)) == n)


def test_minimising_and_restoring_are_recorded(qtbot: QtBot, seen: Seen) -> None:
    seen.window.showMinimized()
    qtbot.waitUntil(lambda: seen.of(r.Window)[-1].is_minimised)
    assert not seen.of(r.Window)[-1].is_active
    seen.window.showNormal()
    qtbot.waitUntil(lambda: not seen.of(r.Window)[-1].is_minimised)


def test_losing_the_focus_to_another_window_is_recorded(qtbot: QtBot, seen: Seen) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not seen.of(r.Window)[-1].is_active)
    assert not seen.of(r.Window)[-1].is_minimised
    seen.window.activateWindow()
    qtbot.waitUntil(lambda: seen.of(r.Window)[-1].is_active)


@pytest.fixture
def _dark(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desktop turned dark; the offscreen platform knows no colour schemes."""
    with monkeypatch.context() as desktop:
        desktop.setattr(theme, "colours", lambda: theme.DARK)
        yield


def test_a_desktop_turned_dark_is_another_appearance(
    qtbot: QtBot, seen: Seen, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("_dark")
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    qtbot.waitUntil(lambda: len(seen.of(r.Appearance)) == 2)
    assert [a.theme for a in seen.of(r.Appearance)] == [r.Theme.LIGHT, r.Theme.DARK]


@pytest.mark.parametrize("kind", surroundings.LOOKS)
def test_a_window_drawn_differently_is_looked_at_again(
    qtbot: QtBot, seen: Seen, monkeypatch: pytest.MonkeyPatch, kind: QEvent.Type
) -> None:
    monkeypatch.setattr(theme, "monospace_family", lambda: "Nowhere Mono")
    monkeypatch.setattr(theme, "family", lambda: "Nowhere Sans")
    monkeypatch.setitem(theme.READING, "gaze", _TALL)
    QApplication.sendEvent(seen.window, QEvent(kind))
    qtbot.waitUntil(lambda: len(seen.of(r.Appearance)) == 2)
    newest = seen.of(r.Appearance)[-1]
    assert (newest.text_size, newest.line_height) == (31, 50)
    assert newest.text_family != "Nowhere Sans"  # what Qt found, not what was wished for


def test_a_window_without_the_wished_font_says_what_it_got(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    monkeypatch.setattr(theme, "family", lambda: "Nowhere Sans")
    appearance = screen_records.appearance_record(window, "chat", 1)
    assert appearance.text_family not in ("", "Nowhere Sans")
