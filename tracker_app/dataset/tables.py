"""Records as Parquet tables and back, without loss.

One table per stream: the record's identity (segment, index) and its fields. Integers are int64,
enums are strings, tuples are lists; dictionaries and lists of them are JSON text, because their
keys differ from record to record. Units and steps stand in each column's metadata.
"""

import enum
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tracker_app.codec import Entry
from tracker_app.errors import ExportError
from tracker_app.records import FORMAT_VERSION, RECORD_TYPES, Quantum, Record

_PLAIN = {int: pa.int64(), float: pa.float64(), bool: pa.bool_(), str: pa.string()}


def unit_of(annotation: Any) -> Quantum | None:
    """The unit and step of a field, also inside an optional or a tuple."""
    return next((a for a in _flattened(annotation) if isinstance(a, Quantum)), None)


def _flattened(annotation: Any) -> list[Any]:
    return [annotation, *(x for a in get_args(annotation) for x in _flattened(a))]


def is_optional(annotation: Any) -> bool:
    """Whether a field may be missing."""
    return get_origin(annotation) in (Union, types.UnionType)


def _bare(annotation: Any) -> Any:
    """The annotation without None and without what `Annotated` adds."""
    if is_optional(annotation):
        annotation = next(a for a in get_args(annotation) if a is not type(None))
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def is_json(annotation: Any) -> bool:
    """Whether a field is stored as JSON text."""
    return get_origin(_bare(annotation)) in (dict, list)


def arrow_type(annotation: Any) -> pa.DataType:
    """The Parquet type of a field."""
    bare = _bare(annotation)
    if is_json(annotation):
        return pa.string()
    if get_origin(bare) is tuple:
        return pa.list_(arrow_type(get_args(bare)[0]))
    if isinstance(bare, type) and issubclass(bare, enum.StrEnum):
        return pa.string()
    return _PLAIN[bare]


def fields_of(record_type: type[Record]) -> dict[str, Any]:
    """The annotation of each field."""
    hints = get_type_hints(record_type, include_extras=True)
    return {name: hints[name] for name in record_type.__struct_fields__}


def schema_of(record_type: type[Record], metadata: dict[str, str]) -> pa.Schema:
    """The Parquet schema of a stream."""
    columns = [pa.field("segment", pa.int64()), pa.field("index", pa.int64())]
    for name, annotation in fields_of(record_type).items():
        quantum = unit_of(annotation)
        about = {"unit": quantum.unit, "step": str(quantum.step)} if quantum else None
        columns.append(pa.field(name, arrow_type(annotation), metadata=about))
    return pa.schema(columns, metadata={"format": str(FORMAT_VERSION), **metadata})


def write_stream(entries: Sequence[Entry], path: Path, metadata: dict[str, str]) -> None:
    """Write entries of one stream."""
    record_type = type(entries[0].record)
    columns: dict[str, list[Any]] = {
        "segment": [e.segment for e in entries],
        "index": [e.index for e in entries],
    }
    for name, annotation in fields_of(record_type).items():
        values = [getattr(e.record, name) for e in entries]
        if is_json(annotation):
            values = [None if v is None else msgspec.json.encode(v).decode() for v in values]
        columns[name] = values
    table = pa.Table.from_pydict(columns, schema=schema_of(record_type, metadata))
    pq.write_table(table, path, compression="zstd")


def read_stream(path: Path) -> list[Entry]:
    """Read what `write_stream` wrote; the file's name is the stream.

    Raises:
        ExportError: if the file does not hold valid records of that stream.
    """
    try:
        record_type = RECORD_TYPES[path.stem]
        rows = pq.read_table(path).to_pylist()
        json_fields = [n for n, a in fields_of(record_type).items() if is_json(a)]
        for row in rows:
            for name in json_fields:
                row[name] = None if row[name] is None else msgspec.json.decode(row[name])
        return [
            Entry(
                row.pop("segment"), path.stem, row.pop("index"), msgspec.convert(row, record_type)
            )
            for row in rows
        ]
    except (KeyError, OSError, pa.ArrowException, msgspec.MsgspecError) as error:
        raise ExportError(f"{path} does not hold {path.stem} records: {error}") from error
