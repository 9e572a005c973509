"""Asks models for participants, so that no name and no key is on their computers.

It speaks OpenAI's protocol to the application, with the session's token for a key. A failure keeps
its kind and loses everything that a provider said.
"""

import asyncio
import re
from collections import Counter
from typing import Annotated, Any, Literal

import anyio
import msgspec
from fastapi import FastAPI, Request, Response

from tracker_app.chat.failures import failure
from tracker_app.chat.openai_compatible import MESSAGE_ID_HEADER
from tracker_app.chat.provider import Cancellation
from tracker_app.clock import SystemClock
from tracker_app.codec import sha256
from tracker_app.decoding import decodable
from tracker_app.errors import FailureKind, ProviderError
from tracker_app.server.api import RefusalError, authorise, parse, read_body
from tracker_app.server.models import ServedModel, ServedModels
from tracker_app.server.relay import Relay, refusal
from tracker_app.store.generations import Asked, Generations, Outcome
from tracker_app.store.sqlite import Store

MAX_ANSWERS = 32  # of all sessions at a time, each with threads of its own
MAX_QUESTION_BYTES = 2_000_000  # twenty long turns in a script that JSON escapes
# In the request of either protocol: the participant's words, which are not kept here.
SAID = ("messages", "system")
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{0,60}")
BUSY_RETRY_S = 2.0


@decodable
class _Message(msgspec.Struct):
    role: Literal["system", "user", "assistant"]
    content: str


@decodable
class _Question(msgspec.Struct):
    """Of what the application sends, what is used: parameters are the server's."""

    model: str
    messages: Annotated[list[_Message], msgspec.Meta(min_length=1, max_length=2000)]


class _UnderWay:
    """Counts the answers under way. Belongs to the event loop's thread."""

    def __init__(self, per_session: int) -> None:
        self._per_session = per_session
        self._answers: Counter[str] = Counter()

    def begin(self, session_id: str) -> None:
        """Count one more, or refuse what is too much at a time."""
        if self._answers.total() >= MAX_ANSWERS:
            raise failure(FailureKind.OVERLOADED, retry_after_s=BUSY_RETRY_S)
        if self._answers[session_id] >= self._per_session:
            raise failure(FailureKind.RATE_LIMITED, retry_after_s=BUSY_RETRY_S)
        self._answers[session_id] += 1

    def end(self, session_id: str) -> None:
        """An answer has ended."""
        self._answers[session_id] -= 1
        if not self._answers[session_id]:
            del self._answers[session_id]


def add_answers(app: FastAPI, store: Store, served: ServedModels) -> None:
    """Let an application ask these models."""
    under_way = _UnderWay(served.budget.concurrent_per_session)
    generations, clock = Generations(store), SystemClock()
    threads = anyio.CapacityLimiter(MAX_ANSWERS)

    @app.exception_handler(ProviderError)
    async def refuse(_: Request, error: ProviderError) -> Response:
        return refusal(error)

    @app.post("/v1/sessions/{session_id}/chat/completions")
    async def answer(session_id: str, request: Request) -> Response:
        await authorise(store, request, session_id)
        under_way.begin(session_id)
        try:
            relay = await begin(session_id, request)
        except BaseException:
            under_way.end(session_id)
            raise
        return relay

    async def begin(session_id: str, request: Request) -> Relay:
        message_id = request.headers.get(MESSAGE_ID_HEADER, "")
        if not MESSAGE_ID.fullmatch(message_id):
            raise RefusalError(422, "The message's id is not valid.")
        question = parse(await read_body(request, MAX_QUESTION_BYTES), _Question)
        model = served.models.get(question.model)
        if model is None:
            raise failure(FailureKind.NO_SUCH_MODEL)
        messages = model.messages(msgspec.to_builtins(question.messages))
        parameters = model.table.parameters
        body = model.provider.request_body(messages, parameters)
        asked = _asked(session_id, message_id, model, body)
        budget = served.budget
        row = await asyncio.wrap_future(
            generations.begin(
                asked, budget.requests_per_session, budget.output_characters_per_session
            )
        )
        if row is None:
            raise failure(FailureKind.BUDGET)
        number, characters = row
        cancel = Cancellation()

        def end(outcome: Outcome) -> None:
            generations.finish(number, outcome)
            under_way.end(session_id)

        parts = model.provider.answer(messages, parameters, cancel)
        return Relay(parts, cancel, question.model, characters, clock, threads, end)


def _asked(session_id: str, message_id: str, model: ServedModel, body: dict[str, Any]) -> Asked:
    table = model.table
    parameters = {name: value for name, value in body.items() if name not in SAID}
    return Asked(
        session_id,
        table.id,
        message_id,
        table.provider,
        table.model,
        table.system_prompt,
        msgspec.json.encode(parameters).decode(),
        sha256(msgspec.json.encode(body)),
    )
