"""Where sessions are on a participant's machine, and how the command line names them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from tracker_app.errors import (
    AlreadyRunningError,
    JournalError,
    SessionNotFoundError,
    TrackerError,
)
from tracker_app.recording.folder_files import JOURNAL_NAME, WITHDRAWN_NAME
from tracker_app.recording.reading import Progress, progress_of
from tracker_app.wording import tr

logger = logging.getLogger(__name__)


def session_folder(data_dir: Path, session_id: str) -> Path:
    """The folder of a session."""
    return data_dir / "sessions" / session_id


@contextmanager
def one_instance(data_dir: Path) -> Iterator[None]:
    """Hold the data folder, so that two windows never record the same person twice.

    Raises:
        AlreadyRunningError: if another process holds it.
        JournalError: if the folder cannot be written.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(data_dir / "running", timeout=0)
        lock.acquire()
    except filelock.Timeout as error:
        raise AlreadyRunningError(
            tr("The program is already open. Go on in its window, or close that first.")
        ) from error
    except OSError as error:
        raise JournalError(f"{data_dir} cannot be written: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


def list_sessions(data_dir: Path) -> list[Path]:
    """The folders of all sessions but withdrawn ones, oldest first: ids sort by time."""
    journals = (data_dir / "sessions").glob(f"*/{JOURNAL_NAME}")
    folders = (path.parent for path in journals)
    kept = [folder for folder in folders if not (folder / WITHDRAWN_NAME).exists()]
    return sorted(kept, key=lambda f: f.name.removeprefix("sim_"))


def find_session(data_dir: Path, name: str) -> Path:
    """The session that a user means by a folder, an id or a unique beginning of one.

    Raises:
        SessionNotFoundError: if none or several match.
    """
    folder = Path(name)
    if (folder / JOURNAL_NAME).exists():
        return folder
    matches = [f for f in list_sessions(data_dir) if f.name.startswith(name)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        names = ", ".join(f.name for f in matches[:5])
        raise SessionNotFoundError(f"{name} could be any of {names}. Type more of the id.")
    raise SessionNotFoundError(f"No session {name} in {data_dir}. Name its folder or its id.")


def unfinished_sessions(data_dir: Path) -> list[Path]:
    """Sessions without a manifest: they were interrupted."""
    return [f for f, p in _with_progress(data_dir) if not p.has_manifest]


def unsent_sessions(data_dir: Path) -> list[Path]:
    """Finished sessions to be sent of which the server has not acknowledged everything."""
    return [
        f
        for f, p in _with_progress(data_dir)
        if p.has_manifest and not p.is_delivered and not p.is_kept_here
    ]


def half_deleted_sessions(data_dir: Path) -> list[Path]:
    """Sessions in whose files traces of what was deleted are left, because the program ended."""
    return [f for f, p in _with_progress(data_dir) if p.has_traces]


def _with_progress(data_dir: Path) -> list[tuple[Path, Progress]]:
    found = []
    for folder in list_sessions(data_dir):
        try:
            found.append((folder, progress_of(folder)))
        except TrackerError as error:
            # One unreadable session must not keep the others from being sent.
            logger.warning("left alone: %s", error)
    return found
