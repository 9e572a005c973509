from importlib.resources import files
from pathlib import Path

import pytest

from tracker_app.errors import StudyFileError
from tracker_app.records import FlowStep, SessionEnd
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


def test_required_ticks_are_consent_and_optional_ones_are_not_needed(study: Study) -> None:
    required: dict[str, bool] = {t.id: True for t in study.consent.ticks if t.required}
    assert has_consent(study, required)
    for name in required:
        assert not has_consent(study, {**required, name: False})


def test_sides_are_fixed_for_a_session_and_balanced_over_sessions(study: Study) -> None:
    text = DEMO.replace(
        b"[[models]]", b'[[models]]\nid = "b"\nprovider = "embedded"\n[[models]]', 1
    )
    two = parse_study(text, "two")
    lefts = [assign_sides(two, f"s{i}")[0].id for i in range(400)]
    assert assign_sides(two, "s1") == assign_sides(two, "s1")
    assert 150 < lefts.count("b") < 250
    assert [m.id for m in assign_sides(study, "s1")] == ["smollm2-135m"] * 2


def test_the_steps_follow_each_other_and_end() -> None:
    step = Step.WELCOME
    seen = [step]
    while next_step(step) is not step:
        step = next_step(step)
        seen.append(step)
    assert tuple(seen) == ORDER


@pytest.mark.parametrize(
    ("last", "resumed"),
    [
        (Step.CONSENT, Step.SETUP),
        (Step.CALIBRATION, Step.SETUP),
        (Step.TALK, Step.SETUP),
        (Step.FEEDBACK, Step.FEEDBACK),
    ],
)
def test_an_interrupted_session_goes_on_where_it_can(last: Step, resumed: Step) -> None:
    assert resume_step([FlowStep(t_ns=1, step=last, task=1, event="done")]) is resumed


def test_a_finished_session_is_not_resumed() -> None:
    assert resume_step([SessionEnd(t_ns=1, reason="finished")]) is Step.THANKS
