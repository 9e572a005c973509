"""Reads the file of fixed items, a JSON object a line, or says everything that is wrong with it.

The study file has a schema that explains itself; a line here has four keys, so they are looked at
one by one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tracker_app.study.explanations import as_list, near, shown
from tracker_app.study.item import Item, Response
from tracker_app.study.mistakes import Mistake, written
from tracker_app.study.positions import Path
from tracker_app.study.study import IDENTIFIER, PATTERNS

LONGEST_TEXT = 200_000
EXAMPLES = {
    "id": '"id": "item-1"',
    "prompt": '"prompt": "Why is the sky blue?"',
    "text": '"text": "Because of the air."',
    "responses": '"responses": [{"id": "a", "text": "One."}, {"id": "b", "text": "Other."}]',
}
ITEM_KEYS = ["id", "prompt", "responses", "source"]
RESPONSE_KEYS = ["id", "text"]
_Problem = tuple[Path, str]  # where in the line, and what is wrong


def read_items(raw: bytes, name: str, side_by_side: int) -> tuple[tuple[Item, ...], list[Mistake]]:
    """The items of a file, and its mistakes in the order of its lines.

    Args:
        raw: the file's bytes.
        name: what to call the file.
        side_by_side: how many responses of an item are shown at a time; it needs as many.
    """
    text, mistakes = _decoded(raw, name)
    items: list[Item] = []
    lines: dict[str, int] = {}  # by the item's id
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        value, problems = _read_line(line, side_by_side)
        if not problems:
            item = _item(value)
            if first := lines.get(item.id):
                sentence = f'"{item.id}" stands in line {first} too; give each an id of its own'
                problems.append((("id",), sentence))
            lines.setdefault(item.id, number)
            items.append(item)
        mistakes += [Mistake(number, written(path), said, name) for path, said in problems]
    if not items and not mistakes:
        sentence = "the file is empty; it needs an item a line, such as"
        example = ", ".join(EXAMPLES[key] for key in ("id", "prompt", "responses"))
        mistakes.append(Mistake(1, "", f"{sentence} {{{example}}}", name))
    return tuple(items), mistakes


def _decoded(raw: bytes, name: str) -> tuple[str, list[Mistake]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [Mistake(1, "", 'it is saved as UTF-16; save it again as "UTF-8"', name)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return "", [Mistake(line, "", 'it is not saved as UTF-8; save it again as "UTF-8"', name)]


# --- a line ------------------------------------------------------------------------------------


class _TwiceError(ValueError):
    """A key stands in an object twice."""


def _read_line(line: str, side_by_side: int) -> tuple[Any, list[_Problem]]:
    """What a line holds, and what is wrong with it."""
    try:
        value = json.loads(line, object_pairs_hook=_object)
    except _TwiceError as error:
        return None, [((), str(error))]
    except json.JSONDecodeError as error:
        sentence = f"this is no JSON from character {error.colno} on ({error.msg.lower()})"
        return None, [((), f"{sentence}; each line is one object in braces")]
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets likewise
        return None, [((), "this is no item; each line is one object in braces")]
    if not isinstance(value, dict):
        return None, [((), f"must be one object in braces; {shown(value)} stands there")]
    return value, [*_item_problems(value, side_by_side)]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for i, key in enumerate(keys):
        if key in keys[:i]:
            raise _TwiceError(f"{shown(key)} stands there twice; leave one out")
    return dict(pairs)


def _item(value: Mapping[str, Any]) -> Item:
    responses = tuple(Response(one["id"], one["text"]) for one in value["responses"])
    return Item(value["id"], value["prompt"], responses, value.get("source", ""))


def _item_problems(value: Mapping[str, Any], side_by_side: int) -> Iterator[_Problem]:
    value, problems = _known(value, ITEM_KEYS, ())
    yield from problems
    yield from _identifier(value, ())
    yield from _text(value, "prompt", ())
    if value.get("source"):
        yield from _text(value, "source", ())
    responses, path = value.get("responses"), ("responses",)
    if "responses" not in value:
        yield path, f"is missing: write {EXAMPLES['responses']}"
        return
    if not isinstance(responses, list):
        yield path, f"must be a list; {shown(responses)} stands there"
        return
    if len(responses) < side_by_side:
        needed = "two of them are shown side by side" if side_by_side > 1 else "one is shown"
        yield path, f"{needed}, and there are {len(responses)}"
    for i, response in enumerate(responses):
        yield from _response_problems(response, (*path, i))
    ids = [one.get("id") for one in responses if isinstance(one, dict)]
    for i, one in enumerate(ids):
        if isinstance(one, str) and one in ids[:i]:
            yield (*path, i, "id"), f"{shown(one)} stands there twice; give each an id of its own"


def _response_problems(value: object, path: Path) -> Iterator[_Problem]:
    if not isinstance(value, dict):
        yield path, f"must be an object in braces; {shown(value)} stands there"
        return
    value, problems = _known(value, RESPONSE_KEYS, path)
    yield from problems
    yield from _identifier(value, path)
    yield from _text(value, "text", path)


def _known(
    value: Mapping[str, Any], known: list[str], path: Path
) -> tuple[dict[str, Any], list[_Problem]]:
    """An object by its known keys, a mistyped one among them; and what is wrong with the others."""
    problems: list[_Problem] = []
    found = {key: value[key] for key in known if key in value}
    for key in [key for key in value if key not in known]:
        meant = near(key, [one for one in known if one not in found])
        if meant:
            found[meant] = value[key]
        hint = f"did you mean {meant}?" if meant else f"known are {as_list(known)}"
        problems.append(((*path, key), f"is not known; {hint}"))
    return found, problems


def _identifier(value: Mapping[str, Any], path: Path) -> Iterator[_Problem]:
    if "id" not in value:
        yield (*path, "id"), f"is missing: write {EXAMPLES['id']}"
    elif not (isinstance(value["id"], str) and re.fullmatch(IDENTIFIER, value["id"])):
        yield (*path, "id"), f"must be {PATTERNS[IDENTIFIER]}; {shown(value['id'])} stands there"


def _text(value: Mapping[str, Any], key: str, path: Path) -> Iterator[_Problem]:
    text = value.get(key)
    if key not in value:
        yield (*path, key), f"is missing: write {EXAMPLES[key]}"
    elif not isinstance(text, str):
        yield (*path, key), f"must be text in quotes; {shown(text)} stands there"
    elif not text.strip():
        yield (*path, key), "must not be empty: write some words between the quotes"
    elif len(text) > LONGEST_TEXT:
        yield (*path, key), f"has {len(text)} characters; at most {LONGEST_TEXT}"
    elif not _is_whole(text):
        yield (*path, key), r"holds half a character, such as \ud83d alone; write it again"


def _is_whole(text: str) -> bool:
    """Whether it can be written: JSON can spell halves of characters, which are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
