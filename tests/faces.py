"""Real faces as the face model sees them, and what cameras make of their pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.features import INNER_CORNERS, OUTER_CORNERS
from tracker_app.gaze.landmarks import FaceLandmarker, FaceLandmarks
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.opencv import cv2

FRAMES = 60
FRAME_NS = 40_000_000


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A frame with a real face and what the model makes of it."""

    image: Image
    face: FaceLandmarks


def pictures(path: Path) -> Iterator[Image]:
    """The frames of a video file."""
    video = cv2.VideoCapture(str(path))
    while video.grab():
        yield video.retrieve()[1]
    video.release()


def first_faces(path: Path) -> list[SeenFace]:
    """The faces in the first frames of a video file that has one in each."""
    model = FaceLandmarker(find_face_model())
    seen = []
    for number, image in enumerate(islice(pictures(path), FRAMES)):
        found = model.detect(image, number * FRAME_NS)
        assert len(found) == 1, f"{len(found)} faces in frame {number}"
        seen.append(SeenFace(image, found[0]))
    model.close()
    return seen


def moved(image: Image, degrees: float = 0, scale: float = 1, right_px: float = 0) -> Image:
    """A picture turned counterclockwise and scaled about its middle, then moved."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    turn[0, 2] += right_px
    warped = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def side_by_side(left: Image, right: Image) -> Image:
    """Two pictures in a wide one."""
    return np.ascontiguousarray(np.hstack([left, right]))


def with_glare(seen: SeenFace) -> Image:
    """The picture with everything around the eyes burnt out."""
    height, width = seen.image.shape[:2]
    image = seen.image.copy()
    for pair in zip(OUTER_CORNERS, INNER_CORNERS, strict=True):
        corners = seen.face.points[list(pair), :2] * (width, height)
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        reach = right - left
        rows = slice(max(0, int(top - reach)), int(bottom + reach))
        image[rows, max(0, int(left - reach / 2)) : int(right + reach / 2)] = 255
    return image
