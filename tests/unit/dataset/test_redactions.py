"""Sessions of which the participant deleted something, through a journal and all of `dataset`."""

from pathlib import Path

import pytest

from tests.collection import SESSION_ID
from tests.fakes import FakeClock
from tests.sessions import Script, build_session
from tracker_app.codec import Entry
from tracker_app.dataset.absences import absences
from tracker_app.dataset.export import export_parquet, read_parquet
from tracker_app.dataset.quality import measure
from tracker_app.dataset.redactions import redacted_spans
from tracker_app.dataset.report import render_report
from tracker_app.dataset.selection import in_order
from tracker_app.dataset.verdicts import judge, summary
from tracker_app.recording.journal import Journal
from tracker_app.recording.outline import Outline, Span
from tracker_app.recording.reading import read_entries, verify
from tracker_app.recording.redaction import Deletion
from tracker_app.recording.rewriting import Plan
from tracker_app.records import Turn
from tracker_app.session.deletion import span_deletion, turn_deletion

SESSION = build_session(Script(turns=3, reading_s=1))
QUESTIONS = {e.record.turn: e.record.question for e in SESSION if isinstance(e.record, Turn)}


def _without(folder: Path, *plans: Plan) -> list[Entry]:
    journal = Journal(folder, SESSION_ID, FakeClock(), commit_interval_s=0.005)
    for entry in SESSION:
        journal.append(entry.record, entry.segment)
    for plan in plans:
        journal.redact(plan).result(20)
    journal.finish()
    journal.close()
    found = verify(folder)
    assert found.is_complete, found
    return read_entries(folder)


def _turn(number: int) -> Plan:
    return lambda outline: turn_deletion(outline, number)


def _everything(begin: int, end: int) -> Plan:
    return lambda outline: span_deletion(outline, Span((begin, 0), (end, 0)))


@pytest.mark.parametrize("turns", [(0,), (2, 0), (0, 1, 2)])
def test_a_session_with_deleted_turns_is_exported_and_reported(
    tmp_path: Path, turns: tuple[int, ...]
) -> None:
    entries = _without(tmp_path / "session", *map(_turn, turns))
    page = render_report(entries)
    for turn, question in QUESTIONS.items():
        assert (question in page) == (turn not in turns)
    again = read_parquet(export_parquet(entries, tmp_path / "export"))
    assert again == in_order(entries)
    found = measure(entries)
    assert found.turns == 3 - len(turns)
    spans = f"{len(turns)} span{'s' if len(turns) > 1 else ''}"
    assert f"{spans} w{'ere' if len(turns) > 1 else 'as'} deleted on the participant" in page
    assert found.redacted_records == len(SESSION) - sum(e.stream != "redaction" for e in entries)


def test_a_session_without_any_sensor_data_left_is_reported(tmp_path: Path) -> None:
    entries = _without(tmp_path / "session", _everything(0, 9))
    assert "2 spans were deleted" in render_report(entries)  # one a clock segment
    assert not any(e.stream == "gaze" for e in entries)
    assert len(read_parquet(export_parquet(entries, tmp_path / "export"))) == len(entries)


def _written(outline: Outline) -> Deletion:
    """One record, of no stretch of time."""
    return Deletion(gone=frozenset(e.key for e in outline.entries if e.stream == "form_answer"))


def test_what_is_not_there_names_time_and_kind_of_what_was_deleted(tmp_path: Path) -> None:
    entries = _without(tmp_path / "session", _turn(2), _written)
    sentences = [a.sentence for a in absences(entries) if "wish" in a.sentence]
    # The first dot of a turn began at the very moment the turn before ended.
    assert sentences[0] == "1 record deleted on the participant's wish: gaze_check."
    assert sentences[1].startswith("670 records of 9.5 s deleted on the participant's wish: frame,")
    assert sentences[2] == "1 record deleted on the participant's wish: form_answer."
    assert [s.is_moment for s in redacted_spans(entries)] == [True, False, True]


def test_deleted_time_counts_as_recorded_but_tells_nothing_of_the_camera(tmp_path: Path) -> None:
    before, after = measure(SESSION), measure(_without(tmp_path / "session", _turn(1)))
    assert after.duration_s == pytest.approx(before.duration_s, abs=0.1)
    assert before.frame_rate_hz is not None
    assert after.frame_rate_hz == pytest.approx(before.frame_rate_hz, rel=0.02)
    assert "1 span was deleted on the participant's wish." in summary(after)
    (row,) = (row for row in judge(after, None) if row.name == "Deleted by the participant")
    assert row.value == "1 span"
