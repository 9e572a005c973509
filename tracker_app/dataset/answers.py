"""One row an answer, with everything besides its content that may have moved its rating.

Side, order, arrival, length, markup, what the model was told and how it was asked: what a reward
model must not mistake for quality stands beside each label.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from tracker_app.chat.markdown import render_markdown
from tracker_app.chat.rendering import BlockKind, Table
from tracker_app.codec import Entry
from tracker_app.dataset.axis import SessionAxis
from tracker_app.dataset.dictionary import FieldEntry, Kind, StreamEntry
from tracker_app.dataset.selection import R, of_type
from tracker_app.dataset.tables import schema_of
from tracker_app.records import (
    ExtraRating,
    Message,
    ModelRequest,
    Preference,
    Presented,
    ProviderFailure,
    Rating,
    RatingOnset,
    Record,
    Reveal,
    TokenArrival,
    Turn,
    TurnSkipped,
)

Row = dict[str, Any]


def _field(
    name: str, kind: Kind, says: str, unit: str = "", *, may_miss: bool = True
) -> FieldEntry:
    return FieldEntry(name, kind, may_miss, unit, None, (), says)


def _count(name: str, says: str) -> FieldEntry:
    return FieldEntry(name, "int", False, "1", 1, (), says)


def _second(name: str, says: str) -> FieldEntry:
    return _field(name, "float", f"{says}; session time", "s")


ANSWERS = StreamEntry(
    "answers",
    "Derived: one row a complete answer, with everything besides its content that may have moved "
    "its rating. Session time counts on through all clock segments.",
    (
        _field("message_id", "text", "the answer", may_miss=False),
        _count("turn", "its turn"),
        _count("task", "its task"),
        _count("side", "1 left or only, 2 right"),
        _field("model", "text", "by its id in the study; null where no model was asked"),
        _field("item", "text", "the fixed item"),
        _field("response", "text", "the fixed item's response"),
        _field("of_message", "text", "the answer shown again, where it is a repeat"),
        _field("treatment", "text", "what was added to the question, by its id"),
        _field("context", "text", "whose answers stand in what the model was told"),
        _field("history_sides", "ints", "side of each of them", "1"),
        _field("parameters", "json", "of the request, with its seed"),
        _count("attempts", "requests for this answer, those that failed too"),
        _count("failures", "times it did not come"),
        _field("finish_reason", "text", "the provider's", may_miss=False),
        _field("is_truncated", "bool", "cut off by the study's limit", may_miss=False),
        _field("completion_tokens", "int", "as the provider counts", "1"),
        _count("characters", "of the raw text"),
        _count("words", "of the displayed text"),
        _count("headings", "in its markup"),
        _count("list_items", "in its markup"),
        _count("code_blocks", "in its markup"),
        _count("tables", "in its markup"),
        _count("pieces", "it arrived in"),
        _second("requested_s", "when the model was asked"),
        _second("first_piece_s", "first text arrived"),
        _second("complete_s", "all of it was there"),
        _second("first_seen_s", "first painted"),
        _second("whole_seen_s", "all of it painted"),
        _second("asked_about_s", "when the turn's questions came up"),
        _field("question_order", "json", "what was asked, in this order"),
        _field("rating", "int", "1 to 5", "1"),
        _field("extra_ratings", "json", "by the id of the study's question", may_miss=False),
        _field("choice", "text", "what was said of the pair"),
        _field("is_preferred", "bool", "null where neither is better, or it was not said"),
        _field("is_turn_skipped", "bool", "the turn was given up", may_miss=False),
    ),
)


def answers(entries: Sequence[Entry], facts: dict[str, str]) -> Any:
    """One row a complete answer, in the order they were complete."""
    found = _Found(entries)
    columns: dict[str, list[Any]] = {field.name: [] for field in ANSWERS.fields}
    for segment, message in of_type(entries, Message):
        for name, value in found.row(segment, message).items():
            columns[name].append(value)
    return pa.table(columns, schema=schema_of(ANSWERS, facts))


class _Found:
    """A session's records of its answers, by what they are about."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._axis = SessionAxis(entries)
        self._turns = _last(entries, Turn, lambda r: r.turn)
        self._requests = _last(entries, ModelRequest, lambda r: r.message_id)
        self._presented = _last(entries, Presented, lambda r: r.message_id)
        self._ratings = _last(entries, Rating, lambda r: r.message_id)
        self._preferences = _last(entries, Preference, lambda r: r.turn)
        self._onsets = _last(entries, RatingOnset, lambda r: r.turn)
        self._skipped = {r.turn for _, r in of_type(entries, TurnSkipped)}
        self._extra: dict[str, dict[str, int]] = defaultdict(dict)
        for _, rating in of_type(entries, ExtraRating):
            self._extra[rating.message_id][rating.question] = rating.value
        self._asked = Counter((r.turn, r.side) for _, r in of_type(entries, ModelRequest))
        self._failed = Counter((r.turn, r.side) for _, r in of_type(entries, ProviderFailure))
        self._pieces: dict[str, list[float]] = defaultdict(list)
        for segment, piece in of_type(entries, TokenArrival):
            self._pieces[piece.message_id].append(self._axis.seconds(segment, piece.t_ns))
        self._seen: dict[tuple[str, bool], float] = {}
        for segment, reveal in of_type(entries, Reveal):
            at = self._axis.seconds(segment, reveal.t_ns)
            self._seen.setdefault((reveal.message_id, reveal.is_whole), at)

    def row(self, segment: int, message: Message) -> Row:
        """Everything about one answer."""
        key = message.message_id
        turn = self._turns.get(message.turn)
        whole_seen = self._seen.get((key, True))
        return {
            "message_id": key,
            "turn": message.turn,
            "task": turn[1].task if turn else 0,
            "side": message.side,
            "item": (turn[1].item or None) if turn else None,
            **self._asking(message),
            **_form(message),
            "finish_reason": message.finish_reason,
            "is_truncated": message.is_truncated,
            "completion_tokens": message.usage.get("completion_tokens"),
            "pieces": len(self._pieces[key]),
            "requested_s": self._at(self._requests.get(key)),
            "first_piece_s": min(self._pieces[key], default=None),
            "complete_s": self._axis.seconds(segment, message.t_ns),
            "first_seen_s": self._seen.get((key, False), whole_seen),
            "whole_seen_s": whole_seen,
            **self._judgement(message),
        }

    def _asking(self, message: Message) -> Row:
        request = self._requests.get(message.message_id)
        given = self._presented.get(message.message_id)
        place = message.turn, message.side
        return {
            "model": request[1].model if request else None,
            "response": (given[1].response or None) if given else None,
            "of_message": (given[1].of_message or None) if given else None,
            "treatment": (request[1].treatment or None) if request else None,
            "context": request[1].context if request else None,
            "history_sides": list(request[1].history_sides) if request else None,
            "parameters": json.dumps(request[1].parameters) if request else None,
            "attempts": self._asked[place],
            "failures": self._failed[place],
        }

    def _judgement(self, message: Message) -> Row:
        onset, rating = self._onsets.get(message.turn), self._ratings.get(message.message_id)
        said = self._preferences.get(message.turn)
        side = said[1].preferred_side if said else None
        return {
            "asked_about_s": self._at(onset),
            "question_order": json.dumps(onset[1].order) if onset else None,
            "rating": rating[1].value if rating else None,
            "extra_ratings": json.dumps(self._extra[message.message_id]),
            "choice": str(said[1].choice) if said else None,
            "is_preferred": None if side is None else side == message.side,
            "is_turn_skipped": message.turn in self._skipped,
        }

    def _at(self, found: tuple[int, Record] | None) -> float | None:
        return None if found is None else self._axis.seconds(found[0], found[1].t_ns)


def _form(message: Message) -> Row:
    """Its length, and what its markup makes of it."""
    shown = render_markdown(message.raw)
    kinds = [block.kind for block in shown.blocks]
    return {
        "characters": len(message.raw),
        "words": len(message.displayed.split()),
        "headings": kinds.count(BlockKind.HEADING),
        "list_items": sum(block.has_marker for block in shown.blocks),
        "code_blocks": kinds.count(BlockKind.CODE),
        "tables": sum(isinstance(element, Table) for element in shown.elements),
    }


def _last(
    entries: Sequence[Entry], kind: type[R], key: Callable[[R], Any]
) -> dict[Any, tuple[int, R]]:
    return {key(record): (segment, record) for segment, record in of_type(entries, kind)}
