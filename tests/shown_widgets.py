"""Finding things on a page, as somebody who looks at it would."""

from typing import TypeVar

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

_W = TypeVar("_W", bound=QWidget)


def find(page: QWidget, kind: type[_W], name: str) -> _W:
    found = page.findChild(kind, name)
    assert isinstance(found, kind), f"{name} is not on the page"
    return found


def button(page: QWidget, name: str) -> QPushButton:
    return find(page, QPushButton, name)


def texts(page: QWidget) -> str:
    """Every text that is not hidden, whether or not the page itself is shown."""
    labels = (w for w in page.findChildren(QLabel) if w.isVisibleTo(page))
    buttons = (w for w in page.findChildren(QPushButton) if w.isVisibleTo(page))
    shown = [w.text() for w in labels] + [w.text() for w in buttons]
    return " ".join(shown).replace("\u200b", "")


def accessible_name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface.text(QAccessible.Text.Name)
