"""One target and what was seen while somebody looked at it."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from calibration.geometry import Array

NS = 1_000_000_000
MIN_VALID_SAMPLES = 8
# Frames a twentieth of a second apart show the same eye twice: a second of looking is worth this
# many independent stills (simulated people: between 2.5 and 25 makes no difference).
STILLS_PER_S = 5.0
# Samples further from their target's median than this many median distances are not of the eyes
# looking at it: blinks, glances, landmark slips.
OUTLIER_RATIO = 3.0


class Use(StrEnum):
    """What a target is looked at for. The value is stored: never rename it."""

    FIT = "fit"  # the map is fitted to it, the head being still
    HEAD = "head"  # likewise, the head moving
    VALIDATE = "validate"  # held out: the map is judged on it


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Samples of eyes that look at a target, in the order of time."""

    features: Array  # (m, d)
    moment: NDArray[np.int_]  # (m,), which second of the look, all 0 while the head is still
    worth: Array  # (m,), independent stills


@dataclass(slots=True)
class Look:
    """One target and what was seen while it was looked at."""

    number: int
    place_px: Array
    use: Use
    shown_ns: int | None = None
    settled_ns: int = 0  # from when on samples count
    end_ns: int = 0  # of the last sample that counts
    samples: list[tuple[int, Array | None]] = field(default_factory=list)  # features, or no eyes

    def reset(self) -> None:
        """Forget what was seen."""
        self.shown_ns = None
        self.samples.clear()

    @property
    def valid_samples(self) -> int:
        """How many samples have eyes in them."""
        return sum(features is not None for _, features in self.samples)

    @property
    def is_seen(self) -> bool:
        """Whether enough was seen to use it."""
        return len(self.kept.features) >= MIN_VALID_SAMPLES

    @property
    def kept(self) -> Kept:
        """The samples of eyes that look at the target."""
        t_ns = np.array([t for t, features in self.samples if features is not None], np.int64)
        features = np.array([features for _, features in self.samples if features is not None])
        if not len(t_ns):
            return Kept(np.empty((0, 0)), np.empty(0, np.int_), np.empty(0))
        moment = np.zeros(len(t_ns), np.int_)
        if self.use is Use.HEAD:
            # As the head moves on, each second is another look at the same place.
            moment = ((t_ns - t_ns[0]) // NS).astype(np.int_)
        is_kept = np.concatenate([_agrees(features[moment == m]) for m in np.unique(moment)])
        stills = max(1.0, STILLS_PER_S * float(t_ns[-1] - t_ns[0]) / NS)
        worth = np.full(len(t_ns), min(1.0, stills / len(t_ns)))
        return Kept(features[is_kept], moment[is_kept], worth[is_kept])


def _agrees(samples: Array) -> NDArray[np.bool_]:
    """Which samples are near their median, in features scaled by their spread, shape (m,)."""
    if len(samples) < MIN_VALID_SAMPLES:
        return np.ones(len(samples), np.bool_)
    centred = samples - np.median(samples, axis=0)
    spread = np.median(np.abs(centred), axis=0)
    distance = np.linalg.norm(centred / np.where(spread > 0, spread, 1.0), axis=1)
    return np.asarray(distance <= OUTLIER_RATIO * np.median(distance))
