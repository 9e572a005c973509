"""What a session does not hold, in sentences: gaps, pauses, deletions, things never recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker_app.codec import Entry
from tracker_app.dataset.axis import SessionAxis, clock_text, duration_text
from tracker_app.dataset.quality import last_accepted
from tracker_app.dataset.redactions import RedactedSpan, redacted_spans
from tracker_app.dataset.selection import of_type
from tracker_app.records import (
    ClockSegment,
    EyeFeatures,
    Gap,
    GazeSample,
    Layout,
    Message,
    MouseEvent,
    ProviderFailure,
    Recording,
    SegmentReason,
    SessionEnd,
)

WHY = {
    SegmentReason.START: "the app was started",
    SegmentReason.RESUME: "the app was restarted",
    SegmentReason.SUSPEND: "the computer slept",
    SegmentReason.JUMP: "the computer's clock was set",
}


@dataclass(frozen=True, slots=True)
class Absence:
    """Something that is not in the session."""

    at: str  # session time, "" where it is about all of it
    sentence: str


def absences(entries: Sequence[Entry]) -> list[Absence]:
    """What is missing, events first, in order of time."""
    axis = SessionAxis(entries)
    timed = [
        *_gaps(entries, axis),
        *_interruptions(entries, axis),
        *_restarts(entries, axis),
        *_failures(entries, axis),
        *_redactions(entries, axis),
    ]
    events = [Absence(clock_text(at), sentence) for at, sentence in sorted(timed)]
    return [*events, *(Absence("", sentence) for sentence in _never_there(entries))]


def _gaps(entries: Sequence[Entry], axis: SessionAxis) -> Iterator[tuple[float, str]]:
    for segment, gap in of_type(entries, Gap):
        span = duration_text(max(gap.end_t_ns - gap.t_ns, 0) / 1e9)
        known = f"{gap.lost:,} records lost" if gap.lost else "nothing recorded"
        lost = "nobody knows how much was lost" if gap.lost is None else known
        source = gap.source.capitalize()
        yield axis.seconds(segment, gap.t_ns), f"{source}: {lost} in {span}. {gap.reason}"


def _interruptions(entries: Sequence[Entry], axis: SessionAxis) -> Iterator[tuple[float, str]]:
    marks = of_type(entries, Recording)
    for i, (segment, mark) in enumerate(marks):
        if mark.is_on:
            continue
        later = (m for s, m in marks[i + 1 :] if s == segment and m.source == mark.source)
        until = next((m.t_ns for m in later if m.is_on), None)
        span = (
            "and not resumed in this part"
            if until is None
            else f"for {duration_text((until - mark.t_ns) / 1e9)}"
        )
        what = "Camera and mouse" if mark.source == "all" else mark.source.capitalize()
        says = f"{what} off {span}: {mark.reason.rstrip('.')}."
        yield axis.seconds(segment, mark.t_ns), says


def _restarts(entries: Sequence[Entry], axis: SessionAxis) -> Iterator[tuple[float, str]]:
    starts = of_type(entries, ClockSegment)
    for (before, old), (segment, new) in pairwise(starts):
        ended_utc = old.utc_ns + axis.last_ns(before) - old.t_ns
        away = duration_text(max(new.utc_ns - ended_utc, 0) / 1e9)
        says = f"A new part begins because {WHY[new.reason]}"
        if new.reason is not SegmentReason.JUMP:  # nothing is missing then, only renumbered
            says += f"; about {away} before it were not recorded"
        yield axis.seconds(segment, new.t_ns), f"{says}."


def _failures(entries: Sequence[Entry], axis: SessionAxis) -> Iterator[tuple[float, str]]:
    for segment, failure in of_type(entries, ProviderFailure):
        side = "left" if failure.side == 1 else "right"
        again = " It was asked again by itself." if failure.is_retried else ""
        says = f"No {side} answer in turn {failure.turn + 1}. {failure.reason}{again}"
        yield axis.seconds(segment, failure.t_ns), says


def _redactions(entries: Sequence[Entry], axis: SessionAxis) -> Iterator[tuple[float, str]]:
    for span in redacted_spans(entries):
        lost, of_time = sum(span.lost.values()), "" if span.is_moment else f" of {_length(span)}"
        records = "record" if lost == 1 else "records"
        says = (
            f"{lost:,} {records}{of_time} deleted on the participant's wish: "
            f"{', '.join(span.lost)}."
        )
        yield axis.seconds(span.segment, span.t_ns), says


def _length(span: RedactedSpan) -> str:
    return duration_text((span.end_t_ns - span.t_ns) / 1e9)


def _never_there(entries: Sequence[Entry]) -> Iterator[str]:
    streams = {type(e.record) for e in entries}
    laid_out = {layout.message_id for _, layout in of_type(entries, Layout)}
    unseen = [m for _, m in of_type(entries, Message) if m.message_id not in laid_out]
    if GazeSample not in streams:
        yield "No gaze was recorded."
    elif last_accepted(entries) is None:
        yield "No calibration was accepted: gaze positions are uncertain beyond what is known."
    if MouseEvent not in streams:
        yield "No mouse event was recorded."
    if EyeFeatures not in streams:
        yield "Eye features were not kept, so gaze cannot be estimated again from this session."
    for message in unseen:
        side = "left" if message.side == 1 else "right"
        yield (
            f"The {side} answer of turn {message.turn + 1} has no layout: "
            "gaze cannot be mapped onto it."
        )
    if SessionEnd not in streams:
        yield "The session has no end: it was interrupted, or it is still running."
    yield "Camera pictures and keys pressed are never recorded."
