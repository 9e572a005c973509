import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.sessions import Script, build_session
from tests.strategies import records as record_strategy
from tracker_app.codec import Entry
from tracker_app.dataset.export import export_gaze, export_parquet, read_parquet
from tracker_app.dataset.selection import in_order, of_type
from tracker_app.dataset.tables import stream_entries
from tracker_app.errors import DamagedRecordError, ExportError
from tracker_app.records import (
    FORMAT_VERSION,
    RECORD_TYPES,
    FormAnswer,
    GazeSample,
    ModelRequest,
    Redaction,
    stream_of,
)
from tracker_app.store.generations import Asked, Generation, Outcome

SESSION = build_session()
STRATEGIES = [record_strategy(record_type) for record_type in RECORD_TYPES.values()]
SIMULATED = build_session(Script(is_simulated=True, turns=1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_parquet(SESSION, tmp_path_factory.mktemp("export") / "tides")


def test_an_export_read_again_equals_the_session(folder: Path) -> None:
    assert read_parquet(folder) == SESSION


# One example is a record of each type: too large to shrink in reasonable time.
@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_records_survive_an_export(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    records = [data.draw(strategy) for strategy in STRATEGIES]
    entries = [Entry(0, stream_of(record), 3, record) for record in records]
    out = tmp_path_factory.mktemp("any") / "session"
    folder = export_parquet(entries, out, has_questionnaire=True)
    assert read_parquet(folder) == in_order(entries)


def test_a_session_without_records_has_the_same_files(folder: Path, tmp_path: Path) -> None:
    empty = export_parquet([], tmp_path / "empty")
    assert read_parquet(empty) == []
    assert {p.name for p in empty.iterdir()} == {p.name for p in folder.iterdir()}


def test_equal_sessions_make_equal_bytes(folder: Path, tmp_path: Path) -> None:
    again = export_parquet(SESSION[::-1], tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_what_people_said_about_themselves_is_exported_only_if_asked_for(tmp_path: Path) -> None:
    said = [
        FormAnswer(t_ns=1, form=form, task=1, field="age", value="41")
        for form in ("questionnaire", "feedback")
    ]
    entries = [Entry(0, "form_answer", i, record) for i, record in enumerate(said)]
    usual = export_parquet(entries, tmp_path / "usual")
    whole = export_parquet(entries, tmp_path / "whole", has_questionnaire=True)
    assert [e.record for e in read_parquet(usual)] == said[1:]
    assert [e.record for e in read_parquet(whole)] == said


def test_an_existing_folder_is_kept_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(ExportError, match="Delete it or choose another folder"):
        export_parquet(SIMULATED, out)
    assert [p.name for p in tmp_path.rglob("*")] == ["out", "mine.txt"]


def test_a_failed_export_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="could not be written"):
        export_parquet(SIMULATED, tmp_path / "file" / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_gaze_words_name_the_word_that_was_read(folder: Path) -> None:
    words = pl.read_parquet(folder / "gaze_words.parquet")
    gaze = pl.read_parquet(folder / "gaze.parquet")
    assert words.height == gaze.height
    texts = words.filter(pl.col("raw_message_id") == "t0r1")["raw_text"].drop_nulls()
    assert texts[0] == "moon"  # the first word of more than three letters, where the eyes began
    lost = words.join(gaze.filter(pl.col("x_px").is_null()), on=["segment", "index"])
    assert lost.height > 0
    assert lost["raw_message_id"].is_null().all()


def test_gaze_that_clicks_never_taught_is_mapped_beside_gaze_that_they_did(folder: Path) -> None:
    """In the second turn the calibration alone is off by more than a line."""
    words = pl.read_parquet(folder / "gaze_words.parquet")
    lines = words.drop_nulls(["raw_line", "corrected_line"])
    first, second = (lines.filter(pl.col("segment") == segment) for segment in (0, 1))
    assert (first["raw_line"] == first["corrected_line"]).all()
    assert (second["raw_line"] - second["corrected_line"]).median() == 1
    assert words.filter(pl.col("segment") == 1)["corrected_text"].drop_nulls()[0] == "Tides"
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "use `raw_` wherever the mouse is a feature too" in text


def test_mouse_words_have_a_row_for_each_event(folder: Path) -> None:
    words = pl.read_parquet(folder / "mouse_words.parquet")
    assert words.height == sum(e.stream == "mouse" for e in SESSION)
    assert set(words["message_id"].drop_nulls()) == {"t0r1", "t1r1"}


def test_the_summary_counts_what_was_exported(folder: Path) -> None:
    summary = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    assert summary["format_version"] == FORMAT_VERSION
    assert summary["session_id"] == "0197a5c0-tides"
    assert summary["is_simulated"] is False
    assert sum(summary["records"].values()) == len(SESSION)
    assert [c["reason"] for c in summary["clock_segments"]] == ["start", "resume"]


def test_a_simulated_session_is_marked_in_every_file(tmp_path: Path) -> None:
    folder = export_parquet(SIMULATED, tmp_path / "sim")
    assert json.loads((folder / "session.json").read_text(encoding="utf-8"))["is_simulated"] is True
    assert "Simulated session" in (folder / "README.md").read_text(encoding="utf-8")
    for path in folder.glob("*.parquet"):
        assert pq.read_schema(path).metadata[b"is_simulated"] == b"true", path.name


def test_the_dictionary_names_every_column_of_every_file(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for path in folder.glob("*.parquet"):
        section = text.split(f"### {path.stem}\n")[1].split("\n### ")[0]
        for name in pq.read_schema(path).names:
            assert f"| {name} |" in section, (path.name, name)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    folder = export_parquet(SIMULATED, tmp_path / "sim")
    (folder / "turn.parquet").write_bytes((folder / "rating.parquet").read_bytes())
    with pytest.raises(DamagedRecordError, match="not the file that was exported"):
        read_parquet(folder)


def test_a_missing_file_and_a_missing_summary_are_refused(tmp_path: Path) -> None:
    folder = export_parquet(SIMULATED, tmp_path / "sim")
    (folder / "turn.parquet").unlink()
    with pytest.raises(DamagedRecordError, match="cannot be read"):
        read_parquet(folder)
    with pytest.raises(DamagedRecordError, match="not the summary"):
        read_parquet(tmp_path)


def test_gaze_estimated_anew_is_one_private_file_that_is_never_overwritten(tmp_path: Path) -> None:
    entries = build_session()
    gaze = of_type(entries, GazeSample)
    out = export_gaze(gaze, entries, tmp_path / "new" / "gaze.parquet")
    assert out.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in out.parent.iterdir()] == ["gaze.parquet"]
    table = pq.read_table(out)
    assert [e.record for e in stream_entries(table)] == [g for _, g in gaze]
    assert table.schema.metadata[b"estimated"] == b"anew"
    with pytest.raises(ExportError, match="not overwritten"):
        export_gaze(gaze, entries, out)


def test_a_server_that_asked_the_models_names_them(tmp_path: Path) -> None:
    sent = json.dumps({"model": "m", "temperature": 1})
    asked = Asked("s", "a", "t0s1a1", "openai", "m-70b", "Be kind.", sent, "0")
    come = Outcome("m-70b-1", "fp", "stop", {"prompt_tokens": 7}, 6, 3, 20, "", None)
    gone = Outcome("", "", "", {}, 0, None, None, "interrupted", 503)
    generations = [Generation(asked, come), Generation(asked, gone)]
    out = export_parquet(SESSION, tmp_path / "out", generations=generations)
    assert read_parquet(out) == SESSION
    first, second = pl.read_parquet(out / "generations.parquet").to_dicts()
    assert (first["message_id"], first["provider_model"]) == ("t0s1a1", "m-70b")
    assert json.loads(first["parameters"]) == {"model": "m", "temperature": 1}
    assert json.loads(first["usage"]) == {"prompt_tokens": 7}
    assert (second["failure"], second["status"], second["duration_ms"]) == (
        "interrupted",
        503,
        None,
    )
    assert "generations.parquet" in json.loads((out / "session.json").read_text("utf-8"))["sha256"]


def test_what_the_server_knows_of_a_deleted_turn_is_left_out(tmp_path: Path) -> None:
    kept = next(e.record.message_id for e in SESSION if isinstance(e.record, ModelRequest))
    outcome = Outcome("", "", "stop", {}, 6, 3, 20, "", None)
    generations = [
        Generation(Asked("s", "a", message_id, "openai", "m", "", "{}", "0"), outcome)
        for message_id in (kept, "t90s1a1")
    ]
    said = Redaction(t_ns=1, redacted_stream="model_request", end_t_ns=2, lost=1)
    entries = [*SESSION, Entry(0, "redaction", 0, said)]
    out = export_parquet(entries, tmp_path / "out", generations=generations)
    told = pl.read_parquet(out / "generations.parquet")
    assert told["message_id"].to_list() == [kept]
