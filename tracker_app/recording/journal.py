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
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec

from tracker_app.clock import Clock
from tracker_app.codec import sha256
from tracker_app.errors import JournalError, TrackerError
from tracker_app.recording.folder_files import (
    DELIVERED,
    JOURNAL_NAME,
    KEPT_HERE,
    MANIFEST_NAME,
    RESERVE_NAME,
    SENDING,
    TRACES,
    chunk_lines,
    get_meta,
    hold,
    make_reserve,
    open_journal,
    set_meta,
    stored_manifest,
    unwritable,
)
from tracker_app.recording.fragments import MAX_CHUNK_INPUT, Fragment, FragmentEncoder, seal
from tracker_app.recording.rewriting import ALREADY_SENT, Plan, erase_traces, rewrite
from tracker_app.records import Record
from tracker_app.store.wire import Manifest, make_manifest
from tracker_app.wording import tr

logger = logging.getLogger(__name__)

JOIN_LIMIT_S = 30.0
LAST_ROUNDS = 20  # attempts to write what is left when closing on a full disk
DISK_FULL = tr(
    "The disk is full, so recording is held in memory. Delete some files; recording goes on by "
    "itself."
)
TRACES_LEFT = tr("It is deleted, but traces are left in the files until the program starts again.")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Wish:
    """A deletion asked for, and who waits for it."""

    plan: Plan
    done: "Future[int]"


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
        self._notes: queue.SimpleQueue[str] = queue.SimpleQueue()  # lasting marks of the session
        self._wishes: queue.SimpleQueue[_Wish] = queue.SimpleQueue()
        self._erasing: list[tuple[Future[int], int]] = []  # deleted, but for the traces
        self._unwritten: list[Fragment] = []
        self._encoder = FragmentEncoder(clock)
        self._wake = threading.Event()
        self._stopping = False
        self._seal_asked = False
        self._finish_asked = False
        self._rounds = 0  # finished rounds of the writer
        self._round_done = threading.Condition()
        self._is_failing = False
        self._lock = hold(folder)
        try:
            self._db = open_journal(folder / JOURNAL_NAME, session_id)
            self.first_free_segment = int(get_meta(self._db, "next_segment") or 0)
            self.is_kept_here = get_meta(self._db, KEPT_HERE) is not None
            self.is_sending = get_meta(self._db, SENDING) is not None
            self._has_traces = get_meta(self._db, TRACES) is not None
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

    def redact(self, plan: Plan) -> "Future[int]":
        """Delete records for good and put `Redaction`s in their place; returns at once.

        Records may be appended meanwhile; they wait in memory.

        Args:
            plan: says what is to go, given everything recorded so far; called in the writer's
                thread.

        Returns:
            How many records were deleted, once no byte of them is left in the folder's files. It
            raises JournalError, in one sentence, where nothing was deleted or the session was
            closed while somebody read the files. Callbacks run in the writer's thread.
        """
        wish = _Wish(plan, Future())
        self._wishes.put(wish)
        self._wake.set()
        if not self._thread.is_alive():
            self._refuse_wishes(JournalError(tr("The session is closed, so nothing was deleted.")))
        return wish.done

    def keep_here(self, timeout_s: float = 10.0) -> None:
        """Note for good that the participant wants this session never to be sent.

        Raises:
            JournalError: if sending has begun, or it could not be noted.
        """
        if self.is_sending:
            raise JournalError(ALREADY_SENT)
        self.is_kept_here = True
        self._notes.put(KEPT_HERE)
        if not self.flush(timeout_s):
            raise JournalError(tr("It could not be noted that this session is not to be sent."))

    def begin_sending(self, timeout_s: float = 10.0) -> bool:
        """Note for good that the server may have chunks: from now on none is deleted here.

        Returns:
            Whether that is noted; otherwise nothing may be sent yet.
        """
        if self.is_kept_here:
            return False
        self.is_sending = True
        self._notes.put(SENDING)
        return self.flush(timeout_s)

    def finish(self, timeout_s: float = JOIN_LIMIT_S) -> Manifest:
        """Seal everything and write the manifest; nothing may be appended afterwards.

        Raises:
            JournalError: if the last records could not be written.
        """
        self._finish_asked = True
        self._await_round(timeout_s)
        if self._manifest is None:
            raise JournalError(
                tr(
                    "The session in {folder} could not be finished. {reason}",
                    folder=self.folder,
                    reason=DISK_FULL,
                )
            )
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
        self._notes.put(DELIVERED)
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
        while last_rounds == 0 or (self._has_work_left and last_rounds < LAST_ROUNDS):
            self._wake.wait(self._commit_interval_s)
            self._wake.clear()
            last_rounds += self._stopping
            try:
                self._round(is_last=last_rounds > 0)
            except Exception:  # the thread's last resort
                logger.exception("the journal's writer failed")
                self._report(JournalError(tr("Recording failed. Restart the application.")))
            with self._round_done:
                self._rounds += 1
                self._round_done.notify_all()
        if self._unwritten:
            lost = sum(fragment.n for fragment in self._unwritten)
            self._on_failure(
                JournalError(tr("Records at the end that could not be saved: {n}.", n=lost))
            )
        self._refuse_wishes(JournalError(tr("The session was closed before anything was deleted.")))
        for done, _ in self._erasing:
            done.set_exception(JournalError(TRACES_LEFT))

    @property
    def _has_work_left(self) -> bool:
        return self._is_failing or self._has_traces

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
            self._grant_wishes()
            self._erase_traces()
            if is_finishing:
                self._manifest = self._write_manifest()
        except (apsw.Error, OSError) as error:
            self._seal_asked |= must_seal
            self._note_failure(error)
            self._refuse_wishes(_not_deleted(error))
        else:
            self._is_failing = False

    # --- deleting ------------------------------------------------------------------------------

    def _grant_wishes(self) -> None:
        while not self._wishes.empty():
            wish = self._wishes.get()
            if not wish.done.set_running_or_notify_cancel():
                continue
            try:
                self._encoder, lost = self._rewritten(wish.plan)
            except (apsw.Error, OSError) as error:
                logger.exception("nothing was deleted")
                wish.done.set_exception(_not_deleted(error))
            except Exception as error:  # noqa: BLE001 # whoever asked for it is told
                wish.done.set_exception(error)
            else:
                logger.info("%d records deleted on the participant's wish", lost)
                self._has_traces = True
                self._erasing.append((wish.done, lost))

    def _rewritten(self, plan: Plan) -> tuple[FragmentEncoder, int]:
        self._seal()
        try:
            return rewrite(self._db, plan, self._clock)
        except apsw.FullError:
            (self.folder / RESERVE_NAME).unlink(missing_ok=True)
            return rewrite(self._db, plan, self._clock)

    def _erase_traces(self) -> None:
        if not self._has_traces:
            return
        try:
            erase_traces(self._db)
        except apsw.BusyError:
            logger.debug("a reader keeps what was deleted; it is erased in the next round")
            return
        self._has_traces = False
        for done, lost in self._erasing:
            done.set_result(lost)
        self._erasing.clear()
        self.on_sealed()

    def _refuse_wishes(self, error: JournalError) -> None:
        while not self._wishes.empty():
            self._wishes.get().done.set_exception(error)

    # --- writing -------------------------------------------------------------------------------

    def _note_failure(self, error: apsw.Error | OSError) -> None:
        (self.folder / RESERVE_NAME).unlink(missing_ok=True)
        is_full = isinstance(error, apsw.FullError)
        self._report(JournalError(DISK_FULL if is_full else unwritable(self.folder, error)))

    def _report(self, error: JournalError) -> None:
        if not self._is_failing:
            self._is_failing = True
            logger.error("%s", error)
            self._on_failure(error)

    def _collect(self) -> None:
        appended = _drained(self._appended)
        if appended and self._manifest is not None:
            logger.error("%d records came after the session's end: left out", len(appended))
            return
        self._unwritten += self._encoder.encode(appended)

    def _commit(self) -> None:
        updates, notes = _drained(self._updates), _drained(self._notes)
        if not (self._unwritten or updates or notes):
            return
        try:
            self._write(self._unwritten, updates, notes)
        except apsw.Error:
            for update in updates:
                self._updates.put(update)
            for note in notes:
                self._notes.put(note)
            raise
        self._unwritten = []

    def _write(
        self, fragments: Sequence[Fragment], updates: Sequence[_Update], notes: Sequence[str]
    ) -> None:
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
            for note in notes:
                set_meta(self._db, note, "yes")
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


def _drained(waiting: "queue.SimpleQueue[_T]") -> list[_T]:
    taken = []
    while not waiting.empty():
        taken.append(waiting.get())
    return taken


def _not_deleted(error: apsw.Error | OSError) -> JournalError:
    is_full = isinstance(error, apsw.FullError)
    if is_full:
        sentence = tr("Nothing was deleted: the disk is full. Delete some files, then try again.")
    else:
        sentence = tr("Nothing was deleted: {reason}. Try again.", reason=str(error))
    return JournalError(sentence)
