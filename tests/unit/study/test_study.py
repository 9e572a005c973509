from importlib.resources import files

import pytest
from pydantic import ValidationError

from tracker_app.study.flow import has_consent
from tracker_app.study.reading import examine, parse_study
from tracker_app.study.schema import all_tables, table_in
from tracker_app.study.study import PATTERNS, Question, Study, TalkRules

DEMO = files("tracker_app.study").joinpath("demo.toml").read_bytes()


@pytest.fixture
def study() -> Study:
    return parse_study(DEMO, "demo.toml")


def test_the_demonstration_study_is_valid(study: Study) -> None:
    assert study.answers_per_turn == 2
    assert study.uses_demonstration_model
    assert [r.path for r in examine(DEMO).remarks] == ["completion.leaving_is_paid", "models"]


def test_the_hash_follows_the_bytes(study: Study) -> None:
    assert parse_study(DEMO + b"\n", "x").sha256 != study.sha256


def test_required_ticks_are_consent_and_optional_ones_are_not_needed(study: Study) -> None:
    required: dict[str, bool] = {t.id: True for t in study.consent.ticks if t.required}
    assert has_consent(study, required)
    for name in required:
        assert not has_consent(study, {**required, name: False})


def test_every_required_key_shows_what_it_may_look_like() -> None:
    for header, table in all_tables():
        for name, field in table.model_fields.items():
            if field.is_required() and table_in(field.annotation) is None:
                assert field.examples, f"{header} {name}"


def test_every_pattern_is_put_into_words() -> None:
    found = set()
    for _, table in all_tables():
        for part in str(table.model_json_schema()).split("'pattern': ")[1:]:
            found.add(part[1 : part.index(part[0], 1)].replace("\\\\", "\\"))
    assert found
    assert found <= set(PATTERNS)


def test_a_table_made_by_a_program_keeps_to_the_rules_too() -> None:
    with pytest.raises(ValidationError, match="at least min_turns"):
        TalkRules(min_turns=5, max_turns=2)
    with pytest.raises(ValidationError, match="high = 120"):
        Question(id="age", label="Age", kind="number")


@pytest.mark.parametrize(
    ("server", "leaves"), [("https://here.example.org", True), ("http://127.0.0.1:8321", False)]
)
def test_what_the_studys_server_is_asked_leaves_the_computer(server: str, leaves: bool) -> None:
    text = (
        DEMO + f'\n[[models]]\nid = "a"\nprovider = "proxy"\n[server]\nurl = "{server}"\n'.encode()
    )
    assert parse_study(text, "x").asks_far_models == leaves
