"""Every way in which a model's server does not answer, by servers that do exactly that."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.model_server import Handler, ModelServer, Reply, model_server
from tracker_app.chat.anthropic import Anthropic
from tracker_app.chat.exchange import Patience
from tracker_app.chat.failures import SENTENCES, retry_after_s
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Cancellation
from tracker_app.errors import FailureKind, ProviderError

MODEL = "grandmother-70b"
QUESTION = [{"role": "user", "content": "Why?"}]
PATIENCE = Patience(connect_s=1, silence_s=0.3, event_s=0.35, answer_s=5)
Kind = FailureKind
Providers = type[OpenAICompatible] | type[Anthropic]


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with model_server(lambda handler, _: handler.refuse(500)) as running:
        yield running


@pytest.fixture(params=[OpenAICompatible, Anthropic])
def provider(request: pytest.FixtureRequest) -> Providers:
    kind: Providers = request.param
    return kind


def _failure(provider: Providers, endpoint: str, patience: Patience = PATIENCE) -> ProviderError:
    model = provider(endpoint, MODEL, "secret", patience=patience)
    with pytest.raises(ProviderError) as caught:
        list(model.answer(QUESTION, {}, Cancellation()))
    return caught.value


def _error(message: str, **words: Any) -> dict[str, Any]:
    return {"error": {"message": message, **words}}


# Bodies as the servers send them; the name of the model stands in many.
REFUSALS: dict[str, tuple[int, object, FailureKind]] = {
    "bad request": (400, _error("bad", type="invalid_request_error"), Kind.BAD_REQUEST),
    "teapot": (418, None, Kind.BAD_REQUEST),
    "too large": (413, _error("big", type="request_too_large"), Kind.BAD_REQUEST),
    "unprocessable": (422, {"detail": [{"msg": "field required"}]}, Kind.BAD_REQUEST),
    "no key": (401, _error("no", type="authentication_error"), Kind.REFUSED_KEY),
    "forbidden": (403, _error("no", type="permission_error"), Kind.REFUSED_KEY),
    "unpaid": (402, b"", Kind.REFUSED_KEY),
    "quota": (429, _error("quota", type="insufficient_quota", code=None), Kind.REFUSED_KEY),
    "credit": (400, _error("Your credit balance is too low"), Kind.REFUSED_KEY),
    "no model": (404, _error(f"The model `{MODEL}` does not exist"), Kind.NO_SUCH_MODEL),
    "no access": (403, _error("no", code="model_not_found"), Kind.NO_SUCH_MODEL),
    "gone": (410, b"", Kind.NO_SUCH_MODEL),
    "slow": (408, b"", Kind.TIMEOUT),
    "too many": (429, _error("slow", type="rate_limit_error"), Kind.RATE_LIMITED),
    "too many, HTML": (429, b"<html>slow down</html>", Kind.RATE_LIMITED),
    "unavailable": (503, _error("full", type="server_error"), Kind.OVERLOADED),
    "overloaded": (529, _error("full", type="overloaded_error"), Kind.OVERLOADED),
    "broken": (500, b"\xff\xfe", Kind.SERVER_ERROR),
    "gateway": (502, b"<html>", Kind.SERVER_ERROR),
    "gateway slow": (504, b"", Kind.SERVER_ERROR),
    "edge slow": (524, b"", Kind.SERVER_ERROR),
    "deep": (500, b"[" * 60_000, Kind.SERVER_ERROR),
    "network login": (511, b"<html>", Kind.UNREACHABLE),
    "no content": (204, b"", Kind.MALFORMED),
    "OpenAI context": (400, _error("long", code="context_length_exceeded"), Kind.CONTEXT_OVERFLOW),
    "vLLM context": (
        400,
        _error("This model's maximum context length is 2048 tokens.", code=400),
        Kind.CONTEXT_OVERFLOW,
    ),
    "older vLLM context": (
        400,
        {"object": "error", "message": "maximum context length is 9 tokens", "code": 400},
        Kind.CONTEXT_OVERFLOW,
    ),
    "llama.cpp context": (
        500,
        _error("the request exceeds", code=500, type="exceed_context_size_error", n_ctx=256),
        Kind.CONTEXT_OVERFLOW,
    ),
    "Ollama context": (
        400,
        {"error": "the input length exceeds the context length"},
        Kind.CONTEXT_OVERFLOW,
    ),
    "Anthropic context": (
        400,
        _error("prompt is too long: 345320 tokens > 199999 maximum"),
        Kind.CONTEXT_OVERFLOW,
    ),
    "Anthropic limit": (
        400,
        _error("input length and `max_tokens` exceed context limit: 9 + 9 > 9"),
        Kind.CONTEXT_OVERFLOW,
    ),
    "Together context": (
        422,
        _error("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097."),
        Kind.CONTEXT_OVERFLOW,
    ),
    "OpenAI policy": (400, _error("no", code="content_policy_violation"), Kind.CONTENT_FILTER),
    "Azure filter": (
        400,
        _error("x", code="400", innererror={"code": "ResponsibleAIPolicyViolation"}),
        Kind.CONTENT_FILTER,
    ),
    "filter": (400, _error("no", code="content_filter", type=None), Kind.CONTENT_FILTER),
    "budget": (429, _error("spent", code="budget"), Kind.BUDGET),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_said_with_a_status_becomes_its_kind(
    server: ModelServer, provider: Providers, name: str
) -> None:
    status, body, kind = REFUSALS[name]
    server.reply = lambda handler, _: handler.refuse(status, body)
    found = _failure(provider, server.endpoint)
    assert (found.kind, found.status, found.sentence) == (kind, status, SENTENCES[kind])


def _started(*parts: bytes) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.piece("Half an ans")
        for part in parts:
            handler.raw(part)

    return reply


def _told(error: object) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.piece("Half an ans")
        handler.error(error)

    return reply


def _filtered(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.piece("First, take")
    handler.complete("refusal" if handler.is_anthropic else "content_filter")


def _silent(handler: Handler, _: dict[str, Any]) -> None:
    handler.server.is_stopping.wait(1)


def _silent_after_headers(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.server.is_stopping.wait(1)


def _silent_after_a_piece(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.piece("Wait")
    handler.server.is_stopping.wait(1)


def _repeating(data: bytes, pause_s: float = 0.02) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.until_left(data, pause_s)

    return reply


def _half_a_chunk(handler: Handler, _: dict[str, Any]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.raw(b"400\r\ndata: half")
    handler.close_connection = True


def _redirecting(handler: Handler, _: dict[str, Any]) -> None:
    handler.refuse(307, headers={"Location": f"{handler.server.endpoint}/elsewhere"})


def _page(handler: Handler, _: dict[str, Any]) -> None:
    handler.refuse(200, b"<html>Log in</html>", {"Content-Type": "text/html"})


def _other(content: object) -> Reply:
    return lambda handler, _: handler.refuse(200, content, {"Content-Type": "application/json"})


def _no_http(handler: Handler, _: dict[str, Any]) -> None:
    handler.raw(b"220 mail.example.org ESMTP\r\n")
    handler.close_connection = True


def _hanging_up(handler: Handler, _: dict[str, Any]) -> None:
    handler.close_connection = True


def _false_gzip(handler: Handler, _: dict[str, Any]) -> None:
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    handler.refuse(200, b"data: x\n\n", headers)


MISBEHAVIOUR: dict[str, tuple[Reply, FailureKind]] = {
    "silent": (_silent, Kind.TIMEOUT),
    "silent after headers": (_silent_after_headers, Kind.TIMEOUT),
    "silent after a piece": (_silent_after_a_piece, Kind.TIMEOUT),
    "only comments": (_repeating(b": ping\n\n"), Kind.TIMEOUT),
    "only pings": (_repeating(b'event: ping\ndata: {"type": "ping"}\n\n'), Kind.TIMEOUT),
    "an event a letter at a time": (_repeating(b"d"), Kind.TIMEOUT),
    "breaks off": (_started(), Kind.BROKE_OFF),
    "breaks off in an event": (_started(b'data: {"choi'), Kind.BROKE_OFF),
    "breaks off in a chunk": (_half_a_chunk, Kind.BROKE_OFF),
    "hangs up at once": (_hanging_up, Kind.UNREACHABLE),
    "redirects": (_redirecting, Kind.UNREACHABLE),
    "a page": (_page, Kind.MALFORMED),
    "another answer": (_other({"choices": []}), Kind.MALFORMED),
    "an error with 200": (_other(_error("no")), Kind.SERVER_ERROR),
    "no HTTP": (_no_http, Kind.MALFORMED),
    "no gzip": (_false_gzip, Kind.MALFORMED),
    "no JSON": (_started(b"data: {not json\n\n"), Kind.MALFORMED),
    "another shape": (_started(b'data: {"foo": 1}\n\n'), Kind.MALFORMED),
    "another type": (_started(b'data: {"type": 1, "choices": "x"}\n\n'), Kind.MALFORMED),
    "Latin-1": (_started(b'data: {"type": "caf\xe9"}\n\n'), Kind.MALFORMED),
    "deep": (_started(b"data: " + b"[" * 50_000 + b"\n\n"), Kind.MALFORMED),
    "deep beside": (
        _started(b'data: {"choices": [], "type": "x", "y": ' + b"[" * 50_000 + b"\n\n"),
        Kind.MALFORMED,
    ),
    "told: deep": (
        _started(b'data: {"type": "error", "error": ' + b'{"error": ' * 900 + b"\n\n"),
        Kind.MALFORMED,
    ),
    "a line without end": (_repeating(b"x" * 1_000_000, 0), Kind.MALFORMED),
    "an event without end": (_repeating(b"data: " + b"x" * 1_000_000 + b"\n", 0), Kind.MALFORMED),
    "filtered": (_filtered, Kind.CONTENT_FILTER),
    "told: error": (_told({"message": "out of memory"}), Kind.SERVER_ERROR),
    "told: a word": (_told("no"), Kind.SERVER_ERROR),
    "told: overloaded": (_told({"type": "overloaded_error"}), Kind.OVERLOADED),
    "told: rate": (_told({"type": "rate_limit_error"}), Kind.RATE_LIMITED),
    "told: status": (_told({"code": 429, "message": "slow"}), Kind.RATE_LIMITED),
    "told: context": (_told({"code": "context_length_exceeded"}), Kind.CONTEXT_OVERFLOW),
    "told: phrase": (_told({"message": "exceeds the context size"}), Kind.CONTEXT_OVERFLOW),
    "told: key": (_told({"type": "authentication_error"}), Kind.REFUSED_KEY),
    "told: by our server": (_told({"code": "budget"}), Kind.BUDGET),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_what_goes_wrong_on_the_way_becomes_its_kind(
    server: ModelServer, provider: Providers, name: str
) -> None:
    server.reply, kind = MISBEHAVIOUR[name]
    asked = len(server.requests)
    found = _failure(provider, server.endpoint)
    assert (found.kind, found.sentence) == (kind, SENTENCES[kind])
    assert len(server.requests) == asked + 1


def test_an_error_of_older_servers_is_told_too(server: ModelServer) -> None:
    server.reply = _started(b'error: {"code": 400, "message": "exceeds the context size"}\n\n')
    assert _failure(OpenAICompatible, server.endpoint).kind is Kind.CONTEXT_OVERFLOW
    server.reply = _started(b'data: {"object": "error", "message": "x", "code": 500}\n\n')
    assert _failure(OpenAICompatible, server.endpoint).kind is Kind.SERVER_ERROR


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9/v1",  # nobody listens
        "http://name.invalid/v1",
        "http://:0",
        "nonsense",
        "http://" + "a" * 70 + ".example",
    ],
)
def test_no_connection_is_unreachable(provider: Providers, endpoint: str) -> None:
    assert _failure(provider, endpoint).kind is Kind.UNREACHABLE


def test_a_server_that_cannot_be_trusted_is_unreachable(
    server: ModelServer, provider: Providers
) -> None:
    endpoint = server.endpoint.replace("http:", "https:")
    assert _failure(provider, endpoint).kind is Kind.UNREACHABLE


def test_an_answer_that_never_ends_is_given_up(server: ModelServer) -> None:
    server.reply = _repeating(b'data: {"choices": []}\n\n')
    patience = Patience(answer_s=0.3)
    assert _failure(OpenAICompatible, server.endpoint, patience).kind is Kind.TIMEOUT


def test_headers_that_never_end_are_given_up(server: ModelServer, provider: Providers) -> None:
    def dripping(handler: Handler, _: dict[str, Any]) -> None:
        handler.raw(b"HTTP/1.1 200 OK\r\nX: ")
        handler.until_left(b"y")

    server.reply = dripping
    server.is_left.clear()
    assert _failure(provider, server.endpoint, Patience(answer_s=0.3)).kind is Kind.TIMEOUT
    assert server.is_left.wait(5)


def test_a_tls_handshake_that_never_ends_is_given_up(provider: Providers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"https://127.0.0.1:{silent.getsockname()[1]}"
        found = _failure(provider, endpoint, Patience(connect_s=0.2))
    assert found.kind in (Kind.TIMEOUT, Kind.UNREACHABLE)


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DATE = {"Date": format_datetime(NOW, usegmt=True)}


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("0", 0),
        (" 20 ", 20),
        ("86400", 3600),
        ("9" * 400, 3600),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 3600),
        (format_datetime(NOW - timedelta(days=9), usegmt=True), 0),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("²", None),
        ("soon", None),
        ("", None),
        ("Tue, 99 Nov 2026 12:00:00 GMT", None),
        ("Tue, 24 Nov 2026 12:00:00", None),  # of which zone?
    ],
)
def test_a_wait_that_is_asked_for_is_seconds_or_a_date(said: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": said, **DATE}) == seconds


@pytest.mark.parametrize("status", [429, 503, 529])
def test_a_busy_server_says_how_long_to_wait(
    server: ModelServer, provider: Providers, status: int
) -> None:
    server.reply = lambda handler, _: handler.refuse(status, headers={"Retry-After": "12"})
    assert _failure(provider, server.endpoint).retry_after_s == 12


def test_no_sentence_names_anything() -> None:
    for sentence in SENTENCES.values():
        assert sentence.pattern == sentence  # nothing is filled in
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert not any(word in sentence for word in ("http", "127", "OpenAI", "Anthropic", MODEL))
