"""The model proxy: the server as a process, between our own client and a model's server."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.collection import CODE, SESSION_ID, ServerProcess, wait_until
from tests.model_server import Handler, ModelServer, Reply, answering, model_server
from tracker_app.chat.model_proxy import ModelProxy
from tracker_app.chat.provider import Cancellation, Finish, Piece, TokenProbability
from tracker_app.codec import sha256
from tracker_app.errors import FailureKind, ProviderError
from tracker_app.recording.enrolment import Enrolment
from tracker_app.recording.uploader import Destination
from tracker_app.store.generations import Generation, read_generations
from tracker_app.store.sqlite import FILE_NAME

SECRETS = (
    "grandmother",
    "70b",
    "wolf",
    "v99",
    "fp_secret",
    "top-secret",
    "anthropic",
    "temperature",
)
QUESTION = [{"role": "user", "content": "Why?"}]
FILE = """
[budget]
requests_per_session = {requests}
output_characters_per_session = {characters}
concurrent_per_session = {concurrent}

[[models]]
id = "a"
provider = "openai"
endpoint = "{endpoint}"
model = "grandmother-70b"
key_name = "upstream"
parameters = {{ temperature = 0.5 }}
system_prompt = "Be kind."

[[models]]
id = "b"
provider = "anthropic"
endpoint = "{endpoint}"
model = "wolf-v99"
key_name = "upstream"

[[models]]
id = "c"
provider = "openai"
endpoint = "http://127.0.0.1:9/v1"
model = "grandmother-70b"
"""


def _session_id(n: int) -> str:
    return SESSION_ID[:-4] + f"{n:04x}"


@pytest.fixture(scope="module")
def upstream() -> Iterator[ModelServer]:
    with model_server(answering([])) as running:
        yield running


def _served(
    folder: Path, endpoint: str, requests: int = 900, characters: int = 10**6, concurrent: int = 9
) -> Iterator[ServerProcess]:
    file = folder / "models.toml"
    file.write_text(
        FILE.format(
            endpoint=endpoint, requests=requests, characters=characters, concurrent=concurrent
        )
    )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TRACKER_KEY_UPSTREAM", "top-secret")
        with ServerProcess(folder / "data", file) as server:
            yield server


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, upstream: ModelServer
) -> Iterator[ServerProcess]:
    yield from _served(tmp_path_factory.mktemp("server"), upstream.endpoint)


@pytest.fixture(scope="module")
def frugal(
    tmp_path_factory: pytest.TempPathFactory, upstream: ModelServer
) -> Iterator[ServerProcess]:
    """Three answers, ten characters, one at a time."""
    yield from _served(tmp_path_factory.mktemp("frugal"), upstream.endpoint, 3, 10, 1)


def _enrolment(server: ServerProcess, tmp_path: Path, n: int) -> Enrolment:
    place = Destination(server.url, CODE, "study", "0" * 64)
    return place.enrolment(tmp_path, _session_id(n))


def _rows(server: ServerProcess, n: int) -> list[Generation]:
    return read_generations(server.data / FILE_NAME, _session_id(n))


def _ask(model: ModelProxy, message_id: str = "") -> list[Piece | Finish]:
    return list(model.answer(QUESTION, {}, Cancellation(), message_id))


def _failure(model: ModelProxy) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        _ask(model)
    return caught.value


def _telling(handler: Handler, _: dict[str, Any]) -> None:
    """Answers, and tells everything about itself."""
    handler.start()
    if handler.is_anthropic:
        usage = {"input_tokens": 7, "output_tokens": 1, "cache_read_input_tokens": 2}
        handler.event({"type": "message_start", "message": {"model": "wolf-v99-1", "usage": usage}})
    else:
        about = {"model": "grandmother-70b-1", "system_fingerprint": "fp_secret"}
        handler.event({**about, "choices": [{"delta": {"role": "assistant", "content": ""}}]})
        tokens = [{"token": "Be", "logprob": -0.5}]
        handler.event({"choices": [{"delta": {}, "logprobs": {"content": tokens}}]})
    handler.piece("Be")
    handler.piece("cause 🌍")
    handler.complete("max_tokens" if handler.is_anthropic else "stop")


def test_an_answer_comes_through_and_the_rest_stays_on_the_server(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path
) -> None:
    upstream.reply = _telling
    enrolment = _enrolment(server, tmp_path, 1)
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    assert _ask(ModelProxy(enrolment, "a"), "t0s1a1") == [
        Piece("Be"),
        Piece("cause 🌍"),
        Finish("stop", usage, "a", tokens=(TokenProbability("Be", -0.5),)),
    ]
    assert _ask(ModelProxy(enrolment, "b"), "t0s2a1") == [
        Piece("Be"),
        Piece("cause 🌍"),
        Finish("length", usage, "b"),
    ]
    *_, first, second = upstream.requests
    assert first["headers"]["Authorization"] == "Bearer top-secret"
    assert first["messages"] == [{"role": "system", "content": "Be kind."}, *QUESTION]
    assert first["temperature"] == 0.5
    wait_until(lambda: all(row.outcome.finish_reason for row in _rows(server, 1)))
    one, two = _rows(server, 1)
    for row, sent in ((one, first["body"]), (two, second["body"])):
        kept = {name: value for name, value in sent.items() if name not in ("messages", "system")}
        assert json.loads(row.asked.parameters) == kept
        assert row.asked.request_sha256 == sha256(msgspec.json.encode(sent))
    assert one.asked.system_prompt == "Be kind."
    assert (one.asked.model, one.asked.message_id) == ("a", "t0s1a1")
    assert (one.asked.provider, one.asked.provider_model) == ("openai", "grandmother-70b")
    assert (two.asked.provider, two.asked.provider_model) == ("anthropic", "wolf-v99")
    assert (one.outcome.revision, one.outcome.fingerprint) == ("grandmother-70b-1", "fp_secret")
    assert (two.outcome.revision, two.outcome.finish_reason) == ("wolf-v99-1", "max_tokens")
    assert two.outcome.usage == {**usage, "cache_read_input_tokens": 2}
    for row in (one, two):
        assert (row.outcome.characters, row.outcome.failure) == (9, "")
        assert row.outcome.first_piece_ms is not None
        assert row.outcome.duration_ms is not None
        assert row.outcome.first_piece_ms <= row.outcome.duration_ms


def _refusing(status: int, error: object = None, **headers: str) -> Reply:
    body = {"error": error, "message": "grandmother-70b of top-secret"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.refuse(status, body, {"X-Model": "wolf-v99", **named})


def _telling_after_a_piece(error: dict[str, Any]) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.piece("Half")
        handler.error({"message": "grandmother-70b is ill", **error})

    return reply


def _breaking_off(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.piece("Half")


def _page(handler: Handler, _: dict[str, Any]) -> None:
    handler.refuse(200, b"<html>grandmother-70b</html>", {"Content-Type": "text/html"})


FAILURES: dict[FailureKind, Reply] = {
    FailureKind.UNREACHABLE: _refusing(511),
    FailureKind.TIMEOUT: _refusing(408),
    FailureKind.RATE_LIMITED: _refusing(429, Retry_After="12"),
    FailureKind.OVERLOADED: _refusing(529, Retry_After="12"),
    FailureKind.SERVER_ERROR: _refusing(500),
    FailureKind.REFUSED_KEY: _refusing(401),
    FailureKind.NO_SUCH_MODEL: _refusing(404),
    FailureKind.BAD_REQUEST: _refusing(400),
    FailureKind.CONTEXT_OVERFLOW: _refusing(400, {"code": "context_length_exceeded"}),
    FailureKind.CONTENT_FILTER: _refusing(400, {"code": "content_filter"}),
    FailureKind.BROKE_OFF: _breaking_off,
    FailureKind.MALFORMED: _page,
}
LATE = {
    FailureKind.OVERLOADED: {"type": "overloaded_error"},
    FailureKind.RATE_LIMITED: {"type": "rate_limit_error"},
    FailureKind.SERVER_ERROR: {},
    FailureKind.CONTEXT_OVERFLOW: {"message": "prompt is too long"},
}


@pytest.mark.parametrize("model", ["a", "b"])
@pytest.mark.parametrize("kind", FAILURES)
def test_every_failure_comes_through_as_itself(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path, kind: FailureKind, model: str
) -> None:
    upstream.reply = FAILURES[kind]
    found = _failure(ModelProxy(_enrolment(server, tmp_path, 2), model))
    assert found.kind is kind
    waits = kind in (FailureKind.RATE_LIMITED, FailureKind.OVERLOADED)
    assert found.retry_after_s == (12 if waits else None)
    wait_until(lambda: _rows(server, 2)[-1].outcome.failure == kind)


@pytest.mark.parametrize("kind", LATE)
def test_a_failure_after_a_piece_comes_through_as_itself(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path, kind: FailureKind
) -> None:
    upstream.reply = _telling_after_a_piece(LATE[kind])
    assert _failure(ModelProxy(_enrolment(server, tmp_path, 3), "b")).kind is kind


def test_a_model_that_is_not_there_is_unreachable_and_one_not_served_is_none(
    server: ServerProcess, tmp_path: Path
) -> None:
    enrolment = _enrolment(server, tmp_path, 4)
    assert _failure(ModelProxy(enrolment, "c")).kind is FailureKind.UNREACHABLE
    assert _failure(ModelProxy(enrolment, "d")).kind is FailureKind.NO_SUCH_MODEL
    assert len(_rows(server, 4)) == 1


# --- who may, and how much ---------------------------------------------------------------------


def test_a_session_asks_as_often_as_it_may(
    frugal: ServerProcess, upstream: ModelServer, tmp_path: Path
) -> None:
    upstream.reply = answering(["x"])
    model = ModelProxy(_enrolment(frugal, tmp_path, 1), "a")
    for _ in range(3):
        _ask(model)
    found = _failure(model)
    assert (found.kind, found.status) == (FailureKind.BUDGET, 429)
    other = ModelProxy(_enrolment(frugal, tmp_path / "none", 2), "a")
    assert len(_ask(other)) == 2


def test_a_session_is_answered_as_much_as_it_may_be(
    frugal: ServerProcess, upstream: ModelServer, tmp_path: Path
) -> None:
    upstream.reply = answering(["1234567890", "1"])
    model = ModelProxy(_enrolment(frugal, tmp_path, 3), "a")
    assert _failure(model).kind is FailureKind.BUDGET
    asked = len(upstream.requests)
    assert _failure(model).kind is FailureKind.BUDGET
    assert len(upstream.requests) == asked


def test_a_session_asks_only_so_much_at_a_time(
    frugal: ServerProcess, upstream: ModelServer, tmp_path: Path
) -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def waiting(handler: Handler, body: dict[str, Any]) -> None:
        is_asked.set()
        may_answer.wait(5)
        answering(["x"])(handler, body)

    upstream.reply = waiting
    model = ModelProxy(_enrolment(frugal, tmp_path, 4), "a")
    thread = threading.Thread(target=lambda: _ask(model))
    thread.start()
    assert is_asked.wait(5)
    found = _failure(model)
    assert found.kind is FailureKind.RATE_LIMITED
    assert found.retry_after_s
    may_answer.set()
    thread.join()
    wait_until(lambda: len(_ask(model)) == 2)


def test_a_token_the_server_forgot_is_asked_for_anew(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path
) -> None:
    upstream.reply = answering(["x"])
    (tmp_path / "token").write_text("of a server that is gone")
    model = ModelProxy(_enrolment(server, tmp_path, 5), "a")
    assert _failure(model).kind is FailureKind.UNREACHABLE
    assert len(_ask(model)) == 2


def test_a_code_that_is_not_valid_may_not_ask(server: ServerProcess, tmp_path: Path) -> None:
    place = Destination(server.url, "wrong", "study", "0" * 64)
    found = _failure(ModelProxy(place.enrolment(tmp_path, _session_id(6)), "a"))
    assert found.kind is FailureKind.REFUSED_KEY


# --- leaving -----------------------------------------------------------------------------------


def _silent(handler: Handler, _: dict[str, Any]) -> None:
    if not handler.connection.recv(1):
        handler.server.is_left.set()


def _silent_after_a_piece(handler: Handler, body: dict[str, Any]) -> None:
    handler.start()
    handler.piece("a")
    _silent(handler, body)


@pytest.mark.parametrize("reply", [_silent, _silent_after_a_piece])
@pytest.mark.parametrize("model", ["a", "b"])
def test_who_leaves_cancels_what_is_asked(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path, reply: Reply, model: str
) -> None:
    is_asked = threading.Event()

    def asked(handler: Handler, body: dict[str, Any]) -> None:
        is_asked.set()
        try:
            reply(handler, body)
        except OSError:  # reset, where something was still under way
            upstream.is_left.set()

    upstream.reply, cancel = asked, Cancellation()
    upstream.is_left.clear()
    proxy = ModelProxy(_enrolment(server, tmp_path, 7), model)
    thread = threading.Thread(target=lambda: list(proxy.answer(QUESTION, {}, cancel)))
    thread.start()
    assert is_asked.wait(5)
    cancel.set()
    assert upstream.is_left.wait(1)
    thread.join(1)
    wait_until(lambda: _rows(server, 7)[-1].outcome.duration_ms is not None)
    assert _rows(server, 7)[-1].outcome.failure == FailureKind.INTERRUPTED


def test_answers_that_wait_hold_up_nobody_else(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path
) -> None:
    upstream.reply, cancel = _silent, Cancellation()
    model = ModelProxy(_enrolment(server, tmp_path, 8), "a")
    asked = len(upstream.requests)
    threads = [
        threading.Thread(target=lambda: list(model.answer(QUESTION, {}, cancel))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(upstream.requests) == asked + 8)
    status, _, _ = _raw(server, "GET", "/healthz", timeout_s=1)
    assert status == 200
    cancel.set()
    for thread in threads:
        thread.join(2)


# --- every byte --------------------------------------------------------------------------------


def _raw(
    server: ServerProcess,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    timeout_s: float = 20,
) -> tuple[int, bytes, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout_s)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, str(response.getheaders()).encode(), response.read()
    finally:
        connection.close()


def _post(
    server: ServerProcess,
    enrolment: Enrolment,
    body: bytes,
    session_id: str = "",
    **headers: str,
) -> tuple[int, bytes, bytes]:
    path = f"/v1/sessions/{session_id or enrolment.session_id}/chat/completions"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    authorization = {"Authorization": f"Bearer {enrolment.token()}"}
    return _raw(server, "POST", path, body, {**authorization, **named})


def _question(**changes: Any) -> bytes:
    return json.dumps({"model": "a", "messages": QUESTION, **changes}).encode()


@pytest.mark.parametrize("model", ["a", "b", "c", "d"])
def test_no_byte_tells_what_answers(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path, model: str
) -> None:
    enrolment = _enrolment(server, tmp_path, 9)
    late = [_telling_after_a_piece(error) for error in LATE.values()]
    for reply in [_telling, *FAILURES.values(), *late]:
        upstream.reply = reply
        _, headers, body = _post(server, enrolment, _question(model=model))
        told = (headers + body).lower()
        assert not [secret for secret in SECRETS if secret.encode() in told]
        assert str(upstream.server_address[1]).encode() not in told


def test_a_token_asks_for_its_own_session_only(server: ServerProcess, tmp_path: Path) -> None:
    enrolment = _enrolment(server, tmp_path, 10)
    assert _post(server, enrolment, _question(), session_id=_session_id(11))[0] == 403
    assert _post(server, enrolment, _question(), Authorization="Bearer wrong")[0] == 401
    assert _rows(server, 11) == []


HOSTILE: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 422),
    "not JSON": (b"hello", 422),
    "not UTF-8": (b'{"model": "\xff"}', 422),
    "a list": (b"[]", 422),
    "deep": (b'{"x": ' + b"[" * 100_000, 422),
    "no model": (json.dumps({"messages": QUESTION}).encode(), 422),
    "no messages": (_question(messages=[]), 422),
    "too many messages": (_question(messages=QUESTION * 2001), 422),
    "another role": (_question(messages=[{"role": "tool", "content": "x"}]), 422),
    "a picture": (_question(messages=[{"role": "user", "content": [{"type": "image"}]}]), 422),
    "half a character": (
        b'{"model": "a", "messages": [{"role": "user", "content": "\\ud800"}]}',
        422,
    ),
    "too large": (_question(messages=[{"role": "user", "content": "x" * 2_100_000}]), 413),
    "unknown": (_question(model="../a"), 404),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_body_makes_the_server_fail(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path, name: str
) -> None:
    body, status = HOSTILE[name]
    asked = len(upstream.requests)
    assert _post(server, _enrolment(server, tmp_path, 12), body)[0] == status
    assert len(upstream.requests) == asked


@pytest.mark.parametrize("name", ["x" * 61, "a b", "é", "../x"])
def test_a_message_id_is_checked(server: ServerProcess, tmp_path: Path, name: str) -> None:
    enrolment = _enrolment(server, tmp_path, 13)
    assert _post(server, enrolment, _question(), X_Message_Id=name)[0] == 422


def test_what_the_application_adds_does_not_reach_the_model(
    server: ServerProcess, upstream: ModelServer, tmp_path: Path
) -> None:
    upstream.reply = answering(["x"])
    enrolment = _enrolment(server, tmp_path, 14)
    body = _question(temperature=2, max_tokens=10**9, tools=[], n=50, seed=1, stream=False)
    assert _post(server, enrolment, body)[0] == 200
    sent = set(upstream.requests[-1]["body"])
    assert sent == {"model", "messages", "stream", "stream_options", "temperature"}
    assert upstream.requests[-1]["temperature"] == 0.5
