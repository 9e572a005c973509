"""Reads a study file, and explains everything that is wrong with it."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from tracker_app.codec import sha256
from tracker_app.errors import StudyFileError
from tracker_app.study.study import Study


def parse_study(text: bytes, name: str) -> Study:
    """Read a study from TOML.

    Args:
        text: the file's bytes.
        name: what to call the file in an error.

    Raises:
        StudyFileError: which names every mistake and its line.
    """
    try:
        study = Study.model_validate(tomllib.loads(text.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise StudyFileError(f"The study file {name} has a mistake: {error}.") from error
    return study.model_copy(update={"sha256": sha256(text)})


def load_study(path: Path) -> Study:
    """Read a study file; see `parse_study`."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise StudyFileError(
            f"The study file {path} cannot be read: {error.strerror}. Check its name."
        ) from error
    return parse_study(text, path.name)
