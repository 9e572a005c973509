"""When each turn of a session was: from before its question until it was rated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker_app.codec import Entry
from tracker_app.recording.outline import BEGIN, END, Moment, Outline, Span
from tracker_app.records import (
    Comparison,
    ExtraRating,
    FlowStep,
    Message,
    ModelRequest,
    Preference,
    Presented,
    ProviderFailure,
    Rating,
    RatingOnset,
    Rationale,
    Redaction,
    Reveal,
    Task,
    Turn,
    TurnRated,
    TurnSkipped,
)

TalkRecord = (
    Turn
    | ModelRequest
    | Presented
    | Message
    | ProviderFailure
    | Reveal
    | RatingOnset
    | Rating
    | ExtraRating
    | Preference
    | Comparison
    | Rationale
    | TurnRated
    | TurnSkipped
)


@dataclass(frozen=True, slots=True)
class TurnTime:
    """The time of one turn."""

    turn: Turn
    asked: Moment
    last: Moment  # of its own records: when it was rated, if it was
    spans: tuple[Span, ...]
    """From the end of what came before it in the talk to its own end, without other steps.

    Who is interrupted in the midst of a turn goes through set-up and calibration again, which are
    not of the turn.
    """


@dataclass(frozen=True, slots=True)
class StepTime:
    """The time of one step of the study."""

    step: FlowStep
    span: Span


def moment_of(entry: Entry) -> Moment:
    """When something was recorded."""
    return entry.segment, entry.record.t_ns


def step_times(outline: Outline) -> list[StepTime]:
    """The steps of a session, in order."""
    steps = [(moment_of(e), e.record) for e in outline.entries if isinstance(e.record, FlowStep)]
    ends = [moment for moment, _ in steps[1:]] + [END] * bool(steps)
    return [
        StepTime(step, Span(begin, end)) for (begin, step), end in zip(steps, ends, strict=True)
    ]


def turn_times(outline: Outline) -> list[TurnTime]:
    """The turns of a session, in order."""
    asked = [(moment_of(e), e.record) for e in outline.entries if isinstance(e.record, Turn)]
    last: dict[int, Moment] = {}
    rated: dict[int, Moment] = {}
    for entry in outline.entries:
        if isinstance(entry.record, TalkRecord):
            last[entry.record.turn] = moment_of(entry)
        if isinstance(entry.record, TurnRated | TurnSkipped):
            rated[entry.record.turn] = _after(moment_of(entry))
    steps = step_times(outline)
    begins = []
    for moment, turn in asked:
        earlier = [_after(last[t.turn]) for m, t in asked if m < moment]
        begins.append(max([*earlier, *_openings(outline, steps, moment, turn.task)]))
    ends = begins[1:] + [END] * bool(begins)
    return [
        TurnTime(
            turn,
            moment,
            last[turn.turn],
            tuple(_in_step(Span(begin, rated.get(turn.turn, end)), steps, moment)),
        )
        for (moment, turn), begin, end in zip(asked, begins, ends, strict=True)
    ]


def _after(moment: Moment) -> Moment:
    return moment[0], moment[1] + 1


def _openings(
    outline: Outline, steps: Sequence[StepTime], asked: Moment, task: int
) -> Iterator[Moment]:
    """What a turn cannot have begun before: its task, the coming to the talk, deleted turns."""
    yield BEGIN
    for entry in outline.entries:
        match entry.record:
            case Task(task=number) if number == task:
                yield _after(moment_of(entry))
            case Redaction(redacted_stream="turn", end_t_ns=end_ns):
                if (entry.segment, end_ns) <= asked:
                    yield entry.segment, end_ns
    here = [s for s in steps if s.span.begin <= asked]
    if here:
        came = here[-1]
        for earlier in reversed(here):
            if earlier.step.step != came.step.step:
                break
            came = earlier
        yield _after(came.span.begin)


def _in_step(span: Span, steps: Sequence[StepTime], asked: Moment) -> Iterator[Span]:
    """The parts of a span that are in the step in which the question was asked."""
    names = {s.step.step for s in steps if s.span.holds(asked)}
    others = [s.span for s in steps if s.step.step not in names]
    yield from without(span, others)


def without(span: Span, others: Sequence[Span]) -> Iterator[Span]:
    """The parts of a span that are in none of the others, which are in order."""
    edges = [span.begin]
    for other in others:
        if other.overlaps(span.begin, span.end) and other.begin < span.end:
            edges += [max(other.begin, span.begin), min(other.end, span.end)]
    edges.append(span.end)
    yield from (Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)
