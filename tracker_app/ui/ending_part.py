"""The last pages: thanks with the upload, everything deleted, or nothing agreed to."""

from PySide6.QtCore import QTimer, Slot

from tracker_app.recording.uploader import UploadState
from tracker_app.session import Session
from tracker_app.study.flow import Ending
from tracker_app.ui.page_part import PagePart
from tracker_app.ui.simple_pages import DeclinedPage
from tracker_app.ui.texts import tr
from tracker_app.ui.thanks_page import ThanksPage
from tracker_app.ui.window import Window

POLL_MS = 300


class DeclinedPart(PagePart):
    """Nothing was agreed to."""

    def __init__(self, window: Window) -> None:
        page = DeclinedPage()
        page.closed.connect(window.close)
        super().__init__(page)


class ThanksPart(PagePart):
    """Thanks, and says how far the data has come."""

    page: ThanksPage

    def __init__(self, session: Session, ending: Ending, window: Window) -> None:
        page = ThanksPage(session.study)
        super().__init__(page)
        self._session, self._ending = session, ending
        page.closed.connect(window.close)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._show_upload)

    def enter(self) -> None:
        """Thank, and follow the upload."""
        self.page.thank(self._ending)
        self._show_upload()
        self._timer.start()
        super().enter()

    def details(self) -> dict[str, object]:
        """Whether everything has arrived that is to be sent."""
        uploader = self._session.uploader
        return {"is_uploaded": uploader is None or uploader.status.state is UploadState.COMPLETE}

    @Slot()
    def _show_upload(self) -> None:
        uploader = self._session.uploader
        if uploader is None:
            self.page.show_upload(1, 1, tr("Everything stays on this computer."), is_done=True)
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
    """X."""

    def __init__(self, session: Session, window: Window) -> None:
        raise NotImplementedError
