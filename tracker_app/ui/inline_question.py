"""A question asked once, where the button was that led to it: no box in front of everything."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from tracker_app.ui import theme
from tracker_app.ui.page import button, label


class InlineQuestion(QFrame):
    """A sentence and two answers; Escape keeps everything as it is."""

    confirmed = Signal()
    kept = Signal()
    asked = Signal(object)  # itself, to be scrolled into sight

    def __init__(self, name: str) -> None:
        """Build it, hidden.

        Args:
            name: prefix of its buttons' names.
        """
        super().__init__()
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
        column.setSpacing(theme.M)
        self._words = label("")
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        self._keep = button("", f"{name}_keep")
        self._confirm = button("", f"{name}_confirm")
        self._keep.clicked.connect(self.kept)
        self._confirm.clicked.connect(self.confirmed)
        row.addStretch(1)
        row.addWidget(self._keep)
        row.addWidget(self._confirm)
        column.addWidget(self._words)
        column.addLayout(row)
        self.hide()

    def ask(self, sentence: str, *, confirm: str, keep: str) -> None:
        """Ask; Enter keeps, so that nothing is lost by habit."""
        self._words.setText(sentence)
        self._confirm.setText(confirm)
        self._keep.setText(keep)
        self._keep.setAccessibleDescription(sentence)
        self._confirm.setAccessibleDescription(sentence)
        self.show()
        self._keep.setFocus()
        self.asked.emit(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape keeps."""
        if event.key() == Qt.Key.Key_Escape:
            self.kept.emit()
        else:
            super().keyPressEvent(event)
