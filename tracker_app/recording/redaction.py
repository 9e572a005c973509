"""What a deletion takes out of a session, and the session's chunks without it. Pure.

A chunk that the deletion does not touch keeps its bytes, and a batch within one its columns: so
deleting a turn costs what packing the chunks from there on costs, not what the session does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import msgspec

from tracker_app.clock import Clock
from tracker_app.codec import Batch, Entry, decode_batch, sha256, split_chunk
from tracker_app.errors import DamagedRecordError
from tracker_app.recording.fragments import (
    Fragment,
    FragmentEncoder,
    SealedChunk,
    counts_of,
    seal_all,
)
from tracker_app.recording.outline import SENSORS, Moment, Outline, Span
from tracker_app.records import Part, Record, Redaction, stream_of

Key = tuple[int, str, int]  # segment, stream, index
_PART = stream_of(Part)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is to go: the sensors' records in the spans, and others one by one."""

    spans: tuple[Span, ...] = ()  # in order, and apart from one another
    gone: frozenset[Key] = frozenset()
    changed: Mapping[Key, Record] = field(default_factory=dict)
    """Records that stay with other content, at the same time."""

    def after(self, entry: Entry) -> Record | None:
        """What is left of a record."""
        if entry.stream in SENSORS:
            is_gone = self.span_of((entry.segment, entry.record.t_ns)) is not None
        else:
            is_gone = entry.key in self.gone
        return None if is_gone else self.changed.get(entry.key, entry.record)

    def span_of(self, moment: Moment) -> Span | None:
        """The span a moment lies in."""
        return next((span for span in self.spans if span.holds(moment)), None)


@dataclass(slots=True)
class _Removed:
    """How many records were taken out of one stream, segment and span, and of which time."""

    t_ns: int
    end_t_ns: int
    n: int


class Redactor:
    """Carries a deletion out on one chunk after the other, in their order."""

    def __init__(self, deletion: Deletion, outline: Outline, clock: Clock) -> None:
        """Prepare.

        Args:
            deletion: what is to go.
            outline: of the same chunks.
            clock: the encoder's.
        """
        self.encoder = FragmentEncoder(clock)  # afterwards: where each stream goes on
        self._deletion = deletion
        self._extents = outline.extents
        self._whole = {e.key: e for e in outline.entries}
        self._touched = deletion.gone | deletion.changed.keys()
        self._touched_streams = {(segment, stream) for segment, stream, _ in self._touched}
        self._removed: dict[tuple[int, str, Span | None], _Removed] = {}

    @property
    def lost(self) -> int:
        """How many records were taken out so far."""
        return sum(removed.n for removed in self._removed.values())

    def without(self, body: bytes, digest: str) -> list[SealedChunk]:
        """What is left of a chunk: usually one, none if nothing is, more for large records.

        Raises:
            DamagedRecordError: if the chunk is damaged.
        """
        if sha256(body) != digest:
            raise DamagedRecordError("a chunk's checksum is wrong")
        fragments: list[Fragment] = []
        is_as_it_was = True
        for place, item in sorted(self._items(body), key=lambda item: item[0]):
            if isinstance(item, Batch):
                fragment = self.encoder.renumber(item)
                is_as_it_was &= fragment.first == item.first
                fragments.append(fragment)
                continue
            is_as_it_was = False
            records = [r for r in map(self._left_of, item) if r is not None]
            if records:
                fragments += self.encoder.encode_sound(records, place[0])
        if is_as_it_was:
            return [SealedChunk(body, digest, counts_of(fragments))]
        return seal_all(fragments)

    def redactions(self) -> list[SealedChunk]:
        """What was taken out, said in records: one a stream, clock segment and span."""
        said: defaultdict[int, list[Record]] = defaultdict(list)
        for (segment, stream, span), removed in self._removed.items():
            t_ns, end_t_ns = removed.t_ns, removed.end_t_ns
            if span is not None:
                t_ns, end_t_ns = self._clipped(span, segment)
            said[segment].append(
                Redaction(t_ns=t_ns, redacted_stream=stream, end_t_ns=end_t_ns, lost=removed.n)
            )
        fragments: list[Fragment] = []
        for segment, records in said.items():
            fragments += self.encoder.encode_sound(records, segment)
        return seal_all(fragments)

    def _clipped(self, span: Span, segment: int) -> tuple[int, int]:
        """The part of a span in a clock segment."""
        first, last = self._extents[segment]
        begin = max(span.begin[1], first) if span.begin[0] == segment else first
        end = min(span.end[1], last) if span.end[0] == segment else last
        return begin, max(begin, end)

    def _items(self, body: bytes) -> Iterator[tuple[Key, Batch | list[Entry]]]:
        """The batches that stay as they are, and the records of the others, with their place.

        A record in parts has its place where the first part stands: the others follow, even in the
        next chunk. All its parts are made anew.
        """
        for raw in split_chunk(body):
            batch = msgspec.json.decode(raw, type=Batch)
            place = batch.segment, batch.stream, batch.first
            if batch.stream == _PART:
                for entry in decode_batch(raw):
                    yield from self._whole_record(entry)
            elif self._is_touched(batch):
                yield place, decode_batch(raw)
            else:
                yield place, batch

    def _whole_record(self, entry: Entry) -> Iterator[tuple[Key, list[Entry]]]:
        part = entry.record
        assert isinstance(part, Part)
        whole = self._whole[entry.segment, part.of_stream, part.of_index]
        yield whole.key, [whole] if part.number == 0 else []

    def _is_touched(self, batch: Batch) -> bool:
        segment, stream = batch.segment, batch.stream
        if stream in SENSORS:
            times = list(accumulate(batch.columns["t_ns"]))
            first, last = (segment, min(times)), (segment, max(times))
            return any(span.overlaps(first, last) for span in self._deletion.spans)
        if (segment, stream) not in self._touched_streams:
            return False
        indices = range(batch.first, batch.first + batch.n)
        return any((segment, stream, index) in self._touched for index in indices)

    def _left_of(self, entry: Entry) -> Record | None:
        left = self._deletion.after(entry)
        if left is None:
            t_ns = entry.record.t_ns
            span = self._deletion.span_of((entry.segment, t_ns))
            key = entry.segment, entry.stream, span
            removed = self._removed.setdefault(key, _Removed(t_ns, t_ns, 0))
            removed.t_ns = min(removed.t_ns, t_ns)
            removed.end_t_ns = max(removed.end_t_ns, t_ns)
            removed.n += 1
        return left
