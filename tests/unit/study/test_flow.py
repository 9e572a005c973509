"""Random walks through the flow: what may happen, what may be recorded, and coming back."""

import random
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from typing import Literal

import pytest

from tracker_app.records import FlowStep
from tracker_app.study.flow import (
    EYE_STEPS,
    Event,
    FlowError,
    Place,
    Plan,
    Step,
    after,
    has_consent,
    plan_of,
    possible,
    replayed,
    start,
    step_record,
)
from tracker_app.study.reading import parse_study
from tracker_app.study.study import (
    AfterTalk,
    Instruction,
    Question,
    Questionnaire,
    RecordingRules,
    Study,
    Tasks,
    Topic,
)

WALKS = 10_000
PLANS = 400
LONGEST = 60
WHEN: list[Literal["before", "after_first_task"] | None] = ["before", "after_first_task", None]
PAUSING = (Event.PAUSED, Event.RESUMED, Event.RESTARTED)


@pytest.fixture(scope="module")
def study() -> Study:
    demo = files("tracker_app.study").joinpath("demo.toml").read_bytes()
    return parse_study(demo, "demo.toml")


def _plans(study: Study, rng: random.Random) -> Iterator[Plan]:
    """Plans of every shape."""
    question = Question(id="age", label="Age", kind="number", high=99)
    while True:
        when = rng.choice(WHEN)
        tasks = rng.randint(1, 3)
        shape = study.model_copy(
            update={
                "questionnaire": Questionnaire(when=when, questions=[question]) if when else None,
                "instructions": [Instruction(title="One", text="One.")] * rng.randint(0, 2),
                "topics": [Topic(id=f"t{i}", title="T") for i in range(3)] * rng.randint(0, 1),
                "tasks": Tasks(per_visit=tasks),
                "after": AfterTalk(
                    knowledge=rng.random() < 0.5,
                    summary=rng.random() < 0.5,
                    key_sentence=rng.random() < 0.5,
                    feedback=rng.random() < 0.5,
                ),
                "recording": RecordingRules(upload=rng.choice(["live", "after_review"])),
            }
        )
        yield plan_of(shape, asks_code=rng.random() < 0.3, only_calibrates=rng.random() < 0.1)


def _walk(plan: Plan, rng: random.Random) -> list[tuple[Event, Place]]:
    """A participant who does anything that can be done, until it is over or they vanish."""
    place = start(plan)
    walk = [(Event.STARTED, place)]
    while possible(place) and len(walk) < LONGEST:
        # Going on is what people do most; else every walk would end at its first steps.
        events = sorted(possible(place))
        usual = [e for e in events if e in (Event.DONE, Event.AGREED, Event.RESUMED)]
        event = rng.choice(usual if usual and rng.random() < 0.7 else events)
        place = after(plan, place, event)
        walk.append((event, place))
    return walk


def _records(walk: list[tuple[Event, Place]]) -> list[FlowStep]:
    return [step_record(place, event, t) for t, (event, place) in enumerate(walk)]


@pytest.fixture(scope="module")
def walks(study: Study) -> "Walks":
    rng = random.Random(6)
    plans = _plans(study, rng)
    drawn = [next(plans) for _ in range(PLANS)]
    return [(plan := rng.choice(drawn), _walk(plan, rng)) for _ in range(WALKS)]


Walks = list[tuple[Plan, list[tuple[Event, Place]]]]


def test_walks_reach_every_step_and_use_every_event(walks: Walks) -> None:
    seen = [(event, place.shown) for _, walk in walks for event, place in walk]
    assert {event for event, _ in seen} == set(Event)
    assert {step for _, step in seen} == set(Step)


def test_nothing_is_recorded_before_consent_while_paused_or_after_the_end(walks: Walks) -> None:
    for _, walk in walks:
        events = [event for event, _ in walk]
        for i, (_, place) in enumerate(walk):
            has_agreed = any(
                e in (Event.AGREED, Event.AGREED_WITHOUT_GAZE) for e in events[: i + 1]
            )
            last = next((e for e in events[i::-1] if e in PAUSING), None)
            is_over = place.step in (Step.REVIEW, Step.THANKS, Step.DECLINED, Step.WITHDRAWN)
            may_record = has_agreed and last is not Event.PAUSED and not is_over
            assert place.records is may_record, (events[: i + 1], place)


def test_eyes_are_calibrated_before_every_talk_in_which_they_are_followed(walks: Walks) -> None:
    for _, walk in walks:
        are_ready = False
        for (_, before), (event, place) in pairwise(walk):
            if event in (Event.RESTARTED, Event.CAMERA_LOST, Event.RECALIBRATE):
                are_ready = False
            elif event is Event.DONE and before.step is Step.CALIBRATION:
                are_ready = True
            if place.step is Step.TALK and place.uses_eyes:
                assert are_ready


def test_every_abandoned_walk_is_found_again_from_its_records(walks: Walks) -> None:
    for plan, walk in walks:
        _, place = walk[-1]
        found = replayed(plan, _records(walk))
        assert found == (place if place.is_session else None)


def test_every_abandoned_walk_can_be_resumed_and_come_through(walks: Walks) -> None:
    for plan, walk in walks:
        found = replayed(plan, _records(walk))
        if found is None or found.is_final:
            continue
        place = after(plan, found, Event.RESTARTED)
        assert not place.is_paused
        assert (place.step, place.task) == (found.step, found.task) or (
            place.step is Step.SETUP and found.uses_eyes
        )
        steps = 0
        while not place.is_final:
            place = after(plan, place, Event.DONE)
            steps += 1
            assert steps < LONGEST
        assert place.step is Step.THANKS
        assert place.ending == (found.ending or plan.ending)


def test_going_on_leads_through_every_stop_once_and_in_order(walks: Walks) -> None:
    for plan in {plan for plan, _ in walks}:
        place, seen = start(plan), []
        while not place.is_final:
            seen.append((place.step, place.task))
            place = after(plan, place, Event.AGREED if place.step is Step.CONSENT else Event.DONE)
        assert (*seen, (place.step, place.task)) == plan.stops


def test_who_does_not_agree_to_gaze_is_never_calibrated(walks: Walks) -> None:
    for _, walk in walks:
        if any(event is Event.AGREED_WITHOUT_GAZE for event, _ in walk):
            assert not any(place.step in EYE_STEPS for _, place in walk)


def test_a_calibration_out_of_turn_leads_back_to_where_it_was_asked_for(study: Study) -> None:
    plan = plan_of(study)
    talk = Place(Step.TALK, is_session=True, uses_eyes=True, are_eyes_ready=True)
    again = after(plan, talk, Event.RECALIBRATE)
    assert again.step is Step.CALIBRATION
    assert after(plan, again, Event.DONE) == talk
    lost = after(plan, again, Event.CAMERA_LOST)
    calibrated = after(plan, after(plan, lost, Event.DONE), Event.DONE)
    assert calibrated == talk
    blind = after(plan, lost, Event.MOUSE_ONLY)
    assert (blind.step, blind.uses_eyes) == (Step.TALK, False)


def test_what_cannot_happen_is_refused(study: Study) -> None:
    plan = plan_of(study)
    with pytest.raises(FlowError, match="paused cannot happen"):
        after(plan, start(plan), Event.PAUSED)
    thanks = Place(Step.THANKS, is_session=True, ending="finished")
    for event in Event:
        with pytest.raises(FlowError):
            after(plan, thanks, event)


def test_a_review_comes_before_the_end_however_it_ends(study: Study) -> None:
    reviewed = study.model_copy(update={"recording": RecordingRules(upload="after_review")})
    plan = plan_of(reviewed)
    talk = Place(Step.TALK, is_session=True)
    for event, ending in ((Event.LEFT, "left"), (Event.STOPPED, "stopped")):
        place = after(plan, talk, event)
        assert (place.step, place.ending) == (Step.REVIEW, ending)
        assert after(plan, place, Event.DONE).ending == ending
    assert after(plan, talk, Event.WITHDRAWN).step is Step.WITHDRAWN


def test_consent_needs_every_required_tick_and_no_optional_one(study: Study) -> None:
    ticks = {str(tick.id): tick.required for tick in study.consent.ticks}
    assert has_consent(study, ticks)
    assert not has_consent(study, {**ticks, study.consent.ticks[0].id: False})
    assert not has_consent(study, {})
