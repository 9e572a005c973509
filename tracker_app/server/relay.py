"""One answer on its way from a model to the application, in OpenAI's words.

A model's client blocks and the event loop must not, so each part is waited for in a thread. The
application may leave at any time, and the model is told to stop at once.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
import anyio.to_thread
import msgspec
from fastapi import Response
from starlette.types import Receive, Scope, Send

from tracker_app.chat.failures import failure
from tracker_app.chat.provider import Cancellation, Finish, Parts, Piece
from tracker_app.clock import Clock
from tracker_app.errors import FailureKind, ProviderError
from tracker_app.server.api import json_answer
from tracker_app.store.generations import Outcome

logger = logging.getLogger(__name__)
PING_S = 15.0  # while a model thinks: the application takes silence for a lost connection
ANSWER_LIMIT_S = 660.0  # a model's own limit, and a client that reads slowly
MS = 1_000_000  # in ns
# Never 401 or 403, which tell of the session's own token.
_STATUSES = {
    FailureKind.RATE_LIMITED: 429,
    FailureKind.BUDGET: 429,
    FailureKind.OVERLOADED: 503,
    FailureKind.TIMEOUT: 504,
    FailureKind.NO_SUCH_MODEL: 404,
    FailureKind.BAD_REQUEST: 422,
    FailureKind.CONTEXT_OVERFLOW: 422,
    FailureKind.CONTENT_FILTER: 422,
    FailureKind.INTERNAL: 500,
}
_OTHER_STATUS = 502
_HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
_TOLD_USAGE = ("prompt_tokens", "completion_tokens")
_LENGTH = ("length", "max_tokens", "model_context_window_exceeded")

_Part = Piece | Finish | ProviderError | None


class Relay(Response):
    """One answer on its way from the model to the application."""

    def __init__(
        self,
        parts: Parts,
        cancel: Cancellation,
        model: str,
        characters: int,
        clock: Clock,
        threads: anyio.CapacityLimiter,
        on_end: Callable[[Outcome], None],
    ) -> None:
        """Prepare to relay.

        Args:
            parts: of the answer; asked for in threads.
            cancel: tells the model that nobody wants them.
            model: as the application knows it.
            characters: how many there may be.
            clock: measures.
            threads: in which the model is asked.
            on_end: hears once what came of it.
        """
        super().__init__(media_type="text/event-stream")
        self._parts = parts
        self._cancel = cancel
        self._model = model
        self._left = characters
        self._threads = threads
        self._on_end = on_end
        self._has_begun = False
        self._stopwatch = _Stopwatch(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Relay until the answer ends, or the application has left."""
        del scope
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._listen, receive)
                tasks.start_soon(self._ping, send)
                with anyio.move_on_after(ANSWER_LIMIT_S):
                    await self._relay(send)
                tasks.cancel_scope.cancel()
        finally:
            self._cancel.set()
            with suppress(ValueError):  # still asked in a thread, where it ends by itself
                self._parts.close()
            self._on_end(self._stopwatch.outcome())

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._cancel.set()

    async def _ping(self, send: Send) -> None:
        while True:
            await anyio.sleep(PING_S)
            await self._send(send, b": ping\n\n")

    async def _relay(self, send: Send) -> None:
        while (part := await self._next()) is not None:
            if isinstance(part, ProviderError):
                await self._fail(send, part)
                return
            await self._send(send, _event(_chunk(part, self._model)))
        if self._has_begun:
            await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _next(self) -> _Part:
        return await anyio.to_thread.run_sync(self._advance, limiter=self._threads)

    def _advance(self) -> _Part:
        """The next part, or why there is none. In a thread."""
        part = self._asked()
        if isinstance(part, Piece):
            self._left -= len(part.text)
            if self._left < 0:
                part = failure(FailureKind.BUDGET)
        self._stopwatch.note(part)
        return part

    def _asked(self) -> _Part:
        try:
            return next(self._parts, None)
        except ProviderError as error:
            return error
        except Exception:  # the thread's last resort
            logger.exception("asking a model failed")
            return failure(FailureKind.INTERNAL)

    async def _fail(self, send: Send, error: ProviderError) -> None:
        if self._has_begun:
            event = _event({"error": _told(error)})
            await send({"type": "http.response.body", "body": event})
            return
        response = refusal(error)
        headers = response.raw_headers
        self._has_begun = True  # no ping any more
        await send(
            {"type": "http.response.start", "status": response.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": response.body})

    async def _send(self, send: Send, body: bytes) -> None:
        if not self._has_begun:
            self._has_begun = True
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": body, "more_body": True})


class _Stopwatch:
    """What came of an answer, and how long it took."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_ns = clock.now_ns()
        self._first_ns: int | None = None
        self._ended_ns: int | None = None
        self._end: Finish | ProviderError | None = None
        self._characters = 0

    def note(self, part: _Part) -> None:
        """Take note of a part, now."""
        if isinstance(part, Piece):
            if self._first_ns is None:
                self._first_ns = self._clock.now_ns()
            self._characters += len(part.text)
        elif part is not None:
            self._ended_ns, self._end = self._clock.now_ns(), part

    def outcome(self) -> Outcome:
        """For the record."""
        finish = self._end if isinstance(self._end, Finish) else Finish("")
        error = self._end if isinstance(self._end, ProviderError) else None
        failure_kind = error.kind if error else ("" if finish.reason else FailureKind.INTERRUPTED)
        ended_ns = self._ended_ns or self._clock.now_ns()
        first_ns = self._first_ns
        return Outcome(
            revision=finish.model,
            fingerprint=finish.fingerprint,
            finish_reason=finish.reason,
            usage=finish.usage,
            characters=self._characters,
            first_piece_ms=None if first_ns is None else (first_ns - self._began_ns) // MS,
            duration_ms=(ended_ns - self._began_ns) // MS,
            failure=str(failure_kind),
            status=error.status if error else None,
        )


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(data) + b"\n\n"


def _chunk(part: Piece | Finish, model: str) -> dict[str, Any]:
    """A part in OpenAI's words, and nothing that tells the model or who serves it."""
    choice: dict[str, Any]
    if isinstance(part, Piece):
        choice = {"index": 0, "delta": {"content": part.text}, "finish_reason": None}
        return {"object": "chat.completion.chunk", "model": model, "choices": [choice]}
    reason = "length" if part.reason in _LENGTH else "stop"
    choice = {"index": 0, "delta": {}, "finish_reason": reason}
    if part.tokens:
        tokens = [{"token": t.text, "logprob": t.logprob} for t in part.tokens]
        choice["logprobs"] = {"content": tokens}
    usage = {name: part.usage[name] for name in _TOLD_USAGE if name in part.usage}
    last = {"object": "chat.completion.chunk", "model": model, "choices": [choice]}
    return {**last, "usage": usage}


def refusal(error: ProviderError) -> Response:
    """A failure before there is any part: its kind is told, and our own sentence."""
    waits = error.retry_after_s
    headers = None if waits is None else {"Retry-After": f"{waits:.0f}"}
    return json_answer(_STATUSES.get(error.kind, _OTHER_STATUS), {"error": _told(error)}, headers)


def _told(error: ProviderError) -> dict[str, str]:
    return {"code": str(error.kind), "message": str(error.sentence)}
