"""A moving face for machines without a camera: a portrait that a package ships, gently warped.

Eileen Collins by NASA, in the public domain, from scikit-image. The real face model runs on it;
its eyes look nowhere in particular, so whatever uses it says that it is a simulation.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker_app.errors import CameraUnavailableError
from tracker_app.gaze.camera_frame import CameraDescription
from tracker_app.gaze.opencv import cv2

SIZE = (640, 480)
RATE_HZ = 25.0
PERIOD_FRAMES = 1000
FACE_CENTRE = (222.0, 125.0)  # in the portrait
SCALE = 2.0


class Portrait:
    """Frames of the portrait, its head swaying by a few millimetres and degrees."""

    source = "portrait"
    is_live = False

    def __init__(self) -> None:
        self._picture = _load_portrait()
        self._next = 0

    @property
    def description(self) -> CameraDescription:
        """What a camera would say of itself."""
        return CameraDescription(self.source, *SIZE, RATE_HZ, "portrait")

    def grab(self) -> bool:
        """Go on to the next frame."""
        self._next += 1
        return self._next <= PERIOD_FRAMES

    @property
    def position_ms(self) -> float | None:
        """When the frame is due after the first one."""
        return (self._next - 1) * 1000 / RATE_HZ

    def decode(self) -> NDArray[np.uint8]:
        """The frame's picture."""
        return self.frame(self._next - 1)

    def rewind(self) -> bool:
        """Start again; the sway is periodic, so the head does not jump."""
        self._next = 0
        return True

    def close(self) -> None:
        """Nothing is held."""

    def frame(self, number: int) -> NDArray[np.uint8]:
        """Frame `number`, (480, 640, 3) BGR; the same each time."""
        phase = 2 * math.pi * number / PERIOD_FRAMES
        scale = SCALE * (1 + 0.02 * math.sin(6 * phase))
        turn = cv2.getRotationMatrix2D(FACE_CENTRE, 2.0 * math.sin(8 * phase), scale)
        turn[0, 2] += SIZE[0] / 2 - FACE_CENTRE[0] + 8 * math.sin(5 * phase)
        turn[1, 2] += SIZE[1] / 2 - FACE_CENTRE[1] + 5 * math.sin(7 * phase)
        warped = cv2.warpAffine(self._picture, turn, SIZE, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, dtype=np.uint8)


def _load_portrait() -> Any:
    try:
        from skimage import data
    except ImportError as error:
        raise CameraUnavailableError(
            "The portrait needs the scikit-image package. Install the demo extra, or name a camera."
        ) from error
    return cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
