"""Reads a study file, or explains everything that is wrong with it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tracker_app.codec import sha256
from tracker_app.errors import StudyFileError
from tracker_app.study.mistakes import Mistake, right_part, written, wrong_values
from tracker_app.study.positions import Positions
from tracker_app.study.remarks import remarks_on
from tracker_app.study.study import Study
from tracker_app.study.syntax import read_document


def parse_study(text: bytes, name: str) -> Study:
    """Read a study from TOML.

    Args:
        text: the file's bytes.
        name: what to call the file in an error.

    Raises:
        StudyFileError: which names every mistake and its line.
    """
    try:
        study = Study.model_validate(tomllib.loads(text.decode("utf-8-sig")))
    except (ValueError, RecursionError, ValidationError) as error:
        mistakes = examine(text).mistakes
        raise StudyFileError(
            f"This study cannot be opened, for there {_are(mistakes)} in its file.\n"
            + "\n".join(located(name, mistakes))
        ) from error
    return study.model_copy(update={"sha256": sha256(text)})


def load_study(path: Path) -> Study:
    """Read a study file; see `parse_study`."""
    return parse_study(read_bytes(path), str(path))


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


def examine(raw: bytes) -> Examined:
    """Judge the bytes of a study file."""
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
        study = Study.model_validate(document.values).model_copy(update={"sha256": sha256(raw)})
    remarks = [
        Mistake(positions.line(path), written(path), sentence)
        for path, sentence in remarks_on(study, is_whole=not wrong)
    ]
    return Examined(None if mistakes else study, sorted(mistakes), sorted(remarks))


def located(name: str, mistakes: Sequence[Mistake]) -> list[str]:
    """Mistakes as lines that editors and terminals can follow to where they are."""
    return [f"{name}:{mistake.line}: {mistake}" for mistake in mistakes]


def counted(mistakes: Sequence[Mistake]) -> str:
    """How many there are, in words."""
    return "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"


def _are(mistakes: Sequence[Mistake]) -> str:
    return f"{'is' if len(mistakes) == 1 else 'are'} {counted(mistakes)}"
