"""Reads TOML that people wrote by hand: every slip with its line, and the values all the same.

`tomllib` stops at the first slip. Where it is clear what was meant, the line is mended (the number
of lines never changes) and reading goes on; where it is not, the mistake says that it hides what
comes after it.
"""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from tracker_app.study.schema import all_tables
from tracker_app.study.slips import HEADER, NAME, PAIR, QUOTED, find_slip, is_valid, without_comment

MOST_SLIPS = 50
MOST_CONTROLS = 20  # in the first thousand bytes of a text
HIDES = "mend this first, for it hides what comes after it"
EXAMPLE = "`tracker-app init-study` writes an example to start from"
# Tab and line feed may stand in a file, and nothing else that does not print.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
PLACE = re.compile(r"\(at line (\d+), column \d+\)$")
TEXT_BEGINS = re.compile(rf"""\s*(?:{NAME})\s*=\s*("{{3}}|'{{3}})""")
WHOLE_HEADER = r"\s*\[+[\w. -]+\]+\s*(#.*)?$"
NEXT_BEGINS = re.compile(f"{WHOLE_HEADER}|{TEXT_BEGINS.pattern}")
LIST_BEGINS = re.compile(r"=\s*\[")


@dataclass(slots=True)
class Document:
    """A file as far as it could be read."""

    text: str = ""  # with every slip mended
    values: dict[str, Any] | None = None  # None if it cannot be told what was meant
    slips: list[tuple[int, str]] = field(default_factory=list)  # lines and what is wrong there
    guessed: set[int] = field(default_factory=set)  # lines whose value is not what was meant


def read_document(raw: bytes) -> Document:
    """Read a file's bytes, whatever they are."""
    document = Document()
    text = _decoded(raw, document)
    if text is not None and _is_toml(text, document):
        _read_lines(text.split("\n"), document)
    return document


# --- bytes and characters ----------------------------------------------------------------------


def _decoded(raw: bytes, document: Document) -> str | None:
    text = _in_its_encoding(raw, document)
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        document.slips.append((1, "the line ends are those of old Macs; save it with others (LF)"))
        text = text.replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if CONTROL.search(line):
            sentence = "a character that cannot be seen stands here; type the line again"
            document.slips.append((number, sentence))
    return CONTROL.sub(" ", text)


def _in_its_encoding(raw: bytes, document: Document) -> str | None:
    save = 'save it again as "UTF-8"'
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        document.slips.append((1, f"the file is saved as UTF-16; {save}"))
        return raw.decode("utf-16", errors="replace")
    begin = raw[:1000].replace(b"\r", b"").decode("latin-1")
    if b"\0" in raw or len(CONTROL.findall(begin)) > MOST_CONTROLS:
        document.slips.append((1, f"this is no text file; {EXAMPLE}"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        letter = raw[error.start : error.start + 1].decode("cp1252", errors="replace")
        sentence = f'the file is not saved as UTF-8, as "{letter}" shows here; {save}'
        document.slips.append((line, sentence))
        return raw.decode("cp1252", errors="replace")


def _is_toml(text: str, document: Document) -> bool:
    begins = next((line for line in text.split("\n") if without_comment(line).strip()), "")
    if not begins:
        document.slips.append((1, f"the file is empty; {EXAMPLE}"))
    elif begins.lstrip().startswith(("{", "<")):
        document.slips.append((1, f"this is no TOML file, but looks like another kind; {EXAMPLE}"))
    else:
        return True
    return False


# --- lines -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A slip and how to mend it."""

    line: int  # from 1
    sentence: str
    mended: dict[int, str] | None = None  # new lines by number; None: nobody can tell
    is_guess: bool = False
    may_run_on: bool = False


def _read_lines(lines: list[str], document: Document) -> None:
    mended: set[int] = set()
    may_run_on = 0  # the line before this one
    for _ in range(MOST_SLIPS):
        document.text = "\n".join(lines)
        try:
            document.values = tomllib.loads(document.text)
        except (ValueError, RecursionError) as error:
            found = _find(lines, error)
        else:
            return
        line = lines[found.line - 1]
        if found.line == may_run_on and not PAIR.match(line) and not HEADER.match(line):
            break  # what follows from the slip before is none of its own
        document.slips.append((found.line, found.sentence))
        if found.mended is None or found.line in mended:
            break
        for number, new in found.mended.items():
            lines[number - 1] = new
        mended |= {found.line, *found.mended}
        if found.may_run_on:
            may_run_on = found.line + 1
        if found.is_guess:
            document.guessed.add(found.line)
    number, sentence = document.slips[-1]
    document.slips[-1] = number, f"{sentence}; {HIDES}"


def _find(lines: list[str], error: Exception) -> _Found:
    """What is wrong where reading stopped."""
    message = str(error)
    place = PLACE.search(message)
    if isinstance(error, RecursionError):
        return _Found(1, "lists or tables stand in each other too often")
    if place is None and "end of document" not in message:  # Python refuses thousands of digits
        number = next((n for n, line in enumerate(lines, 1) if re.search(r"\d{4000}", line)), 1)
        return _Found(number, "this number is too long")
    n = int(place[1]) if place else _open_quote(lines)
    return (
        _open_text(lines)
        or _open_list(lines, n)
        or _escape(lines, n, message)
        or _twice(lines, n, message)
        or _spread_table(lines, n)
        or _in_line(lines, n)
        or _Found(n, "this line cannot be read; write key = value, [table] or # comment")
    )


def _open_quote(lines: list[str]) -> int:
    """The line of a quote for whose end a whole document was searched; else the last one."""
    for n, line in enumerate(lines, 1):
        pair = PAIR.match(line)
        if pair and pair[2].startswith("'") and pair[2].count("'") == 1:
            return n
    return len(lines)


def _in_line(lines: list[str], n: int) -> _Found | None:
    slip = find_slip(lines[n - 1])
    if slip is None:
        return None
    mended = {n: slip.mended} if slip.mended is not None else None
    is_guess = not slip.is_whole_value
    return _Found(n, slip.sentence, mended, is_guess=is_guess, may_run_on=slip.may_run_on)


def _open_text(lines: list[str]) -> _Found | None:
    '''A text that begins with """ and is closed only by the next one that begins, or never.'''
    opened, mark = 0, ""
    for n, line in enumerate(lines, 1):
        if opened and TEXT_BEGINS.match(line):
            return _close_text(lines, opened, mark)
        for found in re.findall(r"\"{3}|'{3}", line if opened else _outside(line)):
            if not opened:
                opened, mark = n, found
            elif found == mark:
                opened = 0
    return _close_text(lines, opened, mark) if opened else None


def _outside(line: str) -> str:
    """A line without its comment, unless a text of several lines begins in it."""
    at = re.search(r"\"{3}|'{3}", line)
    return line if at and "#" not in line[: at.start()] else without_comment(line)


def _close_text(lines: list[str], opened: int, mark: str) -> _Found:
    """Closed before what looks like the next text or table."""
    last = opened
    while last < len(lines) and not NEXT_BEGINS.match(lines[last]):
        last += 1
    sentence = f"the text that begins here is not closed; write {mark} at its end"
    return _Found(opened, sentence, {last: lines[last - 1] + mark})


def _open_list(lines: list[str], n: int) -> _Found | None:
    """A list of several lines in which reading stopped."""
    begin = n - 1
    while begin > 0 and not LIST_BEGINS.search(lines[begin - 1]):
        begin -= 1
    if begin == 0 or _depth(lines[begin - 1 : n - 1]) <= 0:
        return None
    last = next(k for k in range(n - 1, 0, -1) if without_comment(lines[k - 1]).strip())
    text = without_comment(lines[last - 1])
    here = lines[n - 1]
    if PAIR.match(here) or re.match(WHOLE_HEADER, here) or not here:
        return _Found(
            begin,
            "the list that begins here is not closed; write ] at its end",
            {last: f"{text} ]"},
        )
    if is_valid(f"x = [{without_comment(here).rstrip().rstrip(',]')}]"):
        if text.endswith(","):
            return None
        return _Found(last, "a comma is missing at the end of this line", {last: f"{text},"})
    entry = without_comment(here).strip().rstrip(",")
    slip = find_slip(f"x = [{entry}]")
    if slip is None or slip.mended is None:
        return None
    return _Found(n, slip.sentence, {n: slip.mended.removeprefix("x = [")[:-1] + ","})


def _depth(lines: list[str]) -> int:
    text = "".join(QUOTED.sub("", without_comment(line)) for line in lines)
    return text.count("[") - text.count("]")


def _escape(lines: list[str], n: int, message: str) -> _Found | None:
    """A backslash in a text of several lines."""
    if not message.startswith(("Unescaped", "Invalid hex", "Escaped")):
        return None
    if (pair := PAIR.match(lines[n - 1])) and not pair[2].startswith('"""'):
        return None
    line = lines[n - 1].replace("\\\\", "\\").replace("\\", "\\\\")
    sentence = r"in this text each \ is written twice; or write ''' for " + '""" around it'
    return _Found(n, sentence, {n: line})


def _spread_table(lines: list[str], n: int) -> _Found | None:
    """A table in braces that goes over several lines."""
    begins = PAIR.match(lines[n - 1])
    if not begins or not begins[2].startswith("{") or "}" in begins[2]:
        return None
    for end in range(n, min(len(lines), n + 20)):
        if HEADER.match(lines[end]):
            return None
        if "}" in lines[end]:
            joined = " ".join(without_comment(line).strip() for line in lines[n - 1 : end + 1])
            one = re.sub(r",\s*\}", " }", joined)
            mended = {n: one, **dict.fromkeys(range(n + 1, end + 2), "")}
            sentence = "a table in { } stands on one line; write all of it in this one"
            return _Found(n, sentence, mended if is_valid(one) else None)
    return None


# --- what stands there twice -------------------------------------------------------------------


def _twice(lines: list[str], n: int, message: str) -> _Found | None:
    if not message.startswith(("Cannot", "Duplicate")):
        return None
    if header := re.match(r"\s*\[+\s*([^\[\]]+?)\s*\]+", lines[n - 1]):
        return _table_twice(lines, n, header[1])
    while n > 1 and not PAIR.match(lines[n - 1]):  # the value may have several lines
        n -= 1
    pair = PAIR.match(lines[n - 1])
    key = pair[1] if pair else ""
    for first in range(n - 1, 0, -1):
        if HEADER.match(lines[first - 1]):
            break
        if (other := PAIR.match(lines[first - 1])) and other[1] == key:
            sentence = f"{key} stands there twice, first in line {first}; keep one of them"
            return _Found(n, sentence, {n: ""} if is_valid(lines[n - 1]) else None)
    return _Found(n, f"{key} was already given in another way further up; keep one of them")


def _table_twice(lines: list[str], n: int, name: str) -> _Found:
    same = re.compile(rf"\s*\[+\s*{re.escape(name)}\s*\]+")
    first = next((k for k in range(1, n) if same.match(lines[k - 1])), 0)
    several = f"[[{name}]]"
    if any(header == several for header, _ in all_tables()) and first:
        wrong = n if not lines[n - 1].lstrip().startswith("[[") else first
        sentence = f"write {several}, in two brackets: there can be several"
        return _Found(wrong, sentence, {first: several, n: several})
    if not first:
        return _Found(n, f"{name} was already given in another way further up; keep one of them")
    sentence = f"[{name}] stands there twice, first in line {first}; put its keys below the first"
    return _Found(n, sentence)
