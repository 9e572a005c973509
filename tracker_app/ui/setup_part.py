"""Runs the set-up coach: polls what the camera sees and shows what to mend."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tracker_app.capture.preflight import View, check_view
from tracker_app.errors import TrackerError
from tracker_app.gaze.pipeline import Latest
from tracker_app.session import Session
from tracker_app.ui.setup_page import MirrorPicture, SetupPage

POLL_MS = 66


class SetupPart(QObject):
    """The set-up step with its page."""

    done = Signal(bool)  # whether the camera is used

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.page = SetupPage()
        self.page.continued.connect(self._on_continue)
        self.page.mouse_only.connect(self._on_mouse_only)
        self.page.retried.connect(self.start)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @Slot()
    def start(self) -> None:
        """Start the camera and the mirror."""
        self.page.show_view(None, ())
        self._session.eyes.show_preview(True)
        self._session.eyes.start()
        self._timer.start()

    def show_failure(self, error: TrackerError) -> None:
        """The camera could not be started, or was lost."""
        self._timer.stop()
        self.page.show_problem(str(error))

    @Slot()
    def _poll(self) -> None:
        latest = self._session.eyes.latest
        if latest is not None:
            self.page.show_view(mirror_picture(latest), check_view(_view(latest)))

    @Slot()
    def _on_continue(self) -> None:
        self._leave(uses_eyes=True)

    @Slot()
    def _on_mouse_only(self) -> None:
        self._leave(uses_eyes=False)

    def _leave(self, *, uses_eyes: bool) -> None:
        self._timer.stop()
        self._session.eyes.show_preview(False)
        self.done.emit(uses_eyes)


def mirror_picture(latest: Latest) -> MirrorPicture | None:
    """What the mirror shows of a frame; None where no picture is kept for it."""
    if latest.preview is None:
        return None
    if latest.face is None:
        return MirrorPicture(latest.preview, None)
    # The picture is mirrored, so its outline is.
    return MirrorPicture(latest.preview, latest.face.outline * (-1, 1) + (1, 0))


def _view(latest: Latest) -> View:
    face = latest.face
    return View(
        has_face=face is not None,
        other_faces=latest.other_faces,
        distance_mm=face.distance_mm if face else None,
        brightness=face.brightness if face else None,
        rate_hz=latest.rate_hz,
    )
