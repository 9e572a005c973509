"""How far gaze is off for people whose frames are at hand: accuracy one can choose a set-up by.

Each person is calibrated on some sessions in a row and judged on all their others in a window of
the same size, where the head has moved in between; every start in turn. Nothing is learned from
one person for another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.errors import CalibrationError
from calibration.geometry import Screen
from calibration.regression import Prior, fit
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.stills import Looks

RESAMPLES = 2000
# 68% of a bivariate normal lies within this squared distance, in standard deviations.
REGION_68 = -2 * np.log(0.32)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Predictions of one person's frames by calibrations on their other sessions."""

    session: NDArray[np.int64]  # (m,), of each predicted frame
    error_px: Array  # (m,)
    expected_px: Array  # (m,), root of the covariance's trace
    is_covered: NDArray[np.bool_]  # (m,), the target lies in the 68% region
    unusable: int  # starts whose sessions were too few looks to calibrate on


def judge(looks: Looks, sessions: int, prior: Prior) -> Judged:
    """Calibrate on `sessions` in a row, from every start in turn, and predict all others."""
    parts, unusable = [], 0
    for train, test in _splits(looks, sessions):
        window = looks.window_px[train][0]
        try:
            model = fit(
                looks.features[train],
                looks.target_px[train],
                np.flatnonzero(train),  # every still is a look of its own
                Screen(0, 0, window[0], window[1]),
                prior,
            )
        except CalibrationError:
            unusable += 1
            continue
        predicted = model.predict(looks.features[test])
        covariance = model.covariance(looks.features[test])
        miss = predicted - looks.target_px[test]
        clipped = np.clip(predicted, 0, window) - looks.target_px[test]
        parts.append(
            (
                looks.session[test],
                np.linalg.norm(clipped, axis=1),
                np.sqrt(np.trace(covariance, axis1=1, axis2=2)),
                is_covered(miss, covariance),
            )
        )
    if not parts:
        return Judged(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0, bool), unusable)
    session, error, expected, covered = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Judged(session, error, expected, covered, unusable)


def is_covered(miss: Array, covariance: Array) -> NDArray[np.bool_]:
    """Which errors, shape (n, 2), lie in the 68% region of their covariance, shape (n, 2, 2)."""
    distance = np.einsum("ni,nij,nj->n", miss, np.linalg.inv(covariance), miss)
    return np.asarray(distance <= REGION_68)


def summary(judged: Judged) -> dict[str, float | int | list[float] | None]:
    """The figures of one person; None where nothing could be predicted."""
    if not len(judged.error_px):
        return {"n": 0, "mean_px": None, "median_px": None, "p90_px": None, "ci95_px": None}
    median, p90 = np.percentile(judged.error_px, [50, 90])
    return {
        "n": len(judged.error_px),
        "mean_px": round(float(judged.error_px.mean()), 1),
        "median_px": round(float(median), 1),
        "p90_px": round(float(p90), 1),
        "ci95_px": [round(v, 1) for v in interval(judged.session, judged.error_px)],
    }


def left_out(looks: Looks, judged: Judged, sessions: int) -> list[str]:
    """One sentence for each thing of a person that could not be judged."""
    sentences = []
    if looks.without_face:
        sentences.append(f"no face was found in {looks.without_face} frames; they are left out.")
    if judged.unusable:
        sentences.append(f"{judged.unusable} starts had fewer than 4 looks, or all on one line.")
    elif not len(judged.error_px) and len(looks.session):
        found = max(len(names) for names in _sessions(looks))
        sentences.append(
            f"nothing could be judged: {sessions + 1} sessions of one window size are needed, "
            f"{found} found."
        )
    return sentences


def interval(session: NDArray[np.int64], values: Array) -> tuple[float, float]:
    """The 95% interval of a mean, by drawing whole sessions anew (frames of one are alike)."""
    names, index = np.unique(session, return_inverse=True)
    sums, counts = np.bincount(index, values), np.bincount(index)
    drawn = np.random.default_rng(0).integers(0, len(names), (RESAMPLES, len(names)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _sessions(looks: Looks) -> Iterator[NDArray[np.int64]]:
    """Sessions of each window size."""
    for window in np.unique(looks.window_px, axis=0):
        yield np.unique(looks.session[(looks.window_px == window).all(axis=1)])


def _splits(looks: Looks, sessions: int) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    windows = np.unique(looks.window_px, axis=0)
    for window, names in zip(windows, _sessions(looks), strict=True):
        is_same = (looks.window_px == window).all(axis=1)
        for first in range(len(names) - sessions + 1):
            train = is_same & np.isin(looks.session, names[first : first + sessions])
            test = is_same & ~train
            if test.any():
                yield train, test
