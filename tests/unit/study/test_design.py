"""What can be drawn in a study, by its file."""

from importlib.resources import files

import pytest

from tracker_app.study.design import design_of, models_of
from tracker_app.study.reading import parse_study
from tracker_app.study.study import (
    AssignmentRules,
    ModelSpec,
    ProviderKind,
    Study,
    TalkRules,
    Tasks,
)


@pytest.fixture(scope="module")
def study() -> Study:
    demo = parse_study(files("tracker_app.study").joinpath("demo.toml").read_bytes(), "demo")
    models = [ModelSpec(id=one, provider=ProviderKind.EMBEDDED) for one in ("a", "b", "c")]
    return demo.model_copy(update={"models": models})


def _pairs(study: Study) -> list[tuple[str, ...]]:
    return [pair for group in design_of(study).groups for pair in group.pairs]


def test_each_model_meets_each_other_on_both_sides(study: Study) -> None:
    assert _pairs(study) == [("a|b", "b|a"), ("a|c", "c|a"), ("b|c", "c|b")]


def test_named_pairs_are_the_only_ones(study: Study) -> None:
    named = AssignmentRules(pairs=[["c", "a"], ["b", "b"]], sessions_per_pair=8)
    chosen = study.model_copy(update={"assignment": named})
    assert _pairs(chosen) == [("c|a", "a|c"), ("b|b",)]
    assert design_of(chosen).quota == 8


def test_a_single_model_stands_on_both_sides(study: Study) -> None:
    alone = study.model_copy(update={"models": study.models[:1]})
    assert _pairs(alone) == [("a|a",)]
    assert [model.id for model in models_of(alone, "a|a")] == ["a", "a"]


def test_where_one_answers_each_model_is_drawn_by_itself(study: Study) -> None:
    single = study.model_copy(update={"talk": TalkRules(mode="single")})
    assert _pairs(single) == [("a",), ("b",), ("c",)]
    assert [model.id for model in models_of(single, "b")] == ["b"]


def test_as_many_topics_count_as_are_drawn_for_a_visit(study: Study) -> None:
    assert design_of(study).topics_taken == 1
    drawn = study.model_copy(update={"tasks": Tasks(choice="assigned", per_visit=2)})
    assert design_of(drawn).topics_taken == 2
