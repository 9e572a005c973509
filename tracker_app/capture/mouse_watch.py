"""The process that hears the mouse: nothing the application does can delay it.

The listener's thread only stamps and enqueues, the main loop judges where each event lay, and a
third thread writes, so that a busy reader at the other end of the pipe holds up nothing here.
What lay outside our windows loses position, button and wheel before it is written. The process
ends when its standard input does: then the application stopped it, or is gone.
"""

import os
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO

from tracker_app.capture.desktop import Caught, Desktop, Listener
from tracker_app.capture.mouse_messages import (
    Beat,
    Events,
    Hello,
    Message,
    Missed,
    Refused,
    framed,
)
from tracker_app.clock import Clock, SystemClock
from tracker_app.errors import MouseUnavailableError
from tracker_app.records import MouseEvent
from tracker_app.wording import tr

LOOK_S = 0.004  # while events come
IDLE_LOOK_S = 0.02
BEAT_NS = 1_000_000_000
# An event about which the desktop stays silent for so long is taken as outside.
HELD_NS = 1_000_000_000
READY_LIMIT_S = 5.0
UNDER_WAY_NS = 100_000_000  # an event is sent within this time, as long as we look
WRITE_LIMIT_S = 2.0
# Python's own 5 ms would be seen in the listener's stamps while the main loop is busy.
SWITCH_S = 0.0005
TAKEN_AT_ONCE = 1000  # so that a flood does not keep us from looking at the desktop
STDIN = 0


class MouseWatch:
    """Hears, judges and sends until told to stop."""

    def __init__(self, desktop: Desktop, clock: Clock, send: Callable[[Message], None]) -> None:
        """Wire it; `run` begins.

        Args:
            desktop: of the application whose windows count.
            clock: stamps everything.
            send: takes each message; must only enqueue.
        """
        self._desktop = desktop
        self._clock = clock
        self._send = send
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._waiting: deque[Caught] = deque()
        self._stop_ns: int | None = None
        self._looked_ns = 0
        self._sent = 0
        self._pulse = Pulse(desktop.pointer_px())

    def stop(self) -> None:
        """Make `run` return once everything under way is sent. Any thread."""
        self._stop_ns = self._clock.now_ns()

    def run(self) -> None:
        """Watch the mouse until `stop`.

        Raises:
            MouseUnavailableError: if the system does not let us.
        """
        listener = self._listen()
        self._send(Hello(self._clock.now_ns()))
        beat_ns = self._clock.now_ns()
        while not self._is_done():
            self._take()
            self._release()
            now_ns = self._clock.now_ns()
            if now_ns - beat_ns >= BEAT_NS:
                missed_ns = self._pulse.missed_since(
                    beat_ns, self._desktop.pointer_px(), self._sent + len(self._waiting)
                )
                if missed_ns is not None or not listener.is_alive():
                    listener.stop()
                    listener = self._listen()
                    self._tell_missed(missed_ns or beat_ns)
                beat_ns = now_ns
                self._send(Beat(self._complete_until(now_ns), self._sent))
        listener.stop()

    def _listen(self) -> Listener:
        listener = self._desktop.listener(self._heard.put)
        listener.start()
        ready = threading.Thread(target=listener.wait, daemon=True)
        ready.start()
        ready.join(READY_LIMIT_S)
        if ready.is_alive() or not listener.is_alive():
            raise MouseUnavailableError(
                tr(
                    "The mouse cannot be recorded. Allow this application to observe input in the "
                    "system's privacy settings, then start again."
                )
            )
        return listener

    def _is_done(self) -> bool:
        stop_ns = self._stop_ns
        return stop_ns is not None and self._clock.now_ns() - stop_ns > UNDER_WAY_NS

    def _take(self) -> None:
        """Wait a moment for events, take all there are, and look at the desktop."""
        try:
            heard = self._heard.get(timeout=LOOK_S if self._waiting else IDLE_LOOK_S)
            for _ in range(TAKEN_AT_ONCE):
                self._waiting.extend(self._desktop.caught(heard))
                heard = self._heard.get_nowait()
            self._waiting.extend(self._desktop.caught(heard))
        except queue.Empty:
            pass
        now_ns = self._clock.now_ns()
        if now_ns - self._looked_ns >= LOOK_S * 1e9:
            self._looked_ns = now_ns
            self._desktop.look()

    def _release(self) -> None:
        """Send what can be judged, in order."""
        events = []
        too_old_ns = self._clock.now_ns() - HELD_NS
        while self._waiting:
            caught = self._waiting[0]
            is_judged = caught.is_ours is not None or self._desktop.is_known(caught.t_ns)
            if not is_judged and caught.received_t_ns > too_old_ns:
                break
            events.append(self._judged(self._waiting.popleft()))
        if events:
            self._sent += len(events)
            self._send(Events(events))

    def _judged(self, caught: Caught) -> MouseEvent:
        is_ours = caught.is_ours
        if is_ours is None:
            is_ours = self._desktop.was_ours(caught.x, caught.y, caught.t_ns)
        x_px, y_px = self._desktop.physical_px(caught.x, caught.y)
        wheel_x, wheel_y = caught.wheel or (None, None)
        return MouseEvent(
            t_ns=caught.t_ns,
            received_t_ns=caught.received_t_ns,
            kind=caught.kind,
            is_inside=is_ours,
            x_px=x_px if is_ours else None,
            y_px=y_px if is_ours else None,
            button=caught.button if is_ours else None,
            wheel_x=wheel_x if is_ours else None,
            wheel_y=wheel_y if is_ours else None,
        )

    def _complete_until(self, now_ns: int) -> int:
        """Until when nothing can be on its way here any more, or held."""
        held_ns = self._waiting[0].t_ns if self._waiting else now_ns
        return min(held_ns, now_ns - UNDER_WAY_NS)

    def _tell_missed(self, since_ns: int) -> None:
        reason = "The system stopped telling where the mouse went. Recording it was begun again."
        self._send(Missed(since_ns, self._clock.now_ns(), reason))


class Pulse:
    """Notices a pointer that moves without events: the system dropped our listener."""

    def __init__(self, pointer_px: tuple[float, float]) -> None:
        """Begin with where the pointer is."""
        self._pointer_px = pointer_px
        self._events = 0
        self._suspect_ns: int | None = None

    def missed_since(
        self, before_ns: int, pointer_px: tuple[float, float], events: int
    ) -> int | None:
        """Since when events have been missing, if any are.

        A first difference is only suspicious, as the event may be on its way; one that no event
        followed until the next look is not.

        Args:
            before_ns: when this was last asked.
            pointer_px: where the pointer is.
            events: heard so far.
        """
        has_heard, self._events = events != self._events, events
        has_moved, self._pointer_px = pointer_px != self._pointer_px, pointer_px
        if has_heard:
            self._suspect_ns = None
            return None
        since_ns = self._suspect_ns
        self._suspect_ns = before_ns if since_ns is None and has_moved else None
        return since_ns


class Writer:
    """Writes messages from a thread of its own, so that a full pipe stops nobody else."""

    def __init__(self, pipe: BinaryIO) -> None:
        """Begin to write."""
        self._pipe = pipe
        self._queue: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mouse-writer", daemon=True)
        self._thread.start()

    def send(self, message: Message) -> None:
        """Write a message soon."""
        self._queue.put(message)

    def close(self) -> None:
        """Write what is left, for a limited time."""
        self._queue.put(None)
        self._thread.join(WRITE_LIMIT_S)

    def _run(self) -> None:
        try:
            while (message := self._queue.get()) is not None:
                self._pipe.write(framed(message))
                self._pipe.flush()
        except OSError:
            pass  # nobody reads any more: standard input will have ended too


def watch_mouse(owner_pid: int) -> None:
    """Send mouse events to standard output until standard input ends.

    Args:
        owner_pid: the process whose windows are ours.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the parent's to handle
    sys.setswitchinterval(SWITCH_S)
    clock = SystemClock()
    writer = Writer(sys.stdout.buffer)
    try:
        watch = MouseWatch(open_desktop(owner_pid, clock), clock, writer.send)
        threading.Thread(target=_stop_at_end, args=[watch], daemon=True).start()
        watch.run()
    except MouseUnavailableError as error:
        writer.send(Refused(str(error)))
    writer.close()


def _stop_at_end(watch: MouseWatch) -> None:
    # Not `sys.stdin`: a thread that holds its lock would abort the interpreter's own end.
    while os.read(STDIN, 4096):
        pass
    watch.stop()


def open_desktop(owner_pid: int, clock: Clock) -> Desktop:
    """The desktop of this system; imported here because importing it needs a display.

    Raises:
        MouseUnavailableError: if there is none.
    """
    try:
        if sys.platform == "win32":
            from tracker_app.capture.desktop_windows import open_windows_desktop

            return open_windows_desktop(owner_pid, clock)
        if sys.platform == "darwin":
            from tracker_app.capture.desktop_macos import open_mac_desktop

            return open_mac_desktop(owner_pid, clock)
        from tracker_app.capture.desktop_x11 import X11Desktop

        return X11Desktop(owner_pid, clock)
    except (ImportError, OSError) as error:
        raise MouseUnavailableError(
            tr("The mouse cannot be recorded: this desktop does not let programs listen to it.")
        ) from error
