"""Measures where each word and character of a message's document stands.

Offsets are code points of the displayed text, whose UTF-16 units are the document's positions one
for one. CJK characters are words of their own, because those scripts put no spaces between words.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import accumulate, pairwise

from PySide6.QtCore import QPointF, QTextBoundaryFinder
from PySide6.QtGui import QTextLayout, QTextLine

from tracker_app.aoi import Box, Overhang
from tracker_app.ui.glyph_ink import SLIGHT, GlyphInk, Strip
from tracker_app.ui.message_document import MessageDocument

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
# Scripts that run from the right, and the characters that turn the direction.
_RTL = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_PLACES = 2  # decimals of a logical pixel; what the record keeps
_TOUCHING = 0.02  # logical pixels; two roundings
_BMP = 0xFFFF
_MOST_STRIPS = 100  # of one cluster: enough for any letter, and a limit for piled-up accents
_LEADING, _TRAILING = QTextLine.Edge.Leading, QTextLine.Edge.Trailing


@dataclass(frozen=True, slots=True)
class _Measured:
    """One block's boxes, and where the next block goes on counting."""

    boxes: tuple[Box, ...]
    offset: int
    word: int
    line: int


_Edges = tuple[float, float, bool]  # left, right, and whether it runs from the right
_START = _Measured((), 0, 0, 0)


class WordMeasurer:
    """Measures a document, and after it grew only what is new."""

    def __init__(self, document: MessageDocument) -> None:
        self._document = document
        self._blocks: list[_Measured] = []
        self._width = -1.0
        self._ink = GlyphInk()

    def measure(self, kept_blocks: int = 0) -> tuple[Box, ...]:
        """The boxes of all words in reading order.

        Args:
            kept_blocks: how many blocks at the top are as they were at the last call.
        """
        width = self._document.textWidth()
        del self._blocks[kept_blocks if width == self._width else 0 :]
        self._width = width
        layout = self._document.documentLayout()
        for number, shown in enumerate(self._document.rendering.blocks):
            if number < len(self._blocks):
                continue
            block = self._document.findBlockByNumber(number)
            corner = layout.blockBoundingRect(block).topLeft()
            before = self._blocks[-1] if self._blocks else _START
            measure = _BlockMeasure(block.layout(), corner, (number, shown.text), before, self._ink)
            boxes = tuple(measure.boxes())
            self._blocks.append(
                _Measured(
                    boxes,
                    offset=before.offset + len(shown.text) + 1,
                    word=boxes[-1].word + 1 if boxes else before.word,
                    line=before.line + block.layout().lineCount(),
                )
            )
        return tuple(box for measured in self._blocks for box in measured.boxes)


class _BlockMeasure:
    """The boxes of one block."""

    def __init__(
        self,
        layout: QTextLayout,
        corner: QPointF,
        shown: tuple[int, str],
        before: _Measured,
        ink: GlyphInk,
    ) -> None:
        self._paragraph, text = shown
        self._text = text
        self._before = before
        self._corner = corner
        self._breaks = _cluster_breaks(text)
        self._lines = [layout.lineAt(i) for i in range(layout.lineCount())]
        self._tops, self._bottoms = _line_edges(self._lines, corner.y())
        self._edges: list[_Edges] = []
        # The clusters that begin a run: one line, one direction, each touching the one before.
        self._runs: list[int] = []
        self._line_of_run: list[int] = []
        self._overhangs: dict[int, list[Strip]] = {}  # by cluster; in pixels of the page
        self._measure_clusters(ink)

    def boxes(self) -> Iterator[Box]:
        """All of them, in reading order."""
        for number, word in enumerate(_WORD.finditer(self._text), self._before.word):
            first = bisect_left(self._breaks, word.start())
            last = bisect_left(self._breaks, word.end())
            while first < last:
                run = bisect_right(self._runs, first)
                until = min([last, *self._runs[run : run + 1]])
                yield self._box(number, first, until, self._line_of_run[run - 1])
                first = until

    def _measure_clusters(self, ink: GlyphInk) -> None:
        units = _utf16_offsets(self._text)
        starts = [units[b] for b in self._breaks]
        has_rtl = _RTL.search(self._text) is not None
        measure = self._measure_either_way if has_rtl else self._measure_ltr
        for number, line in enumerate(self._lines):
            first = bisect_left(starts, line.textStart())
            last = bisect_left(starts, line.textStart() + line.textLength())
            last = min(last, len(starts) - 1)
            if first < last:
                measure(line, number, starts[first : last + 1])
                self._measure_overhangs(line, starts[first : last + 1], ink)

    def _measure_ltr(self, line: QTextLine, number: int, starts: Sequence[int]) -> None:
        self._begin_run(number)
        x = self._corner.x()
        edges = [round(x + _x(line, start, _LEADING), _PLACES) for start in starts[:-1]]
        edges.append(round(x + _x(line, starts[-2], _TRAILING), _PLACES))
        self._edges += [(left, right, False) for left, right in pairwise(edges)]

    def _measure_either_way(self, line: QTextLine, number: int, starts: Sequence[int]) -> None:
        x = self._corner.x()
        before: _Edges | None = None
        for start, following in pairwise(starts):
            left, right, is_rtl = _edges(line, start, following)
            edges = round(x + left, _PLACES), round(x + right, _PLACES), is_rtl
            if before is None or not _follows(before, edges):
                self._begin_run(number)
            before = edges
            self._edges.append(edges)

    def _measure_overhangs(self, line: QTextLine, starts: Sequence[int], ink: GlyphInk) -> None:
        """Find the ink that leaves its place among the clusters of a line just measured."""
        hung = [
            (places[number], strips)
            for run in line.glyphRuns()
            if (found := ink.overhangs(run.rawFont(), run.glyphIndexes()))
            and (places := run.positions())
            for number, strips in found
        ]
        if not hung:
            return
        origins = _Origins(line, starts)
        first = len(self._edges) - len(starts) + 1
        # A glyph's origin is near the left edge of its cluster, whichever way the text runs.
        lefts = sorted((edges[0], i) for i, edges in enumerate(self._edges[first:]))
        for origin, strips in hung:
            x, y = self._corner.x() + origin.x(), self._corner.y() + origin.y()
            near = bisect_right(lefts, (x + _TOUCHING, len(lefts))) - 1
            cluster = origins.owner(origin, [i for _, i in lefts[max(0, near - 1) : near + 2]])
            if cluster is not None:
                self._hang(
                    first + cluster, [replace(s, left=x + s.left, top=y + s.top) for s in strips]
                )

    def _hang(self, cluster: int, strips: list[Strip]) -> None:
        """Keep the ink that leaves its cluster; that of an accent may only leave its own glyph."""
        left, right, _ = self._edges[cluster]
        outside = [s for s in strips if s.left < left - SLIGHT or s.left + s.width > right + SLIGHT]
        kept = self._overhangs.setdefault(cluster, [])
        kept += outside[: _MOST_STRIPS - len(kept)]

    def _begin_run(self, line: int) -> None:
        self._runs.append(len(self._edges))
        self._line_of_run.append(line)

    def _box(self, word: int, first: int, last: int, line: int) -> Box:
        edges, breaks = self._edges[first:last], self._breaks[first : last + 1]
        return Box(
            word=word,
            start=self._before.offset + breaks[0],
            end=self._before.offset + breaks[-1],
            line=self._before.line + line,
            paragraph=self._paragraph,
            left=min(edges[0][0], edges[-1][0]),
            top=self._tops[line],
            height=round(self._bottoms[line] - self._tops[line], _PLACES),
            is_rtl=edges[0][2],
            cluster_length=tuple(b - a for a, b in pairwise(breaks)),
            cluster_width=tuple(round(right - left, _PLACES) for left, right, _ in edges),
            overhangs=tuple(
                Overhang(cluster - first, *(round(value, _PLACES) for value in astuple(strip)))
                for cluster in range(first, last)
                for strip in self._overhangs.get(cluster, ())
            ),
        )


def _line_edges(lines: Sequence[QTextLine], block_top: float) -> tuple[list[float], list[float]]:
    """Where each line begins and ends; what lies between two lines belongs half to each.

    A fixed line height puts its extra space above the letters. Above the first line, half of it is
    the line's; below the last there is none, so that line gets as much as the first.
    """
    tops = [line.y() for line in lines]
    bottoms = [line.y() + line.height() for line in lines]
    between = [(above + below) / 2 for above, below in zip(bottoms, tops[1:], strict=False)]
    extra = tops[0] / 2 if tops else 0.0
    starts = [tops[0] - extra, *between] if tops else []
    ends = [*between, bottoms[-1] + extra] if tops else []
    return (
        [round(block_top + y, _PLACES) for y in starts],
        [round(block_top + y, _PLACES) for y in ends],
    )


class _Origins:
    """Where the glyphs of a line's clusters begin, for those that are asked about."""

    def __init__(self, line: QTextLine, starts: Sequence[int]) -> None:
        self._line = line
        self._starts = starts
        self._known: dict[int, set[tuple[float, float]]] = {}

    def owner(self, origin: QPointF, clusters: list[int]) -> int | None:
        """Which of some clusters has a glyph that begins at this point."""
        point = _rounded(origin)
        return next((c for c in clusters if point in self._of(c)), None)

    def _of(self, cluster: int) -> set[tuple[float, float]]:
        if cluster not in self._known:
            start, end = self._starts[cluster : cluster + 2]
            runs = self._line.glyphRuns(start, end - start)
            self._known[cluster] = {_rounded(place) for run in runs for place in run.positions()}
        return self._known[cluster]


def _rounded(point: QPointF) -> tuple[float, float]:
    return round(point.x(), _PLACES), round(point.y(), _PLACES)


def _follows(one: _Edges, two: _Edges) -> bool:
    """Whether two clusters touch in their common direction."""
    if one[2] != two[2]:
        return False
    gap = one[0] - two[1] if two[2] else two[0] - one[1]
    return abs(gap) < _TOUCHING


def _edges(line: QTextLine, start: int, following: int) -> _Edges:
    """The edges of a cluster where text may run either way."""
    lead, trail = _x(line, start, _LEADING), _x(line, start, _TRAILING)
    inner = _x(line, following, _LEADING)
    if min(lead, trail) < inner < max(lead, trail):  # one glyph for this cluster and the next
        return min(lead, inner), max(lead, inner), inner < lead
    # Where the direction turns, Qt's edges are those of the character before: ask the glyphs.
    runs = line.glyphRuns(start, following - start)
    if not runs:
        return min(lead, trail), max(lead, trail), trail < lead
    left = min(place.x() for run in runs for place in run.positions())
    advance = sum(
        step.x() for r in runs for step in r.rawFont().advancesForGlyphIndexes(r.glyphIndexes())
    )
    return left, left + advance, runs[0].isRightToLeft()


def _utf16_offsets(text: str) -> Sequence[int]:
    """The UTF-16 offset of each code point, and of the end."""
    if text.isascii():
        return range(len(text) + 1)
    return [0, *accumulate(2 if ord(c) > _BMP else 1 for c in text)]


def _cluster_breaks(text: str) -> Sequence[int]:
    """The code points at which grapheme clusters begin, and the end of the text."""
    if text.isascii():
        return range(len(text) + 1)
    units = _utf16_offsets(text)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    breaks = [0]
    while (place := finder.toNextBoundary()) != -1:
        breaks.append(bisect_left(units, place))
    return breaks


def _x(line: QTextLine, position: int, edge: QTextLine.Edge) -> float:
    # PySide6 returns (x, position) because the C++ method moves the position it is given.
    return float(line.cursorToX(position, edge)[0])  # type: ignore[index] # stubs say float
