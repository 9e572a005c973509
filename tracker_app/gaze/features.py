"""From landmarks and picture to the numbers gaze is estimated from.

Small pictures of both eyes (rolled upright, equalised, shrunk to 6 x 10) survive a changed head
better than landmarks alone; geometry adds to them. Irises are measured from the bridge of the
nose, a rigid point: eye corners follow 37-48% of an iris' shift.

Every feature is in units of its usual spread, so that one ridge penalty suits them all and a head
that kept still during calibration does not count for more than it can tell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.landmarks import Array, FaceLandmarks
from tracker_app.gaze.opencv import cv2

FEATURE_VERSION = 1
PATCH_SOURCE = (24, 48)  # rows, columns of an eye picture before shrinking
PATCH = (6, 10)
IRIS_MM = 11.7  # horizontal iris diameter of adults, nearly the same in all
FIELD_OF_VIEW_DEG = 60.0  # assumed across the frame; webcams have 55 to 78


# Below stand MediaPipe's numbers of landmarks.
@dataclass(frozen=True, slots=True)
class _Eye:
    corners: tuple[int, int]
    lids: tuple[int, int]  # upper, lower
    iris: int
    rim: tuple[int, int]  # left and right end of the iris


EYES = (
    _Eye(corners=(33, 133), lids=(159, 145), iris=468, rim=(469, 471)),
    _Eye(corners=(362, 263), lids=(386, 374), iris=473, rim=(474, 476)),
)
BRIDGE = 168
TEMPLES = (234, 454)
# fmt: off
OUTLINE = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]
# fmt: on
OPEN_LID_RATIO = 0.30  # lid distance over eye width of a wide open eye
BLINK_OPENNESS = 0.35

# What 1 means in each column. Head: how far people move at a desk. Iris: 12 mm eyeball radius, a
# screen of 30 by 17 degrees, faces 150 mm wide.
GEOMETRY_UNITS = {
    "right_iris_x": 0.02,  # face widths from the bridge of the nose, upright
    "right_iris_y": 0.01,
    "left_iris_x": 0.02,
    "left_iris_y": 0.01,
    "right_lid_gap": 0.05,  # lid distance over eye width
    "left_lid_gap": 0.05,
    "head_yaw": 0.1,  # radians, as `head_angles`
    "head_pitch": 0.1,
    "head_roll": 0.1,
    "head_x": 0.05,  # metres in the camera's frame
    "head_y": 0.05,
    "head_z": 0.05,
}
GEOMETRY_NAMES = tuple(GEOMETRY_UNITS)
_UNITS = np.array(list(GEOMETRY_UNITS.values()))
PATCH_NAMES = tuple(
    f"{eye}_patch_{row}_{column}"  # grey, in standard deviations of its picture
    for eye in ("right", "left")
    for row in range(PATCH[0])
    for column in range(PATCH[1])
)
FEATURE_NAMES = PATCH_NAMES + GEOMETRY_NAMES


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

    @property
    def is_blinking(self) -> bool:
        """Whether the lids hide too much of the iris to tell where it looks."""
        return self.openness < BLINK_OPENNESS

    @property
    def confidence(self) -> float:
        """From 0 to 1: lids open and head near the middle of what the model knows well.

        A heuristic of visibility, not a probability; it falls to 0 in a blink and beyond 45
        degrees of yaw or 35 of pitch.
        """
        lids = np.clip((self.openness - BLINK_OPENNESS) / (0.6 - BLINK_OPENNESS), 0, 1)
        yaw = np.clip((45 - abs(self.yaw_deg)) / 25, 0, 1)
        pitch = np.clip((35 - abs(self.pitch_deg)) / 20, 0, 1)
        return float(lids * yaw * pitch)


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
        openness=float(np.clip(np.mean(_lid_gaps(pixels)) / OPEN_LID_RATIO, 0, 1)),
        brightness=_brightness(pixels, image),
        outline=face.points[OUTLINE, :2],
    )


def head_angles(matrix: Array) -> tuple[float, float, float]:
    """Yaw, pitch and roll in radians from the facial transformation matrix (x right, y up)."""
    return (
        float(np.arctan2(matrix[0, 2], matrix[2, 2])),
        float(-np.arcsin(np.clip(matrix[1, 2], -1, 1))),
        float(np.arctan2(matrix[1, 0], matrix[1, 1])),
    )


def extract_features(face: FaceLandmarks, image: Image) -> Array:
    """All features of a face in its BGR frame, shape (132,), named by `FEATURE_NAMES`."""
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    pixels = face.points[:, :2] * (width, height)
    patches = np.stack([_eye_picture(grey, pixels, eye.corners) for eye in EYES])
    return assemble(patches, face, (width, height))


def assemble(patches: NDArray[np.uint8], face: FaceLandmarks, frame_px: tuple[int, int]) -> Array:
    """Features from eye pictures (2, 24, 48) and landmarks; also works on logged data."""
    pixels = face.points[:, :2] * frame_px
    pictures = [_shrink(patch) for patch in patches]
    return np.concatenate([*pictures, _geometry(face, pixels)])


def _geometry(face: FaceLandmarks, pixels: Array) -> Array:
    _, _, roll = head_angles(face.matrix)
    upright = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    width = np.linalg.norm(pixels[TEMPLES[0]] - pixels[TEMPLES[1]])
    irises = [(upright @ (pixels[eye.iris] - pixels[BRIDGE])) / width for eye in EYES]
    translation_m = face.matrix[:3, 3] / 100
    columns = [*irises, _lid_gaps(pixels), head_angles(face.matrix), translation_m]
    return np.asarray(np.concatenate(columns) / _UNITS)


def _lid_gaps(pixels: Array) -> Array:
    gaps = []
    for eye in EYES:
        outer, inner = (pixels[i] for i in eye.corners)
        upper, lower = (pixels[i] for i in eye.lids)
        gaps.append(np.linalg.norm(upper - lower) / max(float(np.linalg.norm(outer - inner)), 1e-9))
    return np.array(gaps)


def _distance_mm(pixels: Array, frame_width: int) -> float:
    diameters = [np.linalg.norm(pixels[e.rim[0]] - pixels[e.rim[1]]) for e in EYES]
    focal_px = frame_width / 2 / np.tan(np.radians(FIELD_OF_VIEW_DEG / 2))
    return float(focal_px * IRIS_MM / max(float(np.mean(diameters)), 1e-3))


def _brightness(pixels: Array, image: Image) -> float:
    height, width = image.shape[:2]
    left, top = np.clip(pixels.min(axis=0), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(pixels.max(axis=0), (left + 1, top + 1), (width, height)).astype(int)
    return float(image[top:bottom:4, left:right:4].mean() / 255)


def _eye_picture(grey: NDArray[np.uint8], pixels: Array, corners: tuple[int, int]) -> Image:
    """The eye turned upright and scaled so that its corners lie at fixed places, (24, 48)."""
    rows, columns = PATCH_SOURCE
    left, right = sorted((pixels[i] for i in corners), key=lambda p: float(p[0]))
    centre, along = (left + right) / 2, right - left
    length = max(float(np.linalg.norm(along)), 1e-3)
    scale = columns / (1.5 * length)
    cos, sin = along / length * scale
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    turn[:, 2] = np.array([columns / 2, rows / 2]) - turn[:, :2] @ centre
    picture = cv2.warpAffine(grey, turn, (columns, rows), flags=cv2.INTER_LINEAR)
    return np.asarray(picture, dtype=np.uint8)


def _shrink(patch: NDArray[np.uint8]) -> Array:
    """Equalise and shrink an eye picture; standardise what is left."""
    even = cv2.equalizeHist(np.ascontiguousarray(patch, dtype=np.uint8))
    small = cv2.resize(even, PATCH[::-1], interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    return np.asarray((small - small.mean()) / max(float(small.std()), 1.0))
