"""A session as a folder of Parquet files, and back.

    <folder>/
      session.json         counts, hashes, provenance, quality figures
      README.md            data dictionary
      <stream>.parquet     one file a stream, empty ones too, so every session has the same files
      gaze_words.parquet   derived: what each gaze sample fell on
      mouse_words.parquet  derived: what each mouse event fell on
      words.parquet        derived: every word, its raw source, when it came and was first seen
      generations.parquet  only of a server that asked the models: which they were

The folder appears whole or not at all: it is written beside its place and then renamed. Equal
entries give equal bytes, so two exports can be compared by their hashes.
"""

import dataclasses
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tracker_app.aoi import Timeline
from tracker_app.codec import Entry, sha256
from tracker_app.dataset import quality
from tracker_app.dataset.answers import answers
from tracker_app.dataset.derived import gaze_words, mouse_words, words
from tracker_app.dataset.durations import first_question_s, screen_times
from tracker_app.dataset.generations import generations_table
from tracker_app.dataset.readme import readme
from tracker_app.dataset.selection import in_order, is_simulated, of_type, session_info
from tracker_app.dataset.tables import stream_entries, stream_table
from tracker_app.errors import DamagedRecordError, ExportError
from tracker_app.records import (
    FORMAT_VERSION,
    RECORD_TYPES,
    ClockSegment,
    FormAnswer,
    GazeSample,
    ModelRequest,
    Record,
    Redaction,
    stream_of,
)
from tracker_app.store.generations import Generation

SUMMARY = "session.json"
DICTIONARY = "README.md"


def export_parquet(
    entries: Sequence[Entry],
    out: Path,
    *,
    has_questionnaire: bool = False,
    generations: Sequence[Generation] = (),
) -> Path:
    """Write one session as the folder `out` and return it; `read_parquet` gives the entries back.

    Args:
        entries: of one session, in any order; large records already joined or as parts.
        out: the folder to make; its parent is made where it is missing.
        has_questionnaire: also what people said about themselves, which else is left out.
        generations: what the server asked of models for the session.

    Raises:
        ExportError: if `out` exists or cannot be written; nothing is left behind then.
    """
    if out.exists():
        raise ExportError(
            f"{out} already exists and is not overwritten. Delete it or choose another folder."
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # Readable by this user only, and it stays so: what people looked at is sensitive.
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            kept = [e for e in entries if has_questionnaire or not _is_about_them(e.record)]
            _write(in_order(kept), generations, partial)
            partial.rename(out)
        finally:
            shutil.rmtree(partial, ignore_errors=True)  # after the rename it is not there
    except (OSError, pa.ArrowException) as error:
        raise ExportError(f"The export to {out} could not be written: {error}") from error
    return out


def _not_deleted(
    generations: Sequence[Generation], entries: Sequence[Entry]
) -> Sequence[Generation]:
    """Without those of turns that the participant deleted: the server does not know of that."""
    said = (record for _, record in of_type(entries, Redaction))
    if not any(one.redacted_stream == stream_of(ModelRequest) for one in said):
        return generations
    left = {request.message_id for _, request in of_type(entries, ModelRequest)}
    return [one for one in generations if one.asked.message_id in left]


def _write(entries: list[Entry], generations: Sequence[Generation], folder: Path) -> None:
    facts = _facts(entries)
    by_stream: dict[str, list[Entry]] = {stream: [] for stream in RECORD_TYPES}
    for entry in entries:
        by_stream[entry.stream].append(entry)
    for stream, chosen in by_stream.items():
        pq.write_table(stream_table(stream, chosen, facts), folder / f"{stream}.parquet")
    pq.write_table(answers(entries, facts), folder / "answers.parquet")
    timeline = Timeline(entries)
    pq.write_table(gaze_words(entries, timeline, facts), folder / "gaze_words.parquet")
    pq.write_table(mouse_words(entries, timeline, facts), folder / "mouse_words.parquet")
    pq.write_table(words(entries, timeline, facts), folder / "words.parquet")
    generations = _not_deleted(generations, entries)
    if generations:
        pq.write_table(generations_table(generations, facts), folder / "generations.parquet")
    (folder / DICTIONARY).write_text(readme(facts), encoding="utf-8")
    counts = {stream: len(chosen) for stream, chosen in by_stream.items() if chosen}
    text = json.dumps(_summary(entries, facts, counts, folder), indent=2, ensure_ascii=False)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")


def _is_about_them(record: Record) -> bool:
    return isinstance(record, FormAnswer) and record.form == "questionnaire"


def export_gaze(
    gaze: Sequence[tuple[int, GazeSample]], entries: Sequence[Entry], out: Path
) -> Path:
    """Write gaze samples that were estimated anew as one Parquet file and return it.

    Args:
        gaze: samples with their clock segment, in order.
        entries: of the session they belong to.
        out: the file to make; its parent is made where it is missing.

    Raises:
        ExportError: if `out` exists or cannot be written.
    """
    if out.exists():
        raise ExportError(
            f"{out} already exists and is not overwritten. Delete it or choose another name."
        )
    stream = stream_of(GazeSample)
    counts: Counter[int] = Counter()
    rows = []
    for segment, sample in gaze:
        rows.append(Entry(segment, stream, counts[segment], sample))
        counts[segment] += 1
    table = stream_table(stream, rows, {**_facts(entries), "estimated": "anew"})
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # As an export: whole or not at all, and readable by this user only.
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
            partial = Path(folder) / out.name
            pq.write_table(table, partial)
            partial.chmod(0o600)
            partial.rename(out)
    except (OSError, pa.ArrowException) as error:
        raise ExportError(f"The gaze could not be written to {out}: {error}") from error
    return out


def _facts(entries: Sequence[Entry]) -> dict[str, str]:
    """What every file says about the session."""
    info = session_info(entries)
    return {
        "session_id": info.session_id if info else "",
        "study_id": info.study_id if info else "",
        "app_version": info.app_version if info else "",
        "is_simulated": "true" if is_simulated(entries) else "false",
    }


def _summary(
    entries: Sequence[Entry], facts: dict[str, str], counts: dict[str, int], folder: Path
) -> dict[str, Any]:
    info = session_info(entries)
    simulated = is_simulated(entries)
    return {
        **facts,
        "format_version": FORMAT_VERSION,
        "is_simulated": simulated,
        "provenance": "simulated" if simulated else "camera",
        "participant_id": info.participant_id if info else "",
        "study_sha256": info.study_sha256 if info else "",
        "clock_segments": [
            {"segment": s, "t_ns": c.t_ns, "utc_ns": c.utc_ns, "tz": c.tz, "reason": c.reason}
            for s, c in of_type(entries, ClockSegment)
        ],
        "records": counts,
        "redacted_records": sum(r.lost for _, r in of_type(entries, Redaction)),
        "screens": [dataclasses.asdict(screen) for screen in screen_times(entries)],
        "first_question_s": first_question_s(entries),
        "quality": dataclasses.asdict(quality.measure(entries)),
        "sha256": {p.name: sha256(p.read_bytes()) for p in sorted(folder.glob("*.parquet"))},
    }


def read_parquet(folder: Path) -> list[Entry]:
    """The entries of an exported session, in order of segment, time, stream and index.

    Raises:
        DamagedRecordError: if a file is missing, changed since the export or not ours.
    """
    expected = _expected_hashes(folder)
    entries: list[Entry] = []
    for stream in RECORD_TYPES:
        path = folder / f"{stream}.parquet"
        try:
            body = path.read_bytes()
        except OSError as error:
            raise DamagedRecordError(f"{path} cannot be read: {error}") from error
        if sha256(body) != expected.get(path.name):
            raise DamagedRecordError(f"{path} is not the file that was exported")
        entries += stream_entries(pq.read_table(pa.BufferReader(body)))
    return in_order(entries)


def _expected_hashes(folder: Path) -> dict[str, str]:
    path = folder / SUMMARY
    try:
        hashes = json.loads(path.read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedRecordError(f"{path} is not the summary of an exported session") from error
    if not isinstance(hashes, dict):
        raise DamagedRecordError(f"{path} is not the summary of an exported session")
    return hashes
