"""The frame every quiet page shares: a heading, content that scrolls, and a row of actions.

The actions stand below what scrolls, so that no text, however long, pushes them out of a window.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tracker_app.ui import theme
from tracker_app.ui.texts import tr

LEAST_CONTENT = 2 * theme.CONTROL_HEIGHT


class Button(QPushButton):
    """A push button with a ring inside where its own colour would hide one around it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring on a filled button that has the focus."""
        super().paintEvent(event)
        is_filled = self.property("role") == "primary" or self.isChecked()
        if not (is_filled and self.hasFocus() and self.isEnabled()):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colours().on_accent), theme.FOCUS_WIDTH))
        inset = theme.XS
        painter.drawRoundedRect(self.rect().adjusted(inset, inset, -inset, -inset), inset, inset)
        painter.end()


def label(text: str, role: str = "", *, wraps: bool = True) -> QLabel:
    """A plain-text label with one of the theme's looks."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setProperty("role", role)
    result.setWordWrap(wraps)
    return result


def flowing(text: str) -> str:
    """A text of the study file without its line breaks: only empty lines part paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def button(text: str, name: str, role: str = "", kind: type[Button] = Button) -> Button:
    """A button whose `name` stands in the announcement of the page's controls."""
    result = kind(text)
    result.setObjectName(name)
    result.setProperty("role", role)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    result.setAutoDefault(True)  # outside dialogs only some desktops let Enter press a button
    return result


def keep_place(widget: QWidget) -> None:
    """Let nothing around a widget move when it is hidden."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def tab_through(widgets: Iterable[QWidget]) -> None:
    """Let Tab come to widgets in this order: else it is the one in which they were made."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def divider() -> QFrame:
    """A thin line across."""
    result = QFrame()
    result.setProperty("role", "divider")
    result.setFixedHeight(1)
    return result


def set_role(widget: QWidget, role: str) -> None:
    """Change a widget's look."""
    set_look(widget, "role", role)


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Change a property the style sheet asks for."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class _Content(QWidget):
    """What may scroll: it does once the window is lower than the least it needs."""

    def heightForWidth(self, width: int) -> int:
        """The least height: what can shrink shrinks before anything scrolls."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout else 0

    def wished_height(self, width: int) -> int:
        """The height at which nothing has to shrink."""
        layout = self.layout()
        if layout is None:
            return 0
        if layout.hasHeightForWidth():
            return layout.heightForWidth(width)
        return layout.sizeHint().height()


class _ContentScroll(QScrollArea):
    """As high as its content would like to be, where there is room."""

    def __init__(self, content: _Content) -> None:
        super().__init__()
        self._content = content
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setObjectName("page_scroll")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always in its place: one that comes and goes changes the width, and so the height.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        self._on_range(0, 0)

    def _on_range(self, _least: int, most: int) -> None:
        """A stop for the keyboard only where it has something to scroll."""
        scrolls = most > 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if scrolls else Qt.FocusPolicy.NoFocus)
        if not scrolls and self.hasFocus():
            self._content.setFocus()  # Tab goes on from there
        set_look(self.verticalScrollBar(), "is_idle", not scrolls)

    def heightForWidth(self, width: int) -> int:
        """What the content would like."""
        edges = 2 * theme.FOCUS_WIDTH
        return edges + self._content.wished_height(width - edges - theme.SCROLL_WIDTH)

    def sizeHint(self) -> QSize:
        """What the content would like at the width it likes."""
        wished = self._content.sizeHint()
        return QSize(wished.width(), self.heightForWidth(wished.width()))

    def minimumSizeHint(self) -> QSize:
        """Two lines of controls: the rest scrolls."""
        return QSize(self._content.minimumSizeHint().width(), LEAST_CONTENT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow and shrink with the content."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class Page(QWidget):
    """A page of the study: a card in the middle with a title, content and a row of actions."""

    def __init__(self, name: str, title: str, *, width: int = theme.TEXT_COLUMN_WIDTH) -> None:
        """Build an empty page.

        Args:
            name: the page's name in announcements and screenshots.
            title: its heading.
            width: of its content, where the window has room.
        """
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._card = QFrame()
        self._card.setProperty("role", "card")
        self._card.setMaximumWidth(width + 2 * theme.XXL)
        self._card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._column = QVBoxLayout(self._card)
        self._column.setSpacing(0)
        self.title = label(title, "title")
        self._column.addWidget(self.title)
        holder = _Content()
        self.content = QVBoxLayout(holder)
        self.content.setSpacing(theme.M)
        self._scroll = _ContentScroll(holder)
        self._scroll.setAccessibleName(tr("This page"))
        self._column.addWidget(self._scroll, 1)
        self._footer = QWidget()
        self.buttons = QHBoxLayout(self._footer)
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.buttons.setSpacing(theme.M)
        self.buttons.addStretch(1)
        self._column.addWidget(self._footer)
        self._outer = QHBoxLayout(self)
        self._outer.addStretch(1)
        self._outer.addWidget(self._card, 100, Qt.AlignmentFlag.AlignVCenter)
        self._outer.addStretch(1)
        self._set_margins()

    def _set_margins(self) -> None:
        """Even margins; small ones in a low window, where text needs the room.

        The ring around what scrolls and its scroll bar stand in the margins, not in the text.
        """
        is_low = self.height() < theme.LOW_HEIGHT
        around, inside = (theme.M, theme.L) if is_low else (theme.XL, theme.XXL)
        between = theme.S if is_low else theme.L
        below_title = theme.XS if is_low else theme.S
        ring, air, bar = theme.FOCUS_WIDTH, theme.S, theme.SCROLL_WIDTH
        left = inside - ring - air
        right = max(0, inside - ring - bar - theme.XS)
        beside_bar = inside - ring - bar - right
        self._outer.setContentsMargins(around, around, around, around)
        self._column.setContentsMargins(left, inside, right, inside)
        self.title.setContentsMargins(inside - left, 0, inside - right, below_title)
        self.buttons.setContentsMargins(inside - left, between, inside - right, 0)
        self.content.setContentsMargins(air, between - below_title, beside_bar, ring)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep smaller margins in a low window."""
        super().resizeEvent(event)
        self._set_margins()

    def showEvent(self, event: QShowEvent) -> None:
        """A page without actions has no row for them."""
        super().showEvent(event)
        items = (self.buttons.itemAt(i) for i in range(self.buttons.count()))
        has_actions = any(item is not None and item.spacerItem() is None for item in items)
        self._footer.setVisible(has_actions)

    def add_note(self, text: str) -> QLabel:
        """Say something small at the left of the actions, as wide as there is room."""
        note = label(text, "small")
        self.buttons.takeAt(0)  # the stretch
        self.buttons.insertWidget(0, note, 1)
        return note

    def reveal(self, widget: QWidget) -> None:
        """Scroll until something can be seen, once it has found its place."""
        see = self._scroll.ensureWidgetVisible
        QTimer.singleShot(0, widget, lambda: see(widget, theme.M, theme.XL))

    def order_stops(self) -> None:
        """Let Tab come to what was put in later where it stands, and not last."""
        stops = (w for w in self.findChildren(QWidget) if w.window() is self.window())
        tab_through(
            w for w in stops if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.focusProxy()
        )

    def scroll_up(self) -> None:
        """Show the beginning."""
        self._scroll.verticalScrollBar().setValue(0)

    def enter(self) -> None:
        """Called when the page is shown; put the focus where typing or Enter should go."""
