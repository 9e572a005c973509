"""The schema of the study file as a researcher meets it: which tables there are and their keys."""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from tracker_app.study.positions import Path
from tracker_app.study.study import Study, Table


def keys_of(table: type[Table]) -> list[str]:
    """What may stand in a table; what is computed may not."""
    return [name for name, field in table.model_fields.items() if not field.exclude]


def required_keys(table: type[Table]) -> list[str]:
    """What must stand in a table."""
    return [name for name in keys_of(table) if table.model_fields[name].is_required()]


def table_in(annotation: Any) -> type[Table] | None:
    """The table a key holds, be it one, several or none at all; None if it holds something else."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return annotation
    if get_origin(annotation) in (Annotated, Union, types.UnionType, list):
        return next((found for part in get_args(annotation) if (found := table_in(part))), None)
    return None


def holds_several(field: FieldInfo) -> bool:
    """Whether a key holds a list of tables: it is written in two brackets."""
    return get_origin(field.annotation) is list and table_in(field.annotation) is not None


def table_at(path: Path) -> type[Table] | None:
    """The table that stands at a path."""
    table: type[Table] | None = Study
    for key in path:
        if table is None or isinstance(key, int):
            continue
        field = table.model_fields.get(key)
        table = table_in(field.annotation) if field else None
    return table


def field_at(path: Path) -> FieldInfo | None:
    """The field that a path names; of an entry of a list, that of the list."""
    *parents, key = [part for part in path if isinstance(part, str)] or [""]
    table = table_at(tuple(parents))
    return table.model_fields.get(key) if table else None


def tables_with(key: str) -> list[str]:
    """The headers below which a key is known, "" for the top of the file."""
    return [header for header, table in all_tables() if key in keys_of(table)]


def all_tables() -> Iterator[tuple[str, type[Table]]]:
    """Every table of the schema with the header it is written below."""
    return _tables_below("", Study)


def _tables_below(path: str, table: type[Table], brackets: str = "") -> Iterator[Any]:
    yield (f"{brackets}{path}{']' * len(brackets)}" if path else ""), table
    for name in keys_of(table):
        field = table.model_fields[name]
        if inner := table_in(field.annotation):
            below = f"{path}.{name}" if path else name
            yield from _tables_below(below, inner, "[[" if holds_several(field) else "[")


def header_of(path: Path) -> str:
    """The header of a table, in the brackets it needs; "" for the top of the file."""
    name = ".".join(str(part) for part in path if isinstance(part, str))
    if not name:
        return ""
    field = field_at(path)
    return f"[[{name}]]" if field and holds_several(field) else f"[{name}]"


def known_part(values: object, path: Path) -> Path:
    """A path as far as the file's values go: what follows was only tried."""
    for n, key in enumerate(path):
        is_entry = isinstance(values, list) and isinstance(key, int) and key < len(values)
        if not is_entry and not (isinstance(values, Mapping) and key in values):
            return path[:n]
        values = values[key]  # type: ignore[index]  # one of the two, which mypy does not see
    return path
