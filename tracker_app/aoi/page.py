"""A message's page: its text, and every box and cluster of it as arrays that can be searched.

A session has many versions of a page and looks at few of them, so a page holds the columns as
they were recorded and makes arrays when it is asked for one.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker_app.errors import DamagedRecordError
from tracker_app.records import Layout

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Columns = tuple[tuple[float, ...], ...]

NONE = -1  # in integer arrays only: no word, no message


_BOX_COLUMNS = (
    "word", "start", "end", "line", "paragraph", "left", "top", "height", "is_rtl",
)  # fmt: skip
_OVERHANG_COLUMNS = (
    "overhang_cluster", "overhang_left", "overhang_top", "overhang_width", "overhang_height",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rects:
    """n rectangles; arrays of shape (n,)."""

    left: Floats
    top: Floats
    right: Floats
    bottom: Floats


class RectIndex:
    """Finds the rectangle under a point among many that do not overlap.

    The page is cut into bands at every upper and lower edge; in a band, rectangles lie side by
    side, so two binary searches find a point's. Left and top edges belong to a rectangle, the
    others do not, so that neighbours never both claim a point. NaN is in none.
    """

    def __init__(self, rects: Rects) -> None:
        left, top, right, bottom = rects.left, rects.top, rects.right, rects.bottom
        (solid,) = np.nonzero((right > left) & (bottom > top))
        self._edges = np.unique(np.concatenate([top[solid], bottom[solid]]))
        first = np.searchsorted(self._edges, top[solid])
        spans = np.searchsorted(self._edges, bottom[solid]) - first
        rect = np.repeat(solid, spans)
        within = np.arange(len(rect)) - np.repeat(np.cumsum(spans) - spans, spans)
        band = np.repeat(first, spans) + within
        self._least = float(left[solid].min()) if len(solid) else 0.0
        self._most = float(right[solid].max()) if len(solid) else 0.0
        self._stride = 2 * (self._most - self._least) + 1
        key = band * self._stride + (left[rect] - self._least)
        order = np.argsort(key, kind="stable")
        self._rects, self._band, self._key = rect[order], band[order], key[order]
        self._right = right[self._rects]

    def find(self, x: Floats, y: Floats) -> Ints:
        """Index of the rectangle that holds each point, NONE where there is none; (n,)."""
        found = np.full(len(x), NONE, np.int64)
        if not len(self._rects):
            return found
        near = (x >= self._least) & (x < self._most)
        near &= (y >= self._edges[0]) & (y < self._edges[-1])
        px = x[near]
        band = np.searchsorted(self._edges, y[near], side="right") - 1
        key = band * self._stride + (px - self._least)
        candidate = np.searchsorted(self._key, key, side="right") - 1
        is_in = (candidate >= 0) & (self._band[candidate] == band) & (px < self._right[candidate])
        found[near] = np.where(is_in, self._rects[candidate], NONE)
        return found

    def find_one(self, x: float, y: float) -> int:
        """The same for one point, at a tenth of the cost of arrays of one."""
        edges, keys = self._lists
        if not (keys and self._least <= x < self._most and edges[0] <= y < edges[-1]):
            return NONE
        band = bisect_right(edges, y) - 1
        candidate = bisect_right(keys, band * self._stride + (x - self._least)) - 1
        is_in = candidate >= 0 and self._band[candidate] == band and x < self._right[candidate]
        return int(self._rects[candidate]) if is_in else NONE

    @cached_property
    def _lists(self) -> tuple[list[float], list[float]]:
        return self._edges.tolist(), self._key.tolist()


@dataclass(frozen=True)
class Page:
    """One version of a message's layout, whole. Edges are in logical pixels of the page.

    Boxes, clusters, lines and words are each numbered through the message; an array has one entry
    for each of what its name begins with. Spans are code points of the displayed text.
    """

    message_id: str
    version: int
    text: str
    columns: Columns  # of `_BOX_COLUMNS`
    cluster_columns: Columns  # length and width
    overhang_columns: Columns  # of `_OVERHANG_COLUMNS`

    @classmethod
    def of(cls, layout: Layout, base: "Page | None" = None) -> "Page":
        """The page of a complete layout, or of one that continues `base`.

        Raises:
            DamagedRecordError: if the layout does not continue this very base, its text is not
                the recorded one, or its numbers cannot be those of a text.
        """
        name = f"version {layout.version} of the layout of {layout.message_id}"
        if (base.version if base else None) != layout.base:
            raise DamagedRecordError(f"{name} continues another layout")
        text = (base.text[: layout.kept_text] if base else "") + layout.text
        if sha256(text.encode()).hexdigest() != layout.text_sha256:
            raise DamagedRecordError(f"the text of {name} is not the one that was recorded")
        new: Columns = tuple(getattr(layout, name) for name in _BOX_COLUMNS)
        new_clusters: Columns = (layout.cluster_length, layout.cluster_width)
        hung: Columns = tuple(getattr(layout, name) for name in _OVERHANG_COLUMNS)
        if base is not None:
            kept = layout.kept_boxes
            clusters = int(np.searchsorted(base.cluster_box, kept))
            pieces = bisect_left(base.overhang_columns[0], clusters)
            new = _appended(base.columns, kept, new)
            new_clusters = _appended(base.cluster_columns, clusters, new_clusters)
            hung = _appended(base.overhang_columns, pieces, hung)
        page = cls(layout.message_id, layout.version, text, new, new_clusters, hung)
        if not page._is_possible():
            raise DamagedRecordError(f"{name} is not that of its text")
        return page

    def _is_possible(self) -> bool:
        """Whether the numbers can be those of the text: without this, they may point anywhere."""
        words, lines, paragraphs = self.box_word, self.box_line, self.box_paragraph
        spans = np.stack([self.box_start, self.box_end], axis=1).ravel()
        hung = self._overhang_cluster
        return bool(
            (np.diff(words, prepend=-1) >= 0).all()
            and (np.diff(words, prepend=-1) <= 1).all()
            and (np.diff(spans, prepend=0, append=len(self.text)) >= 0).all()
            and all((of >= 0).all() and (of <= len(self.text)).all() for of in (lines, paragraphs))
            and (self._cluster_lengths > 0).all()
            and (np.diff(hung, prepend=0, append=len(self._cluster_lengths)) >= 0).all()
            and (hung < len(self._cluster_lengths)).all()
        )

    def _column(self, name: str) -> Floats:
        return np.array(self.columns[_BOX_COLUMNS.index(name)], np.float64)

    def _numbers(self, name: str) -> Ints:
        return np.array(self.columns[_BOX_COLUMNS.index(name)], np.int64)

    @cached_property
    def box_word(self) -> Ints:
        """Word of each box."""
        return self._numbers("word")

    @cached_property
    def box_start(self) -> Ints:
        """First character of each box."""
        return self._numbers("start")

    @cached_property
    def box_end(self) -> Ints:
        """Character after each box."""
        return self._numbers("end")

    @cached_property
    def box_line(self) -> Ints:
        """Line of each box."""
        return self._numbers("line")

    @cached_property
    def box_paragraph(self) -> Ints:
        """Paragraph of each box."""
        return self._numbers("paragraph")

    @cached_property
    def box_rects(self) -> Rects:
        """The rectangle of each box."""
        left, top = self._column("left"), self._column("top")
        width = np.bincount(self.cluster_box, weights=self._cluster_widths, minlength=len(left))
        return Rects(left, top, left + width, top + self._column("height"))

    # --- clusters ------------------------------------------------------------------------------

    @cached_property
    def _cluster_widths(self) -> Floats:
        return np.array(self.cluster_columns[1], np.float64)

    @cached_property
    def _cluster_lengths(self) -> Ints:
        return np.array(self.cluster_columns[0], np.int64)

    @cached_property
    def cluster_box(self) -> Ints:
        """Box of each cluster. The clusters of a box are exactly as long as it is."""
        characters = np.cumsum(self.box_end - self.box_start)
        ends = np.cumsum(self._cluster_lengths)
        return np.searchsorted(characters, ends)

    @cached_property
    def cluster_start(self) -> Ints:
        """First character of each cluster."""
        before: Ints = _sum_before(self._cluster_lengths, self.cluster_box)
        return self.box_start[self.cluster_box] + before

    @cached_property
    def cluster_end(self) -> Ints:
        """Character after each cluster."""
        return self.cluster_start + self._cluster_lengths

    @cached_property
    def cluster_rects(self) -> Rects:
        """The rectangle of each cluster: its advance, and the height of its line."""
        box, width = self.cluster_box, self._cluster_widths
        before = _sum_before(width, box)
        is_rtl = np.array(self.columns[_BOX_COLUMNS.index("is_rtl")], np.bool_)[box]
        boxes = self.box_rects
        left = np.where(is_rtl, boxes.right[box] - before - width, boxes.left[box] + before)
        return Rects(left, boxes.top[box], left + width, boxes.bottom[box])

    # --- words and lines -----------------------------------------------------------------------

    @cached_property
    def word_start(self) -> Ints:
        """First character of each word."""
        first = np.searchsorted(self.box_word, np.arange(self.words))
        return self.box_start[first]

    @cached_property
    def word_end(self) -> Ints:
        """Character after each word."""
        last = np.searchsorted(self.box_word, np.arange(self.words), side="right") - 1
        return self.box_end[last]

    @property
    def words(self) -> int:
        """How many words there are."""
        return int(self.box_word[-1]) + 1 if len(self.box_word) else 0

    @cached_property
    def line_rects(self) -> Rects:
        """Each line from its first to its last box, spaces included."""
        boxes, line = self.box_rects, self.box_line
        lines = int(line.max()) + 1 if len(line) else 0
        left, top = np.full(lines, np.inf), np.full(lines, np.inf)
        right, bottom = np.full(lines, -np.inf), np.full(lines, -np.inf)
        np.minimum.at(left, line, boxes.left)
        np.minimum.at(top, line, boxes.top)
        np.maximum.at(right, line, boxes.right)
        np.maximum.at(bottom, line, boxes.bottom)
        return Rects(left, top, right, bottom)

    @cached_property
    def line_paragraph(self) -> Ints:
        """Paragraph of each line."""
        paragraph = np.zeros(len(self.line_rects.left), np.int64)
        paragraph[self.box_line] = self.box_paragraph
        return paragraph

    # --- under a point -------------------------------------------------------------------------

    def under(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """The line and the cluster at each point of the page, NONE where there is none; (n,).

        In ink that hangs over a neighbour's place it is the cluster the ink belongs to.
        """
        line, cluster = self._line_index.find(x, y), self._cluster_index.find(x, y)
        if len(self._overhang_cluster):
            piece = self._overhang_index.find(x, y)
            (hung,) = np.nonzero(piece != NONE)
            cluster[hung] = self._overhang_cluster[piece[hung]]
            line[hung] = self.box_line[self.cluster_box[cluster[hung]]]
        return line, cluster

    def under_one(self, x: float, y: float) -> tuple[int, int]:
        """The same for one point."""
        if len(self._overhang_cluster):
            piece = self._overhang_index.find_one(x, y)
            if piece != NONE:
                cluster = int(self._overhang_cluster[piece])
                return int(self.box_line[self.cluster_box[cluster]]), cluster
        return self._line_index.find_one(x, y), self._cluster_index.find_one(x, y)

    @cached_property
    def _cluster_index(self) -> RectIndex:
        return RectIndex(self.cluster_rects)

    @cached_property
    def _overhang_cluster(self) -> Ints:
        return np.array(self.overhang_columns[0], np.int64)

    @cached_property
    def _overhang_index(self) -> RectIndex:
        left, top, width, height = (np.array(c, np.float64) for c in self.overhang_columns[1:])
        return RectIndex(Rects(left, top, left + width, top + height))

    @cached_property
    def _line_index(self) -> RectIndex:
        return RectIndex(self.line_rects)

    def word_text(self, word: int) -> str:
        """The characters of a word."""
        return self.text[self.word_start[word] : self.word_end[word]]

    def utf16(self, offset: int) -> int:
        """The UTF-16 unit at which a code point of the displayed text begins."""
        return len(self.text[:offset].encode("utf-16-le")) // 2


def _appended(old: Columns, kept: int, new: Columns) -> Columns:
    return tuple(o[:kept] + n for o, n in zip(old, new, strict=True))


def _sum_before(values: NDArray[Any], group: Ints) -> Any:
    """For each value the sum of those before it in its group; groups are contiguous."""
    total = np.cumsum(values) - values
    first = np.searchsorted(group, group)
    return total - total[first]
