"""What is drawn by lot in a session, apart from its models and topics.

Those are drawn once, by `allocation` and with the counts of other sessions in mind. What is drawn
here has lots of its own, seeded by study and session: so it tells nothing of the models, and
everything can be drawn again.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tracker_app import allocation
from tracker_app.study.study import PromptTreatment, Study

MAX_SEED = 2**31 - 1  # what every provider takes
CHOICE = "choice"  # how the question about a pair is called among what is asked
RATIONALE = "rationale"


@dataclass(frozen=True, slots=True)
class JudgementOrder:
    """The order in which a turn's questions stand, top to bottom and sheet by sheet."""

    is_choice_first: bool
    sides: tuple[int, ...]  # of the rows of each question about the answers


def treatment_of(study: Study, session_id: str, turn: int) -> PromptTreatment | None:
    """What is added to the question of a turn, if anything."""
    share = lot_of(study, session_id, f"treatment {turn}").random()
    for treatment in study.treatments:
        share -= treatment.share
        if share < 0:
            return treatment
    return None


def judgement_order(study: Study, session_id: str) -> JudgementOrder:
    """The order of one session: the same in all its turns, so that nobody errs by habit."""
    sides = tuple(range(1, study.answers_per_turn + 1))
    if study.ratings.order != "random":
        return JudgementOrder(study.ratings.order == "choice_first", sides)
    lot = lot_of(study, session_id, "judgement")
    return JudgementOrder(lot.random() < 0.5, tuple(lot.sample(sides, len(sides))))


def named_order(study: Study, order: JudgementOrder) -> list[str]:
    """The same as names, as a `RatingOnset` has them."""
    ratings = [f"rate_{side}" for side in order.sides]
    first = [CHOICE, *ratings] if order.is_choice_first else [*ratings, CHOICE]
    extra = [f"{q.id}_{side}" for q in study.ratings.questions for side in order.sides]
    return [*first, *extra, *([RATIONALE] if study.ratings.rationale != "none" else [])]


def standing_side(study: Study, session_id: str, turn: int) -> int:
    """The side whose answer stands for a turn in what models are told, where a lot decides."""
    return lot_of(study, session_id, f"history {turn}").randint(1, study.answers_per_turn)


def request_seed(study: Study, session_id: str, message_id: str) -> int:
    """The seed that goes with a request to a model."""
    return lot_of(study, session_id, f"seed {message_id}").randint(1, MAX_SEED)


def repeated_turns(study: Study, session_id: str, task: int, turns: Sequence[int]) -> list[int]:
    """The turns of a task whose pairs are shown again, in the order to show them.

    Args:
        study: says how many.
        session_id: seeds the lot.
        task: its number.
        turns: that can be shown again.
    """
    lot = lot_of(study, session_id, f"repeat {task}")
    return lot.sample(list(turns), min(study.talk.swap_repeats, len(turns)))


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


def lot_of(study: Study, session_id: str, what: str) -> random.Random:
    """A lot of its own for each thing that is drawn in a session."""
    return allocation.lot_of(study.sha256, session_id, what)
