"""Measures where each word and character of a message's document stands.

Offsets are code points of the displayed text, whose UTF-16 units are the document's positions one
for one. CJK characters are words of their own, because those scripts put no spaces between words.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import accumulate, chain, pairwise

from PySide6.QtCore import QPointF, QTextBoundaryFinder
from PySide6.QtGui import QTextLayout, QTextLine

from tracker_app.aoi import Box, Overhang
from tracker_app.ui.glyph_ink import SLIGHT, GlyphInk, Strip
from tracker_app.ui.message_document import Kept, MessageDocument

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


_Edges = tuple[float, float, bool]  # left, right, and whether it runs from the right
_NOTHING = Kept(0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Count:
    """How far the numbers of offsets, words and lines have come."""

    offset: int = 0
    word: int = 0
    line: int = 0


class WordMeasurer:
    """Measures a document, and after it grew only what is new."""

    def __init__(self, document: MessageDocument) -> None:
        self._document = document
        self._blocks: list[_BlockMeasure] = []
        self._kept = _NOTHING  # of the document, since it was measured
        self.width = -1.0  # of the page, when it was measured
        self._ink = GlyphInk()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes of all words in reading order, as measured last."""
        return tuple(chain.from_iterable(block.boxes for block in self._blocks))

    def note(self, kept: Kept) -> None:
        """The document changed; whoever was in the middle of `steps` must begin again."""
        blocks, characters = min((k.blocks, k.characters) for k in (self._kept, kept))
        self._kept = Kept(blocks, characters, min(self._kept.placed, kept.placed))
        del self._blocks[blocks + bool(characters) :]

    def measure(self) -> tuple[Box, ...]:
        """Measure everything at once."""
        for _ in self.steps():
            pass
        return self.boxes

    def steps(self) -> Iterator[None]:
        """Measure what is new, in short steps; meanwhile the document must not change."""
        if self._document.textWidth() != self.width:
            self.note(_NOTHING)
            self.width = self._document.textWidth()
        layout = self._document.documentLayout()
        count = _Count()
        for number, shown in enumerate(self._document.rendering.blocks):
            known = self._blocks[number] if number < len(self._blocks) else None
            if known is None or known.before != count or number >= self._kept.placed:
                block = self._document.findBlockByNumber(number)
                corner = layout.blockBoundingRect(block).topLeft()
                if known is None or number > self._kept.blocks or known.before != count:
                    del self._blocks[number:]
                    known = _BlockMeasure(number, count, self._ink)
                    self._blocks.append(known)
                yield from known.steps(block.layout(), corner, shown.text, self._known(number))
                self._note_measured(number + 1)
            count = known.after

    def _known(self, number: int) -> int | None:
        """How many characters of a block are as they were; None if all."""
        return None if number < self._kept.blocks else self._kept.characters

    def _note_measured(self, blocks: int) -> None:
        kept = self._kept
        if blocks > kept.blocks:
            kept = Kept(blocks, 0, kept.placed)
        self._kept = replace(kept, placed=max(kept.placed, blocks))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is measured, and how to tell that it is still the same."""

    end: int  # code points of the block
    first_cluster: int
    place: tuple[float, ...]
    glyphs: tuple[list[QPointF], ...]  # where they are, if the text may run either way


class _BlockMeasure:
    """The boxes of one block. When text is added to it, its upper lines are not measured again."""

    def __init__(self, paragraph: int, before: _Count, ink: GlyphInk) -> None:
        self.before = before
        self.after = before
        self.boxes: list[Box] = []
        self._paragraph = paragraph
        self._ink = ink
        self._is_whole = False
        self._text = ""
        self._corner = QPointF()
        self._lines: list[_Line] = []
        self._tops: list[float] = []
        self._bottoms: list[float] = []
        self._breaks: list[int] = []  # where each cluster begins, and the end; code points
        self._starts: list[int] = []  # the same in UTF-16 units
        self._edges: list[_Edges] = []
        # The clusters that begin a run: one line, one direction, each touching the one before.
        self._runs: list[int] = []
        self._line_of_run: list[int] = []
        self._overhangs: dict[int, list[Strip]] = {}  # by cluster; in pixels of the page

    def steps(
        self, layout: QTextLayout, corner: QPointF, text: str, kept: int | None
    ) -> Iterator[None]:
        """Measure what is new.

        Args:
            layout: of the block.
            corner: of the block, on the page.
            text: of the block.
            kept: how many characters are as they were; None if all.
        """
        lines = [layout.lineAt(i) for i in range(layout.lineCount())]
        has_rtl = _RTL.search(text) is not None
        first = yield from self._count_kept(lines, corner, kept, has_rtl=has_rtl)
        if kept is None and self._is_whole and first == len(lines):
            return
        self._is_whole = False
        self._text, self._corner = text, corner
        self._forget_lines(first)
        self._find_clusters()
        self._tops, self._bottoms = _line_edges(lines, corner.y())
        for number, line in enumerate(lines[first:], first):
            self._measure_line(line, number, has_rtl=has_rtl)
            yield
        yield from self._make_boxes()
        self.after = _Count(
            self.before.offset + len(text) + 1,
            self.boxes[-1].word + 1 if self.boxes else self.before.word,
            self.before.line + len(lines),
        )
        self._is_whole = True

    # --- what is still true --------------------------------------------------------------------

    def _count_kept(
        self, lines: Sequence[QTextLine], corner: QPointF, kept: int | None, *, has_rtl: bool
    ) -> Generator[None, None, int]:
        """How many lines at the top are as they were measured."""
        if corner != self._corner:
            return 0
        known = self._lines
        if kept is None:
            count = len(known)
        else:
            # What is added can change the end of the last line, and whether it is the last.
            count = max(0, bisect_right(known, kept, key=lambda line: line.end) - 2)
        for number in range(min(count + 1, len(known), len(lines))):
            # Where directions mix, a bracket may turn when its partner comes, far below.
            glyphs = _glyph_places(lines[number]) if has_rtl else ()
            yield
            if known[number].place != _place(lines[number]) or known[number].glyphs != glyphs:
                return max(0, number - 1)  # the line above shares the space between them
        return min(count, len(lines))

    def _forget_lines(self, first: int) -> None:
        """Forget everything from a line on."""
        if first >= len(self._lines):
            clusters, end = len(self._edges), self._lines[-1].end if self._lines else 0
        else:
            clusters = self._lines[first].first_cluster
            end = self._breaks[clusters] if first else 0
        del self._lines[first:]
        del self._edges[clusters:]
        del self._breaks[clusters:]
        runs = bisect_left(self._runs, clusters)
        del self._runs[runs:]
        del self._line_of_run[runs:]
        self._overhangs = {c: strips for c, strips in self._overhangs.items() if c < clusters}
        cut = None  # the word that may go on
        while self.boxes and (
            self.boxes[-1].end - self.before.offset >= end or self.boxes[-1].word == cut
        ):
            cut = self.boxes.pop().word

    def _find_clusters(self) -> None:
        """Complete the clusters from the first that was forgotten."""
        clusters = len(self._breaks)
        start = self._lines[-1].end if self._lines else 0
        unit = self._starts[clusters] if clusters else 0
        rest = self._text[start:]
        units = _utf16_offsets(rest)
        breaks = _cluster_breaks(rest, units)
        del self._starts[clusters:]
        self._breaks += [start + b for b in breaks]
        self._starts += [unit + units[b] for b in breaks]

    # --- measuring -----------------------------------------------------------------------------

    def _measure_line(self, line: QTextLine, number: int, *, has_rtl: bool) -> None:
        first = bisect_left(self._starts, line.textStart())
        last = bisect_left(self._starts, line.textStart() + line.textLength())
        last = min(last, len(self._starts) - 1)
        if first < last:
            starts = self._starts[first : last + 1]
            (self._measure_either_way if has_rtl else self._measure_ltr)(line, number, starts)
            self._measure_overhangs(line, starts, self._ink)
        glyphs = _glyph_places(line) if has_rtl else ()
        self._lines.append(_Line(self._breaks[last], first, _place(line), glyphs))

    def _make_boxes(self) -> Iterator[None]:
        """Make the boxes that are missing, in reading order."""
        offset = self.before.offset
        begin = self.boxes[-1].end - offset if self.boxes else 0
        word_number = self.boxes[-1].word + 1 if self.boxes else self.before.word
        for number, word in enumerate(_WORD.finditer(self._text, begin), word_number):
            first = bisect_left(self._breaks, word.start())
            last = bisect_left(self._breaks, word.end())
            while first < last:
                run = bisect_right(self._runs, first)
                until = min([last, *self._runs[run : run + 1]])
                self.boxes.append(self._box(number, first, until, self._line_of_run[run - 1]))
                first = until
            yield

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
            start=self.before.offset + breaks[0],
            end=self.before.offset + breaks[-1],
            line=self.before.line + line,
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


def _cluster_breaks(text: str, units: Sequence[int]) -> Sequence[int]:
    """The code points at which grapheme clusters begin, and the end of the text."""
    if text.isascii():
        return range(len(text) + 1)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    breaks = [0]
    while (place := finder.toNextBoundary()) != -1:
        breaks.append(bisect_left(units, place, breaks[-1]))
    return breaks


def _place(line: QTextLine) -> tuple[float, ...]:
    """What says whether a line of the same text is where it was."""
    return (
        line.textStart(),
        line.textLength(),
        line.x(),
        line.y(),
        line.height(),
        line.width(),  # which moves what stands in its middle or at its right
        line.naturalTextWidth(),
    )


def _glyph_places(line: QTextLine) -> tuple[list[QPointF], ...]:
    return tuple(run.positions() for run in line.glyphRuns())


def _x(line: QTextLine, position: int, edge: QTextLine.Edge) -> float:
    # PySide6 returns (x, position) because the C++ method moves the position it is given.
    return float(line.cursorToX(position, edge)[0])  # type: ignore[index] # stubs say float
