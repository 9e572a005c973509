import threading
from typing import Any

import anyio
import pytest

from tests.fakes import FakeClock
from tracker_app.chat.failures import failure
from tracker_app.chat.provider import Cancellation, Finish, Parts, Piece
from tracker_app.errors import FailureKind
from tracker_app.server import relay as relay_module
from tracker_app.server.relay import Relay
from tracker_app.store.generations import Outcome

PING_S = 0.02


@pytest.fixture(autouse=True)
def _short_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "PING_S", PING_S)


def _relayed(parts: Parts, cancel: Cancellation) -> tuple[list[dict[str, Any]], Outcome]:
    """What a server is told to send, and what came of it; the application stays."""
    sent: list[dict[str, Any]] = []
    outcomes: list[Outcome] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await anyio.sleep_forever()

    async def relay() -> None:
        threads = anyio.CapacityLimiter(1)
        app = Relay(parts, cancel, "a", 100, FakeClock(), threads, outcomes.append)
        await app({}, receive, send)

    anyio.run(relay)
    (outcome,) = outcomes
    return sent, outcome


def _waiting(then: list[Piece | Finish | FailureKind]) -> Parts:
    threading.Event().wait(PING_S * 5)
    for part in then:
        if isinstance(part, FailureKind):
            raise failure(part)
        yield part


def test_a_model_that_thinks_is_not_taken_for_a_lost_connection() -> None:
    sent, outcome = _relayed(_waiting([Piece("a"), Finish("stop")]), Cancellation())
    start, first, *_, last = sent
    assert (start["status"], first["body"]) == (200, b": ping\n\n")
    assert last["body"] == b"data: [DONE]\n\n"
    assert not last.get("more_body")
    assert (outcome.failure, outcome.characters) == ("", 1)


def test_a_failure_after_a_ping_is_told_as_an_event() -> None:
    sent, outcome = _relayed(_waiting([FailureKind.TIMEOUT]), Cancellation())
    assert sent[0]["status"] == 200
    assert b'"code":"timeout"' in sent[-1]["body"]
    assert outcome.failure == FailureKind.TIMEOUT


def test_a_mistake_of_ours_is_told_as_one() -> None:
    def broken() -> Parts:
        yield Piece("a")
        raise KeyError("grandmother-70b")

    sent, outcome = _relayed(broken(), Cancellation())
    assert b'"code":"internal"' in sent[-1]["body"]
    assert b"grandmother" not in b"".join(message.get("body", b"") for message in sent)
    assert outcome.failure == FailureKind.INTERNAL


def test_whatever_happens_the_model_is_told_to_stop() -> None:
    cancel = Cancellation()
    _relayed(_waiting([Piece("a" * 101), Finish("stop")]), cancel)
    assert cancel.is_set()
