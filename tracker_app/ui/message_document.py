"""A text document that shows a rendering, block for block, and grows without starting over.

Every block of a `Rendering` is one block of the document, with the same characters, so that a
document position is an offset of the displayed text in UTF-16 units. When a message grows, only
the elements that differ are set again: what stands above them keeps its place and its layout.
"""

from itertools import takewhile

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

from tracker_app.chat.rendering import Block, BlockKind, Element, Rendering, Style, Table
from tracker_app.ui import theme

LINE_BREAK = "\u2028"  # a line break inside a block
_BETWEEN = QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value
_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_ALIGNMENTS = {"Center": Qt.AlignmentFlag.AlignHCenter, "Right": Qt.AlignmentFlag.AlignRight}
_EMPTY = Rendering("", ())


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

    def show_rendering(self, rendering: Rendering) -> int:
        """Show another rendering; returns the number of blocks at the top that stayed as they were.

        The blocks that stayed keep their layout too, unless the document's width changes.
        """
        same = sum(
            1
            for _ in takewhile(
                _are_equal, zip(self._shown.elements, rendering.elements, strict=False)
            )
        )
        kept_elements = rendering.elements[:same]
        kept = len(Rendering("", kept_elements).blocks) - _ends_in_spacer(kept_elements)
        if len(self._shown.elements) == same == len(rendering.elements):
            self._shown = rendering
            return kept
        before = kept_elements[-1] if kept_elements else None
        cursor = QTextCursor(self)
        cursor.beginEditBlock()  # one change: Qt never lays out a lone block that a cut left behind
        cursor = self._cut(kept, before)
        for element in rendering.elements[same:]:
            self._insert(cursor, element, before)
            before = element
        cursor.endEditBlock()
        self._shown = rendering
        return kept

    def restyle(self) -> None:
        """Set everything again in the colours and fonts of now."""
        shown, self._shown = self._shown, _EMPTY
        self.setDefaultFont(theme.reading_font(self._reading))
        self.show_rendering(shown)

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
        self._insert_spans(cursor, element, char_format)

    def _insert_spans(self, cursor: QTextCursor, block: Block, plain: QTextCharFormat) -> None:
        for span in block.spans:
            cursor.insertText(
                span.text.replace("\n", LINE_BREAK), self._span_format(plain, span.style)
            )

    def _insert_table(self, cursor: QTextCursor, table: Table) -> None:
        columns = len(table.alignments)
        table_format = _table_format()
        table_format.setLeftMargin(self._left_margin(table.cells[0]))
        shown: QTextTable = cursor.insertTable(len(table.rows), columns, table_format)
        for number, cell in enumerate(table.cells):
            row, column = divmod(number, columns)
            block_format = self._block_format(cell)
            alignment = _ALIGNMENTS.get(table.alignments[column], Qt.AlignmentFlag.AlignLeft)
            block_format.setAlignment(alignment)
            char_format = self._char_format(cell)
            if row == 0:
                char_format.setFontWeight(theme.BOLD_WEIGHT)
            place = shown.cellAt(row, column)
            place.setFormat(self._cell_format)
            inside = place.firstCursorPosition()
            inside.setBlockFormat(block_format)
            inside.setBlockCharFormat(char_format)
            self._insert_spans(inside, cell, char_format)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.setBlockFormat(_spacer_format())

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


def _are_equal(pair: tuple[Element, Element]) -> bool:
    return pair[0] == pair[1]


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
