"""What every language model looks like to the conversation."""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

NAME_CHARACTERS = 200  # what a record keeps of a name that a server tells
MAX_COUNT = 2**53
ChatMessage = dict[str, str]  # role and content, as in OpenAI's protocol
Parameters = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Piece:
    """More text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class TokenProbability:
    """One token of the answer as the model made it."""

    text: str
    logprob: float  # natural logarithm


@dataclass(frozen=True, slots=True)
class Finish:
    """The answer is complete. What a provider does not tell is empty."""

    reason: str
    usage: dict[str, int] = field(default_factory=dict)  # tokens
    model: str = ""  # what it says answered: a name and revision, never shown
    fingerprint: str = ""  # of its set-up
    tokens: tuple[TokenProbability, ...] = ()


Parts = Generator[Piece | Finish, None, None]


def token_counts(usage: Mapping[str, Any] | None) -> dict[str, int]:
    """What can be kept of the usage that a server tells."""
    return {
        name[:NAME_CHARACTERS]: count
        for name, count in (usage or {}).items()
        if type(count) is int and 0 <= count < MAX_COUNT
    }


class Cancellation(threading.Event):
    """Tells whoever waits for a model that nobody wants the answer any more."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._calls: list[Callable[[], object]] = []

    def set(self) -> None:
        """Cancel; what waits on a connection is woken."""
        super().set()
        with self._lock:
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    def on_set(self, call: Callable[[], object]) -> None:
        """Call this, from whichever thread, once it is cancelled; now if it is."""
        with self._lock:
            if not self.is_set():
                self._calls.append(call)
                return
        call()


class Provider(Protocol):
    """A language model that answers piece by piece."""

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        """Yield pieces, then exactly one Finish; returns early once `cancel` is set.

        Asks once: who wants another attempt asks again. Whoever closes the generator wants no
        more: the model is told to stop.

        Args:
            messages: what was said so far, and the question.
            parameters: of the model, as they are.
            cancel: nobody wants the answer any more.
            message_id: under which the answer is recorded, for a server that keeps one too.

        Raises:
            ProviderError: one sentence for the participant; what came before is no answer.
        """
        ...

    def close(self) -> None:
        """Release what the provider holds."""
        ...
