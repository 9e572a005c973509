"""Reads a journal, whether its writer still runs, has finished, or was killed."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import msgspec

from tracker_app.codec import Entry, decode_batch, join_parts, sha256, split_chunk
from tracker_app.errors import DamagedRecordError, JournalError
from tracker_app.recording.folder_files import (
    DELIVERED,
    JOURNAL_NAME,
    KEPT_HERE,
    MANIFEST_NAME,
    TRACES,
    stored_manifest,
)
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
    is_kept_here: bool  # the participant wants it never to be sent
    has_traces: bool  # of what was deleted, because the program ended while deleting


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
    except (apsw.Error, UnicodeDecodeError) as error:
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
        entries = [entry for block in blocks(db) for entry in block.entries()]
    return sorted(join_parts(entries), key=lambda entry: entry.key)


def read_streams(folder: Path, streams: Collection[str]) -> list[Entry]:
    """A session's records of some streams, in the order they were written; none in parts.

    Blocks in which there are none are not decoded: of a long session that is nearly all.

    Raises:
        JournalError: if the journal cannot be opened.
        DamagedRecordError: at the first of these blocks that is damaged.
    """
    with reading(folder) as db:
        return [
            entry
            for block in blocks(db)
            if block.may_hold(streams)
            for entry in block.entries()
            if entry.stream in streams
        ]


@dataclass(frozen=True, slots=True)
class Block:
    """A stored chunk or fragment as the file gives it, which may be anything after damage."""

    place: str
    seq: int | None  # of a chunk
    body: Any
    is_intact: bool
    counts: Any  # what the journal says the block holds

    def may_hold(self, streams: Collection[str]) -> bool:
        """Whether the journal says that records of some streams are in it, or says nothing."""
        counts = _sorted_counts(self.counts)
        return counts is None or any(stream in streams for stream, _ in counts)

    def batches(self) -> Sequence[bytes | msgspec.Raw]:
        """Its JSON batches; raises DamagedRecordError, which names the place."""
        try:
            return self._batches()
        except DamagedRecordError as error:
            raise DamagedRecordError(f"{self.place}: {error}") from error

    def entries(self) -> list[Entry]:
        """Its records; raises DamagedRecordError, which names the place."""
        try:
            return [entry for batch in self._batches() for entry in decode_batch(batch)]
        except DamagedRecordError as error:
            raise DamagedRecordError(f"{self.place}: {error}") from error

    def _batches(self) -> Sequence[bytes | msgspec.Raw]:
        if not self.is_intact:
            raise DamagedRecordError("the checksum is wrong")
        return [self.body] if self.seq is None else split_chunk(self.body)


def blocks(db: apsw.Connection) -> Iterator[Block]:
    """Every chunk, then every fragment, in the order they were written."""
    for seq, digest, counts, body in db.execute(
        "SELECT seq, sha256, counts, body FROM chunk ORDER BY seq"
    ):
        is_intact = isinstance(body, bytes) and sha256(body) == digest
        yield Block(f"chunk {seq}", seq, body, is_intact, counts)
    for row_id, stream, n, crc, body in db.execute(
        "SELECT id, stream, n, crc, body FROM frag ORDER BY id"
    ):
        is_intact = isinstance(body, bytes) and zlib.crc32(body) == crc
        counts = _counts_text({stream: n}) if isinstance(stream, str) else None  # damaged
        yield Block(f"fragment {row_id}", None, body, is_intact, counts)


def _counts_text(counts: dict[str, int]) -> str:
    return msgspec.json.encode(counts).decode()


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
    return Progress(
        total,
        acknowledged,
        quarantined,
        has_manifest="manifest" in keys,
        is_delivered=DELIVERED in keys,
        is_kept_here=KEPT_HERE in keys,
        has_traces=TRACES in keys,
    )


def manifest_of(folder: Path) -> Manifest | None:
    """The manifest of a finished session."""
    with reading(folder) as db:
        return stored_manifest(db)


def verify(folder: Path) -> Verification:
    """Check every byte of a session: complete, damaged where, missing what.

    Raises:
        JournalError: if there is no journal, or nothing of it can be read.
    """
    found = Verification(session_id_of(folder))
    try:
        manifest = manifest_of(folder)
        entries, hashes = _check_blocks(folder, found)
    except (JournalError, DamagedRecordError) as error:
        found.damaged.append(str(error))
        return found
    found.is_finished = manifest is not None
    found.records = dict(sorted(Counter(entry.stream for entry in entries).items()))
    if not found.damaged:
        found.missing += _index_gaps(entries)
    if manifest is not None:
        found.missing += _manifest_gaps(manifest, hashes)
        found.missing += _copy_differs(folder, manifest)
    return found


def _check_blocks(folder: Path, found: Verification) -> tuple[list[Entry], dict[int, str]]:
    entries: list[Entry] = []
    with reading(folder) as db:
        for block in blocks(db):
            try:
                here = block.entries()
            except DamagedRecordError as error:
                found.damaged.append(str(error))
                continue
            entries += here
            counts: Counter[str] = Counter(e.stream for e in here)
            if _sorted_counts(block.counts) != sorted(counts.items()):
                found.damaged.append(f"{block.place}: holds other records than the journal says")
        states = {state for (state,) in db.execute("SELECT DISTINCT state FROM chunk")}
        if states - {"ready", "acked", "quarantined"}:
            found.damaged.append("a chunk's state is not one we write")
        if db.pragma("integrity_check") != "ok":
            found.damaged.append("database: SQLite's integrity check failed")
        hashes = dict(db.execute("SELECT seq, sha256 FROM chunk"))
    try:
        return join_parts(entries), hashes
    except DamagedRecordError as error:
        found.missing.append(str(error))
        return [], hashes


def _sorted_counts(text: Any) -> list[tuple[str, int]] | None:
    try:
        return sorted(msgspec.json.decode(text, type=dict[str, int]).items())
    except (msgspec.MsgspecError, TypeError):
        return None


def _index_gaps(entries: list[Entry]) -> list[str]:
    """Indices of each segment and stream count from 0, each once."""
    indices: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for entry in entries:
        indices[entry.segment, entry.stream].append(entry.index)
    return [
        f"{stream} records of segment {segment}: have {len(set(have))} of {max(have) + 1}"
        for (segment, stream), have in sorted(indices.items())
        if sorted(have) != list(range(max(have) + 1))
    ]


def _manifest_gaps(manifest: Manifest, hashes: dict[int, str]) -> list[str]:
    if not is_consistent(manifest):
        return ["the manifest contradicts itself"]
    named = {line.seq: line.sha256 for line in manifest.chunks}
    return [
        f"chunk {seq} is not the one the manifest names"
        for seq in sorted(named.keys() | hashes.keys())
        if hashes.get(seq) != named.get(seq)
    ]


def _copy_differs(folder: Path, manifest: Manifest) -> list[str]:
    try:
        text = (folder / MANIFEST_NAME).read_bytes()
    except OSError:
        return [f"{MANIFEST_NAME} is missing"]
    return [] if text == msgspec.json.encode(manifest) else [f"{MANIFEST_NAME} was changed"]
