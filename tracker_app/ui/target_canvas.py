"""A quiet ground with at most one target, which shrinks to a point while a ring fills.

It only draws what it is shown. While the head is to move, a marker runs round the target and the
directions the nose has pointed to light up: eyes stay on the dot and see both from the corner.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from calibration.head_movement import SECTORS, Guide
from calibration.routine import View
from tracker_app.ui import theme
from tracker_app.ui.coordinates import from_physical
from tracker_app.ui.texts import tr

LARGEST_RADIUS, SMALLEST_RADIUS = 22.0, 7.0
CENTRE_RADIUS = 1.0
RING_WIDTH = 3.0
GUIDE_RADIUS = 62.0
GUIDE_GAP_DEG = 8.0
MARKER_RADIUS = 7.0
PREPARATION_CIRCLES = 1.0  # of the marker, while what to do is read


@dataclass(frozen=True, slots=True)
class TargetColours:
    """What a target is painted with."""

    ground: str
    ink: str
    centre: str  # the point to look at
    ring: str


def calibration_colours() -> TargetColours:
    """On mid grey, which keeps pupils steady between targets."""
    ink, paper = theme.CALIBRATION_INK, theme.CALIBRATION_PAPER
    return TargetColours(theme.CALIBRATION_GREY, ink, paper, paper)


def page_colours() -> TargetColours:
    """On the page's own ground: pupils stay as they are while reading."""
    colours = theme.colours()
    return TargetColours(colours.page, colours.text, colours.page, colours.accent)


class TargetCanvas(QWidget):
    """One target at a time; a key goes on where there is something to read, Escape leaves."""

    cancelled = Signal()
    went_on = Signal()

    def __init__(
        self,
        note: str,
        colours: Callable[[], TargetColours] = calibration_colours,
        parent: QWidget | None = None,
    ) -> None:
        """Show nothing yet.

        Args:
            note: stands small at the lower edge.
            colours: asked for each time, as the desktop's scheme may change.
            parent: as of any widget.
        """
        super().__init__(parent)
        self._note = note
        self._colours = colours
        self.setCursor(Qt.CursorShape.BlankCursor)  # nothing but the target draws the eyes
        self._view = View("done")
        self.setObjectName("calibration_canvas")
        self.setAccessibleName(tr("Dots to look at, one after another"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_view(self, view: View) -> None:
        """Show what a routine says; its target is in physical pixels of the desktop."""
        if view != self._view:
            self._view = view
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and what is on it."""
        del event
        colours = self._colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colours.ground))
        view = self._view
        self._paint_line(painter, self._note, theme.SMALL, self.height() - theme.L)
        if view.phase == "prepare":
            self._paint_preparation(painter, view.progress)
        elif view.target_px is not None:
            centre = from_physical(self, *view.target_px)
            _paint_target(painter, centre, view.progress, colours)
            if view.guide is not None:
                _paint_guide(painter, centre, view.guide, colours)
            if view.are_eyes_lost:
                lost = tr("The camera does not see your eyes. Turn your face to it.")
                self._paint_line(painter, lost, theme.LEAD, self._far_from(centre))
        painter.end()

    def _paint_preparation(self, painter: QPainter, progress: float) -> None:
        centre = QPointF(self.width() / 2, self.height() / 2 - theme.XXXL)
        _paint_target(painter, centre, 1.0, self._colours())
        covered = tuple(i < progress * SECTORS for i in range(SECTORS))
        guide = Guide(360 * PREPARATION_CIRCLES * progress, covered)
        _paint_guide(painter, centre, guide, self._colours())
        below = centre.y() + GUIDE_RADIUS + theme.XXXL + theme.XL
        what = tr("Keep your eyes on the dot and let your nose follow the marker round")
        how = tr("It goes on by itself. Space goes on at once.")
        self._paint_line(painter, what, theme.TITLE, below)
        self._paint_line(painter, how, theme.BODY, below + theme.XXL)

    def _paint_line(self, painter: QPainter, text: str, size_px: int, bottom: float) -> None:
        painter.setPen(QColor(self._colours().ink))
        painter.setFont(theme.font(size_px))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(QRectF(0, 0, self.width(), bottom), flags, text)

    def _far_from(self, target: QPointF) -> float:
        """Where a line is well away from the target."""
        is_low = target.y() > self.height() / 2
        return self.height() * 0.15 if is_low else self.height() * 0.9

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves; Space and Enter go on."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.went_on.emit()
        else:
            super().keyPressEvent(event)


def _paint_target(
    painter: QPainter, centre: QPointF, progress: float, colours: TargetColours
) -> None:
    shrunk = min(1.0, progress * 2)
    radius = LARGEST_RADIUS + (SMALLEST_RADIUS - LARGEST_RADIUS) * shrunk
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.ink))
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(QColor(colours.centre))
    painter.drawEllipse(centre, CENTRE_RADIUS * 2, CENTRE_RADIUS * 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.ring), RING_WIDTH))
    painter.drawArc(_around(centre, LARGEST_RADIUS + 4), 90 * 16, -round(progress * 360 * 16))


def _paint_guide(painter: QPainter, centre: QPointF, guide: Guide, colours: TargetColours) -> None:
    step = 360 / len(guide.covered)
    for number, is_covered in enumerate(guide.covered):
        colour = QColor(colours.ring if is_covered else colours.ink)
        colour.setAlphaF(1.0 if is_covered else 0.25)
        pen = QPen(colour, 2 * RING_WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        # Qt's angles begin at the right and run against the clock.
        begin = 90 - (number - 0.5) * step - GUIDE_GAP_DEG / 2
        span = -(step - GUIDE_GAP_DEG)
        painter.drawArc(_around(centre, GUIDE_RADIUS), round(begin * 16), round(span * 16))
    yaw, pitch = guide.turn
    painter.setPen(QPen(QColor(colours.ring), RING_WIDTH))
    painter.setBrush(QColor(colours.ink))
    marker = centre + QPointF(-yaw, pitch) * GUIDE_RADIUS
    painter.drawEllipse(marker, MARKER_RADIUS, MARKER_RADIUS)


def _around(centre: QPointF, radius: float) -> QRectF:
    rect = QRectF(0, 0, 2 * radius, 2 * radius)
    rect.moveCenter(centre)
    return rect
