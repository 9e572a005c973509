"""The collection server's HTTP interface. No input may make it answer 5xx, hang or grow.

Bodies are read up to a limit and then decoded completely: what is stored decodes to records.
"""

import asyncio
import hmac
import logging
from collections import Counter
from typing import Any

import anyio
import anyio.to_thread
import apsw
import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError

from tracker_app import __version__
from tracker_app.clock import Clock, SystemClock
from tracker_app.codec import decode_chunk, inflate, sha256
from tracker_app.decoding import decodable
from tracker_app.errors import DamagedRecordError, TooLargeError
from tracker_app.records import FORMAT_VERSION, Record
from tracker_app.store import places
from tracker_app.store.sqlite import Store, Stored
from tracker_app.store.wire import (
    HASH_HEADER,
    MAX_BODY_BYTES,
    MAX_MANIFEST_BYTES,
    MAX_PLACE_BYTES,
    SESSION_ID,
    BatchAnswer,
    EnrolAnswer,
    EnrolRequest,
    Manifest,
    PlaceRequest,
    Refusal,
    is_consistent,
)

logger = logging.getLogger(__name__)
BODY_TIMEOUT_S = 30.0
MAX_ENROL_BYTES = 10_000
NS_PER_S = 1_000_000_000
MAX_SEQ = 1_000_000
MAX_CHUNK_RECORDS = 100_000  # a client's chunk cannot hold as many


@decodable
class _BatchOutline(msgspec.Struct):
    n: int


@decodable
class _Outline(msgspec.Struct):
    """What a chunk claims to be, read before it is decoded."""

    format: int
    batches: list[_BatchOutline]


class RefusalError(Exception):
    """Ends a request with a status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def create_app(store: Store, clock: Clock | None = None) -> FastAPI:
    """The application on a store, which it does not close."""
    clock = clock or SystemClock()
    # A hostile chunk costs tens of MB to decode: not many at a time.
    decoders = anyio.CapacityLimiter(2)
    app = FastAPI(title="Tracker collection server", version=__version__, docs_url=None)

    @app.exception_handler(RefusalError)
    async def refuse(_: Request, error: RefusalError) -> Response:
        return json_answer(error.status, Refusal(str(error)))

    @app.exception_handler(RequestValidationError)
    async def refuse_invalid(_: Request, error: RequestValidationError) -> Response:
        del error
        return json_answer(422, Refusal("The address is not valid."))

    @app.exception_handler(apsw.Error)
    async def refuse_for_now(_: Request, error: apsw.Error) -> Response:
        # The one fault that is ours and passes: a full disk. The client keeps its data.
        logger.error("the store failed: %s", error)
        return json_answer(
            503, Refusal("The server cannot store anything now."), {"Retry-After": "30"}
        )

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.post("/v1/enrol")
    async def enrol(request: Request) -> Response:
        wanted = parse(await read_body(request, MAX_ENROL_BYTES), EnrolRequest)
        if not SESSION_ID.fullmatch(wanted.session_id):
            raise RefusalError(422, "The session id is not a UUID of version 7.")
        token = await asyncio.wrap_future(
            store.enrol(wanted.code, wanted.session_id, wanted.study_id, wanted.study_sha256)
        )
        if token is None:
            raise RefusalError(403, "This enrolment code is not valid, or was used already.")
        return json_answer(201, EnrolAnswer(token))

    @app.post("/v1/sessions/{session_id}/place")
    async def take_place(session_id: str, request: Request) -> Response:
        await authorise(store, request, session_id)
        wanted = parse(await read_body(request, MAX_PLACE_BYTES), PlaceRequest)
        utc_s = clock.utc_ns() // NS_PER_S
        return json_answer(
            200, await asyncio.wrap_future(store.take_place(session_id, wanted, utc_s))
        )

    @app.put("/v1/sessions/{session_id}/batches/{seq}")
    async def put_batch(session_id: str, seq: int, request: Request) -> Response:
        await authorise(store, request, session_id)
        if not 0 <= seq <= MAX_SEQ:
            raise RefusalError(422, "The chunk's number is out of range.")
        if request.headers.get("Content-Encoding") != "gzip":
            raise RefusalError(415, "A chunk is gzipped JSON.")
        body = await read_body(request, MAX_BODY_BYTES)
        if not hmac.compare_digest(
            sha256(body).encode(), request.headers.get(HASH_HEADER, "").encode()
        ):
            raise RefusalError(422, "The body does not have the hash that its header names.")
        counts, told = await anyio.to_thread.run_sync(_read_chunk, body, limiter=decoders)
        outcome, acked = await asyncio.wrap_future(
            store.put_batch(session_id, seq, sha256(body), counts, body)
        )
        if outcome is Stored.CONFLICT:
            raise RefusalError(409, "Another chunk is stored under this number.")
        if told:  # also of a chunk that is there already: it may have been stored and no more
            await asyncio.wrap_future(store.note_records(session_id, told))
        return json_answer(201 if outcome is Stored.NEW else 200, BatchAnswer(seq, acked))

    @app.put("/v1/sessions/{session_id}/manifest")
    async def put_manifest(session_id: str, request: Request) -> Response:
        await authorise(store, request, session_id)
        manifest = parse(await read_body(request, MAX_MANIFEST_BYTES), Manifest)
        if manifest.session_id != session_id or not is_consistent(manifest):
            raise RefusalError(422, "The manifest contradicts itself.")
        return json_answer(200, await asyncio.wrap_future(store.put_manifest(manifest)))

    @app.get("/v1/sessions/{session_id}")
    async def status(session_id: str, request: Request) -> Response:
        await authorise(store, request, session_id)
        return json_answer(200, await asyncio.wrap_future(store.status(session_id)))

    return app


def json_answer(status: int, answer: Any, headers: dict[str, str] | None = None) -> Response:
    """A response of one JSON object."""
    return Response(msgspec.json.encode(answer), status, headers, "application/json")


def parse(body: bytes, kind: type[Any]) -> Any:
    """What a body says, if it is of this kind."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusalError(422, f"The body is not valid: {error}") from error
    except RecursionError as error:
        raise RefusalError(422, "It nests too deeply.") from error


def _read_chunk(body: bytes) -> tuple[dict[str, int], list[Record]]:
    """How many records of each stream a chunk holds, and the last of each that tell of a place."""
    try:
        outline = msgspec.json.decode(inflate(body), type=_Outline)
        if outline.format > FORMAT_VERSION:
            raise RefusalError(426, f"Format {outline.format} is newer than this server.")
        if sum(batch.n for batch in outline.batches) > MAX_CHUNK_RECORDS:
            raise RefusalError(413, f"A chunk holds at most {MAX_CHUNK_RECORDS} records.")
        entries = decode_chunk(body)
    except TooLargeError as error:
        raise RefusalError(413, str(error)) from error
    except (DamagedRecordError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusalError(422, ascii(str(error))) from error
    except RecursionError as error:
        raise RefusalError(422, "It nests too deeply.") from error
    counts = dict(sorted(Counter(entry.stream for entry in entries).items()))
    told = {e.stream: e.record for e in entries if isinstance(e.record, places.TOLD)}
    return counts, list(told.values())


async def read_body(request: Request, limit: int) -> bytes:
    """The body, refused as soon as it is larger than allowed or too slow to come."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for block in request.stream():
                body += block
                if len(body) > limit:
                    raise RefusalError(413, f"The body is larger than {limit} bytes.")
    except TimeoutError as error:
        raise RefusalError(408, "The body did not come in time.") from error
    return bytes(body)


async def authorise(store: Store, request: Request, session_id: str) -> None:
    """Refuse unless the token is this session's: 401 unknown token, 403 of another session."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise RefusalError(401, "A token is needed. Enrol first.")
    owner = await asyncio.wrap_future(store.session_of(token))
    if owner is None:
        raise RefusalError(401, "This token is not known. Enrol again.")
    if owner != session_id:
        raise RefusalError(403, "This token belongs to another session.")
