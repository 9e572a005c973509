"""What every language model looks like to the conversation."""

import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

ChatMessage = dict[str, str]  # role and content, as in OpenAI's protocol
Parameters = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Piece:
    """More text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The answer is complete. `usage` counts tokens where the provider tells."""

    reason: str
    usage: dict[str, int] = field(default_factory=dict)


Parts = Generator[Piece | Finish, None, None]


class Provider(Protocol):
    """A language model that answers piece by piece."""

    def answer(
        self, messages: Sequence[ChatMessage], parameters: Parameters, cancel: threading.Event
    ) -> Parts:
        """Yield pieces, then exactly one Finish; returns early once `cancel` is set.

        Whoever closes the generator wants no more: the model is told to stop.

        Raises:
            ProviderError: one sentence for the participant; what came before is no answer.
        """
        ...

    def close(self) -> None:
        """Release what the provider holds."""
        ...
