"""What of a message is shown: its blocks, its plain text, and where each character is from.

The text on the screen is the stimulus, so it is decided here, not by a widget, and every displayed
character knows its raw one. The window builds its document block for block from this, so that
offsets agree everywhere.
"""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from enum import IntFlag, StrEnum
from functools import cached_property

from tracker_app.text_map import Piece, TextMap

BLOCK_SIZE = 20
# A text view gives these a meaning of their own: breaks, frames, pictures, the order of bytes.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufdd0\ufdd1\ufffc\ufffe]")


class Style(IntFlag):
    """How a span is set."""

    PLAIN = 0
    BOLD = 1
    ITALIC = 2
    STRUCK = 4
    CODE = 8
    LINK = 16


class BlockKind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    CODE = "code"
    RULE = "rule"
    CELL = "cell"
    SPACER = "spacer"  # the empty block a text document needs before and after a table


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one style, and their source; an empty source means we put them in."""

    text: str
    raw_start: int
    raw_end: int
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Block:
    """One block of text; a newline in it breaks the line, not the block."""

    kind: BlockKind
    spans: tuple[Span, ...] = ()
    level: int = 0  # of a heading, 1 to 6
    indent: int = 0  # how many lists it is in
    quote: int = 0  # how many quotations it is in
    has_marker: bool = False  # begins with a list item's marker and a tab

    @property
    def text(self) -> str:
        """Its characters."""
        return "".join(s.text for s in self.spans)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are alignments; the first row may be the head."""

    alignments: tuple[str, ...]  # None, Left, Center or Right
    rows: tuple[tuple[Block, ...], ...]
    has_head: bool = True

    @property
    def cells(self) -> tuple[Block, ...]:
        """All cells, row by row."""
        return tuple(cell for row in self.rows for cell in row)


Element = Block | Table


@dataclass(frozen=True)
class Rendering:
    """A message as it is shown."""

    raw: str
    elements: tuple[Element, ...]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every block in the order of the text, cells and spacers too."""
        return tuple(_flat(self.elements))

    @cached_property
    def text(self) -> str:
        """The plain text on the screen; blocks are joined by a newline."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def text_map(self) -> TextMap:
        """From displayed to raw characters and back."""
        return TextMap(self._pieces())

    def beginning(self, size: int) -> "Rendering":
        """As much of the top as has a certain size, and at least one block or row of a table.

        Every block counts for `BLOCK_SIZE` characters more than it has: it costs a window as much.
        """
        elements: list[Element] = []
        for element in self.elements:
            size = _take_some(element, size, elements)
            if size <= 0:
                break
        shown = tuple(elements)
        return self if shown == self.elements else Rendering(self.raw, shown)

    def _pieces(self) -> Iterator[Piece]:
        position = 0
        for block in self.blocks:
            for span in block.spans:
                end = position + len(span.text)
                if span.raw_end > span.raw_start:
                    yield Piece(position, end, span.raw_start, span.raw_end)
                position = end
            position += 1


def size_of(element: Element) -> int:
    """How much there is to show; see `Rendering.beginning`."""
    if isinstance(element, Table):
        return sum(size_of(cell) for cell in element.cells)
    return BLOCK_SIZE + sum(len(span.text) for span in element.spans)


def finished(
    steps: Generator[None, None, Rendering], rest: Callable[[], object] = int
) -> Rendering:
    """Run through the steps of making a rendering, with a rest after each."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            rendering: Rendering = end.value
            return rendering
        rest()


def render_plain(raw: str) -> Rendering:
    """What is shown of a text without markup, such as a question: itself."""
    spans = (Span(showable(raw), 0, len(raw)),) if raw else ()
    return Rendering(raw, (Block(BlockKind.PARAGRAPH, spans),))


def showable(text: str) -> str:
    """The same number of characters, all of which can be shown."""
    breaks = text.replace("\r\n", " \n").replace("\r", "\n")  # of the same length
    # Qt drops the first of these where a text begins; the other is what Unicode puts in its place.
    joined = breaks.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "\N{WORD JOINER}")
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", joined)


def _flat(elements: tuple[Element, ...]) -> Iterator[Block]:
    needs_spacer = True  # before what cannot be the first block or come right after a table
    for element in elements:
        if isinstance(element, Table):
            if needs_spacer:
                yield Block(BlockKind.SPACER)
            yield from element.cells
            needs_spacer = True
        else:
            if element.kind is BlockKind.RULE and needs_spacer:
                yield Block(BlockKind.SPACER)  # an empty block beside a table would not be seen
            yield element
            needs_spacer = False
    if needs_spacer:
        yield Block(BlockKind.SPACER)


def _take_some(element: Element, size: int, taken: list[Element]) -> int:
    """Take an element, or the beginning of one that is too large; what is left of the size."""
    whole = size_of(element)
    if whole <= size:
        taken.append(element)
    elif isinstance(element, Table):
        row_size = max(1, whole // len(element.rows))
        taken.append(replace(element, rows=element.rows[: max(1, size // row_size)]))
    else:
        taken.append(replace(element, spans=tuple(_first_spans(element.spans, size))))
    return size - whole


def _first_spans(spans: tuple[Span, ...], size: int) -> Iterator[Span]:
    for span in spans:
        if len(span.text) > size:
            is_verbatim = len(span.text) == span.raw_end - span.raw_start
            end = span.raw_start + size if is_verbatim else span.raw_end
            if size > 0:
                yield replace(span, text=span.text[:size], raw_end=end)
            return
        yield span
        size -= len(span.text)
