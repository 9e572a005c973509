"""What stands around the text: monitors, the window's place, fonts and colours.

Everything is looked at again after any change and recorded only where it differs from what was
recorded last: Qt tells of one change by many signals, and of some changes that are none.
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from tracker_app.clock import Clock
from tracker_app.records import Appearance, Monitor, Record, Window
from tracker_app.ui.screen_records import appearance_record, monitor_record, window_record

_R = TypeVar("_R", bound=Record)
LOOKS = (
    QEvent.Type.FontChange,
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
    QEvent.Type.DevicePixelRatioChange,
)


class Surroundings(QObject):
    """Records the monitors, the window and its appearance, at first and after each change."""

    changed = Signal()  # something may lie elsewhere on the screen though the window did not move

    def __init__(
        self,
        window: QWidget,
        preset: str,
        clock: Clock,
        record: Callable[[Record], None],
        set_window: Callable[[Window], None],
    ) -> None:
        """Record everything once and begin to watch.

        Args:
            window: the application's window; already shown.
            preset: how answers are set, a key of `theme.READING`.
            clock: stamps the records.
            record: takes monitors and appearance.
            set_window: takes the window's place, at each step of being dragged.
        """
        super().__init__(window)
        self._watched = window
        self._preset = preset
        self._clock = clock
        self._record = record
        self._set_window = set_window
        self._monitors: dict[tuple[str, str], Monitor] = {}
        self._window: Window | None = None
        self._appearance: Appearance | None = None
        # A change comes as a burst of signals and is whole once the event loop turns: between
        # them, a window that changes monitors lies where it never was.
        self._changed = QTimer(self, singleShot=True, interval=0)
        self._changed.timeout.connect(self.look)
        self._moved = QTimer(self, singleShot=True, interval=0)
        self._moved.timeout.connect(self._look_at_window)
        self._watch()
        self.look()

    @Slot()
    def look(self) -> None:
        """Record whatever changed since the last time."""
        self._look_at_monitors()
        self._look_at_window()
        appearance = appearance_record(self._watched, self._preset, 0)
        if appearance != self._appearance:
            self._appearance = appearance
            self._record(self._stamped(appearance))
        self.changed.emit()

    @Slot()
    def follow_window(self) -> None:
        """The window may have moved, come up or gone under: record it if so."""
        self._moved.start()

    @Slot()
    def _look_at_window(self) -> None:
        window = window_record(self._watched, 0)
        if window != self._window:
            self._window = window
            self._set_window(self._stamped(window))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the window is drawn differently."""
        if event.type() in LOOKS:
            self._changed.start()
        return super().eventFilter(watched, event)

    def _watch(self) -> None:
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # there is a window
        app.screenAdded.connect(self._on_screen_added)
        app.screenRemoved.connect(self._on_change)
        app.primaryScreenChanged.connect(self._on_change)
        app.fontDatabaseChanged.connect(self._on_change)
        app.styleHints().colorSchemeChanged.connect(self._on_change)
        self._watched.windowHandle().screenChanged.connect(self._on_change)
        self._watched.installEventFilter(self)
        for screen in app.screens():
            self._watch_screen(screen)

    def _watch_screen(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_change)
        screen.logicalDotsPerInchChanged.connect(self._on_change)
        screen.physicalDotsPerInchChanged.connect(self._on_change)
        screen.physicalSizeChanged.connect(self._on_change)
        screen.refreshRateChanged.connect(self._on_change)

    @Slot()
    def _on_change(self) -> None:
        self._changed.start()

    @Slot(QScreen)
    def _on_screen_added(self, screen: QScreen) -> None:
        self._watch_screen(screen)
        self._changed.start()

    def _look_at_monitors(self) -> None:
        # Two monitors of one make may share their name.
        seen = {
            (screen.name(), screen.serialNumber()): monitor_record(screen, 0)
            for screen in QGuiApplication.screens()
        }
        if seen == self._monitors:
            return
        removed = [monitor for key, monitor in self._monitors.items() if key not in seen]
        self._monitors = seen
        for monitor in (*seen.values(), *(replace(m, is_connected=False) for m in removed)):
            self._record(self._stamped(monitor))

    def _stamped(self, record: _R) -> _R:
        return replace(record, t_ns=self._clock.now_ns())
