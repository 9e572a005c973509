"""Which characters of a message's raw text became which characters on the screen.

The screen shows neither markup nor link targets, and some characters stand for several (`&amp;`).
So the map is a list of pieces: in a verbatim piece the n-th displayed character is the n-th raw
one, any other piece belongs together as a whole. Displayed characters in no piece were put in by
us (the break between two paragraphs), raw characters in no piece are not shown.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Displayed characters and the raw ones they came from; half-open, in code points."""

    displayed_start: int
    displayed_end: int
    raw_start: int
    raw_end: int

    @property
    def is_verbatim(self) -> bool:
        """Whether characters correspond one by one."""
        return self.displayed_end - self.displayed_start == self.raw_end - self.raw_start


class TextMap:
    """The pieces of one message. The screen never reorders the text, so they are in both orders."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = tuple(_joined(pieces))
        shown = [(p.displayed_start, p.displayed_end) for p in self.pieces]
        raw = [(p.raw_start, p.raw_end) for p in self.pieces]
        self._forth = _Spans([_Step(*a, *b) for a, b in zip(shown, raw, strict=True)])
        self._back = _Spans([_Step(*b, *a) for a, b in zip(shown, raw, strict=True)])

    def to_raw(self, start: int, end: int) -> tuple[int, int] | None:
        """The raw span that a displayed span came from; None if we put all of it in."""
        return self._forth.follow(start, end)

    def to_displayed(self, start: int, end: int) -> tuple[int, int] | None:
        """The displayed span that a raw span became; None if nothing of it is shown."""
        return self._back.follow(start, end)


@dataclass(frozen=True, slots=True)
class _Step:
    """A piece, seen from one of its ends."""

    start: int
    end: int
    to_start: int
    to_end: int

    @property
    def is_verbatim(self) -> bool:
        return self.end - self.start == self.to_end - self.to_start


class _Spans:
    """Steps in order, to be followed in one direction."""

    def __init__(self, steps: list[_Step]) -> None:
        self._steps = steps
        self._starts = [s.start for s in steps]

    def follow(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a span leads; None where no piece begins to cover it."""
        first_near = max(0, bisect_right(self._starts, start) - 1)
        near = self._steps[first_near : bisect_left(self._starts, end)]
        touched = [s for s in near if s.end > start]
        if not touched or start >= end:
            return None
        first, last = touched[0], touched[-1]
        to_start, to_end = first.to_start, last.to_end
        if first.is_verbatim:
            to_start += max(0, start - first.start)
        if last.is_verbatim:
            to_end -= max(0, last.end - end)
        return to_start, to_end


def _joined(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Verbatim neighbours as one piece."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None and _continues(held, piece):
            held = Piece(held.displayed_start, piece.displayed_end, held.raw_start, piece.raw_end)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _continues(one: Piece, two: Piece) -> bool:
    return (
        one.is_verbatim
        and two.is_verbatim
        and (one.displayed_end, one.raw_end) == (two.displayed_start, two.raw_start)
    )
