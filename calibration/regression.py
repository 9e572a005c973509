"""From eye features to a point on the screen: ridge regression (Hoerl and Kennard 1970).

Features come in units in which 1 is a usual spread, and are only centred here. Standardising them
over the calibration samples would blow up the tremor of a head that kept still into signals as
large as the eyes' own, and gaze would fly off once the head moves (16 clicks of one person, tested
on other sessions: 442 px standardised, 260 px not; `tests/benchmarks/gaze_estimator.py`).

The penalty is chosen by leaving out one target at a time, never one sample: neighbouring frames
are near copies, and leaving out frames would choose hardly any penalty at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array

PENALTIES = np.logspace(-3, 3, 13)  # each target weighs 1, however many samples it has
MIN_TARGETS = 4


@dataclass(frozen=True, slots=True)
class GazeModel:
    """A fitted linear map. Prediction is `intercept + (f - mean) @ weights`."""

    mean: Array  # (d,), of the features fitted to
    weights: Array  # (d, 2), physical pixels per unit of each feature
    intercept: Array  # (2,), physical pixels
    penalty: float

    def predict(self, features: Array) -> Array:
        """Points in physical pixels, shape (..., 2), for features of shape (..., d)."""
        return self.intercept + (features - self.mean) @ self.weights


def fit(features: Array, targets_px: Array, groups: NDArray[np.int_]) -> GazeModel:
    """Fit a map from features to the targets looked at; deterministic.

    Args:
        features: shape (n, d), finite, each in units of its usual spread.
        targets_px: the target of each sample, shape (n, 2), physical pixels.
        groups: which target each sample belongs to, shape (n,); all count alike.

    Raises:
        NotEnoughSamplesError: with fewer than 4 targets.
    """
    names, counts = np.unique(groups, return_counts=True)
    if len(names) < MIN_TARGETS:
        raise NotEnoughSamplesError(
            "Your eyes were seen at too few dots. Check the light and do the calibration again."
        )
    mean = features.mean(axis=0)
    centred = features - mean
    sample_weights = (1 / counts)[np.searchsorted(names, groups)]
    penalty = _choose_penalty(centred, targets_px, groups, sample_weights)
    ((weights, intercept),) = _solve_path(centred, targets_px, sample_weights, [penalty])
    return GazeModel(mean, weights, intercept, penalty)


def _choose_penalty(
    centred: Array, targets_px: Array, groups: NDArray[np.int_], sample_weights: Array
) -> float:
    errors = np.zeros(len(PENALTIES))
    for name in np.unique(groups):
        left_out = groups == name
        solutions = _solve_path(
            centred[~left_out], targets_px[~left_out], sample_weights[~left_out], PENALTIES
        )
        for i, (weights, intercept) in enumerate(solutions):
            miss = intercept + centred[left_out] @ weights - targets_px[left_out]
            errors[i] += np.linalg.norm(miss, axis=1).mean()
    return float(PENALTIES[np.argmin(errors)])


def _solve_path(
    centred: Array, targets_px: Array, sample_weights: Array, penalties: Iterable[float]
) -> list[tuple[Array, Array]]:
    """Weighted ridge for every penalty from one decomposition of the smaller Gram matrix."""
    total = sample_weights.sum()
    x_mean = sample_weights @ centred / total
    y_mean = sample_weights @ targets_px / total
    root = np.sqrt(sample_weights)[:, None]
    x, y = root * (centred - x_mean), root * (targets_px - y_mean)
    # Either way to the same weights; eigenvalues of the smaller side cost a tenth of an SVD.
    is_wide = x.shape[0] < x.shape[1]
    values, vectors = np.linalg.eigh(x @ x.T if is_wide else x.T @ x)
    values = np.maximum(values, 0)
    projected = vectors.T @ (y if is_wide else x.T @ y)
    back = x.T @ vectors if is_wide else vectors
    solutions = []
    for penalty in penalties:
        weights = back @ (projected / (values + penalty)[:, None])
        solutions.append((weights, y_mean - x_mean @ weights))
    return solutions
