"""Who may take part: the study is open, and nobody comes more often than it allows."""

from importlib.resources import files
from pathlib import Path

import apsw
import msgspec
import pytest

from tests.collection import gaze
from tests.fakes import FakeClock
from tests.sessions import build_session
from tracker_app.recording.folders import session_folder
from tracker_app.recording.journal import Journal
from tracker_app.records import SessionEnd, SessionInfo
from tracker_app.session.admission import cap_sentence, closed_sentence, code_problem, read_code
from tracker_app.study.reading import parse_study
from tracker_app.study.study import Access, Study

WHO = "code_p01"
INFO = next(e.record for e in build_session() if isinstance(e.record, SessionInfo))


@pytest.fixture(scope="module")
def study() -> Study:
    study = parse_study(files("tracker_app.study").joinpath("demo.toml").read_bytes(), "demo")
    return study.model_copy(update={"access": Access(sessions_per_person=2)})


def _took_part(data_dir: Path, name: str, study_id: str, who: str, reason: str | None) -> Path:
    """A session in three chunks; the one between holds gaze only."""
    folder = session_folder(data_dir, name)
    journal = Journal(folder, name, FakeClock(), commit_interval_s=0.005)
    info = msgspec.structs.replace(INFO, session_id=name, study_id=study_id, participant_id=who)
    journal.append(info, 0)
    assert journal.seal()
    for i in range(9):
        journal.append(gaze(i), 0)
    assert journal.seal()
    if reason is not None:
        journal.append(SessionEnd(t_ns=info.t_ns + 10**9, reason=reason), 0)
        journal.finish()
    journal.close()
    return folder


def test_only_finished_sessions_of_the_same_study_and_person_count(
    tmp_path: Path, study: Study
) -> None:
    _took_part(tmp_path, "s1", study.id, WHO, "finished")
    _took_part(tmp_path, "s2", "another", WHO, "finished")
    _took_part(tmp_path, "s3", study.id, "code_p02", "finished")
    _took_part(tmp_path, "s4", study.id, WHO, "left")
    _took_part(tmp_path, "s5", study.id, WHO, None)
    assert cap_sentence(study, tmp_path, WHO) is None
    _took_part(tmp_path, "s6", study.id, WHO, "finished")
    assert "2 times" in str(cap_sentence(study, tmp_path, WHO))
    assert cap_sentence(study, tmp_path, "") is None  # nobody knows who it is


def test_what_the_sensors_saw_is_not_read_to_count_sessions(tmp_path: Path, study: Study) -> None:
    for name in ("s1", "s2"):
        folder = _took_part(tmp_path, name, study.id, WHO, "finished")
        with apsw.Connection(str(folder / "journal.sqlite")) as db:
            db.execute("UPDATE chunk SET body = zeroblob(99) WHERE seq = 1")
        db.close()
    assert cap_sentence(study, tmp_path, WHO) is not None


def test_a_damaged_session_keeps_nobody_from_taking_part(tmp_path: Path, study: Study) -> None:
    for name in ("s1", "s2"):
        folder = _took_part(tmp_path, name, study.id, WHO, "finished")
        (folder / "journal.sqlite").write_bytes(b"nothing of a journal")
    assert cap_sentence(study, tmp_path, WHO) is None


@pytest.mark.parametrize("state", ["full", "closed"])
def test_nobody_can_take_part_in_a_study_that_is_full_or_over(study: Study, state: str) -> None:
    assert closed_sentence(study) is None
    access = Access.model_validate({"state": state})
    assert closed_sentence(study.model_copy(update={"access": access})) is not None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" p01 ", "p01"),
        ("https://study.example/start?code=p01&from=mail", "p01"),
        ("https://study.example/join/p01/", "p01"),
        ("https://[study", ""),  # no link, though it begins like one
        ("p 01", ""),
        ("https://study.example/", ""),
        ("", ""),
    ],
)
def test_a_code_is_found_in_what_was_typed_or_pasted(typed: str, code: str) -> None:
    assert read_code(typed) == code


def test_a_study_with_codes_of_its_own_takes_no_other(study: Study) -> None:
    known = study.model_copy(update={"access": Access(entry="code", codes=["P01"])})
    assert code_problem(known, "p01") is None
    assert "p02" in str(code_problem(known, "p02"))
    assert code_problem(study, "p02") is None
    assert "no code" in str(code_problem(study, ""))
