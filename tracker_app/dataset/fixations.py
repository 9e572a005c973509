"""Fixations by dispersion (I-DT), for reports and first looks.

Salvucci & Goldberg (2000), "Identifying fixations and saccades in eye-tracking protocols": a
window of at least the minimum duration whose points lie within the dispersion threshold is a
fixation and grows while they do. At a webcam's 30 Hz a fixation is a handful of samples, so its
borders are no finer than one frame.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.dataset.words import Samples

MIN_DURATION_NS = 100_000_000
# Longer than a blink's usual loss: what follows is another look, even at the same place.
MAX_LOSS_NS = 200_000_000
DEFAULT_DISPERSION_PX = 100.0


@dataclass(frozen=True, slots=True)
class Fixation:
    """The eyes rested here."""

    segment: int
    start_ns: int
    end_ns: int
    x_px: float  # mean of its samples
    y_px: float

    @property
    def duration_ms(self) -> float:
        """From its first to its last sample."""
        return (self.end_ns - self.start_ns) / 1e6


def dispersion_px(
    accuracy_px: float | None, accuracy_deg: float | None, precision_sd_deg: float | None
) -> float:
    """A threshold that noise alone does not break: 4 SD of the gaze, at least one degree.

    Args:
        accuracy_px: with `accuracy_deg`, of the same calibration: the pixels in a degree.
        accuracy_deg: see above.
        precision_sd_deg: standard deviation of the gaze while a target was looked at.
    """
    if not accuracy_px or not accuracy_deg:
        return DEFAULT_DISPERSION_PX
    return max(1.0, 4 * (precision_sd_deg or 0)) * accuracy_px / accuracy_deg


def detect_fixations(samples: Samples, dispersion: float) -> list[Fixation]:
    """The fixations in gaze samples, in order of time.

    Args:
        samples: in order of segment and time; NaN where lost.
        dispersion: largest (max x - min x) + (max y - min y) within a fixation, pixels.
    """
    found: list[Fixation] = []
    for segment in np.unique(samples.segment).tolist():
        (rows,) = np.nonzero((samples.segment == segment) & ~np.isnan(samples.x_px + samples.y_px))
        t_ns = samples.t_ns[rows]
        for run in np.split(rows, np.nonzero(np.diff(t_ns) > MAX_LOSS_NS)[0] + 1):
            found += _in_run(samples, run, segment, dispersion)
    return found


def _in_run(
    samples: Samples, run: NDArray[np.int64], segment: int, dispersion: float
) -> list[Fixation]:
    t_ns, x, y = samples.t_ns[run], samples.x_px[run], samples.y_px[run]
    times, points = t_ns.tolist(), list(zip(x.tolist(), y.tolist(), strict=True))
    found, first = [], 0
    while first < len(times):
        last = _reach(points, first, dispersion)
        if times[last] - times[first] >= MIN_DURATION_NS:
            middle = slice(first, last + 1)
            found.append(
                Fixation(
                    segment,
                    times[first],
                    times[last],
                    float(x[middle].mean()),
                    float(y[middle].mean()),
                )
            )
            first = last + 1
        else:
            first += 1
    return found


def _reach(points: list[tuple[float, float]], first: int, dispersion: float) -> int:
    """The last index up to which all points from `first` lie within the dispersion."""
    left, top = right, bottom = points[first]
    for i in range(first + 1, len(points)):
        x, y = points[i]
        left, right = min(left, x), max(right, x)
        top, bottom = min(top, y), max(bottom, y)
        if right - left + bottom - top > dispersion:
            return i - 1
    return len(points) - 1
