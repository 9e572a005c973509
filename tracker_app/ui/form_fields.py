"""The fields of a form: each shows one question, says its value and what is wrong with it."""

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from tracker_app.study.study import Question
from tracker_app.ui import theme
from tracker_app.ui.mistake import Mistake
from tracker_app.ui.page import button, keep_place, label
from tracker_app.ui.texts import tr
from tracker_app.ui.wrapping_choice import Radio

MOST_RADIOS = 6
MAX_CHARACTERS = 20_000
Marking = Literal["", "required", "optional"]


class Field(QWidget):
    """A question above what answers it, and below that what is wrong, once one tried to go on."""

    changed = Signal()
    confirmed = Signal()  # Enter in a line

    def __init__(self, question: Question, marking: Marking) -> None:
        super().__init__()
        self.question = question
        self.setObjectName(f"field_{question.id}")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.S)
        self.caption = label(_marked(question.label, marking), "heading")
        self._column.addWidget(self.caption)
        self.mistake = Mistake(self)

    def _add(self, control: QWidget, wrong: QWidget | None = None) -> None:
        """Take the control in; `wrong` is what shows a mistake at its edge."""
        self._column.addWidget(control)
        self.mistake.deleteLater()
        self.mistake = Mistake(wrong or control)
        self._column.addWidget(self.mistake)

    @property
    def value(self) -> str:
        """What was answered; empty if nothing was."""
        raise NotImplementedError

    def find_mistake(self) -> str:
        """What is wrong with the value, in a sentence; empty if it will do."""
        if self.question.required and not self.value:
            return tr("Please answer this question.")
        return ""

    def focus(self) -> None:
        """Take the focus."""
        raise NotImplementedError


class _Exclusive(Field):
    """One of several buttons; what is optional can be cleared again."""

    def __init__(self, question: Question, marking: Marking) -> None:
        super().__init__(question, marking)
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_chosen)
        self._clear: QAbstractButton | None = None

    def _add_clear(self) -> None:
        if self.question.required:
            return
        self._clear = button(tr("Clear"), f"clear_{self.question.id}", "quiet")
        self._clear.setAccessibleName(tr("Clear: {question}", question=self.question.label))
        keep_place(self._clear)  # what stands below must not jump
        self._clear.clicked.connect(self._on_clear)
        self._clear.hide()
        self._column.insertWidget(2, self._clear, 0, Qt.AlignmentFlag.AlignLeading)

    @Slot()
    def _on_chosen(self) -> None:
        if self._clear is not None:
            self._clear.show()
        self.changed.emit()

    @Slot()
    def _on_clear(self) -> None:
        self._group.setExclusive(False)
        for option in self._group.buttons():
            option.setChecked(False)
        self._group.setExclusive(True)
        self.focus()
        if self._clear is not None:
            self._clear.hide()
        self.changed.emit()

    def focus(self) -> None:
        """Take the focus: the chosen one, else the first."""
        (self._group.checkedButton() or self._group.buttons()[0]).setFocus()


class RadioField(_Exclusive):
    """A choice among few options."""

    def __init__(self, question: Question, marking: Marking) -> None:
        super().__init__(question, marking)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.XS)
        for number, option in enumerate(question.options):
            radio = Radio(option, f"{question.id}_{number}")
            radio.setAccessibleDescription(question.label)
            self._group.addButton(radio, number)
            column.addWidget(radio)
        self._add(holder, self)
        self._add_clear()

    @property
    def value(self) -> str:
        """The option chosen."""
        number = self._group.checkedId()
        return "" if number < 0 else self.question.options[number]

    def find_mistake(self) -> str:
        """Whether one has to be chosen yet."""
        return tr("Please choose one of these.") if super().find_mistake() else ""


class ScaleField(_Exclusive):
    """A row of steps between two ends; digits choose them too."""

    def __init__(self, question: Question, marking: Marking) -> None:
        super().__init__(question, marking)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.S)
        grid.setVerticalSpacing(theme.XS)
        steps = range(question.low, question.high + 1)
        for column, value in enumerate(steps):
            choice = button(str(value), f"{question.id}_{value}", "choice")
            choice.setCheckable(True)
            choice.setMinimumWidth(theme.XXXL)
            choice.setAccessibleName(_step_name(question, value))
            choice.installEventFilter(self)
            self._group.addButton(choice, value)
            grid.addWidget(choice, 0, column)
            grid.setColumnStretch(column, 1)
        half = len(steps) // 2
        low, high = label(question.low_label, "small"), label(question.high_label, "small")
        high.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(low, 1, 0, 1, max(1, half))
        grid.addWidget(high, 1, len(steps) - max(1, half), 1, max(1, half))
        has_ends = bool(question.low_label or question.high_label)
        low.setVisible(has_ends)
        high.setVisible(has_ends)
        self._add(holder, self)
        self._add_clear()

    @property
    def value(self) -> str:
        """The step chosen, as a number."""
        checked = self._group.checkedButton()
        return "" if checked is None else str(self._group.id(checked))

    def find_mistake(self) -> str:
        """Whether a step has to be chosen yet."""
        return tr("Please choose a number.") if super().find_mistake() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit chooses its step."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            option = self._group.button(int(event.text())) if event.text().isdecimal() else None
            if option is not None:
                option.setFocus()
                option.click()
                return True
        return super().eventFilter(watched, event)


class _Combo(QComboBox):
    """A list to choose from, which the wheel scrolls past instead of changing it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


class ListField(Field):
    """A choice among many options."""

    def __init__(self, question: Question, marking: Marking) -> None:
        super().__init__(question, marking)
        self._list = _Combo()
        self._list.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._list.setObjectName(question.id)
        self._list.setAccessibleName(question.label)
        self._list.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        if not question.required:
            self._list.addItem(tr("No answer"), "")
        for option in question.options:
            self._list.addItem(option, option)
        self._list.setPlaceholderText(tr("Choose one"))
        self._list.setCurrentIndex(-1)
        self._list.currentIndexChanged.connect(self.changed)
        self.caption.setBuddy(self._list)
        self._add(self._list)

    @property
    def value(self) -> str:
        """The option chosen."""
        return str(self._list.currentData() or "")

    def find_mistake(self) -> str:
        """Whether one has to be chosen yet."""
        return tr("Please choose one from the list.") if super().find_mistake() else ""

    def focus(self) -> None:
        """Take the focus."""
        self._list.setFocus()


class NumberField(Field):
    """A whole number."""

    def __init__(self, question: Question, marking: Marking) -> None:
        super().__init__(question, marking)
        self._line = QLineEdit()
        self._line.setObjectName(question.id)
        self._line.setAccessibleName(question.label)
        self._line.setFixedWidth(theme.NUMBER_WIDTH)
        self._line.setMaxLength(20)
        self._line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self._line.textChanged.connect(self.changed)
        self._line.returnPressed.connect(self.confirmed)
        self.caption.setBuddy(self._line)
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.M)
        inside.addWidget(self._line)
        low, high = question.low, question.high
        inside.addWidget(label(tr("from {low} to {high}", low=low, high=high), "muted"), 1)
        self._add(row, self._line)

    @property
    def value(self) -> str:
        """The number in plain digits, or what stands there instead."""
        written = self._line.text().strip()
        return str(int(written)) if _is_whole(written) else written

    def find_mistake(self) -> str:
        """Whether it is a number within the range."""
        low, high = self.question.low, self.question.high
        is_given = bool(self.value)
        is_right = _is_whole(self.value) and low <= int(self.value) <= high
        if is_right or not (is_given or self.question.required):
            return ""
        return tr("Please enter a whole number from {low} to {high}.", low=low, high=high)

    def focus(self) -> None:
        """Take the focus."""
        self._line.setFocus()
        self._line.selectAll()


class TextField(Field):
    """A few lines of one's own words, with a count where a number of characters is asked for."""

    def __init__(self, question: Question, marking: Marking, least_characters: int = 0) -> None:
        super().__init__(question, marking)
        self._least = least_characters
        self._text = QPlainTextEdit()
        self._text.setObjectName(question.id)
        self._text.setAccessibleName(question.label)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(theme.FIELD_HEIGHT)
        self._text.textChanged.connect(self._on_written)
        self.caption.setBuddy(self._text)
        self._add(self._text)
        self._count = label("", "small")
        self._count.setVisible(least_characters > 0)
        self._column.insertWidget(2, self._count)
        self._show_count()

    @property
    def value(self) -> str:
        """What was written, without empty space around it."""
        return self._text.toPlainText().strip()

    def find_mistake(self) -> str:
        """Whether there is enough of it, and not too much."""
        written = len(self.value)
        if written > MAX_CHARACTERS:
            too_much = written - MAX_CHARACTERS
            if too_much == 1:
                return tr("This is too long by 1 character.")
            return tr("This is too long by {number} characters.", number=too_much)
        if not written:
            return tr("Please write something here.") if self.question.required else ""
        if written < self._least:
            more = self._least - written
            if more == 1:
                return tr("Please write a little more: 1 more character.")
            return tr("Please write a little more: {number} more characters.", number=more)
        return ""

    def focus(self) -> None:
        """Take the focus."""
        self._text.setFocus()

    @Slot()
    def _on_written(self) -> None:
        self._show_count()
        self.changed.emit()

    def _show_count(self) -> None:
        self._count.setText(
            tr(
                "{written} of at least {least} characters",
                written=len(self.value),
                least=self._least,
            )
        )


def field_for(question: Question, marking: Marking, least_characters: Mapping[str, int]) -> Field:
    """The field a question is answered in."""
    match question.kind:
        case "choice" if len(question.options) <= MOST_RADIOS:
            return RadioField(question, marking)
        case "choice":
            return ListField(question, marking)
        case "scale":
            return ScaleField(question, marking)
        case "number":
            return NumberField(question, marking)
        case "text":
            return TextField(question, marking, least_characters.get(question.id, 0))


def _marked(words: str, marking: Marking) -> str:
    match marking:
        case "required":
            return tr("{question} (required)", question=words)
        case "optional":
            return tr("{question} (optional)", question=words)
        case "":
            return words


def _step_name(question: Question, value: int) -> str:
    ends = {question.low: question.low_label, question.high: question.high_label}
    end = ends.get(value, "")
    if end:
        return tr("{question} {value}: {end}", question=question.label, value=value, end=end)
    return tr("{question} {value}", question=question.label, value=value)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()
