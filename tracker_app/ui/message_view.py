"""One message on screen: readable text with its own scrolling, and where its words stand."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QPointF, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from tracker_app.aoi import Box
from tracker_app.chat.markdown import render_markdown
from tracker_app.chat.rendering import Rendering, render_plain
from tracker_app.records import TextEventKind
from tracker_app.ui import theme
from tracker_app.ui.coordinates import PhysicalRect, pixel_ratio, rect_to_physical, to_physical
from tracker_app.ui.message_document import MessageDocument
from tracker_app.ui.word_boxes import WordMeasurer

# A streaming answer is set again at most this often: ten times a second looks continuous.
RENDER_INTERVAL_MS = 100
NOWHERE = PhysicalRect(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class MeasuredLayout:
    """Where the words of the shown text stand on its page."""

    message_id: str
    text: str
    boxes: tuple[Box, ...]
    is_growing: bool  # more of the message is to come


@dataclass(frozen=True, slots=True)
class MeasuredPlacement:
    """Where the page lies on the screen, and its visible part; physical pixels."""

    message_id: str
    origin_px: tuple[float, float]
    pixel_ratio: float
    clip: PhysicalRect


@dataclass(frozen=True, slots=True)
class TextAction:
    """Part of the text was selected or copied; code points of the displayed text."""

    message_id: str
    kind: TextEventKind
    start: int
    end: int


class MessageView(QTextEdit):
    """Shows a message; announces each new layout and each move of the text on the screen."""

    layout_measured = Signal(object)  # MeasuredLayout
    placement_measured = Signal(object)  # MeasuredPlacement
    text_acted_on = Signal(object)  # TextAction

    def __init__(self, reading: theme.Reading, *, is_markdown: bool = True) -> None:
        super().__init__()
        self._render_text = render_markdown if is_markdown else render_plain
        self._reading = reading
        self._message_id = ""
        self._pending = ""
        self._is_growing = False
        self._is_measured = False
        self._last_placement: MeasuredPlacement | None = None
        self._watched: list[QWidget] = []
        self.setReadOnly(True)
        self.setProperty("role", "answer")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.reading_font(reading))
        self._document = MessageDocument(reading)
        self._document.setParent(self)
        self.setDocument(self._document)
        self._measurer = WordMeasurer(self._document)
        self._kept_blocks = 0
        self._render_timer = QTimer(self, singleShot=True, interval=RENDER_INTERVAL_MS)
        self._render_timer.timeout.connect(self._render)
        self._measure_timer = QTimer(self, singleShot=True, interval=0)
        self._measure_timer.timeout.connect(self._measure_layout)
        self._placement_timer = QTimer(self, singleShot=True, interval=0)
        self._placement_timer.timeout.connect(self._measure_placement)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._on_scrolled)
        self.selectionChanged.connect(self._on_selected)
        QGuiApplication.clipboard().dataChanged.connect(self._on_clipboard)
        self.viewport().installEventFilter(self)

    @property
    def message_id(self) -> str:
        """The message shown, or an empty string."""
        return self._message_id

    @property
    def rendering(self) -> Rendering:
        """What is shown of it."""
        return self._document.rendering

    def show_message(self, message_id: str, text: str, *, is_growing: bool = False) -> None:
        """Show this text of a message; while it grows, at most every `RENDER_INTERVAL_MS`."""
        is_new = message_id != self._message_id
        was_growing = self._is_growing
        self._message_id, self._pending, self._is_growing = message_id, text, is_growing
        if is_new:
            self._is_measured = False
            self._last_placement = None
        if is_new or (was_growing and not is_growing):
            self._render_timer.stop()
            self._render()
        elif not self._render_timer.isActive():
            self._render_timer.start()

    def clear_message(self) -> None:
        """Show nothing; the message shown so far is announced as out of sight."""
        self._render_timer.stop()
        last, self._last_placement = self._last_placement, None
        if last is not None:
            self.placement_measured.emit(replace(last, clip=NOWHERE))
        self._message_id, self._pending, self._is_measured = "", "", False
        self._render()

    @Slot()
    def restyle(self) -> None:
        """Show the message in the colours and fonts of now."""
        self.setFont(theme.reading_font(self._reading))
        self._document.restyle()
        self._measure_again()

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
        self._measure_again()

    def event(self, event: QEvent) -> bool:
        """Come to stand inside something else, which may scroll or move."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.ParentChange):
            self._watch_ancestors()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice moves of the text's viewport, or of anything it stands in."""
        kinds = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
        if event.type() in kinds:
            self._placement_timer.start()
        return super().eventFilter(watched, event)

    def _watch_ancestors(self) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = list(_ancestors(self))
        for widget in self._watched:
            widget.installEventFilter(self)

    def _measure_again(self) -> None:
        self._kept_blocks = 0
        if self._message_id:
            self._measure_timer.start()

    @Slot()
    def _render(self) -> None:
        position = self.verticalScrollBar().value()
        kept = self._document.show_rendering(self._render_text(self._pending))
        self._kept_blocks = min(self._kept_blocks, kept)
        self.verticalScrollBar().setValue(position)
        if self._message_id:
            self._measure_timer.start()

    @Slot()
    def _measure_layout(self) -> None:
        if not self._message_id:
            return
        boxes = self._measurer.measure(self._kept_blocks)
        self._kept_blocks = len(self.rendering.blocks)
        self._is_measured = True
        self._last_placement = None  # each layout is followed by where it lies
        self.layout_measured.emit(
            MeasuredLayout(self._message_id, self.rendering.text, boxes, self._is_growing)
        )
        self._measure_placement()

    @Slot()
    def _measure_placement(self) -> None:
        if not self._message_id or not self._is_measured:
            return
        viewport = self.viewport()
        origin = QPointF(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        visible = viewport.visibleRegion().boundingRect()
        placement = MeasuredPlacement(
            self._message_id,
            to_physical(viewport, origin),
            pixel_ratio(self),
            rect_to_physical(viewport, visible),
        )
        if placement != self._last_placement:
            self._last_placement = placement
            self.placement_measured.emit(placement)

    @Slot()
    def _on_scrolled(self) -> None:
        # A timer's own start would take the scroll bar's value for an interval.
        self._placement_timer.start()

    @Slot()
    def _on_selected(self) -> None:
        self._announce(TextEventKind.SELECT)

    @Slot()
    def _on_clipboard(self) -> None:
        if not self.hasFocus() or not self.textCursor().hasSelection():
            return
        selected = self.textCursor().selection().toPlainText()
        if QGuiApplication.clipboard().text() == selected:
            self._announce(TextEventKind.COPY)

    def _announce(self, kind: TextEventKind) -> None:
        if not self._message_id or not self._is_measured:
            return
        cursor = self.textCursor()
        start, end = (
            _code_points(self.rendering.text, units)
            for units in (cursor.selectionStart(), cursor.selectionEnd())
        )
        self.text_acted_on.emit(TextAction(self._message_id, kind, start, end))


def _ancestors(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def _code_points(text: str, units: int) -> int:
    """How many code points stand before a UTF-16 offset."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
