"""Where calibration and validation targets stand, as fractions of the screen, and their order."""

import numpy as np

from calibration.geometry import Array

EDGE = 0.1
# Between the calibration points and between screen centre and edge, one in each quadrant, on no
# row or column of the grid: what is validated was never fitted.
VALIDATION = np.array([[0.3, 0.28], [0.72, 0.33], [0.27, 0.7], [0.7, 0.74]])


def calibration_targets(seed: int) -> Array:
    """A grid of 9 points, shape (9, 2), in an order drawn from the seed.

    Random order: neither anticipation nor slow drift may line up with position.
    """
    steps = np.array([EDGE, 0.5, 1 - EDGE])
    grid = np.array([[x, y] for y in steps for x in steps])
    return np.random.default_rng(seed).permutation(grid)


def validation_targets(seed: int) -> Array:
    """The 4 held-out points, shape (4, 2), in an order drawn from the seed."""
    return np.random.default_rng(seed + 1).permutation(VALIDATION)
