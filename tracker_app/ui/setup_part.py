"""Runs the set-up coach: polls what the camera sees and shows what to mend.

It goes on by itself once everything has held for a second, but not before the page could be read.
"""

from collections import deque
from collections.abc import Callable, Sequence
from statistics import median

from PySide6.QtCore import QTimer, Slot

from calibration.geometry import ASSUMED_DISTANCE_MM
from calibration.resolution import Resolution
from tracker_app.capture.preflight import (
    NOTHING_SEEN,
    Check,
    Steadiness,
    View,
    check_view,
    what_gaze_tells,
)
from tracker_app.errors import TrackerError
from tracker_app.gaze.features import head_size
from tracker_app.gaze.pipeline import Latest
from tracker_app.session import Session
from tracker_app.study.flow import Event
from tracker_app.ui.part import Part
from tracker_app.ui.setup_page import MirrorPicture, SetupPage
from tracker_app.ui.texts import number, tr

POLL_MS = 66
CALM_PICTURES = 45  # over which the distance is taken, so that its sentence stands still

PLACE_CHECKS = ("face", "distance")


class SetupPart(Part):
    """The set-up step with its page."""

    page: SetupPage

    def __init__(self, session: Session, resolution_at: Callable[[float], Resolution]) -> None:
        """Wire the step.

        Args:
            session: whose eyes are watched.
            resolution_at: what gaze is expected to tell at a viewing distance in mm.
        """
        super().__init__()
        self._session = session
        self._resolution_at = resolution_at
        self._seen: Latest | None = None
        self._distances_mm: deque[float] = deque(maxlen=CALM_PICTURES)
        self._steadiness = Steadiness()
        self.page = SetupPage()
        self.page.continued.connect(self.go_on)
        self.page.mouse_only.connect(self._on_mouse_only)
        self.page.retried.connect(self.enter)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @Slot()
    def enter(self) -> None:
        """Start the camera and the mirror."""
        self._steadiness = Steadiness()
        self.page.show_start(check_view(NOTHING_SEEN))
        self._session.eyes.show_preview(True)
        self._session.eyes.start()
        self._timer.start()

    def leave(self) -> None:
        """Poll no longer, nor go on by itself, while something else is shown."""
        self._timer.stop()

    def come_back(self) -> None:
        """The mirror is seen again."""
        self._timer.start()

    def show_failure(self, error: TrackerError) -> None:
        """The camera could not be started, or was lost."""
        self._timer.stop()
        self.page.show_problem(error.sentence)

    @Slot()
    def _poll(self) -> None:
        latest = self._session.eyes.latest
        if latest is None or latest is self._seen:
            return
        self._seen = latest
        checks = check_view(_view(latest))
        is_right = all(check.is_ok for check in checks)
        held = self._steadiness.progress(self._session.clock.now_ns(), is_right=is_right)
        self.page.show_view(mirror_picture(latest, checks), checks)
        self.page.show_progress(held)
        self._tell_what_gaze_can(latest)
        if held == 1:
            self._leave(uses_eyes=True)

    def _tell_what_gaze_can(self, latest: Latest) -> None:
        if latest.face is None:
            return
        self._distances_mm.append(latest.face.distance_mm)
        found = self._resolution_at(median(self._distances_mm))
        self.page.show_note(
            tr(
                "On this screen at this distance, lines of text stand {degrees} degrees apart; "
                "{told}.",
                degrees=number(found.line_deg, 1),
                told=what_gaze_tells(found.finest),
            )
        )

    @Slot()
    def go_on(self) -> None:
        """Use the camera as it is."""
        self._leave(uses_eyes=True)

    @Slot()
    def _on_mouse_only(self) -> None:
        self._leave(uses_eyes=False)

    def _leave(self, *, uses_eyes: bool) -> None:
        self._timer.stop()
        self._session.eyes.show_preview(False)
        self.say(Event.DONE if uses_eyes else Event.MOUSE_ONLY)


def mirror_picture(latest: Latest, checks: Sequence[Check] = ()) -> MirrorPicture | None:
    """What the mirror shows of a frame; None where no picture is kept for it."""
    if latest.preview is None:
        return None
    height, width = latest.preview.shape[:2]
    is_well_placed = all(check.is_ok for check in checks if check.name in PLACE_CHECKS)
    return MirrorPicture(
        latest.preview,
        # The picture is mirrored, so its outline is.
        latest.face.outline * (-1, 1) + (1, 0) if latest.face is not None else None,
        None if is_well_placed else head_size(ASSUMED_DISTANCE_MM, (width, height)),
    )


def _view(latest: Latest) -> View:
    face = latest.face
    return View(
        has_face=face is not None,
        other_faces=latest.other_faces,
        distance_mm=face.distance_mm if face else None,
        brightness=face.brightness if face else None,
        rate_hz=latest.rate_hz,
    )
