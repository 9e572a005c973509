"""MediaPipe's face landmarks of one frame, raw.

With one face asked for, MediaPipe smooths the landmarks, which makes a false gaze signal of
1.4 degrees when the head moves; with two it does not, and filtering is left to us.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.opencv import cv2

Array = NDArray[np.float64]
LANDMARKS = 478


@dataclass(frozen=True, slots=True)
class FaceLandmarks:
    """One face."""

    points: Array  # (478, 3), x and y as fractions of the frame, z in units of its width
    matrix: Array  # (4, 4), face to camera: rotation, and translation in cm

    @property
    def width(self) -> float:
        """Of the face, as a share of the frame's."""
        return float(np.ptp(self.points[:, 0]))

    @property
    def middle(self) -> Array:
        """Of the face, shape (2,), fractions of the frame."""
        return np.asarray(self.points[:, :2].mean(axis=0))


class FaceLandmarker:
    """The model, loaded once. Not for use from several threads at a time."""

    def __init__(self, model: Path, *, stills: bool = False) -> None:
        """Load the model.

        Args:
            model: the checked face model.
            stills: pictures are unrelated; otherwise each follows the one before, which is faster.
        """
        import mediapipe as mp  # takes a second, and loads cv2: see `opencv`

        self._mediapipe = mp
        mode = mp.tasks.vision.RunningMode
        options = mp.tasks.vision.FaceLandmarkerOptions(
            base_options=mp.tasks.BaseOptions(model_asset_path=str(model)),
            running_mode=mode.IMAGE if stills else mode.VIDEO,
            num_faces=2,
            output_facial_transformation_matrixes=True,
        )
        self._model = mp.tasks.vision.FaceLandmarker.create_from_options(options)
        self._stills = stills
        self._last_ms = -1

    def detect(self, image: Image, t_ns: int) -> list[FaceLandmarks]:
        """The faces in a BGR frame of time `t_ns`, the largest first; at most two are found."""
        colours = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        rgb = self._mediapipe.Image(self._mediapipe.ImageFormat.SRGB, colours)
        if self._stills:
            result = self._model.detect(rgb)
        else:
            # VIDEO mode insists on stamps that grow.
            self._last_ms = max(self._last_ms + 1, t_ns // 1_000_000)
            result = self._model.detect_for_video(rgb, self._last_ms)
        found = [
            FaceLandmarks(
                np.array([(p.x, p.y, p.z) for p in points], dtype=np.float64),
                np.asarray(matrix, dtype=np.float64),
            )
            for points, matrix in zip(
                result.face_landmarks, result.facial_transformation_matrixes, strict=True
            )
        ]
        return sorted(found, key=lambda face: face.width, reverse=True)

    def close(self) -> None:
        """Free the model."""
        self._model.close()
