"""The sentence below a field that says what is wrong with it, with a mark before it."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tracker_app.ui import theme
from tracker_app.ui.page import label, set_look


class _Mark(QWidget):
    """A filled disc with an exclamation mark: the mistake is not told by colour alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(theme.INDICATOR, theme.INDICATOR))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the disc."""
        del event
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.recording))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setPen(QColor(c.surface))
        painter.setFont(theme.font(theme.SMALL, bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "!")
        painter.end()


class Mistake(QWidget):
    """Hidden until there is something to say about its field."""

    def __init__(self, field: QWidget) -> None:
        """Belong to a field, whose edge tells it too."""
        super().__init__()
        self._field = field
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(_Mark(), 0, Qt.AlignmentFlag.AlignTop)
        self._words = label("", "mistake")
        row.addWidget(self._words, 1)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said, or an empty string."""
        return self._words.text()

    def say(self, sentence: str) -> None:
        """Say what is wrong; an empty sentence takes it back."""
        self._words.setText(sentence)
        self.setVisible(bool(sentence))
        set_look(self._field, "is_wrong", bool(sentence))
        self._field.setAccessibleDescription(sentence)
        if sentence:
            QAccessible.updateAccessibility(QAccessibleEvent(self._field, QAccessible.Event.Alert))

    @Slot()
    def clear(self) -> None:
        """Nothing is wrong any more, as far as is known."""
        self.say("")
