"""The last pages: thanks with the upload, everything deleted, or nothing agreed to."""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Slot

from tracker_app.errors import TrackerError
from tracker_app.recording.outline import read_outline
from tracker_app.recording.reading import progress_of
from tracker_app.recording.uploader import UploadState
from tracker_app.session import Session
from tracker_app.session.receipt import Outcome, receipt_of, write_receipt
from tracker_app.session.withdrawal import withdraw
from tracker_app.study.completion import code_for
from tracker_app.study.flow import Ending
from tracker_app.ui.background import Background
from tracker_app.ui.page_part import PagePart
from tracker_app.ui.simple_pages import DeclinedPage
from tracker_app.ui.texts import tr, translated
from tracker_app.ui.thanks_page import ThanksPage, WithdrawnPage
from tracker_app.ui.window import Window

logger = logging.getLogger(__name__)
POLL_MS = 300


class DeclinedPart(PagePart):
    """Nothing was agreed to."""

    def __init__(self, window: Window) -> None:
        page = DeclinedPage()
        page.closed.connect(window.close)
        super().__init__(page)


class ThanksPart(PagePart):
    """Thanks, says how far the data has come, and writes a receipt."""

    page: ThanksPage

    def __init__(self, session: Session, ending: Ending, data_dir: Path, window: Window) -> None:
        page = ThanksPage(session.study)
        super().__init__(page)
        self._session, self._ending, self._data_dir = session, ending, data_dir
        self._background = Background(self)
        page.closed.connect(window.close)
        page.receipt_wanted.connect(self._write_receipt)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._show_upload)

    def enter(self) -> None:
        """Thank, and follow the upload."""
        self.page.thank(
            self._ending,
            self._session.participant.session_id,
            is_kept_here=self._session.journal.is_kept_here,
        )
        self._show_upload()
        self._timer.start()
        super().enter()

    def leave(self) -> None:
        """Look no longer: the session is closed."""
        self._timer.stop()

    def details(self) -> dict[str, object]:
        """Whether everything has arrived that is to be sent."""
        uploader = self._session.uploader
        return {"is_uploaded": uploader is None or uploader.status.state is UploadState.COMPLETE}

    @Slot()
    def _write_receipt(self) -> None:
        def shown(path: Path) -> None:
            self.page.show_receipt(str(path))

        def failed(error: TrackerError) -> None:
            self.page.show_receipt_problem(translated(error.sentence))

        self._background.run(self._receipt, shown, failed)

    def _receipt(self) -> Path:
        session = self._session
        outline = read_outline(session.journal.folder)
        receipt = replace(
            receipt_of(outline, session.study.title, self._outcome()),
            completion_code=code_for(session.study.completion, self._ending),
        )
        return write_receipt(self._data_dir, receipt, translated)

    def _outcome(self) -> Outcome:
        uploader = self._session.uploader
        if uploader is None:
            return Outcome.KEPT_HERE
        is_sent = uploader.status.state is UploadState.COMPLETE
        return Outcome.SENT if is_sent else Outcome.TO_BE_SENT

    @Slot()
    def _show_upload(self) -> None:
        uploader = self._session.uploader
        if uploader is None:
            if not self._session.journal.is_kept_here:  # else it was said already
                sentence = tr("Everything stays on this computer.")
                self.page.show_upload(1, 1, sentence, is_done=True)
            return
        progress, state = uploader.progress(), uploader.status.state
        self.page.show_upload(
            progress.acknowledged,
            progress.total,
            _upload_sentence(state),
            is_done=state is UploadState.COMPLETE,
        )


def _upload_sentence(state: UploadState) -> str:
    match state:
        case UploadState.SENDING | UploadState.UP_TO_DATE:
            return tr("Sending your data.")
        case UploadState.COMPLETE:
            return tr("Your data has arrived completely.")
        case UploadState.WAITING:
            return tr(
                "The server cannot be reached now. Your data is safe on this computer and is sent "
                "at the next start."
            )
        case UploadState.REFUSED:
            return tr(
                "The server did not take the data. It is safe on this computer. Please tell the "
                "person who runs the study."
            )


class WithdrawnPart(PagePart):
    """Everything of the session is deleted from this computer; a receipt is left."""

    page: WithdrawnPage

    def __init__(self, session: Session, data_dir: Path, window: Window) -> None:
        receipt, problem = "", ""
        session.close()
        has_sent = _has_sent(session)
        try:
            folder, study = session.journal.folder, session.study
            code = code_for(study.completion, "withdrawn")
            receipt = str(withdraw(folder, data_dir, study.title, translated, code))
        except TrackerError as error:
            logger.warning("%s", error)
            problem = translated(error.sentence)
        page = WithdrawnPage(session.study, receipt, problem)
        super().__init__(page)
        page.closed.connect(window.close)
        if has_sent:
            page.show_server(
                tr(
                    "Parts of it had been sent before. To have them deleted too, write to whoever "
                    "runs the study and name this session: {id}",
                    id=session.participant.session_id,
                )
            )


def _has_sent(session: Session) -> bool:
    """Whether the server confirmed parts of a session, be it before the program was restarted."""
    if session.uploader is not None and session.uploader.sent_chunks:
        return True
    try:
        return progress_of(session.journal.folder).acknowledged > 0
    except TrackerError as error:
        logger.warning("%s", error)
        return False
