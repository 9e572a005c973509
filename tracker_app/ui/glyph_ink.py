"""Which parts of a glyph's ink leave its own place: the hook of an italic f, the tail of a j.

A character's place is its advance. A point in ink that hangs over a neighbour's place belongs to
the character that was drawn there, so those parts are measured as strips half a pixel high.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath, QRawFont

SLIGHT = 0.25  # logical pixels; ink that leaves its place by less is not seen as leaving
_STRIP = 0.5  # logical pixels
_SNAP = 0.35  # logical pixels; glyphs are drawn on whole device pixels, so up to this far off
_PICTURE_TABLES = ("CBLC", "sbix", "COLR")  # OpenType tables of fonts whose glyphs are pictures


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of ink; logical pixels from the glyph's origin, y down from the baseline."""

    left: float
    top: float
    width: float
    height: float


class GlyphInk:
    """Remembers the overhangs of every glyph met."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Strip, ...]] = {}
        self._pictures: dict[str, bool] = {}

    def overhangs(self, font: QRawFont, glyphs: list[int]) -> list[tuple[int, tuple[Strip, ...]]]:
        """The glyphs of a list that overhang: the place of each in the list, and its strips."""
        if self._has_pictures(font):
            return []
        face = (font.familyName(), font.styleName(), font.style(), font.weight(), font.pixelSize())
        for glyph in set(glyphs):
            if (face, glyph) not in self._known:
                self._known[face, glyph] = tuple(_overhangs(font, glyph))
        strips = ((place, self._known[face, glyph]) for place, glyph in enumerate(glyphs))
        return [(place, found) for place, found in strips if found]

    def _has_pictures(self, font: QRawFont) -> bool:
        """Whether a font draws pictures: asking for their outlines makes Qt stop drawing them."""
        name = font.familyName()
        if name not in self._pictures:
            self._pictures[name] = any(font.fontTable(t).size() for t in _PICTURE_TABLES)
        return self._pictures[name]


def _overhangs(font: QRawFont, glyph: int) -> Iterator[Strip]:
    path = font.pathForGlyph(glyph)
    ink = path.boundingRect()
    advance = font.advancesForGlyphIndexes([glyph])[0].x()
    if path.isEmpty() or (ink.left() >= -SLIGHT and ink.right() <= advance + SLIGHT):
        return
    steps = round((ceil(ink.bottom()) - floor(ink.top())) / _STRIP)
    rows = [floor(ink.top()) + _STRIP * step for step in range(steps)]
    for left, right in ((ink.left(), 0.0), (advance, ink.right())):
        parts = [_inside(path, QRectF(left, row, right - left, _STRIP)) for row in rows]
        seen = [part for part in parts if part.width() > 0]
        for number, part in enumerate(seen):
            top = part.top() - (_SNAP if number == 0 else 0)
            bottom = part.bottom() + (_SNAP if number == len(seen) - 1 else 0)
            yield Strip(part.left(), top, part.width(), bottom - top)


def _inside(path: QPainterPath, rect: QRectF) -> QRectF:
    if rect.width() <= 0:
        return QRectF()
    window = QPainterPath()
    window.addRect(rect)
    return path.intersected(window).boundingRect()
