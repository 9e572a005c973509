"""What the server keeps, in one SQLite file.

A single thread owns the connection and commits everything that waits at once (group commit), so
one fsync serves many requests. Tokens and codes are kept as hashes only.
"""

import hashlib
import logging
import queue
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import apsw
import filelock
import msgspec

from tracker_app.codec import Entry, decode_chunk, join_parts
from tracker_app.errors import ServerError, SessionNotFoundError
from tracker_app.records import Record
from tracker_app.store import generations, places
from tracker_app.store.wire import Manifest, PlaceAnswer, PlaceRequest, SessionStatus

logger = logging.getLogger(__name__)
_T = TypeVar("_T")
FILE_NAME = "collected.sqlite"
FIRST_SCHEMA = """
CREATE TABLE code (sha256 TEXT PRIMARY KEY, uses_left INTEGER NOT NULL) STRICT;
CREATE TABLE session (
    id TEXT PRIMARY KEY, token_sha256 TEXT NOT NULL UNIQUE, code_sha256 TEXT NOT NULL,
    study_id TEXT NOT NULL, study_sha256 TEXT NOT NULL, manifest TEXT,
    acked_through INTEGER NOT NULL DEFAULT -1
) STRICT;
CREATE TABLE batch (
    session_id TEXT NOT NULL REFERENCES session, seq INTEGER NOT NULL, sha256 TEXT NOT NULL,
    counts TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (session_id, seq)
) STRICT;
"""
# The version of a store is how many of these were taken; only ever add to the end.
UPGRADES = (FIRST_SCHEMA, generations.SCHEMA, places.SCHEMA)


class Stored(StrEnum):
    """What became of a chunk."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # other bytes are stored under this number


class Store:
    """The server's sessions and chunks. Every method returns a future of its result."""

    def __init__(self, folder: Path) -> None:
        """Open or create the store.

        Raises:
            ServerError: if the folder cannot be used or another server uses it.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServerError(f"{folder} cannot be used: {error.strerror}.") from error
        self._lock = filelock.FileLock(folder / "server.lock", timeout=0)
        try:
            self._lock.acquire()
            self._db = _open(folder / FILE_NAME)
        except filelock.Timeout as error:
            raise ServerError(f"Another server already uses {folder}.") from error
        except apsw.Error as error:
            raise ServerError(f"The data in {folder} cannot be opened: {error}.") from error
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what was asked for and close."""
        self._calls.put(None)
        self._thread.join()
        self._db.close()
        self._lock.release()

    # --- calls ---------------------------------------------------------------------------------

    def add_code(self, code: str, uses: int) -> Future[None]:
        """Let an enrolment code be used so many times (more)."""
        return self._ask(lambda: self._add_code(code, uses))

    def enrol(
        self, code: str, session_id: str, study_id: str, study_sha256: str
    ) -> Future[str | None]:
        """A token for a session, or None if the code is not valid.

        The same code enrols the same session again, which replaces the token: a client that
        never got the answer can ask once more.
        """
        return self._ask(lambda: self._enrol(code, session_id, study_id, study_sha256))

    def session_of(self, token: str) -> Future[str | None]:
        """The one session a token may write."""
        return self._ask(lambda: self._session_of(token))

    def put_batch(
        self, session_id: str, seq: int, sha256: str, counts: dict[str, int], body: bytes
    ) -> Future[tuple[Stored, int]]:
        """Store a chunk once; also tells up to which number all chunks are stored."""
        return self._ask(lambda: self._put_batch(session_id, seq, sha256, counts, body))

    def put_manifest(self, manifest: Manifest) -> Future[SessionStatus]:
        """Keep what the client says the session consists of, and compare."""
        return self._ask(lambda: self._put_manifest(manifest))

    def status(self, session_id: str) -> Future[SessionStatus]:
        """What is stored of a session."""
        return self._ask(lambda: self._status(session_id))

    def take_place(self, session_id: str, request: PlaceRequest, utc_s: int) -> Future[PlaceAnswer]:
        """What a session is to show; see `places.take_place`."""
        return self._ask(lambda: places.take_place(self._db, session_id, request, utc_s))

    def note_records(self, session_id: str, records: Sequence[Record]) -> Future[None]:
        """Take in what stored records tell of a session's place."""
        return self._ask(lambda: places.note_records(self._db, session_id, records))

    def sessions(self) -> Future[list[str]]:
        """The ids of all sessions."""
        return self._ask(lambda: [i for (i,) in self._db.execute("SELECT id FROM session")])

    def call(self, work: Callable[[apsw.Connection], _T]) -> Future[_T]:
        """Let the thread that owns the connection do this; what it changes is committed."""
        return self._ask(lambda: work(self._db))

    # --- the thread that owns the connection ---------------------------------------------------

    def _ask(self, call: Callable[[], _T]) -> "Future[_T]":
        future: Future[_T] = Future()
        self._calls.put((call, future))
        return future

    def _run(self) -> None:
        is_open = True
        while is_open:
            calls = [self._calls.get()]
            while not self._calls.empty():
                calls.append(self._calls.get())
            is_open = None not in calls
            self._commit([call for call in calls if call is not None])

    def _commit(self, calls: list[tuple[Callable[[], Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            with self._db:
                for call, future in calls:
                    if not future.set_running_or_notify_cancel():
                        continue  # nobody waits any more
                    try:
                        with self._db:  # a savepoint: one bad call spoils no other
                            done.append((future, call()))
                    except Exception as error:  # noqa: BLE001 # the asker's, not this thread's
                        future.set_exception(error)
        except apsw.Error as error:  # the commit itself: nobody's data is stored
            for future, _ in done:
                future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)

    def _add_code(self, code: str, uses: int) -> None:
        self._db.execute(
            "INSERT INTO code VALUES (?, ?)"
            " ON CONFLICT (sha256) DO UPDATE SET uses_left = excluded.uses_left",
            (_hash(code), uses),
        )

    def _enrol(self, code: str, session_id: str, study_id: str, study_sha256: str) -> str | None:
        code_hash, token = _hash(code), secrets.token_urlsafe(32)
        owner = self._db.execute("SELECT code_sha256 FROM session WHERE id = ?", (session_id,)).get
        if owner is not None:
            if owner != code_hash:
                return None
            self._db.execute(
                "UPDATE session SET token_sha256 = ? WHERE id = ?", (_hash(token), session_id)
            )
            return token
        self._db.execute(
            "UPDATE code SET uses_left = uses_left - 1 WHERE sha256 = ? AND uses_left > 0",
            (code_hash,),
        )
        if self._db.changes() == 0:
            return None
        self._db.execute(
            "INSERT INTO session (id, token_sha256, code_sha256, study_id, study_sha256)"
            " VALUES (?, ?, ?, ?, ?)",
            (session_id, _hash(token), code_hash, study_id, study_sha256),
        )
        return token

    def _session_of(self, token: str) -> str | None:
        found: str | None = self._db.execute(
            "SELECT id FROM session WHERE token_sha256 = ?", (_hash(token),)
        ).get
        return found

    def _put_batch(
        self, session_id: str, seq: int, sha256: str, counts: dict[str, int], body: bytes
    ) -> tuple[Stored, int]:
        stored: str | None = self._db.execute(
            "SELECT sha256 FROM batch WHERE session_id = ? AND seq = ?", (session_id, seq)
        ).get
        if stored is None:
            self._db.execute(
                "INSERT INTO batch VALUES (?, ?, ?, ?, ?)",
                (session_id, seq, sha256, msgspec.json.encode(counts).decode(), body),
            )
            return Stored.NEW, self._acked_through(session_id)
        outcome = Stored.DUPLICATE if stored == sha256 else Stored.CONFLICT
        return outcome, self._acked_through(session_id)

    def _acked_through(self, session_id: str) -> int:
        """The number before the first missing chunk; it only grows, so look on from there."""
        known: int = self._db.execute(
            "SELECT acked_through FROM session WHERE id = ?", (session_id,)
        ).get
        through = known
        for (seq,) in self._db.execute(
            "SELECT seq FROM batch WHERE session_id = ? AND seq > ? ORDER BY seq",
            (session_id, known),
        ):
            if seq != through + 1:
                break
            through = seq
        if through != known:
            self._db.execute(
                "UPDATE session SET acked_through = ? WHERE id = ?", (through, session_id)
            )
        return through

    def _put_manifest(self, manifest: Manifest) -> SessionStatus:
        self._db.execute(
            "UPDATE session SET manifest = ? WHERE id = ?",
            (msgspec.json.encode(manifest).decode(), manifest.session_id),
        )
        return self._status(manifest.session_id)

    def _status(self, session_id: str) -> SessionStatus:
        stored = {
            seq: (digest, msgspec.json.decode(counts))
            for seq, digest, counts in self._db.execute(
                "SELECT seq, sha256, counts FROM batch WHERE session_id = ?", (session_id,)
            )
        }
        text = self._db.execute("SELECT manifest FROM session WHERE id = ?", (session_id,)).get
        if text is None:
            return SessionStatus(session_id, len(stored), False, False, [])
        lines = msgspec.json.decode(text, type=Manifest).chunks
        missing = [x.seq for x in lines if stored.get(x.seq) != (x.sha256, x.counts)]
        is_complete = not missing and len(stored) == len(lines)
        return SessionStatus(session_id, len(stored), True, is_complete, missing)


def _open(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", "full")
    db.pragma("foreign_keys", "on")
    version = db.pragma("user_version")
    if version > len(UPGRADES):
        raise ServerError(f"The data in {path.parent} needs a newer version of this program.")
    for number, upgrade in enumerate(UPGRADES[version:], start=version + 1):
        with db:
            db.execute(upgrade)
            db.pragma("user_version", number)
    return db


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find_stored(folder: Path, name: str) -> str:
    """The id of the collected session that begins with `name`.

    Raises:
        SessionNotFoundError: if none or several do.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise SessionNotFoundError(f"No server has collected anything in {folder}.")
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = [i for (i,) in db.execute("SELECT id FROM session") if i.startswith(name)]
    finally:
        db.close()
    if len(found) != 1:
        raise SessionNotFoundError(
            f"{len(found)} sessions in {folder} begin with {name}. Type more of the id."
        )
    return str(found[0])


def read_entries(folder: Path, session_id: str) -> list[Entry]:
    """Every record the server has of a session, in the journal's order.

    Raises:
        DamagedRecordError: if a stored chunk does not decode.
    """
    db = apsw.Connection(str(folder / FILE_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        bodies = [
            body
            for (body,) in db.execute(
                "SELECT body FROM batch WHERE session_id = ? ORDER BY seq", (session_id,)
            )
        ]
    finally:
        db.close()
    entries = [entry for body in bodies for entry in decode_chunk(body)]
    return sorted(join_parts(entries), key=lambda entry: entry.key)
