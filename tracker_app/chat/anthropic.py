"""Anthropic's Messages API with server-sent events."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tracker_app.chat.exchange import PATIENCE, Patience, Request, converse
from tracker_app.chat.failures import failure, reported
from tracker_app.chat.provider import (
    NAME_CHARACTERS,
    Cancellation,
    ChatMessage,
    Finish,
    Parameters,
    Parts,
    Piece,
    token_counts,
)
from tracker_app.decoding import decodable
from tracker_app.errors import FailureKind

VERSION = "2023-06-01"
# The protocol wants a limit. This is more than a study shows of an answer (10,000 characters).
MAX_TOKENS = 4096
REFUSAL = "refusal"
# Usage is told in OpenAI's words, so that a study's answers can be compared.
_USAGE_NAMES = {"input_tokens": "prompt_tokens", "output_tokens": "completion_tokens"}


@decodable
class _Start(msgspec.Struct, frozen=True):
    model: str = ""
    usage: dict[str, Any] | None = None


@decodable
class _Delta(msgspec.Struct, frozen=True):
    type: str | None = None
    text: str | None = None  # of a text_delta; what a model thinks comes in others
    stop_reason: str | None = None


@decodable
class _Event(msgspec.Struct, frozen=True):
    type: str
    message: _Start | None = None
    delta: _Delta | None = None
    usage: dict[str, Any] | None = None
    error: Any = None


class Anthropic:
    """One model behind one endpoint, such as `https://api.anthropic.com/v1`."""

    def __init__(
        self, endpoint: str, model: str, key: str | None = None, *, patience: Patience = PATIENCE
    ) -> None:
        """Prepare to ask; arguments as `OpenAICompatible` takes them."""
        self._url = endpoint.rstrip("/") + "/messages"
        self._model = model
        self._headers = {
            "anthropic-version": VERSION,
            **({"x-api-key": key.strip()} if key else {}),
        }
        self._patience = patience

    def request_body(
        self, messages: Sequence[ChatMessage], parameters: Parameters
    ) -> dict[str, Any]:
        """Exactly what is sent."""
        system = "\n\n".join(m["content"] for m in messages if m["role"] == "system")
        return {
            "max_tokens": MAX_TOKENS,
            **parameters,
            "model": self._model,
            **({"system": system} if system else {}),
            "messages": [m for m in messages if m["role"] != "system"],
            "stream": True,
        }

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        """See `Provider.answer`."""
        del message_id
        request = Request(self._url, self._headers, self.request_body(messages, parameters))
        return converse(request, _Listener(), self._patience, cancel)

    def close(self) -> None:
        """Nothing is held between answers."""


class _Listener:
    """See `Listener`."""

    def __init__(self) -> None:
        self.is_done = False
        self._reason = ""
        self._usage: dict[str, int] = {}
        self._model = ""

    def hear(self, data: str) -> Iterator[Piece]:
        try:
            event = msgspec.json.decode(data, type=_Event)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise failure(FailureKind.MALFORMED) from error
        match event.type:
            case "error":
                raise reported(event.error)
            case "message_start" if event.message is not None:
                self._model = event.message.model
                self._count(event.message.usage)
            case "content_block_delta" if event.delta is not None:
                if event.delta.type == "text_delta" and event.delta.text:
                    yield Piece(event.delta.text)
            case "message_delta":
                self._count(event.usage)
                if event.delta is not None:
                    self._reason = event.delta.stop_reason or self._reason
            case "message_stop":
                self.is_done = True
            case _:  # the protocol may grow
                pass

    def finish(self) -> Finish:
        if self._reason == REFUSAL:
            raise failure(FailureKind.CONTENT_FILTER)
        if not self._reason:
            raise failure(FailureKind.BROKE_OFF)
        name = self._model[:NAME_CHARACTERS]
        return Finish(self._reason[:NAME_CHARACTERS], self._usage, name)

    def _count(self, usage: dict[str, Any] | None) -> None:
        counts = token_counts(usage)
        self._usage |= {_USAGE_NAMES.get(name, name): n for name, n in counts.items()}
