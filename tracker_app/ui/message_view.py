"""One message on screen: readable text with its own scrolling, and where its words stand.

However long a message is and however fast it grows, the window stays quick: reading the markup,
setting the text and measuring it are done in slices, of the text only what is new, and after each
round the view rests in proportion to what the round took.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QPointF, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPaintEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from tracker_app.aoi import Box
from tracker_app.chat.markdown import GrowingMarkdown
from tracker_app.chat.rendering import Rendering, render_plain, size_of
from tracker_app.records import TextEventKind
from tracker_app.ui import theme
from tracker_app.ui.coordinates import PhysicalRect, pixel_ratio, rect_to_physical, to_physical
from tracker_app.ui.message_document import MessageDocument
from tracker_app.ui.slices import Pause, SlicedWork, Turns, Work
from tracker_app.ui.word_boxes import WordMeasurer

# A streaming answer is set again at most this often: ten times a second looks continuous.
RENDER_INTERVAL_MS = 100
REST = 12  # times as long as a round took: two answers keep a sixth of a core busy at most
PORTION = 4000  # of new text that is set at a time; see `Rendering.beginning`
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
    text_painted = Signal(str, bool)  # of a message, for the first time; whether it was all of it

    def __init__(
        self, reading: theme.Reading, *, is_markdown: bool = True, turns: Turns | None = None
    ) -> None:
        """Show nothing yet.

        Args:
            reading: sizes and distances.
            is_markdown: whether messages have markup.
            turns: taken with other views, so that their work adds up to no stall.
        """
        super().__init__()
        self._markdown = GrowingMarkdown() if is_markdown else None
        self._reading = reading
        self._message_id = ""
        self._text = ""
        self._set_text = ""  # how far it is on the screen and measured
        self._document_text = ""  # the last one that was set completely
        self._is_growing = False
        self._is_measured = False
        self._painted = ("", False)  # what was announced last
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
        self._has_reflowed = False  # in the middle of a measurement
        self._work = SlicedWork(self, turns)
        self._work.finished.connect(self._rest)
        self._rest_timer = QTimer(self, singleShot=True)
        self._rest_timer.timeout.connect(self._catch_up)
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

    @property
    def is_settled(self) -> bool:
        """Whether all of the message is shown and measured."""
        return not self._work.is_under_way and self._set_text == self._text

    def show_message(self, message_id: str, text: str, *, is_growing: bool = False) -> None:
        """Show this text of a message; while it grows, now and then."""
        is_new = message_id != self._message_id
        is_complete = self._is_growing and not is_growing
        if not (is_new or is_complete or text != self._text):
            return
        self._message_id, self._text, self._is_growing = message_id, text, is_growing
        if is_new:
            self._document_text = ""
            self._is_measured = False
            self._last_placement = None
        if is_new or is_complete:
            self._begin_round(is_new=is_new)
        else:
            self._catch_up()

    def clear_message(self) -> None:
        """Show nothing; the message shown so far is announced as out of sight."""
        self._rest_timer.stop()
        self._work.stop()
        last, self._last_placement = self._last_placement, None
        if last is not None:
            self.placement_measured.emit(replace(last, clip=NOWHERE))
        self._message_id, self._text, self._set_text, self._is_measured = "", "", "", False
        self._set(Rendering("", ()))

    @Slot()
    def restyle(self) -> None:
        """Show the message in the colours and fonts of now."""
        self.setFont(theme.reading_font(self._reading))
        self._measurer.note(self._document.restyle())
        self._measure_again()

    def refresh_placement(self) -> None:
        """Measure again where the text lies: the window moved, came up or went under."""
        self._placement_timer.start()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Load nothing: a model's answer must not make this computer open files or addresses."""
        del kind, name
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Announce what comes onto the screen."""
        super().paintEvent(event)
        if not self._message_id or not self.rendering.elements:
            return
        is_whole = not self._is_growing and self._document_text == self._text
        message_id, was_whole = self._painted
        if self._message_id != message_id or (is_whole and not was_whole):
            self._painted = self._message_id, is_whole
            self.text_painted.emit(*self._painted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words flow anew, if there is another width for them."""
        super().resizeEvent(event)
        if self._document.textWidth() != self._measurer.width:
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

    # --- rounds of work ------------------------------------------------------------------------

    def _begin_round(self, *, is_new: bool = False) -> None:
        """Show the text as it is now, and measure it."""
        self._rest_timer.stop()
        shown = 0 if is_new else sum(map(size_of, self.rendering.elements))
        self._work.start(self._round(self._text, shown), is_urgent=is_new)

    @Slot()
    def _rest(self) -> None:
        rest_ms = self._work.spent_ns * REST // 1_000_000
        self._rest_timer.start(max(RENDER_INTERVAL_MS, rest_ms))

    @Slot()
    def _catch_up(self) -> None:
        """Show what came meanwhile."""
        is_free = not self._work.is_under_way and not self._rest_timer.isActive()
        if is_free and self._text != self._set_text:
            self._begin_round()

    def _round(self, text: str, shown: int) -> Work:
        if self._markdown is None:
            rendering = render_plain(text)
        else:
            rendering = yield from _sliced(self._markdown.steps(text))
        measured_size = 0
        for part, size in self._portions(rendering, shown):
            self._set(part)
            if part is rendering:
                self._document_text = text
                self.viewport().update()  # what is painted is announced, also without a change
            if shown == 0 and measured_size == 0:  # Qt would go along with its cursor, to the end
                self.moveCursor(QTextCursor.MoveOperation.Start)
            yield Pause.LONG
            is_whole = part is rendering
            # Each measurement looks at every cell of a growing table: so ever fewer of them.
            if is_whole or size >= 2 * measured_size:
                yield from self._measure(is_growing=self._is_growing or not is_whole)
                measured_size = size
        self._set_text = text

    def _portions(self, rendering: Rendering, size: int) -> Iterator[tuple[Rendering, int]]:
        """A text as far as it is on the screen and a bit more, and so on to its end."""
        part = None
        while part is not rendering:
            size += PORTION
            part = rendering.beginning(size)
            yield part, size

    def _set(self, rendering: Rendering) -> None:
        position = self.verticalScrollBar().value()
        self._measurer.note(self._document.show_rendering(rendering))
        self.verticalScrollBar().setValue(position)

    def _measure_again(self) -> None:
        """Measure what flowed anew: within the present round, or in one for the purpose."""
        self._has_reflowed = True
        if self._message_id and not self._work.is_under_way:
            self._work.start(self._measure(is_growing=self._is_growing))

    def _measure(self, *, is_growing: bool) -> Work:
        self._has_reflowed = True
        while self._has_reflowed:
            self._has_reflowed = False
            for _ in self._measurer.steps():
                yield Pause.SHORT
                if self._has_reflowed:
                    break
        self._is_measured = True
        self._last_placement = None  # each layout is followed by where it lies
        self.layout_measured.emit(
            MeasuredLayout(self._message_id, self.rendering.text, self._measurer.boxes, is_growing)
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


def _sliced(steps: Generator[None, None, Rendering]) -> Generator[Pause, None, Rendering]:
    try:
        while True:
            next(steps)
            yield Pause.SHORT
    except StopIteration as end:
        rendering: Rendering = end.value
        return rendering


def _ancestors(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def _code_points(text: str, units: int) -> int:
    """How many code points stand before a UTF-16 offset."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
