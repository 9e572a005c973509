"""One answer on screen: readable Markdown with its own scrolling, and where its words stand."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QPointF, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QTextEdit

from tracker_app.ui import theme
from tracker_app.ui.coordinates import PhysicalRect, rect_to_physical, to_physical
from tracker_app.ui.word_boxes import WordBox, displayed_text, measure_words

# setMarkdown costs 6-31 ms, so a streaming answer is set again only this often.
RENDER_INTERVAL_MS = 200
NOWHERE = PhysicalRect(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class MeasuredLayout:
    """Where the words of the shown text stand on its page."""

    message_id: str
    version: int
    text: str
    words: list[WordBox]


@dataclass(frozen=True, slots=True)
class MeasuredPlacement:
    """Where the page lies on the screen, and its visible part; physical pixels."""

    message_id: str
    version: int
    origin_px: tuple[float, float]
    pixel_ratio: float
    clip: PhysicalRect


class AnswerView(QTextEdit):
    """Shows a message; announces each new layout and each move of the text on the screen."""

    layout_measured = Signal(object)  # MeasuredLayout
    placement_measured = Signal(object)  # MeasuredPlacement

    def __init__(self, reading: theme.Reading) -> None:
        super().__init__()
        self._reading = reading
        self._message_id = ""
        self._version = 0
        self._pending = ""
        self._last_placement: MeasuredPlacement | None = None
        self.setReadOnly(True)
        self.setProperty("role", "answer")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(theme.M)
        self._render_timer = QTimer(self, singleShot=True, interval=RENDER_INTERVAL_MS)
        self._render_timer.timeout.connect(self._render)
        self._measure_timer = QTimer(self, singleShot=True, interval=0)
        self._measure_timer.timeout.connect(self._measure_layout)
        self._placement_timer = QTimer(self, singleShot=True, interval=0)
        self._placement_timer.timeout.connect(self._measure_placement)
        self.verticalScrollBar().valueChanged.connect(self._placement_timer.start)
        self.viewport().installEventFilter(self)

    @property
    def message_id(self) -> str:
        """The message shown, or an empty string."""
        return self._message_id

    def show_message(self, message_id: str, text: str) -> None:
        """Show this text of a message; while it grows, at most every `RENDER_INTERVAL_MS`."""
        is_new = message_id != self._message_id
        self._message_id, self._pending = message_id, text
        if is_new:
            self._version = 0
            self._render()
        elif not self._render_timer.isActive():
            self._render_timer.start()

    def finish(self) -> str:
        """Render what is pending now and return the plain text on screen."""
        self._render_timer.stop()
        self._render()
        return displayed_text(self.document())

    def clear_message(self) -> None:
        """Show nothing; the message shown so far is announced as out of sight."""
        self._render_timer.stop()
        last, self._last_placement = self._last_placement, None
        if last is not None:
            self.placement_measured.emit(replace(last, clip=NOWHERE))
        self._message_id = ""
        self.clear()

    @Slot()
    def restyle(self) -> None:
        """Show the message in the colours and fonts of now."""
        if self._message_id:
            self._render()

    def refresh_placement(self) -> None:
        """Measure again where the text lies: the window moved, came up or went under."""
        self._placement_timer.start()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Load nothing: a model's answer must not make this computer open files or addresses."""
        del kind, name
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words flow anew."""
        super().resizeEvent(event)
        if self._message_id:
            self._measure_timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice moves of the text's viewport."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._placement_timer.start()
        return super().eventFilter(watched, event)

    @Slot()
    def _render(self) -> None:
        position = self.verticalScrollBar().value()
        document = self.document()
        features = (
            QTextDocument.MarkdownFeature.MarkdownDialectGitHub
            | QTextDocument.MarkdownFeature.MarkdownNoHTML
        )
        document.setDefaultFont(theme.font(self._reading.size_px))
        document.setMarkdown(self._pending, features)
        style_document(document, self._reading)
        self.verticalScrollBar().setValue(position)
        self._measure_timer.start()

    @Slot()
    def _measure_layout(self) -> None:
        if not self._message_id:
            return
        self._version += 1
        document = self.document()
        self.layout_measured.emit(
            MeasuredLayout(
                self._message_id,
                self._version,
                displayed_text(document),
                measure_words(document),
            )
        )
        self._measure_placement()

    @Slot()
    def _measure_placement(self) -> None:
        if not self._message_id or not self._version:
            return
        viewport = self.viewport()
        origin = QPointF(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        visible = viewport.visibleRegion().boundingRect()
        placement = MeasuredPlacement(
            self._message_id,
            self._version,
            to_physical(viewport, origin),
            self.devicePixelRatioF(),
            rect_to_physical(viewport, visible),
        )
        if placement != self._last_placement:
            self._last_placement = placement
            self.placement_measured.emit(placement)


def style_document(document: QTextDocument, reading: theme.Reading) -> None:
    """Set line height, paragraph spacing and what Markdown leaves plain: code and tables."""
    colours = theme.colours()
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    block = document.begin()
    while block.isValid():
        _style_block(QTextCursor(block), block, reading, colours)
        block = block.next()
    cursor.endEditBlock()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _style_table(frame, colours)


def _style_block(
    cursor: QTextCursor, block: QTextBlock, reading: theme.Reading, colours: theme.Colours
) -> None:
    block_format, char_format = QTextBlockFormat(), QTextCharFormat()
    given = block.blockFormat()
    if given.hasProperty(QTextFormat.Property.BlockCodeFence) or given.hasProperty(
        QTextFormat.Property.BlockCodeLanguage
    ):
        block_format.setBackground(QColor(colours.tint))
        char_format.setFontFamilies([theme.monospace_family()])
    else:
        # Exact lines: a proportional height would follow the tallest font of each line.
        block_format.setLineHeight(
            reading.line_height_px, QTextBlockFormat.LineHeightTypes.FixedHeight.value
        )
    if block.textList() is None and cursor.currentTable() is None:
        block_format.setBottomMargin(theme.S)
    if given.headingLevel():
        _even_out_heading(cursor, block, reading)
    cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    cursor.mergeCharFormat(char_format)
    cursor.mergeBlockFormat(block_format)


def _even_out_heading(cursor: QTextCursor, block: QTextBlock, reading: theme.Reading) -> None:
    """Qt enlarges only the plain parts of a heading, by up to three times; give it one size."""
    for part in block.textFormats():
        char_format = QTextCharFormat(part.format)
        char_format.clearProperty(QTextFormat.Property.FontSizeAdjustment)
        char_format.setProperty(QTextFormat.Property.FontPixelSize, reading.heading_px)
        start = block.position() + part.start
        cursor.setPosition(start)
        cursor.setPosition(start + part.length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(char_format)
    cursor.setPosition(block.position())


def _style_table(table: QTextTable, colours: theme.Colours) -> None:
    table_format = table.format()
    table_format.setBorderCollapse(True)
    table_format.setBorder(1)
    table_format.setBorderBrush(QColor(colours.border))
    table_format.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    table_format.setCellPadding(theme.XS)
    table.setFormat(table_format)
    bold = QTextCharFormat()
    bold.setFontWeight(600)
    for column in range(table.columns()):
        cursor = table.cellAt(0, column).firstCursorPosition()
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.mergeCharFormat(bold)
