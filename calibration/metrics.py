"""How good gaze is, by the field's definitions.

Holmqvist, Nyström and Mulvey (2012), "Eye tracker data quality: what it is and how to measure
it", ETRA; Niehorster et al. (2020), "The impact of slippage on the data quality of head-worn eye
trackers" and "Characterizing gaze position signals": RMS-S2S and STD are both reported, because
filters shrink the first far more than the second.
"""

from collections.abc import Sequence

import numpy as np

from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array, Screen

# Student's t, two-sided 95%, with 1, 2, ... degrees of freedom; beyond, the normal is near enough.
T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
T95_MORE = 2.0
# 68% of a bivariate normal distribution: P = 1 - exp(-k) with k = 1.14.
BCEA_K = 1.14


def offsets_px(gaze: Array, target: Array) -> Array:
    """Distance of each valid sample from the target in pixels, shape (m,).

    Args:
        gaze: samples, shape (n, 2); NaN where lost.
        target: the point looked at, shape (2,), same frame.

    Raises:
        NotEnoughSamplesError: if no sample is valid.
    """
    distances = np.linalg.norm(_valid(gaze) - target, axis=1)
    if not distances.size:
        raise NotEnoughSamplesError("The eyes were not seen at this point. Look at it again.")
    return np.asarray(distances)


def accuracy_px(gaze: Array, target: Array) -> float:
    """Mean of the samples' distances from the target; not the distance of their mean."""
    return float(offsets_px(gaze, target).mean())


def accuracy_deg(gaze: Array, target: Array, screen: Screen) -> float:
    """Mean angular distance between gaze and target, in degrees."""
    return float(screen.to_degrees(offsets_px(gaze, target)).mean())


def precision_rms_deg(gaze: Array, screen: Screen) -> float | None:
    """RMS-S2S: root mean square of the angles between successive valid samples, in degrees.

    Samples around a lost one are not successive. None with fewer than two in a row.
    """
    steps = np.linalg.norm(np.diff(gaze, axis=0), axis=1)
    steps = steps[~np.isnan(steps)]
    if not steps.size:
        return None
    return float(np.sqrt(np.mean(np.square(screen.to_degrees(steps)))))


def precision_sd_deg(gaze: Array, screen: Screen) -> float | None:
    """STD: sqrt(sx^2 + sy^2) of the valid samples, in degrees; None with fewer than two."""
    valid = _valid(gaze)
    if len(valid) < 2:
        return None
    return float(screen.to_degrees(np.sqrt(valid.var(axis=0, ddof=1).sum())))


def data_loss(gaze: Array) -> float:
    """Share of samples that are lost, 0 to 1; 1 where there is no sample at all."""
    return 1.0 - len(_valid(gaze)) / len(gaze) if len(gaze) else 1.0


def bcea_px2(gaze: Array) -> float | None:
    """Bivariate contour ellipse area that holds 68% of the samples, in square pixels.

    2 k pi sx sy sqrt(1 - r^2). None with fewer than three valid samples.
    """
    valid = _valid(gaze)
    if len(valid) < 3:
        return None
    covariance = np.cov(valid.T)
    return float(2 * BCEA_K * np.pi * np.sqrt(max(np.linalg.det(covariance), 0.0)))


def bcea_deg2(gaze: Array, screen: Screen) -> float | None:
    """The same area in square degrees: as many as its side is wide. None likewise."""
    area_px2 = bcea_px2(gaze)
    return None if area_px2 is None else float(screen.to_degrees(np.sqrt(area_px2)) ** 2)


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The 95% interval of the mean of independent values, by Student's t; None with fewer than 2.

    Its lower end is not below 0: errors are not.
    """
    if len(values) < 2:
        return None
    freedom = len(values) - 1
    t = T95[freedom - 1] if freedom <= len(T95) else T95_MORE
    half = t * float(np.std(values, ddof=1)) / np.sqrt(len(values))
    mean = float(np.mean(values))
    return max(0.0, mean - half), mean + half


def _valid(gaze: Array) -> Array:
    gaze = np.asarray(gaze, dtype=np.float64).reshape(-1, 2)
    return gaze[~np.isnan(gaze).any(axis=1)]
