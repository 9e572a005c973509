"""What was seen at the targets of a calibration, the map fitted to it, and how good that map is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from calibration import metrics
from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array, Screen
from calibration.regression import GazeModel, Prior, fit

NS = 1_000_000_000
MIN_VALID_SAMPLES = 8
# Frames a twentieth of a second apart show the same eye twice: a second of looking is worth this
# many independent stills (simulated people: between 2.5 and 25 makes no difference).
STILLS_PER_S = 5.0
# Samples further from their target's median than this many median distances are not of the eyes
# looking at it: blinks, glances, landmark slips.
OUTLIER_RATIO = 3.0


@dataclass(slots=True)
class Look:
    """One target and what was seen while it was looked at."""

    number: int
    place_px: Array
    is_validation: bool
    shown_ns: int | None = None
    end_ns: int = 0
    samples: list[tuple[int, Array | None]] = field(default_factory=list)  # features, or no eyes

    def reset(self) -> None:
        """Forget what was seen."""
        self.shown_ns = None
        self.samples.clear()

    @property
    def valid(self) -> list[Array]:
        """Features of the samples with eyes in them."""
        return [features for _, features in self.samples if features is not None]

    @property
    def kept(self) -> Array:
        """Those that are of eyes looking at the target, shape (m, d)."""
        return _without_outliers(self.valid)

    @property
    def is_seen(self) -> bool:
        """Whether enough was seen to use it."""
        return len(self.kept) >= MIN_VALID_SAMPLES

    @property
    def worth(self) -> Array:
        """How many independent stills each kept sample is worth, by how long they took."""
        times = [t_ns for t_ns, features in self.samples if features is not None]
        stills = STILLS_PER_S * (times[-1] - times[0]) / NS
        return np.full(len(self.kept), min(1.0, max(1.0, stills) / len(times)))


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What was seen at one target; errors only where it was a validation target."""

    number: int
    is_validation: bool
    x_px: float
    y_px: float
    begin_ns: int
    end_ns: int
    samples: int
    valid_samples: int
    is_seen: bool  # enough of them agree to use the target
    accuracy_px: float | None
    accuracy_deg: float | None
    precision_rms_deg: float | None


@dataclass(frozen=True, slots=True)
class CalibrationOutcome:
    """A fitted model and how good it is on the held-out targets."""

    model: GazeModel
    screen: Screen
    targets: tuple[TargetResult, ...]
    accuracy_px: float | None
    accuracy_deg: float | None
    precision_rms_deg: float | None
    precision_sd_deg: float | None
    data_loss: float

    def is_within(self, max_error_deg: float) -> bool:
        """Whether it was validated and is at least this good."""
        return self.accuracy_deg is not None and self.accuracy_deg <= max_error_deg


def judge(looks: Sequence[Look], screen: Screen, prior: Prior) -> CalibrationOutcome:
    """Fit to the calibration targets and judge on the held-out ones.

    Args:
        looks: of one attempt.
        screen: where the targets stood.
        prior: what is known of gaze from such features before calibrating.

    Raises:
        CalibrationError: if the eyes were seen at too few targets.
    """
    model = _fit(looks, screen, prior)
    points = [_points(look, model) for look in looks]
    results = [_describe(look, p, screen) for look, p in zip(looks, points, strict=True)]
    judged = [r for r in results if r.accuracy_px is not None]
    gaze = [p for p, r in zip(points, results, strict=True) if r.accuracy_px is not None]
    return CalibrationOutcome(
        model=model,
        screen=screen,
        targets=tuple(results),
        accuracy_px=_mean([r.accuracy_px for r in judged]),
        accuracy_deg=_mean([r.accuracy_deg for r in judged]),
        precision_rms_deg=_mean([metrics.precision_rms_deg(g, screen) for g in gaze]),
        precision_sd_deg=_mean([metrics.precision_sd_deg(g, screen) for g in gaze]),
        data_loss=metrics.data_loss(np.vstack(points)),
    )


def _fit(looks: Sequence[Look], screen: Screen, prior: Prior) -> GazeModel:
    fitted = [look for look in looks if look.is_seen and not look.is_validation]
    held_out = [look for look in looks if look.is_seen and look.is_validation]
    if not fitted:
        raise NotEnoughSamplesError(
            "Your eyes were not seen. Check the light and do the calibration again."
        )
    worth = np.concatenate([look.worth for look in fitted])
    model = fit(*_samples(fitted), screen, prior, worth)
    return model.measured(*_samples(held_out)) if held_out else model


def _samples(looks: Sequence[Look]) -> tuple[Array, Array, NDArray[np.int_]]:
    """Features, places and target numbers of every sample kept."""
    kept = [look.kept for look in looks]
    places = [np.tile(look.place_px, (len(k), 1)) for look, k in zip(looks, kept, strict=True)]
    numbers = [np.full(len(k), look.number) for look, k in zip(looks, kept, strict=True)]
    return np.vstack(kept), np.vstack(places), np.concatenate(numbers)


def _describe(look: Look, points: Array, screen: Screen) -> TargetResult:
    is_judged = look.is_validation and look.is_seen
    place = look.place_px
    return TargetResult(
        number=look.number,
        is_validation=look.is_validation,
        x_px=float(place[0]),
        y_px=float(place[1]),
        begin_ns=look.shown_ns or 0,
        end_ns=look.end_ns,
        samples=len(look.samples),
        valid_samples=len(look.valid),
        is_seen=look.is_seen,
        accuracy_px=metrics.accuracy_px(points, place) if is_judged else None,
        accuracy_deg=metrics.accuracy_deg(points, place, screen) if is_judged else None,
        precision_rms_deg=metrics.precision_rms_deg(points, screen) if is_judged else None,
    )


def _points(look: Look, model: GazeModel) -> Array:
    """Predicted gaze of every sample of a look, shape (n, 2); NaN where the eyes were lost."""
    points = np.full((len(look.samples), 2), np.nan)
    for i, (_, features) in enumerate(look.samples):
        if features is not None:
            points[i] = model.predict(features)
    return points


def _without_outliers(samples: list[Array]) -> Array:
    """Samples near their median in features scaled by their spread, shape (m, d)."""
    stacked = np.array(samples)
    if len(stacked) < MIN_VALID_SAMPLES:
        return stacked
    centred = stacked - np.median(stacked, axis=0)
    spread = np.median(np.abs(centred), axis=0)
    distance = np.linalg.norm(centred / np.where(spread > 0, spread, 1.0), axis=1)
    return np.asarray(stacked[distance <= OUTLIER_RATIO * np.median(distance)])


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None
