"""What gaze needs of a camera. `capture` implements it; recordings and tests can stand in."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]  # (height, width, 3), BGR


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One frame. It lives for a moment in memory and is never stored."""

    number: int  # frames grabbed so far, from 0, dropped ones included
    t_ns: int  # session clock, right after the frame was grabbed
    position_ms: float | None  # the source's own time stamp
    dropped: int  # frames overwritten unread since the one read before
    image: Image


@dataclass(frozen=True, slots=True)
class CameraDescription:
    """A camera as it was opened."""

    source: str
    width_px: int
    height_px: int
    rate_hz: float | None  # as promised by the device or file
    backend: str


class Camera(Protocol):
    """A source of frames that keeps only the newest one."""

    @property
    def description(self) -> CameraDescription:
        """What was opened."""
        ...

    def read(self, timeout_s: float) -> CapturedFrame | None:
        """The newest frame not read yet, or None if none came in time.

        Raises:
            CameraLostError: once no more frames will come.
        """
        ...

    def close(self) -> None:
        """Release the device, so that its light goes out."""
        ...
