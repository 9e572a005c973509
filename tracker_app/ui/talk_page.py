"""The talk: a question, one or two answers to read, then what the participant thinks of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tracker_app.chat.conversation import AnswerState, ConversationTurn, question_id
from tracker_app.chat.reveal import Shown
from tracker_app.study.lots import JudgementOrder
from tracker_app.study.study import Study, Topic
from tracker_app.ui import theme
from tracker_app.ui.history_view import HistoryView
from tracker_app.ui.judgement import JudgementPanel
from tracker_app.ui.message_view import MessageView
from tracker_app.ui.page import button, keep_place, label, tab_through
from tracker_app.ui.question_box import QuestionBox
from tracker_app.ui.slices import Turns
from tracker_app.ui.texts import tr, translated
from tracker_app.ui.verdict_options import LEFT

QUESTION_HEIGHT = 96
QUESTION_SHOWN_HEIGHT = 3 * theme.QUESTION.line_height_px


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a talk is."""

    words: str
    may_ask: bool = False
    may_finish: bool = False
    is_first: bool = False  # nothing was asked yet


class _AnswerColumn(QWidget):
    """An answer, or the sentence that says why there is none and a way to try again."""

    retried = Signal()

    def __init__(
        self, side: int, reading: theme.Reading, turns: Turns, *, is_markdown: bool
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.view = MessageView(reading, is_markdown=is_markdown, turns=turns)
        self.view.setObjectName(f"answer_{side}")
        self._failure = QWidget()
        self._failure.setProperty("role", "page")
        inner = QVBoxLayout(self._failure)
        self._reason = label("", "lead")
        self._reason.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        again = button(tr("Try again"), f"retry_{side}", "primary")
        again.clicked.connect(self.retried)
        inner.addStretch(1)
        inner.addWidget(self._reason)
        inner.addSpacing(theme.M)
        inner.addWidget(again, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addStretch(1)
        # Of the page, not of the answer: the model did not write it.
        self._cut = label(tr("This answer was cut off here."), "muted")
        self._cut.setObjectName(f"cut_{side}")
        column.addWidget(self.view)
        column.addWidget(self._cut)
        column.addWidget(self._failure)
        self._cut.hide()
        self._failure.hide()

    def show_failure(self, reason: str) -> None:
        """Say why there is no answer."""
        self._reason.setText(translated(reason))
        self.view.hide()
        self._cut.hide()
        self._failure.show()

    def show_answer(
        self, message_id: str, text: str, *, is_growing: bool, is_cut: bool = False
    ) -> None:
        """Show an answer as far as it has come."""
        self._failure.hide()
        self._cut.setVisible(is_cut)
        self.view.show()
        if text:
            self.view.show_message(message_id, text, is_growing=is_growing)
        else:
            self.view.clear_message()


class _QuestionView(MessageView):
    """The question as it was asked: as high as it needs to be, up to a limit."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(theme.QUESTION, is_markdown=False, turns=turns)
        self.setObjectName("asked_question")
        self.setProperty("role", "question")
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.hide()

    @Slot()
    def _fit(self) -> None:
        self.setFixedHeight(min(round(self.document().size().height()), QUESTION_SHOWN_HEIGHT))


class _AskPanel(QWidget):
    """The question box, and while nothing was asked yet the suggested openers."""

    asked = Signal(str, str)
    finished = Signal()

    def __init__(self, max_characters: int) -> None:
        super().__init__()
        self._opener = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        self._openers = QWidget()
        self._openers_row = QHBoxLayout(self._openers)
        self._openers_row.setContentsMargins(0, 0, 0, 0)
        self._openers_row.addStretch(1)
        column.addStretch(1)
        column.addWidget(self._openers)
        box_row = QHBoxLayout()
        box_row.setSpacing(theme.M)
        self.box = QuestionBox(max_characters)
        self.box.setObjectName("question")
        self.box.setAccessibleName(tr("Your question"))
        self.box.setPlaceholderText(tr("Type your question here"))
        self.box.setFixedHeight(QUESTION_HEIGHT)
        self.box.setTabChangesFocus(True)
        self.box.textChanged.connect(self._update)
        self.box.installEventFilter(self)
        box_row.addWidget(self.box, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(theme.XS)
        self._send = button(tr("Ask"), "send", "primary")
        self._send.clicked.connect(self._on_send)
        self._finish = button(tr("I am done"), "end_talk")
        self._finish.clicked.connect(self.finished)
        buttons.addWidget(self._send)
        buttons.addWidget(self._finish)
        box_row.addLayout(buttons)
        column.addLayout(box_row)
        self._limit = label(
            tr("A question can be at most {count} characters long.", count=f"{max_characters:,}"),
            "muted",
        )
        self._limit.setObjectName("question_limit")
        keep_place(self._limit)  # the answers above must not move
        self._limit.hide()
        self.box.limit_met.connect(self._limit.setVisible)
        column.addWidget(self._limit)
        column.addStretch(1)
        self._update()

    def suggest(self, openers: Sequence[str]) -> None:
        """Offer first questions in place of those offered before."""
        for earlier in self._openers.findChildren(QPushButton):
            self._openers_row.removeWidget(earlier)
            earlier.deleteLater()
        suggestions = []
        for i, opener in enumerate(openers):
            suggestion = button(opener, f"opener_{i}", "quiet")
            suggestion.clicked.connect(lambda _=False, text=opener: self._fill(text))
            self._openers_row.insertWidget(i, suggestion)
            suggestions.append(suggestion)
        tab_through((*suggestions, self.box, self._send, self._finish))
        self._opener = ""

    def show_state(self, *, may_ask: bool, may_finish: bool, is_first: bool) -> None:
        """Offer what is possible now."""
        self.box.setVisible(may_ask)
        self._send.setVisible(may_ask)
        self._finish.setVisible(may_finish)
        self._openers.setVisible(is_first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter sends; Shift+Enter starts a new line."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._on_send()
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        self._opener = text
        self.box.setPlainText(text)
        self.box.setFocus()

    @Slot()
    def _update(self) -> None:
        self._send.setEnabled(bool(self.box.toPlainText().strip()))

    @Slot()
    def _on_send(self) -> None:
        question = self.box.toPlainText().strip()
        if question:
            self.box.clear()
            self.asked.emit(question, self._opener)
            self._opener = ""


class _WaitPanel(QWidget):
    """Says what is waited for; where an answer is missing, offers to go on without it."""

    skipped = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        self._words = label("", "muted")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._skip = button(tr("Ask something else"), "skip_turn")
        self._skip.clicked.connect(self.skipped)
        column.addStretch(1)
        column.addWidget(self._words)
        column.addWidget(self._skip, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def say(self, words: str, *, may_skip: bool = False) -> None:
        """Say what is waited for."""
        self._words.setText(words)
        self._skip.setVisible(may_skip)


class TalkPage(QWidget):
    """Follows the conversation it is shown; announces what the participant wants."""

    asked = Signal(str, str)  # the question, and the opener it was made from
    retried = Signal(int)
    skipped = Signal()  # the turn is given up, because an answer did not come
    rated = Signal(int, int)
    rated_extra = Signal(str, int, int)  # question, side, value
    judged = Signal(object)  # Verdict
    explained = Signal(str)
    compared = Signal(bool)  # whether a single answer is better than the one before
    advanced = Signal()
    finished = Signal()

    def __init__(self, study: Study, order: JudgementOrder) -> None:
        """Show nothing yet.

        Args:
            study: what is talked about and how.
            order: in which people are asked about the answers.
        """
        super().__init__()
        sides = tuple(sorted(order.sides))
        self.setObjectName("talk")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._study = study
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        column.setSpacing(theme.M)
        self._invitation = label("", "lead")
        self._turns = Turns(self)
        self._question = _QuestionView(self._turns)
        self._question.setAccessibleName(tr("The question you asked"))
        self._count = label("", "muted", wraps=False)
        follow = tr("While you read, let the mouse pointer go along with your eyes.")
        self._follow = label(follow, "muted")
        self._follow.setVisible(study.talk.cursor_instruction == "follow_gaze")
        head = QHBoxLayout()
        head.addWidget(self._invitation, 1)
        head.addWidget(self._question, 1)
        head.addWidget(self._count, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self._follow)
        self._columns = {side: self._add_column(side) for side in sides}
        self.reading_area = QWidget()
        answers = QHBoxLayout(self.reading_area)
        answers.setContentsMargins(0, 0, 0, 0)
        answers.setSpacing(theme.L)
        for shown in self._columns.values():
            answers.addWidget(shown, 1)
        self.history: HistoryView | None = None  # where people may look back
        if study.talk.history == "visible":
            reading = theme.READING[study.talk.preset]
            is_markdown = study.talk.render == "markdown"
            self.history = HistoryView(
                self.reading_area, reading, self._turns, is_markdown=is_markdown
            )
        column.addWidget(self.history or self.reading_area, 1)
        # As high as its highest panel at all times: answers must not move under the eyes.
        self._panels = QStackedWidget()
        self._panels.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._ask = _AskPanel(study.talk.max_question_characters)
        self._ask.asked.connect(self.asked)
        self._ask.finished.connect(self.finished)
        self._judge = JudgementPanel(order, study.ratings)
        self._judge.rated.connect(self.rated)
        self._judge.rated_extra.connect(self.rated_extra)
        self._judge.judged.connect(self.judged)
        self._judge.explained.connect(self.explained)
        self._judge.compared.connect(self.compared)
        self._judge.advanced.connect(self.advanced)
        self._wait = _WaitPanel()
        self._wait.skipped.connect(self.skipped)
        for panel in (self._ask, self._wait, self._judge):
            self._panels.addWidget(panel)
        column.addWidget(self._panels)

    def _add_column(self, side: int) -> _AnswerColumn:
        rules = self._study.talk
        is_markdown = rules.render == "markdown"
        column = _AnswerColumn(
            side, theme.READING[rules.preset], self._turns, is_markdown=is_markdown
        )
        is_pair = self._study.answers_per_turn > 1
        column.view.setPlaceholderText(
            tr("The answers appear here.") if is_pair else tr("The answer appears here.")
        )
        column.view.setAccessibleName(_name_of(side) if is_pair else tr("The answer"))
        column.retried.connect(lambda: self.retried.emit(side))
        return column

    @property
    def views(self) -> tuple[MessageView, ...]:
        """The views of everything there is to read."""
        return (self._question, *(column.view for column in self._columns.values()))

    def begin(self, topic: Topic | None) -> None:
        """Invite to a talk, about a topic if there is one."""
        openers = topic.openers if topic is not None else []
        self._ask.suggest(openers or self._study.talk.openers)
        self._invitation.setText(
            tr("Ask anything you would like to know about “{topic}”", topic=topic.title)
            if topic is not None
            else tr("Ask anything you would like to know")
        )

    def enter(self) -> None:
        """Typing goes into the question box."""
        self._ask.box.setFocus()

    @property
    def answers(self) -> dict[int, MessageView]:
        """The views of the answers, by side."""
        return {side: column.view for side, column in self._columns.items()}

    def show_turn(
        self,
        turn: ConversationTurn | None,
        shown: Mapping[int, Shown],
        progress: Progress,
        *,
        may_judge: bool = True,
    ) -> None:
        """Show a turn as it stands.

        Args:
            turn: the newest one; None before the first.
            shown: what may be seen of its answers, by side.
            progress: how far the talk is.
            may_judge: whole answers have stood there for as long as the study wants.
        """
        self._count.setText(progress.words)
        self._invitation.setVisible(turn is None)
        self._question.setVisible(turn is not None)
        if turn is None:
            self._show_ask(progress)
            return
        self._question.show_message(question_id(turn.number), turn.question)
        for side, answer in turn.answers.items():
            if turn.is_skipped:
                self._columns[side].show_answer("", "", is_growing=False)
            elif answer.state is AnswerState.FAILED:
                self._columns[side].show_failure(answer.failure)
            else:
                seen = shown[side]
                is_cut = answer.is_cut and not seen.is_growing
                self._columns[side].show_answer(
                    answer.message_id, seen.text, is_growing=seen.is_growing, is_cut=is_cut
                )
        if turn.is_closed:
            self._show_ask(progress)
        elif may_judge:
            self._show_judgement(turn)
        else:
            self.say_waiting(_waiting(turn), may_skip=turn.has_failed)

    def say_waiting(self, words: str, *, may_skip: bool = False) -> None:
        """Say below the answers what is waited for."""
        self._wait.say(words, may_skip=may_skip)
        self._show_panel(self._wait)

    def say_what_follows(self, words: str) -> None:
        """Name the way on from a turn that is judged."""
        self._judge.say_what_follows(words)

    def grow(self, side: int, message_id: str, text: str) -> None:
        """Show more of an answer."""
        self._columns[side].show_answer(message_id, text, is_growing=True)

    def _show_ask(self, progress: Progress) -> None:
        self._ask.show_state(
            may_ask=progress.may_ask,
            may_finish=progress.may_finish,
            is_first=progress.is_first,
        )
        self._show_panel(self._ask)
        self._ask.box.setFocus()

    def _show_judgement(self, turn: ConversationTurn) -> None:
        self._judge.show_judgement(turn)
        if self._panels.currentWidget() is not self._judge:
            self._show_panel(self._judge)
            self._judge.setFocus()

    def _show_panel(self, panel: QWidget) -> None:
        self._panels.setCurrentWidget(panel)


def _name_of(side: int) -> str:
    return tr("Left answer") if side == LEFT else tr("Right answer")


def _waiting(turn: ConversationTurn) -> str:
    states = [a.state for a in turn.answers.values()]
    if AnswerState.WAITING in states:
        return (
            tr("The answer is being written.")
            if len(states) == 1
            else tr("Both answers are being written.")
        )
    if AnswerState.FAILED in states:
        return tr("An answer is missing. Try again above, or ask something else.")
    return tr("In a moment you can say what you think of it.")
