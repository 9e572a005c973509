"""What happens before the camera: its frames changed so that the face model really sees it.

Times are seconds since the first frame, by the frames' own stamps. The second face is a smaller
copy of the picture's middle, where a participant sits, at its left edge: half as large is the
smallest that the face model finds in every frame of the portrait and of two webcam videos.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tracker_app.gaze.camera_frame import Camera, CameraDescription, CapturedFrame, Image
from tracker_app.gaze.opencv import cv2
from tracker_app.simulation.desk import DARK_ROOM

# From, until, and again after so many seconds. Company is there when the set-up looks for it.
LEAVING_S = (4.0, 7.0, 30.0)
COMPANY_S = (0.0, 6.0, 20.0)
Scene = Callable[[float, Image], Image]


class Stage:
    """A camera before which scenes are played."""

    def __init__(self, camera: Camera, scenes: Sequence[Scene]) -> None:
        """Play before a camera, which is closed with the stage.

        Args:
            camera: an open camera.
            scenes: each changes what the one before leaves, given the seconds since the first
                frame; none changes the frame it is given.
        """
        self._camera = camera
        self._scenes = scenes
        self._began_ns: int | None = None

    @property
    def description(self) -> CameraDescription:
        """What was opened."""
        return self._camera.description

    def read(self, timeout_s: float) -> CapturedFrame | None:
        """See `Camera.read`."""
        frame = self._camera.read(timeout_s)
        if frame is None:
            return None
        self._began_ns = frame.t_ns if self._began_ns is None else self._began_ns
        image, t_s = frame.image, (frame.t_ns - self._began_ns) / 1e9
        for scene in self._scenes:
            image = scene(t_s, image)
        return replace(frame, image=image)

    def close(self) -> None:
        """Release the camera."""
        self._camera.close()


def leaves(t_s: float, image: Image) -> Image:
    """The participant is gone for a while: a background without shapes."""
    if not _is_within(t_s, LEAVING_S):
        return image
    few = cv2.resize(image, (4, 3), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, image.shape[1::-1]), np.uint8)


def company(t_s: float, image: Image) -> Image:
    """Somebody else is in the picture for a while."""
    if not _is_within(t_s, COMPANY_S):
        return image
    width = image.shape[1]
    middle = image[:, width // 4 : width - width // 4]
    other = cv2.resize(middle, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    together, top = image.copy(), (len(image) - len(other)) // 2
    together[top : top + len(other), : other.shape[1]] = other
    return together


class Dark:
    """A dark room: little of the light, and the sensor's noise."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._noise = np.zeros((0, 0, 3), np.int16)

    def __call__(self, _t_s: float, image: Image) -> Image:
        """The picture as it is there."""
        if self._noise.shape != image.shape:
            self._noise = self._random.normal(0, DARK_ROOM.noise_grey, image.shape).astype(np.int16)
        # New noise takes 30 ms at 720p; the same one shifted anywhere takes one.
        by = self._random.integers(image.shape[:2])
        dim = cv2.convertScaleAbs(image, alpha=DARK_ROOM.light)
        return np.asarray(cv2.add(dim, np.roll(self._noise, by, (0, 1)), dtype=cv2.CV_8U), np.uint8)


def _is_within(t_s: float, stretch: tuple[float, float, float]) -> bool:
    begin_s, end_s, period_s = stretch
    return begin_s <= t_s % period_s < end_s
