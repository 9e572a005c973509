"""What of a turn's answers may be seen now, so that arrival tells no more than the study wants.

`whole` shows both together once both are complete; `stream` shows them as they come, from the
moment both have begun; `paced` waits until both are complete and then writes both at one pace, so
that no model's speed can be seen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker_app.chat.conversation import Answer, AnswerState, ConversationTurn

_WORD = re.compile(r"\S+\s*")


class RevealMode(StrEnum):
    """When answers are shown."""

    WHOLE = "whole"
    STREAM = "stream"
    PACED = "paced"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of an answer."""

    text: str
    is_growing: bool  # more is to come


NOTHING = Shown("", is_growing=True)


class Reveal:
    """Decides, for one turn after the other. Time is told to it."""

    def __init__(self, mode: RevealMode, words_per_s: float) -> None:
        """Show nothing yet.

        Args:
            mode: the study's.
            words_per_s: the pace of both answers, where there is one.
        """
        self._mode = mode
        self._words_per_s = words_per_s
        self._turn = -1
        self._since_ns: int | None = None  # when the turn's answers came to be shown
        self._held_ns: int | None = None  # since when nobody sees them
        self._ends: dict[str, Sequence[int]] = {}  # of the words of each answer

    def shown(self, turn: ConversationTurn, now_ns: int) -> dict[int, Shown]:
        """What is shown of each side's answer."""
        if turn.number != self._turn:
            self._turn, self._since_ns, self._held_ns = turn.number, None, None
            self._ends.clear()
        if self._since_ns is None and self._may_begin(turn):
            self._since_ns = now_ns
        if self._since_ns is not None and self._held_ns is not None:
            self._since_ns += now_ns - self._held_ns
        self._held_ns = None
        if self._since_ns is None:
            return dict.fromkeys(turn.answers, NOTHING)
        words = None
        if self._mode is RevealMode.PACED and not turn.is_rated:
            words = int((now_ns - self._since_ns) / 1e9 * self._words_per_s) + 1
        return {side: self._of(answer, words) for side, answer in turn.answers.items()}

    def hold(self, now_ns: int) -> None:
        """Let no time pass until answers are shown again: nobody sees them meanwhile."""
        if self._held_ns is None and self._since_ns is not None:
            self._held_ns = now_ns

    def _may_begin(self, turn: ConversationTurn) -> bool:
        if self._mode is RevealMode.STREAM:
            return all(answer.text for answer in turn.answers.values())
        return turn.is_answered

    def _of(self, answer: Answer, words: int | None) -> Shown:
        is_complete = answer.state is AnswerState.COMPLETE
        if words is None:
            return Shown(answer.text, is_growing=not is_complete)
        ends = self._ends.get(answer.message_id)
        if ends is None:
            ends = [found.end() for found in _WORD.finditer(answer.text)]
            self._ends[answer.message_id] = ends
        if words >= len(ends):
            return Shown(answer.text, is_growing=not is_complete)
        return Shown(answer.text[: ends[words - 1]], is_growing=True)
