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


class FaceLandmarker:
    """The model, loaded once. Not for use from several threads at a time."""

    def __init__(self, model: Path) -> None:
        import mediapipe as mp  # takes a second, and loads cv2: see `opencv`

        self._mediapipe = mp
        options = mp.tasks.vision.FaceLandmarkerOptions(
            base_options=mp.tasks.BaseOptions(model_asset_path=str(model)),
            running_mode=mp.tasks.vision.RunningMode.VIDEO,
            num_faces=2,
            output_facial_transformation_matrixes=True,
        )
        self._model = mp.tasks.vision.FaceLandmarker.create_from_options(options)
        self._last_ms = -1

    def detect(self, image: Image, t_ns: int) -> FaceLandmarks | None:
        """The largest face in a BGR frame of time `t_ns`, or None."""
        # VIDEO mode insists on stamps that grow.
        self._last_ms = max(self._last_ms + 1, t_ns // 1_000_000)
        colours = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        rgb = self._mediapipe.Image(self._mediapipe.ImageFormat.SRGB, colours)
        result = self._model.detect_for_video(rgb, self._last_ms)
        faces = [
            np.array([(p.x, p.y, p.z) for p in face], dtype=np.float64)
            for face in result.face_landmarks
        ]
        if not faces:
            return None
        largest = max(range(len(faces)), key=lambda i: float(np.ptp(faces[i][:, 0])))
        matrix = np.asarray(result.facial_transformation_matrixes[largest], dtype=np.float64)
        return FaceLandmarks(faces[largest], matrix)

    def close(self) -> None:
        """Free the model."""
        self._model.close()
