import threading
from pathlib import Path
from typing import Any

import pytest

from tests.model_server import Handler, Reply, answering, model_server
from tracker_app.chat.openai_compatible import LEAST_LOGPROB, OpenAICompatible
from tracker_app.chat.provider import Cancellation, Finish, Piece, TokenProbability
from tracker_app.errors import ProviderError

QUESTION = [{"role": "user", "content": "Why?"}]
USAGE = {"prompt_tokens": 7, "completion_tokens": 3}


def _ask(reply: Reply, key: str | None = None) -> list[Piece | Finish]:
    with model_server(reply) as server:
        model = OpenAICompatible(server.endpoint, "m", key)
        return list(model.answer(QUESTION, {"temperature": 0.5}, Cancellation()))


def test_an_answer_comes_piece_by_piece_with_its_usage() -> None:
    assert _ask(answering(["Be", "cause 🌍"])) == [
        Piece("Be"),
        Piece("cause 🌍"),
        Finish("stop", USAGE),
    ]


def test_the_request_carries_model_messages_parameters_and_key() -> None:
    with model_server(answering(["x"])) as server:
        model = OpenAICompatible(server.endpoint + "/", "m", "secret")
        list(model.answer(QUESTION, {"temperature": 0.5}, Cancellation()))
        (request,) = server.requests
    assert request["path"] == "/v1/chat/completions"
    assert request["headers"]["Authorization"] == "Bearer secret"
    assert (request["model"], request["messages"]) == ("m", QUESTION)
    assert (request["temperature"], request["stream"]) == (0.5, True)


def test_a_token_comes_with_its_probability_which_is_always_finite() -> None:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        for text, logprob in [("Be", "-0.25"), ("cause", "-Infinity"), (".", "NaN"), ("!", "null")]:
            tokens = f'[{{"token": "{text}", "logprob": {logprob}, "top_logprobs": []}}]'
            delta = f'"delta": {{"content": "{text}"}}, "logprobs": {{"content": {tokens}}}'
            handler.event(f'{{"choices": [{{{delta}}}]}}')
        handler.complete()

    *_, finish = _ask(reply)
    assert isinstance(finish, Finish)
    assert finish.tokens == (
        TokenProbability("Be", -0.25),
        TokenProbability("cause", LEAST_LOGPROB),
        TokenProbability(".", LEAST_LOGPROB),
        TokenProbability("!", LEAST_LOGPROB),
    )


def test_what_answered_is_kept_and_what_it_thought_is_not() -> None:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.event({"choices": [{"delta": {"role": "assistant", "content": ""}}]})
        handler.event({"choices": [{"delta": {"reasoning_content": "Hm.", "content": None}}]})
        handler.event(
            {"model": "m-2026-01", "system_fingerprint": "fp_1" + "x" * 500, "choices": []}
        )
        handler.piece("Yes")
        handler.complete()

    assert _ask(reply) == [
        Piece("Yes"),
        Finish("stop", USAGE, "m-2026-01", "fp_1" + "x" * 196),
    ]


def test_usage_that_cannot_be_counted_is_left_out() -> None:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.event({"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": 7, "cost": 0.1, "is": True, "bad": -1, "worse": 2**60, "deep": {}}
        handler.event({"choices": [], "usage": usage})

    assert _ask(reply)[-1] == Finish("stop", {"prompt_tokens": 7})


def test_a_proxy_or_password_of_the_environment_is_not_used_on_this_computer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with model_server(answering(["x"])) as server:
        list(OpenAICompatible(server.endpoint, "m", " k ").answer(QUESTION, {}, Cancellation()))
    assert server.requests[0]["headers"]["Authorization"] == "Bearer k"


def test_only_who_keeps_messages_is_told_their_names() -> None:
    with model_server(answering(["x"])) as server:
        for is_told in (True, False):
            model = OpenAICompatible(server.endpoint, "m", names_messages=is_told)
            list(model.answer(QUESTION, {}, Cancellation(), "t0s1a1"))
    told, not_told = (r["headers"].get("X-Message-Id") for r in server.requests)
    assert (told, not_told) == ("t0s1a1", None)


def _waiting_for(event: threading.Event, *, is_chunked: bool) -> Reply:
    """Sends one piece, and the rest only after the event."""

    def send(handler: Handler, text: str) -> None:
        data = f'data: {{"choices": [{{"delta": {{"content": "{text}"}}}}]}}\n\n'.encode()
        head, tail = (f"{len(data):x}\r\n".encode(), b"\r\n") if is_chunked else (b"", b"")
        handler.wfile.write(head + data + tail)
        handler.wfile.flush()

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header(*(("Transfer-Encoding", "chunked") if is_chunked else ("X", "y")))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        send(handler, "first")
        event.wait(5)
        send(handler, "second")

    return reply


@pytest.mark.parametrize("is_chunked", [True, False])
def test_a_piece_is_there_before_the_next_is_sent(is_chunked: bool) -> None:
    may_go_on = threading.Event()
    with model_server(_waiting_for(may_go_on, is_chunked=is_chunked)) as server:
        parts = OpenAICompatible(server.endpoint, "m").answer(QUESTION, {}, Cancellation())
        assert next(parts) == Piece("first")
        may_go_on.set()
        assert next(parts) == Piece("second")
        parts.close()


@pytest.mark.parametrize("half", ["\\ud83d", "\\ude00 x", "\\ude00\\ud83d"])
def test_half_a_surrogate_pair_is_refused(half: str) -> None:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.event(f'{{"choices": [{{"delta": {{"content": "{half}"}}}}]}}')

    with pytest.raises(ProviderError, match="unreadable"):
        _ask(reply)
