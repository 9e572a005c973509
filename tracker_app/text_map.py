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
    """The pieces of one message, in both orders at once: the screen never reorders the text."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = tuple(_joined(pieces))
        self._displayed_starts = [p.displayed_start for p in self.pieces]
        self._raw_starts = [p.raw_start for p in self.pieces]

    def to_raw(self, start: int, end: int) -> tuple[int, int] | None:
        """The raw span that a displayed span came from; None if we put all of it in."""
        touched = self._touched(self._displayed_starts, start, end)
        touched = [p for p in touched if p.displayed_end > start]
        if not touched or start >= end:
            return None
        first, last = touched[0], touched[-1]
        raw_start, raw_end = first.raw_start, last.raw_end
        if first.is_verbatim:
            raw_start += max(0, start - first.displayed_start)
        if last.is_verbatim:
            raw_end -= max(0, last.displayed_end - end)
        return raw_start, raw_end

    def to_displayed(self, start: int, end: int) -> tuple[int, int] | None:
        """The displayed span that a raw span became; None if nothing of it is shown."""
        touched = self._touched(self._raw_starts, start, end)
        touched = [p for p in touched if p.raw_end > start]
        if not touched or start >= end:
            return None
        first, last = touched[0], touched[-1]
        displayed_start, displayed_end = first.displayed_start, last.displayed_end
        if first.is_verbatim:
            displayed_start += max(0, start - first.raw_start)
        if last.is_verbatim:
            displayed_end -= max(0, last.raw_end - end)
        return displayed_start, displayed_end

    def _touched(self, starts: list[int], start: int, end: int) -> list[Piece]:
        first = max(0, bisect_right(starts, start) - 1)
        return list(self.pieces[first : bisect_left(starts, end)])


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
