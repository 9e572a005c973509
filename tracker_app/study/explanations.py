"""Plain sentences for values the schema does not take: what is wrong and what to write instead.

The validator's own messages speak to programmers, so only the kind of its errors is used.
"""

import difflib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from annotated_types import Ge, Gt, Le
from pydantic_core import ErrorDetails

from tracker_app.study.positions import Path
from tracker_app.study.schema import (
    field_at,
    header_of,
    holds_several,
    keys_of,
    required_keys,
    table_at,
    table_in,
    tables_with,
)
from tracker_app.study.study import KEY_NAME, PATTERNS, SOMETHING

LONGEST_SHOWN = 40
OTHER_NAMES = {"api_key": "key_name", "key": "key_name", "base_url": "endpoint"}
NEAR = 0.7  # how alike (difflib's ratio) two words are that may have been mixed up


def explain(error: ErrorDetails, path: Path) -> str:
    """One sentence, without a full stop.

    Args:
        error: as the validator tells it.
        path: of the value that is wrong; shorter than the error's own where several kinds of value
            were tried.
    """
    if error["type"] != "missing" and len(path) < len(error["loc"]):
        return f"must be a number or text in quotes{_instead(error)}"
    sentence = _SENTENCES.get(error["type"])
    return sentence(error, path) if sentence else f"cannot be used like this{_instead(error)}"


def shown(value: object) -> str:
    """A value as it is written in the file, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, int) and abs(value) > 10**LONGEST_SHOWN:
        return "a very long number"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."


def near(word: str, known: list[str]) -> str | None:
    """The known word that was probably meant."""
    found = difflib.get_close_matches(word.lower().replace(" ", "_"), known, n=1, cutoff=NEAR)
    return found[0] if found else None


def meant_key(path: Path) -> str | None:
    """The key of the same table that an unknown one was probably meant to be.

    None where it is exactly the key of one other table: then it only stands in the wrong place.
    """
    key, table = str(path[-1]), table_at(path[:-1])
    if table is None or len(tables_with(key)) == 1:
        return None
    known, other_name = keys_of(table), OTHER_NAMES.get(key)
    return near(key, known) or (other_name if other_name in known else None)


def as_list(words: list[str], last: str = "and") -> str:
    """Words with commas between them."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _instead(error: ErrorDetails) -> str:
    return f"; {shown(error['input'])} stands there"


# --- keys --------------------------------------------------------------------------------------


def _missing(error: ErrorDetails, path: Path) -> str:
    del error
    field = field_at(path)
    assert field is not None
    if table := table_in(field.annotation):
        below = as_list(required_keys(table))
        return f"is missing: write {header_of(path)} on a line of its own, and below it {below}"
    example = json.dumps((field.examples or [""])[0], ensure_ascii=False)
    return f"is missing: write {path[-1]} = {example} {_in(header_of(path[:-1]))}"


def _unknown(error: ErrorDetails, path: Path) -> str:
    key, header, value = str(path[-1]), header_of(path[:-1]), error["input"]
    is_table = isinstance(value, Mapping) or (value and isinstance(value, list))
    if is_table and not header and (meant := meant_key(path)):
        return f"is not known; did you mean {header_of((meant,))}?"
    if meant := meant_key(path):
        return f"is not known {_in(header)}; did you mean {meant}?"
    table = table_at(path[:-1])
    known = as_list(keys_of(table)) if table else ""
    elsewhere = [_in(other) for other in tables_with(key)]
    hint = f"it belongs {as_list(elsewhere, 'or')}" if elsewhere else f"known are {known}"
    return f"is not known {_in(header)}; {hint}"


def _in(header: str) -> str:
    return f"below {header}" if header else "at the top of the file, above the first [table]"


# --- kinds of value ----------------------------------------------------------------------------


def _text(error: ErrorDetails, path: Path) -> str:
    del path
    value = error["input"]
    if isinstance(value, list | Mapping):
        return f"must be one text in quotes{_instead(error)}"
    return f'must be text in quotes: write "{shown(value)}"'


def _whole_number(error: ErrorDetails, path: Path) -> str:
    value = error["input"]
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        return f"must be a whole number: write {value.strip()}, without quotes"
    if isinstance(value, float) and value.is_integer():
        return f"must be a whole number: write {int(value)}, without a decimal point"
    return f"must be a whole number{_such_as(path)}{_instead(error)}"


def _number(error: ErrorDetails, path: Path) -> str:
    value = error["input"]
    if isinstance(value, str):
        text = value.strip().replace(",", ".")
        if text.replace(".", "", 1).isdecimal():
            return f"must be a number: write {text}, without quotes"
    return f"must be a number{_such_as(path)}{_instead(error)}"


def _true_or_false(error: ErrorDetails, path: Path) -> str:
    del path
    value = error["input"]
    meant = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false"}
    if isinstance(value, str) and (word := meant.get(value.lower())):
        return f"must be true or false: write {word}, without quotes"
    return f"must be true or false, without quotes{_instead(error)}"


def _list(error: ErrorDetails, path: Path) -> str:
    value, field, key = error["input"], field_at(path), path[-1]
    if field and holds_several(field):
        if isinstance(value, Mapping):
            return f"write {header_of(path)}, in two brackets: there can be several"
        return f"must be tables, each below a line {header_of(path)}{_instead(error)}"
    if isinstance(value, Mapping):
        return f"must be a list{_instead(error)}"
    if isinstance(key, int):
        return f'must be a list of its own, such as ["one", "other"]{_instead(error)}'
    return f"must be a list: write {key} = [{shown(value)}]"


def _one_table(error: ErrorDetails, path: Path) -> str:
    header = header_of(path)
    if isinstance(error["input"], list):
        return f"write {header}, in single brackets: there is only one"
    if isinstance(path[-1], int):
        return f"must be a table below a line {header}{_instead(error)}"
    return (
        f"must be a table: write {header} on a line of its own, and its keys below{_instead(error)}"
    )


def _open_table(error: ErrorDetails, path: Path) -> str:
    example = f"{path[-1]} = {{ temperature = 0.7 }}"
    return f"must be a table, such as {example}{_instead(error)}"


def _such_as(path: Path) -> str:
    field = field_at(path)
    if field is None:
        return ""
    example = field.examples[0] if field.examples else field.default
    return f" such as {example}" if isinstance(example, int | float) else ""


# --- values ------------------------------------------------------------------------------------


def _one_of(error: ErrorDetails, path: Path) -> str:
    del path
    value, expected = error["input"], error["ctx"]["expected"].replace("'", '"')
    words = [word.strip('" ') for word in expected.replace(" or ", ", ").split(",")]
    if isinstance(value, str) and (meant := near(value, words)):
        written = f'"{meant}"' if '"' in expected else f"{meant}, without quotes"
        return f"{shown(value)} is not known; did you mean {written}? It can be {expected}"
    return f"must be one of {expected}{_instead(error)}"


def _pattern(error: ErrorDetails, path: Path) -> str:
    del path
    pattern = error["ctx"]["pattern"]
    if pattern == SOMETHING:
        return "must not be empty: write some words between the quotes"
    # Who wrote the key itself must not find it in a terminal's history or in a bug report too.
    instead = "" if pattern == KEY_NAME else _instead(error)
    return f"must be {PATTERNS[pattern]}{instead}"


def _range(error: ErrorDetails, path: Path) -> str:
    field = field_at(path)
    limits = {type(limit): limit for limit in (field.metadata if field else [])}
    at_least, more_than, at_most = (limits.get(kind) for kind in (Ge, Gt, Le))
    low = getattr(at_least, "ge", None)
    high = getattr(at_most, "le", None)
    if more_than is not None:
        low_words = f"more than {more_than.gt}"
        sentence = low_words if high is None else f"{low_words} and at most {high}"
    elif high is None:
        sentence = f"at least {low}"
    else:
        sentence = f"from {low} to {high}" if low is not None else f"at most {high}"
    return f"must be {sentence}{_instead(error)}"


def _finite(error: ErrorDetails, path: Path) -> str:
    del path
    return f"must be an ordinary number{_instead(error)}"


def _too_few(error: ErrorDetails, path: Path) -> str:
    field, least, n = field_at(path), error["ctx"]["min_length"], error["ctx"]["actual_length"]
    if field and holds_several(field):
        return f"at least {least} is needed: write {header_of(path)} on a line of its own"
    return f"must have at least {least} entries; it has {n}"


def _too_many(error: ErrorDetails, path: Path) -> str:
    del path
    most, n = error["ctx"]["max_length"], error["ctx"]["actual_length"]
    return f"must have at most {most} entries; it has {n}"


def _said(error: ErrorDetails, path: Path) -> str:
    del path
    return error["msg"]


_SENTENCES: dict[str, Callable[[Any, Path], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _text,
    "int_type": _whole_number,
    "float_type": _number,
    "bool_type": _true_or_false,
    "list_type": _list,
    "dict_type": _open_table,
    "model_type": _one_table,
    "literal_error": _one_of,
    "enum": _one_of,
    "string_pattern_mismatch": _pattern,
    "greater_than_equal": _range,
    "greater_than": _range,
    "less_than_equal": _range,
    "finite_number": _finite,
    "too_short": _too_few,
    "too_long": _too_many,
    "said": _said,
}
