"""One participant's window: wires pages and session, and follows the study's flow.

Everything here runs in Qt's main thread. Other threads report through the `Bridge`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QMessageBox, QWidget

from calibration.resolution import Resolution, resolution
from tracker_app.clock import Clock
from tracker_app.errors import TrackerError
from tracker_app.recording.uploader import Destination, UploadState
from tracker_app.session import Session, begin_session, find_interrupted, resume_session
from tracker_app.session.leftovers import send_leftovers
from tracker_app.settings import Settings
from tracker_app.simulation.cast import Person
from tracker_app.study.flow import Step, next_step, resume_step
from tracker_app.study.identity import coded_id
from tracker_app.study.study import Study
from tracker_app.ui.announce import Announcer
from tracker_app.ui.bridge import Bridge
from tracker_app.ui.button_clicks import ButtonClicks
from tracker_app.ui.calibration_part import OPERATOR, PARTICIPANT, STUDY, CalibrationPart
from tracker_app.ui.coordinates import PhysicalRect, screen_of, screen_to_physical
from tracker_app.ui.element_events import ElementEvents
from tracker_app.ui.restyling import Restyling
from tracker_app.ui.screen_records import monitor_record
from tracker_app.ui.setup_part import SetupPart
from tracker_app.ui.simple_pages import (
    ConsentPage,
    DeclinedPage,
    Ending,
    FeedbackPage,
    ThanksPage,
    WelcomePage,
)
from tracker_app.ui.surroundings import Surroundings
from tracker_app.ui.talk_part import TalkPart
from tracker_app.ui.text_size import seen_screen, text_size
from tracker_app.ui.window import PausePage, Window

logger = logging.getLogger(__name__)
STATUS_MS = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run differs from a participant's."""

    person: Person | None = None  # a program plays; this person's eyes follow its mouse
    announce_to: Path | None = None  # where to say which page is shown
    code: str = ""  # the participant's, if there is one
    only_calibrates: bool = False  # nothing is read

    @property
    def is_simulated(self) -> bool:
        """Whether the eyes are not the participant's."""
        return self.person is not None


class Application(QObject):
    """One participant's way through one study. Who runs the study may lead it from afar."""

    closed = Signal()  # the window was closed

    def __init__(
        self,
        study: Study,
        settings: Settings,
        clock: Clock,
        options: RunOptions,
        restyling: Restyling,
    ) -> None:
        super().__init__()
        self._restyling = restyling
        self._study = study
        self._settings = settings
        self._clock = clock
        self._options = options
        self._bridge = Bridge()
        self._bridge.failure.connect(self._on_failure)
        own_id = coded_id(options.code, is_simulated=options.is_simulated)
        # A calibration alone would end somebody's study where it was interrupted.
        self._interrupted = (
            None if options.only_calibrates else find_interrupted(study, settings.data_dir, own_id)
        )
        self.session: Session | None = None
        self.folder: Path | None = None  # of the session, also when it is over
        self._setup: SetupPart | None = None
        self.calibration: CalibrationPart | None = None
        self._talk: TalkPart | None = None
        self._elements: ElementEvents | None = None
        self._clicks: ButtonClicks | None = None
        self.step = Step.WELCOME
        self._after_calibration: Step | None = None  # where to come back to
        self._began_ns = clock.now_ns()
        self._page_before_pause: QWidget | None = None
        self._feedback: FeedbackPage | None = None
        self._thanks = ThanksPage(study)
        self._pause_page = PausePage()
        self._pause_page.resumed.connect(self._on_pause_toggled)
        self._window = Window(study.title, is_simulated=options.is_simulated)
        self._window.pause_toggled.connect(self._on_pause_toggled)
        self._window.closed.connect(self.closed)
        self._announcer = (
            Announcer(self._window, options.announce_to) if options.announce_to else None
        )
        self._status_timer = QTimer(self, interval=STATUS_MS)
        self._status_timer.timeout.connect(self._show_status)

    def open(self, screen: QScreen | None = None) -> None:
        """Show the first page, on a screen of one's choice."""
        if screen is not None:
            self._window.setGeometry(screen.availableGeometry())
        self._window.showMaximized()
        page = WelcomePage(
            self._study,
            is_resumed=self._interrupted is not None,
            only_calibrates=self._options.only_calibrates,
        )
        page.continued.connect(self._on_welcomed)
        self._show(page, "welcome")
        page.enter()
        self._show_status()
        destination = self._destination()
        if destination is not None:
            send_leftovers(self._settings.data_dir, destination, self._clock)

    def recalibrate(self) -> None:
        """Calibrate now, from wherever the participant is, and come back there."""
        session = self.session
        if session is None or session.is_paused or not session.eyes.is_on:
            return
        if self.step is Step.SETUP and self._setup is not None:
            self._setup.go_on()
        elif self.step in (Step.TALK, Step.FEEDBACK):
            if self._talk is not None:
                self._talk.interrupt()
            self._after_calibration = self.step
            self._enter(Step.CALIBRATION)

    def stop(self) -> None:
        """End the session here; what was recorded is kept."""
        if self.session is not None and self.step is not Step.THANKS:
            self._stop_parts(OPERATOR)
            self._finish("stopped")

    def leave(self) -> None:
        """Close the window; who has one more session to run does not wait for a press of Close."""
        self._window.close()

    def close(self) -> None:
        """Stop sources, drain the writer, stop the uploader."""
        self._status_timer.stop()
        self._stop_parts(PARTICIPANT)
        if self.session is not None:
            self.session.close()
            self.session = None
        self._discard_pages()

    def _discard_pages(self) -> None:
        """Where one session follows another, Python may else free them in the camera's thread."""
        parts = (self._setup, self.calibration, self._talk)
        pages = [part.page for part in parts if part is not None]
        for widget in (self._thanks, self._pause_page, *pages, self._window):
            widget.deleteLater()

    def _stop_parts(self, by: str) -> None:
        """Nothing on the pages goes on, as the session ends."""
        if self._setup is not None:
            self._setup.stop()
        if self.calibration is not None:
            self.calibration.stop(by)
        if self._talk is not None:
            self._talk.interrupt()

    def _interrupt_parts(self) -> None:
        """Nothing on the pages waits for eyes, as the participant pauses."""
        if self.calibration is not None:
            self.calibration.interrupt()
        if self._talk is not None:
            self._talk.interrupt()

    # --- the flow ------------------------------------------------------------------------------

    @Slot()
    def _on_welcomed(self) -> None:
        if self._interrupted is None:
            page = ConsentPage(self._study)
            page.agreed.connect(self._on_agreed)
            page.declined.connect(self._on_declined)
            self.step = Step.CONSENT
            self._show(page, "consent")
            return
        interrupted = self._interrupted
        session = self._guarded(
            lambda: resume_session(
                interrupted, self._study, self._settings, self._clock, self._bridge.failure.emit
            )
        )
        if session is not None:
            self._begin(session)
            self._enter(resume_step(interrupted.records))

    @Slot(dict)
    def _on_agreed(self, ticks: dict[str, bool]) -> None:
        session = self._guarded(
            lambda: begin_session(
                self._study,
                self._settings,
                self._clock,
                ticks,
                self._bridge.failure.emit,
                is_simulated=self._options.is_simulated,
                code=self._options.code,
            )
        )
        if session is not None:
            self._begin(session)
            self._enter(next_step(Step.CONSENT))

    @Slot()
    def _on_declined(self) -> None:
        page = DeclinedPage()
        page.closed.connect(self._window.close)
        self.step = Step.DECLINED
        self._show(page, "declined")

    def _begin(self, session: Session) -> None:
        """Record where we are, start the mouse and the upload."""
        self.session, self.folder = session, session.journal.folder
        self._began_ns = self._clock.now_ns()
        surroundings = Surroundings(
            self._window, self._study.talk.preset, self._clock, session.record, session.set_window
        )
        self._window.geometry_changed.connect(surroundings.follow_window)
        surroundings.changed.connect(self._window.geometry_changed)
        self._restyling.appearance_changed.connect(surroundings.look)
        if session.participant.agreed_to("mouse"):
            self._elements = ElementEvents(self._clock, session.record)
            self._clicks = ButtonClicks(session.point_clicked)
        if self._options.person is not None:
            rect = screen_to_physical(self._screen())
            place = rect.x_px, rect.y_px, rect.width_px, rect.height_px
            session.simulate_eyes(self._options.person, place)
        self._guarded(session.start_mouse)
        if not self._options.only_calibrates:
            self._talk = self._guarded(lambda: self._prepare_talk(session))
        destination = self._destination()
        if destination is not None:
            self._guarded(lambda: session.start_upload(destination))
        self._status_timer.start()
        self._show_status()

    def _enter(self, step: Step) -> None:
        session = self._require_session()
        self.step = step
        session.enter_step(step)
        match step:
            case Step.SETUP if session.uses_eyes:
                self._enter_setup(session)
            case Step.CALIBRATION if session.uses_eyes:
                self._enter_calibration(session)
            case Step.SETUP | Step.CALIBRATION:
                self._on_next()
            case Step.TALK:
                self._enter_talk()
            case Step.FEEDBACK:
                self._enter_feedback()
            case Step.THANKS:
                self._end(session, "finished")
            case _:
                raise ValueError(f"no page for {step}")

    def _enter_setup(self, session: Session) -> None:
        self._setup = SetupPart(session, self._resolution_at)
        self._setup.done.connect(self._on_eyes_decided)
        self._show(self._setup.page, "setup")
        self._setup.start()

    def _enter_calibration(self, session: Session) -> None:
        if self.calibration is None:
            self.calibration = CalibrationPart(session, self._screen_and_width)
            self.calibration.done.connect(self._on_eyes_decided)
            self.calibration.left.connect(self._on_left)
            self.calibration.covering.connect(self._window.set_full_screen)
        self._show(self.calibration.page, "calibration")
        self.calibration.start(is_again=self._after_calibration is not None)

    @Slot(bool)
    def _on_eyes_decided(self, uses_eyes: bool) -> None:
        session = self._require_session()
        session.uses_eyes = uses_eyes
        if not uses_eyes:
            session.eyes.stop("mouse only")
        self._on_next()

    @Slot()
    def _on_left(self) -> None:
        """The participant could not be calibrated and does not want to go on."""
        self._finish("left")

    def _finish(self, reason: str) -> None:
        session = self._require_session()
        self.step = Step.THANKS
        session.enter_step(Step.THANKS)
        self._end(session, reason)

    def _enter_talk(self) -> None:
        if self._talk is None:  # its model is missing, and the participant was told
            self._on_next()
            return
        self._show(self._talk.page, "talk")
        self._talk.start()

    def _prepare_talk(self, session: Session) -> TalkPart:
        """Load the models now, behind set-up and calibration."""
        earlier = self._interrupted.records if self._interrupted else ()
        talk = TalkPart(session, self._bridge, earlier)
        talk.done.connect(self._on_next)
        self._window.geometry_changed.connect(talk.text.refresh)
        for view in talk.page.views:
            self._restyling.appearance_changed.connect(view.restyle)
        return talk

    def _enter_feedback(self) -> None:
        if self._feedback is None:  # what is written outlives a calibration in between
            self._feedback = FeedbackPage()
            self._feedback.finished.connect(self._on_feedback)
        self._show(self._feedback, "feedback")
        self._feedback.enter()

    @Slot()
    def _on_next(self) -> None:
        after = None
        if self.step is Step.CALIBRATION:  # not where its set-up had to be done again
            after, self._after_calibration = self._after_calibration, None
        self._enter(after or next_step(self.step, only_calibrates=self._options.only_calibrates))

    @Slot(str)
    def _on_feedback(self, text: str) -> None:
        self._require_session().give_feedback(text)
        self._on_next()

    def _end(self, session: Session, reason: str) -> None:
        self._guarded(lambda: session.finish(reason))
        is_whole = not self._options.only_calibrates
        done: Ending = "finished" if is_whole else "calibrated"
        self._thanks.thank(done if reason == "finished" else "left")
        self._thanks.closed.connect(self._window.close)
        self._show(self._thanks, "thanks")
        self._thanks.enter()
        self._show_status()

    # --- what goes on around the pages ---------------------------------------------------------

    def _show(self, page: QWidget, name: str) -> None:
        self._window.show_page(page)
        if self._elements is not None:
            self._elements.watch(self._window)
        if self._clicks is not None:
            self._clicks.watch(self._window)
        self._announce(name)

    def _announce(self, name: str) -> None:
        if self._announcer is not None:
            self._announcer.watch(name, self._details)

    def _details(self) -> dict[str, object]:
        """What an automated participant may see beyond the controls."""
        if self._window.page is self._pause_page:
            return {"page": "paused"}
        if self.calibration is not None and self._window.page is self.calibration.page:
            return {
                "page": self.calibration.page.part,
                "target": self.calibration.driver.view.target_px,
                "phase": self.calibration.driver.view.phase,
            }
        if self._talk is not None and self._talk.dot.is_shown:
            return {"page": "drift_dot", "target": self._talk.dot.driver.view.target_px}
        if self._window.page is self._thanks:
            uploader = self.session.uploader if self.session else None
            is_sent = uploader is None or uploader.status.state is UploadState.COMPLETE
            return {"is_uploaded": is_sent}
        return {}

    @Slot()
    def _show_status(self) -> None:
        session = self.session
        if session is None:
            self._window.bar.show_state(
                "Nothing is recorded yet", is_recording=False, can_pause=False
            )
            return
        if self.step is Step.THANKS:
            self._show_upload(session)
        sources = _recorded(session)
        minutes = (self._clock.now_ns() - self._began_ns) // 60_000_000_000
        self._window.bar.show_state(
            f"Recording your {sources}" if sources else "Nothing is recorded now",
            is_recording=bool(sources),
            can_pause=self.step is not Step.THANKS,
            elapsed=f"{minutes} min" if minutes else "",
        )

    def _show_upload(self, session: Session) -> None:
        if session.uploader is None:
            self._thanks.show_upload(1, 1, "Everything stays on this computer.", is_done=True)
            return
        progress = session.uploader.progress()
        status = session.uploader.status
        sentence = {
            UploadState.SENDING: "Sending your data.",
            UploadState.UP_TO_DATE: "Sending your data.",
            UploadState.COMPLETE: "Your data has arrived completely.",
            UploadState.WAITING: (
                "The server cannot be reached now. Your data is safe on this computer and is sent "
                "at the next start."
            ),
            UploadState.REFUSED: (
                "The server did not take the data. It is safe on this computer. Please tell the "
                "person who runs the study."
            ),
        }[status.state]
        self._thanks.show_upload(
            progress.acknowledged,
            progress.total,
            sentence,
            is_done=status.state is UploadState.COMPLETE,
        )

    @Slot()
    def _on_pause_toggled(self) -> None:
        session = self.session
        if session is None or self.step is Step.THANKS:
            return
        if not session.is_paused:
            self._interrupt_parts()
            session.pause()
            self._page_before_pause = self._window.page
            self._window.show_page(self._pause_page)
            self._pause_page.enter()
        elif self._page_before_pause is not None:
            self._guarded(session.resume)
            self._window.show_page(self._page_before_pause)
        self._show_status()

    @Slot(object)
    def _on_failure(self, error: TrackerError) -> None:
        """A source failed: say so where it helps, and go on with what still works."""
        logger.warning("%s", error)
        if self._is_calibrating_blindly:
            self._stop_parts(STUDY)
            self._enter(Step.SETUP)  # where the camera is started anew
        elif self._setup is not None and self._window.page is self._setup.page:
            self._setup.show_failure(error)
        else:
            self._window.bar.show_problem(str(error))

    @property
    def _is_calibrating_blindly(self) -> bool:
        """Whether dots are shown, or about to be, to a camera that is off."""
        session, calibration = self.session, self.calibration
        if session is None or calibration is None or self.step is not Step.CALIBRATION:
            return False
        return not (session.is_paused or session.eyes.is_on or calibration.can_accept)

    def _guarded(self, action: Callable[[], _T]) -> _T | None:
        """Do what the world may prevent; tell the participant in one sentence if it does."""
        try:
            return action()
        except TrackerError as error:
            logger.warning("%s", error)
            QMessageBox.warning(self._window, self._study.title, str(error))
            return None

    def _require_session(self) -> Session:
        assert self.session is not None  # pages after consent exist only with a session
        return self.session

    def _screen(self) -> QScreen:
        return screen_of(self._window)

    def _screen_and_width(self) -> tuple[PhysicalRect, float]:
        width_mm = self._settings.screen_width_mm
        monitor = monitor_record(self._screen(), 0)
        return screen_to_physical(self._screen()), width_mm or monitor.width_mm or 0.0

    def _resolution_at(self, distance_mm: float) -> Resolution:
        """What gaze is expected to tell of the answers, seen from a distance."""
        rect, width_mm = self._screen_and_width()
        text = text_size(self._window, self._study.talk.preset)
        return resolution(text, seen_screen(rect, width_mm, distance_mm))

    def _destination(self) -> Destination | None:
        url, code = self._settings.server_url, self._settings.server_code
        if url is None and self._study.server is not None:
            url, code = self._study.server.url, self._study.server.code
        if url is None:
            return None
        return Destination(url, code or "", self._study.id, self._study.sha256)


def _recorded(session: Session) -> str:
    if session.is_paused:
        return ""
    sources = ["eyes"] if session.eyes.is_on else []
    if session.is_mouse_on:
        sources.append("mouse")
    return " and ".join(sources)
