"""Where the sentences of a displayed text begin and end.

Each line is taken by itself, so that a heading, an item of a list or a line of code is never joined
to what follows it; within a line Unicode's rules decide (UAX 29, as Qt implements them).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QTextBoundaryFinder


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, without the space around it; code points of the displayed text."""

    start: int
    end: int


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a displayed text, in order. They never overlap."""
    found = []
    start = 0
    for line in text.split("\n"):
        found += [_trimmed(text, start + a, start + b) for a, b in _pieces(line)]
        start += len(line) + 1
    return tuple(s for s in found if s.end > s.start)


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    """Pieces between boundaries; one without any letter, such as "1.", goes with what follows."""
    start = 0
    for end in _boundaries(line):
        if any(c.isalpha() for c in line[start:end]) or end == len(line):
            yield start, end
            start = end


def _boundaries(line: str) -> Iterator[int]:
    """Ends of the pieces of a line in code points, the last one included."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Sentence, line)
    units = points = 0
    while True:
        next_units = finder.toNextBoundary()
        if next_units < 0:
            return
        while units < next_units:
            units += 2 if ord(line[points]) > 0xFFFF else 1
            points += 1
        yield points


def _trimmed(text: str, start: int, end: int) -> Sentence:
    piece = text[start:end]
    return Sentence(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
