"""Slips of the pen in one line of TOML: what is wrong, and the line as it was probably meant.

A researcher is no programmer, so each usual slip has a sentence of its own. With the line mended,
the rest of the file can be checked too: one slip hides nothing.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass

CURLY_DOUBLE, CURLY_SINGLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb", "\u2018\u2019\u201a\u201b"
INVISIBLE = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u2060\u3000\ufeff]")
NAME = r"""[\w-]+(?:\s*\.\s*[\w-]+)*|"[^"]*"|'[^']*'"""
QUOTED = re.compile(r"""\"(?:\\.|[^"\\])*\"|'[^']*'""")
PAIR = re.compile(rf"^\s*({NAME})\s*=\s*(.*?)\s*$")
HEADER = re.compile(r"^\s*\[+")
WORDS = {
    **dict.fromkeys(["true", "yes", "on"], "true"),
    **dict.fromkeys(["false", "no", "off"], "false"),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a line."""

    sentence: str  # without a full stop
    mended: str | None = None  # the line as it was probably meant, if that can be told
    is_whole_value: bool = True  # whether the mended line has the value that was meant
    may_run_on: bool = False  # whether the next lines may belong to this one


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that cannot be read, and its parts if it is `key = value`."""

    text: str
    key: str = ""
    value: str = ""


def find_slip(text: str) -> Slip | None:
    """What is wrong with a line by itself; None if it is none of the usual slips."""
    pair = PAIR.match(text)
    line = _Line(text, *(pair.groups() if pair else ()))
    looks = _PAIR_SLIPS if pair else _HEADER_SLIPS if HEADER.match(text) else _OTHER_SLIPS
    return next((slip for look in (*_ANY_SLIPS, *looks) if (slip := look(line))), None)


def is_valid(line: str) -> bool:
    """Whether a line can be read by itself."""
    try:
        tomllib.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def without_comment(line: str) -> str:
    """A line up to its comment."""
    blanked = QUOTED.sub(lambda found: "_" * len(found[0]), line)
    return line[: blanked.index("#")].rstrip() if "#" in blanked else line.rstrip()


def _mended(sentence: str, line: str, *, is_guess: bool = False) -> Slip | None:
    """The slip, if mending it makes the line one that can be read."""
    return Slip(sentence, line, is_whole_value=not is_guess) if is_valid(line) else None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# --- any line ----------------------------------------------------------------------------------


def _curly_quotes(line: _Line) -> Slip | None:
    outside = QUOTED.sub("", line.text)
    if not any(mark in outside for mark in CURLY_DOUBLE + CURLY_SINGLE):
        return None
    text = re.sub(f"[{CURLY_DOUBLE}]", '"', line.text)
    straight = re.sub(f"[{CURLY_SINGLE}]", "'", text)
    sentence = 'curly quotes stand here, as word processors write them; write straight ones: "'
    mended = next((one for one in (text, straight) if is_valid(one)), None)
    return Slip(sentence, mended)


def _invisible(line: _Line) -> Slip | None:
    if not INVISIBLE.search(line.text):
        return None
    sentence = "an invisible character stands here, such as a no-break space; type the line again"
    return _mended(sentence, INVISIBLE.sub(" ", line.text))


_Look = Callable[[_Line], Slip | None]
_ANY_SLIPS: tuple[_Look, ...] = (_curly_quotes, _invisible)


# --- key = value -------------------------------------------------------------------------------


def _no_value(line: _Line) -> Slip | None:
    if without_comment(line.value).strip():
        return None
    sentence = f'nothing stands behind =; write a value, such as {line.key} = "..."'
    return Slip(f"{sentence}, or leave the line out", f'{line.key} = ""', is_whole_value=False)


def _two_equals(line: _Line) -> Slip | None:
    value = line.value.lstrip("= ")
    if not line.value.startswith("="):
        return None
    return _mended(f"only one = stands between {line.key} and its value", f"{line.key} = {value}")


def _true_or_false(line: _Line) -> Slip | None:
    value = without_comment(line.value).rstrip(",;")
    word = WORDS.get(value.lower())
    if word is None:
        return None
    return _mended(f"write {line.key} = {word}, in small letters", f"{line.key} = {word}")


def _nothing(line: _Line) -> Slip | None:
    if without_comment(line.value).lower() not in ("none", "null", "nil"):
        return None
    sentence = f"there is no {line.value} here; leave the line out where nothing is meant"
    return Slip(sentence, f'{line.key} = ""', is_whole_value=False)


def _decimal_comma(line: _Line) -> Slip | None:
    if not re.fullmatch(r"[+-]?\d+,\d+", value := without_comment(line.value)):
        return None
    pointed = value.replace(",", ".")
    return _mended(f"write {pointed}, with a decimal point", f"{line.key} = {pointed}")


def _leading_zeros(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not re.fullmatch(r"[+-]?0\d+", value):
        return None
    number = str(int(value))
    sentence = f'a number does not begin with 0: write {number}, or "{value}" if it is text'
    return _mended(sentence, f"{line.key} = {number}", is_guess=True)


def _day(line: _Line) -> Slip | None:
    value = without_comment(line.value).rstrip(",;")
    if not re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}", value):
        return None
    sentence = f"{value} is no day; write it as year-month-day, such as 2026-03-31"
    return Slip(sentence, f'{line.key} = ""', is_whole_value=False)


def _end_mark(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not value.endswith((",", ";")):
        return None
    sentence = f"no {value[-1]} stands at the end of a line"
    return _mended(sentence, f"{line.key} = {value.rstrip(',; ')}")


def _comment_mark(line: _Line) -> Slip | None:
    found = re.match(r"(.*?\S)\s+(//|--|%|;)\s.*$", line.text)
    if not found:
        return None
    return _mended(f"a comment begins with #, not with {found[2]}", found[1])


def _backslashes(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not (value.startswith('"') and "\\" in value) or value.startswith('"""'):
        return None
    doubled = value.replace("\\\\", "\\").replace("\\", "\\\\")
    inner = value.strip('"')
    sentence = f"in double quotes each \\ is written twice; or use single quotes: '{inner}'"
    return _mended(sentence, f"{line.key} = {doubled}")


def _inner_quotes(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not re.fullmatch(r'"[^\\]*"', value) or value.count('"') < 3 or value.startswith('"""'):
        return None
    inner = value[1:-1]
    sentence = 'a quotation mark inside a text is written \\"; or put the text in single quotes'
    return _mended(sentence, f"{line.key} = {_quoted(inner)}")


def _no_closing_quote(line: _Line) -> Slip | None:
    value = line.value
    for mark, name in (('"', "quotation mark"), ("'", "single quote")):
        if value.startswith(mark) and not value.startswith(mark * 3) and value.count(mark) == 1:
            sentence = f"the closing {name} is missing: write {mark} at the end of the text"
            several = f"; a text of several lines stands between {mark * 3} and {mark * 3}"
            text = re.split(r"\s+#", value)[0]
            closed = f"{line.key} = {text}{mark}"
            return Slip(sentence + several, closed if is_valid(closed) else None, may_run_on=True)
    return None


def _no_opening_quote(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not re.fullmatch(r"""[^"'\[{]+["']""", value):
        return None
    sentence = f"the opening quotation mark is missing: write {line.key} = {_quoted(value[:-1])}"
    return _mended(sentence, f"{line.key} = {_quoted(value[:-1])}")


def _no_closing_bracket(line: _Line) -> Slip | None:
    """Of a list or table that begins and ends in this line."""
    value = without_comment(line.value)
    closing = {"[": "]", "{": "}"}.get(value[:1])
    if closing is None or value.endswith(closing):
        return None
    sentence = f"the closing {closing} is missing"
    return _mended(sentence, f"{line.key} = {value.rstrip(', ')} {closing}")


def _no_comma(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not value.startswith(("[", "{")):
        return None
    with_commas = re.sub(r"""(["'\d])\s+(["'\w])""", r"\1, \2", value)
    if with_commas == value:
        return None
    return _mended("between two entries stands a comma", f"{line.key} = {with_commas}")


def _last_comma(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not re.search(r",\s*\}", value):
        return None
    sentence = "no comma stands behind the last entry before }"
    without = re.sub(r",\s*\}", " }", value)
    return _mended(sentence, f"{line.key} = {without}")


def _colons(line: _Line) -> Slip | None:
    """In an inline table, as in JSON."""
    value = without_comment(line.value)
    if not value.startswith("{"):
        return None
    equals = re.sub(r"""(["']?[\w-]+["']?)\s*:\s*""", r"\1 = ", value)
    return _mended("between a key and its value stands =, not a colon", f"{line.key} = {equals}")


def _number_and_words(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)\s*([^\W\d]+|%).*", value)
    if not found:
        return None
    sentence = f"behind a number nothing else may stand: write {line.key} = {found[1]}"
    mended = f"{line.key} = {found[1]}"
    return _mended(f"{sentence}, or put all of it in quotes", mended, is_guess=True)


def _no_quotes(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if value.startswith(('"', "'", "[", "{")):
        return None
    example = _quoted(value)
    shortened = example if len(example) < 50 else '"..."'
    sentence = f"text stands in quotes: write {line.key} = {shortened}"
    return _mended(sentence, f"{line.key} = {example}")


def _bare_entries(line: _Line) -> Slip | None:
    value = without_comment(line.value)
    if not re.fullmatch(r"\[[^\[\]]*\]", value):
        return None
    entries = [entry.strip() for entry in value[1:-1].split(",") if entry.strip()]
    whole = [
        entry if is_valid(f"x = {entry}") else _quoted(entry.strip("\"'")) for entry in entries
    ]
    listed = ", ".join(whole)
    return _mended(f"text stands in quotes: write [{listed}]", f"{line.key} = [{listed}]")


def _after_text(line: _Line) -> Slip | None:
    found = re.match(r"""("(?:\\.|[^"\\])*"|'[^']*'|\[[^\]]*\]|true|false)\s*\S""", line.value)
    if not found:
        return None
    sentence = f"behind {found[1] if len(found[1]) < 50 else 'the value'} nothing else may stand"
    return _mended(f"{sentence}; a comment begins with #", f"{line.key} = {found[1]}")


def _brackets_at_all(line: _Line) -> Slip | None:
    if not line.value.startswith(("[", "{")):
        return None
    example = '["one", "two"]' if line.value.startswith("[") else "{ temperature = 0.7, top_p = 1 }"
    sentence = f"this cannot be read; write it like {line.key} = {example}"
    return Slip(sentence, f'{line.key} = ""', is_whole_value=False)


_PAIR_SLIPS: tuple[_Look, ...] = (
    _no_value,
    _two_equals,
    _true_or_false,
    _nothing,
    _decimal_comma,
    _leading_zeros,
    _day,
    _comment_mark,
    _end_mark,
    _backslashes,
    _inner_quotes,
    _no_closing_quote,
    _no_opening_quote,
    _no_comma,
    _last_comma,
    _colons,
    _no_closing_bracket,
    _bare_entries,
    _number_and_words,
    _no_quotes,
    _after_text,
    _brackets_at_all,
)


# --- [header] ----------------------------------------------------------------------------------


def _brackets(line: _Line) -> Slip | None:
    found = re.fullmatch(rf"\s*(\[+)\s*({NAME})\s*(\]*)\s*:?\s*", without_comment(line.text))
    if not found:
        return None
    opening = found[1][:2]
    header = f"{opening}{found[2]}{']' * len(opening)}"
    return _mended(f"the brackets do not match: write {header}", header)


def _after_header(line: _Line) -> Slip | None:
    found = re.match(rf"\s*(\[\[?\s*(?:{NAME})\s*\]\]?)\s*\S", line.text)
    if not found:
        return None
    sentence = f"{found[1]} stands on a line of its own; what belongs to it stands below"
    return _mended(sentence, found[1])


def _spaced_header(line: _Line) -> Slip | None:
    found = re.fullmatch(r"\s*(\[\[?)\s*([\w\s-]+?)\s*(\]\]?)\s*", without_comment(line.text))
    if not found:
        return None
    name = re.sub(r"\s+", "_", found[2])
    header = f"{found[1]}{name}{found[3]}"
    return _mended(f"a name has no spaces: write {header}", header, is_guess=True)


_HEADER_SLIPS: tuple[_Look, ...] = (_brackets, _after_header, _spaced_header)


# --- other lines -------------------------------------------------------------------------------


def _other_comment(line: _Line) -> Slip | None:
    found = re.match(r"\s*(//|--|;|%|/\*|<!--)", line.text)
    return Slip(f"a comment begins with #, not with {found[1]}", "") if found else None


def _no_name(line: _Line) -> Slip | None:
    if not re.match(r"\s*=", line.text):
        return None
    return Slip("before = stands the name of a key, such as title = ...", "")


def _colon(line: _Line) -> Slip | None:
    found = re.fullmatch(rf"\s*({NAME})\s*:=?\s*(.+)", without_comment(line.text))
    return _with_equals(found, "between a key and its value stands =, not a colon")


def _no_equals(line: _Line) -> Slip | None:
    pattern = rf"""\s*({NAME})\s+(["'\[{{].*|[\d.+-]+|true|false)"""
    found = re.fullmatch(pattern, without_comment(line.text))
    return _with_equals(found, "between a key and its value stands =")


def _with_equals(found: "re.Match[str] | None", sentence: str) -> Slip | None:
    if found is None:
        return None
    pair = f"{found[1]} = {found[2]}"
    if not is_valid(pair):
        pair = f"{found[1]} = {_quoted(found[2])}"
    shortened = pair if len(pair) < 60 else f"{found[1]} = ..."
    return _mended(f"{sentence}: write {shortened}", pair)


def _spaced_name(line: _Line) -> Slip | None:
    found = re.fullmatch(r"\s*([^\W\d][\w-]*(?:\s+[\w-]+){1,4})\s*=\s*(.*)", line.text)
    if not found:
        return None
    name = re.sub(r"\s+", "_", found[1])
    return _mended(f"a name has no spaces: write {name} = ...", f"{name} = {found[2]}")


def _only_a_name(line: _Line) -> Slip | None:
    name = without_comment(line.text).strip()
    if not re.fullmatch(NAME, name):
        return None
    sentence = f"{name} has no value: write {name} = ..., or [{name}] if it is a table"
    return Slip(sentence, f'{name} = ""', is_whole_value=False)


_OTHER_SLIPS: tuple[_Look, ...] = (
    _other_comment, _no_name, _colon, _no_equals, _spaced_name, _only_a_name,
)  # fmt: skip
