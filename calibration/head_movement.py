"""How far round the head has turned while the eyes stayed on a target.

Calibrated with a still head, gaze is off by degrees once it moves; who has turned the head once
in each direction, looking at a dot, is followed (simulated people: 1.5 degrees instead of 3 to 6).
The turn is measured against how the head was held before, and counted by its direction.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

SECTORS = 8
LEAST_TURN_DEG = 4.0
ENOUGH_SECTORS = 6
REMEMBERED = 200  # turns by which the usual one is known
Turn = tuple[float, float]  # yaw, the participant's left positive, and pitch, down positive


@dataclass(frozen=True, slots=True)
class Guide:
    """Where the head is to turn now and where it has been; angles from above, to the right."""

    angle_deg: float  # of the direction to turn to, on the screen: 0 up, 90 right
    covered: tuple[bool, ...]  # sectors of a circle, the first one about 0 deg

    @property
    def turn(self) -> Turn:
        """Yaw and pitch of a head in this direction, of length 1."""
        angle = np.radians(self.angle_deg)
        return -float(np.sin(angle)), -float(np.cos(angle))


class HeadMovement:
    """Collects turns of the head."""

    def __init__(self) -> None:
        self._usual: deque[Turn] = deque(maxlen=REMEMBERED)
        self._covered = [False] * SECTORS

    @property
    def coverage(self) -> float:
        """The share of directions the head was turned to, 0 to 1."""
        return sum(self._covered) / SECTORS

    @property
    def is_enough(self) -> bool:
        """Whether it has moved about enough."""
        return sum(self._covered) >= ENOUGH_SECTORS

    def add(self, turn: Turn, *, is_asked: bool) -> None:
        """Take in how the head is turned, degrees; asked to move, or held as usual."""
        if not is_asked:
            self._usual.append(turn)
            return
        yaw, pitch = np.array(turn) - np.median(self._usual or [turn], axis=0)
        if np.hypot(yaw, pitch) >= LEAST_TURN_DEG:
            angle = np.degrees(np.arctan2(-yaw, -pitch))
            self._covered[round(float(angle) / 360 * SECTORS) % SECTORS] = True

    def guide(self, circles: float) -> Guide:
        """What to show after so many circles."""
        return Guide(360.0 * circles % 360.0, tuple(self._covered))
