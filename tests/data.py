"""Where the tests' face videos come from."""

import os
from pathlib import Path

import cv2

from tracker_app.capture.portrait import RATE_HZ, SIZE, Portrait

SHARED = Path(__file__).parents[2] / "shared" / "data"
FRAMES_MADE = 500


def real_data() -> Path | None:
    """The folder of real data, where there is one."""
    folders = [SHARED, Path(os.environ.get("TRACKER_TEST_DATA", "/nonexistent"))]
    return next((f for f in folders if (f / "faces").is_dir()), None)


def describe_data() -> str:
    """Which data the tests use, in one line."""
    folder = real_data()
    if folder is None:
        return "Faces: a portrait from scikit-image, warped into a moving video"
    return f"Faces: real videos from {folder.name}/faces"


def make_face_video(path: Path) -> Path:
    """A moving 25 fps video of the portrait."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE_HZ, SIZE)
    portrait = Portrait()
    for number in range(FRAMES_MADE):
        writer.write(portrait.frame(number))
    writer.release()
    return path
