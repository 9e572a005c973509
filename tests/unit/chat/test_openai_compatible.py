import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model_server import Handler, Reply, answering, model_server
from tracker_app.chat.openai_compatible import OpenAICompatible, server_sent_data
from tracker_app.chat.provider import Cancellation, Finish, Piece
from tracker_app.errors import ProviderError

QUESTION = [{"role": "user", "content": "Why?"}]


def _ask(reply: Reply, key: str | None = None) -> list[Piece | Finish]:
    with model_server(reply) as server:
        model = OpenAICompatible(server.endpoint, "m", key)
        return list(model.answer(QUESTION, {"temperature": 0.5}, Cancellation()))


def test_an_answer_comes_piece_by_piece_with_its_usage() -> None:
    assert _ask(answering(["Be", "cause 🌍"])) == [
        Piece("Be"),
        Piece("cause 🌍"),
        Finish("stop", {"prompt_tokens": 7, "completion_tokens": 3}),
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


def _status(code: int) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


def _broken_off(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.piece("Half an ans")


def _malformed(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.event("{not json")


def _reported(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.event({"error": {"message": "out of memory"}})


def _page(handler: Handler, _: dict[str, Any]) -> None:
    handler.start("text/html")
    handler.wfile.write(b"<html>Please log in</html>")


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (_status(401), "refused the key"),
        (_status(429), "busy"),
        (_status(500), "error 500"),
        (_broken_off, "broke off"),
        (_malformed, "unreadable"),
        (_reported, "reported an error"),
        (_page, "broke off"),
    ],
)
def test_a_misbehaving_server_becomes_one_sentence(reply: Reply, sentence: str) -> None:
    with pytest.raises(ProviderError, match=sentence) as caught:
        _ask(reply)
    assert "\n" not in str(caught.value)


def test_an_unreachable_server_becomes_one_sentence() -> None:
    with model_server(answering([])) as server:
        endpoint = server.endpoint
    with pytest.raises(ProviderError, match="cannot be reached"):
        list(OpenAICompatible(endpoint, "m").answer(QUESTION, {}, Cancellation()))


def test_cancelling_ends_the_answer_early() -> None:
    cancel = Cancellation()
    with model_server(answering(["a"] * 50, pause_s=0.02)) as server:
        parts = []
        for part in OpenAICompatible(server.endpoint, "m").answer(QUESTION, {}, cancel):
            parts.append(part)
            cancel.set()
    assert parts == [Piece("a")]


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), max_size=5),
    size=st.integers(1, 7),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_events_survive_any_split_of_the_bytes(texts: list[str], size: int, line_end: str) -> None:
    raw = "".join(f": comment{line_end}data: {t}{line_end}{line_end}" for t in texts).encode()
    blocks = [raw[i : i + size] for i in range(0, len(raw), size)]
    assert list(server_sent_data(blocks)) == texts


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


def test_who_wants_no_more_closes_the_connection() -> None:
    is_refused = threading.Event()

    def endless(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        try:
            while True:
                handler.piece("word " * 1000)
        except OSError:
            is_refused.set()

    with model_server(endless) as server:
        parts = OpenAICompatible(server.endpoint, "m").answer(QUESTION, {}, Cancellation())
        next(parts)
        parts.close()
        assert is_refused.wait(5)


@pytest.mark.parametrize("half", ["\\ud83d", "\\ude00 x", "\\ude00\\ud83d"])
def test_half_a_surrogate_pair_is_refused(half: str) -> None:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.event(f'{{"choices": [{{"delta": {{"content": "{half}"}}}}]}}')

    with pytest.raises(ProviderError, match="unreadable"):
        _ask(reply)


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    blocks = (b"x" * 1_000_000 for _ in range(1000))
    with pytest.raises(ProviderError, match="unreadable"):
        list(server_sent_data(blocks))
