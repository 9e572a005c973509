"""What a session holds, without the values of its sensors: enough to review it and to delete.

Half an hour has a million sensor values and only some hundred other records. Of the sensors' only
the times are read, which takes a tenth of the time and of the memory.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import apsw
import msgspec

from tracker_app.codec import Entry, decode_batch, join_parts
from tracker_app.decoding import decodable
from tracker_app.errors import DamagedRecordError
from tracker_app.recording.reading import blocks, reading
from tracker_app.records import (
    ElementEvent,
    EyeFeatures,
    Frame,
    GazeSample,
    MouseEvent,
    stream_of,
)

Moment = tuple[int, int]  # clock segment, nanoseconds on its clock
BEGIN: Moment = (0, 0)
END: Moment = (2**62, 0)  # later than anything recorded
SENSORS = frozenset(
    stream_of(t) for t in (Frame, GazeSample, EyeFeatures, MouseEvent, ElementEvent)
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a session, in any number of clock segments."""

    begin: Moment
    end: Moment  # no longer in it

    def holds(self, moment: Moment) -> bool:
        """Whether a moment lies in it."""
        return self.begin <= moment < self.end

    def overlaps(self, begin: Moment, end: Moment) -> bool:
        """Whether it has a moment in common with the time from `begin` to `end`, both included."""
        return self.begin <= end and begin < self.end


@dataclass(frozen=True, slots=True)
class Outline:
    """A session's records, of the sensors' only the times."""

    entries: tuple[Entry, ...] = ()  # all but the sensors', in order of time
    times: Mapping[tuple[int, str], "array[int]"] = field(default_factory=dict)
    """Ascending, by clock segment and stream."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Outline":
        """The outline of a session's entries, large records joined."""
        others: list[Entry] = []
        times: defaultdict[tuple[int, str], array[int]] = defaultdict(_times)
        for entry in entries:
            if entry.stream in SENSORS:
                times[entry.segment, entry.stream].append(entry.record.t_ns)
            else:
                others.append(entry)
        return cls(_in_order(others), {key: array("q", sorted(t)) for key, t in times.items()})

    @property
    def extents(self) -> dict[int, tuple[int, int]]:
        """The first and the last time of each clock segment."""
        found: dict[int, tuple[int, int]] = {}
        ends = [(e.segment, e.record.t_ns) for e in self.entries]
        ends += [(segment, t) for (segment, _), ts in self.times.items() for t in (ts[0], ts[-1])]
        for segment, t_ns in ends:
            low, high = found.get(segment, (t_ns, t_ns))
            found[segment] = min(low, t_ns), max(high, t_ns)
        return found

    def count(self, stream: str, spans: Iterable[Span]) -> int:
        """How many records of a sensor lie in spans that do not overlap."""
        return sum(len(times) for span in spans for times in self.inside(stream, span))

    def inside(self, stream: str, span: Span) -> "Iterator[array[int]]":
        """The times of a sensor's records in a span, one array a clock segment."""
        for (segment, name), times in self.times.items():
            if name == stream:
                yield times[_before(times, segment, span.begin) : _before(times, segment, span.end)]


def _times() -> "array[int]":
    return array("q")


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda e: (e.segment, e.record.t_ns, e.stream, e.index)))


def _before(times: "array[int]", segment: int, moment: Moment) -> int:
    """How many of a segment's times are earlier than a moment."""
    if segment != moment[0]:
        return len(times) if segment < moment[0] else 0
    return bisect_left(times, moment[1])


@decodable
class _Header(msgspec.Struct):
    segment: int
    stream: str


@decodable
class _TimeColumn(msgspec.Struct):
    t_ns: list[int]


@decodable
class _Timed(msgspec.Struct):
    columns: _TimeColumn


def read_outline(folder: Path) -> Outline:
    """The outline of a session folder; the journal may be open for writing.

    Raises:
        JournalError: if the journal cannot be opened.
        DamagedRecordError: at the first fragment or chunk that is damaged.
    """
    with reading(folder) as db:
        return outline_of(db)


def outline_of(db: apsw.Connection) -> Outline:
    """The outline of what a journal has committed; errors as of `read_outline`."""
    others: list[Entry] = []
    times: defaultdict[tuple[int, str], array[int]] = defaultdict(_times)
    for block in blocks(db):
        for batch in block.batches():
            try:
                header = msgspec.json.decode(batch, type=_Header)
                if header.stream in SENSORS:
                    times[header.segment, header.stream].extend(_times_of(batch))
                    continue
            except msgspec.MsgspecError as error:
                raise DamagedRecordError(f"{block.place}: a batch is not valid") from error
            others += decode_batch(batch)
    return Outline(
        _in_order(join_parts(others)), {key: array("q", sorted(t)) for key, t in times.items()}
    )


def _times_of(batch: bytes | msgspec.Raw) -> Iterator[int]:
    return accumulate(msgspec.json.decode(batch, type=_Timed).columns.t_ns)
