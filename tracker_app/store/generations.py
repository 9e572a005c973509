"""What the server's model proxy was asked and what came of it, one row an answer.

A row is there before the model is asked: it counts in the session's budget even if the server is
killed meanwhile, and says then that the answer was interrupted.
"""

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
import msgspec

from tracker_app.decoding import decodable
from tracker_app.errors import FailureKind

if TYPE_CHECKING:
    from tracker_app.store.sqlite import Store

SCHEMA = f"""
CREATE TABLE generation (
    id INTEGER PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
    model TEXT NOT NULL, message_id TEXT NOT NULL, provider TEXT NOT NULL,
    provider_model TEXT NOT NULL, system_prompt TEXT NOT NULL, parameters TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    revision TEXT NOT NULL DEFAULT '', fingerprint TEXT NOT NULL DEFAULT '',
    finish_reason TEXT NOT NULL DEFAULT '', usage TEXT NOT NULL DEFAULT '{{}}',
    characters INTEGER NOT NULL DEFAULT 0, first_piece_ms INTEGER, duration_ms INTEGER,
    failure TEXT NOT NULL DEFAULT '{FailureKind.INTERRUPTED}', status INTEGER
) STRICT;
CREATE INDEX generation_of_session ON generation (session_id);
"""


@decodable
class Asked(msgspec.Struct, frozen=True):
    """What is known before there is an answer, but for what was said.

    That is the participant's: it stands in the session's own records, where it can be deleted. With
    the system prompt before it, it makes the request again, as the hash shows.
    """

    session_id: str
    model: str  # its id in the study: all that the participant's computer knows
    message_id: str  # as in the session's records; empty if it was not told
    provider: str
    provider_model: str  # its real name
    system_prompt: str  # the model's own, put before the study's
    parameters: str  # all that is sent beside what is said, as JSON
    request_sha256: str  # of exactly what is sent, as JSON


@decodable
class Outcome(msgspec.Struct, frozen=True):
    """What came of it."""

    revision: str  # what the provider says answered
    fingerprint: str
    finish_reason: str  # the provider's; empty if it did not finish
    usage: dict[str, int]
    characters: int
    first_piece_ms: int | None
    duration_ms: int | None  # None, like the rest: the server ended meanwhile
    failure: str  # a `FailureKind`, empty if there was none; interrupted: nobody wanted it any more
    status: int | None  # of HTTP


@decodable
class Generation(msgspec.Struct, frozen=True):
    """A row."""

    asked: Asked
    outcome: Outcome


class Generations:
    """The rows of a store that is open."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def begin(
        self, asked: Asked, requests: int, characters: int
    ) -> "Future[tuple[int, int] | None]":
        """Note that a model is asked, unless that is more than the session may.

        Args:
            asked: what and by whom.
            requests: how many a session may make.
            characters: how many it may be answered.

        Returns:
            The row's number, and how many characters are left; None if nothing is.
        """
        return self._store.call(lambda db: _begin(db, asked, requests, characters))

    def finish(self, number: int, outcome: Outcome) -> "Future[None]":
        """Note what came of it."""
        return self._store.call(lambda db: _finish(db, number, outcome))


def _begin(
    db: apsw.Connection, asked: Asked, requests: int, characters: int
) -> tuple[int, int] | None:
    ((made, answered),) = db.execute(
        "SELECT count(*), total(characters) FROM generation WHERE session_id = ?",
        (asked.session_id,),
    )
    if made >= requests or answered >= characters:
        return None
    values = msgspec.structs.asdict(asked)
    names, places = ", ".join(values), ", ".join("?" * len(values))
    db.execute(f"INSERT INTO generation ({names}) VALUES ({places})", tuple(values.values()))
    return db.last_insert_rowid(), characters - int(answered)


def _finish(db: apsw.Connection, number: int, outcome: Outcome) -> None:
    values = msgspec.structs.asdict(outcome)
    values["usage"] = msgspec.json.encode(outcome.usage).decode()
    changes = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE generation SET {changes} WHERE id = ?", (*values.values(), number))


def read_generations(path: Path, session_id: str) -> list[Generation]:
    """Every row of a session, in the order they were asked.

    Args:
        path: the store's file.
        session_id: of the session.
    """
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        if not db.table_exists(None, "generation"):
            return []  # of a server that knew no models
        columns = ", ".join(Asked.__struct_fields__ + Outcome.__struct_fields__)
        rows = db.execute(
            f"SELECT {columns} FROM generation WHERE session_id = ? ORDER BY id", (session_id,)
        ).fetchall()
    finally:
        db.close()
    return [_generation(row) for row in rows]


def _generation(row: tuple[Any, ...]) -> Generation:
    values = dict(zip(Asked.__struct_fields__ + Outcome.__struct_fields__, row, strict=True))
    values["usage"] = msgspec.json.decode(values["usage"])
    asked = {name: values[name] for name in Asked.__struct_fields__}
    outcome = {name: values[name] for name in Outcome.__struct_fields__}
    return Generation(Asked(**asked), Outcome(**outcome))
