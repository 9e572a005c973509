"""Withdrawing from a study: everything of the session goes from this computer but a receipt."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tracker_app.errors import TrackerError
from tracker_app.recording.erasing import begin_erasing, erase_session
from tracker_app.recording.outline import Outline, read_outline
from tracker_app.recording.reading import progress_of
from tracker_app.records import SessionInfo
from tracker_app.session.receipt import Outcome, Receipt, receipt_of, write_receipt
from tracker_app.wording import Sentence

logger = logging.getLogger(__name__)


def withdraw(
    folder: Path,
    data_dir: Path,
    study_title: str,
    translated: Callable[[Sentence], str] = str,
    completion_code: str = "",
) -> Path:
    """Erase a closed session and its participant's kept calibration; only a receipt is left.

    What was sent before is not deleted by this: the receipt says how to have that done.

    Args:
        folder: of the session.
        data_dir: of the program.
        study_title: as participants know it.
        translated: gives a sentence in the participant's language.
        completion_code: the receipt holds; empty for none.

    Returns:
        The receipt.

    Raises:
        AlreadyRunningError: if the session is open.
        JournalError: if not everything could be deleted; it names the place.
    """
    receipt, participant_id = _facts(folder, study_title)
    receipt = replace(receipt, completion_code=completion_code)
    begin_erasing(folder, participant_id)
    path = write_receipt(data_dir, receipt, translated)
    erase_session(folder, data_dir)
    return path


def _facts(folder: Path, study_title: str) -> tuple[Receipt, str]:
    """The receipt and the participant's id. A damaged session can be withdrawn, too."""
    try:
        outline = read_outline(folder)
        receipt = receipt_of(outline, study_title, Outcome.WITHDRAWN)
        sent_parts = progress_of(folder).acknowledged
        return replace(receipt, sent_parts=sent_parts), _participant_id(outline)
    except TrackerError as error:
        logger.warning("withdrawn session %s cannot be read: %s", folder.name, error)
        return Receipt(folder.name, Outcome.WITHDRAWN, study_title), ""


def _participant_id(outline: Outline) -> str:
    return next(
        (e.record.participant_id for e in outline.entries if isinstance(e.record, SessionInfo)), ""
    )
