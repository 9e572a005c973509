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
import msgspec

from tracker_app.clock import Clock
from tracker_app.codec import sha256
from tracker_app.errors import JournalError, TrackerError
from tracker_app.recording.folder_files import (
    JOURNAL_NAME,
    MANIFEST_NAME,
    RESERVE_NAME,
    UNWRITABLE,
    chunk_lines,
    get_meta,
    hold,
    make_reserve,
    open_journal,
    set_meta,
    stored_manifest,
)
from tracker_app.recording.fragments import Fragment, FragmentEncoder, seal
from tracker_app.records import Record
from tracker_app.store.wire import Manifest, make_manifest

logger = logging.getLogger(__name__)

MAX_CHUNK_INPUT = 512_000
JOIN_LIMIT_S = 30.0
LAST_ROUNDS = 20  # attempts to write what is left when closing on a full disk
DISK_FULL = (
    "The disk is full, so recording is held in memory. Delete some files; recording goes on by "
    "itself."
)


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
        self._unwritten: list[Fragment] = []
        self._encoder = FragmentEncoder(clock)
        self._wake = threading.Event()
        self._stopping = False
        self._seal_asked = False
        self._finish_asked = False
        self._is_delivered = False
        self._rounds = 0  # finished rounds of the writer
        self._round_done = threading.Condition()
        self._is_failing = False
        self._lock = hold(folder)
        try:
            self._db = open_journal(folder / JOURNAL_NAME, session_id)
            self.first_free_segment = int(get_meta(self._db, "next_segment") or 0)
        except BaseException:
            self._lock.release()
            raise
        self._next_segment = self.first_free_segment
        self._manifest = stored_manifest(self._db)
        self._sealed_ns = clock.now_ns()
        make_reserve(folder / RESERVE_NAME)
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
        return self._await_round(timeout_s)

    def seal(self, timeout_s: float = 10.0) -> bool:
        """Like `flush`, and everything committed is sealed into chunks."""
        self._seal_asked = True
        return self.flush(timeout_s)

    def finish(self, timeout_s: float = JOIN_LIMIT_S) -> Manifest:
        """Seal everything and write the manifest; nothing may be appended afterwards.

        Raises:
            JournalError: if the last records could not be written.
        """
        self._finish_asked = True
        self._await_round(timeout_s)
        if self._manifest is None:
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
        """Wait for a round that began after this call and could write."""
        with self._round_done:
            # The round under way may have drained the queue already; the one after it has not.
            wanted = self._rounds + 2
            self._wake.set()

            def is_committed() -> bool:
                self._wake.set()
                return self._rounds >= wanted and not self._is_failing

            return self._round_done.wait_for(is_committed, timeout_s)

    # --- the writer thread ---------------------------------------------------------------------

    def _run(self) -> None:
        last_rounds = 0
        while last_rounds == 0 or (self._is_failing and last_rounds < LAST_ROUNDS):
            self._wake.wait(self._commit_interval_s)
            self._wake.clear()
            last_rounds += self._stopping
            try:
                self._round(is_last=last_rounds > 0)
            except Exception:  # the thread's last resort
                logger.exception("the journal's writer failed")
                self._report(JournalError("Recording failed. Restart the application."))
            with self._round_done:
                self._rounds += 1
                self._round_done.notify_all()
        if self._unwritten:
            lost = sum(fragment.n for fragment in self._unwritten)
            self._on_failure(JournalError(f"The last {lost} records could not be saved."))

    def _round(self, *, is_last: bool) -> None:
        # What is asked for is read before collecting: whoever asks has appended before.
        is_finishing = self._finish_asked and self._manifest is None
        must_seal = self._seal_asked or is_finishing or is_last
        if must_seal:
            self._seal_asked = False
        self._collect()
        try:
            self._commit()
            if must_seal or self._is_seal_due():
                self._seal()
            if is_finishing:
                self._manifest = self._write_manifest()
            if self._is_delivered:
                set_meta(self._db, "delivered", "yes")
                self._is_delivered = False
        except (apsw.Error, OSError) as error:
            self._seal_asked |= must_seal
            self._note_failure(error)
        else:
            self._is_failing = False

    def _note_failure(self, error: apsw.Error | OSError) -> None:
        (self.folder / RESERVE_NAME).unlink(missing_ok=True)
        is_full = isinstance(error, apsw.FullError)
        self._report(JournalError(DISK_FULL if is_full else UNWRITABLE.format(self.folder, error)))

    def _report(self, error: JournalError) -> None:
        if not self._is_failing:
            self._is_failing = True
            logger.error("%s", error)
            self._on_failure(error)

    def _collect(self) -> None:
        appended: list[tuple[Record, int]] = []
        while not self._appended.empty():
            appended.append(self._appended.get())
        if appended and self._manifest is not None:
            logger.error("%d records came after the session's end: left out", len(appended))
            return
        self._unwritten += self._encoder.encode(appended)

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

    def _write(self, fragments: Sequence[Fragment], updates: Sequence[_Update]) -> None:
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
                set_meta(self._db, "next_segment", str(newest))
        self._next_segment = max(self._next_segment, newest)

    def _is_seal_due(self) -> bool:
        return self._clock.now_ns() - self._sealed_ns >= self._seal_interval_ns

    def _seal(self) -> None:
        while self._seal_one():
            pass
        self._sealed_ns = self._clock.now_ns()
        try:
            # What was sealed must not linger in the WAL: a participant may have it deleted.
            self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.BusyError:
            logger.debug("a reader keeps the WAL; it is truncated at the next seal")
        make_reserve(self.folder / RESERVE_NAME)

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
        body = seal(bodies)
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
            set_meta(self._db, "manifest", text)
        (self.folder / MANIFEST_NAME).write_text(text, encoding="utf-8")
        return manifest
