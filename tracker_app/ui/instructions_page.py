"""What to do, on a few cards, one at a time."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut

from tracker_app.study.study import Instruction
from tracker_app.ui.markdown_text import MarkdownText
from tracker_app.ui.page import Page, button, label
from tracker_app.ui.texts import tr


class InstructionsPage(Page):
    """Leafs through the cards with buttons or the arrow keys; the last one leads on."""

    finished = Signal()

    def __init__(self, cards: Sequence[Instruction]) -> None:
        """Show the first of at least one card."""
        super().__init__("instructions", cards[0].title)
        self._cards = cards
        self._number = 0
        self._text = MarkdownText("", "instruction_text")
        self._text.setAccessibleName(tr("Instructions"))
        self.content.addWidget(self._text)
        self._count = label("", "muted", wraps=False)
        self._back = button(tr("Back"), "instruction_back")
        self._back.clicked.connect(self._on_back)
        self._next = button("", "instruction_next", "primary")
        self._next.clicked.connect(self._on_next)
        self.buttons.insertWidget(0, self._count)
        self.buttons.addWidget(self._back)
        self.buttons.addWidget(self._next)
        keys = [Qt.Key.Key_Left, Qt.Key.Key_Right]
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            keys.reverse()
        self._add_key(keys[0], self._on_back)
        self._add_key(keys[1], self._on_forward)
        self._show()

    def _add_key(self, key: Qt.Key, leaf: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(leaf)

    def enter(self) -> None:
        """Enter goes to the next card."""
        self._next.setFocus()

    def _show(self) -> None:
        card, total = self._cards[self._number], len(self._cards)
        self.title.setText(card.title)
        self._text.show_text(card.text)
        is_several = total > 1
        self._count.setVisible(is_several)
        self._count.setText(tr("{number} of {total}", number=self._number + 1, total=total))
        self._back.setVisible(is_several)
        self._back.setEnabled(self._number > 0)
        is_last = self._number == total - 1
        self._next.setText(tr("Continue") if is_last else tr("Next"))
        self.scroll_up()

    @Slot()
    def _on_back(self) -> None:
        if self._number > 0:
            if self._back.hasFocus() and self._number == 1:
                self._next.setFocus()  # Back is about to be out of use
            self._number -= 1
            self._show()

    @Slot()
    def _on_next(self) -> None:
        if self._number == len(self._cards) - 1:
            self.finished.emit()
        else:
            self._number += 1
            self._show()

    @Slot()
    def _on_forward(self) -> None:
        """Only the button leaves the last card."""
        if self._number < len(self._cards) - 1:
            self._on_next()
