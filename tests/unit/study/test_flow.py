"""Random walks through the flow: what may happen, what may be recorded, and coming back."""

import random
from collections.abc import Iterator

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
    plan_of,
    possible,
    replayed,
    start,
    step_record,
)
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
LONGEST = 60


def _plans(study: Study, rng: random.Random) -> Iterator[Plan]:
    """Plans of every shape."""
    question = Question(id="age", label="Age", kind="number", high=99)
    while True:
        when = rng.choice(["before", "after_first_task", None])
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
def walks(study: Study) -> list[tuple[Plan, list[tuple[Event, Place]]]]:
    rng = random.Random(6)
    plans = _plans(study, rng)
    return [(plan := next(plans), _walk(plan, rng)) for _ in range(WALKS)]
