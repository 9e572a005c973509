"""Fixations while they last, for the interface; analyses use `dataset.fixations`.

Dispersion and duration as in I-DT (Salvucci and Goldberg 2000), one sample at a time: a sample
within reach of the fixation's mean joins it. One alone beyond it may be noise and is waited out;
a second one in a row begins a new fixation, so a saccade is noticed a frame after it.
"""

import math
from dataclasses import dataclass

MIN_DURATION_NS = 100_000_000
MAX_GAP_NS = 200_000_000  # longer than a blink's usual loss: what follows is another look


@dataclass(frozen=True, slots=True)
class Fixation:
    """The eyes have rested here since `start_ns`."""

    start_ns: int
    end_ns: int
    x_px: float  # mean of its samples
    y_px: float
    samples: int

    def is_near(self, x_px: float, y_px: float, reach_px: float) -> bool:
        """Whether a point is within reach of its mean."""
        return math.hypot(x_px - self.x_px, y_px - self.y_px) <= reach_px

    def joined(self, t_ns: int, x_px: float, y_px: float) -> "Fixation":
        """With one more sample."""
        count = self.samples + 1
        return Fixation(
            self.start_ns,
            t_ns,
            self.x_px + (x_px - self.x_px) / count,
            self.y_px + (y_px - self.y_px) / count,
            count,
        )


class FixationDetector:
    """Follows gaze sample by sample."""

    def __init__(self) -> None:
        self._resting: Fixation | None = None  # perhaps too short yet to be one
        self._stray: Fixation | None = None  # one sample beyond reach

    def add(self, t_ns: int, x_px: float, y_px: float, reach_px: float) -> Fixation | None:
        """Take in a sample; the fixation under way, or None while there is none.

        Args:
            t_ns: of the sample, growing.
            x_px: of the sample.
            y_px: of the sample.
            reach_px: how far from the mean a sample of the same fixation may be.
        """
        resting, stray = self._resting, self._stray
        if resting is None or t_ns - (stray or resting).end_ns > MAX_GAP_NS:
            self._resting, self._stray = Fixation(t_ns, t_ns, x_px, y_px, 1), None
        elif resting.is_near(x_px, y_px, reach_px):
            self._resting, self._stray = resting.joined(t_ns, x_px, y_px), None
        elif stray is None:
            self._stray = Fixation(t_ns, t_ns, x_px, y_px, 1)
        elif stray.is_near(x_px, y_px, reach_px):
            self._resting, self._stray = stray.joined(t_ns, x_px, y_px), None
        else:
            self._resting, self._stray = Fixation(t_ns, t_ns, x_px, y_px, 1), None
        current = self._resting
        if current is None or current.end_ns - current.start_ns < MIN_DURATION_NS:
            return None
        return current
