"""How good a calibration is, in plain words and point by point, and what can be done about it."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from tracker_app.ui import theme
from tracker_app.ui.coordinates import PhysicalRect
from tracker_app.ui.page import Page, button, label, set_role
from tracker_app.ui.texts import tr

MAP_SIZE = 240, 164
MOST_ROWS = 8
COLUMNS = 4


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point of the table; texts are empty where there is nothing to say."""

    number: int  # of the target
    x_px: float
    y_px: float
    name: str  # where it is, in words
    error_px: float | None  # None where too little was seen
    error: str
    spread: str
    seen: str
    is_weak: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the result page says and offers."""

    headline: str
    detail: str
    note: str  # empty, or that this is a simulation
    points: tuple[PointRow, ...]
    screen: PhysicalRect
    may_accept: bool
    may_repeat: bool

    @property
    def weak_numbers(self) -> list[int]:
        """Targets that are worth showing again."""
        return [point.number for point in self.points if point.is_weak]


class ErrorMap(QWidget):
    """The screen in small, with each point and how far the gaze was off there."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(*MAP_SIZE)
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
        outline = QRectF(1, 1, screen.width_px * scale, screen.height_px * scale)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(QColor(colours.tint))
        painter.drawRoundedRect(outline, theme.S, theme.S)
        painter.setClipRect(outline)
        for point in self._verdict.points:
            place = QPointF((point.x_px - screen.x_px), (point.y_px - screen.y_px)) * scale
            _paint_point(painter, outline.topLeft() + place, point, scale)
        painter.end()


def _paint_point(painter: QPainter, place: QPointF, point: PointRow, scale: float) -> None:
    colours = theme.colours()
    colour = QColor(colours.warning if point.is_weak else colours.accent)
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if point.error_px is None and not point.is_weak:  # not looked at yet
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawEllipse(place, 3, 3)
        return
    if point.error_px is None:  # a cross: never told by colour alone
        for dx, dy in ((4, 4), (4, -4)):
            painter.drawLine(place - QPointF(dx, dy), place + QPointF(dx, dy))
        return
    radius = max(3.0, point.error_px * scale)
    painter.drawEllipse(place, radius, radius)
    painter.setBrush(colour)
    painter.drawEllipse(place, 2, 2)


class PointTable(QWidget):
    """Each point with its error and a way to show it again."""

    redone = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.M)
        self._grid.setVerticalSpacing(theme.XS)
        self._cells: list[QWidget] = []

    def show_verdict(self, verdict: Verdict) -> None:
        """Show one row for each point there is something to say of, the newest ones."""
        for cell in self._cells:
            self._grid.removeWidget(cell)
            cell.hide()  # it is deleted only when events are handled
            cell.deleteLater()
        self._cells = []
        for column, title in enumerate((tr("Point"), tr("Off by"), tr("Range"), tr("Seen"))):
            self._put(label(title, "small", wraps=False), 0, column)
        listed = [point for point in verdict.points if point.error][-MOST_ROWS:]
        for row, point in enumerate(listed, 1):
            role = "warning" if point.is_weak else ""
            for column, text in enumerate((point.name, point.error, point.spread, point.seen)):
                cell = label(text, role if column == 1 else "", wraps=False)
                cell.setMinimumWidth(cell.sizeHint().width())
                self._put(cell, row, column)
            if verdict.may_repeat:
                self._put(self._redo_button(point), row, COLUMNS)
        self._grid.setRowStretch(MOST_ROWS + 1, 1)

    def _redo_button(self, point: PointRow) -> QPushButton:
        redo = button(tr("Redo"), f"redo_point_{point.number}", "quiet")
        redo.setAccessibleName(tr("Redo the point: {place}", place=point.name))
        redo.clicked.connect(lambda: self.redone.emit(point.number))
        return redo

    def _put(self, cell: QWidget, row: int, column: int) -> None:
        self._cells.append(cell)
        self._grid.addWidget(cell, row, column, Qt.AlignmentFlag.AlignVCenter)


class ResultPage(Page):
    """Continue, redo a point, redo the weak ones, redo all; or the mouse only, or leave."""

    accepted = Signal()
    repeated = Signal()
    mended = Signal(list)  # numbers of targets to show again
    skipped = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__("calibration_result", "", width=theme.READING_COLUMN_WIDTH)
        self._detail = label("", "lead")
        self._note = label("", "banner")
        self._map, self._table = ErrorMap(), PointTable()
        self._table.redone.connect(lambda number: self.mended.emit([number]))
        row = QHBoxLayout()
        row.setSpacing(theme.XL)
        row.addWidget(self._map, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._table, 1)
        self.content.addWidget(self._detail)
        self.content.addLayout(row)
        self.content.addWidget(self._note)
        self._verdict: Verdict | None = None
        self._leave = button(tr("Leave the study"), "leave_study")
        self._leave.clicked.connect(self.left)
        self.skip = button("", "skip_calibration")
        self.skip.clicked.connect(self.skipped)
        self._again = button(tr("Redo all"), "redo_calibration")
        self._again.clicked.connect(self.repeated)
        self._mend = button("", "mend_calibration")
        self._mend.clicked.connect(self._on_mend)
        self._accept = button(tr("Continue"), "accept_calibration", "primary")
        self._accept.clicked.connect(self.accepted)
        for action in (self._leave, self.skip, self._again, self._mend, self._accept):
            self.buttons.addWidget(action)

    def show_verdict(self, verdict: Verdict) -> None:
        """Show a result."""
        self._verdict = verdict
        self.title.setText(verdict.headline)
        self._detail.setText(verdict.detail)
        self._note.setText(verdict.note)
        self._note.setVisible(bool(verdict.note))
        self._map.setVisible(bool(verdict.points))
        self._map.show_verdict(verdict)
        self._table.setVisible(bool(verdict.points))
        self._table.show_verdict(verdict)
        weak = len(verdict.weak_numbers)
        self._mend.setText(
            tr("Redo this point") if weak == 1 else tr("Redo these {n} points", n=weak)
        )
        is_over = not verdict.may_accept and not verdict.may_repeat
        self._accept.setVisible(verdict.may_accept)
        self._mend.setVisible(verdict.may_repeat and 0 < weak < len(verdict.points))
        self._again.setVisible(verdict.may_repeat)
        self.skip.setVisible(not verdict.may_accept)
        self._leave.setVisible(is_over)
        self._give_weight()
        self.order_stops()

    def _give_weight(self) -> None:
        """The best way on looks like it."""
        actions = (self._accept, self._mend, self._again, self.skip)
        best = next((action for action in actions if not action.isHidden()), self._leave)
        for action in (*actions, self._leave):
            set_role(action, "primary" if action is best else "")
        self._best = best

    def enter(self) -> None:
        """Enter takes the best way on."""
        self._best.setFocus()

    def _on_mend(self) -> None:
        if self._verdict is not None:
            self.mended.emit(self._verdict.weak_numbers)
