"""Deleting from a journal: what is left, and that nothing of the rest is left in any file."""

import gzip
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import apsw
import msgspec
import pytest
import tenacity
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.collection import CODE, SESSION_ID, ServerProcess, fill, gaze, python
from tests.fakes import FakeClock
from tests.sessions import message_of
from tracker_app.codec import Entry
from tracker_app.errors import CollectorError, JournalError
from tracker_app.recording import uploader as uploader_module
from tracker_app.recording.folders import unfinished_sessions, unsent_sessions
from tracker_app.recording.journal import Journal
from tracker_app.recording.outline import Outline, Span, read_outline
from tracker_app.recording.reading import chunks_to_send, progress_of, read_entries, verify
from tracker_app.recording.redaction import Deletion
from tracker_app.recording.uploader import Destination, Uploader
from tracker_app.records import Record, Redaction, TokenArrival, Turn
from tracker_app.store.sqlite import read_entries as read_stored


def _opened(folder: Path, *, seals: bool = True) -> Journal:
    return Journal(
        folder,
        SESSION_ID,
        FakeClock(),
        commit_interval_s=0.005,
        seal_interval_s=5.0 if seals else 1e9,
    )


def _mark(i: int) -> str:
    return f"mark{i:07d}mark"


def _record(i: int, kind: int) -> Record:
    """The i-th record of a session; all but gaze carry its mark."""
    t_ns = 1_000_000_000 + i * 10_000_000
    if kind == 0:
        return Turn(t_ns=t_ns, turn=i, task=1, question=_mark(i), opener="")
    if kind == 1:
        return message_of(_mark(i), _mark(i), t_ns, turn=i)
    if kind == 2:
        return message_of(_mark(i), _mark(i) + random.Random(i).randbytes(40_000).hex(), t_ns)
    if kind == 3:
        return TokenArrival(t_ns=t_ns, message_id=_mark(i), end=i)
    return gaze(i)


def _write(journal: Journal, kinds: Sequence[int], seals: Sequence[int], breaks: int) -> None:
    for i, kind in enumerate(kinds):
        journal.append(_record(i, kind), 0 if i < breaks else 1)
        if i in seals:
            assert journal.seal()
    assert journal.flush()


def _numbered(entries: Sequence[Entry]) -> list[Entry]:
    counts: Counter[tuple[int, str]] = Counter()
    numbered = []
    for entry in sorted(entries, key=lambda e: e.key):
        numbered.append(replace(entry, index=counts[entry.segment, entry.stream]))
        counts[entry.segment, entry.stream] += 1
    return numbered


def _is_anywhere(found: bytes, folder: Path) -> bool:
    return any(found in path.read_bytes() for path in folder.iterdir())


def _bodies(folder: Path) -> list[bytes]:
    return [c.body for c in chunks_to_send(folder, limit=1000)]


def _found_again(old: Sequence[bytes], folder: Path) -> list[bytes]:
    """Pieces of old chunks that stand in a file, but in no new chunk."""
    now = b"".join(_bodies(folder))
    files = [path.read_bytes() for path in folder.iterdir()]
    pieces = [body[len(body) * i // 8 :][:32] for body in old for i in range(1, 8)]
    return [p for p in pieces if p not in now and any(p in file for file in files)]


def _plain(folder: Path) -> bytes:
    return b"".join(map(gzip.decompress, _bodies(folder)))


SESSIONS = st.lists(st.sampled_from([0, 1, 2, 3, 4, 4, 4]), min_size=1, max_size=40)


# Sessions are files: shrinking one that fails would take longer than looking at it.
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data(), kinds=SESSIONS)
def test_a_deletion_leaves_the_other_records_and_no_byte_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kinds: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("any") / "session"
    places = st.integers(0, len(kinds))
    journal = _opened(folder, seals=False)
    _write(journal, kinds, data.draw(st.lists(places, max_size=3)), data.draw(places))
    before = read_entries(folder)
    moments = sorted((e.segment, e.record.t_ns) for e in before)
    ends = sorted(data.draw(st.lists(st.sampled_from(moments), min_size=2, max_size=2)))
    others = st.sampled_from([e.key for e in before if e.stream != "gaze"] or [(9, "", 0)])
    deletion = Deletion(
        (Span(*ends),), data.draw(st.frozensets(others)), _changes(before, data.draw(places))
    )
    assert journal.seal()
    bodies = _bodies(folder)
    left = [replace(e, record=r) for e in before if (r := deletion.after(e)) is not None]
    gone = [e for e in before if deletion.after(e) is None]
    assert journal.redact(lambda _: deletion).result(20) == len(gone)
    after = read_entries(folder)
    redactions = [e.record for e in after if isinstance(e.record, Redaction)]
    assert [e for e in after if e.stream != "redaction"] == _numbered(left)
    assert _lost(redactions) == Counter(e.stream for e in gone)
    assert not _found_again(bodies, folder)
    plain = _plain(folder)
    for entry in gone:
        number = _number(entry)
        assert entry.stream == "gaze" or not _is_anywhere(_mark(number).encode(), folder)
        assert entry.stream == "gaze" or _mark(number).encode() not in plain
    journal.append(_record(9_999, 0), 1)
    journal.finish()
    journal.close()
    assert verify(folder).is_complete, verify(folder)


def _number(entry: Entry) -> int:
    return (entry.record.t_ns - 1_000_000_000) // 10_000_000


def _changes(entries: Sequence[Entry], turn: int) -> dict[tuple[int, str, int], Record]:
    return {
        e.key: msgspec.structs.replace(e.record, question="changed")
        for e in entries
        if isinstance(e.record, Turn) and e.record.turn == turn
    }


def _lost(redactions: Sequence[Redaction]) -> Counter[str]:
    lost: Counter[str] = Counter()
    for redaction in redactions:
        lost[redaction.redacted_stream] += redaction.lost
    return lost


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / SESSION_ID


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    """Forty records of two clock segments in four chunks."""
    opened = _opened(folder)
    _write(opened, [0, 1, 2, 3, 4] * 8, [9, 19, 29], breaks=20)
    yield opened
    opened.close()


def _turns(outline: Outline) -> Deletion:
    return Deletion(gone=frozenset(e.key for e in outline.entries if e.stream == "turn"))


def test_a_chunk_that_is_not_touched_keeps_its_bytes(tmp_path: Path) -> None:
    journal = _opened(tmp_path)
    _write(journal, [0, 1, 3, 4] * 10, [9, 19, 29, 39], breaks=40)
    before = [c.sha256 for c in chunks_to_send(tmp_path, limit=9)]
    later = Span((0, _record(20, 4).t_ns), (0, _record(30, 4).t_ns))
    assert journal.redact(lambda _: Deletion((later,))).result(20) == 2
    after = chunks_to_send(tmp_path, limit=9)
    assert [c.sha256 for c in after][:2] == before[:2]
    assert len({c.sha256 for c in after}.intersection(before)) == 2  # the last is numbered anew
    assert [c.seq for c in after] == [0, 1, 2, 3, 4]  # with one for the redaction
    journal.close()


def test_a_redaction_says_what_of_which_time_went(journal: Journal, folder: Path) -> None:
    begin, end = 1_100_000_000, 1_300_000_000
    journal.redact(lambda _: Deletion((Span((0, begin), (1, end)),))).result(20)
    said = [e for e in read_entries(folder) if isinstance(e.record, Redaction)]
    first, last = _record(0, 0).t_ns, gaze(19).t_ns
    assert [(e.segment, e.record) for e in said] == [
        (0, Redaction(t_ns=begin, redacted_stream="gaze", end_t_ns=last, lost=2)),
        (1, Redaction(t_ns=first + 200_000_000, redacted_stream="gaze", end_t_ns=end, lost=2)),
    ]


def test_recording_goes_on_while_and_after_deleting(journal: Journal, folder: Path) -> None:
    done = journal.redact(_turns)
    for i in range(100, 200):
        journal.append(_record(i, 3), 1)
    assert done.result(20) == 8
    journal.append(_record(200, 0), 1)
    journal.finish()
    found = verify(folder)
    assert found.is_complete
    assert found.records["token"] == 8 + 100
    assert found.records["turn"] == 1


def test_the_caller_is_told_without_waiting(journal: Journal) -> None:
    told = threading.Event()
    done = journal.redact(_turns)
    done.add_done_callback(lambda _: told.set())
    assert told.wait(20)
    assert done.result(0) == 8


def test_a_deletion_waits_for_whoever_reads_the_journal(journal: Journal, folder: Path) -> None:
    reader = apsw.Connection(str(folder / "journal.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    rows = reader.execute("SELECT body FROM chunk, (SELECT 1 UNION SELECT 2)")
    next(iter(rows))
    done = journal.redact(_turns)
    with pytest.raises(TimeoutError):
        done.result(0.2)
    reader.close()
    assert done.result(20) == 8
    assert not progress_of(folder).has_traces


def test_a_plan_that_fails_deletes_nothing(journal: Journal, folder: Path) -> None:
    before = read_entries(folder)
    done = journal.redact(lambda outline: Deletion(gone=frozenset([outline.missing])))  # type: ignore[attr-defined] # the mistake
    with pytest.raises(AttributeError):
        done.result(20)
    assert read_entries(folder) == before
    assert journal.flush()


def _refused(done: "Future[int]") -> str:
    with pytest.raises(JournalError) as refusal:
        done.result(20)
    return str(refusal.value)


def test_nothing_is_deleted_from_what_is_finished_sent_or_closed(
    journal: Journal, folder: Path
) -> None:
    assert journal.seal()
    journal.acknowledge(0)
    before = read_entries(folder)
    assert "sent already" in _refused(journal.redact(_turns))
    journal.send_again(0)
    assert journal.begin_sending()
    assert "sent already" in _refused(journal.redact(_turns))
    journal.finish()
    assert "finished" in _refused(journal.redact(_turns))
    journal.close()
    assert "closed" in _refused(journal.redact(_turns))
    assert read_entries(folder) == before


def test_nothing_is_deleted_from_a_damaged_journal(journal: Journal, folder: Path) -> None:
    assert journal.seal()
    with apsw.Connection(str(folder / "journal.sqlite")) as db:
        db.execute("UPDATE chunk SET body = zeroblob(99) WHERE seq = 1")
    db.close()
    assert "damaged" in _refused(journal.redact(_turns))
    assert progress_of(folder).total == 4


# --- kill -9 -----------------------------------------------------------------------------------

CLIENT = """
import os, signal, sys
from pathlib import Path
from tests.collection import SESSION_ID
from tracker_app.clock import SystemClock
from tracker_app.recording import journal as writer, rewriting
from tracker_app.recording.redaction import Deletion
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def die_before_the_checkpoint(db):
    db.execute("VACUUM")
    die()
stage = sys.argv[2]
if stage == "before the commit":
    rewriting.set_meta = die
else:
    writer.erase_traces = die if stage == "after it" else die_before_the_checkpoint
journal = writer.Journal(Path(sys.argv[1]), SESSION_ID, SystemClock())
journal.redact(lambda outline: Deletion(
    gone=frozenset(e.key for e in outline.entries if e.stream == "turn"))).result(60)
"""


@pytest.mark.parametrize("stage", ["before the commit", "after it", "before the checkpoint"])
def test_killed_while_deleting_all_of_it_or_nothing_is_gone(tmp_path: Path, stage: str) -> None:
    journal = _opened(tmp_path)
    _write(journal, [0, 2, 4, 4] * 20, range(9, 80, 10), breaks=40)
    journal.close()
    before = read_entries(tmp_path)
    client = python(CLIENT, str(tmp_path), stage)
    assert client.wait(60) == -signal.SIGKILL
    assert client.stdout is not None
    client.stdout.close()
    is_deleted = stage != "before the commit"
    kept = _numbered([e for e in before if e.stream != "turn"]) if is_deleted else before
    assert [e for e in read_entries(tmp_path) if e.stream != "redaction"] == kept
    assert progress_of(tmp_path).has_traces == is_deleted
    journal = _opened(tmp_path)
    journal.finish()
    journal.close()
    assert verify(tmp_path).is_complete
    assert not progress_of(tmp_path).has_traces
    assert is_deleted == (_mark(0).encode() not in _plain(tmp_path))


def test_traces_left_by_a_kill_are_erased_when_the_journal_is_opened(
    journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journal.seal()
    bodies = _bodies(folder)
    monkeypatch.setattr("tracker_app.recording.journal.LAST_ROUNDS", 1)
    with monkeypatch.context() as patch:
        patch.setattr("tracker_app.recording.journal.erase_traces", _busy)
        done = journal.redact(_turns)
        with pytest.raises(TimeoutError):
            done.result(0.2)
        assert _found_again(bodies, folder)
        journal.close()
    assert "traces" in _refused(done)  # nobody waits for ever
    assert progress_of(folder).has_traces
    _opened(folder).close()
    assert not progress_of(folder).has_traces
    assert not _found_again(bodies, folder)


def _busy(_: apsw.Connection) -> None:
    raise apsw.BusyError("somebody reads")


# --- full disk ---------------------------------------------------------------------------------


def test_on_a_full_disk_nothing_is_deleted_and_nothing_is_lost(small_disk: Path) -> None:
    folder = small_disk / "session"
    journal = _opened(folder)
    _write(journal, [0, 2, 4] * 40, [], breaks=60)
    assert journal.seal()
    before = read_entries(folder)
    ballast = fill(small_disk)
    (folder / "reserve").unlink()
    fill(folder)
    said = _refused(journal.redact(_turns))
    assert said == "Nothing was deleted: the disk is full. Delete some files, then try again."
    assert read_entries(folder) == before
    ballast.unlink()
    assert journal.redact(_turns).result(20) == 40
    journal.finish()
    journal.close()
    assert verify(folder).is_complete


# --- sending afterwards ------------------------------------------------------------------------


@pytest.fixture
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    short = tenacity.wait_random_exponential(multiplier=0.01, max=0.1)
    monkeypatch.setattr(uploader_module, "_backoff", short)
    monkeypatch.setattr(uploader_module, "IDLE_S", 0.05)


@pytest.mark.usefixtures("_short_waits")
def test_after_the_review_the_server_gets_all_chunks_and_nothing_deleted(
    journal: Journal, folder: Path, tmp_path: Path
) -> None:
    assert journal.redact(_turns).result(20) == 8
    with ServerProcess(tmp_path / "server") as server:
        uploader = Uploader(journal, Destination(server.url, CODE, "study", "0" * 64))
        journal.finish()
        assert uploader.wait(20)
        uploader.stop()
        stored = read_stored(server.data, SESSION_ID)
    assert stored == read_entries(folder)
    assert not [e for e in stored if e.stream == "turn"]
    progress = progress_of(folder)
    assert progress.is_delivered
    assert uploader.sent_chunks == progress.acknowledged == progress.total
    assert uploader.sent_bytes == _size(folder)


def _size(folder: Path) -> int:
    db = apsw.Connection(str(folder / "journal.sqlite"))
    size: int = db.execute("SELECT SUM(LENGTH(body)) FROM chunk").get
    db.close()
    return size


def test_a_session_to_be_kept_here_is_never_sent(
    journal: Journal, folder: Path, tmp_path: Path
) -> None:
    journal.keep_here()
    journal.finish()
    journal.close()
    assert unsent_sessions(tmp_path) == []
    again = _opened(folder)
    with pytest.raises(CollectorError, match="kept on this computer"):
        Uploader(again, Destination("http://127.0.0.1:9", CODE, "study", "0" * 64))
    assert not again.begin_sending()
    again.close()


def test_what_is_being_sent_cannot_be_kept_here_any_more(journal: Journal) -> None:
    assert journal.begin_sending()
    with pytest.raises(JournalError, match="sent already"):
        journal.keep_here()


def test_an_unfinished_session_is_no_leftover_to_send(journal: Journal, tmp_path: Path) -> None:
    journal.close()
    assert unsent_sessions(tmp_path) == []
    assert unfinished_sessions(tmp_path) == [journal.folder]


def test_an_outline_read_from_a_journal_is_that_of_its_records(
    journal: Journal, folder: Path
) -> None:
    assert read_outline(folder) == Outline.of(read_entries(folder))
    assert journal.flush()
