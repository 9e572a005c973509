"""A message's page: its text, and every box and cluster of it as arrays that can be searched."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker_app.aoi.rects import NONE, Floats, Ints, Rects
from tracker_app.errors import DamagedRecordError
from tracker_app.records import Layout

Columns = dict[str, NDArray[Any]]
_BOXES: dict[str, type] = {
    **dict.fromkeys(("word", "start", "end", "line", "paragraph"), np.int64),
    **dict.fromkeys(("left", "top", "height"), np.float64),
    "is_rtl": np.bool_,
}
_CLUSTERS: dict[str, type] = {"cluster_length": np.int64, "cluster_width": np.float64}
_OVERHANGS: dict[str, type] = {
    "overhang_cluster": np.int64,
    **dict.fromkeys(
        ("overhang_left", "overhang_top", "overhang_width", "overhang_height"), np.float64
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What lies under n points; arrays of shape (n,), NONE where there is nothing."""

    paragraph: Ints
    line: Ints
    word: Ints
    start: Ints  # of the word, code points of the displayed text
    end: Ints
    character_start: Ints  # of the grapheme cluster
    character_end: Ints

    @classmethod
    def nowhere(cls, points: int) -> "Units":
        """Nothing under any point."""
        return cls(*(np.full(points, NONE, np.int64) for _ in cls.__slots__))

    def put(self, places: Ints, units: "Units") -> None:
        """Write what lies under some of the points."""
        for name in self.__slots__:
            getattr(self, name)[places] = getattr(units, name)


@dataclass(frozen=True)
class Page:
    """One version of a message's layout, whole. Edges are in logical pixels of the page.

    Boxes, clusters, lines and words are each numbered through the message; an array has one entry
    for each of what its name begins with. Spans are code points of the displayed text.
    """

    message_id: str
    version: int
    text: str
    columns: Columns  # as in the layout record, whole

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
        page = cls.trusted(layout, base)
        if sha256(page.text.encode()).hexdigest() != layout.text_sha256:
            raise DamagedRecordError(f"the text of {name} is not the one that was recorded")
        if not page._is_possible():
            raise DamagedRecordError(f"{name} is not that of its text")
        return page

    @classmethod
    def trusted(cls, layout: Layout, base: "Page | None" = None) -> "Page":
        """The same for a layout that `of` has accepted before."""
        text = (base.text[: layout.kept_text] if base else "") + layout.text
        boxes = layout.kept_boxes
        clusters = int(np.searchsorted(base.cluster_box, boxes)) if base else 0
        hung = int(np.searchsorted(base.columns["overhang_cluster"], clusters)) if base else 0
        columns: Columns = {}
        for group, kept in ((_BOXES, boxes), (_CLUSTERS, clusters), (_OVERHANGS, hung)):
            for column, kind in group.items():
                new: NDArray[Any] = np.array(getattr(layout, column), kind)
                old = base.columns[column][:kept] if base else new[:0]
                columns[column] = np.concatenate([old, new])
        return cls(layout.message_id, layout.version, text, columns)

    def _is_possible(self) -> bool:
        """Whether the numbers can be those of the text: without this, they may point anywhere."""
        words = np.diff(self.box_word, prepend=-1)
        spans = np.stack([self.box_start, self.box_end], axis=1).ravel()
        lengths, hung = self._cluster_lengths, self.columns["overhang_cluster"]
        box_ends = np.cumsum(self.box_end - self.box_start)
        return bool(
            ((words == 0) | (words == 1)).all()
            and (np.diff(spans, prepend=0, append=len(self.text)) >= 0).all()
            and _are_within(self.box_line, len(self.text) + 1)
            and _are_within(self.box_paragraph, len(self.text) + 1)
            and (lengths > 0).all()
            and np.isin(box_ends, np.append(np.cumsum(lengths), 0)).all()
            and (np.diff(hung) >= 0).all()
            and _are_within(hung, len(lengths))
        )

    @cached_property
    def box_word(self) -> Ints:
        """Word of each box."""
        return self.columns["word"]

    @cached_property
    def box_start(self) -> Ints:
        """First character of each box."""
        return self.columns["start"]

    @cached_property
    def box_end(self) -> Ints:
        """Character after each box."""
        return self.columns["end"]

    @cached_property
    def box_line(self) -> Ints:
        """Line of each box."""
        return self.columns["line"]

    @cached_property
    def box_paragraph(self) -> Ints:
        """Paragraph of each box."""
        return self.columns["paragraph"]

    @cached_property
    def box_rects(self) -> Rects:
        """The rectangle of each box."""
        left, top = self.columns["left"], self.columns["top"]
        width = np.bincount(self.cluster_box, weights=self._cluster_widths, minlength=len(left))
        return Rects(left, top, left + width, top + self.columns["height"])

    # --- clusters ------------------------------------------------------------------------------

    @cached_property
    def _cluster_widths(self) -> Floats:
        return self.columns["cluster_width"]

    @cached_property
    def _cluster_lengths(self) -> Ints:
        return self.columns["cluster_length"]

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
        is_rtl = self.columns["is_rtl"][box]
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
        line, cluster = self.line_rects.find(x, y), self.cluster_rects.find(x, y)
        if len(self._overhang_rects.left):
            piece = self._overhang_rects.find(x, y)
            (hung,) = np.nonzero(piece != NONE)
            cluster[hung] = self.columns["overhang_cluster"][piece[hung]]
            line[hung] = self.box_line[self.cluster_box[cluster[hung]]]
        return line, cluster

    def units_under(self, x: Floats, y: Floats) -> Units:
        """Everything at each point of the page; (n,)."""
        line, cluster = self.under(x, y)
        units = Units.nowhere(len(x))
        (on_line,), (on_word,) = np.nonzero(line != NONE), np.nonzero(cluster != NONE)
        units.line[:] = line
        units.paragraph[on_line] = self.line_paragraph[line[on_line]]
        hit = cluster[on_word]
        word = self.box_word[self.cluster_box[hit]]
        units.word[on_word] = word
        units.start[on_word], units.end[on_word] = self.word_start[word], self.word_end[word]
        units.character_start[on_word] = self.cluster_start[hit]
        units.character_end[on_word] = self.cluster_end[hit]
        return units

    def under_one(self, x: float, y: float) -> tuple[int, int]:
        """The same for one point."""
        if len(self._overhang_rects.left):
            piece = self._overhang_rects.find_one(x, y)
            if piece != NONE:
                cluster = int(self.columns["overhang_cluster"][piece])
                return int(self.box_line[self.cluster_box[cluster]]), cluster
        return self.line_rects.find_one(x, y), self.cluster_rects.find_one(x, y)

    @cached_property
    def _overhang_rects(self) -> Rects:
        left, top, width, height = (self.columns[name] for name in list(_OVERHANGS)[1:])
        return Rects(left, top, left + width, top + height)

    def word_text(self, word: int) -> str:
        """The characters of a word."""
        return self.text[self.word_start[word] : self.word_end[word]]

    def utf16(self, offset: int) -> int:
        """The UTF-16 unit at which a code point of the displayed text begins."""
        return len(self.text[:offset].encode("utf-16-le")) // 2


def _are_within(values: Ints, limit: int) -> bool:
    """Whether all are at least 0 and below the limit."""
    return not len(values) or bool(values.min() >= 0 and values.max() < limit)


def _sum_before(values: NDArray[Any], group: Ints) -> Any:
    """For each value the sum of those before it in its group; groups are contiguous."""
    total = np.cumsum(values) - values
    first = np.searchsorted(group, group)
    return total - total[first]
