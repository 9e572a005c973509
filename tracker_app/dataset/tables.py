"""Records to Parquet tables and back, without loss.

A table has the record's identity (`segment`, `index`) and its fields. Integers are int64,
quantised numbers double, enumerations strings, vectors lists. Dictionaries and lists of them are
JSON text: their keys vary, and every tool reads a string column. Each column carries its unit and
step, each table its stream, format version and whether the session was simulated.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa

from tracker_app.codec import Entry
from tracker_app.dataset.dictionary import FieldEntry, Kind, StreamEntry, dictionary
from tracker_app.errors import DamagedRecordError
from tracker_app.records import FORMAT_VERSION, RECORD_TYPES

_TYPES: dict[Kind, Any] = {
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "text": pa.string(),
    "json": pa.string(),
    "ints": pa.list_(pa.int64()),
    "floats": pa.list_(pa.float64()),
    "bools": pa.list_(pa.bool_()),
}
IDENTITY = (
    FieldEntry("segment", "int", False, "1", 1, (), "clock segment the times belong to"),
    FieldEntry("index", "int", False, "1", 1, (), "place in the stream within the segment"),
)


def schema_of(stream: StreamEntry, facts: dict[str, str]) -> Any:
    """The Arrow schema of a stream, with units in the columns' metadata and `facts` in its own."""
    columns = [
        pa.field(
            field.name, _TYPES[field.kind], nullable=field.is_optional, metadata=_metadata(field)
        )
        for field in stream.fields
    ]
    metadata = {
        "stream": stream.name,
        "description": stream.description,
        "format_version": str(FORMAT_VERSION),
        **facts,
    }
    return pa.schema(columns, metadata=metadata)


def _metadata(field: FieldEntry) -> dict[str, str]:
    described = {
        "unit": field.unit,
        "step": "" if field.step is None else f"{field.step:g}",
        "values": " ".join(field.values),
        "description": field.description,
        "encoding": "json" if field.kind == "json" else "",
    }
    return {key: value for key, value in described.items() if value}


def stream_table(stream: str, entries: Sequence[Entry], facts: dict[str, str]) -> Any:
    """The entries of one stream as an Arrow table, in the order given."""
    described = dictionary()[stream]
    whole = StreamEntry(described.name, described.description, IDENTITY + described.fields)
    columns = {
        "segment": [e.segment for e in entries],
        "index": [e.index for e in entries],
        **{f.name: _column(f, entries) for f in described.fields},
    }
    return pa.table(columns, schema=schema_of(whole, facts))


def _column(field: FieldEntry, entries: Sequence[Entry]) -> list[Any]:
    values = [getattr(e.record, field.name) for e in entries]
    if field.kind == "json":
        return [None if v is None else json.dumps(v, ensure_ascii=False) for v in values]
    return values


def stream_entries(table: Any) -> list[Entry]:
    """The entries a `stream_table` was made from.

    Raises:
        DamagedRecordError: if the table is not one of ours or a row is not a valid record.
    """
    metadata = table.schema.metadata or {}
    stream = metadata.get(b"stream", b"").decode()
    version = metadata.get(b"format_version", b"").decode()
    record_type = RECORD_TYPES.get(stream)
    if record_type is None or version != str(FORMAT_VERSION):
        raise DamagedRecordError(f"a table of stream {stream!r}, format {version!r} is not ours")
    rows = table.to_pylist()
    json_fields = [f.name for f in dictionary()[stream].fields if f.kind == "json"]
    try:
        identities = [(row.pop("segment"), row.pop("index")) for row in rows]
        for row in rows:
            row.update({name: json.loads(row[name]) for name in json_fields if row[name]})
        records = msgspec.convert(rows, list[record_type])  # type: ignore[valid-type] # run-time type
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise DamagedRecordError(f"a row of stream {stream} is not valid: {error}") from error
    return [
        Entry(segment, stream, index, record)
        for (segment, index), record in zip(identities, records, strict=True)
    ]
