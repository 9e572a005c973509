"""Topics to choose from: cards, each of which is one large button."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tracker_app.study.study import Topic
from tracker_app.ui import theme
from tracker_app.ui.page import Page, label
from tracker_app.ui.texts import tr


class TopicCard(QPushButton):
    """Title, text and where it is from."""

    def __init__(self, topic: Topic) -> None:
        super().__init__()
        self.topic = topic
        self.setObjectName(f"topic_{topic.id}")
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(True)
        origin = _origin(topic)
        self.setAccessibleName(topic.title)
        self.setAccessibleDescription(" ".join(t for t in (topic.text, origin) if t))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        column.setSpacing(theme.S)
        column.addWidget(label(topic.title, "lead_heading"))
        if topic.text:
            column.addWidget(label(topic.text))
        column.addStretch(1)
        if origin:
            column.addWidget(label(origin, "small"))
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """As large as its words, of which Qt's own would not know."""
        return QSize(theme.CARD_WIDTH, self._column.heightForWidth(theme.CARD_WIDTH))

    def minimumSizeHint(self) -> QSize:
        """Words can be broken."""
        return QSize(theme.CARD_WIDTH, theme.CARD_HEIGHT)


class TopicPage(Page):
    """As many cards beside each other as fit and as look even."""

    chosen = Signal(str)  # the topic's id

    def __init__(self, topics: Sequence[Topic]) -> None:
        is_few = len(topics) == 1
        width = theme.TEXT_COLUMN_WIDTH if is_few else theme.WIDE_COLUMN_WIDTH
        super().__init__("topic", tr("What would you like to talk about?"), width=width)
        self._cards = [TopicCard(topic) for topic in topics]
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.L)
        self.content.addLayout(self._grid)
        for card in self._cards:
            card.clicked.connect(lambda _=False, id_=card.topic.id: self.chosen.emit(id_))
        self._columns = 0
        self._arrange(1)

    def enter(self) -> None:
        """The arrow keys go from card to card at once."""
        self._cards[0].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many beside each other as there is room for."""
        super().resizeEvent(event)
        room = min(self.width() - 2 * (theme.XL + theme.XXL), theme.WIDE_COLUMN_WIDTH)
        fitting = max(1, (room + theme.L) // (theme.CARD_WIDTH + theme.L))
        self._arrange(_even_columns(len(self._cards), fitting))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)


def _even_columns(cards: int, fitting: int) -> int:
    """The number of columns that leaves the fewest gaps in the last row."""
    if cards <= fitting:
        return cards
    candidates = (fitting, fitting - 1) if fitting > 2 else (fitting,)
    return min(candidates, key=lambda n: -cards % n)


def _origin(topic: Topic) -> str:
    return ", ".join(part for part in (topic.source, topic.date) if part)
