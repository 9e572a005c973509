"""A calibration attempt as a state machine: time and samples come in, targets and a result out.

It never waits, draws or reads a clock, so it runs the same live, in tests and on logged data.
Each target is shown for a settling time, whose samples are ignored because the eyes are still
under way, and then for a collecting time, which is extended while too few samples are valid.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration import metrics
from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array, Screen
from calibration.regression import GazeModel, Prior, fit
from calibration.targets import calibration_targets, validation_targets

NS = 1_000_000_000
MIN_VALID_SAMPLES = 8
# How long a target waits for eyes before the routine goes on without it, in collecting times.
PATIENCE = 3.0
# Frames a twentieth of a second apart show the same eye twice: a second of looking is worth this
# many independent stills (simulated people: between 2.5 and 25 makes no difference).
STILLS_PER_S = 5.0
# Samples further from their target's median than this many median distances are not of the eyes
# looking at it: blinks, glances, landmark slips.
OUTLIER_RATIO = 3.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a target is shown, in seconds."""

    settle_s: float = 0.6
    collect_s: float = 1.0


@dataclass(frozen=True, slots=True)
class View:
    """What is to be shown now."""

    phase: Literal["calibrate", "validate", "done"]
    target_px: tuple[float, float] | None
    progress: float  # of this target, 0 to 1
    number: int  # of this target, from 0, over both phases
    total: int


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


@dataclass(slots=True)
class _Target:
    number: int
    place_px: Array
    is_validation: bool
    shown_ns: int | None = None
    end_ns: int = 0
    samples: list[tuple[int, Array | None]] = field(default_factory=list)

    def reset(self) -> None:
        self.shown_ns = None
        self.samples.clear()

    @property
    def valid(self) -> list[Array]:
        return [features for _, features in self.samples if features is not None]

    @property
    def kept(self) -> Array:
        return _without_outliers(self.valid)

    @property
    def is_seen(self) -> bool:
        return len(self.kept) >= MIN_VALID_SAMPLES

    @property
    def worth(self) -> Array:
        """How many independent stills each kept sample is worth, by how long they took."""
        times = [t_ns for t_ns, features in self.samples if features is not None]
        stills = STILLS_PER_S * (times[-1] - times[0]) / NS
        return np.full(len(self.kept), min(1.0, max(1.0, stills) / len(times)))


class Routine:
    """One attempt: 9 calibration targets, then 4 held-out ones, each in random order."""

    def __init__(
        self, screen: Screen, prior: Prior, *, seed: int, timing: Timing | None = None
    ) -> None:
        """Prepare an attempt.

        Args:
            screen: where the targets stand and how pixels become degrees.
            prior: what is known of gaze from such features before calibrating.
            seed: of the order of targets.
            timing: how long each is shown.
        """
        self.screen = screen
        self._prior = prior
        self._timing = timing or Timing()
        fitted = screen.place(calibration_targets(seed))
        held_out = screen.place(validation_targets(seed))
        self._targets = [
            _Target(number, place, number >= len(fitted))
            for number, place in enumerate(np.vstack([fitted, held_out]))
        ]
        self._waiting = deque(self._targets)

    def step(self, t_ns: int) -> View:
        """Move on as far as time `t_ns` asks for, and say what to show."""
        target = self._waiting[0] if self._waiting else None
        if target is not None and target.shown_ns is None:
            target.shown_ns = t_ns
        if target is not None and self._is_finished(target, t_ns):
            target.end_ns = t_ns
            self._waiting.popleft()
            return self.step(t_ns)
        if target is None or target.shown_ns is None:
            return View("done", None, 1.0, len(self._targets), len(self._targets))
        x_px, y_px = target.place_px
        return View(
            "validate" if target.is_validation else "calibrate",
            (float(x_px), float(y_px)),
            min(1.0, (t_ns - target.shown_ns) / self._full_ns),
            target.number,
            len(self._targets),
        )

    def add(self, t_ns: int, features: Array | None) -> None:
        """Take in one camera frame of time `t_ns`; `features` (d,), or None without eyes."""
        if not self._waiting:
            return
        target = self._waiting[0]
        shown_ns = target.shown_ns
        if shown_ns is not None and t_ns >= shown_ns + round(self._timing.settle_s * NS):
            target.samples.append((t_ns, features))

    def redo(self, numbers: Sequence[int]) -> None:
        """Show these targets again and forget what was seen at them."""
        again = set(numbers) | {target.number for target in self._waiting}
        for number in numbers:
            self._targets[number].reset()
        self._waiting = deque(target for target in self._targets if target.number in again)

    def result(self) -> CalibrationOutcome:
        """Fit to the calibration targets and judge on the held-out ones.

        Raises:
            NotEnoughSamplesError: if the eyes were seen at too few targets.
        """
        model = self._measure(self._fit())
        results, gaze = [], []
        for target in self._targets:
            points = _points(target, model)
            results.append(self._describe(target, points))
            if target.is_validation and results[-1].accuracy_px is not None:
                gaze.append(points)
        judged = [r for r in results if r.accuracy_px is not None]
        lost = metrics.data_loss(np.vstack([_points(t, model) for t in self._targets]))
        return CalibrationOutcome(
            model=model,
            screen=self.screen,
            targets=tuple(results),
            accuracy_px=_mean([r.accuracy_px for r in judged]),
            accuracy_deg=_mean([r.accuracy_deg for r in judged]),
            precision_rms_deg=_mean([metrics.precision_rms_deg(g, self.screen) for g in gaze]),
            precision_sd_deg=_mean([metrics.precision_sd_deg(g, self.screen) for g in gaze]),
            data_loss=lost,
        )

    @property
    def _full_ns(self) -> int:
        return round((self._timing.settle_s + self._timing.collect_s) * NS)

    def _is_finished(self, target: _Target, t_ns: int) -> bool:
        if target.shown_ns is None or t_ns < target.shown_ns + self._full_ns:
            return False
        waited_ns = t_ns - target.shown_ns - round(self._timing.settle_s * NS)
        has_enough = len(target.valid) >= MIN_VALID_SAMPLES
        return has_enough or waited_ns >= PATIENCE * self._timing.collect_s * NS

    def _fit(self) -> GazeModel:
        fitted = [t for t in self._targets if not t.is_validation and t.is_seen]
        if not fitted:
            raise NotEnoughSamplesError(
                "Your eyes were not seen. Check the light and do the calibration again."
            )
        worth = np.concatenate([target.worth for target in fitted])
        return fit(*_looks(fitted), self.screen, self._prior, worth)

    def _measure(self, model: GazeModel) -> GazeModel:
        judged = [t for t in self._targets if t.is_validation and t.is_seen]
        return model.measured(*_looks(judged)) if judged else model

    def _describe(self, target: _Target, points: Array) -> TargetResult:
        is_judged = target.is_validation and len(target.valid) >= MIN_VALID_SAMPLES
        return TargetResult(
            number=target.number,
            is_validation=target.is_validation,
            x_px=float(target.place_px[0]),
            y_px=float(target.place_px[1]),
            begin_ns=target.shown_ns or 0,
            end_ns=target.end_ns,
            samples=len(target.samples),
            valid_samples=len(target.valid),
            accuracy_px=metrics.accuracy_px(points, target.place_px) if is_judged else None,
            accuracy_deg=(
                metrics.accuracy_deg(points, target.place_px, self.screen) if is_judged else None
            ),
            precision_rms_deg=(
                metrics.precision_rms_deg(points, self.screen) if is_judged else None
            ),
        )


def _points(target: _Target, model: GazeModel) -> Array:
    """Predicted gaze of every sample of a target, shape (n, 2); NaN where the eyes were lost."""
    points = np.full((len(target.samples), 2), np.nan)
    for i, (_, features) in enumerate(target.samples):
        if features is not None:
            points[i] = model.predict(features)
    return points


def _looks(targets: Sequence[_Target]) -> tuple[Array, Array, NDArray[np.int_]]:
    """Features, places and target numbers of every sample kept at some targets."""
    kept = [target.kept for target in targets]
    places = [np.tile(t.place_px, (len(k), 1)) for t, k in zip(targets, kept, strict=True)]
    numbers = [np.full(len(k), t.number) for t, k in zip(targets, kept, strict=True)]
    return np.vstack(kept), np.vstack(places), np.concatenate(numbers)


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
