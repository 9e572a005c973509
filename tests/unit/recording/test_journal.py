import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from tests.collection import SESSION_ID, fill, gaze, python, token, wait_until
from tests.fakes import FakeClock
from tests.sessions import message_of
from tracker_app.errors import AlreadyRunningError, JournalError, TrackerError
from tracker_app.recording.folder_files import chunk_lines
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import (
    chunks_to_send,
    manifest_of,
    progress_of,
    read_entries,
    verify,
)
from tracker_app.records import Record
from tracker_app.store.wire import Manifest


@contextmanager
def opened(
    folder: Path,
    on_failure: Callable[[TrackerError], None] = lambda _: None,
    commit_interval_s: float = 0.01,
) -> Iterator[Journal]:
    journal = Journal(
        folder,
        SESSION_ID,
        FakeClock(),
        on_failure=on_failure,
        commit_interval_s=commit_interval_s,
    )
    try:
        yield journal
    finally:
        journal.close()


def _records(folder: Path) -> list[Record]:
    return [e.record for e in read_entries(folder)]


def test_what_was_flushed_can_be_read_while_the_writer_runs(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        for i in range(30):
            journal.append(gaze(i), 0)
            journal.append(token(i), 0)
        assert journal.flush()
        assert _records(tmp_path) == [gaze(i) for i in range(30)] + [token(i) for i in range(30)]
        assert progress_of(tmp_path).total == 0


def test_sealing_turns_everything_appended_into_chunks(tmp_path: Path) -> None:
    with opened(tmp_path, commit_interval_s=0.001) as journal:
        for i in range(60):
            journal.append(gaze(i), 0)
            assert journal.seal()
            assert _sealed(tmp_path, "gaze") == i + 1


def _sealed(folder: Path, stream: str) -> int:
    with apsw_connection(folder / "journal.sqlite") as db:
        return sum(line.counts[stream] for line in chunk_lines(db))


@contextmanager
def apsw_connection(path: Path) -> Iterator[apsw.Connection]:
    db = apsw.Connection(str(path))
    try:
        yield db
    finally:
        db.close()


def test_a_session_finished_while_the_writer_seals_counts_its_last_record(tmp_path: Path) -> None:
    manifests: list[Manifest] = []
    finishing = threading.Thread(target=lambda: manifests.append(journal.finish()))

    def finish_now() -> None:
        if finishing.ident is None:
            journal.append(token(1), 0)
            finishing.start()
            finishing.join(0.1)  # it has asked by then, and waits for us

    with opened(tmp_path) as journal:
        journal.on_sealed = finish_now
        journal.append(token(0), 0)
        assert journal.seal()
        finishing.join()
    assert manifests[0].counts == {"token": 2}
    assert verify(tmp_path).is_complete


def test_records_after_the_end_are_left_out(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.append(token(0), 0)
        manifest = journal.finish()
        journal.append(token(1), 0)
        journal.seal()
        assert journal.finish() == manifest
    assert _records(tmp_path) == [token(0)]
    assert manifest_of(tmp_path) == manifest


def test_closing_seals_the_last_partial_batch(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.append(token(0), 0)
    assert progress_of(tmp_path).total == 1
    assert not verify(tmp_path).is_finished


def test_a_reopened_journal_goes_on_in_a_new_segment(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        assert journal.first_free_segment == 0
        journal.append(token(0), 0)
        journal.append(token(1), 1)
    with opened(tmp_path) as journal:
        assert journal.first_free_segment == 2
        journal.append(token(2), 2)
        journal.finish()
    assert [e.key for e in read_entries(tmp_path)] == [(i, "token", 0) for i in range(3)]
    assert verify(tmp_path).is_complete


def test_many_threads_may_append(tmp_path: Path) -> None:
    with opened(tmp_path, commit_interval_s=0.001) as journal:

        def append() -> None:
            for i in range(500):
                journal.append(token(i), 0)

        threads = [threading.Thread(target=append) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        journal.finish()
    assert verify(tmp_path).records == {"token": 2000}


def test_large_and_many_records_make_chunks_the_server_takes(tmp_path: Path) -> None:
    text = os.urandom(400_000).hex()  # gzip can only halve it
    with opened(tmp_path) as journal:
        journal.append(message_of("t0r1", text), 0)
        for i in range(20_000):
            journal.append(gaze(i), 0)
        journal.finish()
    chunks = chunks_to_send(tmp_path, limit=100)
    assert len(chunks) > 3
    assert max(len(c.body) for c in chunks) < 1_000_000
    assert _records(tmp_path)[-1] == message_of("t0r1", text)


def test_sealed_text_is_not_left_in_the_clear_in_any_file(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.append(message_of("t0r1", "a very private remark"), 0)
        assert journal.flush()
        assert _is_anywhere(b"very private remark", tmp_path)
        assert journal.seal()
        assert not _is_anywhere(b"very private remark", tmp_path)


def _is_anywhere(slice_: bytes, folder: Path) -> bool:
    return any(slice_ in p.read_bytes() for p in folder.iterdir())


def test_acknowledged_and_quarantined_chunks_are_not_sent_again(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        for i in range(3):
            journal.append(token(i), 0)
            journal.seal()
        journal.acknowledge(0)
        journal.quarantine(1, "422")
        assert journal.flush()
        assert [c.seq for c in chunks_to_send(tmp_path, limit=9)] == [2]
        progress = progress_of(tmp_path)
    assert (progress.total, progress.acknowledged, progress.quarantined) == (3, 1, 1)


def test_a_second_instance_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(AlreadyRunningError), opened(tmp_path):
        pass


def test_a_journal_of_another_session_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with pytest.raises(JournalError, match="another session"):
        Journal(tmp_path, SESSION_ID.replace("a", "b"), FakeClock())
    with opened(tmp_path):
        pass


def test_a_newer_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with apsw_connection(tmp_path / "journal.sqlite") as db:
        db.pragma("user_version", 99)
    with pytest.raises(JournalError, match="newer version"):
        Journal(tmp_path, SESSION_ID, FakeClock())


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JournalError, match="Check that the folder may be written to"):
        Journal(tmp_path / "file" / "session", SESSION_ID, FakeClock())


# --- kill -9 -----------------------------------------------------------------------------------

CLIENT = """
import sys
from pathlib import Path
from tests.collection import SESSION_ID, gaze
from tracker_app.clock import SystemClock
from tracker_app.recording.folder_files import chunk_lines
from tracker_app.recording.journal import Journal
journal = Journal(Path(sys.argv[1]), SESSION_ID, SystemClock(),
                  commit_interval_s=0.005, seal_interval_s=0.03)
segment, i = journal.first_free_segment, 0
while True:
    for _ in range(20):
        journal.append(gaze(i), segment)
        i += 1
    assert journal.flush()
    print(segment, i, flush=True)
"""


def test_nothing_committed_is_lost_to_kill_9(tmp_path: Path) -> None:
    committed: dict[int, int] = {}
    for kill in range(5):
        client = python(CLIENT, str(tmp_path))
        assert client.stdout is not None
        for _ in range(10 + 9 * kill):
            segment, n = map(int, client.stdout.readline().split())
        client.kill()
        # What the client said before it died counts, too.
        for line in client.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                segment, n = map(int, line.split())
        client.wait()
        client.stdout.close()
        committed[segment] = n
    with opened(tmp_path) as journal:
        journal.finish()
    stored = read_entries(tmp_path)
    assert sorted(committed) == list(range(5))
    for segment, n in committed.items():
        here = [e.record for e in stored if e.segment == segment]
        assert len(here) >= n
        assert here == [gaze(i) for i in range(len(here))]
    assert verify(tmp_path).is_complete


# --- full disk ---------------------------------------------------------------------------------


def test_a_full_disk_first_uses_the_reserve(small_disk: Path) -> None:
    failures: list[TrackerError] = []
    with opened(small_disk / "session", failures.append) as journal:
        fill(small_disk)
        for i in range(20_000):
            journal.append(gaze(i), 0)
        journal.finish()
    assert [str(f).split(",")[0] for f in failures] in ([], ["The disk is full"])
    assert verify(small_disk / "session").records == {"gaze": 20_000}


def test_records_wait_in_memory_while_the_disk_is_full(small_disk: Path) -> None:
    failures: list[TrackerError] = []
    folder = small_disk / "session"
    with opened(folder, failures.append) as journal:
        journal.append(gaze(0), 0)
        assert journal.flush()
        ballast = fill(small_disk)
        (folder / "reserve").unlink()
        fill(small_disk / "session")
        for i in range(1, 3_000):
            journal.append(gaze(i), 0)
        wait_until(lambda: bool(failures))
        assert not journal.flush(timeout_s=0.2)
        assert _records(folder) == [gaze(0)]
        ballast.unlink()
        assert journal.flush()
        journal.finish()
    assert len(failures) == 1
    assert _records(folder) == [gaze(i) for i in range(3_000)]
    assert verify(folder).is_complete


def test_what_a_full_disk_cost_at_the_end_is_said(small_disk: Path) -> None:
    failures: list[TrackerError] = []
    with opened(small_disk / "session", failures.append) as journal:
        fill(small_disk)
        (small_disk / "session" / "reserve").unlink()
        fill(small_disk / "session")
        for i in range(3_000):
            journal.append(gaze(i), 0)
        with pytest.raises(JournalError, match="disk is full"):
            journal.finish(timeout_s=0.2)
    assert str(failures[-1]) == "Records at the end that could not be saved: 3000."
