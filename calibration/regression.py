"""From eye features to a point on the screen: ridge regression (Hoerl and Kennard 1970).

Features are standardised over the calibration samples. The penalty is chosen by leaving out one
target at a time, never one sample: neighbouring frames are near copies, and leaving out frames
would choose hardly any penalty at all.
"""

from dataclasses import dataclass

import numpy as np

from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array

PENALTIES = np.logspace(-1, 4, 11)
MIN_TARGETS = 4
MIN_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class GazeModel:
    """A fitted linear map. Prediction is `intercept + ((f - mean) / scale) @ weights`."""

    mean: Array  # (d,)
    scale: Array  # (d,)
    weights: Array  # (d, 2), physical pixels per standardised unit
    intercept: Array  # (2,), physical pixels
    penalty: float

    def predict(self, features: Array) -> Array:
        """Points in physical pixels, shape (..., 2), for features of shape (..., d)."""
        return self.intercept + ((features - self.mean) / self.scale) @ self.weights


def fit(features: Array, targets_px: Array, groups: Array) -> GazeModel:
    """Fit a map from features to the targets looked at; deterministic.

    Args:
        features: shape (n, d), finite.
        targets_px: the target of each sample, shape (n, 2), physical pixels.
        groups: which target each sample belongs to, shape (n,); all count alike.

    Raises:
        NotEnoughSamplesError: with fewer than 20 samples or 4 targets.
    """
    names, counts = np.unique(groups, return_counts=True)
    if len(features) < MIN_SAMPLES or len(names) < MIN_TARGETS:
        raise NotEnoughSamplesError(
            "Your eyes were seen at too few dots. Check the light and do the calibration again."
        )
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 1e-9 * (1 + np.abs(mean)), scale, 1.0)
    standard = (features - mean) / scale
    sample_weights = (len(features) / len(names) / counts)[np.searchsorted(names, groups)]
    penalty = _choose_penalty(standard, targets_px, groups, sample_weights)
    weights, intercept = _solve(standard, targets_px, sample_weights, penalty)
    return GazeModel(mean, scale, weights, intercept, penalty)


def _choose_penalty(
    standard: Array, targets_px: Array, groups: Array, sample_weights: Array
) -> float:
    errors = np.zeros(len(PENALTIES))
    for name in np.unique(groups):
        left_out = groups == name
        solutions = _solve_path(
            standard[~left_out], targets_px[~left_out], sample_weights[~left_out]
        )
        for i, (weights, intercept) in enumerate(solutions):
            miss = intercept + standard[left_out] @ weights - targets_px[left_out]
            errors[i] += np.linalg.norm(miss, axis=1).mean()
    return float(PENALTIES[np.argmin(errors)])


def _solve(
    standard: Array, targets_px: Array, sample_weights: Array, penalty: float
) -> tuple[Array, Array]:
    (solution,) = _solve_path(standard, targets_px, sample_weights, np.array([penalty]))
    return solution


def _solve_path(
    standard: Array, targets_px: Array, sample_weights: Array, penalties: Array = PENALTIES
) -> list[tuple[Array, Array]]:
    """Weighted ridge for every penalty from one decomposition of the smaller Gram matrix."""
    total = sample_weights.sum()
    x_mean = sample_weights @ standard / total
    y_mean = sample_weights @ targets_px / total
    root = np.sqrt(sample_weights)[:, None]
    x, y = root * (standard - x_mean), root * (targets_px - y_mean)
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    projected = u.T @ y
    solutions = []
    for penalty in penalties:
        weights = vt.T @ ((s / (s**2 + penalty))[:, None] * projected)
        solutions.append((weights, y_mean - x_mean @ weights))
    return solutions
