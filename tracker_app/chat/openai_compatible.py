"""Any endpoint that speaks OpenAI's chat completions protocol with server-sent events."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import requests
import urllib3

from tracker_app.chat.provider import Cancellation, ChatMessage, Finish, Parameters, Parts, Piece
from tracker_app.decoding import decodable
from tracker_app.errors import FailureKind, ProviderError
from tracker_app.wording import tr

CONNECT_TIMEOUT_S = 10
# The longest silence between two bytes; a model that thinks this long will not answer.
READ_TIMEOUT_S = 60
READ_BYTES = 65_536
# No event is nearly as long; a line without end must not fill the memory.
MAX_LINE_CHARACTERS = 8_000_000


@decodable
class _Delta(msgspec.Struct, frozen=True):
    content: str | None = None


@decodable
class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


@decodable
class _Event(msgspec.Struct, frozen=True):
    choices: list[_Choice] = []
    usage: dict[str, Any] | None = None
    error: Any = None


class OpenAICompatible:
    """One model behind one endpoint, such as `http://127.0.0.1:8000/v1`."""

    def __init__(self, endpoint: str, model: str, key: str | None = None) -> None:
        self._url = endpoint.rstrip("/") + "/chat/completions"
        self._model = model
        self._headers = {"Accept": "text/event-stream"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def answer(
        self, messages: Sequence[ChatMessage], parameters: Parameters, cancel: Cancellation
    ) -> Parts:
        """See `Provider.answer`."""
        body = {
            **parameters,
            "model": self._model,
            "messages": list(messages),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        try:
            with requests.post(
                self._url,
                json=body,
                headers=self._headers,
                stream=True,
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
            ) as response:
                _check_status(response)
                yield from _read_answer(_content(response), cancel)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise ProviderError(
                tr("The language model cannot be reached. Check the connection, then try again."),
                FailureKind.UNREACHABLE,
            ) from error

    def close(self) -> None:
        """Nothing is held between answers."""


def _content(response: requests.Response) -> Iterator[bytes]:
    """What has come, as soon as it comes.

    `iter_content` waits for the end of an answer that is not sent in HTTP's own chunks.
    """
    while block := response.raw.read1(READ_BYTES, decode_content=True):
        yield block


def _check_status(response: requests.Response) -> None:
    if response.status_code in (401, 403):
        raise ProviderError(
            tr("The language model refused the key. Ask the person running the study."),
            FailureKind.REFUSED_KEY,
        )
    if response.status_code == 429:
        raise ProviderError(
            tr("The language model is busy. Wait a moment, then try again."),
            FailureKind.RATE_LIMITED,
        )
    if response.status_code != 200:
        raise ProviderError(
            tr(
                "The language model answered with error {status}. Try again.",
                status=response.status_code,
            ),
            FailureKind.SERVER_ERROR,
            status=response.status_code,
        )


def _read_answer(content: Iterable[bytes], cancel: Cancellation) -> Iterator[Piece | Finish]:
    reason: str | None = None
    usage: dict[str, int] = {}
    for data in server_sent_data(content):
        if cancel.is_set():
            return
        if data == "[DONE]":
            break
        event = _parse(data)
        if event.usage:
            usage = {k: v for k, v in event.usage.items() if type(v) is int}
        for choice in event.choices[:1]:
            if choice.delta.content:
                yield Piece(choice.delta.content)
            reason = choice.finish_reason or reason
    if reason is None:
        raise ProviderError(
            tr("The answer broke off before it was complete. Try again."), FailureKind.BROKE_OFF
        )
    yield Finish(reason, usage)


def _parse(data: str) -> _Event:
    try:
        event = msgspec.json.decode(data, type=_Event)
    except msgspec.MsgspecError as error:
        raise ProviderError(
            tr("The language model sent something unreadable. Try again."), FailureKind.MALFORMED
        ) from error
    if event.error is not None:
        raise ProviderError(
            tr("The language model reported an error. Try again."), FailureKind.SERVER_ERROR
        )
    return event


def server_sent_data(content: Iterable[bytes]) -> Iterator[str]:
    """The data of each server-sent event (WHATWG HTML, section 9.2); other fields are ignored.

    Always UTF-8, whatever the response's header claims: the standard allows nothing else.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    data: list[str] = []
    for block in content:
        # A lone \r at the end may be half of \r\n, so line ends are unified after splitting.
        *lines, rest = (rest + decoder.decode(block)).split("\n")
        if len(rest) > MAX_LINE_CHARACTERS:
            raise ProviderError(
                "The language model sent something unreadable. Try again.", FailureKind.MALFORMED
            )
        for line in (raw.rstrip("\r") for raw in lines):
            if line.startswith("data:"):
                data.append(line[5:].removeprefix(" "))
            elif not line and data:
                yield "\n".join(data)
                data = []
    if data:
        yield "\n".join(data)
