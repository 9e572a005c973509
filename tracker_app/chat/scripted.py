"""A model with fixed answers, for trying a study out without one."""

from collections.abc import Sequence
from itertools import count

from tracker_app.chat.provider import Cancellation, ChatMessage, Finish, Parameters, Parts, Piece


class ScriptedModel:
    """Gives its answers in turn, a word at a time, about as fast as people read."""

    def __init__(self, answers: Sequence[str], words_per_s: float = 30) -> None:
        self._answers = answers
        self._pause_s = 1 / words_per_s
        self._turn = count()

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        """See `Provider.answer`."""
        del messages, parameters, message_id
        words = self._answers[next(self._turn) % len(self._answers)].split(" ")
        for i, word in enumerate(words):
            if cancel.wait(self._pause_s):
                return
            yield Piece(word if i == 0 else " " + word)
        yield Finish("stop", {"completion_tokens": len(words)})

    def close(self) -> None:
        """Nothing is held."""
