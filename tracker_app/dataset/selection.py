"""Reads a session's entries by what they hold, always in the order of time."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from tracker_app.codec import Entry
from tracker_app.records import (
    CalibrationResult,
    GazeProvenance,
    GazeSample,
    Record,
    SessionInfo,
    SimulatedGaze,
)

R = TypeVar("R", bound=Record)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Entries by segment, time, stream and index: the normal order of a session."""
    return sorted(entries, key=lambda e: (e.segment, e.record.t_ns, e.stream, e.index))


def of_type(entries: Iterable[Entry], record_type: type[R]) -> list[tuple[int, R]]:
    """(segment, record) of each record of one type, in order of segment, time and index."""
    rows = [(e, e.record) for e in entries if isinstance(e.record, record_type)]
    rows.sort(key=lambda row: (row[0].segment, row[1].t_ns, row[0].index))
    return [(entry.segment, record) for entry, record in rows]


def session_info(entries: Iterable[Entry]) -> SessionInfo | None:
    """Who and what: the newest `SessionInfo`, or None where it was never recorded."""
    infos = of_type(entries, SessionInfo)
    return infos[-1][1] if infos else None


def is_simulated(entries: Sequence[Entry]) -> bool:
    """Whether the eyes of any part of the session were a program's."""
    return any(_is_simulated(e.record) for e in entries)


def _is_simulated(record: Record) -> bool:
    if isinstance(record, SessionInfo):
        return record.is_simulated
    if isinstance(record, GazeSample | CalibrationResult):
        return record.provenance is GazeProvenance.SIMULATED
    return isinstance(record, SimulatedGaze)
