"""What is allowed but probably not meant, told apart from mistakes."""

import re

import pytest

from tracker_app.study.example import example
from tracker_app.study.reading import examine

REAL = """
[[models]]
id = "real"
provider = "openai"
endpoint = "https://real.example.org/v1"
model = "m"
"""
SERVER = '[server]\nurl = "https://here.example.org"\n'
TEXT = example() + REAL + SERVER  # nothing is worth a look there

LEFT = 'left = "READ-4402"  # for who stops early\nleaving_is_paid = true'
MOUSE = '[[consent.ticks]]\nid = "mouse"\nlabel = "Record how I move the mouse in this window"\n'
PUBLIC = """\
id = "public_release"
label = "Publish my pseudonymous data for other researchers"
required = false
"""
REMARKS = [
    (LEFT, "", "who stops early, or cannot be calibrated, gets no code"),
    (PUBLIC, PUBLIC.replace("false", "true"), 'nobody can take part without agreeing to "public_'),
    (MOUSE, "", 'there is no tick "mouse", so the mouse is not recorded'),
    ('complete = "READ-7731"', 'complete = "READ-1180"', "nobody can tell the two apart"),
    ("min_turns = 3", "min_turns = 1", "the protocol has 3"),
    ("max_turns = 10", "max_turns = 3", "nobody can ask more than they must"),
    ('language = "en"', 'language = "fr"', 'no translation to "fr", only "en" and "de"'),
    ("minutes = 20", "minutes = 5", "people are told 5 minutes; what is asked takes about 16"),
    ("minutes = 20", "minutes = 90", "people are told 90 minutes"),
    ('eye_features = "geometry"', 'eye_features = "none"', '"none" are kept'),
    ('entry = "code"', 'codes = ["A"]', 'nobody is asked for them, for entry is "open"'),
    ("# codes =", 'codes = ["a", "A"] #', '"A" stands there twice'),
    ('state = "open"', 'state = "full"', "nobody can take part while"),
    ('"School", ', '"Bachelor", ', '"Bachelor" stands there twice'),
    ('"neither"', '"satisfied"', '"satisfied" stands there twice'),
    ('kind = "text"  # free words', 'kind = "text"\nhigh = 9', 'kind "text" does not use it'),
    ("summary = true", "summary = false", "no summary is asked for"),
    ('title = "Four days of work"', 'title = "Phones at school"', "stands there twice"),
    ('choice = "participant"', 'choice = "assigned"', "nobody chooses"),
    ('suffix = " respond', 'suffix = "respond', "begin it with a space"),
    ('provider = "openai"', 'provider = "scripted"\nanswers = ["A."]', "written beforehand"),
    ('provider = "openai"', 'provider = "openai"\nanswers = ["A."]', '"openai" does not use it'),
    ("https://real", "http://real", "http:// lets others read the questions"),
    ("https://here", "http://here", "http:// lets others read what is sent"),
    ("https://here.example.org", "http://127.0.0.1:8321", None),
    ('model = "m"', 'model = "m"\nkey_name = "sk-abcdef"', "this looks like a key itself"),
]  # fmt: skip


def _remarks(text: str) -> list[str]:
    examined = examine(text.encode())
    assert not examined.mistakes
    return [f"{remark.line}: {remark}" for remark in examined.remarks]


@pytest.mark.parametrize(("old", "new", "sentence"), REMARKS)
def test_what_was_probably_not_meant_is_worth_a_look(
    old: str, new: str, sentence: str | None
) -> None:
    assert old in TEXT
    begin, end = TEXT.rsplit(old, 1)  # what is commented out stands before
    changed = begin + new + end
    found = "\n".join(_remarks(changed))
    assert sentence in found if sentence else found == ""


def test_a_consent_that_asks_for_gaze_names_the_camera() -> None:
    text = re.sub("camera", "device", TEXT, flags=re.IGNORECASE)
    assert "the text never mentions the camera, though a tick asks for gaze" in _remarks(text)[0]


def test_nothing_is_worth_a_look_in_a_study_as_it_is_meant() -> None:
    assert _remarks(TEXT) == []


def test_a_remark_has_the_line_of_its_key() -> None:
    text = TEXT.replace("https://here", "http://here")
    line = text[: text.index("http://here")].count("\n") + 1
    assert _remarks(text)[0].startswith(f"{line}: server.url: ")
