from typing import Any

from tests.model_server import Handler, Reply, answering, model_server
from tracker_app.chat.anthropic import MAX_TOKENS, Anthropic
from tracker_app.chat.provider import Cancellation, Finish, Piece

QUESTION = [{"role": "user", "content": "Why?"}]


def _ask(reply: Reply) -> list[Piece | Finish]:
    with model_server(reply) as server:
        model = Anthropic(server.endpoint, "m", "secret")
        return list(model.answer(QUESTION, {}, Cancellation()))


def test_the_request_has_what_the_protocol_wants() -> None:
    system = {"role": "system", "content": "Be brief."}
    with model_server(answering(["x"])) as server:
        model = Anthropic(server.endpoint + "/", "m", "secret")
        list(model.answer([system, *QUESTION], {"temperature": 0.5}, Cancellation()))
        list(model.answer(QUESTION, {"max_tokens": 9}, Cancellation()))
        first, second = server.requests
    assert first["path"] == "/v1/messages"
    assert first["headers"]["x-api-key"] == "secret"
    assert first["headers"]["anthropic-version"] == "2023-06-01"
    assert first["body"] == {
        "model": "m",
        "system": "Be brief.",
        "messages": QUESTION,
        "temperature": 0.5,
        "max_tokens": MAX_TOKENS,
        "stream": True,
    }
    assert second["max_tokens"] == 9
    assert "system" not in second


def test_an_answer_comes_with_what_made_it_and_without_what_was_thought() -> None:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        usage = {"input_tokens": 7, "output_tokens": 1, "cache_read_input_tokens": 2}
        handler.start()
        handler.event({"type": "message_start", "message": {"model": "m-2026", "usage": usage}})
        handler.raw(b'event: ping\ndata: {"type": "ping"}\n\n')
        handler.event({"type": "content_block_start", "content_block": {"type": "thinking"}})
        handler.event(
            {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "Hm"}}
        )
        handler.event({"type": "content_block_stop", "index": 0})
        handler.event({"type": "something_new", "of": ["tomorrow"]})
        handler.piece("Be")
        handler.piece("cause 🌍")
        handler.complete("end_turn")

    counts = {"prompt_tokens": 7, "completion_tokens": 3, "cache_read_input_tokens": 2}
    assert _ask(reply) == [
        Piece("Be"),
        Piece("cause 🌍"),
        Finish("end_turn", counts, "m-2026"),
    ]
