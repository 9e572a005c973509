"""What is drawn by lot. Seeded by study and session, so that everything can be drawn again."""

import random
from collections.abc import Collection, Sequence

from tracker_app.study.study import ModelSpec, PromptTreatment, Study, Topic


def assign_sides(study: Study, session_id: str) -> tuple[ModelSpec, ...]:
    """The model of each side, left first; fixed for a session.

    With a single model both sides are that model: its answers still differ by their sampling.
    """
    models = list(study.models)
    _lot(study, session_id).shuffle(models)
    return tuple(models[i % len(models)] for i in range(study.answers_per_turn))


def treatment_of(study: Study, session_id: str, turn: int) -> PromptTreatment | None:
    """What is added to the question of a turn, if anything."""
    share = _lot(study, session_id, f"treatment {turn}").random()
    for treatment in study.treatments:
        share -= treatment.share
        if share < 0:
            return treatment
    return None


def offered_topics(study: Study, session_id: str, taken: Collection[str]) -> list[Topic]:
    """The topics of the next task, in the order to show them.

    Args:
        study: that has them.
        session_id: seeds the order.
        taken: ids of earlier tasks' topics, which do not come again.
    """
    topics = list(study.topics)
    _lot(study, session_id, "topics").shuffle(topics)
    topics = [topic for topic in topics if topic.id not in taken]
    return topics[: study.tasks.topics_shown if study.tasks.choice == "participant" else 1]


def sampled_turn(study: Study, session_id: str, task: int, turns: Sequence[int]) -> int:
    """The turn whose key sentence is asked for: each of a task's turns is as likely.

    Reservoir sampling (Vitter 1985, algorithm R), as the IFLLM site draws it while turns come.

    Raises:
        ValueError: without a turn.
    """
    if not turns:
        raise ValueError("there is no turn to sample from")
    lot = _lot(study, session_id, f"key sentence {task}")
    kept = turns[0]
    for count, turn in enumerate(turns, start=1):
        if lot.randrange(count) == 0:
            kept = turn
    return kept


def _lot(study: Study, session_id: str, what: str = "") -> random.Random:
    return random.Random(f"{study.sha256}:{session_id}{what and ':'}{what}")
