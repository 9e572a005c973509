"""What was recorded, one row an item, each turn with a way to delete it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from tracker_app.ui import theme
from tracker_app.ui.inline_question import InlineQuestion
from tracker_app.ui.page import button, label
from tracker_app.ui.texts import tr

BEAD = 12
MOST_OF_TITLE = 160  # code points
Kind = Literal["turn", "step", "pause"]


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing of the timeline."""

    key: str  # names it in `delete_between`
    title: str
    began: str  # such as 14:02
    duration: str  # such as 3 min 10 s
    what: str  # such as gaze, mouse and 2 answers
    kind: Kind
    turn: int = -1  # number of a turn, for `delete_turn`
    is_deletable: bool = False
    is_deleted: bool = False


class _Bead(QWidget):
    """A place on the line: full where a turn is, a ring for a step, a bar for a pause."""

    def __init__(self, item: TimelineItem, *, is_first: bool, is_last: bool) -> None:
        super().__init__()
        self._item, self._is_first, self._is_last = item, is_first, is_last
        self.setFixedWidth(BEAD + 2 * theme.XS)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line and the bead on it."""
        del event
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, centre = self.width() / 2, theme.M
        painter.setPen(QPen(QColor(c.border), 1))
        top = centre if self._is_first else 0
        bottom = centre if self._is_last else self.height()
        painter.drawLine(round(middle), round(top), round(middle), round(bottom))
        bead = QRectF(middle - BEAD / 2, centre - BEAD / 2, BEAD, BEAD)
        is_full = self._item.kind == "turn" and not self._item.is_deleted
        painter.setPen(QPen(QColor(c.accent if is_full else c.border), 2))
        painter.setBrush(QColor(c.accent if is_full else c.surface))
        if self._item.kind == "pause":
            painter.drawRoundedRect(bead.adjusted(-1, 3, 1, -3), 3, 3)
        else:
            painter.drawEllipse(bead.adjusted(1, 1, -1, -1))
        painter.end()

    def sizeHint(self) -> QSize:
        """As high as its row."""
        return QSize(BEAD + 2 * theme.XS, theme.CONTROL_HEIGHT)


class _Row(QWidget):
    """One item of the timeline."""

    delete_wanted = Signal(int)
    asked = Signal(object)  # a question, to be scrolled into sight

    def __init__(self, item: TimelineItem, *, is_first: bool, is_last: bool) -> None:
        super().__init__()
        self._item = item
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.M)
        grid.setVerticalSpacing(0)
        began = label(item.began, "muted", wraps=False)
        began.setMinimumWidth(theme.XXXL)
        grid.addWidget(began, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        grid.addWidget(_Bead(item, is_first=is_first, is_last=is_last), 0, 1, 2, 1)
        grid.addLayout(self._words(), 0, 2)
        grid.setColumnStretch(2, 1)
        self._delete = button(tr("Delete"), f"delete_{item.key}", "quiet")
        self._delete.setAccessibleName(tr("Delete: {title}", title=item.title))
        self._delete.clicked.connect(self._on_delete)
        self._delete.setVisible(item.is_deletable and not item.is_deleted)
        grid.addWidget(self._delete, 0, 3, Qt.AlignmentFlag.AlignTop)
        self._question = InlineQuestion(f"delete_{item.key}")
        self._question.asked.connect(self.asked)
        self._question.kept.connect(self._on_kept)
        self._question.confirmed.connect(self._on_confirmed)
        grid.addWidget(self._question, 1, 2, 1, 2)

    def _words(self) -> QVBoxLayout:
        item = self._item
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, theme.L)
        words.setSpacing(0)
        is_turn = item.kind == "turn" and not item.is_deleted
        title = item.title if len(item.title) <= MOST_OF_TITLE else item.title[:MOST_OF_TITLE] + "…"
        words.addWidget(label(title, "heading" if is_turn else "muted"))
        details = [tr("Deleted")] if item.is_deleted else [item.duration, item.what]
        shown = " · ".join(detail for detail in details if detail)
        if shown:
            words.addWidget(label(shown, "small"))
        return words

    @Slot()
    def _on_delete(self) -> None:
        sentence = tr(
            "Delete this turn? Its question, answers, gaze and mouse are removed for good."
        )
        self._delete.hide()
        self._set_bottom(theme.L)
        self._question.ask(sentence, confirm=tr("Delete"), keep=tr("Keep"))

    def _set_bottom(self, margin: int) -> None:
        """Keep the question apart from the next row."""
        self.setContentsMargins(0, 0, 0, margin)

    @Slot()
    def _on_kept(self) -> None:
        self._question.hide()
        self._set_bottom(0)
        self._delete.show()
        self._delete.setFocus()

    @Slot()
    def _on_confirmed(self) -> None:
        self._question.hide()
        self.delete_wanted.emit(self._item.turn)


class ReviewTimeline(QWidget):
    """All items in the order they happened."""

    delete_wanted = Signal(int)  # number of a turn
    asked = Signal(object)  # a question, to be scrolled into sight

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_items(self, items: Sequence[TimelineItem]) -> None:
        """Show these instead of what was shown."""
        while (entry := self._column.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, item in enumerate(items):
            is_last = number == len(items) - 1
            row = _Row(item, is_first=number == 0, is_last=is_last)
            row.delete_wanted.connect(self.delete_wanted)
            row.asked.connect(self.asked)
            self._column.addWidget(row)
        if not items:
            self._column.addWidget(label(tr("Nothing was recorded."), "muted"))
