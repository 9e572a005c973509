"""The panel that asks for a turn's judgement, one sheet after the other.

As high as its highest sheet at all times: the answers above must not move. Keys 1 to 5 rate, the
left and right arrows choose, Enter goes on.
"""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tracker_app.chat.conversation import ConversationTurn
from tracker_app.study.lots import JudgementOrder
from tracker_app.study.study import RatingRules
from tracker_app.ui import theme
from tracker_app.ui.judgement_sheets import MainSheet, QuestionSheet, Sheet, WhySheet
from tracker_app.ui.page import Button, button
from tracker_app.ui.texts import tr


class _WayOn(Button):
    """Passes over no sheet: the second press of a double click is none."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Do nothing."""
        event.accept()


class JudgementPanel(QWidget):
    """Ratings, choice and more, and the way on."""

    rated = Signal(int, int)  # side, value
    rated_extra = Signal(str, int, int)  # question, side, value
    judged = Signal(object)  # Verdict
    compared = Signal(bool)  # whether this answer is better than the one before
    explained = Signal(str)  # why, as it stands when one goes on
    advanced = Signal()

    def __init__(self, order: JudgementOrder, rules: RatingRules) -> None:
        super().__init__()
        self.setObjectName("judgement")
        self.setAccessibleName(tr("What do you think of it?"))
        self._turn = -1
        self._last_words = tr("Next question")
        self._sheets = QStackedWidget()
        self._sheets.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for sheet in self._all_sheets(order, rules):
            self._sheets.addWidget(sheet)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setMaximumWidth(theme.JUDGEMENT_WIDTH)
        outer.addStretch(1)
        outer.addWidget(holder, 100)
        outer.addStretch(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.XS)
        column.addWidget(self._sheets)
        column.addLayout(self._ways())

    def _all_sheets(self, order: JudgementOrder, rules: RatingRules) -> list[Sheet]:
        main = MainSheet(order, rules)
        main.rated.connect(self.rated)
        main.judged.connect(self.judged)
        main.compared.connect(self.compared)
        sheets: list[Sheet] = [main]
        for question in rules.questions:
            more = QuestionSheet(order, question)
            more.rated.connect(self.rated_extra)
            sheets.append(more)
        if rules.rationale != "none":
            why = WhySheet(is_required=rules.rationale == "required")
            why.changed.connect(self._show_ways)
            sheets.append(why)
        return sheets

    def _ways(self) -> QGridLayout:
        self._back = button(tr("Back"), "judgement_back")
        self._back.clicked.connect(lambda: self._go_to(self._sheets.currentIndex() - 1))
        self._next = button(self._last_words, "next_turn", "primary", kind=_WayOn)
        self._next.clicked.connect(self._on_next)
        ways = QGridLayout()  # the way on stands in the middle, with or without a way back
        ways.setHorizontalSpacing(theme.S)
        ways.setColumnStretch(0, 1)
        ways.setColumnStretch(2, 1)
        ways.addWidget(self._back, 0, 0, Qt.AlignmentFlag.AlignRight)
        ways.addWidget(self._next, 0, 1)
        self._back.hide()
        return ways

    def say_what_follows(self, words: str) -> None:
        """Name the way on from the last sheet."""
        self._last_words = words
        self._show_ways()

    def show_judgement(self, turn: ConversationTurn) -> None:
        """Show what was said of a turn so far; the way on opens once nothing is missing."""
        for sheet in self._all():
            sheet.show_turn(turn)
        if turn.number != self._turn:
            self._turn = turn.number
            self._sheets.setCurrentIndex(0)
        self._show_ways()

    def _all(self) -> list[Sheet]:
        sheets = (self._sheets.widget(i) for i in range(self._sheets.count()))
        return [sheet for sheet in sheets if isinstance(sheet, Sheet)]

    @property
    def _sheet(self) -> Sheet:
        return self._all()[self._sheets.currentIndex()]

    @property
    def _is_last(self) -> bool:
        return self._sheets.currentIndex() == self._sheets.count() - 1

    @Slot()
    def _show_ways(self) -> None:
        self._back.setVisible(self._sheets.currentIndex() > 0)
        self._next.setText(self._last_words if self._is_last else tr("Continue"))
        self._next.setEnabled(self._sheet.is_complete)

    def _go_to(self, place: int) -> None:
        self._sheets.setCurrentIndex(place)
        self._show_ways()
        self.setFocus()
        self._sheet.enter()

    @Slot()
    def _on_next(self) -> None:
        sheet = self._sheet
        if isinstance(sheet, WhySheet) and sheet.text:
            self.explained.emit(sheet.text)
        if self._is_last:
            self.advanced.emit()
        else:
            self._go_to(self._sheets.currentIndex() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits rate, arrows choose, Enter goes on; a key that is held down does so once."""
        if event.isAutoRepeat():
            return
        if event.text().isdecimal() and int(event.text()) > 0:
            self._sheet.rate_next(int(event.text()))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._sheet.step(-1 if event.key() == Qt.Key.Key_Left else 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._next.isEnabled():
            self._on_next()
        else:
            super().keyPressEvent(event)
