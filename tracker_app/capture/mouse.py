"""Global mouse events, heard by a process of its own: only the mouse, never keys.

A system calls a mouse listener back inside its own input handling and forgets one that is slow;
in the application, Python's lock alone would make it so. Here a thread takes what that process
sends, and a second one notices when it falls silent: whatever happens, the time without a
listener becomes a `Gap`, and the listener is started again.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping

from tracker_app.capture.display import DisplayKind, display_kind
from tracker_app.capture.mouse_messages import Beat, Events, Message, Missed
from tracker_app.capture.watch_process import Watcher, WatchProcess
from tracker_app.clock import Clock
from tracker_app.errors import MouseUnavailableError
from tracker_app.records import Gap, MouseEvent
from tracker_app.wording import tr

logger = logging.getLogger(__name__)
SILENCE_S = 3.0  # it beats once a second
CHECK_S = 0.5
STOP_LIMIT_S = 2.0
RESTARTS = 3
# A process that worked for so long earns the full number of restarts again.
STEADY_NS = 60_000_000_000
NO_WAYLAND = tr(
    "The mouse cannot be recorded under Wayland. Log out, choose a session on Xorg (X11), "
    "and start again."
)
NO_DISPLAY = tr("The mouse cannot be recorded without a display. Start from a desktop session.")
XWAYLAND = (
    "can be recorded, but only over windows that use X11: this is a Wayland session. Choose a "
    "session on Xorg (X11) to record all of it."
)
AGAIN_AND_AGAIN = tr("The mouse is not recorded any more: listening to it failed again and again.")


def reach(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """What of the mouse this desktop lets us see, in words.

    Raises:
        MouseUnavailableError: if it is nothing.
    """
    match display_kind(environment, platform):
        case None:
            raise MouseUnavailableError(NO_DISPLAY)
        case DisplayKind.WAYLAND:
            raise MouseUnavailableError(NO_WAYLAND)
        case DisplayKind.XWAYLAND:
            return XWAYLAND
        case _:
            return "can be recorded"


class Mouse:
    """Captures global mouse events while started."""

    def __init__(
        self,
        clock: Clock,
        record: Callable[[MouseEvent | Gap], None],
        on_failure: Callable[[MouseUnavailableError], None],
        watcher: Callable[[Clock], Watcher] = WatchProcess,
    ) -> None:
        """Wire the capture; nothing happens before `start`.

        Args:
            clock: of this process; must read the system-wide clock that the other one reads.
            record: takes each event and gap, from a thread of ours; must only enqueue.
            on_failure: hears once that capture ended for good, from a thread of ours.
            watcher: starts what hears the mouse.
        """
        self._clock = clock
        self._record = record
        self._on_failure = on_failure
        self._watcher = watcher
        self._run: _Run | None = None

    @property
    def is_on(self) -> bool:
        """Whether events are captured now."""
        run = self._run
        return run is not None and not run.has_failed

    @property
    def position_px(self) -> tuple[float, float] | None:
        """Where the pointer last was inside our window; never stored by itself."""
        run = self._run
        return run.position_px if run is not None else None

    def start(self) -> None:
        """Begin to capture; returns once the mouse is listened to.

        Raises:
            MouseUnavailableError: without a display, under pure Wayland or without permission.
        """
        reach(os.environ)
        self.stop()
        self._run = _Run(self._clock, self._record, self._on_failure, self._watcher)

    def stop(self) -> None:
        """Stop capturing. Events until now are still recorded, later ones are not."""
        run, self._run = self._run, None
        if run is not None:
            run.stop()


class _Run:
    """From one start to one stop: a process, and those that replace it when it fails."""

    def __init__(
        self,
        clock: Clock,
        record: Callable[[MouseEvent | Gap], None],
        on_failure: Callable[[MouseUnavailableError], None],
        watcher: Callable[[Clock], Watcher],
    ) -> None:
        self._clock = clock
        self._record = record
        self._on_failure = on_failure
        self.position_px: tuple[float, float] | None = None
        self.has_failed = False
        self._watcher = watcher
        self._process = watcher(clock)
        self._received = 0
        self._beat_ns = self._good_until_ns = self._process.hello_ns
        self._restarts_left = RESTARTS
        self._silent_checks = 0
        self._until_ns: int | None = None
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, name="mouse-reader", daemon=True),
            threading.Thread(target=self._listen_for_silence, name="mouse-silence", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._until_ns = self._clock.now_ns()
        self._stopped.set()
        self._process.tell_to_stop()
        self._threads[0].join(STOP_LIMIT_S)
        self._process.end(limit_s=0)
        for thread in self._threads:
            thread.join(STOP_LIMIT_S)

    # --- the thread that reads -----------------------------------------------------------------

    def _read(self) -> None:
        try:
            while True:
                for message in self._process.messages():
                    self._silent_checks = 0
                    self._take(message)
                if self._stopped.is_set():
                    return
                self._replace()
        except MouseUnavailableError as error:
            self.has_failed = True
            self._stopped.set()
            self._on_failure(error)

    def _take(self, message: Message) -> None:
        if isinstance(message, Events):
            self._received += len(message.events)
            for event in message.events:
                self._keep(event)
            self._good_until_ns = max(self._good_until_ns, message.events[-1].t_ns)
        elif isinstance(message, Beat):
            lost, self._received = message.sent - self._received, message.sent
            if lost:
                reason = "Events were lost on the way from the process that hears the mouse."
                self._note_gap(self._beat_ns, message.t_ns, reason, max(lost, 0))
            self._beat_ns = message.t_ns
            self._good_until_ns = max(self._good_until_ns, message.t_ns)
        elif isinstance(message, Missed):
            self._note_gap(message.since_ns, message.t_ns, message.reason)

    def _keep(self, event: MouseEvent) -> None:
        if self._until_ns is not None and event.t_ns > self._until_ns:
            return
        if event.x_px is not None and event.y_px is not None:
            self.position_px = event.x_px, event.y_px
        self._record(event)

    def _replace(self) -> None:
        """Start another process in the place of one that ended, and record the time between."""
        begin_ns = self._good_until_ns
        if begin_ns - self._process.hello_ns > STEADY_NS:
            self._restarts_left = RESTARTS
        self._process.end(limit_s=0)
        logger.warning("the process that hears the mouse ended")
        try:
            self._process = self._another()
        except MouseUnavailableError as error:
            self._note_gap(begin_ns, self._clock.now_ns(), str(error))
            raise
        self._received = 0
        self._beat_ns = self._good_until_ns = self._process.hello_ns
        self._note_gap(
            begin_ns, self._good_until_ns, "Recording the mouse broke off and was begun again."
        )
        if self._stopped.is_set():  # told to stop while another one was being started
            self._process.tell_to_stop()

    def _another(self) -> Watcher:
        if not self._restarts_left:
            raise MouseUnavailableError(AGAIN_AND_AGAIN)
        self._restarts_left -= 1
        return self._watcher(self._clock)

    def _note_gap(self, begin_ns: int, end_ns: int, reason: str, lost: int | None = None) -> None:
        self._record(Gap(t_ns=begin_ns, source="mouse", end_t_ns=end_ns, lost=lost, reason=reason))

    # --- the thread that notices silence -------------------------------------------------------

    def _listen_for_silence(self) -> None:
        """Counted in checks, not by the clock: after a suspend nobody has been silent yet."""
        while not self._stopped.wait(CHECK_S):
            self._silent_checks += 1
            if self._silent_checks > SILENCE_S / CHECK_S:
                self._silent_checks = 0
                logger.warning("the process that hears the mouse is silent")
                self._process.kill()
