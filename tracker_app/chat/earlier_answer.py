"""An answer of before, shown once more."""

from dataclasses import dataclass

from tracker_app.chat.conversation import Conversation
from tracker_app.chat.rendering import Rendering


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """A question, and the answer of its that is shown again."""

    turn: int
    side: int
    question: str
    message_id: str
    shown: Rendering  # as it was displayed


def earlier_answer(conversation: Conversation, turn: int) -> EarlierAnswer:
    """The answer of a turn: of a pair the preferred one.

    Args:
        conversation: of the task.
        turn: one of its finished turns, by its number in the session.
    """
    found = conversation.turn(turn)
    side = found.preferred_side or conversation.sides[0]
    answer = found.answers[side]
    shown = conversation.shown(answer)
    return EarlierAnswer(turn, side, found.question, answer.message_id, shown)
