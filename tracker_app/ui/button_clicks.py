"""Where our buttons are pressed with the mouse: points the eyes were probably on."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from tracker_app.ui.coordinates import to_physical


class ButtonClicks(QObject):
    """Tells of every press of a button it was shown."""

    def __init__(self, on_click: Callable[[str, tuple[float, float]], None]) -> None:
        """Begin with no button.

        Args:
            on_click: hears the button's name and the physical pixel pressed.
        """
        super().__init__()
        self._on_click = on_click

    def watch(self, window: QWidget) -> None:
        """Watch every named button of a window; call again when it has got new ones."""
        for found in window.findChildren(QAbstractButton):
            if found.objectName():
                # Qt moves a filter that is already there instead of adding it twice.
                found.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell of presses and let everything pass."""
        is_press = event.type() == QEvent.Type.MouseButtonPress
        if is_press and isinstance(event, QMouseEvent) and isinstance(watched, QAbstractButton):
            self._on_click(watched.objectName(), to_physical(watched, event.position()))
        return False
