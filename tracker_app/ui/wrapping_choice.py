"""Ticks and radio buttons whose words may take several lines.

Qt's own draw one line and cut off the rest; a consent must not be cut off.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
)

from tracker_app.ui import theme

EDGE = theme.XS
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop


# PySide cannot inherit from two of Qt's classes, so at run time this is a plain one.
if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    _Button = object


class _Wrapping(_Button):
    """What ticks and radio buttons share: an indicator, words beside it and a ring around both."""

    _indicator = QStyle.PrimitiveElement.PE_IndicatorCheckBox

    def _prepare(self, name: str) -> None:
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _words(self, width: int) -> QRect:
        left = EDGE + theme.INDICATOR + theme.M
        room = QRect(left, EDGE, max(1, width - left - EDGE), 10_000)
        return self.fontMetrics().boundingRect(room, _FLAGS, self.text())

    def heightForWidth(self, width: int) -> int:
        """High enough for all lines."""
        return max(self._words(width).height(), theme.INDICATOR) + 2 * EDGE

    def sizeHint(self) -> QSize:
        """One line, as long as a column of text is wide."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        wished = EDGE + theme.INDICATOR + theme.M + words + EDGE + 1
        width = min(wished, theme.TEXT_COLUMN_WIDTH)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Words can always be broken."""
        return QSize(theme.NUMBER_WIDTH, theme.INDICATOR + 2 * EDGE)

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be pressed."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the indicator beside the first line, the words, and the ring."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        option = QStyleOptionButton()
        option.initFrom(self)
        state = QStyle.StateFlag
        option.state |= state.State_On if self.isChecked() else state.State_Off
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        words = self._words(self.width())
        line = self.fontMetrics().height()
        top = EDGE + max(0, (line - theme.INDICATOR) // 2)
        option.rect = QRect(EDGE, top, theme.INDICATOR, theme.INDICATOR)
        if words.height() < theme.INDICATOR:
            words.moveTop(EDGE + (theme.INDICATOR - words.height()) // 2)
        words.setWidth(self.width() - words.left() - EDGE)
        if is_mirrored:
            option.rect.moveRight(self.width() - EDGE)
            words.moveLeft(EDGE)
        self.style().drawPrimitive(self._indicator, option, painter, self)
        c = theme.colours()
        painter.setPen(QColor(c.text if self.isEnabled() else c.muted))
        painter.drawText(words, _FLAGS, self.text())
        if self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), theme.FOCUS_WIDTH))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), theme.XS, theme.XS)
        painter.end()


class Tick(_Wrapping, QCheckBox):
    """A check box whose words may take several lines."""

    def __init__(self, text: str, name: str) -> None:
        QCheckBox.__init__(self, text)
        self._prepare(name)


class Radio(_Wrapping, QRadioButton):
    """A radio button whose words may take several lines."""

    _indicator = QStyle.PrimitiveElement.PE_IndicatorRadioButton

    def __init__(self, text: str, name: str) -> None:
        QRadioButton.__init__(self, text)
        self._prepare(name)
