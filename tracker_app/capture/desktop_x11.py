"""An X desktop: events by RECORD through pynput, windows and time by a connection of our own.

The server keeps what RECORD has for us until it has something to send to anybody, or 32 events:
measured at 125 events a second, they came up to 259 ms late. Asking it for the focus every 4 ms
makes it send; then they come within 5 ms. The answer also confirms that every change of the
desktop until the question has been told.
"""

import struct
import threading
from collections.abc import Callable, Sequence
from typing import Any

from pynput import mouse
from Xlib import X, Xatom, display, error

from tracker_app.capture.desktop import Caught, Listener
from tracker_app.capture.desktop_history import DesktopHistory, Picture
from tracker_app.capture.server_time import ServerTime
from tracker_app.capture.x11_windows import WindowStack
from tracker_app.clock import Clock
from tracker_app.records import MouseKind

PROBE_INTERVAL_NS = 1_000_000_000
FIRST_PROBES = 20
# An event of the core protocol: type, detail, sequence, time, three windows, place, rest.
_EVENT = struct.Struct("=BBHIIIIhhhhHBx")
_SENT_BIT = 0x80
_WHEEL = {4: (0, 1), 5: (0, -1), 6: (-1, 0), 7: (1, 0)}

Heard = tuple[int, bytes]  # when it reached us, and the events as the server sent them


class X11Desktop:
    """One X screen and the windows of one process on it."""

    def __init__(self, owner_pid: int, clock: Clock) -> None:
        """Connect and read the desktop once.

        Raises:
            Xlib.error.DisplayError: if there is no server to talk to.
        """
        self._clock = clock
        self._display = display.Display()
        self._display.set_error_handler(lambda *_: None)  # windows may go while we ask
        self._root = self._display.screen().root
        self._probe_window = self._root.create_window(
            -9, -9, 1, 1, 0, 0, X.InputOnly, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._probe_atom = self._display.intern_atom("TRACKER_APP_TIME")
        self._active_atom = self._display.intern_atom("_NET_ACTIVE_WINDOW")
        self._manager_atom = self._display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        self._time = ServerTime()
        self._probed_ns = 0
        self._history = DesktopHistory()
        self._confirmed_ns = clock.now_ns()
        self._focus_id: int | None = None
        self._has_manager = self._find_manager()
        self._is_active = False
        self._stack = WindowStack(self._display, owner_pid)
        for _ in range(FIRST_PROBES):
            self._probe()
        self._see_active()
        self.look()

    def listener(self, put: Callable[[Heard], None]) -> Listener:
        """See `Desktop.listener`."""
        now_ns = self._clock.now_ns
        is_enabled = threading.Event()

        class RawListener(mouse.Listener):  # type: ignore[misc] # pynput is untyped
            """Takes the server's bytes as they are: parsing here would delay the next stamp."""

            def wait(self) -> None:
                """Return once the server records; pynput's own word comes before it does."""
                super().wait()
                is_enabled.wait()

            @mouse.Listener._emitter  # type: ignore[untyped-decorator]
            def _handler(self, reply: Any) -> None:
                if not self.running:
                    raise self.StopException
                is_enabled.set()  # the first reply is empty and says only this
                if reply.data:
                    put((now_ns(), bytes(reply.data)))

        listener: Listener = RawListener()
        return listener

    def caught(self, heard: Heard) -> Sequence[Caught]:
        """See `Desktop.caught`."""
        received_ns, data = heard
        found = []
        for code, detail, _, stamp_ms, _, _, _, x, y, *_ in _EVENT.iter_unpack(data):
            t_ns = self._time.to_session(stamp_ms, received_ns)
            code &= ~_SENT_BIT
            if code == X.MotionNotify:
                found.append(Caught(t_ns, received_ns, MouseKind.MOVE, x, y))
            elif code == X.ButtonPress and detail in _WHEEL:
                wheel = _WHEEL[detail]
                found.append(Caught(t_ns, received_ns, MouseKind.WHEEL, x, y, None, wheel))
            elif code in (X.ButtonPress, X.ButtonRelease) and detail not in _WHEEL:
                kind = MouseKind.PRESS if code == X.ButtonPress else MouseKind.RELEASE
                found.append(Caught(t_ns, received_ns, kind, x, y, _button_name(detail)))
        return found

    def look(self) -> None:
        """See `Desktop.look`."""
        asked_ns = self._clock.now_ns()
        focus = self._display.get_input_focus().focus
        if not self._has_manager and getattr(focus, "id", None) != self._focus_id:
            self._focus_id = getattr(focus, "id", None)
            self._is_active = self._is_ours(focus)
            self._picture()
        self._follow()
        self._confirmed_ns = asked_ns
        self._history.confirm(asked_ns)
        if asked_ns - self._probed_ns >= PROBE_INTERVAL_NS:
            self._probe()
            self._see_active()

    def is_known(self, t_ns: int) -> bool:
        """See `Desktop.is_known`."""
        return self._history.is_known(t_ns)

    def was_ours(self, x: float, y: float, t_ns: int) -> bool:
        """See `Desktop.was_ours`."""
        return self._history.was_ours(x, y, t_ns)

    def physical_px(self, x: float, y: float) -> tuple[float, float]:
        """See `Desktop.physical_px`; X knows no other pixels."""
        return x, y

    def pointer_px(self) -> tuple[float, float]:
        """See `Desktop.pointer_px`."""
        place = self._root.query_pointer()
        return place.root_x, place.root_y

    # --- windows -------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Take every event that is here; each may be a picture of its own."""
        while self._display.pending_events():
            self._take(self._display.next_event())

    def _take(self, event: Any) -> None:
        if event.type == X.PropertyNotify:
            if event.window == self._root and event.atom in (self._active_atom, self._manager_atom):
                self._see_active()
            return
        self._stack.hear(event)
        self._picture()

    def _picture(self) -> None:
        picture = Picture(self._stack.areas(), self._is_active)
        self._history.change(picture, self._confirmed_ns, self._clock.now_ns())

    def _see_active(self) -> None:
        """Ask which application is active: the manager where there is one, else the focus."""
        self._has_manager = self._find_manager()
        if self._has_manager:
            found = self._root.get_full_property(self._active_atom, X.AnyPropertyType)
            number = int(found.value[0]) if found is not None and len(found.value) else 0
            window = self._display.create_resource_object("window", number) if number else None
        else:
            window = self._display.get_input_focus().focus
            self._focus_id = getattr(window, "id", None)
        self._is_active = self._is_ours(window)
        self._picture()

    def _is_ours(self, window: Any) -> bool:
        """Whether a window is ours; X gives numbers for no window and for the pointer's."""
        return hasattr(window, "id") and self._stack.belongs_to_us(window)

    def _find_manager(self) -> bool:
        """Whether a window manager that tells the active window runs: its mark names itself."""
        window = self._root
        try:
            for _ in range(2):
                found = window.get_full_property(self._manager_atom, X.AnyPropertyType)
                if found is None or not len(found.value):
                    return False
                window = self._display.create_resource_object("window", int(found.value[0]))
        except error.XError:  # the mark of a manager that has ended
            return False
        return True

    # --- time ----------------------------------------------------------------------------------

    def _probe(self) -> None:
        """Make the server stamp a change of ours, between two readings of our clock."""
        self._probed_ns = before_ns = self._clock.now_ns()
        self._probe_window.change_property(self._probe_atom, Xatom.STRING, 8, b"", X.PropModeAppend)
        while True:
            event = self._display.next_event()
            if event.type == X.PropertyNotify and event.window == self._probe_window:
                self._time.probe(event.time, before_ns, self._clock.now_ns())
                return
            self._take(event)


def _button_name(detail: int) -> str:
    """The name of a button that is not the wheel, as pynput has it on every system."""
    try:
        return str(mouse.Button(detail).name)
    except ValueError:
        return str(mouse.Button.unknown.name)
