from pathlib import Path

import pytest

from tests.unit.recording.conftest import OpenJournal
from tracker_app.errors import AlreadyRunningError, SessionNotFoundError
from tracker_app.recording.folders import (
    find_session,
    list_sessions,
    one_instance,
    session_folder,
    unfinished_sessions,
    unsent_sessions,
)
from tracker_app.recording.journal import JOURNAL_NAME


@pytest.fixture
def two(tmp_path: Path, open_journal: OpenJournal) -> list[Path]:
    """A finished and an unfinished session."""
    folders = [session_folder(tmp_path, name) for name in ("aa-1", "ab-2")]
    finished, interrupted = (open_journal(folder) for folder in folders)
    finished.finish()
    finished.close()
    interrupted.close()
    return folders


def test_sessions_are_found_by_folder_id_and_unique_beginning(
    tmp_path: Path, two: list[Path]
) -> None:
    assert list_sessions(tmp_path) == two
    assert find_session(tmp_path, str(two[0])) == two[0]
    assert find_session(tmp_path, "ab-2") == two[1]
    assert find_session(tmp_path, "aa") == two[0]


def test_an_ambiguous_or_unknown_name_says_what_to_do(tmp_path: Path, two: list[Path]) -> None:
    with pytest.raises(SessionNotFoundError, match="aa-1, ab-2"):
        find_session(tmp_path, "a")
    with pytest.raises(SessionNotFoundError, match="No session zz"):
        find_session(tmp_path, "zz")


def test_finished_and_interrupted_sessions_are_told_apart(tmp_path: Path, two: list[Path]) -> None:
    assert unsent_sessions(tmp_path) == [two[0]]
    assert unfinished_sessions(tmp_path) == [two[1]]


def test_one_damaged_session_does_not_hide_the_others(tmp_path: Path, two: list[Path]) -> None:
    broken = session_folder(tmp_path, "ac-3")
    broken.mkdir()
    (broken / JOURNAL_NAME).write_bytes(b"not a database, but long enough to be looked at" * 50)
    assert unsent_sessions(tmp_path) == [two[0]]


def test_a_second_window_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with (
        one_instance(tmp_path),
        pytest.raises(AlreadyRunningError, match="already open"),
        one_instance(tmp_path),
    ):
        pass
