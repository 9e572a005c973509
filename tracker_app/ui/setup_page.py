"""The set-up coach: a mirror picture and five checks that turn from hollow to ticked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tracker_app.capture.preflight import Check
from tracker_app.ui import theme
from tracker_app.ui.page import Button, Page, button, keep_place, label, set_role
from tracker_app.ui.texts import tr, translated

MIRROR_WIDTH, MIRROR_HEIGHT = 320, 240
OUTLINE_WIDTH, HALO_WIDTH = 2.0, 5.0
PROGRESS_HEIGHT = 3


@dataclass(frozen=True, slots=True)
class MirrorPicture:
    """What the mirror shows for a moment."""

    image: NDArray[np.uint8]  # (height, width, 3), BGR, mirrored
    outline: NDArray[np.float64] | None  # of the face, (n, 2), fractions of the picture
    wanted: tuple[float, float] | None  # size of a head in a good place, while it is not in one


def draw_picture(painter: QPainter, area: QRectF, picture: NDArray[np.uint8]) -> None:
    """Draw a BGR picture, shape (height, width, 3), over all of an area."""
    data = np.ascontiguousarray(picture)
    height, width = data.shape[:2]
    image = QImage(data.data, width, height, 3 * width, QImage.Format.Format_BGR888)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(area, image)


class Mirror(QWidget):
    """The camera's picture, mirrored, with the outline of the face; nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(MIRROR_WIDTH, MIRROR_HEIGHT)
        self._picture: MirrorPicture | None = None
        self._sentence = tr("Starting your camera")

    def show_picture(self, picture: MirrorPicture | None, sentence: str = "") -> None:
        """Show a picture, or a sentence where there is none."""
        self._picture, self._sentence = picture, sentence
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture with rounded corners and the outline on it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        painter.setClipPath(path)
        painter.fillRect(self.rect(), QColor(colours.tint))
        if self._picture is None:
            painter.setPen(QColor(colours.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(theme.L, 0, -theme.L, 0), flags, self._sentence)
        else:
            self._paint_picture(painter, self._picture)
        painter.end()

    def _paint_picture(self, painter: QPainter, picture: MirrorPicture) -> None:
        height, width = picture.image.shape[:2]
        scale = max(self.width() / width, self.height() / height)
        area = QRectF(0, 0, width * scale, height * scale)
        area.moveCenter(QPointF(self.rect().center()))
        draw_picture(painter, area, picture.image)
        if picture.wanted is not None:
            self._paint_wanted(painter, area, picture.wanted)
        if picture.outline is not None:
            points = [
                area.topLeft() + QPointF(x * area.width(), y * area.height())
                for x, y in picture.outline
            ]
            for pen in self._pens(Qt.PenStyle.SolidLine):
                painter.setPen(pen)
                painter.drawPolygon(QPolygonF(points))

    def _paint_wanted(self, painter: QPainter, area: QRectF, size: tuple[float, float]) -> None:
        oval = QRectF(0, 0, size[0] * area.width(), size[1] * area.height())
        oval.moveCenter(QPointF(self.rect().center()))
        for pen in self._pens(Qt.PenStyle.DashLine):
            painter.setPen(pen)
            painter.drawEllipse(oval)

    def _pens(self, style: Qt.PenStyle) -> tuple[QPen, QPen]:
        """A dark line below and a light one on it: one of them stands out from any picture."""
        halo, line = QColor(theme.MIRROR_HALO), QColor(theme.MIRROR_LINE)
        pens = QPen(halo, HALO_WIDTH), QPen(line, OUTLINE_WIDTH, style)
        for pen in pens:
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pens


class _GoingOn(Button):
    """A button along whose lower edge a line grows until the page goes on by itself."""

    def __init__(self) -> None:
        super().__init__(tr("Continue"))
        self.setObjectName("setup_done")
        self.setProperty("role", "primary")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._progress = 0.0

    def show_progress(self, progress: float) -> None:
        """How far it is, 0 to 1."""
        if progress != self._progress:
            self._progress = progress
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line on the button."""
        super().paintEvent(event)
        if not self._progress:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colours().on_accent))
        width = (self.width() - 2 * theme.M) * self._progress
        top = self.height() - theme.XS - PROGRESS_HEIGHT
        line = QRectF(theme.M, top, width, PROGRESS_HEIGHT)
        painter.drawRoundedRect(line, PROGRESS_HEIGHT / 2, PROGRESS_HEIGHT / 2)
        painter.end()


class _CheckRow(QWidget):
    """A hollow or filled mark, what is checked, and what to do while it is not right."""

    def __init__(self, title: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        self._mark = label("", wraps=False)
        self._mark.setFixedWidth(theme.XL)
        heading = label(translated(title))
        heading.setFixedHeight(theme.XL)
        self._mark.setFixedHeight(theme.XL)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        self._advice = label("", "small")
        texts.addWidget(heading)
        texts.addWidget(self._advice)
        row.addLayout(texts, 1)
        self.show_hollow()

    def show_hollow(self) -> None:
        """Nothing is known yet."""
        self._mark.setText("○")
        self._mark.setAccessibleName(tr("Not in order yet"))
        set_role(self._mark, "muted")
        self._advice.hide()

    def show_check(self, check: Check) -> None:
        """Tick the mark or say what to do."""
        self._mark.setText("✓" if check.is_ok else "○")
        self._mark.setAccessibleName(tr("In order") if check.is_ok else tr("Not in order yet"))
        set_role(self._mark, "good" if check.is_ok else "muted")
        self._advice.setText("" if check.is_ok else translated(check.advice))
        self._advice.setVisible(not check.is_ok)


class SetupPage(Page):
    """Leads to a picture the gaze can be read from; mouse only is always possible."""

    continued = Signal()
    mouse_only = Signal()
    retried = Signal()

    def __init__(self) -> None:
        super().__init__("setup", tr("Make yourself comfortable"))
        self.content.addWidget(
            label(
                tr(
                    "The camera picture is used for a moment in this computer's memory. "
                    "It is never saved or sent. We keep where on the screen you look."
                ),
                "muted",
            )
        )
        row = QHBoxLayout()
        row.setSpacing(theme.XL)
        self._mirror = Mirror()
        row.addWidget(self._mirror, 0, Qt.AlignmentFlag.AlignTop)
        self._checks = QVBoxLayout()
        self._checks.setSpacing(theme.S)
        right = QVBoxLayout()
        right.addLayout(self._checks)
        right.addStretch(1)
        row.addLayout(right, 1)
        self.content.addLayout(row)
        self._note = label("", "small")
        keep_place(self._note)  # the card must not jump
        self._note.hide()
        self.content.addWidget(self._note)
        self._problem = label("", "warning")
        self._problem.hide()
        self.content.addWidget(self._problem)
        self._rows: dict[str, _CheckRow] = {}
        self._mouse_only = button(tr("Use the mouse only"), "mouse_only")
        self._mouse_only.clicked.connect(self.mouse_only)
        self._retry = button(tr("Try again"), "retry_camera", "primary")
        self._retry.clicked.connect(self.retried)
        self._continue = _GoingOn()
        self._continue.clicked.connect(self.continued)
        for action in (self._mouse_only, self._retry, self._continue):
            self.buttons.addWidget(action)
        self._going_on = label(
            tr("All is well. This page goes on by itself."), "small", wraps=False
        )
        self._going_on.hide()
        self.buttons.insertWidget(0, self._going_on)
        self.show_start(())

    def show_start(self, checks: Sequence[Check]) -> None:
        """The camera is being opened: nothing is known of what will be checked."""
        self._show_camera(None)
        for check in checks:
            self._row(check).show_hollow()
        self._let_continue(False)

    def show_view(self, picture: MirrorPicture | None, checks: Sequence[Check]) -> None:
        """Show what the camera sees and what that is good for."""
        self._show_camera(picture)
        for check in checks:
            self._row(check).show_check(check)
        # Only the face is indispensable: light and distance cost accuracy, and that is measured.
        self._let_continue(any(c.name == "face" and c.is_ok for c in checks))

    def show_progress(self, progress: float) -> None:
        """Show how soon the page goes on by itself, 0 (not now) to 1."""
        self._continue.show_progress(progress)
        self._going_on.setVisible(progress > 0)

    def show_note(self, sentence: str) -> None:
        """Say quietly what gaze will be able to tell here."""
        self._note.setText(translated(sentence))
        self._note.setVisible(bool(sentence))

    def _show_camera(self, picture: MirrorPicture | None) -> None:
        self._problem.hide()
        self._note.setVisible(bool(self._note.text()))
        self._retry.hide()
        self._continue.show()
        self._mirror.show_picture(picture, tr("Starting your camera"))

    def _row(self, check: Check) -> _CheckRow:
        if check.name not in self._rows:
            self._rows[check.name] = _CheckRow(check.title)
            self._checks.addWidget(self._rows[check.name])
        row = self._rows[check.name]
        row.show()
        return row

    def _let_continue(self, may: bool) -> None:
        """Enter continues once it may, unless somebody is about to choose otherwise."""
        had_to_wait = not self._continue.isEnabled()
        if not may:
            self._continue.clearFocus()  # or Qt hands it on, and Enter would choose the mouse
        self._continue.setEnabled(may)
        if may and had_to_wait and not self._mouse_only.hasFocus():
            self._continue.setFocus()

    def show_problem(self, sentence: str) -> None:
        """Say why there is no picture and offer another try."""
        self._mirror.show_picture(None, tr("No picture"))
        for row in self._rows.values():
            row.hide()
        self._note.hide()
        self.show_progress(0)
        self._problem.setText(translated(sentence))
        self._problem.show()
        self.reveal(self._problem)
        self._continue.hide()
        self._retry.show()
        self._retry.setFocus()
