"""A calibration attempt as a state machine: time and samples come in, targets and a result out.

It never waits, draws or reads a clock, so it runs the same live, in tests and on logged data.
Each target is shown for a settling time, whose samples are ignored because the eyes are still
under way, and then for a collecting time, which is extended while too few samples are valid.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from calibration.geometry import Array, Screen
from calibration.outcome import NS, CalibrationOutcome, Look, judge
from calibration.regression import Prior
from calibration.targets import calibration_targets, validation_targets

# How long a target waits for eyes before the routine goes on without it, in collecting times.
PATIENCE = 3.0


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
            Look(number, place, number >= len(fitted))
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
            CalibrationError: if the eyes were seen at too few targets.
        """
        return judge(self._targets, self.screen, self._prior)

    @property
    def _full_ns(self) -> int:
        return round((self._timing.settle_s + self._timing.collect_s) * NS)

    def _is_finished(self, target: Look, t_ns: int) -> bool:
        if target.shown_ns is None or t_ns < target.shown_ns + self._full_ns:
            return False
        waited_ns = t_ns - target.shown_ns - round(self._timing.settle_s * NS)
        return target.is_seen or waited_ns >= PATIENCE * self._timing.collect_s * NS
