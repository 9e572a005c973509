"""The derived tables of an export: gaze and mouse samples with the words they fell on."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tracker_app.aoi import NONE, Level, Likeliest, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.answers import ANSWERS
from tracker_app.dataset.dictionary import FieldEntry, StreamEntry
from tracker_app.dataset.fixations import detect_fixations, session_merge_px
from tracker_app.dataset.gaze_error import LEVELS, gaze_covariance, told_units
from tracker_app.dataset.reading_offset import reading_offsets, sample_offsets, without_offset
from tracker_app.dataset.selection import in_order
from tracker_app.dataset.tables import IDENTITY, schema_of
from tracker_app.dataset.word_history import word_histories
from tracker_app.dataset.words import (
    corrected_gaze,
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


def _told_fields(level: Level) -> tuple[FieldEntry, ...]:
    about = f"{level} looked at; null where less than half of the error's distribution is on one"
    return (
        FieldEntry(f"told_{level}_message_id", "text", True, "", None, (), "message it is in"),
        FieldEntry(f"told_{level}", "int", True, "1", 1, (), about),
        FieldEntry(f"told_{level}_probability", "float", True, "1", None, (), "that share"),
    )


GAZE_WORDS = StreamEntry(
    "gaze_words",
    "Derived: the point each gaze sample fell on, whatever its error: by the calibration alone "
    "(`raw_`), by what was learnt in the session besides (`corrected_`), and that smoothed for the "
    "interface (`filtered_`); and which paragraph, line and word the corrected one tells, given "
    "its error. Clicks taught all but `raw_`: use `raw_` wherever the mouse is a feature too. "
    "The columns in `reading_` show the corrected gaze moved by the vertical offset at which the "
    "reading of the session's other turns fits their lines. That presumes orderly reading: give "
    "measures with and without it, and never judge accuracy by it.",
    (
        *IDENTITY,
        _TIME,
        *_hit_fields("raw_", "gaze by the calibration alone"),
        *_hit_fields("corrected_", "corrected gaze"),
        *_hit_fields("filtered_", "filtered gaze"),
        *(field for level in LEVELS for field in _told_fields(level)),
        FieldEntry(
            "reading_offset_px",
            "float",
            True,
            "px",
            None,
            (),
            "taken from y, positive where gaze lies below the text; null where no other turn tells",
        ),
        *_hit_fields("reading_", "corrected gaze without that offset"),
    ),
)
MOUSE_WORDS = StreamEntry(
    "mouse_words",
    "Derived: where each mouse event fell. Events outside our window have no position.",
    (*IDENTITY, _TIME, *_hit_fields("", "pointer")),
)
WORDS = StreamEntry(
    "words",
    "Derived: every word of every message on the screen, as it was laid out last.",
    (
        FieldEntry("message_id", "text", False, "", None, (), "an answer, or a turn's question"),
        FieldEntry("word", "int", False, "1", 1, (), "number of the word in the message"),
        FieldEntry("text", "text", False, "", None, (), "the word"),
        FieldEntry("start", "int", False, "code point", 1, (), "in the displayed text"),
        FieldEntry("end", "int", False, "code point", 1, (), "character after the word"),
        FieldEntry("utf16_start", "int", False, "UTF-16 unit", 1, (), "in the displayed text"),
        FieldEntry("utf16_end", "int", False, "UTF-16 unit", 1, (), "unit after the word"),
        FieldEntry("raw_start", "int", True, "code point", 1, (), "in the raw text"),
        FieldEntry("raw_end", "int", True, "code point", 1, (), "in the raw text"),
        FieldEntry("paragraph", "int", False, "1", 1, (), "block of the message"),
        FieldEntry("line", "int", False, "1", 1, (), "visual line of the message"),
        *(
            FieldEntry(edge, "float", False, "logical px", 0.01, (), "of the word on its page")
            for edge in ("left", "top", "right", "bottom")
        ),
        FieldEntry("arrived_segment", "int", True, "1", 1, (), "clock segment of the next"),
        FieldEntry("arrived_t_ns", "int", True, "ns", 1, (), "its last character arrived"),
        FieldEntry("first_visible_segment", "int", True, "1", 1, (), "clock segment of the next"),
        FieldEntry("first_visible_t_ns", "int", True, "ns", 1, (), "it first stood in view"),
    ),
)
DERIVED = (ANSWERS, GAZE_WORDS, MOUSE_WORDS, WORDS)


def gaze_words(entries: Sequence[Entry], timeline: Timeline, facts: dict[str, str]) -> Any:
    """One row a gaze sample, in order of time."""
    corrected = corrected_gaze(entries)
    fixations = detect_fixations(corrected, session_merge_px(entries))
    offset_px = sample_offsets(entries, corrected, reading_offsets(entries, timeline, fixations))
    columns = {
        **_identity(entries, GazeSample),
        **word_columns(raw_gaze(entries).map(timeline), "raw_"),
        **word_columns(corrected.map(timeline), "corrected_"),
        **word_columns(filtered_gaze(entries).map(timeline), "filtered_"),
        **_told_columns(timeline, told_units(timeline, corrected, gaze_covariance(entries))),
        "reading_offset_px": [None if np.isnan(v) else v for v in offset_px.tolist()],
        **word_columns(without_offset(corrected, offset_px).map(timeline), "reading_"),
    }
    return pa.table(columns, schema=schema_of(GAZE_WORDS, facts))


def _told_columns(timeline: Timeline, told: dict[Level, Likeliest]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {}
    ids = [s.message_id for s in timeline.screens]
    for level, found in told.items():
        screens, units = found.screen.tolist(), found.unit.tolist()
        columns[f"told_{level}_message_id"] = [None if s == NONE else ids[s] for s in screens]
        columns[f"told_{level}"] = [None if u == NONE else u for u in units]
        columns[f"told_{level}_probability"] = [
            None if u == NONE else p for u, p in zip(units, found.probability.tolist(), strict=True)
        ]
    return columns


def words(entries: Sequence[Entry], timeline: Timeline, facts: dict[str, str]) -> Any:
    """One row a word of a message."""
    columns: dict[str, list[object]] = {field.name: [] for field in WORDS.fields}
    for history in word_histories(entries, timeline):
        row = dataclasses.asdict(history)
        for name in ("arrived", "first_visible"):
            row[f"{name}_segment"], row[f"{name}_t_ns"] = row.pop(name) or (None, None)
        for name, value in row.items():
            columns[name].append(value)
    return pa.table(columns, schema=schema_of(WORDS, facts))


def mouse_words(entries: Sequence[Entry], timeline: Timeline, facts: dict[str, str]) -> Any:
    """One row a mouse event, in order of time."""
    mapped = mouse_points(entries).map(timeline)
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
