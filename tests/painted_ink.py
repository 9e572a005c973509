"""Which pixels of a message view are the ink of one character, found by painting, not by asking.

The text of the view is painted glyph by glyph, once whole and once without the glyphs of one
grapheme cluster: what differs is that cluster's ink. Qt's hit test and its cursor positions, from
which the application measures its boxes, have no part in this. That the glyphs were painted where
the view itself shows them is checked against a picture of the view.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QTextBoundaryFinder
from PySide6.QtGui import QColor, QGlyphRun, QImage, QPainter, QTextLayout

from tracker_app.ui.message_view import MessageView

DARK = 40  # steps of grey by which ink must change a pixel
_ALL = QTextLayout.GlyphRunRetrievalFlag.RetrieveAll

Grey = NDArray[np.int16]


@dataclass(frozen=True)
class Painted:
    """The glyphs of one cluster, and where they are painted."""

    first: int  # UTF-16 units of the displayed text
    last: int
    runs: list[QGlyphRun]
    corner: QPointF  # of the block, on the page
    line: QRectF  # on the page


@dataclass(frozen=True)
class Ink:
    """Where one cluster can be seen: pixels of the view at least one pixel inside its ink."""

    start: int  # code points of the displayed text
    end: int
    x: NDArray[np.int64]
    y: NDArray[np.int64]


class PaintedView:
    """A view as it stands now."""

    def __init__(self, view: MessageView) -> None:
        self._viewport = view.viewport()
        self._ratio = view.devicePixelRatioF()
        self._scroll = QPointF(
            -view.horizontalScrollBar().value(), -view.verticalScrollBar().value()
        )
        self._text = view.rendering.text
        self._clusters = list(_clusters(view))
        size = self._viewport.size() * self._ratio
        self._size = (round(size.width()), round(size.height()))

    def agreement(self) -> float:
        """The share of dark pixels, painted here, that are dark in the view's own picture too."""
        picture = self._viewport.grab().toImage()
        own = _grey(picture)[: self._size[1], : self._size[0]]
        mine = self._paint(None, self._clusters)[: own.shape[0], : own.shape[1]]
        dark = mine < 100
        return float((own[dark] < 190).mean()) if dark.any() else 1.0

    def clusters(self) -> list[Painted]:
        """The clusters that are not blank."""
        units = self._text.encode("utf-16-le")
        return [
            c for c in self._clusters if units[2 * c.first : 2 * c.last].decode("utf-16-le").strip()
        ]

    def ink(self, cluster: Painted) -> Ink:
        """The ink of a cluster that can be seen."""
        near = [c for c in self._clusters if c.line.intersects(cluster.line)]
        whole = self._paint(None, near)
        without = self._paint(cluster, near)
        y, x = np.nonzero(_eroded(np.abs(whole - without) > DARK))
        units = self._text.encode("utf-16-le")
        start = len(units[: 2 * cluster.first].decode("utf-16-le"))
        end = start + len(units[2 * cluster.first : 2 * cluster.last].decode("utf-16-le"))
        return Ink(start, end, x, y)

    def _paint(self, hidden: Painted | None, clusters: list[Painted]) -> Grey:
        picture = QImage(*self._size, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        painter.setPen(QColor("black"))
        painter.translate(self._scroll)
        for cluster in clusters:
            if cluster is not hidden:
                for run in cluster.runs:
                    painter.drawGlyphRun(cluster.corner, run)
        painter.end()
        return _grey(picture)


def _clusters(view: MessageView) -> Iterator[Painted]:
    document = view.document()
    block = document.begin()
    while block.isValid():
        layout = block.layout()
        corner = document.documentLayout().blockBoundingRect(block).topLeft()
        finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, block.text())
        first = 0
        while (last := finder.toNextBoundary()) != -1:
            line = layout.lineForTextPosition(first)
            yield Painted(
                block.position() + first,
                block.position() + last,
                # What Qt says of a glyph's character is wrong where fonts change within a line,
                # so each cluster is asked for by itself.
                line.glyphRuns(first, last - first, _ALL),
                corner,
                line.rect().translated(corner),
            )
            first = last
        block = block.next()


def _grey(picture: QImage) -> Grey:
    picture = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    return rows[:, : picture.width()].astype(np.int16)


def _eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels all of whose neighbours belong too."""
    inner = np.zeros_like(mask)
    middle = mask[1:-1, 1:-1].copy()
    for dy in (0, 1, 2):
        for dx in (0, 1, 2):
            middle &= mask[dy : mask.shape[0] - 2 + dy, dx : mask.shape[1] - 2 + dx]
    inner[1:-1, 1:-1] = middle
    return inner
