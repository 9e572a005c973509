"""Uploads to real servers: plain, dying, and behind a proxy that loses answers."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from tests.unit.recording.conftest import OpenJournal
from tests.unit.server.conftest import CODE, StartServer, start_server
from tracker_app.clock import SystemClock
from tracker_app.codec import encode_batch, encode_chunk, sha256
from tracker_app.errors import CollectorError
from tracker_app.recording.collector import Collector
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import Chunk, progress_of, read_entries
from tracker_app.recording.uploader import (
    Destination,
    Uploader,
    UploadState,
    upload_finished,
)
from tracker_app.records import TokenArrival
from tracker_app.store.sqlite import read_entries as read_stored

__all__ = ["start_server"]  # a fixture of the server's tests
LIMIT_S = 30.0


def _destination(url: str, code: str = CODE) -> Destination:
    return Destination(url, code, "study", "0" * 64)


def _fill(journal: Journal, chunks: int) -> None:
    for n in range(chunks):
        journal.append(TokenArrival(t_ns=n, message_id="m", end=n), 0)
        journal.seal()


def _wait_for(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(LIMIT_S / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen in time")


def _wait_for_acknowledged(journal: Journal, wanted: int) -> None:
    _wait_for(lambda: progress_of(journal.folder).acknowledged >= wanted)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker_app.recording.uploader._backoff", lambda state: 0.02)


def test_a_session_arrives_complete(
    tmp_path: Path, open_journal: OpenJournal, start_server: StartServer
) -> None:
    journal = open_journal()
    with start_server() as server:
        uploader = Uploader(journal, _destination(server.url))
        _fill(journal, 5)
        journal.finish()
        assert uploader.wait(LIMIT_S)
        uploader.stop()
    journal.flush()
    progress = progress_of(journal.folder)
    assert (progress.acknowledged, progress.total, progress.is_delivered) == (5, 5, True)
    assert read_stored(tmp_path / "store", journal.session_id) == read_entries(journal.folder)


def test_a_session_that_found_no_server_is_sent_later(
    tmp_path: Path, open_journal: OpenJournal, start_server: StartServer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    journal = open_journal()
    uploader = Uploader(journal, _destination(f"http://127.0.0.1:{port}"))
    _fill(journal, 3)
    journal.finish()
    _wait_for(lambda: uploader.status.state is UploadState.WAITING)
    assert "cannot be reached" in uploader.status.problem
    uploader.stop()
    journal.close()
    with start_server(port) as server:
        destination = _destination(server.url)
        assert upload_finished(journal.folder, journal.session_id, destination, SystemClock())
    assert read_stored(tmp_path / "store", journal.session_id) == read_entries(journal.folder)


def test_a_server_killed_again_and_again_gets_everything_exactly_once(
    tmp_path: Path, open_journal: OpenJournal, start_server: StartServer
) -> None:
    journal = open_journal()
    _fill(journal, 40)
    journal.finish()
    rng, port, uploader = random.Random(3), 0, None
    for _ in range(6):
        with start_server(port) as server:
            port = server.port
            uploader = uploader or Uploader(journal, _destination(server.url))
            _wait_for_acknowledged(
                journal, progress_of(journal.folder).acknowledged + rng.randint(1, 6)
            )
            server.process.kill()
    with start_server(port):
        assert uploader is not None
        assert uploader.wait(LIMIT_S)
        uploader.stop()
    assert read_stored(tmp_path / "store", journal.session_id) == read_entries(journal.folder)


class _Losing(BaseHTTPRequestHandler):
    """A proxy that hands requests on and, by a throw of dice, loses or spoils the answer."""

    protocol_version = "HTTP/1.1"
    server: "_LosingServer"

    def do_POST(self) -> None:
        self._pass_on("POST")

    def do_PUT(self) -> None:
        self._pass_on("PUT")

    def _pass_on(self, method: str) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
        answer = requests.request(
            method, self.server.target + self.path, data=body, headers=headers, timeout=10
        )
        fate = self.server.rng.choice(["lose", "503", "lie", "ok", "ok"])
        if fate == "lose":
            self.close_connection = True
            return
        status, content = answer.status_code, answer.content
        if fate == "503":
            status, content = 503, b"{}"
        elif fate == "lie":
            status, content = 200, b"<html>Welcome to the hotel</html>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if fate == "503":
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        del args


class _LosingServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Losing)
        self.target = target
        self.rng = random.Random(11)


@contextmanager
def _losing_proxy(target: str) -> Iterator[str]:
    proxy = _LosingServer(target)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


def test_lost_and_lying_answers_lose_and_double_nothing(
    tmp_path: Path,
    open_journal: OpenJournal,
    start_server: StartServer,
) -> None:
    journal = open_journal()
    _fill(journal, 30)
    journal.finish()
    with start_server() as server, _losing_proxy(server.url) as url:
        uploader = Uploader(journal, _destination(url))
        assert uploader.wait(LIMIT_S)
        uploader.stop()
    assert read_stored(tmp_path / "store", journal.session_id) == read_entries(journal.folder)


def test_a_refused_chunk_is_set_aside_and_the_rest_goes_on(
    open_journal: OpenJournal, start_server: StartServer
) -> None:
    journal = open_journal()
    _fill(journal, 3)
    with start_server() as server:
        thief = Collector(server.url)
        uploader = Uploader(journal, _destination(server.url))
        _wait_for(lambda: progress_of(journal.folder).acknowledged == 3)
        # Somebody else's bytes under the next number: a conflict nothing can heal.
        thief.token = (journal.folder / "token").read_text()
        thief.put_chunk(journal.session_id, _other_chunk(3))
        _fill(journal, 2)
        _wait_for(lambda: progress_of(journal.folder).acknowledged == 4)
        progress = progress_of(journal.folder)
        assert (progress.total, progress.quarantined) == (5, 1)
        uploader.stop()
        thief.close()


def _other_chunk(seq: int) -> Chunk:
    body = encode_chunk([encode_batch([TokenArrival(t_ns=9, message_id="x", end=9)], 7, 0)])
    return Chunk(seq, sha256(body), body)


def test_a_wrong_code_stops_the_upload_with_a_reason(
    open_journal: OpenJournal, start_server: StartServer
) -> None:
    journal = open_journal()
    _fill(journal, 1)
    with start_server() as server:
        uploader = Uploader(journal, _destination(server.url, code="guess"))
        _wait_for(lambda: uploader.status.state is UploadState.REFUSED)
        uploader.stop()
    assert "code is not valid" in uploader.status.problem
    assert progress_of(journal.folder).quarantined == 0


@pytest.mark.parametrize("url", ["http://example.org", "ftp://127.0.0.1", "nonsense", ""])
def test_an_unprotected_or_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(CollectorError, match="https"):
        Collector(url)


def test_the_token_is_readable_by_its_owner_only(
    open_journal: OpenJournal, start_server: StartServer
) -> None:
    journal = open_journal()
    _fill(journal, 1)
    with start_server() as server:
        uploader = Uploader(journal, _destination(server.url))
        _wait_for(lambda: progress_of(journal.folder).acknowledged == 1)
        uploader.stop()
    assert (journal.folder / "token").stat().st_mode & 0o077 == 0
