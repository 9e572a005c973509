"""The study files of these tests: a head that all have, or the example with some lines changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tracker_app.cli import main

SCRIPTED = """[[models]]
id = "a"
provider = "scripted"
answers = ["One two three."]
"""


def study_text(name: str, rest: str, *, ticks: Sequence[str] = ("gaze", "mouse")) -> str:
    """A study file.

    Args:
        name: of the study.
        rest: its other tables; keys before the first of them belong to the study itself.
        ticks: what is asked for.
    """
    head = f'id = "{name}"\nversion = "1"\ntitle = "{name}"\nrun_by = "Tests"\nminutes = 1\n'
    consent = '[consent]\nversion = "1"\ntext = "May we?"\n'
    asked = "".join(f'[[consent.ticks]]\nid = "{tick}"\nlabel = "{tick}"\n' for tick in ticks)
    keys, bracket, tables = rest.partition("[")
    return head + keys + consent + asked + bracket + tables


def changed_example(folder: Path, changes: Mapping[str, str]) -> Path:
    """The example study in a folder, with some of its lines begun otherwise."""
    assert main(["init-study", str(folder)]) == 0
    study = folder / "study.toml"
    text = study.read_text("utf-8")
    for before, after in changes.items():
        assert text.count(f"\n{before}") == 1, before
        text = text.replace(f"\n{before}", f"\n{after}")
    study.write_text(text, "utf-8")
    return study
