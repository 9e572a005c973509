"""Look through what was recorded, delete from it, and decide whether it is sent."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tracker_app.ui import theme
from tracker_app.ui.inline_question import InlineQuestion
from tracker_app.ui.page import Page, button, divider, label, set_role
from tracker_app.ui.review_timeline import ReviewTimeline, TimelineItem
from tracker_app.ui.texts import tr

MINUTES = (1, 2, 5, 10, 15, 30)
USUAL_MINUTES = 5


class _SpanDeletion(QWidget):
    """Delete the last minutes, or all from one item to another; asks once, in its place."""

    minutes_wanted = Signal(int)
    items_wanted = Signal(str, str)
    asked = Signal(object)  # a question, to be scrolled into sight

    def __init__(self) -> None:
        super().__init__()
        self._items: list[TimelineItem] = []
        self._is_of_minutes = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        column.addWidget(divider())
        column.addWidget(label(tr("Delete a longer part"), "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.M)
        grid.setVerticalSpacing(theme.M)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self._minutes = _list("review_minutes", tr("How many of the last minutes"))
        for minutes in MINUTES:
            words = tr("1 minute") if minutes == 1 else tr("{minutes} minutes", minutes=minutes)
            self._minutes.addItem(words, minutes)
        self._minutes.setCurrentIndex(MINUTES.index(USUAL_MINUTES))
        self._delete_minutes = button(tr("Delete"), "delete_minutes")
        self._delete_minutes.setAccessibleName(tr("Delete the last minutes"))
        self._delete_minutes.clicked.connect(self._on_minutes)
        _add_row(grid, 0, tr("The last"), self._minutes, self._delete_minutes)
        self._first = _list("review_first", tr("The first item to delete"))
        self._last = _list("review_last", tr("The last item to delete"))
        self._delete_items = button(tr("Delete"), "delete_items")
        self._delete_items.setAccessibleName(tr("Delete from the first to the last item"))
        self._delete_items.clicked.connect(self._on_items)
        _add_row(grid, 1, tr("From"), self._first, None)
        _add_row(grid, 2, tr("to"), self._last, self._delete_items)
        self._first.currentIndexChanged.connect(self._on_first)
        for box in (self._minutes, self._first, self._last):
            box.currentIndexChanged.connect(self._take_back)
        self._question = InlineQuestion("delete_span")
        self._question.asked.connect(self.asked)
        self._question.kept.connect(self._on_kept)
        self._question.confirmed.connect(self._on_confirmed)
        column.addWidget(self._question)

    def show_items(self, items: Sequence[TimelineItem]) -> None:
        """Offer what is still there."""
        self._items = [item for item in items if not item.is_deleted]
        for box in (self._first, self._last):
            box.clear()
            for item in self._items:
                box.addItem(f"{item.began}  {item.title}", item.key)
        self._last.setCurrentIndex(len(self._items) - 1)
        self._question.hide()
        self.setVisible(any(item.is_deletable for item in self._items))

    @Slot()
    def _on_first(self) -> None:
        self._last.setCurrentIndex(max(self._first.currentIndex(), self._last.currentIndex()))

    @Slot()
    def _take_back(self) -> None:
        """A question stands for what was chosen when it was asked."""
        self._question.hide()

    @Slot()
    def _on_minutes(self) -> None:
        self._is_of_minutes = True
        minutes = self._minutes.currentData()
        if minutes == 1:
            sentence = tr("Delete the last minute? All that was recorded in it is removed.")
        else:
            sentence = tr(
                "Delete the last {minutes} minutes? All that was recorded in them is removed "
                "for good.",
                minutes=minutes,
            )
        self._question.ask(sentence, confirm=tr("Delete"), keep=tr("Keep"))

    @Slot()
    def _on_items(self) -> None:
        if self._last.currentIndex() < self._first.currentIndex():
            self._last.setCurrentIndex(self._first.currentIndex())
        self._is_of_minutes = False
        sentence = tr(
            "Delete everything from “{first}” to “{last}”? It is removed for good.",
            first=self._items[self._first.currentIndex()].title,
            last=self._items[self._last.currentIndex()].title,
        )
        self._question.ask(sentence, confirm=tr("Delete"), keep=tr("Keep"))

    @Slot()
    def _on_kept(self) -> None:
        self._question.hide()
        (self._delete_minutes if self._is_of_minutes else self._delete_items).setFocus()

    @Slot()
    def _on_confirmed(self) -> None:
        self._question.hide()
        if self._is_of_minutes:
            self.minutes_wanted.emit(self._minutes.currentData())
        else:
            self.items_wanted.emit(self._first.currentData(), self._last.currentData())


class ReviewPage(Page):
    """The timeline, what can be deleted of it, and two ways to end."""

    delete_turn = Signal(int)
    delete_last_minutes = Signal(int)
    delete_between = Signal(str, str)  # keys of the first and the last item
    sent = Signal()
    kept = Signal()

    def __init__(self, *, has_server: bool = True) -> None:
        """An empty timeline.

        Args:
            has_server: there is somewhere to send it to; else it stays here in any case.
        """
        title = tr("Look through what was recorded")
        super().__init__("review", title, width=theme.READING_COLUMN_WIDTH)
        lead = tr("Nothing has been sent yet. Delete what you do not want to share.")
        self.content.addWidget(label(lead, "muted"))
        self._editable = QWidget()
        column = QVBoxLayout(self._editable)
        column.setContentsMargins(0, theme.S, 0, 0)
        column.setSpacing(theme.L)
        self._timeline = ReviewTimeline()
        self._timeline.delete_wanted.connect(self.delete_turn)
        self._timeline.asked.connect(self.reveal)
        self._spans = _SpanDeletion()
        self._spans.asked.connect(self.reveal)
        self._spans.minutes_wanted.connect(self.delete_last_minutes)
        self._spans.items_wanted.connect(self.delete_between)
        column.addWidget(self._timeline)
        column.addWidget(self._spans)
        self.content.addWidget(self._editable)
        self._add_answers(has_server=has_server)

    def _add_answers(self, *, has_server: bool) -> None:
        """The two answers, the sentence on what each does, and how a deletion is going."""
        self._state = label("", "muted")
        self._busy = QProgressBar()
        self._busy.setObjectName("review_busy")
        self._busy.setTextVisible(False)
        self._busy.setRange(0, 0)
        self._keep = button(tr("Keep only on this computer"), "keep_here", "equal")
        self._send = button(tr("Send") if has_server else tr("Continue"), "send_all", "primary")
        here = tr("What is left above stays on this computer, for those who run the study.")
        sending = tr("What is left above goes to those who run the study.") if has_server else here
        self._keep.clicked.connect(self.kept)
        self._send.clicked.connect(self.sent)
        width = max(self._keep.sizeHint().width(), self._send.sizeHint().width())
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.L)
        grid.setVerticalSpacing(theme.S)
        answers = [
            (self._keep, tr("Nothing is sent. The study does not get your data.")),
            (self._send, sending),
        ]
        self._keep.setVisible(has_server)
        for column, (answer, sentence) in enumerate(answers if has_server else answers[1:]):
            answer.setMinimumWidth(width)
            answer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            answer.setAccessibleDescription(sentence)
            grid.addWidget(answer, 1, column)
            grid.addWidget(label(sentence, "small"), 0, column, Qt.AlignmentFlag.AlignBottom)
            grid.setColumnStretch(column, 1)
        below = QVBoxLayout()
        below.setSpacing(theme.S)
        below.addWidget(self._state)
        below.addWidget(self._busy)
        below.addLayout(grid)
        self.buttons.takeAt(0)  # the stretch: these two share the whole width
        self.buttons.addLayout(below, 1)
        self._state.hide()
        self._busy.hide()

    def enter(self) -> None:
        """The timeline can be scrolled with the keyboard at once."""
        self.scroll_up()
        self._scroll.setFocus()

    def show_items(self, items: Sequence[TimelineItem]) -> None:
        """Show what was recorded; nothing is going on any more."""
        self._timeline.show_items(items)
        self._spans.show_items(items)
        self.order_stops()
        self._set_state("", is_busy=False)

    def show_busy(self, sentence: str) -> None:
        """Say what is going on; nothing can be pressed meanwhile."""
        self._set_state(sentence, is_busy=True)

    def show_problem(self, sentence: str) -> None:
        """Say what went wrong; everything can be tried again."""
        self._set_state(sentence, is_busy=False)

    def _set_state(self, sentence: str, *, is_busy: bool) -> None:
        self._state.setText(sentence)
        self._state.setVisible(bool(sentence))
        set_role(self._state, "muted" if is_busy else "mistake")
        self._busy.setVisible(is_busy)
        self._busy.setAccessibleName(sentence)
        for widget in (self._editable, self._keep, self._send):
            widget.setEnabled(not is_busy)


def _list(name: str, accessible_name: str) -> QComboBox:
    result = QComboBox()
    result.setObjectName(name)
    result.setAccessibleName(accessible_name)
    result.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return result


def _add_row(
    grid: QGridLayout, row: int, words: str, box: QComboBox, action: QWidget | None
) -> None:
    caption = label(words, wraps=False)
    caption.setBuddy(box)
    grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    grid.addWidget(box, row, 1)
    if action is not None:
        grid.addWidget(action, row, 2)
