"""Between Qt's logical pixels and the physical pixels every record uses.

Qt keeps each screen's physical corner as its logical corner and scales from there; dividing a
desktop position by the pixel ratio would be wrong on every screen but the first. A window is
scaled as a whole by the screen it belongs to, even where it reaches onto another one, so points
are measured from the window's corner and never by their own position on the desktop.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QGuiApplication, QScreen
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
    window = widget.window()
    place = _corner(window) + widget.mapTo(window, point) * pixel_ratio(widget)
    return place.x(), place.y()


def from_physical(widget: QWidget, x_px: float, y_px: float) -> QPointF:
    """A physical pixel of the virtual desktop as a point of a widget."""
    window = widget.window()
    return widget.mapFrom(window, (QPointF(x_px, y_px) - _corner(window)) / pixel_ratio(widget))


def pixel_ratio(widget: QWidget) -> float:
    """Physical pixels in a logical one, for everything in the widget's window."""
    return screen_of(widget).devicePixelRatio()


def screen_of(widget: QWidget) -> QScreen:
    """The screen that scales the widget's window and shows most of it.

    Never `widget.screen()`: PySide takes what that returns for the widget's child, and when the
    widget is garbage it deletes the screen with it, which ends in a crash.
    """
    rect, ratio = widget.window().geometry(), widget.devicePixelRatioF()

    def fit(screen: QScreen) -> tuple[bool, int, bool]:
        seen = rect.intersected(screen.geometry())
        is_primary = screen == QGuiApplication.primaryScreen()
        return screen.devicePixelRatio() == ratio, seen.width() * seen.height(), is_primary

    return max(QGuiApplication.screens(), key=fit)


def _corner(window: QWidget) -> QPointF:
    """The corner of a window's content, physical pixels.

    Qt gives a global position in the scale of whichever screen it falls on, so the one asked for
    is that of a point of the window on the window's own screen.
    """
    screen = screen_of(window)
    rect = window.geometry()
    seen = rect.intersected(screen.geometry())
    point = QPointF((seen if seen.isValid() else rect).center() - rect.topLeft())
    origin = QPointF(screen.geometry().topLeft())
    place = window.mapToGlobal(point) - origin
    return origin + (place - point) * screen.devicePixelRatio()


def rect_to_physical(widget: QWidget, rect: QRect) -> PhysicalRect:
    """A rectangle of a widget as physical pixels of the virtual desktop."""
    x_px, y_px = to_physical(widget, QPointF(rect.topLeft()))
    ratio = pixel_ratio(widget)
    return PhysicalRect(x_px, y_px, rect.width() * ratio, rect.height() * ratio)


def screen_to_physical(screen: QScreen) -> PhysicalRect:
    """A whole screen in physical pixels."""
    corner: QPoint = screen.geometry().topLeft()
    ratio = screen.devicePixelRatio()
    size = screen.geometry().size()
    return PhysicalRect(corner.x(), corner.y(), size.width() * ratio, size.height() * ratio)
