from importlib.resources import files
from pathlib import Path

import pytest

from tracker_app.errors import StudyFileError
from tracker_app.study.assignment import assign_sides
from tracker_app.study.reading import load_study, parse_study
from tracker_app.study.study import Study

DEMO = files("tracker_app.study").joinpath("demo.toml").read_bytes()


@pytest.fixture
def study() -> Study:
    return parse_study(DEMO, "demo.toml")


def test_the_demonstration_study_is_valid(study: Study) -> None:
    assert study.answers_per_turn == 2
    assert study.uses_demonstration_model


def test_the_hash_follows_the_bytes(study: Study) -> None:
    assert parse_study(DEMO + b"\n", "x").sha256 != study.sha256


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"[talk]", b"[tolk]", "tolk"),
        (b"min_turns = 2", b"min_turns = 0", "min_turns"),
        (b'mode = "pairwise"', b'mode = "triple"', "mode"),
        (b'provider = "embedded"', b'provider = "openai"', "endpoint"),
        (b'provider = "embedded"', b'provider = "scripted"', "answers"),
        (b'id = "demo"', b"", "id"),
        (b'id = "demo"', b'id = "demo"\nsha256 = "x"', "computed"),
        (b'title = "', b'title = "\xff', "demo"),
        (b"[consent]", b"[consent", "demo"),
        (b'id = "gaze"', b'id = "gazze"', "gazze"),
        (b'id = "mouse"', b'id = "gaze"', "twice"),
        (b"max_turns = 6", b"max_turns = 1", "min_turns"),
        (b"points = 9", b"points = 7", "points"),
        (b"max_error_deg = 5.0", b"max_error_deg = inf", "max_error_deg"),
        (b'provider = "embedded"', b'provider = "embedded"\nendpoint = "x"', "http"),
    ],
)
def test_a_mistake_is_named(old: bytes, new: bytes, sentence: str) -> None:
    assert old in DEMO
    with pytest.raises(StudyFileError, match=sentence):
        parse_study(DEMO.replace(old, new, 1), "demo.toml")


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match="cannot be read"):
        load_study(tmp_path / "none.toml")


def test_sides_are_fixed_for_a_session_and_balanced_over_sessions(study: Study) -> None:
    text = DEMO.replace(
        b"[[models]]", b'[[models]]\nid = "b"\nprovider = "embedded"\n[[models]]', 1
    )
    two = parse_study(text, "two")
    lefts = [assign_sides(two, f"s{i}")[0].id for i in range(400)]
    assert assign_sides(two, "s1") == assign_sides(two, "s1")
    assert 150 < lefts.count("b") < 250
    assert [m.id for m in assign_sides(study, "s1")] == ["smollm2-135m"] * 2
