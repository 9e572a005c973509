"""What was said before, above the newest answers: one scrolls up to it, as in any chat.

Each earlier question stands above the answer that the models were told of, or, where each side
keeps its own history, above both.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tracker_app.chat.conversation import ConversationTurn, question_id
from tracker_app.ui import theme
from tracker_app.ui.message_view import MessageView
from tracker_app.ui.page import divider
from tracker_app.ui.slices import Turns
from tracker_app.ui.texts import tr


class _WholeMessage(MessageView):
    """A message as high as its text, so that what it stands in scrolls."""

    def __init__(self, reading: theme.Reading, turns: Turns, *, is_markdown: bool) -> None:
        super().__init__(reading, is_markdown=is_markdown, turns=turns)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    @Slot()
    def _fit(self) -> None:
        around = 2 * self.frameWidth()
        self.setFixedHeight(round(self.document().size().height()) + around)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what this stands in: there is nothing to scroll here."""
        event.ignore()


class HistoryView(QScrollArea):
    """Holds the newest answers, as high as it is itself, below everything earlier."""

    view_added = Signal(object)  # MessageView
    view_removed = Signal(object)

    def __init__(
        self, newest: QWidget, reading: theme.Reading, turns: Turns, *, is_markdown: bool
    ) -> None:
        super().__init__()
        self.setObjectName("history")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: answers must not become narrower when there is something to scroll.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._newest, self._reading, self._turns = newest, reading, turns
        self._is_markdown = is_markdown
        self._rows: list[QWidget] = []
        content = QWidget()
        content.setProperty("role", "page")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.L)
        self._column.addWidget(newest)
        self.setWidget(content)
        self._is_at_end = True
        self.verticalScrollBar().rangeChanged.connect(self._stay)
        self.verticalScrollBar().valueChanged.connect(self._note)
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self.show_newest)

    def show_turns(self, turns: Sequence[tuple[ConversationTurn, Sequence[int]]]) -> None:
        """Show these turns, each with the sides whose answers stand for it."""
        if len(turns) < len(self._rows):
            self._clear()
        for turn, sides in turns[len(self._rows) :]:
            row = self._row(turn, sides)
            self._column.insertWidget(len(self._rows), row)
            self._rows.append(row)
        self._is_at_end = True
        self._settle.start()

    @Slot()
    def show_newest(self) -> None:
        """Scroll down to the newest answers."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _clear(self) -> None:
        for row in self._rows:
            for view in row.findChildren(MessageView):
                self.view_removed.emit(view)
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows.clear()

    def _row(self, turn: ConversationTurn, sides: Sequence[int]) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        asked = _WholeMessage(theme.QUESTION, self._turns, is_markdown=False)
        asked.setProperty("role", "question")
        asked.setObjectName(f"earlier_question_{turn.number}")
        asked.setAccessibleName(tr("An earlier question"))
        column.addWidget(asked)
        answers = QHBoxLayout()
        answers.setSpacing(theme.L)
        column.addLayout(answers)
        self.view_added.emit(asked)
        asked.show_message(question_id(turn.number), turn.question)
        for side in sides:
            view = _WholeMessage(self._reading, self._turns, is_markdown=self._is_markdown)
            view.setObjectName(f"earlier_answer_{turn.number}_{side}")
            view.setAccessibleName(tr("An earlier answer"))
            answers.addWidget(view, 1, Qt.AlignmentFlag.AlignTop)
            self.view_added.emit(view)
            view.show_message(turn.answers[side].message_id, turn.answers[side].text)
        column.addWidget(divider())
        return row

    @Slot(int)
    def _note(self, value: int) -> None:
        self._is_at_end = value == self.verticalScrollBar().maximum()

    @Slot()
    def _stay(self) -> None:
        """Texts above grow while they are set; the newest answers must not move meanwhile."""
        if self._is_at_end:
            self.show_newest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The newest answers are as high as this."""
        self._newest.setFixedHeight(self.viewport().height())
        super().resizeEvent(event)
        if self._is_at_end:
            self.show_newest()
