"""The frame every quiet page shares: one column of text and one next action."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from tracker_app.ui import theme


def label(text: str, role: str = "", *, wraps: bool = True) -> QLabel:
    """A plain-text label with one of the theme's looks."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setProperty("role", role)
    result.setWordWrap(wraps)
    return result


def button(text: str, name: str, role: str = "") -> QPushButton:
    """A button whose `name` stands in the announcement of the page's controls."""
    result = QPushButton(text)
    result.setObjectName(name)
    result.setProperty("role", role)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    result.setAutoDefault(True)  # outside dialogs only some desktops let Enter press a button
    return result


def set_role(widget: QWidget, role: str) -> None:
    """Change a widget's look."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def markdown(text: str) -> QTextBrowser:
    """Read-only text of the study file; links open in the system's browser."""
    result = QTextBrowser()
    result.setProperty("role", "document")
    result.setOpenExternalLinks(True)
    result.setFrameShape(QFrame.Shape.NoFrame)
    result.document().setDocumentMargin(0)
    result.setMarkdown(text)
    spaced = QTextBlockFormat()
    spaced.setBottomMargin(theme.S)
    cursor = result.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeBlockFormat(spaced)
    return result


class Page(QWidget):
    """A page of the study: a card in the middle with a title, content and a row of actions."""

    def __init__(self, name: str, title: str) -> None:
        """Build an empty page.

        Args:
            name: the page's name in announcements and screenshots.
            title: its heading.
        """
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._card = QFrame()
        self._card.setProperty("role", "card")
        self._card.setMaximumWidth(theme.TEXT_COLUMN_WIDTH + 2 * theme.XXL)
        self._card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(theme.XXL, theme.XXL, theme.XXL, theme.XXL)
        column.setSpacing(theme.L)
        self.title = label(title, "title")
        column.addWidget(self.title)
        self.content = QVBoxLayout()
        self.content.setSpacing(theme.M)
        column.addLayout(self.content)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.M)
        column.addSpacing(theme.S)
        column.addLayout(self.buttons)
        self.buttons.addStretch(1)
        self._centre(self._card)

    def _centre(self, card: QWidget) -> None:
        holder = QWidget()
        holder.setProperty("role", "page")
        row = QHBoxLayout(holder)
        row.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.XL)
        row.addStretch(1)
        row.addWidget(card, 100, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        outer: QLayout = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def enter(self) -> None:
        """Called when the page is shown; put the focus where typing or Enter should go."""
