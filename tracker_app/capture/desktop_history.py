"""What the desktop looked like at the time of an event, and not when we came to ask.

Every change is known only to have happened between two moments, so two pictures may both be
possible at one time. A position is ours only if it was ours in every picture that may have been
true near the event's time: what is not certainly ours never leaves the process.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

# Two clocks mapped onto each other are never off by this much.
MARGIN_NS = 20_000_000
KEPT_NS = 5_000_000_000  # events come at most a few tenths of a second late


@dataclass(frozen=True, slots=True)
class Area:
    """The rectangle of one window, in the system's own unit."""

    left: float
    top: float
    right: float
    bottom: float
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The desktop at one moment."""

    areas: tuple[Area, ...]  # topmost first
    is_active: bool  # whether ours is the active application

    def is_ours_at(self, x: float, y: float) -> bool:
        """Whether the topmost window there is ours, and we are active."""
        if not self.is_active:
            return False
        for area in self.areas:
            if area.left <= x < area.right and area.top <= y < area.bottom:
                return area.is_ours
        return False


@dataclass(slots=True)
class _Span:
    begin_ns: int  # not true before
    end_ns: int | None  # not true after; None: may still be
    picture: Picture


class DesktopHistory:
    """The last few seconds of a desktop. Belongs to one thread."""

    def __init__(self, margin_ns: int = MARGIN_NS) -> None:
        """Begin without knowing anything.

        Args:
            margin_ns: pictures this long before and after an event count for it.
        """
        self._margin_ns = margin_ns
        self._spans: deque[_Span] = deque()
        self._known_until_ns = 0

    def change(self, picture: Picture, after_ns: int, seen_ns: int) -> None:
        """The desktop came to look like this between two moments."""
        if self._spans:
            if self._spans[-1].picture == picture:
                return
            self._spans[-1].end_ns = seen_ns
        self._spans.append(_Span(after_ns, None, picture))
        while (end_ns := self._spans[0].end_ns) is not None and end_ns < seen_ns - KEPT_NS:
            self._spans.popleft()

    def confirm(self, t_ns: int) -> None:
        """Every change until this moment has been told."""
        self._known_until_ns = max(self._known_until_ns, t_ns)

    def is_known(self, t_ns: int) -> bool:
        """Whether everything that counts for an event at this time has been told."""
        return t_ns + self._margin_ns <= self._known_until_ns

    def was_ours(self, x: float, y: float, t_ns: int) -> bool:
        """Whether all pictures that may have been true near this time say that it was ours."""
        if not self._spans or not self.is_known(t_ns):
            return False
        if t_ns - self._margin_ns < self._spans[0].begin_ns:
            return False
        return all(p.is_ours_at(x, y) for p in self._pictures(t_ns))

    def _pictures(self, t_ns: int) -> Iterator[Picture]:
        for span in reversed(self._spans):
            if span.end_ns is not None and span.end_ns < t_ns - self._margin_ns:
                return
            if span.begin_ns <= t_ns + self._margin_ns:
                yield span.picture
