"""What a participant sees of a session before it is sent: what was recorded, and when. Pure.

The page needs no logic: each item has its times, what the sensors kept in it, and the span to be
given to `deletion`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tracker_app.codec import Entry
from tracker_app.recording.outline import Moment, Outline, Span
from tracker_app.records import (
    ClockAnchor,
    ClockSegment,
    EyeFeatures,
    FormAnswer,
    Frame,
    GazeSample,
    MouseEvent,
    Recording,
    Redaction,
    stream_of,
)
from tracker_app.session.turn_times import StepTime, moment_of, step_times, turn_times, without

SHORTEST_NS = 1_000_000_000  # of a step that is worth a line
CAMERA_OFF_NS = 1_000_000_000  # between frames: the camera was off meanwhile


class ItemKind(StrEnum):
    """What a stretch of the session was."""

    TURN = "turn"
    STEP = "step"  # of the study: set-up, calibration, a form; `name` is the step's
    PAUSE = "pause"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the sensors kept in a stretch of time."""

    gaze_samples: int
    eye_measurements: int
    mouse_events: int
    camera_s: float  # the camera was watching; its pictures are never kept


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One line of the review page."""

    kind: ItemKind
    name: str
    task: int
    turn: int | None  # its number in the session, from 0
    question: str
    spans: tuple[Span, ...]
    begin_utc_ns: int
    end_utc_ns: int
    utc_offset_s: int  # of local time then
    duration_s: float  # recorded time; less than from begin to end where the program was closed
    recorded: Recorded

    @property
    def span(self) -> Span:
        """From its beginning to its end, whatever is between."""
        return Span(self.spans[0].begin, self.spans[-1].end)


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What stands in a form now."""

    form: str
    task: int
    values: dict[str, str]  # by field


@dataclass(frozen=True, slots=True)
class Review:
    """A session as the review page shows it."""

    items: tuple[ReviewItem, ...]  # in order of time
    forms: tuple[FilledForm, ...]
    recorded: Recorded  # in all of it
    deleted_records: int

    @property
    def end_utc_ns(self) -> int:
        """When the last of it ended: not always the item that began last, as a pause in a turn."""
        return max((item.end_utc_ns for item in self.items), default=0)


def review_of(outline: Outline) -> Review:
    """What there is to review."""
    return _Reviewer(outline).review()


class WallClock:
    """Turns moments of a session into wall time and back, by the nearest anchors."""

    def __init__(self, outline: Outline) -> None:
        self._extents = outline.extents
        self._anchors: list[tuple[Moment, int, int]] = [
            (moment_of(e), e.record.utc_ns, e.record.utc_offset_s)
            for e in outline.entries
            if isinstance(e.record, ClockSegment | ClockAnchor)
        ]

    def utc_ns(self, moment: Moment) -> int:
        """Wall time; a moment after the end of a session is its end."""
        segment, t_ns = self._recorded(moment)
        (_, anchored_ns), utc_ns, _ = self._anchor((segment, t_ns))
        return utc_ns + t_ns - anchored_ns

    def utc_offset_s(self, moment: Moment) -> int:
        """Local time less UTC at a moment."""
        return self._anchor(self._recorded(moment))[2]

    def moment(self, utc_ns: int) -> Moment:
        """The first recorded moment at or after a wall time; past the end if there is none."""
        for segment, (first, last) in sorted(self._extents.items()):
            t_ns = first + utc_ns - self.utc_ns((segment, first))
            if t_ns <= last:
                return segment, max(t_ns, first)
        return max(self._extents) + 1, 0

    def span(self, begin_utc_ns: int, end_utc_ns: int) -> Span:
        """The stretch between two wall times."""
        return Span(self.moment(begin_utc_ns), self.moment(end_utc_ns))

    def duration_s(self, spans: Iterable[Span]) -> float:
        """Recorded time in spans."""
        return (
            sum(
                max(
                    0,
                    _within(span.end, segment, first, last)
                    - _within(span.begin, segment, first, last),
                )
                for span in spans
                for segment, (first, last) in self._extents.items()
            )
            / 1e9
        )

    def _recorded(self, moment: Moment) -> Moment:
        segment = min(moment[0], max(self._extents))
        first, last = self._extents[segment]
        return segment, _within(moment, segment, first, last)

    def _anchor(self, moment: Moment) -> tuple[Moment, int, int]:
        """The last one of a segment before a moment, else its first."""
        here = [a for a in self._anchors if a[0][0] == moment[0]]
        return next((a for a in reversed(here) if a[0] <= moment), here[0])


def _within(moment: Moment, segment: int, first: int, last: int) -> int:
    """A moment's place among the times of a segment: its end for later ones."""
    if moment[0] != segment:
        return first if moment[0] < segment else last
    return min(max(moment[1], first), last)


class _Reviewer:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.clock = WallClock(outline)
        self.turns = turn_times(outline)

    def review(self) -> Review:
        items = [*self._turns(), *self._steps(), *self._pauses(), *self._deleted()]
        lost = [e.record.lost for e in self.outline.entries if isinstance(e.record, Redaction)]
        return Review(
            tuple(sorted(items, key=lambda item: item.span.begin)),
            tuple(_forms(self.outline.entries)),
            self._recorded([Span((0, 0), (2**62, 0))]),
            sum(lost),
        )

    def _turns(self) -> Iterator[ReviewItem]:
        for time in self.turns:
            turn = time.turn
            yield self._item(
                ItemKind.TURN, time.spans, task=turn.task, turn=turn.turn, question=turn.question
            )

    def _steps(self) -> Iterator[ReviewItem]:
        taken = [span for time in self.turns for span in time.spans]
        for step in _joined(step_times(self.outline)):
            for span in without(step.span, taken):
                if self.clock.duration_s([span]) * 1e9 >= SHORTEST_NS:
                    yield self._item(
                        ItemKind.STEP, (span,), name=step.step.step, task=step.step.task
                    )

    def _pauses(self) -> Iterator[ReviewItem]:
        marks = [e for e in self.outline.entries if _is_of_all(e)]
        begin: Moment | None = None
        for mark in marks:
            assert isinstance(mark.record, Recording)
            if not mark.record.is_on:
                begin = begin or moment_of(mark)
            elif begin is not None:
                yield self._item(ItemKind.PAUSE, (Span(begin, moment_of(mark)),))
                begin = None

    def _deleted(self) -> Iterator[ReviewItem]:
        spans = {
            Span(moment_of(e), (e.segment, e.record.end_t_ns))
            for e in self.outline.entries
            if isinstance(e.record, Redaction) and e.record.end_t_ns > e.record.t_ns
        }
        for span in sorted(spans, key=lambda s: (s.begin, s.end)):
            yield self._item(ItemKind.DELETED, (span,))

    def _item(
        self,
        kind: ItemKind,
        spans: tuple[Span, ...],
        *,
        name: str = "",
        task: int = 0,
        turn: int | None = None,
        question: str = "",
    ) -> ReviewItem:
        begin, end = spans[0].begin, spans[-1].end
        return ReviewItem(
            kind=kind,
            name=name,
            task=task,
            turn=turn,
            question=question,
            spans=spans,
            begin_utc_ns=self.clock.utc_ns(begin),
            end_utc_ns=self.clock.utc_ns(end),
            utc_offset_s=self.clock.utc_offset_s(begin),
            duration_s=self.clock.duration_s(spans),
            recorded=self._recorded(spans),
        )

    def _recorded(self, spans: Sequence[Span]) -> Recorded:
        return Recorded(
            gaze_samples=self.outline.count(stream_of(GazeSample), spans),
            eye_measurements=self.outline.count(stream_of(EyeFeatures), spans),
            mouse_events=self.outline.count(stream_of(MouseEvent), spans),
            camera_s=_watched_s(self.outline, spans),
        )


def _is_of_all(entry: Entry) -> bool:
    return isinstance(entry.record, Recording) and entry.record.source == "all"


def _joined(steps: Sequence[StepTime]) -> Iterator[StepTime]:
    """Steps that follow one another under one name, as after a pause, as one."""
    open_: StepTime | None = None
    for step in steps:
        if open_ and (open_.step.step, open_.step.task) == (step.step.step, step.step.task):
            open_ = StepTime(open_.step, Span(open_.span.begin, step.span.end))
            continue
        if open_:
            yield open_
        open_ = step
    if open_:
        yield open_


def _forms(entries: Iterable[Entry]) -> Iterator[FilledForm]:
    filled: dict[tuple[str, int], dict[str, str]] = {}
    for entry in entries:
        if isinstance(entry.record, FormAnswer):
            answer = entry.record
            filled.setdefault((answer.form, answer.task), {})[answer.field] = answer.value
    for (form, task), values in filled.items():
        yield FilledForm(form, task, values)


def _watched_s(outline: Outline, spans: Sequence[Span]) -> float:
    """For how long frames came, one soon after the other."""
    steps_ns = (
        later - earlier
        for span in spans
        for times in outline.inside(stream_of(Frame), span)
        for earlier, later in pairwise(times)
    )
    return sum(step for step in steps_ns if step < CAMERA_OFF_NS) / 1e9
