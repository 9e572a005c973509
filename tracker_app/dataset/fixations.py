"""Fixations by dispersion threshold (I-DT), for pictures of a reading path.

Salvucci and Goldberg (2000), "Identifying fixations and saccades in eye-tracking protocols",
ETRA. Webcam gaze is too noisy and too slow for velocity thresholds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fixation:
    """The eye rested here. Position is the mean of its samples, in physical pixels."""

    begin_ns: int
    end_ns: int
    x_px: float
    y_px: float

    @property
    def duration_s(self) -> float:
        """How long the eye rested."""
        return (self.end_ns - self.begin_ns) / 1e9


def detect_fixations(
    t_ns: NDArray[np.int64],
    points_px: Floats,
    dispersion_px: float = 80.0,
    min_duration_s: float = 0.1,
) -> list[Fixation]:
    """Find fixations in samples ordered by time.

    Args:
        t_ns: shape (n,), session clock.
        points_px: shape (n, 2); a lost sample (NaN) ends a fixation.
        dispersion_px: the most that width plus height of a fixation's samples may be.
        min_duration_s: shorter rests are not fixations.
    """
    found = []
    begin = 0
    while begin < len(t_ns):
        end = _end_of_rest(points_px, begin, dispersion_px)
        if end > begin and (t_ns[end - 1] - t_ns[begin]) / 1e9 >= min_duration_s:
            x_px, y_px = points_px[begin:end].mean(axis=0)
            found.append(Fixation(int(t_ns[begin]), int(t_ns[end - 1]), float(x_px), float(y_px)))
            begin = end
        else:
            begin += 1
    return found


def _end_of_rest(points_px: Floats, begin: int, dispersion_px: float) -> int:
    """The first sample after `begin` that does not rest with those from `begin` on."""
    low = high = points_px[begin]
    end = begin
    while end < len(points_px) and not np.isnan(points_px[end]).any():
        low, high = np.minimum(low, points_px[end]), np.maximum(high, points_px[end])
        if (high - low).sum() > dispersion_px:
            break
        end += 1
    return end
