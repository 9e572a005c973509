import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import apsw
import pytest

from tests.unit.recording.conftest import OpenJournal
from tracker_app.errors import (
    AlreadyRunningError,
    DamagedRecordError,
    JournalError,
    TrackerError,
)
from tracker_app.recording.journal import JOURNAL_NAME, Journal
from tracker_app.recording.reading import (
    manifest_of,
    progress_of,
    read_entries,
    verify,
)
from tracker_app.records import Feedback, FlowStep, Record, TokenArrival
from tracker_app.store.wire import is_consistent


def _token(n: int) -> TokenArrival:
    return TokenArrival(t_ns=n, message_id="t0s1a1", end=n)


def _records(folder: Path) -> list[Record]:
    return [entry.record for entry in read_entries(folder)]


def test_what_is_flushed_can_be_read_while_the_writer_runs(open_journal: OpenJournal) -> None:
    journal = open_journal()
    for n in range(100):
        journal.append(_token(n), 0)
    assert journal.flush()
    assert _records(journal.folder) == [_token(n) for n in range(100)]


def test_sealing_changes_nothing_that_can_be_read(open_journal: OpenJournal) -> None:
    journal = open_journal()
    for n in range(50):
        journal.append(_token(n), 0)
    journal.flush()
    before = read_entries(journal.folder)
    journal.append(FlowStep(t_ns=1, step="talk"), 0)
    assert journal.seal()
    after = read_entries(journal.folder)
    assert [e for e in after if e.stream == "token"] == before
    assert progress_of(journal.folder).total == 1


def test_records_are_numbered_by_segment_and_stream(open_journal: OpenJournal) -> None:
    journal = open_journal()
    journal.append(_token(1), 0)
    journal.append(_token(2), 1)
    journal.append(FlowStep(t_ns=3, step="talk"), 1)
    journal.append(_token(4), 1)
    journal.flush()
    assert {e.key for e in read_entries(journal.folder)} == {
        (0, "token", 0),
        (1, "token", 0),
        (1, "token", 1),
        (1, "flow", 0),
    }


def test_a_journal_opened_again_starts_a_new_segment(open_journal: OpenJournal) -> None:
    first = open_journal()
    assert first.first_free_segment == 0
    first.append(_token(1), 0)
    first.close()
    second = open_journal(first.folder)
    assert second.first_free_segment == 1
    second.append(_token(2), 1)
    second.flush()
    assert _records(second.folder) == [_token(1), _token(2)]


def test_many_threads_may_append(open_journal: OpenJournal) -> None:
    journal = open_journal()

    def append(start: int) -> None:
        for n in range(start, start + 500):
            journal.append(_token(n), 0)

    threads = [threading.Thread(target=append, args=(1000 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.flush()
    assert len(_records(journal.folder)) == 2000


def test_a_huge_record_is_kept_whole(open_journal: OpenJournal) -> None:
    journal = open_journal()
    huge = Feedback(t_ns=5, text="long words 🙂 " * 100_000)
    journal.append(huge, 0)
    journal.append(Feedback(t_ns=6, text="short"), 0)
    journal.finish()
    assert _records(journal.folder) == [huge, Feedback(t_ns=6, text="short")]
    assert verify(journal.folder).is_complete
    assert max(_chunk_sizes(journal.folder)) < 1_000_000


def _chunk_sizes(folder: Path) -> list[int]:
    db = apsw.Connection(str(folder / JOURNAL_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    sizes = [size for (size,) in db.execute("SELECT LENGTH(body) FROM chunk")]
    db.close()
    return sizes


def test_the_manifest_counts_everything(open_journal: OpenJournal) -> None:
    journal = open_journal()
    for n in range(10):
        journal.append(_token(n), 0)
        journal.seal()
    journal.append(FlowStep(t_ns=1, step="talk"), 0)
    manifest = journal.finish()
    assert manifest.counts == {"flow": 1, "token": 10}
    assert [line.seq for line in manifest.chunks] == list(range(11))
    assert is_consistent(manifest)
    assert manifest_of(journal.folder) == manifest
    assert verify(journal.folder).is_complete


def test_closing_without_finishing_loses_nothing_and_says_unfinished(
    open_journal: OpenJournal,
) -> None:
    journal = open_journal()
    journal.append(_token(1), 0)
    journal.close()
    found = verify(journal.folder)
    assert found.records == {"token": 1}
    assert not found.is_finished
    assert not found.is_complete


def test_a_second_instance_is_refused(open_journal: OpenJournal) -> None:
    journal = open_journal()
    with pytest.raises(AlreadyRunningError, match="another window"):
        open_journal(journal.folder)
    journal.append(_token(1), 0)
    assert journal.flush()


def test_a_journal_of_another_session_is_refused(open_journal: OpenJournal) -> None:
    first, other = open_journal(), open_journal()
    for journal in (first, other):
        journal.close()
    shutil.copy(first.folder / JOURNAL_NAME, other.folder / JOURNAL_NAME)
    with pytest.raises(JournalError, match="another session"):
        open_journal(other.folder)


def test_a_folder_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, open_journal: OpenJournal
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(JournalError, match="cannot be written"):
        open_journal(tmp_path / "file" / "session")


KILLED = """
import sys
from pathlib import Path
from tracker_app.clock import SystemClock
from tracker_app.recording.journal import Journal
from tracker_app.records import TokenArrival
journal = Journal(Path(sys.argv[1]), sys.argv[2], SystemClock(), commit_interval_s=0.005,
                  seal_interval_s=0.05)
segment = journal.first_free_segment
for n in range(10**9):
    journal.append(TokenArrival(t_ns=n, message_id="m", end=n), segment)
    if n % 50 == 49:
        journal.flush()
        print(n + 1, flush=True)
"""


def test_nothing_committed_is_lost_when_the_client_is_killed(tmp_path: Path) -> None:
    folder, rng, promised = tmp_path / "killed", random.Random(5), {}
    for segment in range(8):
        command = [sys.executable, "-c", KILLED, str(folder), "0" * 36]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            for _ in range(rng.randint(1, 12)):
                promised[segment] = int(client.stdout.readline())
            client.send_signal(signal.SIGKILL)
    entries = read_entries(folder)
    for segment, n in promised.items():
        kept = [e.index for e in entries if e.segment == segment]
        assert kept == list(range(len(kept)))
        assert len(kept) >= n
    assert not verify(folder).damaged


def _damage(folder: Path, rng: random.Random) -> None:
    """Flip one bit inside a stored body."""
    path = folder / JOURNAL_NAME
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    (body,) = next(db.execute("SELECT body FROM chunk ORDER BY RANDOM() LIMIT 1"))
    db.close()
    raw = bytearray(path.read_bytes())
    # Long bodies lie on several pages; the first bytes are together on one.
    start = raw.find(body[:60])
    assert start >= 0
    raw[start + rng.randrange(12, 60)] ^= 1 << rng.randrange(8)
    path.write_bytes(raw)


@pytest.mark.parametrize("seed", range(20))
def test_a_flipped_bit_is_never_silently_wrong(open_journal: OpenJournal, seed: int) -> None:
    journal = open_journal()
    for n in range(300):
        journal.append(_token(n), 0)
        if n % 100 == 99:
            journal.seal()
    journal.finish()
    journal.close()
    _damage(journal.folder, random.Random(seed))
    found = verify(journal.folder)
    assert found.damaged
    assert not found.is_complete
    with pytest.raises(DamagedRecordError):
        read_entries(journal.folder)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_torn_file_is_reported_and_never_read_as_whole(
    open_journal: OpenJournal, share: float
) -> None:
    journal = open_journal()
    for n in range(20_000):
        journal.append(_token(random.Random(n).randrange(2**40)), 0)
    journal.finish()
    journal.close()
    path = journal.folder / JOURNAL_NAME
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(int(size * share))
    assert not _is_complete(journal.folder)


def _is_complete(folder: Path) -> bool:
    try:
        return verify(folder).is_complete
    except TrackerError:  # not even a database any more: said in a sentence
        return False


FULL = """
import sys, resource
from pathlib import Path
from tracker_app.clock import SystemClock
from tracker_app.recording.journal import Journal, RESERVE_BYTES
from tracker_app.recording.reading import read_entries
from tracker_app.records import Feedback
folder = Path(sys.argv[1])
sentences = []
journal = Journal(folder, "0" * 36, SystemClock(), on_failure=lambda e: sentences.append(str(e)),
                  commit_interval_s=0.01, seal_interval_s=3600)
import random
for n in range(60):
    journal.append(Feedback(t_ns=n, text=random.Random(n).randbytes(60_000).hex()), 0)
    journal.flush(2)
print(len(sentences), sentences[0].count("\\n"), flush=True)
(folder.parent / "filler").unlink()
assert journal.flush(5), "writing did not recover"
print(len(read_entries(folder)), flush=True)
journal.close()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_one_sentence_and_recording_recovers(tmp_path: Path) -> None:
    disk = tmp_path / "small-disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    try:
        (disk / "filler").write_bytes(bytes(4_000_000))
        out = subprocess.run(
            [sys.executable, "-c", FULL, str(disk / "session")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert out.returncode == 0, out.stderr
        sentences, rest = out.stdout.splitlines()
        assert sentences == "1 0"
        assert rest == "60"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_appending_never_waits_for_the_disk(open_journal: OpenJournal) -> None:
    journal = open_journal()
    before = resource.getrusage(resource.RUSAGE_THREAD)
    for n in range(10_000):
        journal.append(_token(n), 0)
    after = resource.getrusage(resource.RUSAGE_THREAD)
    assert after.ru_oublock == before.ru_oublock
    assert journal.flush()


def test_sealed_records_cost_few_bytes(open_journal: OpenJournal) -> None:
    journal = open_journal()
    for n in range(5_000):
        journal.append(_token(n * 33_000_000 + n % 7), 0)
    journal.finish()
    assert sum(_chunk_sizes(journal.folder)) / 5_000 < 6


def test_the_writer_reports_a_failure_once(
    open_journal: OpenJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[TrackerError] = []
    journal = open_journal(on_failure=heard.append)

    def fail(*_: object) -> None:
        raise apsw.IOError("disk unplugged")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "_write", fail)
        journal.append(_token(1), 0)
        assert not journal.flush()
        assert not journal.flush()
    assert journal.flush()
    assert len(heard) == 1
    assert _records(journal.folder) == [_token(1)]
