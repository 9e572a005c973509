"""The 1-euro filter: smooth while the eye rests, quick when it jumps.

Casiez, Roussel and Vogel (2012), "1 euro filter: a simple speed-based low-pass filter for noisy
input in interactive systems", CHI. Each axis has a state of its own.
"""

import math

NS = 1_000_000_000
MIN_CUTOFF_HZ = 1.0
BETA = 0.01
MAX_GAP_NS = 200_000_000  # after a longer loss the eyes may be anywhere


class OneEuroFilter:
    """Filters one coordinate sampled at any times."""

    def __init__(
        self,
        min_cutoff_hz: float = MIN_CUTOFF_HZ,
        beta: float = BETA,
        speed_cutoff_hz: float = 1.0,
    ) -> None:
        """Set the filter.

        Args:
            min_cutoff_hz: cutoff at rest; lower is smoother.
            beta: how much the cutoff rises with speed, in Hz per (px/s).
            speed_cutoff_hz: cutoff of the filter that estimates the speed.
        """
        self._min_cutoff_hz = min_cutoff_hz
        self._beta = beta
        self._speed_cutoff_hz = speed_cutoff_hz
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next value passes unchanged."""
        self._t_ns: int | None = None
        self._value = 0.0
        self._speed = 0.0

    def filter(self, t_ns: int, value: float) -> float:
        """The filtered value at time `t_ns`; after a gap, or a stamp not later, it starts anew."""
        if self._t_ns is None or not self._t_ns < t_ns <= self._t_ns + MAX_GAP_NS:
            self._t_ns, self._value, self._speed = t_ns, value, 0.0
            return value
        elapsed_s = (t_ns - self._t_ns) / NS
        self._t_ns = t_ns
        speed = (value - self._value) / elapsed_s
        self._speed += _alpha(self._speed_cutoff_hz, elapsed_s) * (speed - self._speed)
        cutoff = self._min_cutoff_hz + self._beta * abs(self._speed)
        self._value += _alpha(cutoff, elapsed_s) * (value - self._value)
        return self._value


def _alpha(cutoff_hz: float, elapsed_s: float) -> float:
    """The share of a new value taken over, of a first-order low-pass with this cutoff."""
    ratio = 2 * math.pi * cutoff_hz * elapsed_s
    return ratio / (ratio + 1)
