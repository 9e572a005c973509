"""A text document that shows a rendering, block for block, and grows without starting over.

Every block of a `Rendering` is one block of the document, with the same characters, so that a
document position is an offset of the displayed text in UTF-16 units. When a message grows, only
the elements that differ are set again, and of the first of these only what differs: what stands
above keeps its place and its layout.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextOption,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)

from tracker_app.chat.rendering import Block, BlockKind, Element, Rendering, Span, Style, Table
from tracker_app.ui import theme
from tracker_app.ui.utf16 import utf16_length

LINE_BREAK = "\u2028"  # a line break inside a block
_BETWEEN = QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value
_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_ALIGNMENTS = {"Center": Qt.AlignmentFlag.AlignHCenter, "Right": Qt.AlignmentFlag.AlignRight}
_EMPTY = Rendering("", ())


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of a document's top stayed as it was, while its width did."""

    blocks: int  # their text
    characters: int  # code points at the beginning of the block that follows them
    placed: int  # blocks whose place is the same too: a table that grew may have wider columns


class MessageDocument(QTextDocument):
    """Shows one message at a time."""

    def __init__(self, reading: theme.Reading) -> None:
        super().__init__()
        self._reading = reading
        self._shown = _EMPTY
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(theme.M)
        self.setDefaultFont(theme.reading_font(reading))

    @property
    def rendering(self) -> Rendering:
        """What is shown."""
        return self._shown

    def show_rendering(self, rendering: Rendering) -> Kept:
        """Show another rendering; returns what stayed as it was."""
        same = sum(
            1
            for _ in takewhile(
                _are_equal, zip(self._shown.elements, rendering.elements, strict=False)
            )
        )
        kept_elements = rendering.elements[:same]
        blocks = len(Rendering("", kept_elements).blocks) - _ends_in_spacer(kept_elements)
        old, new = self._shown.elements[same:], rendering.elements[same:]
        kept = Kept(blocks, 0, blocks)
        if old or new:
            cursor = QTextCursor(self)
            cursor.beginEditBlock()  # one change: Qt never lays out a lone block a cut left behind
            kept = self._change(kept, kept_elements[-1:], old, new)
            cursor.endEditBlock()
        self._shown = rendering
        return kept

    def _change(
        self,
        kept: Kept,
        last_kept: tuple[Element, ...],
        old: tuple[Element, ...],
        new: tuple[Element, ...],
    ) -> Kept:
        """Set new elements in the place of old ones; returns what stayed."""
        before = last_kept[0] if last_kept else None
        one, two = (elements[0] if elements else None for elements in (old, new))
        if isinstance(one, Block) and isinstance(two, Block) and (same := _common_text(one, two)):
            cursor = self._cut_block(kept.blocks, two, same)
            kept = replace(kept, characters=same)
            self._insert_spans(cursor, _after(two.spans, same), self._char_format(two))
        elif isinstance(one, Table) and isinstance(two, Table) and (rows := _common_rows(one, two)):
            first = kept.blocks + _ends_in_spacer(last_kept)
            cursor = self._grow_table(first, one, two, rows)
            kept = Kept(first + rows * len(two.alignments), 0, first)
        else:
            cursor = self._cut(kept.blocks, before)
            if two is not None:
                self._insert(cursor, two, before)
        for above, element in pairwise(new):
            self._insert(cursor, element, above)
        return kept

    def restyle(self) -> Kept:
        """Set everything again in the colours and fonts of now."""
        shown, self._shown = self._shown, _EMPTY
        self.setDefaultFont(theme.reading_font(self._reading))
        return self.show_rendering(shown)

    def _cut(self, kept_blocks: int, last: Element | None) -> QTextCursor:
        """Remove everything after the last kept element; the cursor stands where to go on."""
        if isinstance(last, Block):
            cursor = QTextCursor(self.findBlockByNumber(kept_blocks - 1))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        else:  # the block after a table cannot be taken away, nor the first one
            cursor = QTextCursor(self.findBlockByNumber(kept_blocks))
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        if isinstance(last, Block):  # an empty block takes on the format of what was removed
            cursor.setBlockFormat(self._block_format(last))
            cursor.setBlockCharFormat(self._char_format(last))
        else:
            cursor.setBlockFormat(_spacer_format())
            cursor.setBlockCharFormat(QTextCharFormat())
        return cursor

    def _cut_block(self, number: int, block: Block, characters: int) -> QTextCursor:
        """Remove everything after the first characters of a block."""
        cursor = QTextCursor(self.findBlockByNumber(number))
        cursor.setPosition(cursor.position() + utf16_length(block.text[:characters]))
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.setBlockFormat(self._block_format(block))
        return cursor

    def _grow_table(self, first_block: int, old: Table, new: Table, rows: int) -> QTextCursor:
        """Set a table's rows anew after the first few, and nothing behind it."""
        cursor = self._cut(first_block + len(old.cells), old)
        shown = QTextCursor(self.findBlockByNumber(first_block)).currentTable()
        if len(old.rows) > rows:
            shown.removeRows(rows, len(old.rows) - rows)
        if len(new.rows) > rows:
            shown.appendRows(len(new.rows) - rows)
        self._fill_rows(shown, new, rows)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def _insert(self, cursor: QTextCursor, element: Element, before: Element | None) -> None:
        if isinstance(element, Table):
            self._insert_table(cursor, element)
            return
        block_format, char_format = self._block_format(element), self._char_format(element)
        if isinstance(before, Block) or element.kind is BlockKind.RULE:
            cursor.insertBlock(block_format, char_format)
        else:
            cursor.setBlockFormat(block_format)
            cursor.setBlockCharFormat(char_format)
        self._insert_spans(cursor, element.spans, char_format)

    def _insert_spans(
        self, cursor: QTextCursor, spans: Iterable[Span], plain: QTextCharFormat
    ) -> None:
        for span in spans:
            cursor.insertText(
                span.text.replace("\n", LINE_BREAK), self._span_format(plain, span.style)
            )

    def _insert_table(self, cursor: QTextCursor, table: Table) -> None:
        table_format = _table_format()
        table_format.setLeftMargin(self._left_margin(table.cells[0]))
        shown = cursor.insertTable(len(table.rows), len(table.alignments), table_format)
        self._fill_rows(shown, table, 0)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.setBlockFormat(_spacer_format())

    def _fill_rows(self, shown: QTextTable, table: Table, first: int) -> None:
        cell_format, char_format = self._cell_format, self._char_format(table.cells[0])
        head_format = QTextCharFormat(char_format)
        head_format.setFontWeight(theme.BOLD_WEIGHT)
        column_formats = [
            self._column_format(table, number) for number in range(len(table.alignments))
        ]
        for row in range(first, len(table.rows)):
            plain = head_format if row == 0 and table.has_head else char_format
            for column, cell in enumerate(table.rows[row]):
                place = shown.cellAt(row, column)
                place.setFormat(cell_format)
                inside = place.firstCursorPosition()
                inside.setBlockFormat(column_formats[column])
                inside.setBlockCharFormat(plain)
                self._insert_spans(inside, cell.spans, plain)

    def _column_format(self, table: Table, column: int) -> QTextBlockFormat:
        shaped = self._block_format(table.cells[column])
        shaped.setAlignment(_ALIGNMENTS.get(table.alignments[column], Qt.AlignmentFlag.AlignLeft))
        return shaped

    @property
    def _cell_format(self) -> QTextTableCellFormat:
        """Evens out that a fixed line height puts all of its space above the letters."""
        natural = QFontMetricsF(self.defaultFont()).height()
        shaped = QTextTableCellFormat()
        shaped.setLeftPadding(theme.M)
        shaped.setRightPadding(theme.M)
        shaped.setBottomPadding(theme.XS + max(0.0, self._reading.cell_line_height_px - natural))
        return shaped

    # --- formats -------------------------------------------------------------------------------

    def _block_format(self, block: Block) -> QTextBlockFormat:
        reading, colours = self._reading, theme.colours()
        shaped = QTextBlockFormat()
        # Exact lines: a proportional height would follow the tallest font of each line.
        shaped.setLineHeight(reading.line_height_px, _FIXED)
        if block.kind is not BlockKind.CELL:  # its table stands in instead
            shaped.setBottomMargin(theme.S)
            shaped.setLeftMargin(self._left_margin(block))
        if block.has_marker:
            step = self._list_step
            shaped.setTextIndent(-step)
            shaped.setTabPositions([QTextOption.Tab(step, QTextOption.TabType.LeftTab)])
        if block.kind is BlockKind.CODE:
            # A fixed height puts all of its space above the letters; this one puts it below them.
            shaped.setLineHeight(reading.code_leading_px, _BETWEEN)
            shaped.setBackground(QColor(colours.tint))
        elif block.kind is BlockKind.CELL:
            shaped.setLineHeight(reading.cell_line_height_px, _FIXED)
        elif block.kind is BlockKind.RULE:
            shaped.setLineHeight(1, _FIXED)
            shaped.setBackground(QColor(colours.border))
            shaped.setTopMargin(theme.L)
            shaped.setBottomMargin(theme.L)
        return shaped

    @property
    def _list_step(self) -> float:
        return self._reading.size_px * theme.LIST_STEP_EM

    def _left_margin(self, block: Block) -> float:
        return self._list_step * block.indent + theme.L * block.quote

    def _char_format(self, block: Block) -> QTextCharFormat:
        shaped = QTextCharFormat()
        if block.kind is BlockKind.HEADING:
            shaped.setProperty(QTextFormat.Property.FontPixelSize, self._reading.heading_px)
            shaped.setFontWeight(theme.BOLD_WEIGHT)
        elif block.kind is BlockKind.CODE:
            shaped.setFontFamilies([theme.monospace_family()])
            shaped.setProperty(QTextFormat.Property.FontPixelSize, self._reading.code_px)
        elif block.kind is BlockKind.RULE:
            shaped.setProperty(QTextFormat.Property.FontPixelSize, 1)
        if block.quote:
            shaped.setForeground(QColor(theme.colours().muted))
        return shaped

    def _span_format(self, plain: QTextCharFormat, style: Style) -> QTextCharFormat:
        if not style:
            return plain
        shaped = QTextCharFormat(plain)
        if style & Style.BOLD:
            shaped.setFontWeight(theme.BOLD_WEIGHT)
        if style & Style.ITALIC:
            shaped.setFontItalic(True)
        if style & Style.STRUCK:
            shaped.setFontStrikeOut(True)
        if style & Style.CODE:
            shaped.setFontFamilies([theme.monospace_family()])
            shaped.setBackground(QColor(theme.colours().tint))
        if style & Style.LINK:
            shaped.setForeground(QColor(theme.colours().accent))
        return shaped


def _are_equal(pair: tuple[object, object]) -> bool:
    return pair[0] is pair[1] or pair[0] == pair[1]


def _common_text(one: Block, two: Block) -> int:
    """How many characters at the beginning of two blocks look the same."""
    if replace(one, spans=()) != replace(two, spans=()):
        return 0
    same = 0
    for a, b in zip(one.spans, two.spans, strict=False):
        if a.style != b.style:
            return same
        if not b.text.startswith(a.text):
            return same + sum(1 for _ in takewhile(_are_equal, zip(a.text, b.text, strict=False)))
        same += len(a.text)
        if a.text != b.text:
            return same
    return same


def _common_rows(one: Table, two: Table) -> int:
    """How many rows at the beginning of two tables look the same, if their columns do."""
    if (one.alignments, one.has_head) != (two.alignments, two.has_head):
        return 0
    return sum(1 for _ in takewhile(_are_equal, zip(one.rows, two.rows, strict=False)))


def _after(spans: Iterable[Span], characters: int) -> Iterator[Span]:
    """The spans' text after some characters."""
    for span in spans:
        if len(span.text) > characters:
            yield replace(span, text=span.text[characters:]) if characters else span
        characters = max(0, characters - len(span.text))


def _ends_in_spacer(elements: tuple[Element, ...]) -> bool:
    return not elements or isinstance(elements[-1], Table)


def _spacer_format() -> QTextBlockFormat:
    """As low as can be: nobody put this empty block there."""
    shaped = QTextBlockFormat()
    shaped.setLineHeight(theme.S, _FIXED)
    return shaped


def _table_format() -> QTextTableFormat:
    shaped = QTextTableFormat()
    shaped.setBorderCollapse(True)
    shaped.setBorder(1)
    shaped.setBorderBrush(QColor(theme.colours().border))
    shaped.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shaped.setCellPadding(theme.XS)
    shaped.setBottomMargin(theme.S)
    return shaped
