"""Where somebody who came with a code or a link enters it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit

from tracker_app.ui.mistake import Mistake
from tracker_app.ui.page import Page, button, label
from tracker_app.ui.texts import tr

MAX_CHARACTERS = 2_000


class CodePage(Page):
    """One field, one button, and beside the field what was wrong with what stands in it."""

    entered = Signal(str)

    def __init__(self) -> None:
        super().__init__("code", tr("Enter your code"))
        hint = tr("It is in the invitation you were sent. A whole link will do as well.")
        self.content.addWidget(label(hint, "lead"))
        caption = label(tr("Code or link"), "heading")
        self._field = QLineEdit()
        self._field.setObjectName("code_field")
        self._field.setAccessibleName(tr("Code or link"))
        self._field.setMaxLength(MAX_CHARACTERS)
        self._field.returnPressed.connect(self._on_enter)
        caption.setBuddy(self._field)
        self._mistake = Mistake(self._field)
        self._field.textEdited.connect(self._mistake.clear)
        for widget in (caption, self._field, self._mistake):
            self.content.addWidget(widget)
        self._go = button(tr("Continue"), "enter_code", "primary")
        self._go.clicked.connect(self._on_enter)
        self.buttons.addWidget(self._go)

    def enter(self) -> None:
        """Typing and pasting go into the field."""
        self._field.setFocus()

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong with what was entered; it can be mended at once."""
        self._mistake.say(sentence)
        self._field.setFocus()
        self._field.selectAll()

    @Slot()
    def _on_enter(self) -> None:
        text = self._field.text().strip()
        if text:
            self._mistake.clear()
            self.entered.emit(text)
        else:
            self.show_problem(tr("Enter the code or the link you were sent."))
