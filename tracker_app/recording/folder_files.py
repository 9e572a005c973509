"""The files of a session folder: their names, the journal's tables, the lock and the reserve."""

import logging
import shutil
from pathlib import Path

import apsw
import filelock
import msgspec

from tracker_app.errors import AlreadyRunningError, DamagedRecordError, JournalError
from tracker_app.store.wire import ChunkLine, Manifest
from tracker_app.wording import Sentence, tr

logger = logging.getLogger(__name__)

JOURNAL_NAME, MANIFEST_NAME, LOCK_NAME, RESERVE_NAME = (
    "journal.sqlite",
    "manifest.json",
    "lock",
    "reserve",
)
WITHDRAWN_NAME = "withdrawn"  # the session is to be erased
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
# Keys of `meta` besides those of the session and its manifest.
DELIVERED, KEPT_HERE, SENDING, TRACES = "delivered", "kept_here", "sending", "traces"
RESERVE_BYTES = 8_000_000


def unwritable(folder: Path, reason: object) -> Sentence:
    """Says that a session's folder cannot be written to, and why."""
    return tr(
        "The session cannot be written to {folder}: {reason}. Check that the folder may be "
        "written to.",
        folder=folder,
        reason=str(reason),
    )


def chunk_lines(db: apsw.Connection) -> list[ChunkLine]:
    """The manifest's lines of the chunks in a journal."""
    return [
        ChunkLine(seq, digest, msgspec.json.decode(counts, type=dict[str, int]))
        for seq, digest, counts in db.execute("SELECT seq, sha256, counts FROM chunk ORDER BY seq")
    ]


def hold(folder: Path) -> filelock.FileLock:
    """Make the folder and hold its lock; raises AlreadyRunningError or JournalError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK_NAME, timeout=0)
        lock.acquire()
    except filelock.Timeout as error:
        raise AlreadyRunningError(
            tr("This session is open in another window. Close that one first.")
        ) from error
    except OSError as error:
        raise JournalError(unwritable(folder, error.strerror)) from error
    return lock


def open_journal(path: Path, session_id: str) -> apsw.Connection:
    """Open or create a journal for its one writer.

    `synchronous=FULL` makes a commit survive power loss; `secure_delete` overwrites with zeros
    what is deleted.

    Raises:
        JournalError: if it cannot be written, is newer than we are, or another session's.
    """
    try:
        db = apsw.Connection(str(path))
    except apsw.Error as error:
        raise JournalError(unwritable(path.parent, error)) from error
    try:
        _prepare(db, path.parent, session_id)
    except apsw.Error as error:
        db.close()
        raise JournalError(unwritable(path.parent, error)) from error
    except JournalError:
        db.close()
        raise
    return db


def _prepare(db: apsw.Connection, folder: Path, session_id: str) -> None:
    version = db.pragma("user_version")
    if version > SCHEMA_VERSION:
        raise JournalError(
            tr("The journal in {folder} needs a newer version of this program.", folder=folder)
        )
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", "full")
    db.pragma("secure_delete", "on")
    if version == 0:
        with db:
            db.execute(SCHEMA)
            set_meta(db, "session_id", session_id)
            db.pragma("user_version", SCHEMA_VERSION)
    if get_meta(db, "session_id") != session_id:
        raise JournalError(tr("The journal in {folder} belongs to another session.", folder=folder))


def get_meta(db: apsw.Connection, key: str) -> str | None:
    """A value of the journal's table of facts, None where it has none."""
    value: str | None = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).get
    return value


def stored_manifest(db: apsw.Connection) -> Manifest | None:
    """The manifest of a finished session.

    Raises:
        DamagedRecordError: if what is stored is no manifest.
    """
    text = get_meta(db, "manifest")
    try:
        return None if text is None else msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise DamagedRecordError("the stored manifest is damaged") from error


def set_meta(db: apsw.Connection, key: str, value: str) -> None:
    """Write a value of the journal's table of facts."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def make_reserve(path: Path) -> None:
    """Room that can be given back when the disk is full, to close the session in order."""
    if path.exists() or shutil.disk_usage(path.parent).free < 2 * RESERVE_BYTES:
        return
    try:
        path.write_bytes(bytes(RESERVE_BYTES))
    except OSError:
        path.unlink(missing_ok=True)
        logger.warning("no room for a reserve of %d bytes", RESERVE_BYTES)
