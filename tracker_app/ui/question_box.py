"""Where a question is typed or pasted, up to a length.

What is too much is left out as it comes and never gets into the box, so that a pasted book neither
stalls the window nor goes to a model.
"""

from PySide6.QtCore import QMimeData, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from tracker_app.chat.cut import cut
from tracker_app.ui.utf16 import utf16_length


class QuestionBox(QPlainTextEdit):
    """A box for a few lines of plain text."""

    limit_met = Signal(bool)  # whether something was left out of the last change

    def __init__(self, max_characters: int) -> None:
        super().__init__()
        self._max_characters = max_characters
        self._added = (0, 0)  # where the last change put something, and how much; UTF-16 units
        self._has_left_out = False
        self.setUndoRedoEnabled(True)
        self.document().contentsChange.connect(self._note_change)
        self.textChanged.connect(self._shorten)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take of what is pasted or dropped only what there is room for."""
        cursor = self.textCursor()
        selected = cursor.selectionEnd() - cursor.selectionStart()
        # Positions are UTF-16 units, so there may be room for more; `_shorten` counts exactly.
        room = max(0, 2 * self._max_characters - self.document().characterCount() + 1 + selected)
        text = source.text()
        taken = cut(text, room)
        cursor.insertText(taken)
        self.ensureCursorVisible()
        if len(taken) < len(text):
            self._tell(has_left_out=True)

    @Slot(int, int, int)
    def _note_change(self, position: int, _removed: int, added: int) -> None:
        self._added = position, added

    @Slot()
    def _shorten(self) -> None:
        """Take out of the last change what is too much."""
        if self.document().characterCount() - 1 <= self._max_characters:
            self._tell(has_left_out=False)
            return
        text = self.toPlainText()
        excess = len(text) - self._max_characters
        if excess <= 0:
            self._tell(has_left_out=False)
            return
        position, added = self._added
        last = self.document().characterCount() - 1
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(position, last))
        cursor.setPosition(min(position + added, last), QTextCursor.MoveMode.KeepAnchor)
        new = cursor.selectedText()
        kept = cut(new, max(0, len(new) - excess))
        cursor.setPosition(position + utf16_length(kept))
        cursor.setPosition(min(position + added, last), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._tell(has_left_out=True)

    def _tell(self, *, has_left_out: bool) -> None:
        if has_left_out != self._has_left_out:
            self._has_left_out = has_left_out
            self.limit_met.emit(has_left_out)
