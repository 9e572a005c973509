"""What is known of anyone's gaze before calibrating, and an estimate with its uncertainty.

The prior comes from geometry alone: eyes 570 mm before a window of 400 x 240 mm, between a laptop
and a monitor, turn 9.9 mm behind their irises, and MediaPipe reports turns of the head a fifth too
small, since it takes faces for flatter than they are. No person's data is in it. Each weight may
be off by half of that; weights that geometry does not foresee (of a nod on x, say) are expected
to be nil, within a fifth of those it does.
"""

from dataclasses import dataclass

import numpy as np

from calibration.regression import GazeModel, Prior
from tracker_app.gaze.features import FEATURE_NAMES, FEATURE_VERSION, PATCH_NAMES
from tracker_app.gaze.landmarks import Array

ESTIMATOR = f"bayesian linear regression, features {FEATURE_VERSION}"
WINDOW_MM = (400.0, 240.0)
DISTANCE_MM = 570.0
IRIS_DEPTH_MM = 9.9  # from the eye's turning point to the plane of the iris
REPORTED_TURN = 0.8  # share of a turn of the head that MediaPipe reports
DOUBT = 0.5  # of a weight that geometry foresees
CROSS_DOUBT = 0.2  # of one that it does not, as a share of that
PLACE_DOUBT = 2.0  # heads also turn as they move: their place tells less than geometry says
LID_DOUBT = 0.15  # window heights per mm; along x a fifth
PATCH_DOUBT = 0.8  # of all pixels of both eyes together

# Usual movements of a head, and the error, in window widths, after one that calibration did not
# see: landmarks slip as a face turns. Set so that 68% regions hold alike on simulated people who
# keep still and who move.
POSE_UNITS = {
    "head_yaw": 0.1, "head_pitch": 0.1, "head_roll": 0.1,
    "head_x": 30.0, "head_y": 30.0, "head_z": 30.0,
}  # fmt: skip
SLIP = 0.03 / np.sqrt(3)  # of each; a movement has about three
# Counted from the end, where the geometry is: so they hold for geometry alone as well.
_POSE = [FEATURE_NAMES.index(name) - len(FEATURE_NAMES) for name in POSE_UNITS]
_MOVEMENTS = np.array(list(POSE_UNITS.values()))
# What each feature measures, and the axis of the screen along which it moves the gaze.
_FORESEEN: dict[str, tuple[str, int | None]] = {
    "right_iris_x": ("iris", 0),
    "right_iris_y": ("iris", 1),
    "left_iris_x": ("iris", 0),
    "left_iris_y": ("iris", 1),
    "head_yaw": ("turn", 0),
    "head_pitch": ("turn", 1),
    "head_roll": ("turn", None),
    "head_x": ("place", 0),
    "head_y": ("place", 1),
    "head_z": ("place", None),
}
_GEOMETRY = np.arange(len(PATCH_NAMES), len(FEATURE_NAMES))
_GAPS = [
    FEATURE_NAMES.index(name) - len(FEATURE_NAMES) for name in ("right_lid_gap", "left_lid_gap")
]
# With lids this far open, of the usual, a third of the iris is hidden and its place a guess.
NARROWED = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class _Size:
    """How large a kind of weight is, in shares of the window per unit, and its relative doubt."""

    weight: Array  # (2,)
    doubt: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Gaze of one frame."""

    x_px: float
    y_px: float
    sd_x_px: float
    sd_y_px: float
    correlation: float
    confidence: float  # 0 to 1: the smallest error possible over the one to be expected
    is_pose_in_range: bool  # the head is within a usual movement of where calibration saw it


def gaze_prior() -> Prior:
    """The prior for all of `FEATURE_NAMES`."""
    mean, doubt = np.zeros((len(FEATURE_NAMES), 2)), np.zeros((len(FEATURE_NAMES), 2))
    doubt[: len(PATCH_NAMES)] = PATCH_DOUBT / np.sqrt(len(PATCH_NAMES))
    doubt[_GAPS] = LID_DOUBT / np.sqrt(2) * np.array([0.2, 1.0])
    per_rad, per_mm = DISTANCE_MM / np.array(WINDOW_MM), 1 / np.array(WINDOW_MM)
    sizes = {
        "iris": _Size(per_rad / IRIS_DEPTH_MM / 2, np.sqrt(2)),  # two eyes, doubted independently
        "turn": _Size(per_rad / REPORTED_TURN, 1.0),
        "place": _Size(per_mm, PLACE_DOUBT),
    }
    for name, (kind, moves) in _FORESEEN.items():
        column, size = FEATURE_NAMES.index(name), sizes[kind]
        doubt[column] = DOUBT * size.doubt * size.weight
        doubt[column, [axis for axis in (0, 1) if axis != moves]] *= CROSS_DOUBT
        if moves is not None:
            # A screen's right is to a picture's left, and its y grows downwards, as pitch does.
            sign = 1 if name == "head_pitch" else -1
            mean[column, moves] = sign * size.weight[moves]
    flips = np.array([name.endswith(("iris_x", "head_x", "head_yaw")) for name in FEATURE_NAMES])
    lasting = np.zeros(len(FEATURE_NAMES))
    lasting[_POSE] = SLIP / _MOVEMENTS
    return Prior(mean, doubt, flips, lasting)


def geometry_prior() -> Prior:
    """The prior for `GEOMETRY_NAMES` alone, where no eye pictures were kept."""
    return gaze_prior().of(_GEOMETRY)


def estimate(model: GazeModel, features: Array) -> Estimate:
    """Gaze of one frame's features, shape (d,): all of `FEATURE_NAMES`, or the geometry."""
    x_px, y_px = model.predict(features)
    covariance = model.covariance(features) * _narrowed(model, features)
    sd = np.sqrt(np.diag(covariance))
    beyond = np.maximum(model.low - features, features - model.high)[_POSE]
    return Estimate(
        x_px=float(x_px),
        y_px=float(y_px),
        sd_x_px=float(sd[0]),
        sd_y_px=float(sd[1]),
        correlation=model.correlation,
        confidence=float(np.clip(np.linalg.norm(model.least_sd_px) / np.linalg.norm(sd), 0, 1)),
        is_pose_in_range=bool((beyond <= _MOVEMENTS).all()),
    )


def _narrowed(model: GazeModel, features: Array) -> float:
    """How much larger variances are while the lids hide part of the irises."""
    usual = model.centre[_GAPS].mean()
    opened = features[_GAPS].mean() / usual if usual > 0 else 1.0
    return float(1 + np.clip((NARROWED - opened) / 0.3, 0, 3) ** 2)
