import random
from pathlib import Path

import apsw
import pytest

from tests.collection import SESSION_ID, gaze, token
from tests.fakes import FakeClock
from tests.sessions import message_of
from tracker_app.errors import DamagedRecordError, JournalError
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import read_entries, verify

FLIPS = 150


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A finished session of several chunks, one with a record in parts."""
    journal = Journal(tmp_path / "session", SESSION_ID, FakeClock(), commit_interval_s=0.005)
    for part in range(3):
        for i in range(100):
            journal.append(gaze(part * 100 + i), 0)
            journal.append(token(part * 100 + i), 0)
        journal.seal()
    journal.append(message_of("t0r1", "long " * 100_000), 0)
    journal.finish()
    journal.close()
    return tmp_path / "session"


@pytest.fixture
def unsealed(tmp_path: Path) -> Path:
    """A killed session: fragments only, and no WAL any more."""
    folder = tmp_path / "killed"
    journal = Journal(folder, SESSION_ID, FakeClock(), commit_interval_s=0.005)
    for i in range(200):
        journal.append(gaze(i), 0)
        if i % 20 == 19:
            journal.flush()
    copy = tmp_path / "copy"
    copy.mkdir()
    with_wal = apsw.Connection(str(folder / "journal.sqlite"))
    plain = apsw.Connection(str(copy / "journal.sqlite"))
    with plain.backup("main", with_wal, "main") as backup:
        backup.step()
    plain.close()
    with_wal.close()
    journal.close()
    return copy


def test_an_undamaged_session_is_complete(finished: Path) -> None:
    found = verify(finished)
    assert found.is_complete
    assert found.records == {"gaze": 300, "message": 1, "token": 300}


def test_a_session_in_a_folder_that_cannot_be_written_is_still_readable(finished: Path) -> None:
    finished.chmod(0o500)
    try:
        assert verify(finished).is_complete
    finally:
        finished.chmod(0o700)


@pytest.mark.parametrize("kind", ["finished", "unsealed"])
def test_no_flipped_bit_changes_records_unnoticed(
    kind: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(kind)
    path = folder / "journal.sqlite"
    whole = path.read_bytes()
    before = read_entries(folder)
    was_complete = verify(folder).is_complete
    chance = random.Random(7)
    used = [i for i, byte in enumerate(whole) if byte]  # most of the file is wiped and free
    noticed = 0
    for _ in range(FLIPS):
        place = chance.choice(used)
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        try:
            found = verify(folder)
        except JournalError:
            noticed += 1
            continue
        if found.damaged or found.missing or found.is_complete != was_complete:
            noticed += 1
        else:
            assert read_entries(folder) == before, f"byte {place}"
    assert noticed > FLIPS / 2


def test_a_file_torn_anywhere_is_never_taken_for_whole(finished: Path) -> None:
    path = finished / "journal.sqlite"
    whole = path.read_bytes()
    for cut in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:cut])
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        try:
            assert not verify(finished).is_complete
        except JournalError:
            continue


def _change(folder: Path, statement: str) -> None:
    db = apsw.Connection(str(folder / "journal.sqlite"))
    db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    ("statement", "damaged", "missing"),
    [
        ("DELETE FROM chunk WHERE seq = 1", "", "chunk 1 is not the one"),
        ("DELETE FROM chunk WHERE seq = 1", "", "have 200 of 300"),
        ("UPDATE chunk SET sha256 = 'x' WHERE seq = 2", "chunk 2: the checksum", "chunk 2"),
        ("UPDATE chunk SET counts = '{}' WHERE seq = 0", "chunk 0: holds other", ""),
        ("UPDATE chunk SET state = 'gone' WHERE seq = 0", "state", ""),
        ("UPDATE meta SET value = '{' WHERE key = 'manifest'", "manifest is damaged", ""),
        ("DELETE FROM meta WHERE key = 'manifest'", "", ""),
    ],
)
def test_verify_says_where_and_what(
    finished: Path, statement: str, damaged: str, missing: str
) -> None:
    _change(finished, statement)
    found = verify(finished)
    assert not found.is_complete
    assert damaged in "; ".join(found.damaged)
    assert missing in "; ".join(found.missing)
    assert bool(found.damaged) == bool(damaged)


def test_a_manifest_file_that_was_changed_is_noticed(finished: Path) -> None:
    path = finished / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"gaze", b"gape"))
    assert verify(finished).missing == ["manifest.json was changed"]


def test_reading_names_the_damaged_fragment(unsealed: Path) -> None:
    _change(unsealed, "UPDATE frag SET crc = crc + 1 WHERE id = 3")
    assert verify(unsealed).damaged == ["fragment 3: the checksum is wrong"]
    with pytest.raises(DamagedRecordError, match="fragment 3"):
        read_entries(unsealed)


def test_a_damaged_fragment_is_kept_and_does_not_stop_the_sealing(unsealed: Path) -> None:
    _change(unsealed, "UPDATE frag SET crc = crc + 1 WHERE id = 3")
    journal = Journal(unsealed, SESSION_ID, FakeClock())
    journal.finish()
    journal.close()
    found = verify(unsealed)
    assert found.damaged == ["fragment 3: the checksum is wrong"]
    assert found.records == {"gaze": 180}


def test_no_journal_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="There is no journal"):
        verify(tmp_path)
