"""The example that researchers start from, and what `init-study` and `check` say about it."""

import json
import re
from pathlib import Path
from typing import Literal

import pytest

from tracker_app.cli import main
from tracker_app.study.duration import minutes_needed
from tracker_app.study.example import SINGLE, example
from tracker_app.study.reading import examine, parse_study
from tracker_app.study.schema import all_tables, keys_of, table_in
from tracker_app.study.study import TickId
from tracker_app.study.verdict import verdict_lines

MODES: list[Literal["pairwise", "single"]] = ["pairwise", "single"]
PROVIDERS = """
[[models]]
id = "real"
provider = "openai"
endpoint = "https://api.example.org/v1"
model = "m"
"""


def _tables(text: str) -> dict[str, set[str]]:
    """Keys by the header they stand below, those that are commented out included."""
    tables: dict[str, set[str]] = {"": set()}
    header = ""
    for line in text.split("\n"):
        if found := re.match(r"(?:# )?(\[+[\w.]+\]+)$", line):
            header = found[1]
            tables.setdefault(header, set())
        elif found := re.match(r"(?:# )?(\w+) = ", line):
            tables[header].add(found[1])
    return tables


@pytest.mark.parametrize("mode", MODES)
def test_the_example_is_valid_and_only_its_model_is_worth_a_look(
    mode: Literal["pairwise", "single"],
) -> None:
    examined = examine(example(mode).encode())
    assert examined.mistakes == []
    assert [remark.path for remark in examined.remarks] == ["models"]
    assert examined.study is not None
    assert examined.study.talk.mode == mode


def test_every_key_of_the_schema_stands_in_the_example_with_a_word_on_it() -> None:
    tables = _tables(example())
    for header, table in all_tables():
        leaves = {k for k in keys_of(table) if table_in(table.model_fields[k].annotation) is None}
        assert leaves == tables[header], header


def test_the_example_has_the_protocol() -> None:
    study = parse_study(example().encode(), "x")
    assert study.talk.min_turns == 3
    assert study.talk.render == "plain"
    assert study.talk.cursor_instruction == "follow_gaze"
    assert [(t.suffix, t.share) for t in study.treatments] == [
        (" respond using bullet points", 0.5)
    ]
    assert study.after.knowledge
    assert study.after.summary
    assert study.after.key_sentence
    assert study.after.feedback
    assert study.recording.upload == "after_review"
    assert len(study.topics) == 8
    assert all(topic.source and topic.date for topic in study.topics)
    optional = {tick.id for tick in study.consent.ticks if not tick.required}
    assert optional == {TickId.EYE_FEATURES, TickId.PUBLIC_RELEASE}


def test_the_example_of_single_answers_speaks_of_no_second_one() -> None:
    assert all(old in example() for old in SINGLE)
    study = parse_study(example("single").encode(), "x")
    shown = [study.welcome, study.consent.text, *(card.text for card in study.instructions)]
    assert not re.search(r"side by side|two (language )?models|pair", " ".join(shown))


def test_what_is_commented_out_is_valid_too() -> None:
    live, _, rest = example().partition("# --- Fixed items")  # which go with no models
    text = live + rest[rest.index("# --- What is kept") :]
    text = re.sub(r"^# (\[\[[\w.]+\]\]|\[server\]|\w+ = )", r"\1", text, flags=re.MULTILINE)
    study = examine(text.replace('screens_out = ["School"]', "").encode()).study
    assert study is not None
    assert [m.provider for m in study.models] == [
        "embedded",
        "openai",
        "anthropic",
        "proxy",
        "scripted",
    ]
    assert [q.id for q in study.ratings.questions] == ["helpful"]
    assert study.server is not None


def test_init_study_writes_a_file_that_check_finds_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "study"
    assert main(["init-study", str(folder)]) == 0
    printed = capsys.readouterr()
    path = folder / "study.toml"
    assert printed.out.strip() == str(path)
    assert f"tracker-app check {path}" in printed.err
    assert main(["check", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{path}: no mistakes\n{path}:")
    assert ": worth a look: models: only the small built-in model" in out
    assert re.search(r"\nsteps: +code, welcome, consent, .*, review, thanks\n", out)
    assert re.search(r"\ntopics: +8\n", out)
    assert re.search(r"\ndata: +stays on the participant's computer", out)


def test_init_study_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.toml").write_text("mine")
    assert main(["init-study", str(tmp_path), "--mode", "single"]) == 1
    assert "is there already and is not overwritten" in capsys.readouterr().err
    assert (tmp_path / "study.toml").read_text() == "mine"


def test_init_study_says_that_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["init-study", str(tmp_path / "file" / "study")]) == 1
    error = capsys.readouterr().err
    assert "cannot be written" in error
    assert error.count("\n") == 1


def test_check_prints_every_mistake_where_a_terminal_can_follow_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "study.toml"
    text = example().replace("min_turns = 3", "min_turns = 30").replace('id = "gaze"', 'id = "gaz"')
    path.write_text(text)
    assert main(["check", str(path)]) == 1
    count, *lines = capsys.readouterr().out.splitlines()
    assert count == f"{path}: 2 mistakes"
    number = text[: text.index('id = "gaz"')].count("\n") + 1
    assert lines[0].startswith(f'{path}:{number}: consent.ticks[1].id: "gaz" is not known')
    assert "talk.max_turns: must be at least min_turns, which is 30" in lines[1]
    assert not any(line.startswith("steps:") for line in lines)
    assert main(["check", str(path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["is_valid"]
    assert found["study"] is None
    assert found["mistakes"][0]["line"] == number
    assert found["mistakes"][0]["path"] == "consent.ticks[1].id"


def test_check_gives_programs_the_summary_as_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "study.toml"
    path.write_text(example())
    assert main(["check", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["is_valid"]
    assert [remark["path"] for remark in found["remarks"]] == ["models"]
    study = found["study"]
    assert study["topics"] == 8
    assert study["models"] == ["smollm2-135m"]
    assert study["server"] is None
    assert study["sha256"] == parse_study(path.read_bytes(), "x").sha256


def test_run_tells_a_broken_file_as_check_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "study.toml"
    path.write_text(example().replace("minutes = 20", "minutes = 0"))
    assert main(["check", str(path)]) == 1
    _, line, *_ = capsys.readouterr().out.splitlines()
    assert main(["run", str(path)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "This study cannot be opened, for there is 1 mistake in its file.",
        line,
    ]


def test_the_summary_follows_what_is_asked() -> None:
    whole = parse_study(example().encode(), "x")
    eyeless = re.sub(r'\[\[consent.ticks\]\]\nid = "(gaze|eye_features)"\n.*\n', "", example())
    lines = verdict_lines(
        examine(eyeless.replace("required = false  # who", "# who").encode()), "x"
    )
    assert not any("calibration" in line for line in lines if line.startswith("steps:"))
    longer = example().replace("min_turns = 3", "min_turns = 6")
    assert minutes_needed(parse_study(longer.encode(), "x")) > minutes_needed(whole) + 5
