"""Where the head is, as a small drawing beside a word: no picture of anybody is shown."""

from dataclasses import dataclass
from math import hypot, log

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tracker_app.ui import theme
from tracker_app.ui.page import label
from tracker_app.ui.texts import tr

FRAME = QSize(48, 36)
HEAD = 7.5, 9.5  # half the width and height of a head in a good place
NOSE = 3.0, 2.4
PLACE = HEAD[0] + 2, HEAD[1] + 2  # so that a head in it does not hide it
LEAST_SIZE, MOST_SIZE = 0.55, 1.5  # a head far away can still be seen, a near one still fits
# How far off each may be to weigh the same when it is said what is wrong.
DISTANCE_STEP = log(1.3)
OFFSET_STEP = 0.5
YAW_STEP_RAD = 0.35


@dataclass(frozen=True, slots=True)
class HeadState:
    """Where a head is, compared with where it was during calibration."""

    x: float = 0.0  # -1 to 1, from the left edge of the camera's mirrored picture to the right
    y: float = 0.0  # -1 to 1, from the upper edge to the lower
    distance: float = 1.0  # ratio: above 1 farther away than then, below 1 nearer
    yaw_rad: float = 0.0  # positive: turned to the right of the mirrored picture
    is_in_view: bool = True
    is_in_range: bool = True

    @property
    def words(self) -> str:
        """How it is, in a word or two."""
        if not self.is_in_view:
            return tr("Not in view")
        if self.is_in_range:
            return tr("Good place")
        distance = log(max(self.distance, 1e-3)) / DISTANCE_STEP
        offset = hypot(self.x, self.y) / OFFSET_STEP
        turn = abs(self.yaw_rad) / YAW_STEP_RAD
        if abs(distance) >= max(offset, turn):
            return tr("Too far away") if distance > 0 else tr("Too near")
        return tr("Turned away") if turn > offset else tr("Off centre")


NOT_IN_VIEW = HeadState(is_in_view=False, is_in_range=False)


class _Drawing(QWidget):
    """A head and shoulders in a frame; dashes show the place to be in while it is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(FRAME)
        self.state = NOT_IN_VIEW

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, the place to be in and the head."""
        del event
        c, state = theme.colours(), self.state
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.XS, theme.XS)
        painter.fillPath(frame, QColor(c.tint))
        painter.save()
        painter.setClipPath(frame)
        middle = QPointF(self.width() / 2, self.height() / 2 - 2)
        if not state.is_in_range:
            painter.setPen(QPen(QColor(c.muted), 1.2, Qt.PenStyle.DotLine))
            painter.drawEllipse(middle, *PLACE)
        if state.is_in_view:
            self._paint_head(painter, middle, QColor(c.good if state.is_in_range else c.warning))
        painter.restore()
        edge = c.border if state.is_in_view else c.warning
        style = Qt.PenStyle.SolidLine if state.is_in_view else Qt.PenStyle.DashLine
        painter.setPen(QPen(QColor(edge), 1.2, style))
        painter.drawPath(frame)
        painter.end()

    def _paint_head(self, painter: QPainter, middle: QPointF, colour: QColor) -> None:
        state = self.state
        size = min(max(1 / max(state.distance, 1e-3), LEAST_SIZE), MOST_SIZE)
        room = QPointF(self.width() / 2 - HEAD[0], self.height() / 2 - HEAD[1])
        x, y = (min(max(v, -1.0), 1.0) for v in (state.x, state.y))
        centre = middle + QPointF(x * room.x(), y * room.y())
        width, height = HEAD[0] * size, HEAD[1] * size
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        shoulders = QRectF(0, 0, 4 * width, 3 * height)
        shoulders.moveCenter(centre + QPointF(0, height * 2.7))
        painter.drawRoundedRect(shoulders, 2 * width, 1.2 * height)
        painter.drawEllipse(centre, width, height)
        # Of a head that looks straight ahead the nose is not seen; of a turned one it stands out.
        turn = min(max(state.yaw_rad / (2 * YAW_STEP_RAD), -1.0), 1.0)
        nose = centre + QPointF(turn * 1.1 * width, 0.1 * height)
        painter.drawEllipse(nose, NOSE[0] * size, NOSE[1] * size)


class HeadSilhouette(QWidget):
    """The drawing and its word."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("head_silhouette")
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        self._drawing = _Drawing()
        self._words = label("", "small", wraps=False)
        row.addWidget(self._drawing)
        row.addWidget(self._words)
        self.show_head(NOT_IN_VIEW)

    def show_head(self, state: HeadState) -> None:
        """Show where the head is now."""
        self._drawing.state = state
        self._drawing.update()
        self._words.setText(state.words)
        self.setAccessibleName(tr("Your head: {words}", words=state.words))

    def show_words(self, is_shown: bool) -> None:
        """Show the word, or where there is no room the drawing alone, which says it too."""
        self._words.setVisible(is_shown)
        self._row.invalidate()  # at once: the bar is about to ask how wide this is
