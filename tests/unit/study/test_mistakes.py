"""Mistakes people make in a study file, one by one and many at once."""

import re

import pytest

from tracker_app.errors import StudyFileError
from tracker_app.study.mistakes import wrong_values
from tracker_app.study.positions import Positions
from tracker_app.study.reading import examine, located, parse_study

# The line numbers below are those of this file; its first line is 1.
BASE = '''\
id = "news"
version = "1"
title = "Reading"
run_by = "A lab"
minutes = 20
language = "en"

[access]
entry = "code"
codes = ["P1", "P2"]

[completion]
complete = "C-1"
leaving_is_paid = true

[consent]
version = "1"
text = """
The camera is used.
C: is a letter.
"""

[[consent.ticks]]
id = "gaze"
label = "Record where I look"

[[consent.ticks]]
id = "mouse"
label = "Record the mouse"

[[consent.ticks]]
id = "text"
label = "Keep what I write"
required = true

[questionnaire]
when = "before"

[[questionnaire.questions]]
id = "age"
label = "Age?"
kind = "number"
low = 18
high = 99

[[questionnaire.questions]]
id = "degree"
label = "Degree?"
kind = "choice"
options = ["None", "Some"]

[[instructions]]
title = "Read"
text = "Read well."

[calibration]
points = 9
settle_s = 0.6
max_error_deg = 5.0
retries = 2

[tasks]
per_visit = 2

[talk]
mode = "pairwise"
min_turns = 3
max_turns = 9
openers = [
    "Why?",
    "How?",
]

[[treatments]]
id = "bullets"
suffix = " respond using bullet points"
share = 0.5

[after]
knowledge = true

[[topics]]
id = "trains"
title = "Trains"
date = 2025-03-11

[[topics]]
id = "trees"
title = "Trees"

[[models]]
id = "small"
provider = "embedded"
parameters = { temperature = 0.7, top_p = 1 }

[[models]]
id = "other"
provider = "scripted"
answers = ["Yes."]

[recording]
upload = "after_review"

[server]
url = "https://example.org"
'''

# What is changed, and the one line that is said about it: up to its end, "..." stands for anything.
VALUES = [
    # keys that are not known
    ("minutes = 20", "minuts = 20", "5: minuts: is not known...did you mean minutes?"),
    ('title = "Reading"', 'titel = "Reading"', "3: titel: is not known...did you mean title?"),
    ("[after]", "[aftre]", "79: aftre: is not known; did you mean [after]?"),
    ("[[topics]]", "[[topic]]", "82: topic: is not known; did you mean [[topics]]?"),
    (
        "max_turns",
        "maxturns",
        "68: talk.maxturns: is not known below [talk]; did you mean max_turns?",
    ),
    ("[talk]", '[talk]\nwelcome = "Hi"', "66: talk.welcome: ...belongs at the top of the file..."),
    ('version = "1"', 'version = "1"\nmode = "single"', "3: mode: ...it belongs below [talk]"),
    ("retries = 2", "colour = 2", "60: calibration.colour: ...known are points, head_movement..."),
    ("required = true", "requird = true", "34: consent.ticks[3].requird: ...mean required?"),
    ("[server]", "[server]\nsha256 = 'x'", "105: server.sha256: ...known are url and code"),
    ('id = "news"', 'id = "news"\nsha256 = "x"', "2: sha256: is computed from the file..."),
    (
        "top_p = 1 }",
        'top_p = 1 }\n"p q" = 2',
        "95: models[1].p q: is not known below [[models]]...",
    ),
    ("[access]", "[access]\nowner.name = 1", "9: access.owner: is not known below [access]..."),
    # keys that are missing
    (
        'title = "Reading"\n',
        "",
        '1: title: is missing: write title = "Reading answers" at the top...',
    ),
    ("minutes = 20\n", "", "1: minutes: is missing: write minutes = 20 at the top of the file..."),
    (
        'label = "Record the mouse"\n',
        "",
        "27: consent.ticks[2].label: is missing: write label = ...",
    ),
    (
        'kind = "number"\n',
        "",
        '39: questionnaire.questions[1].kind: ...kind = "number" below [[...',
    ),
    (
        "share = 0.5\n",
        "",
        "74: treatments[1].share: is missing: write share = 0.5 below [[treat...",
    ),
    ('url = "https://example.org"\n', "", "104: server.url: is missing: write url = ..."),
    ('provider = "embedded"\n', "", '91: models[1].provider: ...provider = "embedded" below...'),
    ('text = "Read well."\n', "", "52: instructions[1].text: is missing..."),
    # kinds of value
    ("minutes = 20", 'minutes = "20"', "5: minutes: ...a whole number: write 20, without quotes"),
    (
        "minutes = 20",
        'minutes = "long"',
        '5: minutes: ...whole number such as 20; "long" stands...',
    ),
    ("minutes = 20", "minutes = 20.0", "5: minutes: ...write 20, without a decimal point"),
    (
        "minutes = 20",
        "minutes = 20.5",
        "5: minutes: ...a whole number such as 20; 20.5 stands there",
    ),
    (
        "minutes = 20",
        "minutes = true",
        "5: minutes: ...a whole number such as 20; true stands there",
    ),
    ('version = "1"', "version = 1", '2: version: must be text in quotes: write "1"'),
    ('version = "1"', "version = true", '2: version: must be text in quotes: write "true"'),
    (
        'title = "Reading"',
        'title = ["Reading"]',
        "3: title: must be one text in quotes; a list stands...",
    ),
    ("share = 0.5", 'share = "0,5"', "77: treatments[1].share: ...write 0.5, without quotes"),
    (
        "settle_s = 0.6",
        'settle_s = "a while"',
        "58: calibration.settle_s: must be a number such as 0.6...",
    ),
    (
        "required = true",
        'required = "yes"',
        "34: consent.ticks[3].required: ...write true, without quotes",
    ),
    (
        "knowledge = true",
        "knowledge = 1",
        "80: after.knowledge: must be true or false...; 1 stands there",
    ),
    (
        'codes = ["P1", "P2"]',
        'codes = "P1"',
        '10: access.codes: must be a list: write codes = ["P1"]',
    ),
    (
        'codes = ["P1", "P2"]',
        'codes = ["P1", 2]',
        '10: access.codes[2]: ...text in quotes: write "2"',
    ),
    ('    "How?",', "    7,", '71: talk.openers[2]: must be text in quotes: write "7"'),
    (
        "[[instructions]]",
        "[instructions]",
        "52: instructions: write [[instructions]], in two brackets...",
    ),
    ("[after]", "[[after]]", "79: after: write [after], in single brackets: there is only one"),
    (
        "minutes = 20",
        "minutes = 20\nratings = true",
        "6: ratings: must be a table: write [ratings]...",
    ),
    (
        "{ temperature = 0.7, top_p = 1 }",
        '"hot"',
        "94: models[1].parameters: must be a table, such as...",
    ),
    (
        "top_p = 1 }",
        "stop = [1] }",
        "94: models[1].parameters.stop: must be a number or text in quotes...",
    ),
    ("top_p = 1 }", "top_p = inf }", "94: models[1].parameters.top_p: ...inf stands there"),
    # values
    ('mode = "pairwise"', 'mode = "pairwize"', '66: talk.mode: ...did you mean "pairwise"?...'),
    (
        'mode = "pairwise"',
        'mode = "three"',
        '66: talk.mode: must be one of "pairwise" or "single"...',
    ),
    (
        "points = 9",
        "points = 7",
        "57: calibration.points: must be one of 5, 9 or 13; 7 stands there",
    ),
    ("points = 9", 'points = "9"', "57: calibration.points: ...did you mean 9, without quotes?..."),
    ('id = "mouse"', 'id = "mice"', '28: consent.ticks[2].id: ..."mouse", "text"...'),
    (
        'provider = "embedded"',
        'provider = "OpenAI"',
        '93: models[1].provider: ...did you mean "openai"?...',
    ),
    ('id = "trains"', 'id = "night trains"', "83: topics[1].id: ...letters, digits, - and _..."),
    ('language = "en"', 'language = "English"', '6: language: ...such as "en" or "de"...'),
    ('title = "Reading"', 'title = " "', "3: title: must not be empty: write some words..."),
    ("date = 2025-03-11", 'date = "11 March"', "85: topics[1].date: ...year-month-day..."),
    ("date = 2025-03-11", "date = 2025-03-11T10:00:00", "85: topics[1].date: ...year-month-day..."),
    (
        'codes = ["P1", "P2"]',
        'codes = ["P 1"]',
        "10: access.codes[1]: must be 1 to 40 letters, digits...",
    ),
    (
        'url = "https://example.org"',
        'url = "example.org"',
        "105: server.url: ...begins with https://...",
    ),
    (
        'url = "https://example.org"',
        'url = "http://[x"',
        "105: server.url: cannot be an address...",
    ),
    (
        'complete = "C-1"',
        'redirect_url = "x"',
        "13: completion.redirect_url: must be an address...",
    ),
    ("min_turns = 3", "min_turns = 0", "67: talk.min_turns: must be from 1 to 200; 0 stands there"),
    (
        "per_visit = 2",
        "per_visit = 21",
        "63: tasks.per_visit: must be from 1 to 20; 21 stands there",
    ),
    (
        "share = 0.5",
        "share = 0",
        "77: treatments[1].share: must be more than 0 and at most 1; 0...",
    ),
    (
        "share = 0.5",
        "share = nan",
        "77: treatments[1].share: must be more than 0...; nan stands there",
    ),
    (
        "max_error_deg = 5.0",
        "max_error_deg = inf",
        "59: calibration.max_error_deg: ...at most 90; inf...",
    ),
    (
        "[access]",
        "[access]\nsessions_per_person = 0",
        "9: access.sessions_per_person: ...at least 1; 0...",
    ),
    (
        "[tasks]",
        '[ratings]\nlabels = ["bad"]\n[tasks]',
        "63: ratings.labels: ...at least 5 entries; it has 1",
    ),
    (
        "[tasks]",
        f"[ratings]\nlabels = {['x'] * 6}\n[tasks]",
        "63: ratings.labels: ...at most 5...; it has 6",
    ),
    (
        'id = "small"',
        'id = "small"\nkey_name = "sk 12"',
        "93: models[1].key_name: ...never the key itself...",
    ),
    # keys that do not go together
    (
        "max_turns = 9",
        "max_turns = 2",
        "68: talk.max_turns: must be at least min_turns, which is 3",
    ),
    ('id = "other"', 'id = "small"', '97: models[2].id: "small" stands there twice; give each...'),
    ('id = "trees"', 'id = "trains"', '88: topics[2].id: "trains" stands there twice...'),
    ('id = "mouse"', 'id = "gaze"', '28: consent.ticks[2].id: "gaze" stands there twice...'),
    ('id = "gaze"', 'id = "eye_features"', '24: consent.ticks[1].id: without a tick "gaze"...'),
    (
        'id = "degree"',
        'id = "age"',
        '47: questionnaire.questions[2].id: "age" stands there twice...',
    ),
    (
        'provider = "embedded"',
        'provider = "openai"\nmodel = "m"',
        "91: models[1].endpoint: ...needs it...",
    ),
    (
        'provider = "embedded"',
        'provider = "anthropic"\nendpoint = "https://example.org/v1"',
        '91: models[1].model: a model whose provider is "anthropic" needs it, such as model = ...',
    ),
    (
        'provider = "embedded"',
        'provider = "proxy"',
        "94: models[1].parameters: ...nothing but its id: the rest stands in the file of...",
    ),
    (
        'provider = "scripted"\nanswers = ["Yes."]',
        'provider = "proxy"\nkey_name = "mine"',
        "99: models[2].key_name: ...leave the line out",
    ),
    (
        'provider = "scripted"\nanswers = ["Yes."]\n\n[recording]\nupload = "after_review"\n\n'
        '[server]\nurl = "https://example.org"',
        'provider = "proxy"',
        "98: models[2].provider: ...is asked by the study's server; write [server], and its url...",
    ),
    (
        'provider = "scripted"',
        'provider = "scripted"\nseeded = true',
        '99: models[2].seeded: a model whose provider is "scripted" takes no seed; leave...',
    ),
    (
        "top_p = 1 }",
        "seed = 1 }\nseeded = true",
        "95: models[1].seeded: parameters has a seed, the same for every request...",
    ),
    ('answers = ["Yes."]\n', "", "96: models[2].answers: ...needs some: answers = [..."),
    (
        "[after]",
        '[assignment]\npairs = [["small", "other"], ["other", "smal"]]\n[after]',
        '80: assignment.pairs[2][2]: no model has the id "smal"; write "small" or "other"',
    ),
    (
        "[after]",
        '[assignment]\npairs = [["small", "other"], ["other", "small"]]\n[after]',
        "80: assignment.pairs[2]: this pair stands there twice...",
    ),
    (
        '[talk]\nmode = "pairwise"',
        '[assignment]\npairs = [["small", "other"]]\n[talk]\nmode = "single"',
        '66: assignment.pairs: with mode = "single" there are none...',
    ),
    (
        "[after]",
        '[assignment]\npairs = ["small"]\n[after]',
        "80: assignment.pairs[1]: must be a list of its own, such as...",
    ),
    (
        "[after]",
        '[assignment]\npairs = [["small"]]\n[after]',
        "80: assignment.pairs[1]: must have at least 2 entries; it has 1",
    ),
    (
        'options = ["None", "Some"]\n',
        "",
        "46: questionnaire.questions[2].options: ...at least two...",
    ),
    (
        'options = ["None", "Some"]',
        'options = ["None"]',
        "50: questionnaire.questions[2].options: ...",
    ),
    (
        'kind = "choice"',
        'kind = "text"',
        '50: questionnaire.questions[2].options: ...write kind = "choice"...',
    ),
    (
        'options = ["None", "Some"]',
        'options = ["a", "b"]\nscreens_out = ["c"]',
        '51: questionnaire.questions[2].screens_out[1]: "c" is not one of...; write "a" or "b"',
    ),
    (
        "high = 99",
        "high = 17",
        "44: questionnaire.questions[1].high: must be more than low, which is 18",
    ),
    ("high = 99\n", "", "39: questionnaire.questions[1].high: ...such as high = 120"),
    (
        'kind = "number"',
        'kind = "scale"',
        "44: questionnaire.questions[1].high: ...at most 11 steps...",
    ),
    (
        "per_visit = 2",
        "per_visit = 3",
        "63: tasks.per_visit: there are 2 topics; write 2 or less...",
    ),
    (
        "[after]",
        '[[treatments]]\nid = "b"\nsuffix = " x"\nshare = 0.6\n[after]',
        "82: treatments[2].share: the shares of all treatments add up to 1.1; together at most 1",
    ),
]

SLIPS = [
    ('title = "Reading"', "title = Reading", '3: text stands in quotes: write title = "Reading"'),
    ('title = "Reading"', 'title = "Reading', "3: the closing quotation mark is missing..."),
    ('title = "Reading"', "title = 'Reading", "3: the closing single quote is missing..."),
    ('title = "Reading"', 'title = Reading"', "3: the opening quotation mark is missing..."),
    ('title = "Reading"', "title = “Reading”", "3: curly quotes stand here..."),
    ('title = "Reading"', "title = \u2018Reading\u2019", "3: curly quotes stand here..."),
    (
        'title = "Reading"',
        'title = "A "good" read"',
        '3: a quotation mark inside a text is written \\"...',
    ),
    ('title = "Reading"', 'title = "C:\\Users"', "3: in double quotes each \\ is written twice..."),
    ('title = "Reading"', 'title = "a" "b"', "3: ..."),
    ('title = "Reading"', 'title = "Reading" now', '3: behind "Reading" nothing else may stand...'),
    ('title = "Reading"', 'title = "Reading";', "3: no ; stands at the end of a line"),
    ('title = "Reading"', 'title = "Reading",', "3: no , stands at the end of a line"),
    ('title = "Reading"', 'title = "Reading" // x', "3: a comment begins with #, not with //"),
    ('title = "Reading"', 'title "Reading"', "3: between a key and its value stands =..."),
    (
        'title = "Reading"',
        'title: "Reading"',
        "3: between a key and its value stands =, not a colon...",
    ),
    ('title = "Reading"', 'title == "Reading"', "3: only one = stands between title and its value"),
    (
        'title = "Reading"',
        'title = "Reading"\ntitle = "R"',
        "4: title stands there twice, first in line 3...",
    ),
    ('title = "Reading"', "title =", "3: nothing stands behind =..."),
    ('title = "Reading"', "title", "3: title has no value..."),
    ('title = "Reading"', "title = null", "3: there is no null here..."),
    ("run_by", "run by", "4: a name has no spaces: write run_by = ..."),
    ('title = "Reading"', 'title = "Reading"\n= 3', "4: before = stands the name of a key..."),
    ('title = "Reading"', 'title = "Reading"\n-- x', "4: a comment begins with #, not with --"),
    ('title = "Reading"', 'title\u00a0= "Reading"', "3: an invisible character stands here..."),
    (
        'title = "Reading"',
        'title = "Rea\x07ding"',
        "3: a character that cannot be seen stands here...",
    ),
    (
        "minutes = 20",
        "minutes = 20 min",
        "5: behind a number nothing else may stand: write minutes = 20...",
    ),
    ("minutes = 20", "minutes = 020", "5: a number does not begin with 0: write 20..."),
    ("minutes = 20", f"minutes = {'9' * 5000}", "5: this number is too long..."),
    ("share = 0.5", "share = 0,5", "77: write 0.5, with a decimal point"),
    ("knowledge = true", "knowledge = True", "80: write knowledge = true, in small letters"),
    ("knowledge = true", "knowledge = yes", "80: write knowledge = true, in small letters"),
    ("date = 2025-03-11", "date = 2025-13-11", "85: 2025-13-11 is no day..."),
    (
        "date = 2025-03-11",
        "date = 11.3.2025",
        "85: 11.3.2025 is no day; write it as year-month-day...",
    ),
    ("[talk]", "[talk", "65: the brackets do not match: write [talk]"),
    ("[[models]]", "[[models]", "91: the brackets do not match: write [[models]]"),
    ("[talk]", "[talk] # ok\n[talk]", "66: [talk] stands there twice, first in line 65..."),
    ("[after]", "[af ter]", "79: a name has no spaces: write [af_ter]"),
    ("[after]", "[after] x = 1", "79: [after] stands on a line of its own..."),
    ("[[models]]", "[models]", "91: write [[models]], in two brackets: there can be several"),
    ('codes = ["P1", "P2"]', 'codes = ["P1" "P2"]', "10: between two entries stands a comma"),
    (
        'codes = ["P1", "P2"]',
        'codes = ["P1", "P2"',
        "10: the list that begins here is not closed...",
    ),
    ('codes = ["P1", "P2"]', "codes = [P1, P2]", '10: text stands in quotes: write ["P1", "P2"]'),
    ('    "Why?",', '    "Why?"', "70: a comma is missing at the end of this line"),
    ('    "Why?",', "    “Why?”,", "70: curly quotes stand here..."),
    (
        '    "How?",\n]',
        '    "How?",',
        "69: the list that begins here is not closed; write ] at its end",
    ),
    ("top_p = 1 }", "top_p = 1, }", "94: no comma stands behind the last entry before }"),
    ("top_p = 1 }", "top_p = 1", "94: the closing } is missing"),
    ("0.7, top_p", "0.7 top_p", "94: between two entries stands a comma"),
    ("top_p = 1 }", "top_p : 1 }", "94: between a key and its value stands =, not a colon"),
    (
        "{ temperature = 0.7, top_p = 1 }",
        "{\n temperature = 0.7,\n}",
        "94: a table in { } stands on one line...",
    ),
    (
        'letter.\n"""',
        "letter.",
        '18: the text that begins here is not closed; write """ at its end',
    ),
    ("C: is", "C:\\data is", "20: in this text each \\ is written twice..."),
    ('id = "news"', '{"id": "news"}', "1: this is no TOML file..."),
]


def _changed(old: str, new: str) -> bytes:
    assert old in BASE
    return BASE.replace(old, new, 1).encode()


def _said(raw: bytes) -> list[str]:
    return [f"{mistake.line}: {mistake}" for mistake in examine(raw).mistakes]


def _matches(said: str, expected: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.split("..."))
    return re.fullmatch(pattern, said) is not None


@pytest.mark.parametrize(("old", "new", "expected"), VALUES + SLIPS)
def test_a_mistake_is_told_once_with_its_line_and_remedy(old: str, new: str, expected: str) -> None:
    said = _said(_changed(old, new))
    assert len(said) == 1, said
    assert _matches(said[0], expected), said[0]


def test_what_the_mistakes_are_made_in_has_none() -> None:
    assert len(VALUES + SLIPS) > 130
    assert examine(BASE.encode()).mistakes == []


MANY = """\
id = "my study"
titel = "Reading"
version = 1
run_by = “A lab”
minutes = "20"
mode = "single"

[consent]
version = 01
text = "We record where you look."

[[consent.ticks]]
id = "gaze"
label = ""
required = True

[[consent.ticks]]
id = "gaze"

[talk
min_turns = 5
max_turns = 2
preset = "large"

[[treatments]]
id = "bullets"
suffix = "briefly"
share = 0,5

[[models]]
id = "a"
provider = "openai"
key_name = "sk-123 456"

[[models]]
id = "a"
provider = "scripted"

[server]
url = "http://collect.example.org"
"""


def test_many_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    examined = examine(MANY.encode())
    assert [(m.line, m.path) for m in examined.mistakes] == [
        (1, "id"),
        (2, "titel"),
        (3, "version"),
        (4, ""),
        (5, "minutes"),
        (6, "mode"),
        (9, ""),
        (14, "consent.ticks[1].label"),
        (15, ""),
        (17, "consent.ticks[2].label"),
        (18, "consent.ticks[2].id"),
        (20, ""),
        (22, "talk.max_turns"),
        (23, "talk.preset"),
        (28, ""),
        (30, "models[1].endpoint"),
        (30, "models[1].model"),
        (33, "models[1].key_name"),
        (35, "models[2].answers"),
        (36, "models[2].id"),
    ]
    assert [(r.line, r.path) for r in examined.remarks] == [
        (1, "completion.leaving_is_paid"),
        (40, "server.url"),
    ]


def test_an_error_names_the_file_and_lists_what_check_does() -> None:
    with pytest.raises(StudyFileError) as caught:
        parse_study(MANY.encode(), "s.toml")
    first, *lines = str(caught.value).split("\n")
    assert first == "This study cannot be opened, for there are 20 mistakes in its file."
    assert lines == located("s.toml", examine(MANY.encode()).mistakes)
    assert lines[1].startswith("s.toml:2: titel: is not known")


def test_what_looks_like_a_key_is_not_repeated() -> None:
    assert "sk-123" not in "".join(_said(MANY.encode()))


def test_a_slip_that_cannot_be_mended_says_that_it_hides_the_rest() -> None:
    twice = BASE.replace("[talk]", "[tasks]\n[talk]").replace("minutes = 20", "minutes = x y")
    first, second = _said(twice.encode())
    assert "hides" not in first
    assert second.endswith("mend this first, for it hides what comes after it")


def test_a_sentence_over_two_lines_is_one_mistake() -> None:
    assert len(_said(_changed('title = "Reading"', 'title = "Reading\nanswers"'))) == 1


def test_a_rule_is_judged_though_other_keys_of_its_table_are_wrong() -> None:
    found = wrong_values({"talk": {"mode": 1, "min_turns": 5, "max_turns": 2}})
    assert {("talk", "mode"), ("talk", "max_turns")} <= set(found)


def test_a_rule_that_needs_a_wrong_key_is_not_judged() -> None:
    found = wrong_values({"talk": {"min_turns": 500, "max_turns": 2}})
    assert ("talk", "max_turns") not in found


def test_every_kind_of_error_the_schema_can_make_has_a_sentence_of_its_own() -> None:
    for old, new, _ in VALUES:
        said = _said(_changed(old, new))
        assert not any("cannot be used like this" in line for line in said)


JARGON = re.compile(
    r"input should|valid (integer|string|number|boolean)|\b(str|int|float|bool|dict|enum|NoneType"
    r"|regex|pattern|literal|instance|model_type|validation|traceback)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("old", "new", "expected"), VALUES + SLIPS)
def test_no_sentence_speaks_of_types(old: str, new: str, expected: str) -> None:
    del expected
    assert not JARGON.search("".join(_said(_changed(old, new))))


def test_positions_know_every_way_to_write_a_key() -> None:
    positions = Positions(
        """\
a = 1
b."c d" = { x = 1, y.z = 2 }
[[q.r]]
arr = [
    { k = 1 },  # a comment
    2,
]
[[q.r]]
[q.r.sub]
k = '''
[no.header]
'''
l = 2
["quoted.name"]
m = 1
"""
    )
    assert positions.line(("a",)) == 1
    assert positions.line(("b", "c d", "y", "z")) == 2
    assert positions.line(("q", "r")) == positions.line(("q", "r", 0)) == 3
    assert positions.line(("q", "r", 0, "arr", 0, "k")) == 5
    assert positions.line(("q", "r", 0, "arr", 1)) == 6
    assert positions.line(("q", "r", 1)) == 8
    assert positions.line(("q", "r", 1, "sub", "k")) == 10
    assert positions.line(("q", "r", 1, "sub", "l")) == 13
    assert positions.line(("quoted.name", "m")) == 15
    assert positions.line(("q", "r", 1, "sub", "missing")) == 9
    assert positions.line(("nothing",)) == 1
