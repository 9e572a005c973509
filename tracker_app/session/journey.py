"""One participant's way: the flow, and the session it opens, kept in step.

Until somebody agrees there is no session and nothing is written. The transitions of before, which
tell how long the first pages took, wait in memory and are recorded with the consent, or forgotten.
"""

from tracker_app.clock import Clock
from tracker_app.records import FlowStep
from tracker_app.session.opening import Interrupted
from tracker_app.session.session import Session
from tracker_app.study.flow import (
    Event,
    FlowError,
    Place,
    Plan,
    after,
    possible,
    replayed,
    start,
    step_record,
)


class Journey:
    """Where the participant is. The only one who moves them on."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self.place: Place = start(plan)
        self.session: Session | None = None
        self._plan = plan
        self._clock = clock
        self._waiting: list[FlowStep] = []
        self._note(Event.STARTED)

    def can(self, event: Event) -> bool:
        """Whether something may happen here."""
        return event in possible(self.place)

    def go(self, event: Event) -> None:
        """Move on.

        Raises:
            FlowError: if this cannot happen here.
            MouseUnavailableError: in one sentence; the move has happened all the same.
        """
        self.place = after(self._plan, self.place, event)
        if self.session is not None:
            self.session.follow(self.place, event)
        else:
            self._note(event)

    def agree(self, session: Session) -> None:
        """Go on with the session that was opened because the participant agreed."""
        self.session = session
        for step in self._waiting:
            session.record(step)
        self._waiting.clear()
        self.go(Event.AGREED if session.uses_eyes else Event.AGREED_WITHOUT_GAZE)

    def can_resume(self, interrupted: Interrupted) -> bool:
        """Whether a session came along this way: a calibration alone, for one, did not."""
        try:
            return replayed(self._plan, interrupted.records) is not None
        except FlowError:
            return False

    def resume(self, session: Session, interrupted: Interrupted) -> None:
        """Go on where an interrupted session stopped.

        Where it had come to its end already, that is where it is.
        """
        place = replayed(self._plan, interrupted.records)
        assert place is not None  # a session is interrupted only after the consent that opens it
        self.session = session
        self._waiting.clear()
        self.place = place
        session.uses_eyes = place.uses_eyes
        if not place.is_final:
            self.go(Event.RESTARTED)

    def _note(self, event: Event) -> None:
        self._waiting.append(step_record(self.place, event, self._clock.now_ns()))
