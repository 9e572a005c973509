"""Fixed items: what can be wrong with their file, and what a study of them comes to."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.allocation import MAX_CELLS, Tally, draw, lot_of
from tracker_app.cli import main
from tracker_app.errors import StudyFileError
from tracker_app.study.design import design_of, sessions_needed, shown_item
from tracker_app.study.duration import minutes_needed
from tracker_app.study.example import example
from tracker_app.study.flow import Step, plan_of
from tracker_app.study.item import Item, Response
from tracker_app.study.items import read_items
from tracker_app.study.reading import examine, load_study
from tracker_app.study.study import Study
from tracker_app.study.verdict import verdict, verdict_lines

A, B = {"id": "a", "text": "The air."}, {"id": "b", "text": "The sea."}
GOOD = {
    "id": "sky",
    "prompt": "Why is it blue?",
    "responses": [A, B],
    "source": "made up",
}


def _line(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}, ensure_ascii=False).encode()


def _without(key: str) -> bytes:
    return json.dumps({k: v for k, v in GOOD.items() if k != key}).encode()


def _responses(*responses: object) -> bytes:
    return _line(responses=[*responses])


WRONG = [
    (b"", "1: the file is empty; it needs an item a line, such as {"),
    (_line() + b"\n{", "2: this is no JSON from character 2 on"),
    (b"id: sky", "1: this is no JSON from character 1 on"),
    (b"[]", "1: must be one object in braces; a list stands there"),
    (b"[" * 100_000, "1: this is no item"),
    (b"9" * 5_000, "1: this is no item"),
    (b'{"id": "a", "id": "b"}', '1: "id" stands there twice'),
    (_line(promt="x"), "1: promt: is not known; known are id, prompt, responses and source"),
    (_line().replace(b'"prompt"', b'"prompts"'), "1: prompts: is not known; did you mean prompt?"),
    (_without("id"), '1: id: is missing: write "id": "item-1"'),
    (
        _line(id="the sky"),
        '1: id: must be 1 to 60 letters, digits, - and _, without spaces; "the sky" stands there',
    ),
    (
        _line(id=7),
        "1: id: must be 1 to 60 letters, digits, - and _, without spaces; 7 stands there",
    ),
    (_line() + b"\n\n" + _line(), '3: id: "sky" stands in line 1 too'),
    (_without("prompt"), "1: prompt: is missing"),
    (_line(prompt=" "), "1: prompt: must not be empty"),
    (_line(prompt=["x"]), "1: prompt: must be text in quotes; a list stands there"),
    (_line(prompt="x" * 200_001), "1: prompt: has 200001 characters; at most 200000"),
    (_line().replace(b"The air", rb"\ud83d"), "1: responses[1].text: holds half a character"),
    (_line(source=7), "1: source: must be text in quotes"),
    (_without("responses"), "1: responses: is missing: write"),
    (_line(responses="x"), '1: responses: must be a list; "x" stands there'),
    (_responses(A), "1: responses: two of them are shown side by side, and there are 1"),
    (_responses(A, "x"), "1: responses[2]: must be an object in braces"),
    (_responses(A, {"id": "b"}), "1: responses[2].text: is missing"),
    (_responses(A, {"text": "x"}), "1: responses[2].id: is missing"),
    (_responses(A, {**B, "score": 1}), "1: responses[2].score: is not known; known are id and"),
    (_responses(A, {**B, "id": "a"}), '1: responses[2].id: "a" stands there twice'),
    (_line().replace(b"The sea", b"Z\xfcrich"), "1: it is not saved as UTF-8"),
    (_line().decode().encode("utf-16"), "1: it is saved as UTF-16"),
]


@pytest.mark.parametrize(("raw", "said"), WRONG)
def test_a_mistake_is_told_once_with_its_line_and_remedy(raw: bytes, said: str) -> None:
    _, mistakes = read_items(raw, "items.jsonl", 2)
    told = [f"{mistake.line}: {mistake}" for mistake in mistakes]
    assert len(told) == 1, told
    assert told[0].startswith(said)
    assert mistakes[0].file == "items.jsonl"


def test_every_mistake_is_told_at_once() -> None:
    raw = b"\n".join([_line(id=""), _line(prompt=7, extra=1), _responses({"id": "a"}), _line()])
    _, mistakes = read_items(raw, "items.jsonl", 2)
    assert [(mistake.line, mistake.path) for mistake in mistakes] == [
        (1, "id"),
        (2, "extra"),
        (2, "prompt"),
        (3, "responses"),
        (3, "responses[1].text"),
    ]


def test_items_are_read_as_they_are_written() -> None:
    raw = b"\xef\xbb\xbf" + _line() + b"\r\n\r\n" + _line(id="sea", responses=[A], source="")
    items, mistakes = read_items(raw, "items.jsonl", 1)
    assert mistakes == []
    responses = (Response("a", "The air."), Response("b", "The sea."))
    assert items == (
        Item("sky", "Why is it blue?", responses, "made up"),
        Item("sea", "Why is it blue?", responses[:1]),
    )


@given(st.one_of(st.binary(max_size=200), st.text(max_size=60).map(lambda t: _line(prompt=t))))
def test_any_bytes_are_items_or_mistakes(raw: bytes) -> None:
    items, mistakes = read_items(raw, "items.jsonl", 2)
    assert items or mistakes


# --- a study of them ---------------------------------------------------------------------------

STUDY = """
id = "pairs"
version = "1"
title = "Which is better?"
run_by = "A lab"
minutes = 10
[consent]
version = "1"
text = "We keep what you say."
[[consent.ticks]]
id = "text"
label = "Keep it"
[items]
file = "items.jsonl"
raters = 4
per_visit = 10
"""


def _items(number: int, responses: int = 2) -> bytes:
    texts = [{"id": f"r{i}", "text": f"Answer {i}. " * 40} for i in range(responses)]
    return b"\n".join(_line(id=f"item{i}", responses=texts) for i in range(number))


def _written(folder: Path, text: str = STUDY, items: bytes | None = None) -> Path:
    (folder / "items.jsonl").write_bytes(_items(25) if items is None else items)
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return load_study(_written(tmp_path))


def test_a_study_carries_its_items_and_its_hash_covers_them(tmp_path: Path, study: Study) -> None:
    assert len(study.fixed_items) == 25
    assert study.models == []
    assert load_study(_written(tmp_path)).sha256 == study.sha256
    assert load_study(_written(tmp_path, items=_items(25) + b"\n")).sha256 != study.sha256
    assert load_study(_written(tmp_path, STUDY + "\n")).sha256 != study.sha256
    assert examine(STUDY.encode(), tmp_path).study == load_study(_written(tmp_path))


def test_each_item_is_a_group_of_its_responses_both_ways_round(study: Study) -> None:
    design = design_of(study)
    assert design.groups[7].pairs == (("item7/r0|r1", "item7/r1|r0"),)
    assert (design.quota, design.cells_per_session, design.comes_once) == (4, 10, True)
    assert sessions_needed(design) == 10
    item, sides = shown_item(study, "item7/r1|r0")
    assert item == study.fixed_items[7]
    assert {side: response.id for side, response in sides.items()} == {1: "r1", 2: "r0"}
    with pytest.raises(KeyError):
        shown_item(study, "item99/r0|r1")


def test_where_one_is_shown_each_response_is_a_cell(tmp_path: Path) -> None:
    text = STUDY + '[talk]\nmode = "single"\n'
    study = load_study(_written(tmp_path, text, _items(3, responses=1)))
    assert [group.cells for group in design_of(study).groups] == [[f"item{i}/r0"] for i in range(3)]
    _, sides = shown_item(study, "item2/r0")
    assert [*sides] == [1]


def test_every_item_is_judged_as_often_as_wanted_and_on_both_sides(study: Study) -> None:
    design, held, people = design_of(study), Counter[str](), 0
    while (drawn := draw(design, Tally(held), lot_of("s", str(people), "place"))) is not None:
        held.update(drawn.cells)
        people += 1
    assert people == 10
    assert set(held.values()) == {2}
    assert len(held) == 50


def test_there_is_no_topic_and_the_time_follows_the_items(tmp_path: Path, study: Study) -> None:
    steps = [step for step, _ in plan_of(study).stops]
    assert Step.TALK in steps
    assert not {Step.TOPIC, Step.KNOWLEDGE_BEFORE, Step.SUMMARY} & set(steps)
    shorter = load_study(_written(tmp_path, STUDY.replace("per_visit = 10", "per_visit = 5")))
    assert minutes_needed(shorter) < minutes_needed(study) - 3
    few = load_study(_written(tmp_path, items=_items(5)))
    assert minutes_needed(few) == minutes_needed(shorter)


def test_check_says_what_the_items_come_to(tmp_path: Path) -> None:
    examined = examine(_written(tmp_path).read_bytes(), tmp_path)
    lines = verdict_lines(examined, "study.toml")
    assert "items:    25, 4 raters each, 10 a visit; two answers side by side" in lines
    assert "sessions: 10 that are finished fill it" in lines
    assert not any(line.startswith(("topics:", "models:")) for line in lines)
    told = verdict(examined)["study"]
    assert told["items"] == {"number": 25, "raters": 4, "per_visit": 10}
    assert told["sessions"] == 10


def test_more_pairs_than_raters_are_worth_a_look(tmp_path: Path) -> None:
    examined = examine(_written(tmp_path, items=_items(5, responses=4)).read_bytes(), tmp_path)
    assert any("an item has 6 pairs" in remark.sentence for remark in examined.remarks)


def test_mistakes_of_both_files_are_told_where_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = STUDY.replace("minutes = 10", "minutes = 0")
    path = _written(tmp_path, text, _line() + b"\n" + _without("id"))
    assert main(["check", str(path)]) == 1
    count, first, second, *_ = capsys.readouterr().out.splitlines()
    assert count == f"{path}: 2 mistakes"
    assert first.startswith(f"{path}:6: minutes: must be from 1")
    assert second.startswith(f"{tmp_path / 'items.jsonl'}:2: id: is missing")
    with pytest.raises(StudyFileError, match=r"items\.jsonl:2: id: is missing"):
        load_study(path)


@pytest.mark.parametrize("name", ["none.jsonl", ".", "a\\u0000b"])
def test_a_file_that_cannot_be_read_is_one_mistake(tmp_path: Path, name: str) -> None:
    path = _written(tmp_path, STUDY.replace("items.jsonl", name))
    with pytest.raises(StudyFileError, match=r"study\.toml:14: items\.file: .* cannot be read \("):
        load_study(path)


def test_a_study_of_too_many_pairs_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, items=_items(2, responses=110))
    with pytest.raises(StudyFileError, match=rf"come to 23980 .* at most {MAX_CELLS}"):
        load_study(path)


@pytest.mark.parametrize(
    ("added", "key", "said"),
    [
        ('[[models]]\nid = "m"\nprovider = "embedded"', "models", "no model is asked"),
        ('[[topics]]\nid = "t"\ntitle = "T"', "topics", "no topic"),
        ('[[treatments]]\nid = "t"\nsuffix = " x"\nshare = 0.5', "treatments", "nobody asks"),
        ("[after]\nknowledge = true", "after.knowledge", "no topic"),
        ("[after]\nsummary = true", "after.summary", "no talk to sum up"),
        ("[tasks]\nper_visit = 2", "tasks.per_visit", "items.per_visit"),
        ('[talk]\nopeners = ["Why?"]', "talk.openers", "nobody asks"),
        ("[talk]\nmin_turns = 5", "talk.min_turns", "items.per_visit"),
        ("[assignment]\nsessions_per_pair = 4", "assignment.sessions_per_pair", "items.raters"),
    ],
)
def test_what_makes_no_sense_with_items_is_refused_with_the_reason(
    tmp_path: Path, added: str, key: str, said: str
) -> None:
    (mistake,) = examine(_written(tmp_path, STUDY + added).read_bytes(), tmp_path).mistakes
    assert mistake.path == key
    assert said in mistake.sentence


def test_a_study_needs_models_or_items() -> None:
    (mistake,) = examine(STUDY[: STUDY.index("[items]")].encode()).mistakes
    assert str(mistake).startswith("models: at least one is needed: write [[models]] on a line")


def test_items_are_no_key_of_the_file(tmp_path: Path) -> None:
    text = STUDY.replace("minutes = 10", "minutes = 10\nfixed_items = []")
    (mistake,) = examine(_written(tmp_path, text).read_bytes(), tmp_path).mistakes
    assert mistake.path == "fixed_items"


def test_the_examples_items_are_valid_once_its_talk_is_taken_out(tmp_path: Path) -> None:
    text = example()
    for begin, end in (
        ("# --- Topics and talks", "[ratings]"),
        ("# Added behind some questions", "key_sentence = true"),
        ("# Topics are invented here", "# --- Fixed items"),
    ):
        before, _, rest = text.partition(begin)
        text = before + rest[rest.index(end) :]
    text = text.replace("key_sentence = true", "[after]\nkey_sentence = true")
    text = re.sub(r"^# (\[items\]|(file|raters|per_visit) = )", r"\1", text, flags=re.MULTILINE)
    study = load_study(_written(tmp_path, text))
    assert study.items is not None
    assert (study.items.raters, study.items.per_visit) == (3, 20)
