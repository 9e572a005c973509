"""Who takes part in a session."""

from collections.abc import Mapping
from dataclasses import dataclass


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
