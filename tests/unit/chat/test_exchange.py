"""Hanging up on a model's server, in whatever phase it is."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests.adapters

from tests.model_server import Handler, Reply, model_server
from tracker_app.chat.anthropic import Anthropic
from tracker_app.chat.exchange import unless_cancelled
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Cancellation, Piece

QUESTION = [{"role": "user", "content": "Why?"}]
PROMPT_S = 0.5


def _until_left(handler: Handler) -> None:
    """Say nothing until the client is gone."""
    if not handler.connection.recv(1):
        handler.server.is_left.set()


def _silent(handler: Handler, _: dict[str, Any]) -> None:
    _until_left(handler)


def _silent_after_headers(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    _until_left(handler)


def _silent_after_a_piece(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.piece("a")
    _until_left(handler)


def _chattering(handler: Handler, _: dict[str, Any]) -> None:
    handler.start()
    handler.until_left(b": ping\n\n")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a server on loopback, with its key."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text("ascii") + path.with_suffix(".crt").read_text("ascii"), "ascii")
    return path


@contextmanager
def _asking(endpoint: str, cancel: Cancellation) -> Iterator[list[object]]:
    """Asks in a thread, which must have ended quietly, promptly after the block."""
    heard: list[object] = []
    model = OpenAICompatible(endpoint, "m")

    def ask() -> None:
        try:
            heard.extend(model.answer(QUESTION, {}, cancel))
        except Exception as error:  # noqa: BLE001 # shown by the test
            heard.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    yield heard
    thread.join(PROMPT_S)
    assert not thread.is_alive()


@pytest.mark.parametrize("is_encrypted", [False, True])
@pytest.mark.parametrize(
    "reply", [_silent, _silent_after_headers, _silent_after_a_piece, _chattering]
)
def test_cancelling_is_prompt_and_tells_the_server(
    reply: Reply, is_encrypted: bool, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    cancel, is_asked = Cancellation(), threading.Event()

    def asked(handler: Handler, body: dict[str, Any]) -> None:
        is_asked.set()
        reply(handler, body)

    with model_server(asked, context if is_encrypted else None) as server:
        with _asking(server.endpoint, cancel) as heard:
            assert is_asked.wait(5)
            threading.Event().wait(0.1)  # until it is in the phase that the reply holds it in
            cancel.set()
        assert server.is_left.wait(PROMPT_S)
    assert heard in ([], [Piece("a")])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_accepts_and_says_nothing_is_left_too(scheme: str) -> None:
    cancel = Cancellation()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with _asking(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}", cancel) as heard:
            connection, _ = silent.accept()
            connection.recv(1)
            cancel.set()
        connection.settimeout(PROMPT_S)
        while connection.recv(65_536):
            pass
        connection.close()
    assert heard == []


def test_who_cancelled_before_asks_nobody() -> None:
    cancel = Cancellation()
    cancel.set()
    with model_server(_silent) as server:
        with _asking(server.endpoint, cancel) as heard:
            pass
        assert heard == []
    assert server.requests == []


def test_what_comes_after_the_cancellation_is_dropped() -> None:
    may_come, dropped, cancel = threading.Event(), threading.Event(), Cancellation()
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    found = unless_cancelled(lambda: may_come.wait(5), cancel, drop=lambda _: dropped.set())
    assert found is None
    may_come.set()
    assert dropped.wait(5)
    timer.join()


@pytest.mark.parametrize("provider", [OpenAICompatible, Anthropic])
def test_who_wants_no_more_closes_the_connection(
    provider: type[OpenAICompatible] | type[Anthropic],
) -> None:
    with model_server(_silent_after_a_piece) as server:
        parts = provider(server.endpoint, "m").answer(QUESTION, {}, Cancellation())
        assert next(parts) == Piece("a")
        parts.close()
        assert server.is_left.wait(5)


def test_cancelling_between_two_pieces_ends_the_answer() -> None:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.raw(b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n' * 5)
        handler.complete()

    cancel, heard = Cancellation(), []
    with model_server(reply) as server:
        for part in OpenAICompatible(server.endpoint, "m").answer(QUESTION, {}, cancel):
            heard.append(part)
            cancel.set()
    assert heard == [Piece("a")]
