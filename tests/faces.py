"""Real faces as the face model sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.landmarks import FaceLandmarks
from tracker_app.gaze.opencv import cv2


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
