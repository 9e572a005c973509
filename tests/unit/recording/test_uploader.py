import signal
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
import tenacity

from tests.collection import CODE, SESSION_ID, ServerProcess, gaze, python, wait_until
from tests.fakes import FakeClock
from tests.faulty_proxy import Fault, FaultyProxy
from tracker_app.recording import uploader as uploader_module
from tracker_app.recording.collector import RefusedError
from tracker_app.recording.folders import unsent_sessions
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import progress_of, read_entries
from tracker_app.recording.uploader import (
    Destination,
    Uploader,
    UploadState,
    upload_finished,
)
from tracker_app.store.sqlite import read_entries as read_stored


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    short = tenacity.wait_random_exponential(multiplier=0.01, max=0.1)
    monkeypatch.setattr(uploader_module, "_backoff", short)
    monkeypatch.setattr(uploader_module, "IDLE_S", 0.05)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path / "server") as running:
        yield running


def _journal(tmp_path: Path, chunks: int) -> Journal:
    folder = tmp_path / "sessions" / SESSION_ID
    journal = Journal(folder, SESSION_ID, FakeClock(), commit_interval_s=0.005)
    for i in range(chunks * 10):
        journal.append(gaze(i), 0)
        if i % 10 == 9:
            assert journal.seal()
    return journal


def _to(url: str, code: str = CODE) -> Destination:
    return Destination(url, code, "study", "0" * 64)


def _assert_exactly_once(journal: Journal, server: ServerProcess) -> None:
    progress = progress_of(journal.folder)
    assert progress.acknowledged == progress.total
    assert progress.is_delivered
    assert read_stored(server.data, SESSION_ID) == read_entries(journal.folder)


def test_a_session_is_sent_while_it_grows(tmp_path: Path, server: ServerProcess) -> None:
    journal = _journal(tmp_path, 2)
    uploader = Uploader(journal, _to(server.url))
    wait_until(lambda: uploader.status.state is UploadState.UP_TO_DATE)
    wait_until(lambda: progress_of(journal.folder).acknowledged == 2)
    journal.append(gaze(20), 0)
    journal.finish()
    assert uploader.wait(20)
    uploader.stop()
    journal.close()
    _assert_exactly_once(journal, server)
    token = journal.folder / "token"
    assert token.stat().st_mode & 0o077 == 0


FAULTS: list[Fault] = ["lose", "drop", "busy", "lose", "portal", "other seq", "not found"]


def test_no_fault_on_the_way_loses_or_doubles_a_record(
    tmp_path: Path, server: ServerProcess
) -> None:
    # The first is met by the enrolment: its answer is lost, and it is asked for again.
    proxy = FaultyProxy(server.port, [*FAULTS, *FAULTS, "redirect", "lose", "lose"])
    journal = _journal(tmp_path, 6)
    journal.finish()
    uploader = Uploader(journal, _to(proxy.url))
    try:
        assert uploader.wait(30)
        _assert_exactly_once(journal, server)
        assert progress_of(journal.folder).quarantined == 0
        assert not proxy.faults
    finally:
        uploader.stop()
        journal.close()
        proxy.close()


def test_a_server_killed_again_and_again_gets_everything_once(
    tmp_path: Path, server: ServerProcess
) -> None:
    journal = _journal(tmp_path, 30)
    uploader = Uploader(journal, _to(server.url))
    for kill in range(4):
        sent = progress_of(journal.folder).acknowledged
        wait_until(lambda sent=sent: progress_of(journal.folder).acknowledged > sent)  # type: ignore[misc] # bound now
        server.end(signal.SIGKILL)
        for i in range(10):
            journal.append(gaze(300 + kill * 10 + i), 0)
        assert journal.seal()
        wait_until(lambda: uploader.status.state is UploadState.WAITING)
        server.start()
    journal.finish()
    assert uploader.wait(30)
    uploader.stop()
    journal.close()
    _assert_exactly_once(journal, server)


CLIENT = """
import sys
from pathlib import Path
from tests.collection import CODE, SESSION_ID, gaze
from tracker_app.clock import SystemClock
from tracker_app.recording.journal import Journal
from tracker_app.recording.uploader import Destination, Uploader
folder, url = Path(sys.argv[1]), sys.argv[2]
journal = Journal(folder, SESSION_ID, SystemClock(), commit_interval_s=0.005, seal_interval_s=0.02)
uploader = Uploader(journal, Destination(url, CODE, "study", "0" * 64))
segment, i = journal.first_free_segment, 0
while True:
    for _ in range(20):
        journal.append(gaze(i), segment)
        i += 1
    journal.flush()
    print(uploader.progress().acknowledged, flush=True)
"""


def test_a_client_killed_while_sending_loses_and_doubles_nothing(
    tmp_path: Path, server: ServerProcess
) -> None:
    folder = tmp_path / "sessions" / SESSION_ID
    for kill in range(3):
        client = python(CLIENT, str(folder), server.url)
        assert client.stdout is not None
        before = progress_of(folder).acknowledged if kill else 0
        while int(client.stdout.readline()) <= before + 2:
            pass
        client.kill()
        client.wait()
        client.stdout.close()
    journal = Journal(folder, SESSION_ID, FakeClock())
    journal.finish()
    uploader = Uploader(journal, _to(server.url))
    assert uploader.wait(30)
    uploader.stop()
    journal.close()
    _assert_exactly_once(journal, server)


def test_a_server_that_comes_up_later_gets_the_session(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    server.start()
    server.end(signal.SIGKILL)
    journal = _journal(tmp_path, 2)
    uploader = Uploader(journal, _to(server.url))
    wait_until(lambda: uploader.status.state is UploadState.WAITING)
    assert uploader.status.problem == "The server cannot be reached."
    with server:
        journal.finish()
        assert uploader.wait(20)
        uploader.stop()
        journal.close()
        _assert_exactly_once(journal, server)


def test_stopping_does_not_wait_for_a_server_that_is_down(tmp_path: Path) -> None:
    journal = _journal(tmp_path, 1)
    uploader = Uploader(journal, _to("http://127.0.0.1:9"))
    wait_until(lambda: uploader.status.state is UploadState.WAITING)
    uploader.stop()
    assert not uploader._thread.is_alive()
    journal.close()
    assert progress_of(journal.folder).acknowledged == 0


def test_a_leftover_session_is_sent_at_the_next_start(
    tmp_path: Path, server: ServerProcess
) -> None:
    journal = _journal(tmp_path, 3)
    journal.finish()
    journal.close()
    assert unsent_sessions(tmp_path) == [journal.folder]
    assert upload_finished(journal.folder, SESSION_ID, _to(server.url), FakeClock())
    assert unsent_sessions(tmp_path) == []
    _assert_exactly_once(journal, server)


def test_a_refused_code_stops_the_upload_and_keeps_the_chunks(
    tmp_path: Path, server: ServerProcess
) -> None:
    journal = _journal(tmp_path, 2)
    uploader = Uploader(journal, _to(server.url, code="wrong"))
    wait_until(lambda: uploader.status.state is UploadState.REFUSED)
    assert "code" in uploader.status.problem
    uploader.stop()
    journal.close()
    progress = progress_of(journal.folder)
    assert (progress.total, progress.acknowledged, progress.quarantined) == (2, 0, 0)


def test_a_token_that_is_not_valid_any_more_is_renewed(
    tmp_path: Path, server: ServerProcess
) -> None:
    journal = _journal(tmp_path, 2)
    (journal.folder / "token").write_text("outdated", encoding="ascii")
    journal.finish()
    uploader = Uploader(journal, _to(server.url))
    assert uploader.wait(20)
    uploader.stop()
    journal.close()
    _assert_exactly_once(journal, server)


def test_a_damaged_chunk_is_set_aside_and_the_others_are_sent(
    tmp_path: Path, server: ServerProcess
) -> None:
    journal = _journal(tmp_path, 3)
    journal.finish()
    journal.close()
    db = apsw.Connection(str(journal.folder / "journal.sqlite"))
    db.execute("UPDATE chunk SET body = zeroblob(99) WHERE seq = 1")
    db.close()
    journal = Journal(journal.folder, SESSION_ID, FakeClock(), commit_interval_s=0.005)
    uploader = Uploader(journal, _to(server.url))
    wait_until(lambda: uploader.status.state is UploadState.REFUSED)
    uploader.stop()
    journal.close()
    progress = progress_of(journal.folder)
    assert (progress.acknowledged, progress.quarantined) == (2, 1)
    assert not progress.is_delivered
    assert "refused 1 parts" in uploader.status.problem


def test_what_the_server_asks_for_is_the_least_wait() -> None:
    state = tenacity.RetryCallState(tenacity.Retrying(), None, (), {})
    state.outcome = tenacity.Future(1)
    state.outcome.set_exception(RefusedError(429, "too fast", retry_after_s=7.0))
    assert 7.0 <= uploader_module._wait(state) <= 7.1
