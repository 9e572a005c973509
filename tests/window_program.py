"""A program that shows our window and tells what `Surroundings` records of it.

Monitors of several scales exist only for a process started with them; `watched_window` starts
this one. It obeys lines on its input: `move X Y` in logical pixels, `show minimised` or `show
normal`, and `turn dark` or `turn light` as a desktop does. It prints a JSON object a line: each
record with its tag as `type`, and where the mouse is as `pointer`, in physical pixels reckoned
from its place in a widget.
"""

import json
import sys
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, Slot
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from tracker_app.clock import SystemClock
from tracker_app.records import Record
from tracker_app.ui.coordinates import from_physical, to_physical
from tracker_app.ui.restyling import Restyling
from tracker_app.ui.surroundings import Surroundings
from tracker_app.ui.window import Window


def _tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _record(record: Record) -> None:
    _tell(msgspec.to_builtins(record))


class _Pointer(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 # Qt's name
        if isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            x_px, y_px = to_physical(watched, event.position())
            away = from_physical(watched, x_px, y_px) - event.position()
            is_exact = away.manhattanLength() < 0.01
            _tell({"type": "pointer", "x_px": x_px, "y_px": y_px, "comes_back": is_exact})
        return False


class _Commands(QObject):
    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self.obey)

    @Slot()
    def obey(self) -> None:
        match sys.stdin.readline().split():
            case ["move", x, y]:
                self._window.move(int(x), int(y))
            case ["show", "minimised"]:
                self._window.showMinimized()
            case ["show", "normal"]:
                self._window.showNormal()
                self._window.activateWindow()
            case ["turn", scheme]:
                wanted = Qt.ColorScheme.Dark if scheme == "dark" else Qt.ColorScheme.Light
                QGuiApplication.styleHints().setColorScheme(wanted)


def main() -> None:
    app = QApplication([])
    restyling = Restyling(app)
    window = Window("Watched", is_simulated=False)
    window.setMinimumSize(1, 1)
    window.resize(400, 300)
    page = QWidget()
    page.setMouseTracking(True)
    pointer = _Pointer()
    page.installEventFilter(pointer)
    window.bar.hide()
    window.show_page(page)
    window.show()
    surroundings = Surroundings(window, "gaze", SystemClock(), _record, _record)
    window.geometry_changed.connect(surroundings.follow_window)
    restyling.appearance_changed.connect(surroundings.look)
    _Commands(window)
    app.exec()


if __name__ == "__main__":
    main()
