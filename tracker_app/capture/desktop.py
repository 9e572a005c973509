"""What the mouse's process needs of a desktop, whichever system draws it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from tracker_app.records import MouseKind


class Caught(NamedTuple):
    """One mouse event as the system gave it; a tuple because thousands a second are made."""

    t_ns: int  # of the event itself
    received_t_ns: int
    kind: MouseKind
    x: float  # in the system's own unit; see `Desktop.physical_px`
    y: float
    button: str | None = None
    wheel: tuple[int, int] | None = None
    is_ours: bool | None = None  # None: the desktop's history has to tell


class Listener(Protocol):
    """A pynput listener: a thread that hears mouse events."""

    def start(self) -> None:
        """Begin to listen."""

    def wait(self) -> None:
        """Return once it listens."""

    def stop(self) -> None:
        """Listen no more; the thread may live on until the next event."""

    def is_alive(self) -> bool:
        """Whether the thread runs."""
        ...


class Desktop(Protocol):
    """Windows and mouse of one desktop. All but the listener belongs to one thread."""

    def listener(self, put: Callable[[Any], None]) -> Listener:
        """A listener that only stamps what it hears and puts it; `caught` reads it later."""
        ...

    def caught(self, heard: Any) -> Sequence[Caught]:
        """The events of one thing the listener put."""
        ...

    def look(self) -> None:
        """Take note of what changed on the desktop; called every few milliseconds."""

    def is_known(self, t_ns: int) -> bool:
        """Whether `was_ours` can tell about this moment."""
        ...

    def was_ours(self, x: float, y: float, t_ns: int) -> bool:
        """Whether a window of ours was topmost there, and ours the active application, then."""
        ...

    def physical_px(self, x: float, y: float) -> tuple[float, float]:
        """A position of an event in physical pixels of the virtual desktop."""
        ...

    def pointer_px(self) -> tuple[float, float]:
        """Where the pointer is now."""
        ...
