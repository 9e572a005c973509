"""The head every study file of these tests has: who asks for what."""

from collections.abc import Sequence

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
