"""Markdown, set for the screen.

pulldown-cmark reports the source range of every piece of text it finds, so each displayed character
is traced without guessing. Its own HTML is not used: a model's answer is shown, never run.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pyromark

from tracker_app.chat.rendering import (
    Block,
    BlockKind,
    Element,
    Rendering,
    Span,
    Style,
    Table,
    finished,
    showable,
)

_SYNTAX = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
)
_STEP = 150  # of the parser's events: about a millisecond
# A window lays a table out as a whole whenever a cell changes: measured, 0.04 ms for each.
MAX_CELLS = 600
_TARGET = "]:"  # of a link, given somewhere else
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ORDINAL = re.compile(r"\d{1,9}[.)]")
BULLET, OPEN_BOX, TICKED_BOX, PICTURE = "•", "☐", "☑", "[picture]"


def render_markdown(raw: str) -> Rendering:
    """What is shown of a Markdown text: GitHub's dialect; HTML is shown as the text it is."""
    return finished(GrowingMarkdown().steps(raw))


class GrowingMarkdown:
    """Renders a text again and again while it grows, and parses again only what is still open.

    A block at the top level is closed once another began after it, and surely so if a whole line
    follows: until then that other block may turn out to be more of this one. A link's target can
    stand anywhere behind the link, so a text with one is parsed from its beginning each time.
    """

    def __init__(self) -> None:
        self._raw = ""
        self._start = 0  # of what is still open
        self._closed: tuple[Element, ...] = ()  # of what stands before it

    def steps(self, raw: str) -> Generator[None, None, Rendering]:
        """Render a text in short steps, to be run by whoever has other things to do; see above."""
        if not raw.startswith(self._raw) or _TARGET in raw:
            self._raw, self._start, self._closed = "", 0, ()
        start, tail = self._start, raw[self._start :]
        builder = _Builder(raw, self._closed)
        to_offset = _offsets(tail)
        tops: list[tuple[int, int]] = []  # where each begins, and how many elements are before it
        depth = 0
        events = pyromark.events_with_range(tail, options=_SYNTAX, merge_text=False)
        for number, (event, place) in enumerate(events, 1):
            first, last = start + to_offset[place["start"]], start + to_offset[place["end"]]
            if depth == 0:
                tops.append((first, builder.count))
            if isinstance(event, dict):
                depth += ("Start" in event) - ("End" in event)
            builder.take(event, first, last)
            if number % _STEP == 0:
                yield
        rendering = Rendering(raw, builder.finish())
        if _TARGET not in raw:
            self._keep_closed(rendering, tops)
        return rendering

    def _keep_closed(self, rendering: Rendering, tops: list[tuple[int, int]]) -> None:
        raw = rendering.raw
        last_line = raw.rfind("\n", 0, max(raw.rfind("\n"), 0)) + 1  # the last whole one
        for first, count in reversed(tops):
            if first < last_line:
                start = max(raw.rfind("\n", 0, first), raw.rfind("\r", 0, first)) + 1
                self._raw, self._start, self._closed = raw, start, rendering.elements[:count]
                return


def _offsets(raw: str) -> "range | list[int]":
    """The code point offset of each UTF-8 byte offset that begins a character, and of the end."""
    if raw.isascii():
        return range(len(raw) + 1)
    offsets: list[int] = []
    for i, character in enumerate(raw):
        offsets += [i] * len(character.encode())
    return [*offsets, len(raw)]


@dataclass(slots=True)
class _List:
    """A list that is open: the number of its next item, None where items have bullets."""

    number: int | None


@dataclass(slots=True)
class _OpenTable:
    alignments: tuple[str, ...]
    rows: list[list[Block]] = field(default_factory=list)


class _Builder:
    """Takes the parser's events in order and makes elements of them."""

    _STYLES: ClassVar = {
        "Strong": Style.BOLD,
        "Emphasis": Style.ITALIC,
        "Strikethrough": Style.STRUCK,
        "Link": Style.LINK,
        "Image": Style.ITALIC,
    }

    def __init__(self, raw: str, closed: tuple[Element, ...]) -> None:
        self._raw = raw
        self._elements = list(closed)
        self._open: Block | None = None
        self._spans: list[Span] = []
        self._styles: list[Style] = []
        self._lists: list[_List] = []
        self._marker: Span | None = None  # of an item whose first block is still to come
        self._quotes = 0
        self._table: _OpenTable | None = None
        self._picture_from: int | None = None  # how many spans there were when it began

    @property
    def count(self) -> int:
        """How many elements there are so far."""
        return len(self._elements)

    def finish(self) -> tuple[Element, ...]:
        """All elements."""
        self._close()
        return tuple(self._elements)

    def take(self, event: Any, start: int, end: int) -> None:
        """One event and the raw span it covers."""
        if isinstance(event, str):
            self._take_plain(event, start, end)
            return
        ((name, value),) = event.items()
        if name in ("Start", "End"):
            tag, data = (value, None) if isinstance(value, str) else next(iter(value.items()))
            (self._begin if name == "Start" else self._finish)(tag, data, start, end)
        elif name == "TaskListMarker":
            self._tick(end, is_ticked=value)
        elif name == "Code":
            self._add_code(value, start, end)
        elif name == "InlineHtml" and _LINE_BREAK.fullmatch(value):
            self._add("\n", start, end)  # models have no other way to break a line in a table
        else:  # Text, Html or InlineHtml: all are shown as they stand
            self._add(value, start, end)

    def _take_plain(self, event: str, start: int, end: int) -> None:
        if event == "Rule":
            self._close()
            self._begin_block(Block(BlockKind.RULE))
            self._close()
        else:
            self._add(" " if event == "SoftBreak" else "\n", start, end)

    # --- tags ----------------------------------------------------------------------------------

    def _begin(self, tag: str, data: Any, start: int, _end: int) -> None:
        match tag:
            case "Paragraph" | "HtmlBlock":
                self._begin_block(Block(BlockKind.PARAGRAPH))
            case "Heading":
                self._begin_block(Block(BlockKind.HEADING, level=int(data["level"][1])))
            case "CodeBlock":
                self._begin_block(Block(BlockKind.CODE))
            case "BlockQuote":
                self._close()
                self._quotes += 1
            case "List":
                self._close()
                self._flush_marker()
                self._lists.append(_List(data))
            case "Item":
                self._marker = self._make_marker(start)
            case "Table":
                self._close()
                self._table = _OpenTable(data)
            case "TableHead" | "TableRow" if self._table:
                self._table.rows.append([])
            case "TableCell":
                self._begin_block(Block(BlockKind.CELL))
            case _ if tag in self._STYLES:
                self._styles.append(self._STYLES[tag])
                if tag == "Image":
                    self._picture_from = len(self._spans)

    def _finish(self, tag: str, _data: Any, start: int, end: int) -> None:
        match tag:
            case "BlockQuote":
                self._close()
                self._quotes -= 1
            case "List":
                self._close()
                self._lists.pop()
            case "Item":
                self._close()
                self._flush_marker()
            case "Table" if self._table:
                self._elements += _tables(self._table)
                self._table = None
            case _ if tag in self._STYLES:
                if tag == "Image" and len(self._spans) == self._picture_from:
                    self._add(PICTURE, start, end)
                self._styles.pop()
            case _:
                self._close()

    def _make_marker(self, start: int) -> Span:
        number = self._lists[-1].number
        if number is None:
            return Span(BULLET, start, start + 1)
        self._lists[-1].number = number + 1
        found = _ORDINAL.match(self._raw, start)
        return Span(f"{number}.", start, found.end() if found else start)

    def _tick(self, end: int, *, is_ticked: bool) -> None:
        if self._marker is not None:
            text = TICKED_BOX if is_ticked else OPEN_BOX
            self._marker = Span(text, self._marker.raw_start, end)

    def _flush_marker(self) -> None:
        """Show the marker of an item that has no text of its own."""
        if self._marker is not None:
            self._begin_block(Block(BlockKind.PARAGRAPH))
            self._close()

    # --- blocks and spans ----------------------------------------------------------------------

    def _begin_block(self, block: Block) -> None:
        self._close()
        self._open = replace(block, indent=len(self._lists), quote=self._quotes)

    def _add(self, text: str, start: int, end: int) -> None:
        if self._open is None:  # the text of a tight list's item comes without a paragraph
            self._begin_block(Block(BlockKind.PARAGRAPH))
        style = Style.PLAIN
        for one in self._styles:
            style |= one
        self._spans.append(Span(showable(text), start, end, style))

    def _add_code(self, text: str, start: int, end: int) -> None:
        """Code in a line: its source has backticks around it and may be broken over lines."""
        if self._open is None:
            self._begin_block(Block(BlockKind.PARAGRAPH))
        self._styles.append(Style.CODE)
        position = start + _leading_backticks(self._raw, start)
        for character in text:
            while position < end - 1 and not _shows_as(self._raw[position], character):
                position += 1
            self._add(character, position, position + 1)
            position += 1
        self._styles.pop()

    def _close(self) -> None:
        block, self._open = self._open, None
        if block is None:
            return
        spans = _trimmed(_merged(self._spans))
        self._spans = []
        marker, self._marker = self._marker, None
        if marker is not None:
            spans = [marker, Span("\t", marker.raw_end, marker.raw_end), *spans]
        block = replace(block, spans=tuple(spans), has_marker=marker is not None)
        if block.kind is BlockKind.CELL and self._table is not None:
            self._table.rows[-1].append(block)
        else:
            self._elements.append(block)


def _tables(table: _OpenTable) -> Iterator[Table]:
    """The table with as many cells in each row as it has columns; a huge one in parts."""
    columns = len(table.alignments)
    empty = Block(BlockKind.CELL)
    rows = [tuple((row + [empty] * columns)[:columns]) for row in table.rows]
    height = max(1, MAX_CELLS // columns)
    for first in range(0, len(rows), height):
        yield Table(table.alignments, tuple(rows[first : first + height]), has_head=first == 0)


def _leading_backticks(raw: str, start: int) -> int:
    return next(i for i, c in enumerate(raw[start:]) if c != "`")


def _shows_as(raw: str, shown: str) -> bool:
    return raw == shown or (shown == " " and raw in "\r\n") or shown == "\N{REPLACEMENT CHARACTER}"


def _merged(spans: list[Span]) -> list[Span]:
    """Neighbours of one style whose sources touch and correspond one by one, as one span."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and _touch(groups[-1][-1], span):
            groups[-1].append(span)
        else:
            groups.append([span])
    return [
        replace(group[0], text="".join(s.text for s in group), raw_end=group[-1].raw_end)
        for group in groups
    ]


def _touch(one: Span, two: Span) -> bool:
    return (
        one.style == two.style
        and one.raw_end == two.raw_start
        and all(len(s.text) == s.raw_end - s.raw_start for s in (one, two))
    )


def _trimmed(spans: list[Span]) -> list[Span]:
    """Without the newline that ends code and HTML."""
    if spans and spans[-1].text.endswith("\n"):
        last = spans[-1]
        is_verbatim = len(last.text) == last.raw_end - last.raw_start
        short = replace(last, text=last.text[:-1], raw_end=last.raw_end - is_verbatim)
        return [*spans[:-1], short] if short.text else spans[:-1]
    return spans
