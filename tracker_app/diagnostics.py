"""The log of what the program does, for mending it. Never holds what participants wrote or saw."""

import faulthandler
import logging
import logging.handlers
import sys
import threading
from pathlib import Path
from types import TracebackType

from tracker_app.errors import JournalError

LOG_BYTES = 1_000_000
LOG_FILES = 3
logger = logging.getLogger(__name__)


def start_diagnostics(folder: Path) -> None:
    """Log to a rotating file, and note crashes of Python and of native code there.

    Raises:
        JournalError: if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / "tracker.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
        crashes = (folder / "crash.log").open("a")
    except OSError as error:
        raise JournalError(f"{folder} cannot be written: {error.strerror}.") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    faulthandler.enable(crashes)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    logger.critical("uncaught", exc_info=(kind, error, traceback))
    sys.__excepthook__(kind, error, traceback)


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
