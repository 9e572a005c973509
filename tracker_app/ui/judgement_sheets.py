"""The sheets of the panel that asks for a turn's judgement: ratings and choice, more, and why.

Everything on a sheet stands in one centred stack, so that no control pulls the eyes or the hand
to one side.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tracker_app.chat.conversation import ConversationTurn, Verdict
from tracker_app.study.lots import JudgementOrder
from tracker_app.study.study import RatingQuestion, RatingRules
from tracker_app.ui import theme
from tracker_app.ui.choice_row import ChoiceRow, Option, fix_size, height_of
from tracker_app.ui.page import keep_place, label
from tracker_app.ui.question_box import QuestionBox
from tracker_app.ui.texts import tr, translated
from tracker_app.ui.verdict_options import LEFT, RIGHT, verdict_options

WHY_HEIGHT = 96
MAX_WHY_CHARACTERS = 2_000


class Sheet(QWidget):
    """Something that is asked at once."""

    @property
    def is_complete(self) -> bool:
        """Whether everything on it was answered."""
        raise NotImplementedError

    def show_turn(self, turn: ConversationTurn) -> None:
        """Show what was answered so far."""
        raise NotImplementedError

    def rate_next(self, value: int) -> None:
        """Give a value to the row that has none; once all have, to the one with the focus."""

    def step(self, direction: int) -> None:
        """Move a choice one to the left (-1) or to the right."""

    def enter(self) -> None:
        """Come up."""


class Scale(QGridLayout):
    """Rows of steps, exactly below each other and below their labels."""

    def __init__(self, parent: QWidget, heading: str, labels: Sequence[str]) -> None:
        super().__init__()
        self._parent, self._heading, self._labels = parent, heading, labels
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(theme.S)
        self.setVerticalSpacing(theme.XS)
        # As wide as the captions and the space beside them: the scale stands in the middle.
        self.setColumnMinimumWidth(len(labels) + 1, theme.CAPTION_WIDTH + theme.S)
        for column in range(1, len(labels) + 1):
            self.setColumnStretch(column, 1)

    @property
    def steps(self) -> int:
        """How many steps the scale has."""
        return len(self._labels)

    def add_rows(self, rows: Mapping[str, str]) -> list[ChoiceRow]:
        """Add the labels and a row for each name and caption below them."""
        top = self.rowCount()
        self._add_labels(top)
        return [self._add_row(top + i, *row) for i, row in enumerate(rows.items(), 1)]

    def _add_labels(self, top: int) -> None:
        heading = label(self._heading, "muted")
        fix_size(heading, theme.CAPTION_WIDTH, theme.BODY, at_least=0)
        heading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self.addWidget(heading, top, 0, Qt.AlignmentFlag.AlignBottom)
        width = theme.LEAST_STEP_WIDTH
        height = max(height_of(words, width, theme.SMALL) for words in self._labels)
        for column, words in enumerate(self._labels, 1):
            above = label(words, "small")
            above.setMinimumWidth(width)
            above.setFixedHeight(height)
            above.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
            self.addWidget(above, top, column)

    def _add_row(self, row: int, name: str, caption: str) -> ChoiceRow:
        options = [Option(f"{name}_{i}", str(i), words) for i, words in enumerate(self._labels, 1)]
        rating = ChoiceRow(self._parent, caption, options)
        self.addWidget(rating.question, row, 0)
        for column, step in enumerate(rating.buttons, 1):
            step.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.addWidget(step, row, column)
        return rating


class _RatedSheet(Sheet):
    """A sheet with a scale; one row for each answer."""

    def __init__(self, sides: Sequence[int], heading: str, labels: Sequence[str]) -> None:
        super().__init__()
        self._sides = sides
        self._scale = Scale(self, heading, labels)
        self._rows: dict[int, ChoiceRow] = {}
        self.setLayout(self._scale)

    def _add_ratings(self, name: str) -> None:
        captions = {f"{name}_{side}": _caption_of(side, self._sides) for side in self._sides}
        rows = self._scale.add_rows(captions)
        self._rows = dict(zip(self._sides, rows, strict=True))
        for side, row in self._rows.items():
            row.chosen.connect(lambda place, side=side: self._on_rated(side, place + 1))

    def _on_rated(self, side: int, value: int) -> None:
        raise NotImplementedError

    def _show_ratings(self, values: Mapping[int, int | None]) -> None:
        for side, row in self._rows.items():
            value = values[side]
            row.show_choice(None if value is None else value - 1)

    @property
    def is_complete(self) -> bool:
        return all(row.value is not None for row in self._rows.values())

    def rate_next(self, value: int) -> None:
        rows = self._rows.values()
        if value > self._scale.steps:
            return
        for row in (*(r for r in rows if r.value is None), *(r for r in rows if r.has_focus)):
            row.choose(value - 1)
            return


class MainSheet(_RatedSheet):
    """The ratings, and how the answers compare."""

    rated = Signal(int, int)  # side, value
    judged = Signal(object)  # Verdict
    compared = Signal(bool)  # whether this answer is better than the one before

    def __init__(self, order: JudgementOrder, rules: RatingRules) -> None:
        labels = [translated(words) for words in rules.labels]
        super().__init__(order.sides, tr("How satisfied are you?"), labels)
        self._is_pair = len(order.sides) > 1
        self._verdicts: list[Verdict] = []
        self._is_compared = True  # there is something to compare with
        if order.is_choice_first:
            self._add_choice(rules)
            self._add_ratings("rate")
        else:
            self._add_ratings("rate")
            self._add_choice(rules)

    def _on_rated(self, side: int, value: int) -> None:
        self.rated.emit(side, value)

    def _add_choice(self, rules: RatingRules) -> None:
        """The buttons share the width of the scale; what is no point on their line stands apart."""
        if self._is_pair:
            options = verdict_options(rules)
            self._verdicts = [option.verdict for option in options]
            question = tr("Which answer is better?")
            self._choice = ChoiceRow(self, question, [option.option for option in options])
            self._choice.chosen.connect(lambda place: self.judged.emit(self._verdicts[place]))
        else:
            question = tr("Compared with the answer before, this one is:")
            better, worse = Option("compare_1", tr("Better")), Option("compare_2", tr("Worse"))
            self._choice = ChoiceRow(self, question, [better, worse])
            self._choice.chosen.connect(lambda place: self.compared.emit(place == 0))
        self._on_line = len(self._choice.buttons) - (self._is_pair and rules.both_bad)
        if self._is_pair and rules.choice == "graded":
            self._add_directions()
        row = self._scale.rowCount()
        self._scale.addWidget(self._choice.question, row, 0)
        self._options = QWidget()
        between = QHBoxLayout(self._options)
        between.setContentsMargins(0, 0, 0, 0)
        between.setSpacing(theme.S)
        for option in self._choice.buttons[: self._on_line]:
            between.addWidget(option, 1)
        self._scale.addWidget(self._options, row, 1, 1, self._scale.steps)
        for apart in self._choice.buttons[self._on_line :]:
            start = Qt.AlignmentFlag.AlignLeft
            self._scale.addWidget(apart, row, self._scale.steps + 1, start)
        for widget in (self._options, self._choice.question):
            keep_place(widget)  # answers must not move from turn to turn

    def _add_directions(self) -> None:
        """Which way the graded choice runs."""
        above = QWidget()
        between = QHBoxLayout(above)
        between.setContentsMargins(0, 0, 0, 0)
        for words, alignment in (
            (tr("Left is better"), Qt.AlignmentFlag.AlignLeft),
            (tr("Right is better"), Qt.AlignmentFlag.AlignRight),
        ):
            direction = label(words, "small", wraps=False)
            direction.setAlignment(alignment)
            between.addWidget(direction)
        self._scale.addWidget(above, self._scale.rowCount(), 1, 1, self._scale.steps)

    def show_turn(self, turn: ConversationTurn) -> None:
        """See `Sheet.show_turn`."""
        self._show_ratings({side: answer.rating for side, answer in turn.answers.items()})
        if self._is_pair:
            said = turn.verdict
            self._choice.show_choice(self._verdicts.index(said) if said is not None else None)
            return
        self._is_compared = not turn.is_first
        for widget in (self._options, self._choice.question):
            widget.setVisible(self._is_compared)
        self._choice.show_choice({None: None, True: 0, False: 1}[turn.is_better])

    @property
    def is_complete(self) -> bool:
        """See `Sheet.is_complete`."""
        return super().is_complete and (self._choice.value is not None or not self._is_compared)

    def step(self, direction: int) -> None:
        """See `Sheet.step`; from nowhere to the one next to the middle."""
        if self._options.isHidden():
            return
        n, value = self._on_line, self._choice.value
        if value is None or value >= n:
            place = n // 2 - 1 if direction < 0 else n - n // 2
        else:
            place = min(max(value + direction, 0), n - 1)
        if place != value:
            self._choice.choose(place)


class QuestionSheet(_RatedSheet):
    """One more question of the study about each answer."""

    rated = Signal(str, int, int)  # the question's id, side, value

    def __init__(self, order: JudgementOrder, question: RatingQuestion) -> None:
        between = [""] * (question.steps - 2)
        labels = [question.low_label, *between, question.high_label]
        super().__init__(order.sides, question.label, labels)
        self._id = question.id
        self._add_ratings(question.id)

    def _on_rated(self, side: int, value: int) -> None:
        self.rated.emit(self._id, side, value)

    def show_turn(self, turn: ConversationTurn) -> None:
        """See `Sheet.show_turn`."""
        self._show_ratings({s: answer.extra.get(self._id) for s, answer in turn.answers.items()})


class WhySheet(Sheet):
    """Why, in words."""

    changed = Signal()

    def __init__(self, *, is_required: bool) -> None:
        super().__init__()
        self._is_required = is_required
        self._turn = -1
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        question = (
            tr("Why do you think so?")
            if is_required
            else tr("Why do you think so? You may leave this empty.")
        )
        self._box = QuestionBox(MAX_WHY_CHARACTERS)
        self._box.setObjectName("rationale")
        self._box.setAccessibleName(question)
        self._box.setTabChangesFocus(True)
        self._box.setFixedHeight(WHY_HEIGHT)
        self._box.textChanged.connect(self.changed)
        column.addStretch(1)
        column.addWidget(label(question))
        column.addWidget(self._box)
        column.addStretch(1)

    @property
    def text(self) -> str:
        """What was written."""
        return self._box.toPlainText().strip()

    @property
    def is_complete(self) -> bool:
        """See `Sheet.is_complete`."""
        return bool(self.text) or not self._is_required

    def show_turn(self, turn: ConversationTurn) -> None:
        """See `Sheet.show_turn`; what is being written stays."""
        if turn.number != self._turn:
            self._turn = turn.number
            self._box.setPlainText(turn.rationale)

    def enter(self) -> None:
        """See `Sheet.enter`."""
        self._box.setFocus()


def _caption_of(side: int, sides: Sequence[int]) -> str:
    if len(sides) == 1:
        return tr("This answer")
    return {LEFT: tr("Left answer"), RIGHT: tr("Right answer")}[side]
