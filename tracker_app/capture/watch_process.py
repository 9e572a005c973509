"""The mouse's process, seen from the application: started, heard, ended."""

import os
import subprocess
import threading
from collections.abc import Iterator
from typing import Protocol

import msgspec

from tracker_app.capture.mouse_messages import Hello, Message, Refused, read_messages
from tracker_app.clock import Clock
from tracker_app.errors import MouseUnavailableError
from tracker_app.program import own_command
from tracker_app.wording import recalled, tr

READY_LIMIT_S = 15.0  # a cold start on a slow disk
END_LIMIT_S = 1.0


class Watcher(Protocol):
    """Something that hears the mouse and may end at any time."""

    hello_ns: int  # when it began to listen

    def messages(self) -> Iterator[Message]:
        """What it says until it ends."""
        ...

    def tell_to_stop(self) -> None:
        """Let it send what is under way and end. Any thread."""

    def kill(self) -> None:
        """End it at once. Any thread."""

    def end(self, limit_s: float) -> None:
        """Make sure that it is gone."""


class WatchProcess:
    """One running `tracker-app watch-mouse`."""

    def __init__(self, clock: Clock) -> None:
        """Start it and wait until it listens.

        Raises:
            MouseUnavailableError: if the system does not let it, or its clock is not ours.
        """
        before_ns = clock.now_ns()
        self._process = subprocess.Popen(
            own_command("watch-mouse", "--parent", str(os.getpid())),
            stdin=subprocess.PIPE,  # its end tells the process that we are gone, however we went
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._messages = read_messages(self._process.stdout)
        hurry = threading.Timer(READY_LIMIT_S, self._process.kill)
        hurry.start()
        try:
            first = next(self._messages, None)
        except msgspec.MsgspecError:
            first = None
        finally:
            hurry.cancel()
        try:
            self.hello_ns = _checked(first, before_ns, clock.now_ns())
        except MouseUnavailableError:
            self.end(limit_s=0)
            raise

    def messages(self) -> Iterator[Message]:
        """See `Watcher.messages`."""
        try:
            yield from self._messages
        except (msgspec.MsgspecError, ValueError):
            self.kill()  # broken in the middle: as good as dead

    def tell_to_stop(self) -> None:
        """See `Watcher.tell_to_stop`."""
        if self._process.stdin:
            self._process.stdin.close()

    def kill(self) -> None:
        """See `Watcher.kill`."""
        self._process.kill()

    def end(self, limit_s: float = END_LIMIT_S) -> None:
        """See `Watcher.end`."""
        self.tell_to_stop()
        try:
            self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def _checked(first: Message | None, before_ns: int, after_ns: int) -> int:
    if isinstance(first, Refused):
        raise MouseUnavailableError(recalled(first.reason))
    if not isinstance(first, Hello):
        raise MouseUnavailableError(tr("The mouse cannot be recorded: its process did not start."))
    if not before_ns <= first.t_ns <= after_ns:
        raise MouseUnavailableError(
            tr("The mouse cannot be recorded: on this computer the clocks of two programs differ.")
        )
    return first.t_ns
