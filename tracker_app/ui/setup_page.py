"""The set-up coach: a mirror picture and four checks that turn from hollow to ticked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tracker_app.capture.preflight import Check
from tracker_app.ui import theme
from tracker_app.ui.page import Page, button, label, set_role

MIRROR_WIDTH, MIRROR_HEIGHT = 280, 210


@dataclass(frozen=True, slots=True)
class MirrorPicture:
    """What the mirror shows for a moment. `outline` is in fractions of the picture, (n, 2)."""

    image: NDArray[np.uint8]  # (height, width, 3), BGR, mirrored
    outline: NDArray[np.float64] | None


class Mirror(QWidget):
    """The camera's picture, mirrored, with the outline of the face; nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(MIRROR_WIDTH, MIRROR_HEIGHT)
        self._picture: MirrorPicture | None = None
        self._sentence = "Starting your camera"

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
        data = np.ascontiguousarray(picture.image)
        height, width = data.shape[:2]
        image = QImage(data.data, width, height, 3 * width, QImage.Format.Format_BGR888)
        scale = max(self.width() / width, self.height() / height)
        area = QRectF(0, 0, width * scale, height * scale)
        area.moveCenter(QPointF(self.rect().center()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, image)
        if picture.outline is not None:
            painter.setPen(QPen(QColor(theme.colours().on_accent), 2))
            points = [
                area.topLeft() + QPointF(x * area.width(), y * area.height())
                for x, y in picture.outline
            ]
            painter.drawPolygon(QPolygonF(points))


class _CheckRow(QWidget):
    """A hollow or filled mark, what is checked, and what to do while it is not right."""

    def __init__(self, title: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        self._mark = label("○", "muted", wraps=False)
        self._mark.setFixedWidth(theme.XL)
        heading = label(title)
        heading.setFixedHeight(theme.XL)
        self._mark.setFixedHeight(theme.XL)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        self._advice = label("", "small")
        texts.addWidget(heading)
        texts.addWidget(self._advice)
        row.addLayout(texts, 1)

    def show_check(self, check: Check) -> None:
        """Tick the mark or say what to do."""
        self._mark.setText("✓" if check.is_ok else "○")
        set_role(self._mark, "good" if check.is_ok else "muted")
        self._advice.setText("" if check.is_ok else check.advice)
        self._advice.setVisible(not check.is_ok)


class SetupPage(Page):
    """Leads to a picture the gaze can be read from; mouse only is always possible."""

    continued = Signal()
    mouse_only = Signal()
    retried = Signal()

    def __init__(self) -> None:
        super().__init__("setup", "Make yourself comfortable")
        self.content.addWidget(
            label(
                "The camera picture is used for a moment in this computer's memory. "
                "It is never saved or sent. We keep where on the screen you look.",
                "muted",
            )
        )
        row = QHBoxLayout()
        row.setSpacing(theme.XL)
        self._mirror = Mirror()
        row.addWidget(self._mirror, 0, Qt.AlignmentFlag.AlignTop)
        self._checks = QVBoxLayout()
        self._checks.setSpacing(theme.M)
        right = QVBoxLayout()
        right.addLayout(self._checks)
        right.addStretch(1)
        row.addLayout(right, 1)
        self.content.addLayout(row)
        self._problem = label("", "warning")
        self._problem.hide()
        self.content.addWidget(self._problem)
        self._rows: dict[str, _CheckRow] = {}
        self._mouse_only = button("Use the mouse only", "mouse_only")
        self._mouse_only.clicked.connect(self.mouse_only)
        self._retry = button("Try again", "retry_camera", "primary")
        self._retry.clicked.connect(self.retried)
        self._continue = button("Continue", "setup_done", "primary")
        self._continue.clicked.connect(self.continued)
        for action in (self._mouse_only, self._retry, self._continue):
            self.buttons.addWidget(action)
        self.show_view(None, ())

    def enter(self) -> None:
        """Enter continues once it may."""
        self._continue.setFocus()

    def show_view(self, picture: MirrorPicture | None, checks: Sequence[Check]) -> None:
        """Show what the camera sees and what that is good for."""
        self._problem.hide()
        self._retry.hide()
        self._continue.show()
        self._mirror.show_picture(picture, "Starting your camera")
        for check in checks:
            if check.name not in self._rows:
                self._rows[check.name] = _CheckRow(check.title)
                self._checks.addWidget(self._rows[check.name])
            self._rows[check.name].show_check(check)
            self._rows[check.name].show()
        # Only the face is indispensable: light and distance cost accuracy, and that is measured.
        self._continue.setEnabled(any(c.name == "face" and c.is_ok for c in checks))

    def show_problem(self, sentence: str) -> None:
        """Say why there is no picture and offer another try."""
        self._mirror.show_picture(None, "No picture")
        for row in self._rows.values():
            row.hide()
        self._problem.setText(sentence)
        self._problem.show()
        self._continue.hide()
        self._retry.show()
        self._retry.setFocus()
