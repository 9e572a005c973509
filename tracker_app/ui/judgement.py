"""The panel that asks for a turn's ratings and, for a pair, the preference.

Everything stands in one centred vertical stack, so that no control pulls the eyes or the hand to
one side; keys 1 to 5 rate, left and right arrows choose.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from tracker_app.study.study import RatingRules
from tracker_app.ui import theme
from tracker_app.ui.page import Button, button, label
from tracker_app.ui.texts import tr, translated

LEFT, RIGHT = 1, 2


class _Choice(QObject):
    """One question with exclusive buttons, which stand in a row of the panel's grid."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget, question: str, options: Mapping[int, str], name: str):
        super().__init__(parent)
        self.question = label(question)
        _fix_size(self.question, theme.CAPTION_WIDTH, theme.BODY, at_least=theme.CONTROL_HEIGHT)
        self.question.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._group = QButtonGroup(self)
        self.buttons = [self._add(question, *option, name) for option in options.items()]
        self._group.idClicked.connect(self.chosen)

    def _add(self, question: str, value: int, caption: str, name: str) -> Button:
        choice = button(caption, f"{name}_{value}", "choice")
        choice.setCheckable(True)
        choice.setAccessibleName(f"{question.rstrip(':')}: {caption}")
        self._group.addButton(choice, value)
        return choice

    def describe(self, words: Sequence[str]) -> None:
        """Say for whoever cannot see it what each option means."""
        for choice, word in zip(self.buttons, words, strict=True):
            choice.setAccessibleDescription(word)

    def choose(self, value: int) -> None:
        """Check an option as a click would."""
        self._group.button(value).click()

    def show_choice(self, value: int | None) -> None:
        """Show an earlier choice, or none, without announcing it."""
        self._group.setExclusive(False)
        for option in self._group.buttons():
            option.setChecked(self._group.id(option) == value)
        self._group.setExclusive(True)

    @property
    def value(self) -> int | None:
        """What is chosen."""
        checked = self._group.checkedId()
        return None if checked == -1 else checked

    @property
    def has_focus(self) -> bool:
        """Whether one of its buttons has the focus."""
        return any(choice.hasFocus() for choice in self.buttons)


class JudgementPanel(QWidget):
    """Ratings, preference or comparison, and the way on."""

    rated = Signal(int, int)  # side, value
    preferred = Signal(int)  # side
    compared = Signal(bool)  # whether this answer is better than the one before
    advanced = Signal()

    def __init__(self, sides: Sequence[int], rules: RatingRules) -> None:
        super().__init__()
        self.setObjectName("judgement")
        self.setAccessibleName(tr("What do you think of it?"))
        self._labels = [translated(words) for words in rules.labels]
        self._is_pair = len(sides) > 1
        self._ratings = {side: self._rating(side) for side in sides}
        self._choice = self._choice_between()
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setMaximumWidth(theme.JUDGEMENT_WIDTH)
        outer.addStretch(1)
        outer.addWidget(holder, 100)
        outer.addStretch(1)
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.S)
        self._grid.setVerticalSpacing(theme.XS)
        self._fill_grid(self._labels, is_likert_first=rules.order == "likert_first")

    def _fill_grid(self, labels: Sequence[str], *, is_likert_first: bool) -> None:
        """One grid for all, so that everything stands exactly below what it belongs to."""
        # As wide as the captions and the space beside them: the scale stands in the middle.
        self._grid.setColumnMinimumWidth(len(labels) + 1, theme.CAPTION_WIDTH + theme.S)
        parts = [self._add_scale, self._add_choice]
        for add_part in parts if is_likert_first else reversed(parts):
            add_part(self._grid.rowCount())
        self._next = button(tr("Next question"), "next_turn", "primary")
        self._next.clicked.connect(self.advanced)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._grid.addWidget(self._next, self._grid.rowCount(), 1, 1, len(labels), centre)

    def _rating(self, side: int) -> _Choice:
        names = {LEFT: tr("Left answer"), RIGHT: tr("Right answer")}
        question = names[side] if self._is_pair else tr("This answer")
        steps = {value: str(value) for value in range(1, len(self._labels) + 1)}
        row = _Choice(self, question, steps, f"rate_{side}")
        row.describe(self._labels)
        row.chosen.connect(lambda value: self.rated.emit(side, value))
        return row

    def _choice_between(self) -> _Choice:
        """The preference of a pair; for a single answer, how it compares with the one before."""
        if self._is_pair:
            options = {LEFT: tr("Left"), RIGHT: tr("Right")}
            choice = _Choice(self, tr("Which answer is better?"), options, "prefer")
            choice.chosen.connect(self.preferred)
            return choice
        options = {LEFT: tr("Better"), RIGHT: tr("Worse")}
        question = tr("Compared with the answer before, this one is:")
        choice = _Choice(self, question, options, "compare")
        choice.chosen.connect(lambda value: self.compared.emit(value == LEFT))
        return choice

    def _add_scale(self, top: int) -> None:
        heading = label(tr("How satisfied are you?"), "muted")
        _fix_size(heading, theme.CAPTION_WIDTH, theme.BODY, at_least=0)
        heading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self._grid.addWidget(heading, top, 0, Qt.AlignmentFlag.AlignBottom)
        above_all = [label(words, "small") for words in self._labels]
        height = max(_height(words, theme.LEAST_STEP_WIDTH, theme.SMALL) for words in self._labels)
        for column, above in enumerate(above_all, 1):
            above.setMinimumWidth(theme.LEAST_STEP_WIDTH)
            above.setFixedHeight(height)
            above.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
            self._grid.addWidget(above, top, column)
            self._grid.setColumnStretch(column, 1)
        for row, rating in enumerate(self._ratings.values(), top + 1):
            self._add_caption(rating, row)
            for column, step in enumerate(rating.buttons, 1):
                step.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                self._grid.addWidget(step, row, column)

    def _add_choice(self, row: int) -> None:
        """Two buttons that share the width of the scale."""
        self._add_caption(self._choice, row)
        self._options = QWidget()
        between = QHBoxLayout(self._options)
        between.setContentsMargins(0, 0, 0, 0)
        between.setSpacing(theme.S)
        for option in self._choice.buttons:
            between.addWidget(option, 1)
        self._grid.addWidget(self._options, row, 1, 1, len(self._labels))
        for widget in (self._options, self._choice.question):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # answers must not move from turn to turn
            widget.setSizePolicy(policy)

    def _add_caption(self, choice: _Choice, row: int) -> None:
        self._grid.addWidget(choice.question, row, 0)

    def show_judgement(
        self,
        ratings: Mapping[int, int | None],
        preferred: int | None,
        *,
        is_complete: bool,
        is_better: bool | None = None,
        is_first: bool = True,
    ) -> None:
        """Show what was given so far; the way on opens once nothing is missing.

        Args:
            ratings: by side.
            preferred: side of the better answer of a pair.
            is_complete: whether nothing is missing.
            is_better: a single answer than the one before it.
            is_first: there is no answer before a single one.
        """
        for side, row in self._ratings.items():
            row.show_choice(ratings.get(side))
        if self._is_pair:
            self._choice.show_choice(preferred)
        else:
            for widget in (self._options, self._choice.question):
                widget.setVisible(not is_first)
            compared = {None: None, True: LEFT, False: RIGHT}[is_better]
            self._choice.show_choice(compared)
        self._next.setEnabled(is_complete)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits rate the first answer without a rating, arrows choose the better one."""
        is_digit = event.text() in {str(v) for v in range(1, len(self._labels) + 1)}
        if is_digit:
            self._rate_next(int(event.text()))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if not self._options.isHidden():
                self._choice.choose(LEFT if event.key() == Qt.Key.Key_Left else RIGHT)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._next.isEnabled():
            self.advanced.emit()
        else:
            super().keyPressEvent(event)

    def _rate_next(self, value: int) -> None:
        """Rate what is not rated yet; once all is, the answer whose row has the focus."""
        rows = self._ratings.values()
        for row in (*(r for r in rows if r.value is None), *(r for r in rows if r.has_focus)):
            row.choose(value)
            return


def _height(words: str, width: int, size_px: int) -> int:
    """How high some words are when they are broken at a width."""
    room = QRect(0, 0, width, 0)
    metrics = QFontMetrics(theme.font(size_px))
    return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, words).height()


def _fix_size(caption: QLabel, width: int, size_px: int, *, at_least: int) -> None:
    """Give a caption all the height it can need.

    A panel whose height followed from its width would move the answers when it is shown.
    """
    caption.setFixedSize(width, max(at_least, _height(caption.text(), width, size_px)))
