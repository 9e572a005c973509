"""From landmarks and picture to the numbers gaze is estimated from.

Geometry: where the irises and lids are in the head's own frame. They are laid onto a plane of it
through MediaPipe's pose matrix, which is fitted to 33 rigid points of the face, so that neither a
moved nor a turned head moves them; eye corners, the usual anchor, follow 37-48% of an iris' shift.

Pictures of both eyes, rolled upright and shrunk to 6 x 10, tell of the eyes what landmarks miss.
Each is divided by the light around it before it is standardised: histogram equalisation, the usual
choice, throws away what tells gaze (16 clicks, two people: 147 and 232 px so, 171 and 241 px
equalised; `python -m tests.benchmarks.gaze_ablation`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.landmarks import Array, FaceLandmarks
from tracker_app.gaze.opencv import cv2

FEATURE_VERSION = 2
PATCH_SOURCE = (24, 48)  # rows, columns of an eye picture before shrinking
PATCH = (6, 10)
LIGHT_SD = 12.0  # pixels of an eye picture over which light is taken to be even
IRIS_MM = 11.7  # horizontal iris diameter of adults, nearly the same in all
FACE_MM = (140.0, 170.0)  # width and height of `OUTLINE` in adults, about
FIELD_OF_VIEW_DEG = 60.0  # assumed across the frame; webcams have 55 to 78
MATRIX_VIEW_DEG = 63.0  # vertical, what MediaPipe assumes when it fits the pose matrix
EYE_PLANE_MM = 40.0  # of the irises, before the origin of the head's frame


# MediaPipe's numbers of landmarks; the participant's right eye, left in the picture, comes first.
OUTER_CORNERS, INNER_CORNERS = [33, 263], [133, 362]
UPPER_LIDS, LOWER_LIDS = [159, 386], [145, 374]
IRISES = [468, 473]
RIGHT_RIMS, LEFT_RIMS = [469, 474], [471, 476]
# fmt: off
OUTLINE = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]
# fmt: on
OPEN_LID_RATIO = 0.30  # lid distance over eye width of a wide open eye

GEOMETRY_UNITS = {
    "right_iris_x": "mm",  # in the head's frame, to the participant's left
    "right_iris_y": "mm",  # up
    "left_iris_x": "mm",
    "left_iris_y": "mm",
    "right_lid_gap": "mm",  # between the middles of the lids
    "left_lid_gap": "mm",
    "head_yaw": "rad",  # as `head_angles`
    "head_pitch": "rad",
    "head_roll": "rad",
    "head_x": "mm",  # in the camera's frame: to the right of the picture, up, out of the scene
    "head_y": "mm",
    "head_z": "mm",
}
GEOMETRY_NAMES = tuple(GEOMETRY_UNITS)
PATCH_NAMES = tuple(
    f"{eye}_patch_{row}_{column}"  # light, in standard deviations of its picture
    for eye in ("right", "left")
    for row in range(PATCH[0])
    for column in range(PATCH[1])
)
FEATURE_NAMES = PATCH_NAMES + GEOMETRY_NAMES
_TURN = [FEATURE_NAMES.index(name) for name in ("head_yaw", "head_pitch")]


@dataclass(frozen=True, slots=True)
class FaceState:
    """The face in one frame, in units people know."""

    yaw_deg: float  # to the participant's left positive
    pitch_deg: float  # down positive
    roll_deg: float
    head_x_mm: float  # in the camera's frame
    head_y_mm: float
    distance_mm: float  # from the size of the irises
    openness: float  # of the eyes, 0 to 1
    brightness: float  # of the face, 0 to 1
    outline: Array  # (36, 2), fractions of the frame
    eyes_area: Array  # (2, 2), corners of a rectangle about both eyes, fractions of the frame


def describe_face(face: FaceLandmarks, image: Image) -> FaceState:
    """Head pose, distance, lids and light of a face in its BGR frame."""
    height, width = image.shape[:2]
    pixels = face.points[:, :2] * (width, height)
    yaw, pitch, roll = head_angles(face.matrix)
    return FaceState(
        yaw_deg=float(np.degrees(yaw)),
        pitch_deg=float(np.degrees(pitch)),
        roll_deg=float(np.degrees(roll)),
        head_x_mm=float(face.matrix[0, 3] * 10),
        head_y_mm=float(face.matrix[1, 3] * 10),
        distance_mm=_distance_mm(pixels, width),
        openness=_openness(pixels),
        brightness=_brightness(pixels, image),
        outline=face.points[OUTLINE, :2],
        eyes_area=_eyes_area(pixels) / (width, height),
    )


def _eyes_area(pixels: Array) -> Array:
    """Corners of a rectangle about both eyes, four times as wide as high."""
    corners = pixels[OUTER_CORNERS]
    margin = float(np.linalg.norm(corners[1] - corners[0])) * np.array([0.25, 0.1875])
    middle = corners.mean(axis=0)
    half = np.abs(corners[1] - corners[0])[0] / 2 * np.array([1.0, 0.0]) + margin
    return np.array([middle - half, middle + half])


def head_angles(matrix: Array) -> tuple[float, float, float]:
    """Yaw, pitch and roll in radians from the facial transformation matrix (x right, y up)."""
    return (
        float(np.arctan2(matrix[0, 2], matrix[2, 2])),
        float(-np.arcsin(np.clip(matrix[1, 2], -1, 1))),
        float(np.arctan2(matrix[1, 0], matrix[1, 1])),
    )


def head_turn(features: Array) -> tuple[float, float]:
    """Yaw and pitch in degrees of the head whose features these are, as `Frame` has them."""
    yaw_deg, pitch_deg = np.degrees(features[_TURN])
    return float(yaw_deg), float(pitch_deg)


def extract_features(face: FaceLandmarks, image: Image) -> Array:
    """All features of a face in its BGR frame, shape (132,), named by `FEATURE_NAMES`."""
    height, width = image.shape[:2]
    pixels = face.points[:, :2] * (width, height)
    corners = zip(OUTER_CORNERS, INNER_CORNERS, strict=True)
    patches = np.stack([_eye_picture(image, pixels, pair) for pair in corners])
    return assemble(patches, face, (width, height))


def assemble(patches: NDArray[np.uint8], face: FaceLandmarks, frame_px: tuple[int, int]) -> Array:
    """Features from eye pictures (2, 24, 48) and landmarks; also works on logged data."""
    return np.concatenate([*(_even(patch) for patch in patches), _geometry(face, frame_px)])


def _geometry(face: FaceLandmarks, frame_px: tuple[int, int]) -> Array:
    points = _in_head_mm(face, [*IRISES, *UPPER_LIDS, *LOWER_LIDS], frame_px)
    irises, upper, lower = points[0:2], points[2:4], points[4:6]
    gaps = upper[:, 1] - lower[:, 1]
    return np.concatenate([irises.ravel(), gaps, head_angles(face.matrix), face.matrix[:3, 3] * 10])


def _in_head_mm(face: FaceLandmarks, ids: list[int], frame_px: tuple[int, int]) -> Array:
    """Where rays through landmarks meet the plane of the eyes in the head's frame, (k, 2)."""
    width, height = frame_px
    focal = height / 2 / np.tan(np.radians(MATRIX_VIEW_DEG / 2))
    across = (face.points[ids, :2] - 0.5) * (width, -height) / focal
    rotation, camera = face.matrix[:3, :3], -face.matrix[:3, :3].T @ face.matrix[:3, 3] * 10
    rays = np.column_stack([across, -np.ones(len(ids))]) @ rotation
    reach = (EYE_PLANE_MM - camera[2]) / rays[:, 2]
    return np.asarray(camera[:2] + reach[:, None] * rays[:, :2])


def _openness(pixels: Array) -> float:
    """Lid distance over eye width, over that of a wide open eye, 0 to 1."""
    gaps = np.hypot(*(pixels[UPPER_LIDS] - pixels[LOWER_LIDS]).T)
    widths = np.hypot(*(pixels[OUTER_CORNERS] - pixels[INNER_CORNERS]).T)
    return float(np.clip((gaps / np.maximum(widths, 1e-9)).mean() / OPEN_LID_RATIO, 0, 1))


def _distance_mm(pixels: Array, frame_width: int) -> float:
    diameters = np.hypot(*(pixels[RIGHT_RIMS] - pixels[LEFT_RIMS]).T)
    focal_px = frame_width / 2 / np.tan(np.radians(FIELD_OF_VIEW_DEG / 2))
    return float(focal_px * IRIS_MM / max(float(diameters.mean()), 1e-3))


def head_size(distance_mm: float, frame_px: tuple[int, int]) -> tuple[float, float]:
    """Width and height of the outline of a face at a distance, in fractions of the frame."""
    width, height = frame_px
    across_mm = 2 * distance_mm * np.tan(np.radians(FIELD_OF_VIEW_DEG / 2))
    return float(FACE_MM[0] / across_mm), float(FACE_MM[1] / across_mm * width / height)


def _brightness(pixels: Array, image: Image) -> float:
    height, width = image.shape[:2]
    left, top = np.clip(pixels.min(axis=0), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(pixels.max(axis=0), (left + 1, top + 1), (width, height)).astype(int)
    return float(image[top:bottom:4, left:right:4].mean() / 255)


def _eye_picture(image: Image, pixels: Array, corners: tuple[int, int]) -> NDArray[np.uint8]:
    """The eye in grey, upright and scaled so that its corners lie at fixed places, (24, 48)."""
    rows, columns = PATCH_SOURCE
    left, right = sorted((pixels[i] for i in corners), key=lambda p: float(p[0]))
    centre, along = (left + right) / 2, right - left
    length = max(float(np.linalg.norm(along)), 1e-3)
    scale = columns / (1.5 * length)
    cos, sin = along / length * scale
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    turn[:, 2] = np.array([columns / 2, rows / 2]) - turn[:, :2] @ centre
    # At the frame's edge its last pixels go on: a black bar would look like a lid.
    picture = cv2.warpAffine(image, turn, (columns, rows), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _even(patch: NDArray[np.uint8]) -> Array:
    """An eye picture without the light that falls on it: shrunk and standardised, (60,)."""
    grey = patch.astype(np.float32)
    light = cv2.GaussianBlur(grey, (0, 0), LIGHT_SD)
    small = cv2.resize(grey / np.maximum(light, 1), PATCH[::-1], interpolation=cv2.INTER_AREA)
    values = small.astype(np.float64).ravel()
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-3))
