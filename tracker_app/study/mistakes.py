"""Everything that is wrong with the values of a study file, at once.

A rule about several keys is judged even where other keys are wrong: each table is put together
without its wrong keys, and only the rules that need one of those are left out. Otherwise a
researcher would mend one mistake to be told of the next.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from pydantic import ValidationError, create_model
from pydantic_core import PydanticCustomError

from tracker_app.study.explanations import explain, meant_key
from tracker_app.study.positions import Path
from tracker_app.study.schema import holds_several, known_part, table_in
from tracker_app.study.study import Study, Table

Found = dict[Path, str]  # a sentence for each path


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something to mend, or in a valid file something worth a look."""

    line: int
    path: str  # such as consent.ticks[2].label, entries counted from 1; "" for a mistake of form
    sentence: str
    file: str = ""  # in which it stands; empty for the study file

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.sentence) if part)


def written(path: Path) -> str:
    """A path as a person writes it: entries are counted from 1."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{_key(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def _key(name: str) -> str:
    """A key; in quotes where it could not be seen else."""
    is_seen = name.isprintable() and name == name.strip() != ""
    return name if is_seen else json.dumps(name, ensure_ascii=False)


def wrong_values(values: Mapping[str, object]) -> Found:
    """What is wrong with a file's values, with the way to each; nothing if they are a study."""
    try:
        Study.model_validate(values)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    else:
        return {}
    found: Found = {}
    missing, mistyped = set(), set()
    for one in errors:
        path = known_part(values, one["loc"])
        match one["type"]:
            case "rule":
                continue
            case "missing":
                path = one["loc"]
                missing.add(path)
            case "extra_forbidden" if meant := meant_key(path):
                mistyped.add((*path[:-1], meant))
        found.setdefault(path, explain(one, path))
    right = right_part(Study, values, (), set(found) | mistyped)
    for path, sentence in _broken_rules(Study, right, ()):
        found.setdefault(path, sentence)
    for path in missing & mistyped:  # one mistake, not an unknown and a missing key
        del found[path]
    return found


def right_part(table: type[Table], values: Mapping[str, Any], path: Path, wrong: set[Path]) -> Any:
    """A table without its wrong keys, and the tables in it likewise.

    Args:
        table: what it is.
        values: of the table, as the file has them.
        path: of the table.
        wrong: the paths of everything that is wrong in the file.
    """
    leaves, parts = [], {}
    for name, field in table.model_fields.items():
        inner, here = table_in(field.annotation), (*path, name)
        if here in wrong or (name not in values and field.is_required()):
            continue
        if inner is None:
            if not any(one[: len(here)] == here for one in wrong):
                leaves.append(name)
        elif name not in values:
            parts[name] = field.get_default()
        elif not holds_several(field):
            parts[name] = right_part(inner, values[name], here, wrong)
        elif all(isinstance(entry, Mapping) for entry in values[name]):
            entries = enumerate(values[name])
            parts[name] = [right_part(inner, v, (*here, i), wrong) for i, v in entries]
    model = _model_of(table, tuple(leaves))
    right = model.model_validate({k: values[k] for k in leaves if k in values})
    return SimpleNamespace(**dict(right), **parts, model_fields_set=set(values))


@cache
def _model_of(table: type[Table], names: tuple[str, ...]) -> type[Table]:
    """A table with some of its keys and none of its rules."""
    fields: dict[str, Any] = {
        name: (table.model_fields[name].annotation, table.model_fields[name]) for name in names
    }
    return create_model(table.__name__, __base__=Table, **fields)


def _broken_rules(table: type[Table], right: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Rules that a table, of which wrong keys are left out, and those in it do not keep to."""
    for rule in table.__pydantic_decorators__.model_validators.values():
        try:
            rule.func(right)
        except AttributeError:  # the rule needs a key that is wrong itself
            continue
        except PydanticCustomError as error:
            for key, sentence in (error.context or {})["refusals"]:
                yield (*path, *((key,) if isinstance(key, str) else key)), sentence
    for name, field in table.model_fields.items():
        inner, part = table_in(field.annotation), getattr(right, name, None)
        if inner is None or part is None:
            continue
        if holds_several(field):
            for number, one in enumerate(part):
                yield from _broken_rules(inner, one, (*path, name, number))
        else:
            yield from _broken_rules(inner, part, (*path, name))
