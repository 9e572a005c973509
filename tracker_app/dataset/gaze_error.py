"""How far off gaze may be, as the calibration before it was judged on its held-out targets."""

from collections.abc import Sequence
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from tracker_app.codec import Entry
from tracker_app.dataset.selection import of_type
from tracker_app.records import CalibrationResult


def gaze_covariance(
    entries: Sequence[Entry], segment: NDArray[np.int64], t_ns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The covariance of the gaze error at moments of a session, px^2.

    The error is taken as normal and alike in all directions, so its length has a Rayleigh
    distribution, whose mean is the accuracy that was measured: sigma = accuracy * sqrt(2 / pi).

    Args:
        entries: the session.
        segment: shape (n,).
        t_ns: shape (n,), session clock of the segment.

    Returns:
        Shape (n, 2, 2); NaN before the first accepted calibration.
    """
    accepted = [
        (number, result.t_ns, result.accuracy_px)
        for number, result in of_type(entries, CalibrationResult)
        if result.is_accepted and result.accuracy_px is not None
    ]
    sigma_px = np.full(len(t_ns), np.nan)
    for number, since_ns, accuracy_px in accepted:
        is_later = (segment > number) | ((segment == number) & (t_ns >= since_ns))
        sigma_px[is_later] = accuracy_px * sqrt(2 / pi)
    covariance: NDArray[np.float64] = sigma_px[:, None, None] ** 2 * np.eye(2)
    return covariance
