"""Erases a whole session from this computer.

Files are overwritten before they go, which helps on magnetic disks. Solid-state disks and file
systems that copy may keep old blocks for a while: only disk encryption helps there.
"""

import logging
import os
from pathlib import Path

from tracker_app.errors import JournalError
from tracker_app.recording.folder_files import JOURNAL_NAME, WITHDRAWN_NAME, hold
from tracker_app.wording import tr

logger = logging.getLogger(__name__)
BLOCK = bytes(1 << 20)


def begin_erasing(folder: Path, participant_id: str) -> None:
    """Mark a session as withdrawn: it is never sent or resumed from now on.

    What is marked and still there after a crash is erased at the next start.

    Raises:
        AlreadyRunningError: if it is open.
        JournalError: if it cannot be written.
    """
    hold(folder).release()
    try:
        (folder / WITHDRAWN_NAME).write_text(participant_id, encoding="utf-8")
    except OSError as error:
        raise _not_erased(folder, error) from error


def erase_session(folder: Path, data_dir: Path) -> None:
    """Erase a session marked by `begin_erasing`, and what is kept of its participant's eyes.

    Raises:
        JournalError: if something could not be deleted; it names the place.
    """
    marker = folder / WITHDRAWN_NAME
    try:
        participant_id = marker.read_text(encoding="utf-8")
        if participant_id:
            _erase(profile_path(data_dir, participant_id))
        # The journal first: it is what matters most.
        for path in sorted(folder.iterdir(), key=lambda p: not p.name.startswith(JOURNAL_NAME)):
            if path != marker:
                _erase(path)
        marker.unlink()
        folder.rmdir()
    except OSError as error:
        raise _not_erased(folder, error) from error
    logger.info("session %s was withdrawn and erased", folder.name)


def profile_path(data_dir: Path, participant_id: str) -> Path:
    """Where the last calibration of a participant who comes again is kept."""
    return data_dir / "calibrations" / f"{participant_id}.npz"


def withdrawn_sessions(data_dir: Path) -> list[Path]:
    """Sessions that were withdrawn and are not erased yet."""
    return sorted(path.parent for path in (data_dir / "sessions").glob(f"*/{WITHDRAWN_NAME}"))


def _erase(path: Path) -> None:
    try:
        with path.open("r+b") as file:
            left = path.stat().st_size
            while left > 0:
                left -= file.write(BLOCK[:left])
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink()


def _not_erased(folder: Path, error: OSError) -> JournalError:
    return JournalError(
        tr(
            "Not everything of the session could be deleted: {reason}. Delete the folder {folder} "
            "yourself.",
            reason=str(error.strerror),
            folder=folder,
        )
    )
