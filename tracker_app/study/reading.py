"""Reads a study file, or explains everything that is wrong with it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tracker_app.allocation import MAX_CELLS
from tracker_app.codec import sha256
from tracker_app.errors import StudyFileError
from tracker_app.study.design import pairs_of
from tracker_app.study.item import Item
from tracker_app.study.items import read_items
from tracker_app.study.mistakes import Mistake, right_part, written, wrong_values
from tracker_app.study.positions import Positions
from tracker_app.study.remarks import remarks_on
from tracker_app.study.study import Study
from tracker_app.study.syntax import read_document

FILE = ("items", "file")  # where a study names the file of its items


def parse_study(text: bytes, name: str, folder: Path = Path()) -> Study:
    """Read a study from TOML.

    Args:
        text: the file's bytes.
        name: what to call the file in an error.
        folder: where the file of items is looked for, if the study has some.

    Raises:
        StudyFileError: which names every mistake and its line.
    """
    try:
        study = Study.model_validate(tomllib.loads(text.decode("utf-8-sig")))
        return _completed(study, text, _items_of(study, folder))
    except (ValueError, RecursionError, ValidationError) as error:
        mistakes = examine(text, folder).mistakes
        raise StudyFileError(
            f"This study cannot be opened, for there {_are(mistakes)} in its file.\n"
            + "\n".join(located(name, mistakes))
        ) from error


def load_study(path: Path) -> Study:
    """Read a study file; see `parse_study`."""
    return parse_study(read_bytes(path), str(path), path.parent)


def read_bytes(path: Path) -> bytes:
    """The bytes of a study file.

    Raises:
        StudyFileError: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StudyFileError(
            f"The study file {path} cannot be read: {error.strerror}. Check its name."
        ) from error


@dataclass(frozen=True, slots=True)
class Examined:
    """All that can be said of a study file."""

    study: Study | None  # None if there are mistakes
    mistakes: list[Mistake]  # in the order of their lines, like the remarks
    remarks: list[Mistake]  # allowed, but probably not meant


def examine(raw: bytes, folder: Path = Path()) -> Examined:
    """Judge the bytes of a study file, and the items that it names in a folder."""
    document = read_document(raw)
    mistakes = [Mistake(line, "", sentence) for line, sentence in document.slips]
    if document.values is None:
        return Examined(None, sorted(mistakes), [])
    positions = Positions(document.text)
    wrong = wrong_values(document.values)
    for path, sentence in wrong.items():
        line = positions.line(path)
        # Where the value that was meant is not known, its line is a mistake already.
        if line not in document.guessed:
            mistakes.append(Mistake(line, written(path), sentence))
    if wrong:
        study = right_part(Study, document.values, (), set(wrong))
    else:
        study = Study.model_validate(document.values)
    in_items: list[Mistake] = []
    try:
        items = _items_of(study, folder)
    except _ItemsError as error:
        in_items = error.mistakes
        if error.sentence:
            mistakes.append(Mistake(positions.line(FILE), written(FILE), error.sentence))
    except AttributeError:  # what is wrong hides which items are meant
        if not wrong:
            raise
    else:
        study = study if wrong else _completed(study, raw, items)
    remarks = [
        Mistake(positions.line(path), written(path), sentence)
        for path, sentence in remarks_on(study, is_whole=not wrong)
    ]
    mistakes = [*sorted(mistakes), *in_items]
    return Examined(None if mistakes else study, mistakes, sorted(remarks))


# --- items -------------------------------------------------------------------------------------


class _ItemsError(ValueError):
    """The items cannot be used: the file cannot be read, or there are mistakes in it."""

    def __init__(self, sentence: str, mistakes: list[Mistake]) -> None:
        super().__init__(sentence)
        self.sentence, self.mistakes = sentence, mistakes


@dataclass(frozen=True, slots=True)
class _Items:
    """A file of items, and what it holds."""

    raw: bytes
    items: tuple[Item, ...]


def _items_of(study: Study, folder: Path) -> _Items | None:
    """The items of a study, if it has some.

    Raises:
        _ItemsError: if they cannot be used.
    """
    if study.items is None:
        return None
    path = folder / study.items.file
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "that is no name of a file"
        sentence = f"{path} cannot be read ({why}); name a file beside the study file"
        raise _ItemsError(sentence, []) from error
    side_by_side = 1 if study.talk.mode == "single" else 2  # also of the right part of a study
    items, mistakes = read_items(raw, str(path), side_by_side)
    if mistakes:
        raise _ItemsError("", mistakes)
    n = sum(len(pair) for item in items for pair in pairs_of(item, side_by_side))
    if n > MAX_CELLS:
        sentence = f"its items come to {n} pairs, both ways round; at most {MAX_CELLS}"
        raise _ItemsError(f"{sentence}, so make several studies of them", [])
    return _Items(raw, items)


def _completed(study: Study, raw: bytes, items: _Items | None) -> Study:
    """A study with what its file's own keys do not say."""
    if items is None:
        return study.model_copy(update={"sha256": sha256(raw)})
    # Of both files: what is shown is part of the study.
    digest = sha256(raw + b"\0" + items.raw)
    return study.model_copy(update={"sha256": digest, "fixed_items": items.items})


def located(name: str, mistakes: Sequence[Mistake]) -> list[str]:
    """Mistakes as lines that editors and terminals can follow to where they are."""
    return [f"{mistake.file or name}:{mistake.line}: {mistake}" for mistake in mistakes]


def counted(mistakes: Sequence[Mistake]) -> str:
    """How many there are, in words."""
    return "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"


def _are(mistakes: Sequence[Mistake]) -> str:
    return f"{'is' if len(mistakes) == 1 else 'are'} {counted(mistakes)}"
