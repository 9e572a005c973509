"""Withdrawing, and the receipt that is left."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.collection import SESSION_ID
from tests.fakes import FakeClock
from tests.sessions import Script, build_session
from tracker_app.errors import AlreadyRunningError, JournalError
from tracker_app.recording import erasing
from tracker_app.recording.erasing import begin_erasing, erase_session, withdrawn_sessions
from tracker_app.recording.folders import list_sessions, unfinished_sessions, unsent_sessions
from tracker_app.recording.journal import Journal
from tracker_app.recording.outline import Outline
from tracker_app.recording.reading import progress_of
from tracker_app.session.deletion import turn_deletion
from tracker_app.session.leftovers import finish_deletions
from tracker_app.session.receipt import Outcome, receipt_of, receipt_path, write_receipt
from tracker_app.session.withdrawal import withdraw

SESSION = build_session(Script(turns=1, reading_s=1))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    folder = tmp_path / "sessions" / "0197a5c0-tides"
    opened = Journal(folder, SESSION_ID, FakeClock(), commit_interval_s=0.005)
    for entry in SESSION:
        opened.append(entry.record, entry.segment)
    assert opened.seal()
    (folder / "token").write_text("secret", encoding="ascii")
    (tmp_path / "calibrations").mkdir()
    (tmp_path / "calibrations" / "p-41.npz").write_bytes(b"eyes")
    (tmp_path / "calibrations" / "p-42.npz").write_bytes(b"other eyes")
    return opened


def test_withdrawing_leaves_a_receipt_and_nothing_else(journal: Journal, tmp_path: Path) -> None:
    journal.close()
    receipt = withdraw(journal.folder, tmp_path, "Tides")
    files = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert files == {"calibrations/p-42.npz", "receipts/0197a5c0-tides.txt"}
    assert not journal.folder.exists()
    text = receipt.read_text(encoding="utf-8")
    assert "You withdrew. What was recorded was deleted from this computer." in text
    assert "confirmed" not in text


def test_a_receipt_of_what_was_partly_sent_says_so(journal: Journal, tmp_path: Path) -> None:
    journal.acknowledge(0)
    journal.close()
    text = withdraw(journal.folder, tmp_path, "Tides").read_text(encoding="utf-8")
    assert "Parts of it that the server has confirmed: 1" in text


def test_what_was_recorded_is_overwritten_before_it_goes(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.close()
    gone: dict[str, bytes] = {}

    def look(path: Path) -> None:
        gone[path.name] = path.read_bytes()
        keep(path)

    keep: Callable[[Path], None] = Path.unlink
    monkeypatch.setattr(Path, "unlink", look)
    withdraw(journal.folder, tmp_path, "Tides")
    assert {"journal.sqlite", "token", "p-41.npz"} <= gone.keys()
    assert not any(any(content) for name, content in gone.items() if name != "withdrawn")


def test_an_open_session_cannot_be_withdrawn(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(AlreadyRunningError):
        withdraw(journal.folder, tmp_path, "Tides")
    journal.close()
    assert list_sessions(tmp_path) == [journal.folder]


def test_a_damaged_session_can_be_withdrawn(journal: Journal, tmp_path: Path) -> None:
    journal.close()
    (journal.folder / "journal.sqlite").write_bytes(b"no database" * 1000)
    text = withdraw(journal.folder, tmp_path, "Tides").read_text(encoding="utf-8")
    assert "0197a5c0-tides" in text
    assert not journal.folder.exists()


def test_a_withdrawal_that_was_interrupted_is_finished_at_the_next_start(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.finish()
    journal.close()
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "_erase", _fail)
        with pytest.raises(JournalError, match="yourself"):
            withdraw(journal.folder, tmp_path, "Tides")
    assert withdrawn_sessions(tmp_path) == [journal.folder]
    assert list_sessions(tmp_path) == []
    assert unsent_sessions(tmp_path) == unfinished_sessions(tmp_path) == []
    finish_deletions(tmp_path, FakeClock())
    assert not journal.folder.exists()
    assert not (tmp_path / "calibrations" / "p-41.npz").exists()


def _fail(_: Path) -> None:
    raise OSError(5, "Input/output error")


def test_traces_of_an_interrupted_deletion_go_at_the_next_start(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("tracker_app.recording.journal.LAST_ROUNDS", 1)
        patch.setattr("tracker_app.recording.journal.Journal._erase_traces", lambda _: None)
        journal.redact(lambda outline: turn_deletion(outline, 0))
        journal.close()
    assert progress_of(journal.folder).has_traces
    finish_deletions(tmp_path, FakeClock())
    assert not progress_of(journal.folder).has_traces


def test_erasing_without_anybody_to_name_leaves_calibrations_alone(
    journal: Journal, tmp_path: Path
) -> None:
    journal.close()
    begin_erasing(journal.folder, "")
    erase_session(journal.folder, tmp_path)
    assert len(list((tmp_path / "calibrations").iterdir())) == 2


def test_a_receipt_says_what_was_agreed_to_recorded_and_done(tmp_path: Path) -> None:
    receipt = receipt_of(Outline.of(SESSION), "Tides", Outcome.KEPT_HERE)
    path = write_receipt(tmp_path, receipt)
    assert path == receipt_path(tmp_path, "0197a5c0-tides")
    text = path.read_text(encoding="utf-8")
    gaze = sum(e.stream == "gaze" for e in SESSION)
    for line in (
        "Session: 0197a5c0-tides",
        "Study: Tides (tides-pilot, version 1)",
        "From 2025-06-15 17:06:40 to 2025-06-15 17:08",
        "Recorded with version 0.1.0 of the program.",
        f"You agreed to version 3 of the consent text (SHA-256 {'c' * 64}).",
        "- gaze: yes",
        "- release: no",
        f"- places your eyes looked at: {gaze}\n",
        "- questions: 1\n",
        "- answers: 2\n",
        "- camera pictures: none",
        "It is kept on this computer and is not sent.",
        "name this session: 0197a5c0-tides",
    ):
        assert line in text
    assert "p-41" not in text  # not even by whom


def test_a_receipt_is_in_the_language_of_the_participant(tmp_path: Path) -> None:
    receipt = receipt_of(Outline.of(SESSION), "Tides", Outcome.SENT)
    path = write_receipt(tmp_path, receipt, lambda line: line.pattern.upper())
    assert "SESSION: {ID}" in path.read_text(encoding="utf-8")


def test_a_receipt_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "receipts").write_text("", encoding="utf-8")
    with pytest.raises(JournalError, match="receipt cannot be written"):
        write_receipt(tmp_path, receipt_of(Outline.of(SESSION), "Tides", Outcome.SENT))
