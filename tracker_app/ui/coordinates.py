"""Between Qt's logical pixels and the physical pixels every record uses.

Qt keeps each screen's physical corner as its logical corner and scales from there; dividing a
desktop position by the pixel ratio would be wrong on every screen but the first.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class PhysicalRect:
    """A rectangle in physical pixels of the virtual desktop."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the rectangle."""
        return self.x_px + self.width_px / 2, self.y_px + self.height_px / 2


def to_physical(widget: QWidget, point: QPointF) -> tuple[float, float]:
    """A point of a widget as physical pixels of the virtual desktop."""
    screen = widget.screen()
    corner, ratio = QPointF(screen.geometry().topLeft()), screen.devicePixelRatio()
    place = (widget.mapToGlobal(point) - corner) * ratio + corner
    return place.x(), place.y()


def from_physical(widget: QWidget, x_px: float, y_px: float) -> QPointF:
    """A physical pixel of the virtual desktop as a point of a widget."""
    screen = widget.screen()
    corner, ratio = QPointF(screen.geometry().topLeft()), screen.devicePixelRatio()
    return widget.mapFromGlobal((QPointF(x_px, y_px) - corner) / ratio + corner)


def rect_to_physical(widget: QWidget, rect: QRect) -> PhysicalRect:
    """A rectangle of a widget as physical pixels of the virtual desktop."""
    x_px, y_px = to_physical(widget, QPointF(rect.topLeft()))
    ratio = widget.screen().devicePixelRatio()
    return PhysicalRect(x_px, y_px, rect.width() * ratio, rect.height() * ratio)


def screen_to_physical(screen: QScreen) -> PhysicalRect:
    """A whole screen in physical pixels."""
    corner: QPoint = screen.geometry().topLeft()
    ratio = screen.devicePixelRatio()
    size = screen.geometry().size()
    return PhysicalRect(corner.x(), corner.y(), size.width() * ratio, size.height() * ratio)
