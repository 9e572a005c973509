"""What a session's assignment comes to, and what is drawn turn by turn.

Models, sides and topics are drawn once for a session, by `allocation` and with the counts of other
sessions in mind. What is drawn here has lots of its own, seeded by study and session: so it tells
nothing of the models, and can be drawn again.
"""

from collections.abc import Collection, Sequence

from tracker_app.study.lots import lot_of
from tracker_app.study.study import PromptTreatment, Study, Topic


def treatment_of(study: Study, session_id: str, turn: int) -> PromptTreatment | None:
    """What is added to the question of a turn, if anything."""
    share = lot_of(study, session_id, f"treatment {turn}").random()
    for treatment in study.treatments:
        share -= treatment.share
        if share < 0:
            return treatment
    return None


def offered_topics(study: Study, order: Sequence[str], taken: Collection[str]) -> list[Topic]:
    """The topics of the next task, in the order to show them.

    Args:
        study: that has them.
        order: ids, as drawn for the session; one that the study has no more is passed over.
        taken: ids of earlier tasks' topics, which do not come again.
    """
    topics = {topic.id: topic for topic in study.topics}
    left = [topics[one] for one in order if one in topics and one not in taken]
    return left[: study.tasks.topics_shown if study.tasks.choice == "participant" else 1]


def sampled_turn(study: Study, session_id: str, task: int, turns: Sequence[int]) -> int:
    """The turn whose key sentence is asked for: each of a task's turns is as likely.

    Reservoir sampling (Vitter 1985, algorithm R), as the IFLLM site draws it while turns come.

    Raises:
        ValueError: without a turn.
    """
    if not turns:
        raise ValueError("there is no turn to sample from")
    lot = lot_of(study, session_id, f"key sentence {task}")
    kept = turns[0]
    for count, turn in enumerate(turns, start=1):
        if lot.randrange(count) == 0:
            kept = turn
    return kept
