"""One question with exclusive buttons, for a row of a grid."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QLabel, QWidget

from tracker_app.ui import theme
from tracker_app.ui.page import Button, button, label


@dataclass(frozen=True, slots=True)
class Option:
    """One of the buttons."""

    name: str
    caption: str
    says: str = ""  # for whoever cannot see what stands around it


class ChoiceRow(QObject):
    """A caption and its buttons. Who makes it puts them into a layout."""

    chosen = Signal(int)  # place of the option

    def __init__(self, parent: QWidget, question: str, options: Sequence[Option]) -> None:
        super().__init__(parent)
        self.question = label(question)
        fix_size(self.question, theme.CAPTION_WIDTH, theme.BODY, at_least=theme.CONTROL_HEIGHT)
        self.question.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._group = QButtonGroup(self)
        self.buttons = [self._add(question, i, option) for i, option in enumerate(options)]
        self._group.idClicked.connect(self.chosen)

    def _add(self, question: str, place: int, option: Option) -> Button:
        choice = button(option.caption, option.name, "choice")
        choice.setCheckable(True)
        choice.setAccessibleName(f"{question.rstrip(':')}: {option.caption}")
        choice.setAccessibleDescription(option.says)
        self._group.addButton(choice, place)
        return choice

    def choose(self, place: int) -> None:
        """Check an option as a click would."""
        self._group.button(place).click()

    def show_choice(self, place: int | None) -> None:
        """Show an earlier choice, or none, without announcing it."""
        self._group.setExclusive(False)
        for option in self._group.buttons():
            option.setChecked(self._group.id(option) == place)
        self._group.setExclusive(True)

    @property
    def value(self) -> int | None:
        """The place of what is chosen."""
        checked = self._group.checkedId()
        return None if checked == -1 else checked

    @property
    def has_focus(self) -> bool:
        """Whether one of its buttons has the focus."""
        return any(choice.hasFocus() for choice in self.buttons)


def height_of(words: str, width: int, size_px: int) -> int:
    """How high some words are when they are broken at a width."""
    room = QRect(0, 0, width, 0)
    metrics = QFontMetrics(theme.font(size_px))
    return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, words).height()


def fix_size(caption: QLabel, width: int, size_px: int, *, at_least: int) -> None:
    """Give a caption all the height it can need.

    A panel whose height followed from its width would move the answers when it is shown.
    """
    caption.setFixedSize(width, max(at_least, height_of(caption.text(), width, size_px)))
