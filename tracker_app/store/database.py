"""How we open SQLite files: always through apsw, one writer, any number of readers.

The standard library's SQLite is never used: two SQLite libraries in one process lose each other's
locks, and the one Python ships may still have the WAL-reset bug that SQLite 3.51.3 mended.
"""

from pathlib import Path
from urllib.parse import quote

import apsw

BUSY_TIMEOUT_MS = 5_000


class WrongVersionError(Exception):
    """The file was written by a newer version of this program."""


def open_writer(path: Path, schema: str, version: int) -> apsw.Connection:
    """Open or create a database for its only writer.

    `synchronous=FULL` makes a commit survive power loss, `secure_delete` overwrites what is
    deleted with zeros, as a promise to participants demands.

    Raises:
        apsw.Error: if the file cannot be opened or is no database.
        WrongVersionError: if its `user_version` is above `version`.
    """
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        connection.pragma("secure_delete", 1)
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", 2)
        found = connection.pragma("user_version")
        if found > version:
            raise WrongVersionError(f"{path.name} has version {found}, this program {version}")
        if found == 0:
            with connection:
                connection.execute(schema)
                connection.pragma("user_version", version)
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path, version: int) -> apsw.Connection:
    """Open a database read-only, whether or not its writer is running.

    A reader of a WAL file needs the shared-memory file beside it. Where that cannot be made (a
    read-only medium) and there is no WAL left to read, the file is opened as unchanging.

    Raises:
        apsw.Error: if the file is missing or is no database.
        WrongVersionError: if its `user_version` is not `version`.
    """
    has_wal = path.with_name(path.name + "-wal").exists()
    try:
        return _checked(_read_only(path, ""), path, version)
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        if has_wal or not path.exists():
            raise
        return _checked(_read_only(path, "&immutable=1"), path, version)


def _read_only(path: Path, options: str) -> apsw.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro{options}"
    return apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


def _checked(connection: apsw.Connection, path: Path, version: int) -> apsw.Connection:
    try:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        found = connection.pragma("user_version")
        if found != version:
            raise WrongVersionError(f"{path.name} has version {found}, this program {version}")
    except BaseException:
        connection.close()
        raise
    return connection
