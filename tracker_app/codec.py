"""The one codec of the format: records to columns and back, for journal, wire, server, export.

A *batch* is some records of one stream in one clock segment, stored as JSON columns. Integers
and quantised floats become differences of whole steps, which gzip packs to a few bytes a record.
A *chunk* is several batches, gzipped once and never re-encoded, so its hash stays true.
decode(encode(records)) == records, always; what does not decode to valid records is refused.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, groupby
from typing import Annotated, Any

import msgspec

from tracker_app.decoding import decodable
from tracker_app.errors import DamagedRecordError, TooLargeError
from tracker_app.records import (
    FORMAT_VERSION,
    INT64_MAX,
    RECORD_TYPES,
    FieldType,
    Part,
    Record,
    field_types,
    stream_of,
)

# Half the server's limit on an inflated body, so a chunk of any batches always fits.
MAX_CHUNK_BYTES = 8_000_000
MAX_RECORD_BYTES = 256_000
MAX_BATCH_RECORDS = 1_000_000

_BatchCount = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


@decodable
class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of one stream and clock segment, as columns; `first` is the first one's index."""

    stream: str
    segment: _BatchCount
    first: _BatchCount
    n: Annotated[int, msgspec.Meta(ge=1, le=MAX_BATCH_RECORDS)]
    columns: dict[str, list[Any]]


@decodable
class _Chunk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    batches: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record with its identity."""

    segment: int
    stream: str
    index: int
    record: Record

    @property
    def key(self) -> tuple[int, str, int]:
        """(segment, stream, index): unique within a session."""
        return self.segment, self.stream, self.index


# --- columns -----------------------------------------------------------------------------------


def _differences(values: Iterable[int | None]) -> list[int | None]:
    column: list[int | None] = []
    previous = 0
    for value in values:
        if value is None:
            column.append(None)
        else:
            column.append(value - previous)
            previous = value
    return column


def _sums(column: Sequence[Any], name: str) -> Iterator[int | None]:
    total = 0
    for step in column:
        if step is None:
            yield None
            continue
        if type(step) is not int:
            raise DamagedRecordError(f"column {name} should hold whole numbers")
        total += step
        if abs(total) > INT64_MAX:
            raise DamagedRecordError(f"column {name} leaves the 64-bit range")
        yield total


def _all_sums(column: Sequence[Any], name: str) -> list[int]:
    """`_sums` of whole numbers, none of them missing: a layout has ten thousands."""
    if not all(type(step) is int for step in column):
        raise DamagedRecordError(f"column {name} should hold whole numbers")
    totals = list(accumulate(column))
    if totals and max(max(totals), -min(totals)) > INT64_MAX:
        raise DamagedRecordError(f"column {name} leaves the 64-bit range")
    return totals


def _encode_column(values: Sequence[Any], kind: FieldType) -> list[Any]:
    quantum = kind.quantum
    if kind.is_vector:
        return [None if v is None else _encode_vector(v, kind) for v in values]
    if quantum is not None:
        return _differences(None if v is None else quantum.to_steps(v) for v in values)
    if kind.is_int:
        return _differences(values)
    return [msgspec.to_builtins(v) for v in values]


def _encode_vector(vector: Sequence[Any], kind: FieldType) -> Sequence[Any]:
    steps = vector if kind.quantum is None else kind.quantum.all_to_steps(vector)
    if not kind.is_differenced:
        return steps
    return [step - before for step, before in zip(steps, chain((0,), steps), strict=False)]


def _decode_vector(stored: Sequence[Any], kind: FieldType, name: str) -> Sequence[Any]:
    steps: Sequence[Any] = _all_sums(stored, name) if kind.is_differenced else stored
    return steps if kind.quantum is None else list(kind.quantum.all_from_steps(steps))


def _decode_column(column: Sequence[Any], kind: FieldType, name: str) -> Iterable[Any]:
    quantum = kind.quantum
    if kind.is_vector:
        return [None if v is None else _decode_vector(v, kind, name) for v in column]
    if quantum is not None:
        return (None if v is None else quantum.from_steps(v) for v in _sums(column, name))
    if kind.is_int:
        return _sums(column, name)
    return column


# --- batches -----------------------------------------------------------------------------------


def encode_batch(records: Sequence[Record], segment: int, first: int) -> bytes:
    """Encode records of one type as a JSON batch whose first record has index `first`."""
    record_type = type(records[0])
    columns = {
        name: _encode_column([getattr(r, name) for r in records], kind)
        for name, kind in field_types(record_type).items()
    }
    return msgspec.json.encode(Batch(stream_of(record_type), segment, first, len(records), columns))


def decode_batch(raw: bytes | msgspec.Raw) -> list[Entry]:
    """Decode a JSON batch.

    Raises:
        DamagedRecordError: if it is not exactly what `encode_batch` writes for valid records.
    """
    try:
        batch = msgspec.json.decode(raw, type=Batch)
        return _entries(batch)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError) as error:
        raise DamagedRecordError(f"a batch of records is not valid: {error}") from error


def _entries(batch: Batch) -> list[Entry]:
    record_type = RECORD_TYPES.get(batch.stream)
    if record_type is None:
        raise DamagedRecordError(f"unknown stream {batch.stream[:40]!r}")
    kinds = field_types(record_type)
    if batch.columns.keys() != kinds.keys():
        raise DamagedRecordError(f"stream {batch.stream} has missing or unknown columns")
    if any(len(column) != batch.n for column in batch.columns.values()):
        raise DamagedRecordError(f"stream {batch.stream} has columns of unequal length")
    decoded = [_decode_column(batch.columns[name], kind, name) for name, kind in kinds.items()]
    rows = [dict(zip(kinds, row, strict=True)) for row in zip(*decoded, strict=True)]
    records = msgspec.convert(rows, list[record_type])  # type: ignore[valid-type] # run-time type
    return [
        Entry(batch.segment, batch.stream, batch.first + i, record)
        for i, record in enumerate(records)
    ]


# --- chunks ------------------------------------------------------------------------------------


def encode_chunk(batches: Sequence[bytes]) -> bytes:
    """Gzip encoded batches into a chunk; equal batches give equal bytes."""
    body = msgspec.json.encode(_Chunk(FORMAT_VERSION, [msgspec.Raw(b) for b in batches]))
    return gzip.compress(body, compresslevel=6, mtime=0)


def inflate(body: bytes, limit: int = MAX_CHUNK_BYTES) -> bytes:
    """Gunzip at most `limit` bytes, so that a small bomb cannot fill the memory.

    Raises:
        DamagedRecordError: if it is not one whole gzip member.
        TooLargeError: if it inflates beyond `limit`.
    """
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(body, limit)
    except zlib.error as error:
        raise DamagedRecordError("a chunk is not valid gzip") from error
    if inflater.unconsumed_tail:
        raise TooLargeError(f"a chunk is larger than {limit} bytes")
    if not inflater.eof or inflater.unused_data:
        raise DamagedRecordError("a chunk is cut short or has bytes after its end")
    return plain


def decode_chunk(body: bytes) -> list[Entry]:
    """Decode a gzipped chunk into entries, in stored order.

    Raises:
        DamagedRecordError: if the bytes are damaged, too large or of another format version.
    """
    return [entry for raw in split_chunk(body) for entry in decode_batch(raw)]


def split_chunk(body: bytes) -> list[msgspec.Raw]:
    """The JSON batches of a gzipped chunk, in stored order; errors as of `decode_chunk`."""
    try:
        chunk = msgspec.json.decode(inflate(body), type=_Chunk)
    except msgspec.MsgspecError as error:
        raise DamagedRecordError(f"a chunk is not valid: {error}") from error
    if chunk.format != FORMAT_VERSION:
        raise DamagedRecordError(f"a chunk has format {chunk.format}, not {FORMAT_VERSION}")
    return chunk.batches


def sha256(body: bytes) -> str:
    """Hex SHA-256 of stored bytes."""
    return hashlib.sha256(body).hexdigest()


# --- records too large for a batch -------------------------------------------------------------


def split_large(record: Record, index: int) -> list[Part]:
    """The parts a record must be stored as, or an empty list where it fits as it is.

    `index` is the place the record keeps in its own stream; no batch holds that index then.
    """
    text = msgspec.json.encode(record).decode()
    if len(text) <= MAX_RECORD_BYTES // 4:  # at most 4 bytes a character
        return []
    size = MAX_RECORD_BYTES // 4
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    return [
        Part(
            t_ns=record.t_ns,
            of_stream=stream_of(record),
            of_index=index,
            number=number,
            total=len(pieces),
            text=piece,
        )
        for number, piece in enumerate(pieces)
    ]


def join_parts(entries: Iterable[Entry]) -> list[Entry]:
    """Put split records together again and drop their parts.

    Raises:
        DamagedRecordError: if a part is missing or the whole is not a valid record.
    """
    whole: list[Entry] = []
    parts: list[Entry] = []
    for entry in entries:
        (parts if isinstance(entry.record, Part) else whole).append(entry)
    keyed = sorted(parts, key=lambda e: (_part_key(e), _part(e).number))
    for (segment, stream, index), group in groupby(keyed, key=_part_key):
        pieces = [_part(e) for e in group]
        if [p.number for p in pieces] != list(range(pieces[0].total)):
            raise DamagedRecordError(f"a large {stream} record has lost a part")
        whole.append(Entry(segment, stream, index, _parse(stream, "".join(p.text for p in pieces))))
    return whole


def _part(entry: Entry) -> Part:
    assert isinstance(entry.record, Part)
    return entry.record


def _part_key(entry: Entry) -> tuple[int, str, int]:
    part = _part(entry)
    return entry.segment, part.of_stream, part.of_index


def _parse(stream: str, text: str) -> Record:
    try:
        return msgspec.json.decode(text, type=RECORD_TYPES[stream])
    except (msgspec.MsgspecError, KeyError) as error:
        raise DamagedRecordError(f"a large {stream} record is not valid") from error
