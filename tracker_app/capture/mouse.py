"""Global mouse events, by pynput: only the mouse, never keys.

Events outside our window lose position, button and wheel here, before anything else sees them.
On X11 the callback may come 61-125 ms late in bursts, so the window system's own time stamp is
kept beside ours.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from tracker_app.clock import Clock
from tracker_app.errors import MouseUnavailableError
from tracker_app.records import MouseEvent, MouseKind

logger = logging.getLogger(__name__)
READY_LIMIT_S = 5.0
# pynput's thread ends only at the next event, so waiting for it without a limit would hang.
STOP_LIMIT_S = 0.3
NO_WAYLAND = (
    "The mouse cannot be recorded under Wayland. Log out, choose a session on Xorg (X11), "
    "and start again."
)
NO_DISPLAY = "The mouse cannot be recorded without a display. Start from a desktop session."


class EventTimes:
    """Maps the window system's millisecond stamps onto the session clock.

    A callback is never early, so the smallest difference seen between the two clocks belongs to
    the least delayed event. The 32-bit stamp wraps after 49.7 days of uptime.
    """

    _WRAP_MS = 2**32

    def __init__(self) -> None:
        self._wraps = 0
        self._last_ms = 0
        self._offset_ns: int | None = None

    def to_session(self, stamp_ms: int, received_ns: int) -> int:
        """Session time of a stamp whose event reached us at `received_ns`."""
        if stamp_ms < self._last_ms - self._WRAP_MS // 2:
            self._wraps += 1
        self._last_ms = stamp_ms
        event_ns = (stamp_ms + self._wraps * self._WRAP_MS) * 1_000_000
        offset = received_ns - event_ns
        if self._offset_ns is None or offset < self._offset_ns:
            self._offset_ns = offset
        return event_ns + self._offset_ns


class Mouse:
    """Captures global mouse events from its own thread while started."""

    def __init__(
        self,
        clock: Clock,
        is_inside: Callable[[float, float], bool],
        record: Callable[[MouseEvent], None],
    ) -> None:
        """Wire the capture; nothing happens before `start`.

        Args:
            clock: stamps events as they reach us.
            is_inside: whether a physical pixel lies in our active window; must be quick.
            record: takes each event, from the capture thread; must only enqueue.
        """
        self._clock = clock
        self._is_inside = is_inside
        self._record = record
        self._times = EventTimes()
        self._listener: Any = None
        self._position: tuple[float, float] | None = None

    @property
    def is_on(self) -> bool:
        """Whether events are captured now."""
        return self._listener is not None

    @property
    def position_px(self) -> tuple[float, float] | None:
        """Where the pointer last was inside our window; never stored by itself."""
        return self._position

    def start(self) -> None:
        """Begin to capture.

        Raises:
            MouseUnavailableError: without a display, under pure Wayland or without permission.
        """
        self._listener = _make_listener(self._on_event)
        self._listener.start()
        ready = threading.Thread(target=self._listener.wait, daemon=True)
        ready.start()
        ready.join(READY_LIMIT_S)
        if not self._listener.is_alive() or ready.is_alive():
            raise MouseUnavailableError(
                "The mouse cannot be recorded. Allow this application to observe input in the "
                "system's privacy settings, then start again."
            )

    def stop(self) -> None:
        """Stop capturing; events already under way are still refused or recorded whole."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
            listener.join(STOP_LIMIT_S)

    def _on_event(
        self,
        kind: MouseKind,
        x_px: float,
        y_px: float,
        *,
        button: str | None = None,
        wheel: tuple[int, int] | None = None,
        stamp_ms: int | None = None,
    ) -> None:
        t_ns = self._clock.now_ns()
        if self._listener is None:
            return
        inside = self._is_inside(x_px, y_px)
        if inside:
            self._position = (x_px, y_px)
        self._record(
            MouseEvent(
                t_ns=t_ns if stamp_ms is None else self._times.to_session(stamp_ms, t_ns),
                received_t_ns=t_ns,
                kind=kind,
                is_inside=inside,
                x_px=x_px if inside else None,
                y_px=y_px if inside else None,
                button=button if inside else None,
                wheel_x=wheel[0] if inside and wheel else None,
                wheel_y=wheel[1] if inside and wheel else None,
            )
        )


def _make_listener(on_event: Callable[..., None]) -> Any:
    """A pynput listener; imported here because the import itself needs a display."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        raise MouseUnavailableError(NO_WAYLAND if os.environ.get("WAYLAND_DISPLAY") else NO_DISPLAY)
    try:
        from pynput import mouse
    except ImportError as error:
        raise MouseUnavailableError(NO_DISPLAY) from error
    stamp: list[int | None] = [None]

    def moved(x: float, y: float, *_: object) -> None:
        on_event(MouseKind.MOVE, x, y, stamp_ms=stamp[0])

    def clicked(x: float, y: float, button: Any, pressed: bool, *_: object) -> None:
        kind = MouseKind.PRESS if pressed else MouseKind.RELEASE
        on_event(kind, x, y, button=button.name, stamp_ms=stamp[0])

    def scrolled(x: float, y: float, dx: int, dy: int, *_: object) -> None:
        on_event(MouseKind.WHEEL, x, y, wheel=(int(dx), int(dy)), stamp_ms=stamp[0])

    class StampedListener(mouse.Listener):  # type: ignore[misc] # pynput is untyped
        """Notes the X server's stamp just before pynput calls back, in the same thread."""

        def _handle_message(self, display: Any, event: Any, injected: bool) -> None:
            stamp[0] = event.time
            super()._handle_message(display, event, injected)

    listener_type = StampedListener if sys.platform == "linux" else mouse.Listener
    return listener_type(on_move=moved, on_click=clicked, on_scroll=scrolled)
