"""The example of a study file that a researcher can start from."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from tracker_app.errors import StudyFileError

FILE_NAME = "study.toml"
SINGLE = {  # what a study of single answers says instead
    '\nmode = "pairwise"\n': '\nmode = "single"\n',
    "ask two language models about it, and say which answer helps you more.": (
        "ask a language model about it, and say how much each answer helps you."
    ),
    "You read short answers of two language models, side by side, and judge them.": (
        "You read short answers of a language model, and judge them."
    ),
    "Two models answer, side by side.": "A model answers.",
    "After each pair of answers, say how satisfied you are with each and which one is better.": (
        "After each answer, say how satisfied you are and whether it is better than the last one."
    ),
}


def example(mode: Literal["pairwise", "single"] = "pairwise") -> str:
    """The example's text, in either mode."""
    text = files("tracker_app.study").joinpath("example.toml").read_text("utf-8")
    for pairwise, single in SINGLE.items() if mode == "single" else ():
        text = text.replace(pairwise, single)
    return text


def write_example(folder: Path, mode: Literal["pairwise", "single"] = "pairwise") -> Path:
    """Write the example into a folder, which is made if there is none.

    Raises:
        StudyFileError: if there is a study file already, or it cannot be written.
    """
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(example(mode))
    except FileExistsError as error:
        raise StudyFileError(
            f"{error.filename} is there already and is not overwritten. Name another folder."
        ) from error
    except OSError as error:
        raise StudyFileError(
            f"{path} cannot be written: {error.strerror}. Name a folder that you can write to."
        ) from error
    return path
