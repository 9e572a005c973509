"""What is drawn by lot: the same for a session each time, fair over sessions."""

from collections import Counter
from importlib.resources import files

import pytest

from tracker_app.study.design import offered_topics
from tracker_app.study.lots import sampled_turn, treatment_of
from tracker_app.study.reading import parse_study
from tracker_app.study.study import PromptTreatment, Study, Tasks, Topic

SESSIONS = [f"session-{i}" for i in range(2_000)]


@pytest.fixture(scope="module")
def study() -> Study:
    demo = parse_study(files("tracker_app.study").joinpath("demo.toml").read_bytes(), "demo")
    return demo.model_copy(
        update={
            "topics": [Topic(id=f"t{i}", title=f"Topic {i}") for i in range(8)],
            "treatments": [
                PromptTreatment(id="bullets", suffix=" in bullet points", share=0.3),
                PromptTreatment(id="short", suffix=" in one sentence", share=0.2),
            ],
        }
    )


def test_treatments_have_their_share_of_the_turns_and_are_drawn_the_same_again(
    study: Study,
) -> None:
    drawn = [treatment_of(study, session, turn) for session in SESSIONS for turn in (0, 5)]
    counts = Counter(found.id if found else "" for found in drawn)
    assert abs(counts["bullets"] / len(drawn) - 0.3) < 0.03
    assert abs(counts["short"] / len(drawn) - 0.2) < 0.03
    assert drawn == [treatment_of(study, session, turn) for session in SESSIONS for turn in (0, 5)]


def test_without_treatments_nothing_is_added(study: Study) -> None:
    plain = study.model_copy(update={"treatments": []})
    assert treatment_of(plain, "s", 0) is None


def test_topics_come_in_the_order_that_was_drawn_and_none_comes_twice(study: Study) -> None:
    order = [f"t{i}" for i in (7, 2, 3, 5, 6, 1, 0, 4)]
    offered = offered_topics(study, order, ())
    assert [topic.id for topic in offered] == order[: study.tasks.topics_shown]
    again = offered_topics(study, order, {"t7", "t5"})
    assert [topic.id for topic in again] == ["t2", "t3", "t6", "t1", "t0", "t4"]


def test_an_assigned_topic_is_the_only_one_offered(study: Study) -> None:
    assigned = study.model_copy(update={"tasks": Tasks(choice="assigned")})
    assert [topic.id for topic in offered_topics(assigned, ["gone", "t4", "t1"], ())] == ["t4"]


def test_each_turn_is_as_likely_to_be_asked_about(study: Study) -> None:
    counts = Counter(sampled_turn(study, session, 1, [3, 4, 5, 6]) for session in SESSIONS)
    assert set(counts) == {3, 4, 5, 6}
    assert all(abs(n / len(SESSIONS) - 0.25) < 0.04 for n in counts.values())
    assert sampled_turn(study, "s", 1, [9]) == 9
    with pytest.raises(ValueError, match="no turn"):
        sampled_turn(study, "s", 1, [])
