"""The eyes of a playing participant, who cannot really look.

The camera, the face and its features are real. What is made up is the part that depends on where
the eyes point: a linear signal of the pointer's place is added to the eye pictures' features. So
calibration, validation and estimation run for real, and every number they give is a simulation.
"""

from collections.abc import Callable

import numpy as np

from tracker_app.gaze.features import PATCH_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.records import SimulatedGaze

LOOK_AT = "mouse pointer"
# Together they make validations of 1.0 to 1.6 degrees on 1280 x 800 pixels, about as good as good
# webcam gaze: whoever uses the demonstration must not come to expect more of real eyes.
GAIN = 1.0
NOISE = 0.3
Point = tuple[float, float]


class SimulatedEyes:
    """Adds `gain * (look - centre) / extent @ mapping + noise` to the eye pictures' features."""

    def __init__(
        self,
        look: Callable[[], Point | None],
        screen_px: tuple[float, float, float, float],
        *,
        seed: int = 1,
        gain: float = GAIN,
        noise: float = NOISE,
    ) -> None:
        """Prepare the eyes.

        Args:
            look: where they look, physical pixels; None leaves the features as they are.
            screen_px: x, y, width, height of the screen.
            seed: of the mapping and the noise.
            gain: strength of the signal, in standard deviations of an eye picture.
            noise: standard deviation of what is added to each feature and frame.
        """
        self._look = look
        self._origin = np.array(screen_px[:2])
        self._extent = np.array(screen_px[2:])
        self._seed, self._gain, self._noise = seed, gain, noise
        self._random = np.random.default_rng(seed)
        self._mapping = self._random.standard_normal((2, len(PATCH_NAMES)))

    def apply(self, features: Array) -> Array:
        """Features of a face that looks where the pointer is, same shape."""
        look = self._look()
        if look is None:
            return features
        place = (np.array(look) - self._origin) / self._extent - 0.5
        signal = self._gain * (place @ self._mapping)
        changed = features.copy()
        changed[: len(PATCH_NAMES)] += signal + self._noise * self._random.standard_normal(
            len(PATCH_NAMES)
        )
        return changed

    def record(self, t_ns: int) -> SimulatedGaze:
        """How these eyes are made."""
        return SimulatedGaze(
            t_ns=t_ns, look_at=LOOK_AT, seed=self._seed, gain=self._gain, noise=self._noise
        )
