from pathlib import Path

import pytest

from tests.collection import SESSION_ID, token
from tests.fakes import FakeClock
from tracker_app.errors import SessionNotFoundError
from tracker_app.recording.folders import (
    find_session,
    list_sessions,
    session_folder,
    unfinished_sessions,
    unsent_sessions,
)
from tracker_app.recording.journal import Journal

FIRST = SESSION_ID.removeprefix("sim_")
SECOND = SESSION_ID.replace("ac96", "ac97")


def _record(data_dir: Path, session_id: str, *, is_finished: bool = True) -> Journal:
    journal = Journal(session_folder(data_dir, session_id), session_id, FakeClock())
    journal.append(token(0), 0)
    if is_finished:
        journal.finish()
    journal.close()
    return journal


def test_sessions_are_listed_oldest_first(tmp_path: Path) -> None:
    _record(tmp_path, SECOND)
    _record(tmp_path, FIRST)
    assert [f.name for f in list_sessions(tmp_path)] == [FIRST, SECOND]
    assert list_sessions(tmp_path / "elsewhere") == []


def test_a_session_is_found_by_folder_id_and_unique_prefix(tmp_path: Path) -> None:
    _record(tmp_path, FIRST)
    _record(tmp_path, FIRST[:-1] + "0")
    folder = session_folder(tmp_path, FIRST)
    assert find_session(tmp_path, str(folder)) == folder
    assert find_session(tmp_path, FIRST) == folder
    with pytest.raises(SessionNotFoundError, match=f"{FIRST[:-1]}0, {FIRST}"):
        find_session(tmp_path, FIRST[:9])
    with pytest.raises(SessionNotFoundError, match="No session nothing"):
        find_session(tmp_path, "nothing")


def test_sessions_are_told_apart_by_what_is_left_to_do(tmp_path: Path) -> None:
    _record(tmp_path, FIRST, is_finished=False)
    _record(tmp_path, SECOND)
    assert [f.name for f in unfinished_sessions(tmp_path)] == [FIRST]
    assert [f.name for f in unsent_sessions(tmp_path)] == [SECOND]


def test_an_unreadable_session_does_not_hide_the_others(tmp_path: Path) -> None:
    _record(tmp_path, FIRST)
    session_folder(tmp_path, SECOND).mkdir()
    (session_folder(tmp_path, SECOND) / "journal.sqlite").write_bytes(b"not a database" * 99)
    assert [f.name for f in unsent_sessions(tmp_path)] == [FIRST]
