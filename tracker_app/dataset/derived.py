"""The derived tables of an export: gaze and mouse samples with the words they fell on."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from tracker_app.aoi import Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.dictionary import FieldEntry, StreamEntry
from tracker_app.dataset.selection import in_order
from tracker_app.dataset.tables import IDENTITY, schema_of
from tracker_app.dataset.words import (
    filtered_gaze,
    mouse_points,
    raw_gaze,
    word_columns,
)
from tracker_app.records import GazeSample, MouseEvent

_TIME = FieldEntry("t_ns", "int", False, "ns", 1, (), "session clock, of the same segment")


def _hit_fields(prefix: str, what: str) -> tuple[FieldEntry, ...]:
    def number(name: str, unit: str, description: str) -> FieldEntry:
        return FieldEntry(prefix + name, "int", True, unit, 1, (), description)

    return (
        FieldEntry(f"{prefix}message_id", "text", True, "", None, (), f"message under the {what}"),
        number("paragraph", "1", "block of the message; null beside its text"),
        number("line", "1", "visual line of the message; null beside its text"),
        number("word", "1", "word of the message; null between words"),
        number("start", "code point", "first character of the word in the displayed text"),
        number("end", "code point", "character after the word"),
        number("character_start", "code point", "first code point of the character"),
        number("character_end", "code point", "code point after the character"),
        FieldEntry(f"{prefix}text", "text", True, "", None, (), "the word"),
    )


GAZE_WORDS = StreamEntry(
    "gaze_words",
    "Derived: where each gaze sample fell, as estimated and as filtered for the interface.",
    (
        *IDENTITY,
        _TIME,
        *_hit_fields("raw_", "raw gaze"),
        *_hit_fields("filtered_", "filtered gaze"),
    ),
)
MOUSE_WORDS = StreamEntry(
    "mouse_words",
    "Derived: where each mouse event fell. Events outside our window have no position.",
    (*IDENTITY, _TIME, *_hit_fields("", "pointer")),
)
DERIVED = (GAZE_WORDS, MOUSE_WORDS)


def gaze_words(entries: Sequence[Entry], facts: dict[str, str]) -> Any:
    """One row a gaze sample, in order of time."""
    timeline = Timeline(entries)
    columns = {
        **_identity(entries, GazeSample),
        **word_columns(raw_gaze(entries).map(timeline), "raw_"),
        **word_columns(filtered_gaze(entries).map(timeline), "filtered_"),
    }
    return pa.table(columns, schema=schema_of(GAZE_WORDS, facts))


def mouse_words(entries: Sequence[Entry], facts: dict[str, str]) -> Any:
    """One row a mouse event, in order of time."""
    mapped = mouse_points(entries).map(Timeline(entries))
    columns = {**_identity(entries, MouseEvent), **word_columns(mapped)}
    return pa.table(columns, schema=schema_of(MOUSE_WORDS, facts))


def _identity(
    entries: Sequence[Entry], record_type: type[GazeSample] | type[MouseEvent]
) -> dict[str, list[int]]:
    chosen = in_order(e for e in entries if isinstance(e.record, record_type))
    return {
        "segment": [e.segment for e in chosen],
        "index": [e.index for e in chosen],
        "t_ns": [e.record.t_ns for e in chosen],
    }
