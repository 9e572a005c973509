"""One participant's window: shows the step the flow says, and tells the flow what happened there.

Everything here runs in Qt's main thread. Other threads report through the `Bridge`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QMessageBox

from calibration.resolution import Resolution, resolution
from tracker_app.clock import Clock
from tracker_app.errors import TrackerError
from tracker_app.session import Session, begin_session, find_interrupted, resume_session
from tracker_app.session.admission import cap_sentence, closed_sentence
from tracker_app.session.destination import destination_of
from tracker_app.session.journey import Journey
from tracker_app.session.leftovers import finish_deletions, send_leftovers
from tracker_app.session.opening import Interrupted
from tracker_app.session.participant import new_participant
from tracker_app.session.places import GivenPlace, NoPlaceError, get_place
from tracker_app.settings import Settings
from tracker_app.simulation.cast import Person
from tracker_app.study.flow import TASK_STEPS, Event, Step, plan_of
from tracker_app.study.identity import coded_id
from tracker_app.study.study import Study
from tracker_app.ui.announce import Announcer
from tracker_app.ui.background import Background
from tracker_app.ui.bridge import Bridge
from tracker_app.ui.button_clicks import ButtonClicks
from tracker_app.ui.calibration_part import OPERATOR, PARTICIPANT, STUDY, CalibrationPart
from tracker_app.ui.cockpit_panel import CockpitState
from tracker_app.ui.code_part import CodePart
from tracker_app.ui.consent_page import ConsentPage
from tracker_app.ui.coordinates import PhysicalRect, screen_of, screen_to_physical
from tracker_app.ui.element_events import ElementEvents
from tracker_app.ui.ending_part import DeclinedPart, ThanksPart, WithdrawnPart
from tracker_app.ui.overlays import Overlays
from tracker_app.ui.page_part import PagePart
from tracker_app.ui.part import Part
from tracker_app.ui.parts import Parts
from tracker_app.ui.privacy import describe_privacy
from tracker_app.ui.restyling import Restyling
from tracker_app.ui.screen_records import monitor_record
from tracker_app.ui.setup_part import SetupPart
from tracker_app.ui.simple_pages import WelcomePage
from tracker_app.ui.status_line import StatusLine
from tracker_app.ui.surroundings import Surroundings
from tracker_app.ui.text_size import seen_screen, text_size
from tracker_app.ui.texts import translated
from tracker_app.ui.window import Window

logger = logging.getLogger(__name__)
STATUS_MS = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run differs from a participant's."""

    person: Person | None = None  # a program plays; this person's eyes follow its mouse
    announce_to: Path | None = None  # where to say which page is shown
    code: str = ""  # the participant's, if it is known already
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
        self._study, self._settings, self._clock = study, settings, clock
        self._options = options
        self._destination = destination_of(settings, study)
        self._restyling = restyling
        self._bridge = Bridge(self)
        self._bridge.failure.connect(self._on_failure)
        asks_code = study.access.entry == "code" and not options.code
        plan = plan_of(study, asks_code=asks_code, only_calibrates=options.only_calibrates)
        self._journey = Journey(plan, clock)
        self._background = Background(self)
        self._refusal = ""  # why there is no place for who has agreed
        self._is_closed = False
        # Who is still to enter a code is not known yet, nor what would be theirs.
        self._interrupted = None if asks_code else self._find_interrupted()
        self.folder: Path | None = None  # of the session, also when it is over
        self._parts: Parts | None = None
        self._part: Part | None = None  # the one of the step
        self._elements: ElementEvents | None = None
        self._clicks: ButtonClicks | None = None
        self._window = Window(study.title, is_simulated=options.is_simulated)
        self._window.closed.connect(self.closed)
        self._overlays = Overlays(study, self._window, self._journey.can, self._describe_privacy)
        self._overlays.happened.connect(self._go)
        self._overlays.shown.connect(self._on_overlay)
        self._overlays.closed.connect(self._come_back)
        self._overlays.setParent(self)
        self._status = StatusLine(self._window.bar, clock, study.recording.pause_after_min)
        self._status.setParent(self)
        self._status.went_away.connect(self._overlays.pause_for)
        self._announcer = (
            Announcer(self._window, options.announce_to) if options.announce_to else None
        )
        self._status_timer = QTimer(self, interval=STATUS_MS)
        self._status_timer.timeout.connect(self._show_status)

    @property
    def session(self) -> Session | None:
        """The session, from the consent until it is closed."""
        return self._journey.session

    @property
    def step(self) -> Step:
        """Where the participant is."""
        return self._journey.place.step

    @property
    def calibration(self) -> CalibrationPart | None:
        """The calibration, if it was come to."""
        return self._parts.calibration if self._parts is not None else None

    def open(self, screen: QScreen | None = None) -> None:
        """Show the first page, on a screen of one's choice."""
        if screen is not None:
            self._window.setGeometry(screen.availableGeometry())
        self._window.showMaximized()
        self._enter_step()
        finish_deletions(self._settings.data_dir, self._clock)
        if self._destination is not None:
            send_leftovers(self._settings.data_dir, self._destination, self._clock)

    def recalibrate(self) -> None:
        """Calibrate now, from wherever the participant is, and come back there."""
        session = self.session
        if session is None or not session.eyes.is_on:
            return
        if isinstance(self._part, SetupPart):
            self._part.go_on()
        elif self._journey.can(Event.RECALIBRATE):
            self._go(Event.RECALIBRATE)

    def stop(self) -> None:
        """End the session here; what was recorded is kept."""
        if self._journey.can(Event.STOPPED):
            self._stop_part(OPERATOR)
            self._go(Event.STOPPED)

    def leave(self) -> None:
        """Close the window; who has one more session to run does not wait for a press of Close."""
        self._window.close()

    def close(self) -> None:
        """Stop sources, drain the writer, stop the uploader."""
        self._is_closed = True
        self._status_timer.stop()
        self._stop_part(PARTICIPANT)
        if self.session is not None:
            self.session.close()
            self._journey.session = None
        # Where one session follows another, Python may else free them in the camera's thread.
        if self._parts is not None:
            self._parts.discard()
        if self._part is not None:
            self._part.discard()
        self._overlays.discard()
        self._window.deleteLater()
        self.deleteLater()

    # --- the flow ------------------------------------------------------------------------------

    @Slot(object)
    def _go(self, event: Event) -> None:
        """Tell the flow what happened, and show where it leads."""
        if self._part is not None:
            self._part.leave()
        self._guarded(lambda: self._journey.go(event))
        if event is Event.RESUMED:
            self._come_back()
        elif not self._journey.place.is_paused:
            self._enter_step()
            return
        self._show_status()

    def _enter_step(self) -> None:
        """Put up the part of the step, or go on where there is nothing to do in it."""
        part = self._part_of_step()
        if part is None:
            self._go(Event.DONE)
            return
        before, self._part = self._part, part
        if before is not part:
            part.setParent(self)
            part.happened.connect(self._go, Qt.ConnectionType.UniqueConnection)
            part.covering.connect(self._window.set_full_screen, Qt.ConnectionType.UniqueConnection)
        self._show_part()
        part.enter()
        if before is not None and before is not part and not self._lasts(before):
            before.discard()
        self._show_status()

    def _lasts(self, part: Part) -> bool:
        return self._parts is not None and self._parts.lasts(part)

    def _part_of_step(self) -> Part | None:
        place, study = self._journey.place, self._study
        match place.step:
            case Step.CODE:
                code = CodePart(study)
                code.accepted.connect(self._on_code)
                return code
            case Step.WELCOME:
                return self._welcome()
            case Step.CONSENT if self._refusal:
                return self._refuse(self._refusal)
            case Step.CONSENT:
                consent = ConsentPage(study)
                consent.agreed.connect(self._on_agreed)
                consent.declined.connect(lambda: self._go(Event.DECLINED))
                return PagePart(consent)
            case Step.DECLINED:
                return DeclinedPart(self._window)
        session = self._require_session()
        if place.step is Step.THANKS:
            ending = place.ending
            assert ending is not None  # it is what led there
            self._guarded(lambda: session.finish(ending))
            self._send_rest(session)
            return ThanksPart(session, ending, self._settings.data_dir, self._window)
        if place.step is Step.WITHDRAWN:
            self.folder = None
            return WithdrawnPart(session, self._settings.data_dir, self._window)
        assert self._parts is not None  # made with the session
        has_begun = session.task is not None and session.task.task == place.task
        if place.step in TASK_STEPS and place.step is not Step.TOPIC and not has_begun:
            session.begin_task(place.task, None)
        return self._parts.part_of(place)

    def _send_rest(self, session: Session) -> None:
        """Send what was to be sent when the program ended: it is not asked about again."""
        destination, is_kept_here = self._destination, session.journal.is_kept_here
        if destination is not None and session.uploader is None and not is_kept_here:
            self._guarded(lambda: session.start_upload(destination))

    def _welcome(self) -> Part:
        if self._interrupted is None:  # who was interrupted may finish in any case
            data_dir, own_id = self._settings.data_dir, self._own_id
            refusal = closed_sentence(self._study) or cap_sentence(self._study, data_dir, own_id)
            if refusal is not None:
                return self._refuse(refusal)
        page = WelcomePage(
            self._study,
            is_resumed=self._interrupted is not None,
            only_calibrates=self._options.only_calibrates,
        )
        page.continued.connect(self._on_welcomed)
        return PagePart(page)

    def _refuse(self, why: str) -> Part:
        page = WelcomePage(self._study, refusal=translated(why))
        page.closed.connect(self._window.close)
        return PagePart(page)

    @property
    def _own_id(self) -> str:
        return coded_id(self._options.code, is_simulated=self._options.is_simulated)

    def _find_interrupted(self) -> Interrupted | None:
        if self._options.only_calibrates:
            return None  # a calibration alone would end somebody's study where it was interrupted
        data_dir = self._settings.data_dir
        return find_interrupted(self._study, data_dir, self._own_id, self._can_go_on)

    def _can_go_on(self, interrupted: Interrupted) -> bool:
        """Whether a session is of this way; and simulated eyes never go on for a person's."""
        is_of_a_kind = interrupted.participant.is_simulated == self._options.is_simulated
        return is_of_a_kind and self._journey.can_resume(interrupted)

    @Slot(str)
    def _on_code(self, code: str) -> None:
        self._options = replace(self._options, code=code)
        self._interrupted = self._find_interrupted()
        self._go(Event.DONE)

    @Slot()
    def _on_welcomed(self) -> None:
        interrupted = self._interrupted
        if interrupted is None:
            self._go(Event.DONE)
            return
        session = self._guarded(
            lambda: resume_session(
                interrupted, self._study, self._settings, self._clock, self._bridge.failure.emit
            )
        )
        if session is not None:
            self._begin(session)
            self._guarded(lambda: self._journey.resume(session, interrupted))
            self._enter_step()

    @Slot(dict)
    def _on_agreed(self, ticks: dict[str, bool]) -> None:
        """Get a place in the study first: where there is none, nothing is written."""
        options, study, settings, clock = self._options, self._study, self._settings, self._clock
        if options.only_calibrates:
            self._open_session(ticks, None)
            return
        participant = new_participant(options.code, ticks, is_simulated=options.is_simulated)
        self._background.run(
            lambda: get_place(study, settings, clock, participant),
            lambda place: self._open_session(ticks, place),
            self._on_no_place,
        )

    def _on_no_place(self, error: TrackerError) -> None:
        if self._is_closed:
            return
        if isinstance(error, NoPlaceError):
            self._refusal = error.sentence
            self._enter_step()
        else:
            self._warn(error)
            self._ask_again()

    def _open_session(self, ticks: dict[str, bool], place: GivenPlace | None) -> None:
        if self._is_closed:  # while the place was asked for
            return
        session = self._guarded(
            lambda: begin_session(
                self._study,
                self._settings,
                self._clock,
                ticks,
                self._bridge.failure.emit,
                is_simulated=self._options.is_simulated,
                code=self._options.code,
                place=place,
            )
        )
        if session is None:
            self._ask_again()
            return
        self._begin(session)
        self._guarded(lambda: self._journey.agree(session))
        self._enter_step()

    def _ask_again(self) -> None:
        """Let the participant agree once more, as nothing came of it."""
        page = self._part.page if self._part is not None else None
        if isinstance(page, ConsentPage):
            page.ask_again()

    def _begin(self, session: Session) -> None:
        """Record where we are, start the mouse and the upload."""
        self.folder = session.journal.folder
        self._watch_surroundings(session)
        if session.participant.agreed_to("mouse"):
            self._elements = ElementEvents(self._clock, session.record)
            self._clicks = ButtonClicks(session.point_clicked)
            for watcher in (self._elements, self._clicks):
                watcher.setParent(self)
        if self._options.person is not None:
            rect = screen_to_physical(self._screen())
            place = rect.x_px, rect.y_px, rect.width_px, rect.height_px
            session.simulate_eyes(self._options.person, place)
        destination = self._destination
        self._parts = Parts(
            session, self._bridge, destination, self._screen_and_width, self._resolution_at
        )
        if not self._options.only_calibrates:
            self._guarded(lambda: self._prepare_talk(session))
        if destination is not None and self._study.recording.upload == "live":
            self._guarded(lambda: session.start_upload(destination))
        self._status_timer.start()

    def _watch_surroundings(self, session: Session) -> None:
        surroundings = Surroundings(
            self._window, self._study.talk.preset, self._clock, session.record, session.set_window
        )
        surroundings.setParent(self)
        self._window.geometry_changed.connect(surroundings.follow_window)
        surroundings.changed.connect(self._window.geometry_changed)
        self._restyling.appearance_changed.connect(surroundings.look)

    def _prepare_talk(self, session: Session) -> None:
        assert self._parts is not None  # made just before
        earlier = self._interrupted.records if self._interrupted else ()
        talk = self._parts.prepare_talk(earlier)
        self._window.geometry_changed.connect(talk.text.refresh)
        for view in talk.page.views:
            self._restyling.appearance_changed.connect(view.restyle)

    # --- what goes on around the pages ---------------------------------------------------------

    @Slot()
    def _show_part(self) -> None:
        """Show the page of the step, and not what may lie over it."""
        part = self._part
        assert part is not None  # a part is entered before anything can lie over it
        self._window.show_page(part.page)
        self._watch_page(part.page.objectName(), part.details)

    @Slot()
    def _come_back(self) -> None:
        """What lay over the page of the step is gone."""
        self._show_part()
        if self._part is not None:
            self._part.come_back()

    @Slot(str)
    def _on_overlay(self, name: str) -> None:
        """Something lies over the page of the step."""
        if self._part is not None:
            self._part.leave()
        self._watch_page(name, dict)

    def _watch_page(self, name: str, details: Callable[[], dict[str, object]]) -> None:
        if self._elements is not None:
            self._elements.watch(self._window)
        if self._clicks is not None:
            self._clicks.watch(self._window)
        if self._announcer is not None:
            self._announcer.watch(name, details)

    @Slot()
    def _show_status(self) -> None:
        session = self.session
        if session is None:
            self._status.show_nothing()
            return
        self._status.show_session(session, self._journey.place)

    def _describe_privacy(self) -> CockpitState:
        return describe_privacy(self._require_session(), self._destination)

    @Slot(object)
    def _on_failure(self, error: TrackerError) -> None:
        """A source failed: say so where it helps, and go on with what still works."""
        logger.warning("%s", error)
        if self._is_calibrating_blindly:
            self._stop_part(STUDY)
            self._go(Event.CAMERA_LOST)  # to where the camera is started anew
        elif isinstance(self._part, SetupPart) and self._window.page is self._part.page:
            self._part.show_failure(error)
        else:
            self._window.show_problem(translated(error.sentence))

    def _stop_part(self, by: str) -> None:
        """Nothing on the page goes on, as the session ends."""
        if isinstance(self._part, CalibrationPart):
            self._part.stop(by)
        elif self._part is not None:
            self._part.leave()

    @property
    def _is_calibrating_blindly(self) -> bool:
        """Whether dots are shown, or about to be, to a camera that is off."""
        session, part = self.session, self._part
        if session is None or not isinstance(part, CalibrationPart):
            return False
        return not (session.is_paused or session.eyes.is_on or part.can_accept)

    def _guarded(self, action: Callable[[], _T]) -> _T | None:
        """Do what the world may prevent; tell the participant in one sentence if it does."""
        try:
            return action()
        except TrackerError as error:
            self._warn(error)
            return None

    def _warn(self, error: TrackerError) -> None:
        logger.warning("%s", error)
        QMessageBox.warning(self._window, self._study.title, translated(error.sentence))

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
