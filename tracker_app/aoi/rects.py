"""Finds the rectangle under a point among many.

Left and top edges belong to a rectangle, the others do not, so that neighbours never both claim a
point. Of rectangles that overlap, the one that begins furthest right counts. NaN is in none.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NONE = -1  # in integer arrays only: no word, no message
# For fewer comparisons than this, comparing all is quicker than building an index.
_FEW = 100_000


@dataclass(frozen=True, eq=False)
class Rects:
    """n rectangles; arrays of shape (n,)."""

    left: Floats
    top: Floats
    right: Floats
    bottom: Floats

    def at(self, is_wanted: Bools) -> "Rects":
        """Some of them."""
        edges = (self.left, self.top, self.right, self.bottom)
        return Rects(*(edge[is_wanted] for edge in edges))

    def find(self, x: Floats, y: Floats) -> Ints:
        """Index of the rectangle that holds each point, NONE where there is none; (n,)."""
        if len(x) * len(self.left) <= _FEW and "_index" not in self.__dict__:
            return self._compare(x, y)
        return self._index.find(x, y)

    def find_one(self, x: float, y: float) -> int:
        """The same for one point, at a tenth of the cost of arrays of one."""
        return self._index.find_one(x, y)

    @cached_property
    def _index(self) -> "_RectIndex":
        return _RectIndex(self)

    def _compare(self, x: Floats, y: Floats) -> Ints:
        """Every point with every rectangle."""
        found = np.full(len(x), NONE, np.int64)
        if not len(self.left):
            return found
        px, py = x[:, None], y[:, None]
        begins = (self.top <= py) & (py < self.bottom) & (self.left <= px)
        begins &= self.left < self.right
        # The last of those that begin furthest right.
        lefts = np.where(begins, self.left, -np.inf)[:, ::-1]
        candidate = lefts.shape[1] - 1 - lefts.argmax(axis=1)
        is_in = begins[np.arange(len(x)), candidate] & (x < self.right[candidate])
        found[is_in] = candidate[is_in]
        return found


class _RectIndex:
    """Rectangles by place.

    The page is cut into bands at every upper and lower edge; in a band, rectangles lie side by
    side, so two binary searches find a point's.
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
        order = np.lexsort((left[rect], band))
        self._rects, self._band = rect[order], band[order]
        self._left, self._right = left[self._rects], right[self._rects]
        self._least = float(left[solid].min()) if len(solid) else 0.0
        self._most = float(right[solid].max()) if len(solid) else 0.0
        self._stride = 2 * (self._most - self._least) + 1
        self._key = self._band * self._stride + (self._left - self._least)

    def find(self, x: Floats, y: Floats) -> Ints:
        found = np.full(len(x), NONE, np.int64)
        if not len(self._rects):
            return found
        near = (x >= self._least) & (x < self._most)
        near &= (y >= self._edges[0]) & (y < self._edges[-1])
        px = x[near]
        band = np.searchsorted(self._edges, y[near], side="right") - 1
        key = band * self._stride + (px - self._least)
        candidate = np.searchsorted(self._key, key, side="right") - 1
        # The key is rounded: right at an edge the search may be one off.
        after = np.minimum(candidate + 1, len(self._key) - 1)
        candidate = np.where(
            (self._band[after] == band) & (self._left[after] <= px), after, candidate
        )
        candidate = np.maximum(candidate - (self._left[candidate] > px), 0)
        is_in = (self._band[candidate] == band) & (self._left[candidate] <= px)
        is_in &= px < self._right[candidate]
        found[near] = np.where(is_in, self._rects[candidate], NONE)
        return found

    def find_one(self, x: float, y: float) -> int:
        edges, lefts, starts = self._lists
        if not (lefts and self._least <= x < self._most and edges[0] <= y < edges[-1]):
            return NONE
        band = bisect_right(edges, y) - 1
        candidate = bisect_right(lefts, x, starts[band], starts[band + 1]) - 1
        is_in = candidate >= starts[band] and x < self._right[candidate]
        return int(self._rects[candidate]) if is_in else NONE

    @cached_property
    def _lists(self) -> tuple[list[float], list[float], list[int]]:
        starts = np.searchsorted(self._band, np.arange(len(self._edges) + 1))
        return self._edges.tolist(), self._left.tolist(), starts.tolist()
