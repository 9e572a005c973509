"""Choose the most important sentence of an earlier answer, by a click or with the keyboard.

The answer stands there as it was read, so that offsets are those of its displayed text.
"""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from tracker_app.chat.rendering import Rendering
from tracker_app.ui import theme
from tracker_app.ui.message_document import MessageDocument
from tracker_app.ui.page import Page, button, label
from tracker_app.ui.sentences import sentences
from tracker_app.ui.texts import tr
from tracker_app.ui.utf16 import utf16_length

TEXT_HEIGHT = 160, 520  # least, and where the window has room
MOST_OF_QUESTION = 240  # code points
FORWARD = (Qt.Key.Key_Right, Qt.Key.Key_Down)
BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)
CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class SentenceText(QTextEdit):
    """A displayed text in which a whole sentence is pointed at and chosen."""

    chosen = Signal(int)  # number of the sentence

    def __init__(self, answer: Rendering, reading: theme.Reading) -> None:
        super().__init__()
        self.setObjectName("sentences")
        self.setProperty("role", "answer")
        self.setAccessibleName(tr("The answer, sentence by sentence"))
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.reading_font(reading))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(TEXT_HEIGHT[0])
        self._reading = reading
        self._document = MessageDocument(reading)
        self._document.setParent(self)
        self.setDocument(self._document)
        self._document.show_rendering(answer)
        self.moveCursor(QTextCursor.MoveOperation.Start)  # or it would begin at its end
        self._text = answer.text
        self.sentences = sentences(answer.text)
        self._spans = [
            (utf16_length(self._text[: s.start]), utf16_length(self._text[: s.end]))
            for s in self.sentences
        ]
        self._pointed: int | None = None
        self._marked: int | None = None
        self.viewport().setMouseTracking(True)

    @property
    def marked(self) -> int | None:
        """The number of the sentence chosen."""
        return self._marked

    def sizeHint(self) -> QSize:
        """As high as the text, within limits."""
        least, most = TEXT_HEIGHT
        document = MessageDocument(self._reading)
        document.show_rendering(self._document.rendering)
        document.setTextWidth(theme.TEXT_COLUMN_WIDTH)
        height = round(document.size().height()) + 2 * theme.L
        return QSize(theme.TEXT_COLUMN_WIDTH, min(max(least, height), most))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the sentence under the mouse."""
        self._point(self._at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the sentence under the mouse."""
        number = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self._point(number)
            self._choose(number)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing is selected here."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nor by a double click."""

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse points at nothing any more."""
        super().leaveEvent(event)
        self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard begins at what is chosen, else at the first sentence."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason and self.sentences:
            self._point(self._marked or 0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard points at nothing any more."""
        super().focusOutEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from sentence to sentence, Enter chooses."""
        key, last = event.key(), len(self.sentences) - 1
        here = self._pointed if self._pointed is not None else self._marked
        if last < 0 or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif key in (*FORWARD, *BACK, Qt.Key.Key_Home, Qt.Key.Key_End):
            self._point(_moved(key, here, last))
            self._reveal()
        elif key in CHOOSE and here is not None:
            self._choose(here)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Colours are set into the text: set them again when they change."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            position = self.verticalScrollBar().value()
            self._document.restyle()
            self.moveCursor(QTextCursor.MoveOperation.Start)  # what is set anew pushed it along
            self.verticalScrollBar().setValue(position)
            self._show()

    def _at(self, position: QPointF) -> int | None:
        """The sentence at a place of the viewport; its last line may end before that."""
        cursor = self.cursorForPosition(position.toPoint())
        for number, (start, end) in enumerate(self._spans):
            if start <= cursor.position() <= end and self._reaches(number, position):
                return number
        return None

    def _reaches(self, number: int, position: QPointF) -> bool:
        """Whether a place is on the lines of a sentence, not far beside or below the text."""
        first, last = (self._rect(unit) for unit in self._spans[number])
        slack = theme.S
        return first.top() - slack <= position.y() <= last.bottom() + slack

    def _rect(self, unit: int) -> QRect:
        cursor = QTextCursor(self._document)
        cursor.setPosition(unit)
        return self.cursorRect(cursor)

    def _point(self, number: int | None) -> None:
        if number == self._pointed:
            return
        self._pointed = number
        shape = Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        self._show()
        if number is not None:
            self._describe(number)

    def _choose(self, number: int) -> None:
        self._marked = number
        self._show()
        self._describe(number)
        self.chosen.emit(number)

    def _describe(self, number: int) -> None:
        """Let a screen reader say the sentence."""
        sentence = self.sentences[number]
        words = self._text[sentence.start : sentence.end]
        is_chosen = number == self._marked
        self.setAccessibleDescription(tr("Chosen: {words}", words=words) if is_chosen else words)
        changed = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
        QAccessible.updateAccessibility(changed)

    def _reveal(self) -> None:
        if self._pointed is None:
            return
        bar = self.verticalScrollBar()
        first, last = (self._rect(unit) for unit in self._spans[self._pointed])
        if first.top() < 0:
            bar.setValue(bar.value() + first.top() - theme.M)
        elif last.bottom() > self.viewport().height():
            below = last.bottom() - self.viewport().height() + theme.M
            bar.setValue(bar.value() + min(below, first.top() - theme.M))

    def _show(self) -> None:
        """Underlined where it is chosen, tinted where it is pointed at: never by colour alone."""
        c = theme.colours()
        shown = []
        if self._pointed is not None and self._pointed != self._marked:
            shown.append(self._selection(self._pointed, c.tint, c.muted))
        if self._marked is not None:
            shown.append(self._selection(self._marked, c.mark, c.accent))
        self.setExtraSelections(shown)

    def _selection(self, number: int, background: str, line: str) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self._document)
        start, end = self._spans[number]
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        shaped = selection.format
        shaped.setBackground(QColor(background))
        shaped.setForeground(QColor(theme.colours().text))
        if number == self._marked:
            shaped.setProperty(QTextFormat.Property.FontUnderline, True)
            shaped.setUnderlineColor(QColor(line))
        selection.format = shaped
        return selection


class KeySentencePage(Page):
    """An earlier question and answer, of which one sentence is to be chosen."""

    chosen = Signal(int, int)  # start and end, code points of the displayed text

    def __init__(self, question: str, answer: Rendering, *, preset: str = "chat") -> None:
        """Show an answer.

        Args:
            question: that was asked, as plain text.
            answer: as it was displayed; `render_plain` of a displayed text has the same offsets.
            preset: how it is set, a key of `theme.READING`.
        """
        title = tr("Which sentence matters most?")
        super().__init__("key_sentence", title, width=theme.READING_COLUMN_WIDTH)
        lead = tr("You asked this earlier. Choose the sentence of the answer that matters most.")
        self.content.addWidget(label(lead, "muted"))
        self.content.addWidget(label(_shortened(question), "lead_heading"))
        self.text = SentenceText(answer, theme.READING[preset])
        self.text.chosen.connect(self._on_chosen)
        self.content.addWidget(self.text, 1)
        self.add_note(tr("Click a sentence, or use the arrow keys and Enter."))
        self._use = button(tr("Use this sentence"), "use_sentence", "primary")
        self._use.setEnabled(False)
        self._use.clicked.connect(self._on_use)
        self.buttons.addWidget(self._use)

    def enter(self) -> None:
        """The arrow keys go from sentence to sentence at once."""
        self.text.setFocus()

    @Slot()
    def _on_chosen(self) -> None:
        self._use.setEnabled(True)

    @Slot()
    def _on_use(self) -> None:
        if self.text.marked is not None:
            sentence = self.text.sentences[self.text.marked]
            self.chosen.emit(sentence.start, sentence.end)


def _shortened(question: str) -> str:
    """As much as it takes to know it again; a question may be pages long."""
    return question if len(question) <= MOST_OF_QUESTION else f"{question[:MOST_OF_QUESTION]}…"


def _moved(key: int, here: int | None, last: int) -> int:
    """The number of the sentence a key leads to."""
    if key == Qt.Key.Key_Home:
        return 0
    if key == Qt.Key.Key_End:
        return last
    if here is None:
        return 0
    return min(here + 1, last) if key in FORWARD else max(here - 1, 0)
