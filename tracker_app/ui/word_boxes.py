"""Measures where each word of a text document stands.

Offsets are code points of the displayed text (`QTextDocument.toPlainText`), whose UTF-16 units
are the document's positions one for one. A word that is broken over lines gives a box per line;
CJK characters are words of their own, because those scripts put no spaces between words.
"""

import re
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QPointF
from PySide6.QtGui import QTextBlock, QTextDocument, QTextLine

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")


@dataclass(frozen=True, slots=True)
class WordBox:
    """One word, or one line's share of it, in logical pixels of the document's page."""

    start: int
    end: int
    line: int
    left: float
    top: float
    width: float
    height: float


def displayed_text(document: QTextDocument) -> str:
    """The plain text a document shows."""
    return document.toPlainText()


def measure_words(document: QTextDocument) -> list[WordBox]:
    """The boxes of all words in reading order of the document."""
    text = displayed_text(document)
    units = _utf16_offsets(text)
    lines = _Lines()
    boxes: list[WordBox] = []
    block = document.begin()
    for word in _WORD.finditer(text):
        start, end = word.span()
        while block.isValid() and block.position() + block.length() <= units[start]:
            block = block.next()
        boxes += _boxes_of_word(document, block, units, start, end, lines)
    return boxes


def _utf16_offsets(text: str) -> list[int]:
    """The UTF-16 offset of each code point, and of the end."""
    return [0, *accumulate(2 if ord(c) > 0xFFFF else 1 for c in text)]


class _Lines:
    """Numbers visual lines in the order words meet them."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}

    def number(self, block: QTextBlock, line: QTextLine) -> int:
        key = (block.blockNumber(), line.lineNumber())
        return self._numbers.setdefault(key, len(self._numbers))


def _boxes_of_word(
    document: QTextDocument,
    block: QTextBlock,
    units: list[int],
    start: int,
    end: int,
    lines: _Lines,
) -> list[WordBox]:
    layout, origin = block.layout(), document.documentLayout().blockBoundingRect(block).topLeft()
    boxes = []
    while start < end:
        line = layout.lineForTextPosition(units[start] - block.position())
        if not line.isValid():
            break
        line_end = block.position() + line.textStart() + line.textLength()
        stop = end
        while stop > start + 1 and units[stop] > line_end:
            stop -= 1
        boxes.append(_box(block, line, origin, units, start, stop, lines))
        start = stop
    return boxes


def _box(
    block: QTextBlock,
    line: QTextLine,
    origin: QPointF,
    units: list[int],
    start: int,
    end: int,
    lines: _Lines,
) -> WordBox:
    x_start = _cursor_x(line, units[start] - block.position())
    x_end = _cursor_x(line, units[end] - block.position())
    return WordBox(
        start=start,
        end=end,
        line=lines.number(block, line),
        left=origin.x() + min(x_start, x_end),  # right-to-left text runs backwards
        top=origin.y() + line.y(),
        width=abs(x_end - x_start),
        height=line.height(),
    )


def _cursor_x(line: QTextLine, position: int) -> float:
    # PySide6 returns (x, position) because the C++ method moves the position it is given.
    return float(line.cursorToX(position)[0])  # type: ignore[index] # stubs say float
