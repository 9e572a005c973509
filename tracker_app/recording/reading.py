"""Reads a journal, whether its writer still runs, has finished, or was killed."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import msgspec

from tracker_app.codec import Entry, decode_batch, decode_chunk, join_parts, sha256
from tracker_app.errors import DamagedRecordError, JournalError
from tracker_app.recording.journal import JOURNAL_NAME
from tracker_app.store.wire import Manifest, is_consistent


@dataclass(frozen=True, slots=True)
class Chunk:
    """A sealed chunk, ready to be sent byte for byte."""

    seq: int
    sha256: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a session's chunks have come."""

    total: int
    acknowledged: int
    quarantined: int
    has_manifest: bool
    is_delivered: bool  # the server has said that the session is complete


@dataclass(slots=True)
class Verification:
    """What `verify` found. Each sentence of `damaged` and `missing` names a place."""

    session_id: str
    records: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    is_finished: bool = False

    @property
    def is_complete(self) -> bool:
        """Finished, undamaged and nothing missing."""
        return self.is_finished and not self.damaged and not self.missing


@contextmanager
def reading(folder: Path) -> Iterator[apsw.Connection]:
    """A read-only connection to a session folder's journal.

    Raises:
        JournalError: if there is no journal, or not one that SQLite can read.
    """
    path = folder / JOURNAL_NAME
    if not path.exists():
        raise JournalError(f"There is no journal in {folder}.")
    db = None
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        # A reader that was slow to start may meet the writer's exclusive moments.
        db.set_busy_timeout(5_000)
        yield db
    except apsw.Error as error:
        raise JournalError(f"The journal in {folder} cannot be read: {error}.") from error
    finally:
        if db is not None:
            db.close()


def read_entries(folder: Path) -> list[Entry]:
    """Every record of a session, large ones joined, ordered by segment, stream and index.

    Raises:
        JournalError: if the journal cannot be opened.
        DamagedRecordError: at the first fragment or chunk whose checksum or content is wrong.
    """
    with reading(folder) as db:
        entries = [entry for _, found in _blocks(db) for entry in _decoded(found)]
    return sorted(join_parts(entries), key=lambda entry: entry.key)


_Block = tuple[str, bytes, bool, bool]  # place, body, is a chunk, checksum agrees


def _blocks(db: apsw.Connection) -> Iterator[tuple[str, _Block]]:
    for seq, digest, body in db.execute("SELECT seq, sha256, body FROM chunk ORDER BY seq"):
        place = f"chunk {seq}"
        yield place, (place, body, True, sha256(body) == digest)
    for row_id, crc, body in db.execute("SELECT id, crc, body FROM frag ORDER BY id"):
        place = f"fragment {row_id}"
        yield place, (place, body, False, zlib.crc32(body) == crc)


def _decoded(block: _Block) -> list[Entry]:
    place, body, is_chunk, is_intact = block
    if not is_intact:
        raise DamagedRecordError(f"{place} has a wrong checksum")
    return decode_chunk(body) if is_chunk else decode_batch(body)


def session_id_of(folder: Path) -> str:
    """The id of the session in a folder."""
    with reading(folder) as db:
        return str(db.execute("SELECT value FROM meta WHERE key = 'session_id'").get)


def chunks_to_send(folder: Path, limit: int = 1) -> list[Chunk]:
    """The oldest chunks the server has not acknowledged."""
    with reading(folder) as db:
        rows = db.execute(
            "SELECT seq, sha256, body FROM chunk WHERE state = 'ready' ORDER BY seq LIMIT ?",
            (limit,),
        )
        return [Chunk(*row) for row in rows]


def progress_of(folder: Path) -> Progress:
    """How many chunks there are and how many the server has."""
    with reading(folder) as db:
        total, acknowledged, quarantined = next(
            db.execute(
                "SELECT COUNT(*), COALESCE(SUM(state = 'acked'), 0),"
                " COALESCE(SUM(state = 'quarantined'), 0) FROM chunk"
            )
        )
        keys = {key for (key,) in db.execute("SELECT key FROM meta")}
    return Progress(total, acknowledged, quarantined, "manifest" in keys, "delivered" in keys)


def manifest_of(folder: Path) -> Manifest | None:
    """The manifest of a finished session."""
    with reading(folder) as db:
        text = db.execute("SELECT value FROM meta WHERE key = 'manifest'").get
    return None if text is None else msgspec.json.decode(text, type=Manifest)


def verify(folder: Path) -> Verification:
    """Check every byte of a session: complete, damaged where, missing what."""
    found = Verification(session_id_of(folder))
    manifest = manifest_of(folder)
    found.is_finished = manifest is not None
    entries: list[Entry] = []
    hashes: dict[int, str] = {}
    with reading(folder) as db:
        for place, block in _blocks(db):
            try:
                entries += _decoded(block)
            except DamagedRecordError as error:
                found.damaged.append(f"{place}: {error}")
        hashes = dict(db.execute("SELECT seq, sha256 FROM chunk"))
        if db.pragma("integrity_check") != "ok":
            found.damaged.append("database: SQLite's integrity check failed")
    for entry in entries:
        found.records[entry.stream] = found.records.get(entry.stream, 0) + 1
    found.missing += _index_gaps(entries) if not found.damaged else []
    if manifest is not None:
        found.missing += _manifest_gaps(manifest, hashes)
    return found


def _index_gaps(entries: list[Entry]) -> list[str]:
    """Indices of each segment and stream count from 0 without a gap."""
    counts: dict[tuple[int, str], int] = {}
    highest: dict[tuple[int, str], int] = {}
    for entry in join_parts(entries):
        key = entry.segment, entry.stream
        counts[key] = counts.get(key, 0) + 1
        highest[key] = max(highest.get(key, -1), entry.index)
    return [
        f"{highest[key] + 1 - n} {stream} records of segment {segment}"
        for key, n in counts.items()
        for segment, stream in [key]
        if highest[key] + 1 != n
    ]


def _manifest_gaps(manifest: Manifest, hashes: dict[int, str]) -> list[str]:
    if not is_consistent(manifest):
        return ["the manifest contradicts itself"]
    return [
        f"chunk {line.seq} is not the one the manifest names"
        for line in manifest.chunks
        if hashes.get(line.seq) != line.sha256
    ]
