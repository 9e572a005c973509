"""Who takes part in a session."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker_app.study.identity import coded_id, new_id


@dataclass(frozen=True, slots=True)
class Participant:
    """Random ids, and what the participant agreed to."""

    session_id: str
    participant_id: str
    ticks: Mapping[str, bool]
    is_simulated: bool

    def agreed_to(self, tick: str) -> bool:
        """Whether this tick of the consent was set."""
        return self.ticks.get(tick, False)


def new_participant(code: str, ticks: Mapping[str, bool], *, is_simulated: bool) -> Participant:
    """Somebody who has just agreed.

    Args:
        code: theirs; without one they get a random id.
        ticks: of the consent.
        is_simulated: a program plays.
    """
    session_id = new_id(is_simulated=is_simulated)
    own_id = coded_id(code, is_simulated=is_simulated) or new_id(is_simulated=is_simulated)
    return Participant(session_id, own_id, ticks, is_simulated)
