"""Prints the monitors and how answers are set, for a check that must not load Qt itself."""

import msgspec
from PySide6.QtGui import QGuiApplication

from tracker_app.capture.display import ReadingSize, Shown
from tracker_app.ui import theme
from tracker_app.ui.screen_records import monitor_record


def print_monitors() -> None:
    """Open the display and print what is there as JSON."""
    QGuiApplication.instance() or QGuiApplication([])
    shown = Shown(
        monitors=[monitor_record(screen, 0) for screen in QGuiApplication.screens()],
        presets={
            name: ReadingSize(reading.size_px, reading.line_height_px)
            for name, reading in theme.READING.items()
        },
    )
    print(msgspec.json.encode(shown).decode(), flush=True)  # noqa: T201 # what it is for
