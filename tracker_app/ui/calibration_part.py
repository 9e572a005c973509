"""Runs calibration attempts, says how good they are, and keeps every one of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Slot

from calibration.errors import CalibrationError
from calibration.geometry import ASSUMED_DISTANCE_MM, Screen
from calibration.looks import Use
from calibration.outcome import CalibrationOutcome, calibrate, describe, judge, targets_to_redo
from calibration.regression import GazeModel
from calibration.routine import Routine, Timing, calibration_looks, check_looks
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.records import CalibrationKind
from tracker_app.session import Session
from tracker_app.session.eyes import Attempt
from tracker_app.study.flow import Event
from tracker_app.study.gate import Choices, choices_after
from tracker_app.ui.calibration_driver import CalibrationDriver
from tracker_app.ui.calibration_page import CalibrationPage
from tracker_app.ui.calibration_result import Verdict
from tracker_app.ui.calibration_words import (
    does_not_fit,
    invitation,
    reason_of,
    so_far,
    verdict,
    welcome_back,
)
from tracker_app.ui.coordinates import PhysicalRect
from tracker_app.ui.part import Part
from tracker_app.ui.text_size import seen_screen
from tracker_app.ui.texts import tr
from tracker_app.ui.window import SIMULATION_NOTE

# On purpose not translated, as the note of a simulation is not.
SIMULATED_NOTE = "Simulated eyes: these numbers say nothing about a person."
PARTICIPANT, OPERATOR, STUDY = "participant", "operator", "study"


class CalibrationPart(Part):
    """The calibration step with its page. Who runs the study may press its buttons from afar."""

    page: CalibrationPage

    def __init__(self, session: Session, screen: Callable[[], tuple[PhysicalRect, float]]) -> None:
        """Wire the step.

        Args:
            session: whose eyes are calibrated.
            screen: the screen's rectangle and its width in mm, 0 where unknown.
        """
        super().__init__()
        self._session = session
        self._rules = session.study.calibration
        self._measure = screen
        self._earlier: GazeModel | None = None  # to be checked first
        self._number = 0  # of the attempt
        self._tries = 0  # at new calibrations
        self._routine: Routine | None = None
        self._screen = Screen(0, 0, 1, 1)  # of the routine
        self.attempt: Attempt | None = None  # the last one, until it is decided about
        self.verdict: Verdict | None = None  # what was said of it
        self.is_running = False
        self.is_again = False  # a new one is wanted in any case
        self.keeps_earlier = False  # without a new one, gaze goes on by the one before
        self.page = CalibrationPage(SIMULATION_NOTE if session.participant.is_simulated else "")
        self.driver = CalibrationDriver(self.page.canvas, session.eyes, session.clock)
        self.page.begun.connect(self.begin)
        self.page.skipped.connect(self.skip)
        self.page.cancelled.connect(self._on_cancelled)
        self.page.accepted.connect(self._on_accepted)
        self.page.mended.connect(self.redo)
        self.page.left.connect(self._on_left)
        self.driver.finished.connect(self._on_finished)

    def enter(self) -> None:
        """Invite: to a check of the last calibration where there is one, else to a new one."""
        self._tries, self._routine, self.verdict = 0, None, None
        self.keeps_earlier = self.is_again and self._session.eyes.checks.is_calibrated
        mouse_only, keep = tr("Use the mouse only"), tr("Keep the calibration you have")
        self.page.name_skip(keep if self.keeps_earlier else mouse_only)
        eyes = self._session.eyes
        self._earlier = None if self.is_again else eyes.earlier_model(self._measure_screen())
        self._invite()

    def _invite(self) -> None:
        self.page.invite(*(welcome_back() if self._earlier else invitation(self._rules)))

    @Slot()
    def begin(self, by: str = PARTICIPANT) -> None:
        """Begin an attempt of its own."""
        self._decide(is_accepted=False, by=by)
        self._screen = self._measure_screen()
        seed = self._session.clock.now_ns() % 2**32
        if self._earlier is not None:
            looks = check_looks(self._screen, seed)
        else:
            looks = calibration_looks(
                self._screen,
                seed,
                points=self._rules.points,
                moves_head=self._rules.head_movement,
            )
        self._run(Routine(looks, Timing(self._rules.settle_s, self._rules.collect_s)))

    @Slot(list)
    def redo(self, numbers: Sequence[int], by: str = PARTICIPANT) -> None:
        """Show some targets again; the others keep what was seen at them."""
        routine = self._routine
        if routine is None or self.is_running:
            return
        if all(look.use is Use.VALIDATE for look in routine.looks):
            self.begin(by)  # it was a check of an earlier map, of which nothing can be redone
            return
        self._decide(is_accepted=False, by=by)
        routine.redo(targets_to_redo(routine.looks, numbers))
        self._run(routine)

    @Slot()
    def skip(self, by: str = PARTICIPANT) -> None:
        """Go on with the mouse only, or with the calibration of before if it was made again."""
        self._abandon(by)
        self._decide(is_accepted=False, by=by)
        self.say(Event.DONE if self.keeps_earlier else Event.MOUSE_ONLY)

    def stop(self, by: str) -> None:
        """Break off: the session ends, or the camera is gone."""
        self._abandon(by)
        self._decide(is_accepted=False, by=by)

    def leave(self) -> None:
        """Break off the attempt that runs, if one does, and invite to begin again."""
        if self.is_running:
            self._abandon(PARTICIPANT)
            self._invite()

    def details(self) -> dict[str, object]:
        """Which of its pages is shown, and where to look."""
        view = self.driver.view
        return {"page": self.page.part, "target": view.target_px, "phase": view.phase}

    @property
    def can_accept(self) -> bool:
        """Whether the last attempt gave a map and waits for a decision."""
        return self.attempt is not None and self.attempt.outcome is not None

    def accept(self, by: str) -> None:
        """Use the last attempt, whatever the gate says: somebody who runs the study may."""
        if self.can_accept:
            self._decide(is_accepted=True, by=by)
            self.say(Event.DONE)

    def _run(self, routine: Routine) -> None:
        self._routine, self.is_running, self.verdict = routine, True, None
        self._number = self._session.eyes.next_attempt()
        self._tries += self._earlier is None
        self._session.eyes.start()  # the camera may have been lost meanwhile
        self.covering.emit(True)
        self.page.show_canvas()
        self.driver.start(routine)

    def progress(self) -> Verdict | None:
        """The points of the routine as they stand, while it runs."""
        if self._routine is None or not self.is_running:
            return None
        return so_far(self._routine.looks, self._screen, self.driver.view.number)

    def _measure_screen(self) -> Screen:
        rect, width_mm = self._measure()
        latest = self._session.eyes.latest
        distance_mm = latest.face.distance_mm if latest and latest.face else ASSUMED_DISTANCE_MM
        return seen_screen(rect, width_mm, distance_mm)

    @Slot()
    def _on_finished(self) -> None:
        self._stop_looking()
        assert self._routine is not None  # the driver has just finished it
        distance_mm = self.driver.distance_mm
        if distance_mm is not None:  # one frame at the beginning may have shown nobody
            self._screen = replace(self._screen, distance_mm=distance_mm)
        outcome, reason = self._found(self._routine)
        attempt = self._keep(outcome)
        if self._earlier is None:
            choices = choices_after(self._rules, attempt.accuracy_deg, self._tries)
            self._show(attempt, choices, reason)
            return
        self._earlier = None  # what is begun after this is new
        if outcome is not None and outcome.is_within(self._rules.recheck_max_error_deg):
            self._show(attempt, Choices(may_accept=True, may_repeat=True), reason)
            return
        self._decide(is_accepted=False, by=STUDY)
        self.page.invite(*does_not_fit(self._rules))

    def _found(self, routine: Routine) -> tuple[CalibrationOutcome | None, str]:
        if self._earlier is not None:
            return judge(routine.looks, self._screen, self._earlier), ""
        try:
            return calibrate(routine.looks, self._screen, gaze_prior()), ""
        except CalibrationError as error:
            return None, reason_of(error)

    def _keep(self, outcome: CalibrationOutcome | None) -> Attempt:
        routine = self._routine
        assert routine is not None
        is_check = self._earlier is not None
        moved = any(look.use is Use.HEAD and look.samples for look in routine.looks)
        self.attempt = attempt = Attempt(
            number=self._number,
            kind=CalibrationKind.CHECK if is_check else CalibrationKind.NEW,
            targets=outcome.targets if outcome else describe(routine.looks),
            screen=self._screen,
            outcome=outcome,
            limit_deg=(
                self._rules.recheck_max_error_deg if is_check else self._rules.max_error_deg
            ),
            head_coverage=routine.movement.coverage if moved else None,
        )
        self._session.eyes.record_attempt(attempt)
        return attempt

    def _show(self, attempt: Attempt, choices: Choices, reason: str) -> None:
        note = SIMULATED_NOTE if self._session.participant.is_simulated else ""
        self.verdict = verdict(
            attempt,
            self._session.study,
            choices,
            reason,
            note,
            keeps_earlier=self.keeps_earlier,
        )
        self.page.show_verdict(self.verdict)

    @Slot()
    def _on_accepted(self) -> None:
        self.accept(PARTICIPANT)

    @Slot()
    def _on_left(self) -> None:
        self._decide(is_accepted=False, by=PARTICIPANT)
        self.say(Event.LEFT)

    @Slot()
    def _on_cancelled(self) -> None:
        self.leave()

    def _abandon(self, by: str) -> None:
        """Keep an attempt that was broken off; it does not count as a try."""
        if not self.is_running:
            return
        self._stop_looking()
        assert self._routine is not None  # it runs
        self._routine.break_off(self._session.clock.now_ns())
        self._tries -= self._earlier is None
        self._keep(None)
        self._decide(is_accepted=False, by=by)

    def _decide(self, *, is_accepted: bool, by: str) -> None:
        """Keep what became of the last attempt."""
        attempt, self.attempt = self.attempt, None
        if attempt is not None:
            self._session.eyes.record_verdict(attempt, is_accepted=is_accepted, decided_by=by)

    def _stop_looking(self) -> None:
        self.is_running = False
        self.driver.stop()
        self.covering.emit(False)
