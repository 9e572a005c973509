"""What stopping means, and the ways from here: on, out, and out without a trace."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tracker_app.study.study import Study
from tracker_app.ui import theme
from tracker_app.ui.inline_question import InlineQuestion
from tracker_app.ui.page import Page, button, label
from tracker_app.ui.texts import tr


class LeavePanel(Page):
    """A quiet page. Deleting asks once more, in its place."""

    stayed = Signal()
    left = Signal()
    withdrew = Signal()

    def __init__(self, study: Study) -> None:
        super().__init__("leave", tr("Do you want to stop?"))
        self.content.setSpacing(theme.XL)
        self._stay = button(tr("Go on"), "stay", "primary")
        self._leave = button(tr("Stop here"), "leave_here")
        self._withdraw = button(tr("Stop and delete everything"), "withdraw")
        if study.completion.leaving_is_paid:
            leaving = tr("What was recorded so far is kept, and you are paid for your time.")
        else:
            leaving = tr("What was recorded so far is kept.")
        widest = max(b.sizeHint().width() for b in (self._stay, self._leave, self._withdraw))
        ways = {
            self._stay: tr("Nothing changes. You go on where you were."),
            self._leave: leaving,
            self._withdraw: tr("Everything recorded so far is removed for good."),
        }
        self._ways = {choice: _choice(choice, sentence) for choice, sentence in ways.items()}
        for choice, way in self._ways.items():
            choice.setMinimumWidth(widest)
            self.content.addWidget(way)
        self._question = InlineQuestion("withdraw")
        self.content.addWidget(self._question)
        self._stay.clicked.connect(self.stayed)
        self._leave.clicked.connect(self.left)
        self._withdraw.clicked.connect(self._on_withdraw)
        self._question.asked.connect(self.reveal)
        self._question.kept.connect(self._on_kept)
        self._question.confirmed.connect(self.withdrew)

    def offer_leaving(self, is_offered: bool) -> None:
        """Offer to stop here and keep what there is, or not: the review is how that ends."""
        self._ways[self._leave].setVisible(is_offered)

    def enter(self) -> None:
        """Enter goes on; an earlier question is taken back."""
        self._question.hide()
        self._stay.setFocus()

    @Slot()
    def _on_withdraw(self) -> None:
        sentence = tr(
            "Delete everything? Your answers, gaze and mouse are removed for good. "
            "This cannot be taken back."
        )
        self._question.ask(sentence, confirm=tr("Delete everything"), keep=tr("Keep"))

    @Slot()
    def _on_kept(self) -> None:
        self._question.hide()
        self._withdraw.setFocus()


def _choice(choice: QWidget, sentence: str) -> QWidget:
    """A button and, below it, what it does."""
    choice.setAccessibleDescription(sentence)
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.XS)
    column.addWidget(choice, 0, Qt.AlignmentFlag.AlignLeading)
    column.addWidget(label(sentence, "muted"))
    return holder
