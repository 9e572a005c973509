"""Frames of people who looked at known points: what gaze is judged on.

As an .npz file: `landmarks (n, 478, 3)` as MediaPipe normalises them,
`facial_transformation_matrix (n, 4, 4)`, `eye_patches (n, 2, 24, 48)`, `target_px (n, 2)`,
`session (n,)`, `window_px (2,)` and `frame_px (2,)`, the latter two width before height.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker_app.gaze.landmarks import Array, FaceLandmarks


@dataclass(frozen=True, slots=True, eq=False)
class Stills:
    """Frames of one person, each with the point looked at."""

    landmarks: Array  # (n, 478, 3), fractions of the frame
    matrix: Array  # (n, 4, 4)
    eye_pictures: NDArray[np.uint8]  # (n, 2, 24, 48)
    target_px: Array  # (n, 2), in the window
    session: NDArray[np.int64]  # (n,)
    window_px: Array  # (n, 2)
    frame_px: Array  # (n, 2)

    def __len__(self) -> int:
        return len(self.session)

    def face(self, i: int) -> FaceLandmarks:
        """The face of frame `i`."""
        return FaceLandmarks(self.landmarks[i], self.matrix[i])


def save_stills(stills: Stills, path: Path) -> None:
    """Write the file described above; the sizes of window and frame must not change in it."""
    (window_px,), (frame_px,) = (
        np.unique(sizes, axis=0) for sizes in (stills.window_px, stills.frame_px)
    )
    np.savez_compressed(
        path,
        landmarks=stills.landmarks.astype(np.float32),
        facial_transformation_matrix=stills.matrix.astype(np.float32),
        eye_patches=stills.eye_pictures,
        target_px=stills.target_px.astype(np.float32),
        session=stills.session,
        window_px=window_px.astype(np.int64),
        frame_px=frame_px.astype(np.int64),
    )
