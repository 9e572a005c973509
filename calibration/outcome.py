"""The map fitted to what was seen at the targets, and how good it is where it was not fitted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration import metrics
from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array, Screen
from calibration.looks import Look, Use
from calibration.regression import GazeModel, Prior, fit

MAX_MOMENTS = 1000  # of one look


@dataclass(frozen=True, slots=True)
class TargetError:
    """How far off the gaze was at one held-out target; of its samples, in degrees."""

    accuracy_px: float  # mean
    accuracy_deg: float  # mean
    least_deg: float
    most_deg: float
    sd_deg: float | None  # of the distances
    precision_rms_deg: float | None
    precision_sd_deg: float | None
    bcea_deg2: float | None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What was seen at one target; an error only where it was held out."""

    number: int
    use: Use
    x_px: float
    y_px: float
    begin_ns: int  # shown
    settled_ns: int
    end_ns: int
    samples: int
    valid_samples: int
    is_seen: bool  # enough of them agree to use the target
    error: TargetError | None

    @property
    def valid_share(self) -> float:
        """Share of the samples with eyes in them."""
        return self.valid_samples / self.samples if self.samples else 0.0


@dataclass(frozen=True, slots=True)
class CalibrationOutcome:
    """A map and how good it is on the held-out targets; means over targets."""

    model: GazeModel
    screen: Screen
    targets: tuple[TargetResult, ...]
    accuracy_px: float | None
    accuracy_deg: float | None
    accuracy_interval_deg: tuple[float, float] | None  # 95%, over targets
    precision_rms_deg: float | None
    precision_sd_deg: float | None
    bcea_deg2: float | None

    def is_within(self, max_error_deg: float) -> bool:
        """Whether it was validated and is at least this good."""
        return self.accuracy_deg is not None and self.accuracy_deg <= max_error_deg


def calibrate(looks: Sequence[Look], screen: Screen, prior: Prior) -> CalibrationOutcome:
    """Fit to the calibration targets and judge on the held-out ones.

    Args:
        looks: of one attempt.
        screen: where the targets stood.
        prior: what is known of gaze from such features before calibrating.

    Raises:
        CalibrationError: if the eyes were seen at too few targets.
    """
    fitted = [look for look in looks if look.is_seen and look.use is not Use.VALIDATE]
    if not fitted:
        raise NotEnoughSamplesError(
            "Your eyes were not seen. Check the light and do the calibration again."
        )
    worth = np.concatenate([look.kept.worth for look in fitted])
    return judge(looks, screen, fit(*_samples(fitted), screen, prior, worth))


def judge(looks: Sequence[Look], screen: Screen, model: GazeModel) -> CalibrationOutcome:
    """Judge a map on the held-out targets, whatever it was fitted to.

    An outcome without accuracy says that the eyes were seen at none of them.
    """
    held_out = [look for look in looks if look.use is Use.VALIDATE and look.is_seen]
    found = {
        look.number: target_error(_points(look, model), look.place_px, screen) for look in held_out
    }
    errors = list(found.values())
    return CalibrationOutcome(
        model=model.measured(*_samples(held_out)) if held_out else model,
        screen=screen,
        targets=tuple(_describe(look, found.get(look.number)) for look in looks),
        accuracy_px=_mean([e.accuracy_px for e in errors]),
        accuracy_deg=_mean([e.accuracy_deg for e in errors]),
        accuracy_interval_deg=metrics.mean_interval([e.accuracy_deg for e in errors]),
        precision_rms_deg=_mean([e.precision_rms_deg for e in errors]),
        precision_sd_deg=_mean([e.precision_sd_deg for e in errors]),
        bcea_deg2=_mean([e.bcea_deg2 for e in errors]),
    )


def describe(looks: Sequence[Look]) -> tuple[TargetResult, ...]:
    """What was seen at the targets shown in an attempt no map came of."""
    return tuple(_describe(look, None) for look in looks if look.shown_ns is not None)


def targets_to_redo(looks: Sequence[Look], numbers: Sequence[int]) -> list[int]:
    """What is shown again to make an attempt better at some of its targets.

    Of each held-out target the nearest fitted one, as the map needs a new look near it; and all
    held-out ones: where only the worst are measured again, chance alone makes the figure better.
    """
    again = set(numbers) | {look.number for look in looks if look.use is Use.VALIDATE}
    fitted = [look for look in looks if look.use is Use.FIT]
    for number in numbers:
        if looks[number].use is Use.VALIDATE and fitted:
            place = looks[number].place_px
            near = min(fitted, key=lambda f: float(np.linalg.norm(f.place_px - place)))
            again.add(near.number)
    return sorted(again)


def _samples(looks: Sequence[Look]) -> tuple[Array, Array, NDArray[np.int_]]:
    """Features, places, and the number of the look each sample kept belongs to."""
    kept = [look.kept for look in looks]
    places = [
        np.tile(look.place_px, (len(k.moment), 1)) for look, k in zip(looks, kept, strict=True)
    ]
    numbers = [look.number * MAX_MOMENTS + k.moment for look, k in zip(looks, kept, strict=True)]
    return np.vstack([k.features for k in kept]), np.vstack(places), np.concatenate(numbers)


def _describe(look: Look, error: TargetError | None) -> TargetResult:
    return TargetResult(
        number=look.number,
        use=look.use,
        x_px=float(look.place_px[0]),
        y_px=float(look.place_px[1]),
        begin_ns=look.shown_ns or 0,
        settled_ns=look.settled_ns,
        end_ns=look.end_ns,
        samples=len(look.samples),
        valid_samples=look.valid_samples,
        is_seen=look.is_seen,
        error=error,
    )


def target_error(gaze: Array, place_px: Array, screen: Screen) -> TargetError:
    """How far off gaze was while a point was looked at.

    Args:
        gaze: samples, shape (n, 2), physical pixels; NaN where lost.
        place_px: the point, shape (2,).
        screen: turns pixels into degrees.

    Raises:
        NotEnoughSamplesError: if no sample is valid.
    """
    offsets_deg = screen.to_degrees(metrics.offsets_px(gaze, place_px))
    return TargetError(
        accuracy_px=metrics.accuracy_px(gaze, place_px),
        accuracy_deg=metrics.accuracy_deg(gaze, place_px, screen),
        least_deg=float(offsets_deg.min()),
        most_deg=float(offsets_deg.max()),
        sd_deg=float(offsets_deg.std(ddof=1)) if len(offsets_deg) > 1 else None,
        precision_rms_deg=metrics.precision_rms_deg(gaze, screen),
        precision_sd_deg=metrics.precision_sd_deg(gaze, screen),
        bcea_deg2=metrics.bcea_deg2(gaze, screen),
    )


def _points(look: Look, model: GazeModel) -> Array:
    """Predicted gaze of every sample of a look, shape (n, 2); NaN where the eyes were lost."""
    points = np.full((len(look.samples), 2), np.nan)
    for i, (_, features) in enumerate(look.samples):
        if features is not None:
            points[i] = model.predict(features)
    return points


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None
