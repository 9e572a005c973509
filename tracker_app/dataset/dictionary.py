"""The data dictionary: every stream and field of the format, read off the record types.

The comment beside a field in `records` is its description here too, so that the two cannot
disagree. A frozen build carries no source; there the descriptions are empty and the rest stands.
"""

import inspect
import io
import tokenize
import types
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from tracker_app.records import RECORD_TYPES, Quantum, Record

Kind = Literal["int", "float", "bool", "text", "ints", "floats", "bools", "json"]
_VECTORS: dict[type, Kind] = {int: "ints", float: "floats", bool: "bools"}


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """One field of a stream."""

    name: str
    kind: Kind
    is_optional: bool
    unit: str  # "" where there is none
    step: float | None  # values are whole multiples of it
    values: tuple[str, ...]  # what an enumeration may hold
    description: str


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One stream: what a record means and what its fields hold."""

    name: str
    description: str
    fields: tuple[FieldEntry, ...]


@cache
def dictionary() -> dict[str, StreamEntry]:
    """Every stream of the format by name."""
    return {stream: _stream(stream, record) for stream, record in RECORD_TYPES.items()}


def _stream(name: str, record_type: type[Record]) -> StreamEntry:
    hints = get_type_hints(record_type, include_extras=True)
    comments = {**_comments(Record), **_comments(record_type)}
    fields = tuple(
        _field(field, hints[field], comments.get(field, ""))
        for field in record_type.__struct_fields__
    )
    return StreamEntry(name, inspect.getdoc(record_type) or "", fields)


def _field(name: str, annotation: Any, description: str) -> FieldEntry:
    plain, quantum, is_optional = _unwrap(annotation)
    kind: Kind
    if get_origin(plain) is tuple:
        item, quantum, _ = _unwrap(get_args(plain)[0])
        kind = _VECTORS[item]
    else:
        kind = _scalar_kind(plain)
    is_enum = isinstance(plain, type) and issubclass(plain, StrEnum)
    values = tuple(str(v) for v in plain) if is_enum else ()
    unit, step = (quantum.unit, quantum.step) if quantum else ("", None)
    return FieldEntry(name, kind, is_optional, unit, step, values, description)


def _unwrap(annotation: Any) -> tuple[Any, Quantum | None, bool]:
    """The bare type, its quantum and whether None is allowed."""
    is_optional = get_origin(annotation) in (Union, types.UnionType)
    if is_optional:
        (annotation,) = (a for a in get_args(annotation) if a is not type(None))
    plain, *extras = get_args(annotation) if get_origin(annotation) is Annotated else [annotation]
    return plain, next((e for e in extras if isinstance(e, Quantum)), None), is_optional


def _scalar_kind(plain: Any) -> Kind:
    if get_origin(plain) in (dict, list):
        return "json"
    if plain is bool:
        return "bool"
    if plain is int:
        return "int"
    if plain is float:
        return "float"
    if issubclass(plain, str):
        return "text"
    raise TypeError(f"no column type for {plain}")


def _comments(record_type: type[Record]) -> dict[str, str]:
    """The trailing comment of each field in the source, by field name."""
    try:
        source = inspect.getsource(record_type)
    except OSError:
        return {}
    names: dict[int, str] = {}
    comments: dict[str, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line = token.start[0]
        if token.type == tokenize.NAME:
            names.setdefault(line, token.string)
        elif token.type == tokenize.COMMENT and line in names:
            comments[names[line]] = token.string.lstrip("# ")
    return comments
