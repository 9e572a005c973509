"""Where the targets of a calibration stand, as fractions of the screen, and their order."""

import numpy as np

from calibration.geometry import Array

EDGE = 0.1
_CORNERS = [[EDGE, EDGE], [1 - EDGE, EDGE], [EDGE, 1 - EDGE], [1 - EDGE, 1 - EDGE]]
_CROSS = [[0.5, EDGE], [EDGE, 0.5], [1 - EDGE, 0.5], [0.5, 1 - EDGE]]
_DIAMOND = [[0.5, 0.3], [0.3, 0.5], [0.7, 0.5], [0.5, 0.7]]
_CENTRE = [[0.5, 0.5]]
LAYOUTS = {
    5: np.array(_CORNERS + _CENTRE),
    9: np.array(_CORNERS + _CENTRE + _CROSS),
    13: np.array(_CORNERS + _CENTRE + _CROSS + _DIAMOND),
}
# One in each quadrant, between centre and edge and on no row or column of any layout: what is
# validated was never fitted.
VALIDATION = np.array([[0.32, 0.28], [0.72, 0.33], [0.27, 0.68], [0.68, 0.74]])
# Where the eyes stay while the head moves: the middle and two places off it, whose lines of sight
# cross the screen.
HEAD = np.array([[0.5, 0.5], [0.15, 0.8], [0.85, 0.2]])


def calibration_targets(points: int, seed: int) -> Array:
    """The 5, 9 or 13 points of a layout, shape (points, 2), in an order drawn from the seed.

    Random order: neither anticipation nor slow drift may line up with position.
    """
    return np.random.default_rng(seed).permutation(LAYOUTS[points])


def validation_targets(seed: int) -> Array:
    """The 4 held-out points, shape (4, 2), in an order drawn from the seed."""
    return np.random.default_rng(seed + 1).permutation(VALIDATION)


def check_targets(seed: int) -> Array:
    """The 5 points on which a saved calibration is judged again, shape (5, 2), in random order."""
    return np.random.default_rng(seed + 2).permutation(np.vstack([VALIDATION, _CENTRE]))
