"""Any endpoint that speaks OpenAI's chat completions protocol with server-sent events.

OpenAI, Together, vLLM, Ollama and llama.cpp do, and so does the study's own server.
"""

import json
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
    TokenProbability,
    token_counts,
)
from tracker_app.decoding import decodable
from tracker_app.errors import FailureKind

MESSAGE_ID_HEADER = "X-Message-Id"
LEAST_LOGPROB = -9999.0  # in place of minus infinity, as OpenAI and vLLM have it


@decodable
class _Delta(msgspec.Struct, frozen=True):
    content: str | None = None  # what a model thinks stands beside it


@decodable
class _Token(msgspec.Struct, frozen=True):
    token: str
    logprob: float | None = None


@decodable
class _Logprobs(msgspec.Struct, frozen=True):
    content: list[_Token] | None = None


@decodable
class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta | None = None
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


@decodable
class _Event(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    usage: dict[str, Any] | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    error: Any = None
    object: str | None = None
    message: Any = None  # of an error of older vLLM


class OpenAICompatible:
    """One model behind one endpoint, such as `http://127.0.0.1:8000/v1`."""

    def __init__(
        self,
        endpoint: str,
        model: str,
        key: str | None = None,
        *,
        patience: Patience = PATIENCE,
        names_messages: bool = False,
    ) -> None:
        """Prepare to ask.

        Args:
            endpoint: its address, without `/chat/completions`.
            model: as the endpoint calls it.
            key: of the endpoint, if it wants one.
            patience: how long to wait.
            names_messages: tell the endpoint which message it answers: the study's own server.
        """
        self._url = endpoint.rstrip("/") + "/chat/completions"
        self._model = model
        self._headers = {"Authorization": f"Bearer {key.strip()}"} if key else {}
        self._patience = patience
        self._names_messages = names_messages

    def request_body(
        self, messages: Sequence[ChatMessage], parameters: Parameters
    ) -> dict[str, Any]:
        """Exactly what is sent."""
        return {
            **parameters,
            "model": self._model,
            "messages": list(messages),
            "stream": True,
            "stream_options": {"include_usage": True},
        }

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        """See `Provider.answer`."""
        name = {MESSAGE_ID_HEADER: message_id} if self._names_messages and message_id else {}
        request = Request(
            self._url, {**self._headers, **name}, self.request_body(messages, parameters)
        )
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
        self._fingerprint = ""
        self._tokens: list[TokenProbability] = []

    def hear(self, data: str) -> Iterator[Piece]:
        if data == "[DONE]":
            self.is_done = True
            return
        event = _decoded(data)
        if event.error is not None or event.object == "error":
            raise reported(event.error if event.error is not None else event.message)
        if event.choices is None and event.usage is None:
            raise failure(FailureKind.MALFORMED)
        self._usage = token_counts(event.usage) or self._usage
        self._model = event.model or self._model
        self._fingerprint = event.system_fingerprint or self._fingerprint
        for choice in (event.choices or [])[:1]:
            if choice.logprobs is not None:
                self._tokens += map(_probability, choice.logprobs.content or ())
            if choice.delta is not None and choice.delta.content:
                yield Piece(choice.delta.content)
            self._reason = choice.finish_reason or self._reason

    def finish(self) -> Finish:
        if self._reason == "content_filter":
            raise failure(FailureKind.CONTENT_FILTER)
        if not self._reason:
            raise failure(FailureKind.BROKE_OFF)
        return Finish(
            self._reason[:NAME_CHARACTERS],
            self._usage,
            self._model[:NAME_CHARACTERS],
            self._fingerprint[:NAME_CHARACTERS],
            tuple(self._tokens),
        )


def _probability(token: _Token) -> TokenProbability:
    logprob = LEAST_LOGPROB if token.logprob is None else token.logprob
    return TokenProbability(token.token, min(max(logprob, LEAST_LOGPROB), 0.0))


def _decoded(data: str) -> _Event:
    try:
        return msgspec.json.decode(data, type=_Event)
    except (msgspec.MsgspecError, RecursionError) as error:
        if "Infinity" in data or "NaN" in data:
            return _without_infinities(data)
        raise failure(FailureKind.MALFORMED) from error


def _without_infinities(data: str) -> _Event:
    """An event of a server that writes Python's -Infinity for a token it would never choose."""
    try:
        values = json.loads(data, parse_constant=lambda _: None)
        return msgspec.json.decode(msgspec.json.encode(values), type=_Event)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise failure(FailureKind.MALFORMED) from error
