"""Read-only text of the study file: as high as it is, or in a box of its own that scrolls."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit

from tracker_app.ui import theme
from tracker_app.ui.page import set_role

LINE_HEIGHT_PERCENT = 130
BOX_HEIGHT = 96, 560  # least, and where the window has room
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


class MarkdownText(QTextBrowser):
    """Markdown in the colours of now; links open in the system's browser."""

    def __init__(self, text: str, name: str, *, is_boxed: bool = False) -> None:
        """Show a text.

        Args:
            text: Markdown.
            name: of the object.
            is_boxed: it has an edge and scrolls by itself; else it is as high as its text.
        """
        super().__init__()
        self._text = text
        self._is_boxed = is_boxed
        self._has_links = False
        self.setObjectName(name)
        self.setOpenExternalLinks(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(0)
        self._shape()
        self._render()

    @property
    def is_boxed(self) -> bool:
        """Whether it scrolls by itself."""
        return self._is_boxed

    def set_boxed(self, is_boxed: bool) -> None:
        """Give it a box of its own, or as much height as it needs."""
        if is_boxed != self._is_boxed:
            self._is_boxed = is_boxed
            self._shape()
            self._render()

    def _shape(self) -> None:
        is_boxed = self._is_boxed
        set_role(self, "boxed" if is_boxed else "document")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(not is_boxed)
        self.setSizePolicy(policy)
        self.setMinimumHeight(BOX_HEIGHT[0] if is_boxed else 0)
        bar = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            bar.ScrollBarAsNeeded if is_boxed else bar.ScrollBarAlwaysOff
        )
        self.updateGeometry()

    def show_text(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self._render()
        self.updateGeometry()

    def _render(self) -> None:
        position = self.verticalScrollBar().value()
        self.setMarkdown(self._text)
        spaced = QTextBlockFormat()
        spaced.setBottomMargin(theme.S)
        spaced.setLineHeight(LINE_HEIGHT_PERCENT, _PROPORTIONAL)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(spaced)
        self._has_links = "href=" in self.document().toHtml()
        # A text that neither scrolls nor leads anywhere would only be a stop on the way.
        is_stop = self._is_boxed or self._has_links
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().setValue(position)

    def heightForWidth(self, width: int) -> int:
        """How high the text is at a width."""
        document = self.document()
        before = document.textWidth()
        document.setTextWidth(max(1, width))
        height = document.size().height()
        document.setTextWidth(before)
        return round(height) + 1

    def minimumSizeHint(self) -> QSize:
        """As low as its text: Qt's own would leave room for a scroll bar."""
        least = super().minimumSizeHint()
        return QSize(least.width(), least.height() if self._is_boxed else 0)

    def sizeHint(self) -> QSize:
        """All of the text, as far as a box goes."""
        width = theme.TEXT_COLUMN_WIDTH
        if not self._is_boxed:
            return QSize(width, self.heightForWidth(width))
        edges = 2 * (theme.M + theme.FOCUS_WIDTH)
        height = self.heightForWidth(width - edges - theme.SCROLL_WIDTH) + edges
        return QSize(width, min(max(height, BOX_HEIGHT[0]), BOX_HEIGHT[1]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Come to the first link at once, or backwards to the last one."""
        super().focusInEvent(event)
        forward = event.reason() is Qt.FocusReason.TabFocusReason
        if self._has_links and (forward or event.reason() is Qt.FocusReason.BacktabFocusReason):
            self.focusNextPrevChild(forward)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go from link to link, then to the next widget."""
        is_taken = super().focusNextPrevChild(forward)
        self._mark_link()
        return is_taken

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No link has the focus any more."""
        super().focusOutEvent(event)
        self._mark_link()

    def _mark_link(self) -> None:
        """A ring around the link that has the focus."""
        cursor = self.textCursor()
        if not (self.hasFocus() and cursor.hasSelection()):
            self.setExtraSelections([])
            return
        marked = QTextEdit.ExtraSelection()
        shaped = QTextCharFormat()
        ring = QPen(QColor(theme.colours().accent), theme.FOCUS_WIDTH)
        shaped.setProperty(QTextFormat.Property.OutlinePen, ring)
        marked.cursor, marked.format = cursor, shaped
        self.setExtraSelections([marked])

    def changeEvent(self, event: QEvent) -> None:
        """Links are set in the palette's colour: set them again when it changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._render()
