"""The panel that asks for a turn's ratings and, for a pair, the preference.

Everything stands in one centred vertical stack, so that no control pulls the eyes or the hand to
one side; keys 1 to 5 rate, left and right arrows choose.
"""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from tracker_app.ui import theme
from tracker_app.ui.page import button, label

SCALE = range(1, 6)
SCALE_ENDS = ("1 = very dissatisfied", "5 = very satisfied")
SIDE_NAMES = {1: "Left answer", 2: "Right answer"}


class _ChoiceRow(QWidget):
    """One question with exclusive buttons."""

    chosen = Signal(int)

    def __init__(self, question: str, options: Mapping[int, str], name: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        text = label(question, wraps=False)
        text.setFixedWidth(220)
        text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(text)
        row.addSpacing(theme.S)
        self.group = QButtonGroup(self)
        for value, caption in options.items():
            choice = button(caption, f"{name}_{value}", "choice")
            choice.setCheckable(True)
            choice.setMinimumWidth(theme.XXXL + theme.S)
            choice.setAccessibleName(f"{question}: {caption}")
            self.group.addButton(choice, value)
            row.addWidget(choice)
        row.addSpacing(220 + theme.S)
        row.addStretch(1)
        self.group.idClicked.connect(self.chosen)

    def choose(self, value: int) -> None:
        """Check an option as a click would."""
        self.group.button(value).click()

    def show_choice(self, value: int | None) -> None:
        """Show an earlier choice, or none, without announcing it."""
        self.group.setExclusive(False)
        for option in self.group.buttons():
            option.setChecked(self.group.id(option) == value)
        self.group.setExclusive(True)

    @property
    def value(self) -> int | None:
        """What is chosen."""
        checked = self.group.checkedId()
        return None if checked == -1 else checked


class JudgementPanel(QWidget):
    """Ratings, preference and the way on."""

    rated = Signal(int, int)  # side, value
    preferred = Signal(int)  # side
    advanced = Signal()

    def __init__(self, sides: tuple[int, ...]) -> None:
        super().__init__()
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(theme.S)
        hint = label(f"How satisfied are you?  {SCALE_ENDS[0]}, {SCALE_ENDS[1]}", "muted")
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        stack.addWidget(hint)
        self._ratings: dict[int, _ChoiceRow] = {}
        for side in sides:
            question = SIDE_NAMES[side] if len(sides) > 1 else "This answer"
            row = _ChoiceRow(question, {v: str(v) for v in SCALE}, f"rate_{side}")
            row.chosen.connect(lambda value, side=side: self.rated.emit(side, value))
            self._ratings[side] = row
            stack.addWidget(row)
        self._preference: _ChoiceRow | None = None
        if len(sides) > 1:
            self._preference = _ChoiceRow(
                "Which answer is better?", {1: "Left", 2: "Right"}, "prefer"
            )
            self._preference.chosen.connect(self.preferred)
            stack.addWidget(self._preference)
        self._next = button("Next question", "next_turn", "primary")
        self._next.clicked.connect(self.advanced)
        row_next = QHBoxLayout()
        row_next.addStretch(1)
        row_next.addWidget(self._next)
        row_next.addStretch(1)
        stack.addLayout(row_next)

    def show_judgement(
        self, ratings: Mapping[int, int | None], preferred: int | None, *, is_complete: bool
    ) -> None:
        """Show what was given so far; the way on opens once nothing is missing."""
        for side, row in self._ratings.items():
            row.show_choice(ratings.get(side))
        if self._preference:
            self._preference.show_choice(preferred)
        self._next.setEnabled(is_complete)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits rate the first answer without a rating, arrows choose the better one."""
        if event.text() in {str(v) for v in SCALE}:
            self._rate_next(int(event.text()))
        elif self._preference and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._preference.choose(1 if event.key() == Qt.Key.Key_Left else 2)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._next.isEnabled():
            self.advanced.emit()
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _rate_next(self, value: int) -> None:
        for row in self._ratings.values():
            if row.value is None:
                row.choose(value)
                return
