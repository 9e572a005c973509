"""Says on a file which page is shown and where its controls stand, one JSON object a line.

An automated participant (the demonstration, the desktop tests) has no eyes: this tells it where
to move its mouse. It learns nothing a person in front of the screen does not see.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit, QTextEdit, QWidget

from tracker_app.ui.coordinates import rect_to_physical

INTERVAL_MS = 50


class Announcer(QObject):
    """Writes a line whenever what can be seen or used has changed."""

    def __init__(self, window: QWidget, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._file = path.open("a", encoding="utf-8")
        self._last: dict[str, Any] = {}
        self._page = ""
        self._details: Callable[[], dict[str, Any]] = dict
        timer = QTimer(self, interval=INTERVAL_MS)
        timer.timeout.connect(self.announce)
        timer.start()

    def watch(self, page: str, details: Callable[[], dict[str, Any]]) -> None:
        """Announce under this page's name, with what `details` adds each time."""
        self._page, self._details = page, details

    @Slot()
    def announce(self) -> None:
        """Write the present state if it differs from the last one written."""
        state = {"page": self._page, "controls": self._controls(), **self._details()}
        if state != self._last:
            self._last = state
            self._file.write(json.dumps(state) + "\n")
            self._file.flush()

    def _controls(self) -> dict[str, list[float]]:
        controls = {}
        for kind in (QAbstractButton, QTextEdit, QPlainTextEdit):
            for widget in self._window.findChildren(kind):
                if widget.objectName() and widget.isVisible() and widget.isEnabled():
                    rect = rect_to_physical(widget, widget.rect())
                    controls[widget.objectName()] = [
                        rect.x_px,
                        rect.y_px,
                        rect.width_px,
                        rect.height_px,
                    ]
        return controls
