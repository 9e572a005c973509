"""The step in which people look through what was recorded, delete from it, and send or keep it."""

from collections.abc import Callable

from PySide6.QtCore import Slot

from tracker_app.clock import local_time
from tracker_app.errors import TrackerError
from tracker_app.recording.outline import END, Outline, Span, read_outline
from tracker_app.recording.redaction import Deletion
from tracker_app.recording.uploader import Destination
from tracker_app.session import Session
from tracker_app.session.deletion import span_deletion, turn_deletion
from tracker_app.session.review import ItemKind, Review, ReviewItem, WallClock, review_of
from tracker_app.study.flow import Event
from tracker_app.ui.background import Background
from tracker_app.ui.part import Part
from tracker_app.ui.review_page import ReviewPage
from tracker_app.ui.review_timeline import TimelineItem
from tracker_app.ui.step_names import step_name
from tracker_app.ui.texts import tr, translated

MINUTE_NS = 60_000_000_000


class ReviewPart(Part):
    """Reads the journal, and has it rewritten. Nothing is sent before this is over."""

    page: ReviewPage

    def __init__(self, session: Session, destination: Destination | None) -> None:
        """Wire the step.

        Args:
            session: whose records they are; its sources have stopped.
            destination: where it is sent if the participant wants it; None for nowhere.
        """
        super().__init__()
        self._session, self._destination = session, destination
        self._background = Background(self)
        self._review: Review | None = None
        self.page = ReviewPage(has_server=destination is not None)
        self.page.delete_turn.connect(self._on_delete_turn)
        self.page.delete_last_minutes.connect(self._on_delete_last_minutes)
        self.page.delete_between.connect(self._on_delete_between)
        self.page.sent.connect(self._on_sent)
        self.page.kept.connect(self._on_kept)

    def enter(self) -> None:
        """Show what there is."""
        self.page.show_busy(tr("Reading what was recorded"))
        self._background.run(self._read, self._show, self._show_problem)
        self.page.enter()

    def _read(self) -> Review:
        self._session.journal.flush()
        return review_of(read_outline(self._session.journal.folder))

    def _show(self, review: Review) -> None:
        self._review = review
        self.page.show_items([_shown(item, i) for i, item in enumerate(review.items)])

    def _show_problem(self, error: TrackerError) -> None:
        self.page.show_problem(translated(error.sentence))

    # --- deleting ------------------------------------------------------------------------------

    @Slot(int)
    def _on_delete_turn(self, turn: int) -> None:
        self._delete(lambda outline: turn_deletion(outline, turn))

    @Slot(int)
    def _on_delete_last_minutes(self, minutes: int) -> None:
        if self._review is not None and self._review.items:
            begin_ns = self._review.end_utc_ns - minutes * MINUTE_NS
            self._delete(
                lambda outline: span_deletion(
                    outline, Span(WallClock(outline).moment(begin_ns), END)
                )
            )

    @Slot(str, str)
    def _on_delete_between(self, first: str, last: str) -> None:
        if self._review is not None:
            begin, end = self._review.items[int(first)].span, self._review.items[int(last)].span
            self._delete(lambda outline: span_deletion(outline, Span(begin.begin, end.end)))

    def _delete(self, plan: Callable[[Outline], Deletion]) -> None:
        def work() -> Review:
            self._session.journal.redact(plan).result()
            return self._read()

        self.page.show_busy(tr("Deleting"))
        self._background.run(work, self._show, self._show_problem)

    # --- deciding ------------------------------------------------------------------------------

    @Slot()
    def _on_sent(self) -> None:
        try:
            if self._destination is not None:
                self._session.start_upload(self._destination)
        except TrackerError as error:
            self._show_problem(error)
        else:
            self.say(Event.DONE)

    @Slot()
    def _on_kept(self) -> None:
        def done(_: None) -> None:
            self.say(Event.DONE)

        self.page.show_busy(tr("Keeping it on this computer"))
        self._background.run(self._session.journal.keep_here, done, self._show_problem)


def _shown(item: ReviewItem, number: int) -> TimelineItem:
    is_deleted = item.kind is ItemKind.DELETED
    is_turn = item.kind is ItemKind.TURN
    return TimelineItem(
        key=str(number),
        title=_title(item),
        began=_clock(item),
        duration=_duration(item.duration_s),
        what=_what(item),
        kind="pause" if item.kind is ItemKind.PAUSE else "turn" if is_turn else "step",
        turn=-1 if item.turn is None else item.turn,
        is_deletable=is_turn,
        is_deleted=is_deleted,
    )


def _title(item: ReviewItem) -> str:
    match item.kind:
        case ItemKind.TURN:
            return item.question
        case ItemKind.PAUSE:
            return tr("Pause")
        case ItemKind.DELETED:
            return tr("Deleted by you")
        case ItemKind.STEP:
            return step_name(item.name)


def _clock(item: ReviewItem) -> str:
    return f"{local_time(item.begin_utc_ns, item.utc_offset_s):%H:%M}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    return tr("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)


def _what(item: ReviewItem) -> str:
    kept = item.recorded
    parts = [tr("your gaze")] if kept.gaze_samples else []
    parts += [tr("measurements of your eyes")] if kept.eye_measurements else []
    parts += [tr("your mouse")] if kept.mouse_events else []
    parts += [tr("question, answers and ratings")] if item.turn is not None else []
    return ", ".join(parts)
