"""From appended records to fragments, and from fragments to chunks.

A *fragment* is one encoded batch, written at each commit; a *chunk* is what many fragments are
sealed into. Joining the fragments' columns instead of listing them makes a chunk a quarter
smaller and needs no loop over records.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tracker_app.clock import Clock
from tracker_app.codec import (
    MAX_RECORD_BYTES,
    Batch,
    decode_batch,
    encode_batch,
    encode_chunk,
    sha256,
    split_large,
)
from tracker_app.errors import DamagedRecordError
from tracker_app.records import RECORD_TYPES, FieldType, Gap, Record, field_types, stream_of

logger = logging.getLogger(__name__)
MAX_CHUNK_INPUT = 512_000


@dataclass(frozen=True, slots=True)
class Fragment:
    """Consecutive records of one stream and clock segment, encoded by `codec.encode_batch`."""

    segment: int
    stream: str
    first: int
    n: int
    t0_mono: int
    body: bytes


class FragmentEncoder:
    """Gives records their index and encodes them; indexes count per segment and stream from 0."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: defaultdict[tuple[int, str], int] = defaultdict(int)

    def encode(self, appended: Sequence[tuple[Record, int]]) -> list[Fragment]:
        """Encode (record, segment) pairs, keeping each stream's order.

        A record that could not be read back is left out and counted by a `Gap`: one mistake of
        ours must not spoil the fragment and the chunk it would lie in.
        """
        groups: defaultdict[tuple[int, type[Record]], list[Record]] = defaultdict(list)
        for record, segment in appended:
            groups[segment, type(record)].append(record)
        fragments: list[Fragment] = []
        for (segment, _), records in groups.items():
            sound = records if _is_sound(records) else [r for r in records if _is_sound([r])]
            if sound:
                fragments += self.encode_sound(sound, segment)
            if len(sound) < len(records):
                gap = self._gap(stream_of(records[0]), len(records) - len(sound))
                fragments += self.encode_sound([gap], segment)
        return fragments

    def renumber(self, batch: Batch) -> Fragment:
        """A stored batch as it comes next in its stream, its columns untouched."""
        first = self._next[batch.segment, batch.stream]
        self._next[batch.segment, batch.stream] += batch.n
        body = msgspec.json.encode(msgspec.structs.replace(batch, first=first))
        t0_mono = batch.columns["t_ns"][0]
        return Fragment(batch.segment, batch.stream, first, batch.n, t0_mono, body)

    def encode_sound(self, records: Sequence[Record], segment: int) -> Iterator[Fragment]:
        """Encode records of one type that are known to be valid."""
        stream = stream_of(records[0])
        first = self._next[segment, stream]
        self._next[segment, stream] += len(records)
        yield from self._bounded(records, segment, first)

    def _bounded(self, records: Sequence[Record], segment: int, first: int) -> Iterator[Fragment]:
        """Halve what is too large; store a record that cannot be halved as parts."""
        body = encode_batch(records, segment, first)
        if len(body) <= MAX_RECORD_BYTES:
            yield _fragment(records, segment, first, body)
        elif len(records) > 1:
            middle = len(records) // 2
            yield from self._bounded(records[:middle], segment, first)
            yield from self._bounded(records[middle:], segment, first + middle)
        elif parts := split_large(records[0], first):
            for part in parts:
                index = self._next[segment, stream_of(part)]
                self._next[segment, stream_of(part)] += 1
                yield _fragment([part], segment, index, encode_batch([part], segment, index))
        else:
            yield _fragment(records, segment, first, body)

    def _gap(self, stream: str, lost: int) -> Gap:
        logger.error("%d %s records are not valid and were left out", lost, stream)
        now_ns = self._clock.now_ns()
        reason = "not valid, so it could not be stored"
        return Gap(t_ns=now_ns, source=stream, end_t_ns=now_ns, lost=lost, reason=reason)


def _fragment(records: Sequence[Record], segment: int, first: int, body: bytes) -> Fragment:
    stream = stream_of(records[0])
    return Fragment(segment, stream, first, len(records), records[0].t_ns, body)


def _is_sound(records: Sequence[Record]) -> bool:
    """Whether the records can be read back. Structs check their fields only when decoded."""
    try:
        decode_batch(encode_batch(records, 0, 0))
    except (DamagedRecordError, msgspec.MsgspecError, ValueError, TypeError, OverflowError):
        return False
    return True


# --- sealing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SealedChunk:
    """A chunk as it stands in the journal."""

    body: bytes
    sha256: str
    counts: dict[str, int]


def seal_all(fragments: Iterable[Fragment]) -> list[SealedChunk]:
    """As many chunks of fragments as it takes to keep each small enough."""
    chunks = []
    for group in _bounded_groups(fragments):
        body = seal([fragment.body for fragment in group])
        chunks.append(SealedChunk(body, sha256(body), counts_of(group)))
    return chunks


def counts_of(fragments: Iterable[Fragment]) -> dict[str, int]:
    """How many records of each stream there are."""
    counts: Counter[str] = Counter()
    for fragment in fragments:
        counts[fragment.stream] += fragment.n
    return dict(counts)


def _bounded_groups(fragments: Iterable[Fragment]) -> Iterator[list[Fragment]]:
    group: list[Fragment] = []
    size = 0
    for fragment in fragments:
        if group and size + len(fragment.body) > MAX_CHUNK_INPUT:
            yield group
            group, size = [], 0
        group.append(fragment)
        size += len(fragment.body)
    if group:
        yield group


def seal(bodies: Sequence[bytes]) -> bytes:
    """One chunk of many fragments' bodies; batches that follow one another become one."""
    runs: list[list[Batch]] = []
    open_runs: dict[tuple[int, str], list[Batch]] = {}
    for body in bodies:
        batch = msgspec.json.decode(body, type=Batch)
        key = batch.segment, batch.stream
        run = open_runs.get(key)
        if run and run[-1].first + run[-1].n == batch.first:
            run.append(batch)
        else:
            open_runs[key] = [batch]
            runs.append(open_runs[key])
    return encode_chunk([msgspec.json.encode(_merged(run)) for run in runs])


def _merged(run: Sequence[Batch]) -> Batch:
    kinds = field_types(RECORD_TYPES[run[0].stream])
    columns = {
        name: _joined([batch.columns[name] for batch in run], kind) for name, kind in kinds.items()
    }
    return Batch(run[0].stream, run[0].segment, run[0].first, sum(b.n for b in run), columns)


def _joined(columns: Sequence[list[Any]], kind: FieldType) -> list[Any]:
    """Columns end to end. In a column of differences each first value starts from 0 again."""
    has_differences = kind.is_int or (kind.quantum is not None and not kind.is_vector)
    joined: list[Any] = []
    end = 0  # what the values so far add up to
    for column in columns:
        start = next((i for i, value in enumerate(column) if value is not None), None)
        if has_differences and start is not None:
            last = sum(filter(None, column))
            column[start] -= end
            end = last
        joined += column
    return joined
