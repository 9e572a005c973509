"""Which places of a study are taken, and who takes the next one.

A place is held by a session that finished, and for some time by one under way. What counts is what
the records say that the server has: of a computer that could not ask, too. Everything here runs in
the one thread that owns the connection, within its transaction: so two who ask at once are never
given the same last place.
"""

from collections.abc import Iterable

import apsw

from tracker_app.allocation import (
    MAX_CELLS_PER_SESSION,
    MAX_NAME,
    MAX_TOPICS,
    Design,
    Drawn,
    Tally,
    draw,
    has_room,
    lot_of,
)
from tracker_app.records import Assignment, Record, SessionEnd, SessionInfo
from tracker_app.store.wire import PlaceAnswer, PlaceRequest

# Of a study, by its id: a corrected typo, and so another hash, does not start anew.
SCHEMA = """
CREATE TABLE place (
    session_id TEXT PRIMARY KEY REFERENCES session ON DELETE CASCADE,
    study_id TEXT NOT NULL, participant_id TEXT NOT NULL DEFAULT '',
    is_counted INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'finished', 'ended')),
    held_until_s INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX place_of_study ON place (study_id, participant_id);
CREATE TABLE place_cell (
    session_id TEXT NOT NULL REFERENCES place ON DELETE CASCADE,
    number INTEGER NOT NULL, cell TEXT NOT NULL, PRIMARY KEY (session_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE place_topic (
    session_id TEXT NOT NULL REFERENCES place ON DELETE CASCADE,
    number INTEGER NOT NULL, topic TEXT NOT NULL, PRIMARY KEY (session_id, number)
) STRICT, WITHOUT ROWID;
"""
HELD = (
    "study_id = ? AND is_counted AND (state = 'finished' OR (state = 'open' AND held_until_s > ?))"
)
TOLD = (SessionInfo, SessionEnd, Assignment)  # records that tell of a place


def take_place(
    db: apsw.Connection, session_id: str, request: PlaceRequest, utc_s: int
) -> PlaceAnswer:
    """A place for a session; who asks again gets the same, held for as long again.

    Args:
        db: the store's.
        session_id: of a session that is enrolled.
        request: what there is to draw, and for whom.
        utc_s: wall time.
    """
    study_id, study_sha256 = next(
        db.execute("SELECT study_id, study_sha256 FROM session WHERE id = ?", (session_id,))
    )
    given = _given(db, session_id)
    if given.cells:
        _hold(db, session_id, utc_s + request.reservation_s)
        return PlaceAnswer("drawn", given.cells, given.topics)
    who = (study_id, request.participant_id)
    if request.is_counted:
        finished = _finished(db, *who)
        if finished >= request.sessions_per_person:
            return PlaceAnswer("capped", times=finished)
    tally = _tally(db, request.design, *who, utc_s)
    lot = lot_of(study_sha256, session_id, "place")
    drawn = draw(request.design, tally, lot, is_counted=request.is_counted)
    if drawn is None:
        return PlaceAnswer("capped" if has_room(request.design, tally) else "full")
    _open(db, session_id)
    _describe(db, session_id, request.participant_id, is_counted=request.is_counted)
    _give(db, session_id, drawn)
    _hold(db, session_id, utc_s + request.reservation_s)
    return PlaceAnswer("drawn", drawn.cells, drawn.topics)


def note_records(db: apsw.Connection, session_id: str, records: Iterable[Record]) -> None:
    """Take in what a stored chunk tells of its session's place; the same twice changes nothing."""
    for record in records:
        match record:
            case SessionInfo():
                _open(db, session_id)
                is_pilot = record.settings.get("study.is_pilot") == "True"
                is_counted = not (record.is_simulated or is_pilot)
                _describe(db, session_id, record.participant_id, is_counted=is_counted)
            case Assignment():
                _open(db, session_id)
                _give(db, session_id, Drawn(tuple(record.cells), tuple(record.topics)))
            case SessionEnd():
                _open(db, session_id)
                state = "finished" if record.reason == "finished" else "ended"
                db.execute("UPDATE place SET state = ? WHERE session_id = ?", (state, session_id))


# --- rows --------------------------------------------------------------------------------------


def _open(db: apsw.Connection, session_id: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO place (session_id, study_id)"
        " SELECT id, study_id FROM session WHERE id = ?",
        (session_id,),
    )


def _describe(
    db: apsw.Connection, session_id: str, participant_id: str, *, is_counted: bool
) -> None:
    """Say whose it is; once not counted, never counted."""
    db.execute(
        "UPDATE place SET participant_id = ?, is_counted = is_counted AND ? WHERE session_id = ?",
        (participant_id, is_counted, session_id),
    )


def _give(db: apsw.Connection, session_id: str, drawn: Drawn) -> None:
    """Keep what was drawn, in place of what there is: where the two differ, the record rules."""
    for table, names, most in (
        ("place_cell", drawn.cells, MAX_CELLS_PER_SESSION),
        ("place_topic", drawn.topics, MAX_TOPICS),
    ):
        db.execute(f"DELETE FROM {table} WHERE session_id = ?", (session_id,))
        db.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?)",
            [(session_id, n, name[:MAX_NAME]) for n, name in enumerate(names[:most])],
        )


def _given(db: apsw.Connection, session_id: str) -> Drawn:
    """What the session has; nothing if it was given nothing yet."""
    cells, topics = (
        tuple(
            name
            for (name,) in db.execute(
                f"SELECT {column} FROM place_{column} WHERE session_id = ? ORDER BY number",
                (session_id,),
            )
        )
        for column in ("cell", "topic")
    )
    return Drawn(cells, topics)


def _hold(db: apsw.Connection, session_id: str, until_s: int) -> None:
    db.execute("UPDATE place SET held_until_s = ? WHERE session_id = ?", (until_s, session_id))


# --- counts ------------------------------------------------------------------------------------


def _finished(db: apsw.Connection, study_id: str, participant_id: str) -> int:
    """How often a person finished in a study, as far as it counts."""
    count: int = db.execute(
        "SELECT COUNT(*) FROM place"
        " WHERE study_id = ? AND participant_id = ? AND is_counted AND state = 'finished'",
        (study_id, participant_id),
    ).get
    return count


def _tally(
    db: apsw.Connection, design: Design, study_id: str, participant_id: str, utc_s: int
) -> Tally:
    cells = dict(
        db.execute(
            "SELECT cell, COUNT(*) FROM place JOIN place_cell USING (session_id)"
            f" WHERE {HELD} GROUP BY cell",
            (study_id, utc_s),
        )
    )
    topics = {
        (cell, topic): times
        for cell, topic, times in db.execute(
            "SELECT cell, topic, COUNT(*) FROM place JOIN place_cell AS c USING (session_id)"
            " JOIN place_topic AS t USING (session_id)"
            f" WHERE {HELD} AND c.number = 0 AND t.number < ? GROUP BY cell, topic",
            (study_id, utc_s, design.topics_taken),
        )
    }
    seen = {
        cell
        for (cell,) in db.execute(
            "SELECT cell FROM place JOIN place_cell USING (session_id)"
            " WHERE study_id = ? AND participant_id = ?",
            (study_id, participant_id),
        )
    }
    return Tally(cells, topics, seen)
