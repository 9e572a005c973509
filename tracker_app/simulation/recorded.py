"""The eyes of somebody who was recorded, in place of a playing participant's.

For the point looked at now, the frames whose recorded target lies nearest are shown in turn:
different looks at nearly the same point, so samples of one look differ as real ones do. The error
of this stand-in is theirs, and the distance from the point to their targets comes on top.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tracker_app.errors import ManifestError
from tracker_app.gaze.landmarks import Array, FaceLandmarks
from tracker_app.gaze.stills import Stills, load_stills

NEAREST = 4  # frames that take turns; their targets lie within 80 px of 272 spread over a window


class RecordedEyes:
    """Features of a recorded person who looked nearly where the eyes look now."""

    def __init__(
        self,
        look: Callable[[], tuple[float, float] | None],
        screen_px: tuple[float, float, float, float],
        frames: Stills,
    ) -> None:
        """Prepare the eyes.

        Args:
            look: where they look, physical pixels; None is the middle of the screen.
            screen_px: x, y, width, height of the screen, which stands for the recorded window.
            frames: the recording; each frame has a face.
        """
        self._look = look
        self._origin, self._size = np.array(screen_px[:2]), np.array(screen_px[2:])
        self._target_px, self._window_px = frames.target_px, frames.window_px
        self._features = frames.features()
        self._turn = 0

    def features(self, t_ns: int, face: FaceLandmarks, frame_px: tuple[int, int]) -> Array:
        """Features of the next of the nearest frames; nothing is taken from the real face."""
        look = np.array(self._look() or self._origin + self._size / 2)
        at_px = (look - self._origin) / self._size * self._window_px
        away_px = np.hypot(*(self._target_px - at_px).T)
        nearest = np.argsort(away_px, kind="stable")[:NEAREST]
        self._turn += 1
        return np.asarray(self._features[nearest[self._turn % len(nearest)]])

    def ask_turn(self, yaw_deg: float, pitch_deg: float) -> None:
        """Nothing: what is recorded cannot be asked."""


def read_recording(path: Path) -> Stills:
    """The frames with a face in an .npz file as `gaze.stills` describes it.

    Raises:
        ManifestError: if there is no such frame, or the file is laid out otherwise.
    """
    frames = load_stills(path)
    frames = frames.at(frames.has_face)
    if not len(frames.session):
        raise ManifestError(f"{path} has no frame with a face. Name another.")
    return frames
