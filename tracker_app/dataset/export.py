"""Writes a session as a folder of Parquet files, with a data dictionary."""

import shutil
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tracker_app import __version__
from tracker_app.aoi import NONE, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.tables import (
    arrow_type,
    fields_of,
    is_json,
    is_optional,
    read_stream,
    unit_of,
    write_stream,
)
from tracker_app.dataset.word_hits import Hits, gaze_hits, mouse_hits
from tracker_app.errors import ExportError
from tracker_app.records import FORMAT_VERSION, RECORD_TYPES, SessionInfo

SUMMARY_NAME, DICTIONARY_NAME = "session.json", "README.md"
DERIVED = ("gaze_words", "mouse_words")


def session_info(entries: Sequence[Entry]) -> SessionInfo:
    """What the session says of itself.

    Raises:
        ExportError: if it does not.
    """
    for entry in entries:
        if isinstance(entry.record, SessionInfo):
            return entry.record
    raise ExportError("This session does not say what it is; its first record is missing.")


def export_parquet(entries: Sequence[Entry], out: Path) -> Path:
    """Write one session into a folder of its own below `out`, all of it or nothing.

    Returns:
        The session's folder, `out/<session id>`.

    Raises:
        ExportError: if it is there already or cannot be written.
    """
    info = session_info(entries)
    target = out / info.session_id
    if target.exists():
        raise ExportError(f"{target} is there already. Remove it, or name another folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".export-", dir=out))
        try:
            _write(entries, info, draft)
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft)
            raise
    except OSError as error:
        raise ExportError(f"{out} cannot be written: {error.strerror}. Check the disk.") from error
    return target


def read_parquet(folder: Path) -> list[Entry]:
    """The records of an exported session, ordered by segment, stream and index."""
    paths = [p for p in folder.glob("*.parquet") if p.stem not in DERIVED]
    entries = [entry for path in paths for entry in read_stream(path)]
    return sorted(entries, key=lambda entry: entry.key)


def _write(entries: Sequence[Entry], info: SessionInfo, folder: Path) -> None:
    provenance = "simulated" if info.is_simulated else "participant"
    metadata = {"session_id": info.session_id, "provenance": provenance}
    counts = {}
    by_stream = sorted(entries, key=lambda e: (e.stream, e.segment, e.index))
    for stream, group in groupby(by_stream, key=lambda e: e.stream):
        rows = list(group)
        counts[stream] = len(rows)
        write_stream(rows, folder / f"{stream}.parquet", metadata)
    timeline = Timeline(entries)
    _write_hits(gaze_hits(entries, timeline), folder / "gaze_words.parquet", metadata)
    _write_hits(mouse_hits(entries, timeline), folder / "mouse_words.parquet", metadata)
    summary = {
        "session_id": info.session_id,
        "participant_id": info.participant_id,
        "study_id": info.study_id,
        "study_sha256": info.study_sha256,
        "is_simulated": info.is_simulated,
        "format": FORMAT_VERSION,
        "app_version": info.app_version,
        "exported_by": __version__,
        "records": counts,
    }
    text = msgspec.json.format(msgspec.json.encode(summary), indent=2)
    (folder / SUMMARY_NAME).write_bytes(text + b"\n")
    (folder / DICTIONARY_NAME).write_text(_dictionary(info), encoding="utf-8")


def _write_hits(hits: Hits, path: Path, metadata: dict[str, str]) -> None:
    mapped = hits.mapped

    def integers(values: Any) -> pa.Array:
        return pa.array([None if v == NONE else int(v) for v in values], pa.int64())

    table = pa.table(
        {
            "segment": pa.array([e.segment for e in hits.entries], pa.int64()),
            "index": pa.array([e.index for e in hits.entries], pa.int64()),
            "message_id": pa.array(mapped.message_ids, pa.string()),
            "word": integers(mapped.word),
            "line": integers(mapped.line),
            "start": integers(mapped.start),
            "end": integers(mapped.end),
            "text": pa.array(hits.words, pa.string()),
        }
    )
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")


def _dictionary(info: SessionInfo) -> str:
    streams = []
    for stream, record_type in RECORD_TYPES.items():
        rows = [
            {
                "name": name,
                "type": "JSON" if is_json(annotation) else str(arrow_type(annotation)),
                "quantum": unit_of(annotation),
                "is_optional": is_optional(annotation),
            }
            for name, annotation in fields_of(record_type).items()
        ]
        streams.append({"name": stream, "text": record_type.__doc__ or "", "fields": rows})
    return template("dictionary.md", escapes=False).render(info=info, streams=streams)


def template(name: str, *, escapes: bool) -> jinja2.Template:
    """A template of this package; HTML ones escape what they are given."""
    environment = jinja2.Environment(
        autoescape=escapes, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    source = files("tracker_app.dataset").joinpath("templates", name).read_text(encoding="utf-8")
    return environment.from_string(source)
