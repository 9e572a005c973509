"""Deletes records from a journal's file, so that no byte of them is left in the session's folder.

SQLite with `secure_delete` writes zeros over what is deleted, but in the write-ahead log first: old
pages are gone only after a checkpoint. What the disk's own electronics keep is beyond us.
"""

from collections.abc import Callable, Iterable

import apsw
import msgspec

from tracker_app.clock import Clock
from tracker_app.errors import DamagedRecordError, JournalError
from tracker_app.recording.folder_files import SENDING, TRACES, get_meta, set_meta
from tracker_app.recording.fragments import FragmentEncoder, SealedChunk
from tracker_app.recording.outline import Outline, outline_of
from tracker_app.recording.redaction import Deletion, Redactor
from tracker_app.wording import tr

Plan = Callable[[Outline], Deletion]
DAMAGED = tr("Part of this session is damaged, so nothing can be deleted from it but all of it.")
ALREADY_SENT = tr(
    "Part of this session was sent already, so nothing is deleted here. Ask whoever runs the study "
    "to delete it."
)


def rewrite(db: apsw.Connection, plan: Plan, clock: Clock) -> tuple[FragmentEncoder, int]:
    """Put chunks without what is to go in place of a journal's; all must be sealed.

    A crash leaves the old chunks or the new ones. The old ones can be found in the files until
    `erase_traces`.

    Returns:
        Where each stream goes on, and how many records were taken out.

    Raises:
        JournalError: if the session is finished, was sent, or is damaged; nothing is deleted then.
        apsw.Error: if it cannot be written; likewise.
    """
    _refuse_fixed(db)
    if db.execute("SELECT 1 FROM frag LIMIT 1").get is not None:
        raise JournalError(DAMAGED)
    try:
        outline = outline_of(db)
        redactor = Redactor(plan(outline), outline, clock)
        chunks = [
            chunk
            for digest, body in db.execute("SELECT sha256, body FROM chunk ORDER BY seq")
            for chunk in redactor.without(body, digest)
        ]
    except DamagedRecordError as error:
        raise JournalError(DAMAGED) from error
    _replace_chunks(db, [*chunks, *redactor.redactions()])
    return redactor.encoder, redactor.lost


def _refuse_fixed(db: apsw.Connection) -> None:
    if get_meta(db, "manifest") is not None:
        raise JournalError(
            tr("This session is finished, so nothing can be deleted from it any more.")
        )
    has_acked = db.execute("SELECT 1 FROM chunk WHERE state = 'acked' LIMIT 1").get is not None
    if has_acked or get_meta(db, SENDING) is not None:
        raise JournalError(ALREADY_SENT)


def _replace_chunks(db: apsw.Connection, chunks: Iterable[SealedChunk]) -> None:
    """Put other chunks in place of all there are; until `erase_traces` the old ones can be found.

    One transaction: a crash leaves the old ones or the new ones.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute("DELETE FROM chunk")
        db.executemany(
            "INSERT INTO chunk (seq, counts, sha256, body) VALUES (?, ?, ?, ?)",
            (
                (seq, msgspec.json.encode(chunk.counts).decode(), chunk.sha256, chunk.body)
                for seq, chunk in enumerate(chunks)
            ),
        )
        set_meta(db, TRACES, "yes")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk ends it, and a context manager would stumble then
            db.execute("ROLLBACK")
        raise


def erase_traces(db: apsw.Connection) -> None:
    """Leave nothing of deleted chunks in the journal's files; may be called again after a crash.

    Raises:
        apsw.BusyError: while somebody reads the journal.
        apsw.FullError: without room for a copy of the journal.
    """
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)  # zeros over what was deleted
    db.pragma("temp_store", "memory")
    db.execute("VACUUM")
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    with db:
        db.execute("DELETE FROM meta WHERE key = ?", (TRACES,))
