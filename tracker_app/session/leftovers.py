"""Finishes what an earlier run could not: sends finished sessions, and deletes what was to go."""

import logging
import threading
from pathlib import Path

from tracker_app.clock import Clock
from tracker_app.errors import TrackerError
from tracker_app.recording.erasing import erase_session, withdrawn_sessions
from tracker_app.recording.folders import half_deleted_sessions, unsent_sessions
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import session_id_of
from tracker_app.recording.uploader import Destination, upload_finished

logger = logging.getLogger(__name__)


def finish_deletions(data_dir: Path, clock: Clock) -> None:
    """Erase what a participant had deleted or withdrawn when the program was ended."""
    for folder in withdrawn_sessions(data_dir):
        try:
            erase_session(folder, data_dir)
        except TrackerError as error:
            logger.warning("withdrawn session %s: %s", folder.name, error)
    for folder in half_deleted_sessions(data_dir):
        try:
            Journal(folder, session_id_of(folder), clock).close()  # erases them
        except TrackerError as error:
            logger.warning("session %s: %s", folder.name, error)


def send_leftovers(data_dir: Path, destination: Destination, clock: Clock) -> threading.Thread:
    """Send them in the background, as far as the server answers; the rest waits for next time."""
    thread = threading.Thread(
        target=_send_all, args=(data_dir, destination, clock), name="leftovers", daemon=True
    )
    thread.start()
    return thread


def _send_all(data_dir: Path, destination: Destination, clock: Clock) -> None:
    for folder in unsent_sessions(data_dir):
        try:
            is_sent = upload_finished(folder, session_id_of(folder), destination, clock)
            logger.info("leftover session %s: %s", folder.name, "sent" if is_sent else "waits")
        except TrackerError as error:
            logger.warning("leftover session %s: %s", folder.name, error)
        except Exception:  # the thread's last resort
            logger.exception("leftover session %s", folder.name)
