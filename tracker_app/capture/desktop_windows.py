"""A Windows desktop: each event is judged in the hook's callback, while the system waits for it.

The hook comes before anything happens because of the event, so what lies under the pointer at that
moment is exactly what the event met, and no history is needed. The hook's own time stamp ticks
only every 10 to 16 ms; the callback is stamped instead, first thing.
"""

import ctypes
from collections.abc import Callable, Sequence
from ctypes import wintypes
from typing import Any

from tracker_app.capture.desktop import Caught, Listener
from tracker_app.clock import Clock
from tracker_app.records import MouseKind

GA_ROOT = 2
# DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2: without it positions come in scaled pixels.
PER_MONITOR_AWARE_V2 = -4


class WindowsDesktop:
    """The windows of one process among all others."""

    def __init__(self, owner_pid: int, clock: Clock, user32: Any, listener_type: Any) -> None:
        """Wire it; nothing is asked before the first event.

        Args:
            owner_pid: the process whose windows are ours.
            clock: stamps events as the hook calls.
            user32: the system's library of that name.
            listener_type: pynput's mouse listener.
        """
        self._owner_pid = owner_pid
        self._clock = clock
        self._user32 = user32
        self._listener_type = listener_type

    def listener(self, put: Callable[[Caught], None]) -> Listener:
        """See `Desktop.listener`."""
        now_ns = self._clock.now_ns

        def moved(x: int, y: int, *_: object) -> None:
            t_ns = now_ns()
            put(Caught(t_ns, t_ns, MouseKind.MOVE, x, y, is_ours=self.is_ours_now(x, y)))

        def clicked(x: int, y: int, button: Any, is_down: bool, *_: object) -> None:
            t_ns = now_ns()
            kind = MouseKind.PRESS if is_down else MouseKind.RELEASE
            is_ours = self.is_ours_now(x, y)
            put(Caught(t_ns, t_ns, kind, x, y, button=button.name, is_ours=is_ours))

        def scrolled(x: int, y: int, dx: int, dy: int, *_: object) -> None:
            t_ns = now_ns()
            is_ours = self.is_ours_now(x, y)
            put(Caught(t_ns, t_ns, MouseKind.WHEEL, x, y, wheel=(dx, dy), is_ours=is_ours))

        listener: Listener = self._listener_type(
            on_move=moved, on_click=clicked, on_scroll=scrolled
        )
        return listener

    def caught(self, heard: Caught) -> Sequence[Caught]:
        """See `Desktop.caught`."""
        return (heard,)

    def look(self) -> None:
        """See `Desktop.look`; nothing to do, as every event is judged at once."""

    def is_known(self, t_ns: int) -> bool:
        """See `Desktop.is_known`."""
        return True

    def was_ours(self, x: float, y: float, t_ns: int) -> bool:
        """See `Desktop.was_ours`; an event that was not judged at once is never ours."""
        return False

    def physical_px(self, x: float, y: float) -> tuple[float, float]:
        """See `Desktop.physical_px`."""
        return x, y

    def pointer_px(self) -> tuple[float, float]:
        """See `Desktop.pointer_px`."""
        point = wintypes.POINT()
        self._user32.GetCursorPos(ctypes.byref(point))
        return point.x, point.y

    def is_ours_now(self, x_px: int, y_px: int) -> bool:
        """Whether our application is active and has the topmost window there."""
        if self._pid(self._user32.GetForegroundWindow()) != self._owner_pid:
            return False
        window = self._user32.WindowFromPoint(wintypes.POINT(x_px, y_px))
        return bool(window) and self._pid(self._user32.GetAncestor(window, GA_ROOT)) == (
            self._owner_pid
        )

    def _pid(self, window: int | None) -> int:
        """The process of a window; 0, which is never ours, where there is no window."""
        pid = wintypes.DWORD(0)
        if window:
            self._user32.GetWindowThreadProcessId(window, ctypes.byref(pid))
        return pid.value


def open_windows_desktop(owner_pid: int, clock: Clock) -> WindowsDesktop:
    """The desktop of this system."""
    # A copy of its own: pynput declares the shared one's functions for itself.
    user32 = ctypes.WinDLL("user32")  # type: ignore[attr-defined] # only there on Windows
    user32.WindowFromPoint.argtypes = [wintypes.POINT]
    user32.GetAncestor.argtypes = [wintypes.HWND, wintypes.UINT]
    user32.GetWindowThreadProcessId.argtypes = [wintypes.HWND, ctypes.POINTER(wintypes.DWORD)]
    for call in (user32.WindowFromPoint, user32.GetAncestor, user32.GetForegroundWindow):
        call.restype = wintypes.HWND  # the default, int, would cut a handle in half
    user32.SetProcessDpiAwarenessContext.argtypes = [ctypes.c_void_p]
    user32.SetProcessDpiAwarenessContext(PER_MONITOR_AWARE_V2)  # before the first hook
    from pynput import mouse

    return WindowsDesktop(owner_pid, clock, user32, mouse.Listener)
