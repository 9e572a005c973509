"""Which elements of our window the mouse and the focus come to: never keys, never text.

Only widgets with a name of their own are watched, each by itself. A filter on the application
would call Python, and wait for the camera's thread, 3 times for each mouse move over an answer;
these are called twice in 1,000 moves.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from tracker_app.clock import Clock
from tracker_app.records import ElementEvent, ElementKind

KINDS = {
    QEvent.Type.Enter: ElementKind.ENTER,
    QEvent.Type.Leave: ElementKind.LEAVE,
    QEvent.Type.FocusIn: ElementKind.FOCUS_IN,
    QEvent.Type.FocusOut: ElementKind.FOCUS_OUT,
}
QT_PREFIX = "qt_"  # Qt names its own inner widgets so


class ElementEvents(QObject):
    """Records what happens to the named widgets it was shown."""

    def __init__(self, clock: Clock, record: Callable[[ElementEvent], None]) -> None:
        super().__init__()
        self._clock = clock
        self._record = record

    def watch(self, window: QWidget) -> None:
        """Watch every named widget of a window; call again when it has got new ones."""
        for widget in (window, *window.findChildren(QWidget)):
            name = widget.objectName()
            if name and not name.startswith(QT_PREFIX):
                # Qt moves a filter that is already there instead of adding it twice.
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Record the four kinds and let everything pass."""
        kind = KINDS.get(event.type())
        if kind is not None:
            self._record(
                ElementEvent(t_ns=self._clock.now_ns(), kind=kind, element=watched.objectName())
            )
        return False
