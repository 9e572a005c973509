"""Calibration on screen: an invitation, one target at a time on grey, then how good it is.

The page only draws what it is shown; what is shown when is `calibration.routine`'s decision.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from tracker_app.ui import theme
from tracker_app.ui.coordinates import PhysicalRect, from_physical
from tracker_app.ui.page import Page, button, label

LARGEST_RADIUS, SMALLEST_RADIUS = 22.0, 7.0
CENTRE_RADIUS = 1.0
RING_WIDTH = 3.0
MAP_HEIGHT = 220


@dataclass(frozen=True, slots=True)
class PointError:
    """The error found at one validation target; None where too little was seen."""

    x_px: float
    y_px: float
    error_px: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the result page says."""

    headline: str
    detail: str
    way_on: str  # what the button that goes on says
    weak_points: int  # how many could be shown again to make it better
    note: str  # empty, or that this is a simulation
    points: tuple[PointError, ...]
    screen: PhysicalRect


class TargetCanvas(QWidget):
    """Neutral grey with at most one target, which shrinks to a point while a ring fills."""

    cancelled = Signal()

    def __init__(self, note: str) -> None:
        super().__init__()
        self._note = note
        self.setObjectName("calibration_canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._target_px: tuple[float, float] | None = None
        self._progress = 0.0

    def show_target(self, target_px: tuple[float, float] | None, progress: float) -> None:
        """Show a target at physical pixels of the desktop; progress from 0 to 1."""
        if (target_px, progress) != (self._target_px, self._progress):
            self._target_px, self._progress = target_px, progress
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the grey and the target."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.CALIBRATION_GREY))
        painter.setPen(QColor(theme.CALIBRATION_INK))
        painter.setFont(theme.font(theme.SMALL))
        bottom = self.rect().adjusted(0, 0, 0, -theme.S)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(bottom, flags, self._note)
        if self._target_px is not None:
            self._paint_target(painter, from_physical(self, *self._target_px))
        painter.end()

    def _paint_target(self, painter: QPainter, centre: QPointF) -> None:
        shrunk = min(1.0, self._progress * 2)
        radius = LARGEST_RADIUS + (SMALLEST_RADIUS - LARGEST_RADIUS) * shrunk
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.CALIBRATION_INK))
        painter.drawEllipse(centre, radius, radius)
        painter.setBrush(QColor(theme.CALIBRATION_PAPER))
        painter.drawEllipse(centre, CENTRE_RADIUS * 2, CENTRE_RADIUS * 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.CALIBRATION_PAPER), RING_WIDTH))
        ring = QRectF(0, 0, 2 * LARGEST_RADIUS + 8, 2 * LARGEST_RADIUS + 8)
        ring.moveCenter(centre)
        painter.drawArc(ring, 90 * 16, -round(self._progress * 360 * 16))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the calibration."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


class ErrorMap(QWidget):
    """The screen in small, with each validation point and how far the gaze was off there."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(MAP_HEIGHT)
        self._verdict: Verdict | None = None

    def show_verdict(self, verdict: Verdict) -> None:
        """Show the points of a result."""
        self._verdict = verdict
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the screen's outline to scale and a circle of the error's size at each point."""
        del event
        if self._verdict is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, screen = theme.colours(), self._verdict.screen
        scale = min((self.height() - 2) / screen.height_px, (self.width() - 2) / screen.width_px)
        outline = QRectF(0, 0, screen.width_px * scale, screen.height_px * scale)
        outline.moveCenter(QPointF(self.rect().center()))
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(QColor(colours.tint))
        painter.drawRoundedRect(outline, theme.S, theme.S)
        for point in self._verdict.points:
            place = outline.topLeft() + QPointF(
                (point.x_px - screen.x_px) * scale, (point.y_px - screen.y_px) * scale
            )
            self._paint_point(painter, place, point.error_px, scale)
        painter.end()

    def _paint_point(
        self, painter: QPainter, place: QPointF, error_px: float | None, scale: float
    ) -> None:
        colours = theme.colours()
        colour = QColor(colours.warning if error_px is None else colours.accent)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = 5.0 if error_px is None else max(3.0, error_px * scale)
        painter.drawEllipse(place, radius, radius)
        painter.setBrush(colour)
        painter.drawEllipse(place, 2, 2)
        painter.setPen(QColor(colours.text))
        painter.setFont(theme.font(theme.SMALL))
        text = "not seen" if error_px is None else f"{error_px:.0f} px"
        painter.drawText(place + QPointF(max(radius, 5.0) + 5, 5), text)


class _Invitation(Page):
    """What to do, in three short lines."""

    begun = Signal()
    skipped = Signal()

    def __init__(self) -> None:
        super().__init__("calibration_intro", "Teach the camera where you look")
        for line in (
            "Dots appear one after another. Look at each dot until it is gone.",
            "Sit comfortably and keep your head still. Blinking is fine.",
            "It takes about half a minute.",
        ):
            self.content.addWidget(label(line, "lead"))
        skip = button("Use the mouse only", "skip_calibration")
        skip.clicked.connect(self.skipped)
        self._begin = button("Begin", "begin_calibration", "primary")
        self._begin.clicked.connect(self.begun)
        self.buttons.addWidget(skip)
        self.buttons.addWidget(self._begin)

    def enter(self) -> None:
        """Enter begins."""
        self._begin.setFocus()


class _Result(Page):
    """How good the calibration is, in plain words, and what can be done about it."""

    accepted = Signal()
    repeated = Signal()
    mended = Signal()

    def __init__(self) -> None:
        super().__init__("calibration_result", "")
        self._detail = label("", "lead")
        self._note = label("", "banner")
        self._map = ErrorMap()
        for widget in (self._detail, self._map, self._note):
            self.content.addWidget(widget)
        again = button("Redo all", "redo_calibration")
        again.clicked.connect(self.repeated)
        self._mend = button("", "mend_calibration")
        self._mend.clicked.connect(self.mended)
        self.buttons.addWidget(self._mend)
        self._accept = button("Continue", "accept_calibration", "primary")
        self._accept.clicked.connect(self.accepted)
        self.buttons.addWidget(again)
        self.buttons.addWidget(self._accept)

    def show_verdict(self, verdict: Verdict) -> None:
        """Show a result."""
        self.title.setText(verdict.headline)
        self._detail.setText(verdict.detail)
        self._note.setText(verdict.note)
        self._note.setVisible(bool(verdict.note))
        self._accept.setText(verdict.way_on)
        several = (
            "this point" if verdict.weak_points == 1 else f"these {verdict.weak_points} points"
        )
        self._mend.setText(f"Redo {several}")
        self._mend.setVisible(verdict.weak_points > 0)
        self._map.setVisible(bool(verdict.points))
        self._map.show_verdict(verdict)

    def enter(self) -> None:
        """Enter continues."""
        self._accept.setFocus()


class CalibrationPage(QWidget):
    """Invitation, targets and result, in this order and as often as needed.

    A note, if any, stands small at the lower edge while targets are shown.
    """

    begun = Signal()
    skipped = Signal()
    cancelled = Signal()
    accepted = Signal()
    mended = Signal()

    def __init__(self, note: str = "") -> None:
        super().__init__()
        self.setObjectName("calibration")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack)
        self._invitation, self.canvas, self._result = _Invitation(), TargetCanvas(note), _Result()
        for page in (self._invitation, self.canvas, self._result):
            self._stack.addWidget(page)
        self._invitation.begun.connect(self.begun)
        self._invitation.skipped.connect(self.skipped)
        self.canvas.cancelled.connect(self.cancelled)
        self._result.accepted.connect(self.accepted)
        self._result.repeated.connect(self.begun)
        self._result.mended.connect(self.mended)

    @property
    def part(self) -> str:
        """Which part is shown: its object name."""
        shown = self._stack.currentWidget()
        return shown.objectName() if shown else ""

    def enter(self) -> None:
        """Start with the invitation."""
        self._stack.setCurrentWidget(self._invitation)
        self._invitation.enter()

    def show_canvas(self) -> None:
        """Show the grey; targets follow."""
        self.canvas.show_target(None, 0)
        self._stack.setCurrentWidget(self.canvas)
        self.canvas.setFocus()

    def show_verdict(self, verdict: Verdict) -> None:
        """Show how it went."""
        self._result.show_verdict(verdict)
        self._stack.setCurrentWidget(self._result)
        self._result.enter()
