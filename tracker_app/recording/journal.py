"""One session's durable journal: an SQLite file with a single writer thread.

Records are grouped into fragments and committed every 100 ms with `synchronous=FULL`: what is
committed survives `kill -9`. Every few seconds the fragments are sealed into a gzipped chunk,
which is what gets uploaded, byte for byte. Every fragment has a CRC and every chunk a SHA-256:
SQLite's own integrity check notices hardly any flipped bit.
"""

import logging
import queue
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw
import filelock
import msgspec

from tracker_app.clock import Clock
from tracker_app.codec import MAX_RECORD_BYTES, encode_batch, encode_chunk, sha256, split_large
from tracker_app.errors import AlreadyRunningError, JournalError, TrackerError
from tracker_app.records import Record, stream_of
from tracker_app.store.wire import ChunkLine, Manifest, make_manifest

logger = logging.getLogger(__name__)

JOURNAL_NAME, MANIFEST_NAME, LOCK_NAME, RESERVE_NAME = (
    "journal.sqlite",
    "manifest.json",
    "lock",
    "reserve",
)
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE frag (
    id INTEGER PRIMARY KEY, segment INTEGER NOT NULL, stream TEXT NOT NULL,
    first INTEGER NOT NULL, n INTEGER NOT NULL, t0_mono INTEGER NOT NULL,
    crc INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE chunk (
    seq INTEGER PRIMARY KEY, counts TEXT NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'ready', attempts INTEGER NOT NULL DEFAULT 0, last_error TEXT
) STRICT;
"""
MAX_CHUNK_INPUT = 512_000
RESERVE_BYTES = 8_000_000
JOIN_LIMIT_S = 30.0
DISK_FULL = (
    "The disk is full, so recording is held in memory. Delete some files; recording goes on by "
    "itself."
)
UNWRITABLE = "The session cannot be written to {}: {}. Check that the folder may be written to."


@dataclass(frozen=True, slots=True)
class _Fragment:
    segment: int
    stream: str
    first: int
    n: int
    t0_mono: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Update:
    """A change of a chunk's state, asked for by the uploader."""

    seq: int
    state: str
    error: str | None


class Journal:
    """One session folder's journal. `append` may be called from any thread and never waits."""

    def __init__(
        self,
        folder: Path,
        session_id: str,
        clock: Clock,
        *,
        on_failure: Callable[[TrackerError], None] = lambda _: None,
        commit_interval_s: float = 0.1,
        seal_interval_s: float = 5.0,
    ) -> None:
        """Create the folder's journal, or open it again after an interruption.

        Args:
            folder: the session's folder; made if it is not there.
            session_id: must be the same each time.
            clock: tells when to seal.
            on_failure: hears one sentence, once, when writing stops working; any thread.
            commit_interval_s: the most that a crash can lose, in seconds.
            seal_interval_s: how often fragments become a chunk.

        Raises:
            AlreadyRunningError: if another process has this journal open.
            JournalError: if it cannot be created, opened or belongs to another session.
        """
        self.folder = folder
        self.session_id = session_id
        self.on_sealed: Callable[[], None] = lambda: None
        self._clock = clock
        self._on_failure = on_failure
        self._commit_interval_s = commit_interval_s
        self._seal_interval_ns = round(seal_interval_s * 1e9)
        self._appended: queue.SimpleQueue[tuple[Record, int]] = queue.SimpleQueue()
        self._updates: queue.SimpleQueue[_Update] = queue.SimpleQueue()
        self._unwritten: list[_Fragment] = []
        self._indices: dict[tuple[int, str], int] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._seal_asked = False
        self._finish_asked = False
        self._manifest: Manifest | None = None
        self._is_delivered = False
        self._rounds = 0  # finished rounds of the writer
        self._round_done = threading.Condition()
        self._is_failing = False
        self._lock = _lock(folder)
        try:
            self._db = _open(folder / JOURNAL_NAME, session_id)
            self.first_free_segment = int(_meta(self._db, "next_segment") or 0)
        except BaseException:
            self._lock.release()
            raise
        self._next_segment = self.first_free_segment
        self._sealed_ns = clock.now_ns()
        _make_reserve(folder / RESERVE_NAME)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    # --- any thread ----------------------------------------------------------------------------

    def append(self, record: Record, segment: int) -> None:
        """Hand a record to the writer."""
        self._appended.put((record, segment))

    def acknowledge(self, seq: int) -> None:
        """The server has stored this chunk."""
        self._update(seq, "acked", None)

    def quarantine(self, seq: int, error: str) -> None:
        """The server will never take this chunk; it is kept and not sent again."""
        self._update(seq, "quarantined", error)

    def send_again(self, seq: int) -> None:
        """The server has lost this chunk."""
        self._update(seq, "ready", None)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything appended so far is committed; False if that takes too long."""
        return self._await_round(timeout_s) and not self._is_failing

    def seal(self, timeout_s: float = 10.0) -> bool:
        """Like `flush`, and everything committed is sealed into chunks."""
        self._seal_asked = True
        return self.flush(timeout_s)

    def finish(self) -> Manifest:
        """Seal everything and write the manifest; nothing may be appended afterwards.

        Raises:
            JournalError: if the last records could not be written.
        """
        self._seal_asked = self._finish_asked = True
        if not self._await_round(JOIN_LIMIT_S) or self._manifest is None:
            raise JournalError(f"The session in {self.folder} could not be finished. {DISK_FULL}")
        return self._manifest

    def close(self) -> None:
        """Write and seal what is left, stop the writer and let go of the folder."""
        if self._stopping:
            return
        self._seal_asked = True
        self._stopping = True
        self._wake.set()
        self._thread.join(JOIN_LIMIT_S)
        self._db.close()
        (self.folder / RESERVE_NAME).unlink(missing_ok=True)
        self._lock.release()

    def note_delivered(self) -> None:
        """The server has everything the manifest names."""
        self._is_delivered = True
        self._wake.set()

    def _update(self, seq: int, state: str, error: str | None) -> None:
        self._updates.put(_Update(seq, state, error))

    def _await_round(self, timeout_s: float) -> bool:
        """Wait for a round that began after this call."""
        with self._round_done:
            # The round under way may have drained the queue already; the one after it has not.
            wanted = self._rounds + 2
            self._wake.set()
            return self._round_done.wait_for(self._has_reached(wanted), timeout_s)

    def _has_reached(self, wanted: int) -> Callable[[], bool]:
        def reached() -> bool:
            self._wake.set()
            return self._rounds >= wanted

        return reached

    # --- the writer thread ---------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            self._wake.wait(self._commit_interval_s)
            self._wake.clear()
            is_last = self._stopping
            try:
                self._round()
            except Exception:  # the thread's last resort
                logger.exception("the journal's writer failed")
                self._report(JournalError("Recording failed. Restart the application."))
            with self._round_done:
                self._rounds += 1
                self._round_done.notify_all()
            if is_last:
                return

    def _round(self) -> None:
        self._collect()
        try:
            self._commit()
            self._seal_if_due()
            if self._finish_asked and self._manifest is None:
                self._manifest = self._write_manifest()
            if self._is_delivered:
                _set_meta(self._db, "delivered", "yes")
                self._is_delivered = False
        except apsw.FullError:
            (self.folder / RESERVE_NAME).unlink(missing_ok=True)
            self._report(JournalError(DISK_FULL))
        except (apsw.Error, OSError) as error:
            self._report(JournalError(UNWRITABLE.format(self.folder, error)))
        else:
            self._is_failing = False

    def _report(self, error: JournalError) -> None:
        if not self._is_failing:
            self._is_failing = True
            logger.error("%s", error)
            self._on_failure(error)

    def _collect(self) -> None:
        """Turn appended records into fragments, keeping each stream's order."""
        groups: dict[tuple[int, type[Record]], list[Record]] = {}
        while not self._appended.empty():
            record, segment = self._appended.get()
            groups.setdefault((segment, type(record)), []).append(record)
        for (segment, record_type), records in groups.items():
            first = self._take_indices(segment, stream_of(record_type), len(records))
            self._encode(records, segment, first)

    def _encode(self, records: Sequence[Record], segment: int, first: int) -> None:
        """Make fragments; halve what is too large, and split a record that cannot be halved."""
        body = encode_batch(records, segment, first)
        stream = stream_of(records[0])
        if len(body) > MAX_RECORD_BYTES and len(records) > 1:
            middle = len(records) // 2
            self._encode(records[:middle], segment, first)
            self._encode(records[middle:], segment, first + middle)
            return
        parts = split_large(records[0], first) if len(body) > MAX_RECORD_BYTES else []
        if not parts:
            self._unwritten.append(
                _Fragment(segment, stream, first, len(records), records[0].t_ns, body)
            )
        for part in parts:
            index = self._take_indices(segment, stream_of(part), 1)
            part_body = encode_batch([part], segment, index)
            self._unwritten.append(
                _Fragment(segment, stream_of(part), index, 1, part.t_ns, part_body)
            )

    def _take_indices(self, segment: int, stream: str, n: int) -> int:
        first = self._indices.get((segment, stream), 0)
        self._indices[segment, stream] = first + n
        return first

    def _commit(self) -> None:
        if not self._unwritten and self._updates.empty():
            return
        updates = []
        while not self._updates.empty():
            updates.append(self._updates.get())
        try:
            self._write(self._unwritten, updates)
        except apsw.Error:
            for update in updates:
                self._updates.put(update)
            raise
        self._unwritten = []

    def _write(self, fragments: Sequence[_Fragment], updates: Sequence[_Update]) -> None:
        newest = max((f.segment for f in fragments), default=-1) + 1
        with self._db:
            self._db.executemany(
                "INSERT INTO frag (segment, stream, first, n, t0_mono, crc, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (f.segment, f.stream, f.first, f.n, f.t0_mono, zlib.crc32(f.body), f.body)
                    for f in fragments
                ],
            )
            self._db.executemany(
                "UPDATE chunk SET state = ?, last_error = ?, attempts = attempts + 1 WHERE seq = ?",
                [(u.state, u.error, u.seq) for u in updates],
            )
            if newest > self._next_segment:
                _set_meta(self._db, "next_segment", str(newest))
        self._next_segment = max(self._next_segment, newest)

    def _seal_if_due(self) -> None:
        now_ns = self._clock.now_ns()
        if not self._seal_asked and now_ns - self._sealed_ns < self._seal_interval_ns:
            return
        while self._seal_one():
            pass
        self._seal_asked = False
        self._sealed_ns = now_ns

    def _seal_one(self) -> bool:
        """Move the oldest fragments into one chunk; False when none are left."""
        ids: list[int] = []
        bodies: list[bytes] = []
        counts: dict[str, int] = {}
        size = 0
        for row_id, stream, n, crc, body in self._db.execute(
            "SELECT id, stream, n, crc, body FROM frag ORDER BY id"
        ):
            if bodies and size + len(body) > MAX_CHUNK_INPUT:
                break
            if zlib.crc32(body) != crc:
                logger.error("fragment %d is damaged and stays where it is", row_id)
                continue
            ids.append(row_id)
            bodies.append(body)
            size += len(body)
            counts[stream] = counts.get(stream, 0) + n
        if not ids:
            return False
        body = encode_chunk(bodies)
        with self._db:
            self._db.execute(
                "INSERT INTO chunk (seq, counts, sha256, body)"
                " VALUES ((SELECT COALESCE(MAX(seq) + 1, 0) FROM chunk), ?, ?, ?)",
                (msgspec.json.encode(counts).decode(), sha256(body), body),
            )
            self._db.executemany("DELETE FROM frag WHERE id = ?", [(i,) for i in ids])
        self.on_sealed()
        return True

    def _write_manifest(self) -> Manifest:
        manifest = make_manifest(self.session_id, chunk_lines(self._db))
        text = msgspec.json.encode(manifest).decode()
        with self._db:
            _set_meta(self._db, "manifest", text)
        (self.folder / MANIFEST_NAME).write_text(text, encoding="utf-8")
        return manifest


def chunk_lines(db: apsw.Connection) -> list[ChunkLine]:
    """The manifest's lines of the chunks in a journal."""
    return [
        ChunkLine(seq, digest, msgspec.json.decode(counts, type=dict[str, int]))
        for seq, digest, counts in db.execute("SELECT seq, sha256, counts FROM chunk ORDER BY seq")
    ]


def _lock(folder: Path) -> filelock.FileLock:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK_NAME, timeout=0)
        lock.acquire()
    except filelock.Timeout as error:
        raise AlreadyRunningError(
            "This session is open in another window. Close that one first."
        ) from error
    except OSError as error:
        raise JournalError(UNWRITABLE.format(folder, error.strerror)) from error
    return lock


def _open(path: Path, session_id: str) -> apsw.Connection:
    try:
        db = apsw.Connection(str(path))
        db.pragma("journal_mode", "wal")
        db.pragma("synchronous", "full")
        db.pragma("secure_delete", "on")
        version = db.pragma("user_version")
        if version == 0:
            with db:
                db.execute(SCHEMA)
                _set_meta(db, "session_id", session_id)
                db.pragma("user_version", SCHEMA_VERSION)
        owner = _meta(db, "session_id")
    except apsw.Error as error:
        raise JournalError(UNWRITABLE.format(path.parent, error)) from error
    if version > SCHEMA_VERSION:
        raise JournalError(f"The journal in {path.parent} needs a newer version of this program.")
    if owner != session_id:
        raise JournalError(f"The journal in {path.parent} belongs to another session.")
    return db


def _meta(db: apsw.Connection, key: str) -> str | None:
    value: str | None = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).get
    return value


def _set_meta(db: apsw.Connection, key: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _make_reserve(path: Path) -> None:
    """Room that can be given back when the disk is full, to close the session in order."""
    try:
        path.write_bytes(bytes(RESERVE_BYTES))
    except OSError:
        path.unlink(missing_ok=True)
        logger.warning("no room for a reserve of %d bytes", RESERVE_BYTES)
