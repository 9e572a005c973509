"""Features and regressors of other webcam trackers, rebuilt on the same landmarks and pictures.

Rebuilt from their published descriptions and sources, to compare on equal input; in still-image
mode and with aligned eyes, which is kind to them. WebGazer: Papoutsaki et al. (2016), two eye
pictures of 6 x 10 equalised pixels, ridge 1e-5. EyeTrax 0.4: landmarks about the eyes and nine of
the face in a frame of the face, scaled by the distance of the outer eye corners, with three
angles; standardised, ridge 1.
"""

import numpy as np
from numpy.typing import NDArray

from calibration.geometry import Array
from tracker_app.gaze.opencv import cv2
from tracker_app.gaze.stills import Stills

OUTER, TOP = (33, 263), 10
FACE = (4, 10, 151, 9, 152, 234, 454, 58, 288)
NEAR_EYES = 75  # landmarks of each eye


def webgazer_features(stills: Stills) -> Array:
    """Shape (n, 120)."""
    return np.array([_equalised(pictures) for pictures in stills.eye_pictures])


def _equalised(pictures: NDArray[np.uint8]) -> Array:
    small = [
        cv2.resize(cv2.equalizeHist(p), (10, 6), interpolation=cv2.INTER_AREA) for p in pictures
    ]
    return np.concatenate([p.astype(np.float64).ravel() for p in small])


def eyetrax_features(stills: Stills) -> Array:
    """Shape (n, about 480)."""
    points = stills.landmarks
    usual = points.mean(axis=0)
    near = [
        np.argsort(np.linalg.norm(usual[:, :2] - usual[iris, :2], axis=1))[:NEAR_EYES]
        for iris in (468, 473)
    ]
    chosen = np.concatenate([*near, FACE])
    return np.array([_in_face(face, chosen) for face in points])


def _in_face(face: Array, chosen: NDArray[np.int_]) -> Array:
    middle = (face[OUTER[0]] + face[OUTER[1]]) / 2
    x = _unit(face[OUTER[1]] - face[OUTER[0]])
    up = _unit(face[TOP] - middle)
    y = _unit(up - (up @ x) * x)
    axes = np.column_stack([x, y, np.cross(x, y)])
    inside = (face - middle) @ axes / np.linalg.norm(face[OUTER[1]] - face[OUTER[0]])
    angles = (
        np.arctan2(axes[1, 0], axes[0, 0]),
        np.arctan2(-axes[2, 0], np.hypot(axes[2, 1], axes[2, 2])),
        np.arctan2(axes[2, 1], axes[2, 2]),
    )
    return np.concatenate([inside[chosen].ravel(), angles])


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))


def ridge(
    features: Array, targets: Array, train: NDArray[np.bool_], penalty: float, *, standardise: bool
) -> Array:
    """Predictions of all rows by ridge regression on some, in its dual form."""
    mean, spread = features[train].mean(axis=0), features[train].std(axis=0)
    x = features - mean
    if standardise:
        x = x / np.where(spread > 0, spread, 1)
    middle = targets[train].mean(axis=0)
    gram = x[train] @ x[train].T + penalty * np.eye(int(train.sum()))
    return np.asarray(middle + x @ x[train].T @ np.linalg.solve(gram, targets[train] - middle))
