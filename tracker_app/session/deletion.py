"""What goes when a participant deletes a turn or a stretch of time. Pure.

What tells how the session went stays: its clock, steps, screen, calibrations, gaps and consent.
"""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from tracker_app.chat.conversation import DELETED, question_id
from tracker_app.codec import Entry
from tracker_app.recording.outline import Outline, Span
from tracker_app.recording.redaction import Deletion, Key
from tracker_app.records import (
    FormAnswer,
    GazeCheck,
    KeySentence,
    Layout,
    Message,
    ModelRequest,
    Placement,
    Presented,
    ProviderFailure,
    Rating,
    Record,
    TextEvent,
    TokenArrival,
    Turn,
)
from tracker_app.session.turn_times import TalkRecord, moment_of, turn_times


def turn_deletion(outline: Outline, turn: int) -> Deletion:
    """Everything of one turn: its texts and ratings, and what the sensors saw in its time.

    A pair that was shown twice goes both times. Where later questions to a model repeat it as
    history, a marker stands for it.
    """
    turns = _with_repeats(outline, {turn})
    spans = [span for time in turn_times(outline) if time.turn.turn in turns for span in time.spans]
    return _deletion(outline, sorted(spans, key=lambda span: span.begin), turns)


def span_deletion(outline: Outline, span: Span) -> Deletion:
    """What the sensors saw in a stretch of time, what was written in forms then, and whole turns.

    A turn that lies only partly in it keeps its texts and ratings.
    """
    turns = {
        time.turn.turn
        for time in turn_times(outline)
        if span.holds(time.asked) and span.holds(time.last)
    }
    written = {
        e.key
        for e in outline.entries
        if isinstance(e.record, FormAnswer | KeySentence) and span.holds(moment_of(e))
    }
    return _deletion(outline, [span], _with_repeats(outline, turns), written)


def _deletion(
    outline: Outline, spans: Iterable[Span], turns: Collection[int], more: Collection[Key] = ()
) -> Deletion:
    spans = tuple(spans)
    messages = _message_ids(outline, turns)
    gone = {e.key for e in outline.entries if _is_of(e.record, turns, messages)}
    gone |= set(_looked_at(outline, spans)) | set(_moved(outline, spans)) | set(more)
    return Deletion(spans, frozenset(gone), dict(_without_history(outline, turns)))


def _with_repeats(outline: Outline, turns: Collection[int]) -> set[int]:
    """These turns and those that show the same pair."""
    shown = [e.record for e in outline.entries if isinstance(e.record, Turn)]
    pair = {turn.turn: turn.turn if turn.repeats is None else turn.repeats for turn in shown}
    pairs = {pair.get(turn, turn) for turn in turns}
    return {*turns, *(turn for turn, first in pair.items() if first in pairs)}


def _message_ids(outline: Outline, turns: Collection[int]) -> set[str]:
    named = {
        e.record.message_id
        for e in outline.entries
        if isinstance(e.record, ModelRequest | Presented | Message | ProviderFailure | Rating)
        and e.record.turn in turns
    }
    return named | {question_id(turn) for turn in turns}


def _is_of(record: Record, turns: Collection[int], messages: Collection[str]) -> bool:
    if isinstance(record, TalkRecord | KeySentence):
        return record.turn in turns
    if isinstance(record, TokenArrival | Layout | Placement | TextEvent):
        return record.message_id in messages
    return False


def _looked_at(outline: Outline, spans: Collection[Span]) -> Iterator[Key]:
    """Of what the eyes and the hand did with points and texts, all that reaches into a span."""
    for entry in outline.entries:
        begin = end = moment_of(entry)
        if isinstance(entry.record, GazeCheck):
            end = entry.segment, entry.record.end_t_ns
        elif not isinstance(entry.record, TextEvent):
            continue
        if any(span.overlaps(begin, end) for span in spans):
            yield entry.key


def _moved(outline: Outline, spans: Collection[Span]) -> Iterator[Key]:
    """How texts were scrolled in a span; where each stood last is what holds afterwards."""
    for span in spans:
        last: dict[tuple[int, str], Entry] = {}
        for entry in outline.entries:
            if isinstance(entry.record, Placement) and span.holds(moment_of(entry)):
                place = entry.segment, entry.record.message_id
                if place in last:
                    yield last[place].key
                last[place] = entry


def _without_history(outline: Outline, turns: Collection[int]) -> Iterator[tuple[Key, Record]]:
    for entry in outline.entries:
        request = entry.record
        if isinstance(request, ModelRequest) and request.turn not in turns:
            messages = list(_marked(request, turns))
            if messages != request.messages:
                told = zip(request.history_turns, request.history_sides, strict=True)
                # With the context of the better answers, the side tells which one was better.
                sides = tuple(0 if turn in turns else side for turn, side in told)
                yield (
                    entry.key,
                    msgspec.structs.replace(request, messages=messages, history_sides=sides),
                )


def _marked(request: ModelRequest, turns: Collection[int]) -> Iterator[dict[str, str]]:
    """A request's messages; the question and the answer of a turn stand one after the other."""
    asked = iter((*request.history_turns, request.turn))
    turn = -1
    for message in request.messages:
        if message["role"] == "user":
            turn = next(asked, request.turn)
        is_deleted = turn in turns and message["role"] != "system"
        yield {**message, "content": DELETED} if is_deleted else message
