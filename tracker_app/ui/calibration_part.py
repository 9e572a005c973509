"""Runs calibration attempts and says how good they are."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from calibration.errors import CalibrationError
from calibration.geometry import ASSUMED_DISTANCE_MM, Screen
from calibration.outcome import CalibrationOutcome
from calibration.routine import Routine, Timing
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.session import Session
from tracker_app.ui.calibration_driver import CalibrationDriver
from tracker_app.ui.calibration_page import CalibrationPage, PointError, Verdict
from tracker_app.ui.coordinates import PhysicalRect
from tracker_app.ui.text_size import seen_screen
from tracker_app.ui.window import SIMULATION_NOTE

SIMULATED_NOTE = "Simulated eyes: these numbers say nothing about a person."


class CalibrationPart(QObject):
    """The calibration step with its page."""

    done = Signal(bool)  # whether gaze is used
    covering = Signal(bool)  # the whole screen is wanted, or no longer

    def __init__(self, session: Session, screen: Callable[[], tuple[PhysicalRect, float]]) -> None:
        """Wire the step.

        Args:
            session: whose eyes are calibrated.
            screen: the screen's rectangle and its width in mm, 0 where unknown.
        """
        super().__init__()
        self._session = session
        self._screen = screen
        self._attempt = 0
        self._routine: Routine | None = None
        self._outcome: CalibrationOutcome | None = None
        self.page = CalibrationPage(SIMULATION_NOTE if session.participant.is_simulated else "")
        self.driver = CalibrationDriver(self.page, session.clock)
        self.page.begun.connect(self._on_begun)
        self.page.skipped.connect(self._on_skipped)
        self.page.cancelled.connect(self._on_cancelled)
        self.page.accepted.connect(self._on_accepted)
        self.page.mended.connect(self._on_mended)
        self.driver.finished.connect(self._on_finished)

    def start(self) -> None:
        """Invite."""
        self.page.enter()

    @Slot()
    def _on_begun(self) -> None:
        self._reject()
        rules = self._session.study.calibration
        self._run(
            Routine(
                self._measure_screen(),
                gaze_prior(),
                seed=self._session.clock.now_ns() % 2**32,
                timing=Timing(rules.settle_s, rules.collect_s),
            )
        )

    @Slot()
    def _on_mended(self) -> None:
        """Show the weak points again; the others keep what was seen at them."""
        if self._routine is None or self._outcome is None:
            return
        self._routine.redo(self._weak_targets(self._outcome))
        self._reject()
        self._run(self._routine)

    def _run(self, routine: Routine) -> None:
        self._routine = routine
        self._attempt += 1
        self.covering.emit(True)
        self._session.eyes.listen(self.driver.add)
        self.driver.start(routine)

    def _weak_targets(self, outcome: CalibrationOutcome) -> list[int]:
        """Targets where too little was seen, and held-out ones beyond the study's limit."""
        limit_deg = self._session.study.calibration.max_error_deg
        return [
            t.number
            for t in outcome.targets
            if not t.is_seen or (t.accuracy_deg is not None and t.accuracy_deg > limit_deg)
        ]

    def _measure_screen(self) -> Screen:
        rect, width_mm = self._screen()
        latest = self._session.eyes.latest
        distance_mm = latest.face.distance_mm if latest and latest.face else ASSUMED_DISTANCE_MM
        return seen_screen(rect, width_mm, distance_mm)

    @Slot()
    def _on_finished(self) -> None:
        self._stop_looking()
        assert self._routine is not None  # the driver has just finished it
        try:
            self._outcome = self._routine.result()
        except CalibrationError as error:
            self.page.show_verdict(self._failed(str(error)))
            return
        self._session.eyes.record_attempt(self._attempt, self._outcome)
        self.page.show_verdict(self._judge(self._outcome))

    def _failed(self, sentence: str) -> Verdict:
        screen, _ = self._screen()
        return Verdict("That did not work", sentence, "Use the mouse only", 0, "", (), screen)

    def _judge(self, outcome: CalibrationOutcome) -> Verdict:
        screen, _ = self._screen()
        is_good = outcome.is_within(self._session.study.calibration.max_error_deg)
        if outcome.accuracy_deg is None or outcome.accuracy_px is None:
            return self._failed("Your eyes were not seen at the last dots. Please do it again.")
        size = f"about {outcome.accuracy_deg:.1f} degrees ({outcome.accuracy_px:.0f} px)"
        detail = f"We can tell where you look to within {size}."
        if not is_good:
            detail += " More light in front of you often helps. It is not about you."
        return Verdict(
            headline="Good" if is_good else "That is not very exact yet",
            detail=detail,
            way_on="Continue",
            weak_points=len(self._weak_targets(outcome)),
            note=SIMULATED_NOTE if self._session.participant.is_simulated else "",
            points=tuple(
                PointError(t.x_px, t.y_px, t.accuracy_px)
                for t in outcome.targets
                if t.is_validation
            ),
            screen=screen,
        )

    @Slot()
    def _on_accepted(self) -> None:
        if self._outcome is None:
            self._on_skipped()
            return
        self._session.eyes.record_verdict(self._attempt, self._outcome, is_accepted=True)
        self._leave(uses_eyes=True)

    @Slot()
    def _on_skipped(self) -> None:
        self._reject()
        self._leave(uses_eyes=False)

    @Slot()
    def _on_cancelled(self) -> None:
        self._stop_looking()
        self.start()

    def _reject(self) -> None:
        """Keep an attempt that is not used, with its figures."""
        outcome, self._outcome = self._outcome, None
        if outcome is not None:
            self._session.eyes.record_verdict(self._attempt, outcome, is_accepted=False)

    def _stop_looking(self) -> None:
        self.driver.stop()
        self._session.eyes.listen(None)
        self.covering.emit(False)

    def _leave(self, *, uses_eyes: bool) -> None:
        self._outcome = None
        self.done.emit(uses_eyes)
