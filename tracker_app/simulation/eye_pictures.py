"""Small grey pictures of simulated eyes, cut where the reported landmarks say.

Skin, sclera, iris, pupil, a glint, lashes, the lid's crease, spectacle frames and their glare;
light that falls off to one side; the camera's blur and noise. Enough to ask whether a method
reads eye pictures as well as geometry; not enough to look like anybody.
"""

import numpy as np
from numpy.typing import NDArray

from tracker_app.gaze.features import PATCH_SOURCE
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.opencv import cv2
from tracker_app.simulation.anatomy import EYES, Looks, Person
from tracker_app.simulation.desk import Desk
from tracker_app.simulation.imaging import Seen

ROWS, COLUMNS = PATCH_SOURCE
EYE_COLUMNS = 32.0  # an eye's width in a picture
BLUR_PX = 0.9  # of the camera and its compression, frame pixels
REFOCUSING = 0.15  # relative spread of that blur from frame to frame


def picture_eyes(
    person: Person, desk: Desk, seen: Seen, random: np.random.Generator
) -> NDArray[np.uint8]:
    """Pictures of both eyes, right eye first, shape (n, 2, 24, 48)."""
    pictures = np.empty((len(seen.matrix), 2, ROWS, COLUMNS), np.uint8)
    for eye in range(2):
        u, v, per_column = _eye_coordinates(seen, desk, eye)
        grey = _paint(person.looks, desk.light, seen, eye, u, v)
        for i, picture in enumerate(grey):
            spread = BLUR_PX * random.lognormal(0, REFOCUSING) / per_column[i]
            blurred = desk.room.light * cv2.GaussianBlur(picture, (0, 0), max(float(spread), 0.3))
            noise = random.normal(0, desk.room.noise_grey, blurred.shape)
            pictures[i, eye] = np.clip(blurred + noise, 0, 255).astype(np.uint8)
    return pictures


def _eye_coordinates(seen: Seen, desk: Desk, eye: int) -> tuple[Array, Array, Array]:
    """Where each picture's pixels are on the true eye, in eye widths from its middle, y down.

    Returns:
        u and v, shape (n, 24, 48), and frame pixels per picture column, shape (n,).
    """
    reported_px = seen.landmarks[:, [EYES[eye].outer, EYES[eye].inner], :2] * desk.frame_px
    middle, along = _frame_of(reported_px)
    columns, rows = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    right, down = (columns - COLUMNS / 2) / EYE_COLUMNS, (rows - ROWS / 2) / EYE_COLUMNS
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    at = middle[:, None, None] + (
        right[..., None] * along[:, None, None] + down[..., None] * across[:, None, None]
    )
    u, v = _to_eye(at, seen.corners_px[:, eye])
    return u, v, np.linalg.norm(along, axis=1) / EYE_COLUMNS


def _frame_of(corners_px: Array) -> tuple[Array, Array]:
    """Middle of two corners and the vector from the left to the right one, (n, 2) each."""
    order = np.argsort(corners_px[..., 0], axis=1)[..., None]
    left, right = np.moveaxis(np.take_along_axis(corners_px, order, axis=1), 1, 0)
    return (left + right) / 2, right - left


def _to_eye(at_px: Array, corners_px: Array) -> tuple[Array, Array]:
    middle, along = _frame_of(corners_px)
    shape = (len(at_px), *[1] * (at_px.ndim - 2), 2)
    offset, along = at_px - middle.reshape(shape), along.reshape(shape)
    square = (along**2).sum(axis=-1)
    u = (offset * along).sum(axis=-1) / square
    v = (offset[..., 1] * along[..., 0] - offset[..., 0] * along[..., 1]) / square
    return u, v


def _paint(looks: Looks, light: Array, seen: Seen, eye: int, u: Array, v: Array) -> Array:
    corners = seen.corners_px[:, eye]
    _, lids_v = _to_eye(seen.lids_px[:, eye], corners)
    iris_u, iris_v = _to_eye(seen.irises_px[:, eye, None], corners)
    width = np.linalg.norm(_frame_of(corners)[1], axis=1)
    radius = (seen.iris_radius_px[:, eye] / width)[:, None, None]

    arch = np.clip(1 - (2 * u) ** 2, 0, None)
    upper, lower = (lids_v[:, i, None, None] * arch for i in (0, 1))
    is_open = _edge(v - upper) * _edge(lower - v) * _edge(arch - 0.02)
    away = np.hypot(u - iris_u[..., None], v - iris_v[..., None])

    ball = looks.sclera * (1 - 0.25 * np.exp(-np.clip(v - upper, 0, None) / 0.06))
    ball = _mix(ball, looks.iris, _edge(radius - away))
    ball = _mix(ball, looks.pupil, _edge(0.4 * radius - away))
    glint = np.exp(
        -((u - iris_u[..., None] - 0.04) ** 2 + (v - iris_v[..., None] + 0.05) ** 2) / 8e-4
    )
    skin = looks.skin * (1 - looks.crease * np.exp(-(((v - upper + 0.13) / 0.05) ** 2)))
    grey = _mix(skin, ball + 60 * glint, is_open)
    lash = looks.lashes * np.exp(-(((v - upper + 0.01) / 0.035) ** 2)) * _edge(arch - 0.05)
    frame = looks.glasses * np.exp(-(((v - 0.42) / 0.05) ** 2))
    grey = grey * (1 - lash) * (1 - frame) * np.exp(light[0] * u + light[1] * v)
    tilt = seen.matrix[:, :2, 2][..., None, None]  # where the head points: the glare wanders
    glare = np.exp(-((u - 4 * tilt[:, 0] + 0.1) ** 2 + (v + 4 * tilt[:, 1]) ** 2) / 0.02)
    return np.asarray(grey + looks.glare * glare)


def _edge(distance: Array) -> Array:
    """From 0 outside to 1 inside over a fiftieth of an eye's width."""
    return np.asarray(np.clip(distance / 0.02 + 0.5, 0, 1))


def _mix(below: Array | float, above: Array | float, share: Array) -> Array:
    return np.asarray(below * (1 - share) + above * share)
