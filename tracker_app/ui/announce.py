"""Says on a file which page is shown and where its controls stand, one JSON object a line.

An automated participant (the demonstration, the desktop tests) has no eyes: this tells it where
to move its mouse. It learns nothing a person in front of the screen does not see.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from tracker_app.ui.coordinates import rect_to_physical

INTERVAL_MS = 50
FIELDS: dict[type[QWidget], str] = {QLineEdit: "line", QPlainTextEdit: "text", QComboBox: "list"}
KINDS: tuple[type[QWidget], ...] = (QAbstractButton, QTextEdit, *FIELDS)


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
        state = {
            "page": self._page,
            "controls": self._controls(),
            "fields": self._fields(),
            "out_of_view": self._out_of_view(),
            **self._details(),
        }
        if state != self._last:
            self._last = state
            self._file.write(json.dumps(state) + "\n")
            self._file.flush()

    def _controls(self) -> dict[str, list[float]]:
        controls = {}
        for kind in KINDS:
            for widget in self._usable(kind):
                seen = widget.visibleRegion().boundingRect()
                if seen.isEmpty():
                    continue  # scrolled out of view
                rect = rect_to_physical(widget, seen)
                place = [rect.x_px, rect.y_px, rect.width_px, rect.height_px]
                controls[widget.objectName()] = place
        return controls

    def _fields(self) -> dict[str, str]:
        """What can be filled in, and how."""
        return {
            widget.objectName(): name
            for kind, name in FIELDS.items()
            for widget in self._usable(kind)
            if not widget.property("readOnly")
        }

    def _out_of_view(self) -> list[str]:
        """What has to be scrolled to."""
        usable = [widget for kind in KINDS for widget in self._usable(kind)]
        return [w.objectName() for w in usable if w.visibleRegion().isEmpty()]

    def _usable(self, kind: type[QWidget]) -> list[QWidget]:
        found = self._window.findChildren(kind)
        return [w for w in found if w.objectName() and w.isVisible() and w.isEnabled()]
