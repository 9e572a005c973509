"""Leads somebody from target to target: time and samples come in, what to show comes out.

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
from calibration.head_movement import Guide, HeadMovement, Turn
from calibration.looks import NS, Look, Use
from calibration.targets import HEAD, calibration_targets, check_targets, validation_targets

# How long a target waits for eyes before the routine goes on without it, in collecting times.
PATIENCE = 3.0
# A head that did not move enough is given this much longer, in seconds.
HEAD_EXTENSION_S = 3.0
LOST_AFTER_NS = 500_000_000


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things are shown, in seconds."""

    settle_s: float = 0.6
    collect_s: float = 1.0
    prepare_s: float = 4.0  # to read what the head is to do
    head_s: float = 4.0  # for each target of the head's movement: one circle


@dataclass(frozen=True, slots=True)
class View:
    """What is to be shown now."""

    phase: Literal["fit", "prepare", "head", "validate", "done"]
    target_px: tuple[float, float] | None = None
    progress: float = 1.0  # of this target, 0 to 1
    number: int = 0  # of this target, from 0, over all phases
    are_eyes_lost: bool = False  # not seen for a while
    guide: Guide | None = None  # where the head is to turn, while it is to move


def calibration_looks(
    screen: Screen, seed: int, *, points: int = 9, moves_head: bool = True
) -> list[Look]:
    """The targets of a calibration: fitted, with the head moving, and held out.

    Args:
        screen: where they stand.
        seed: of their order.
        points: of the layout: 5, 9 or 13.
        moves_head: whether the head is to be moved while three targets are looked at.
    """
    places = [(place, Use.FIT) for place in calibration_targets(points, seed)]
    places += [(place, Use.HEAD) for place in HEAD if moves_head]
    places += [(place, Use.VALIDATE) for place in validation_targets(seed)]
    return _looks(screen, places)


def check_looks(screen: Screen, seed: int) -> list[Look]:
    """The targets on which a saved calibration is judged again."""
    return _looks(screen, [(place, Use.VALIDATE) for place in check_targets(seed)])


def _looks(screen: Screen, places: Sequence[tuple[Array, Use]]) -> list[Look]:
    return [
        Look(number, screen.place(place[None])[0], use)
        for number, (place, use) in enumerate(places)
    ]


class Routine:
    """Targets in their order, each until enough was seen at it."""

    def __init__(self, looks: Sequence[Look], timing: Timing | None = None) -> None:
        """Prepare a routine.

        Args:
            looks: in the order in which they are shown.
            timing: how long each is shown.
        """
        self.looks = tuple(looks)
        self.movement = HeadMovement()
        self._timing = timing or Timing()
        self._waiting = deque(self.looks)
        self._prepared_ns: int | None = None  # when what the head is to do has been read
        self._moving_since_ns = 0
        self._eyes_ns: int | None = None

    def step(self, t_ns: int) -> View:
        """Move on as far as time `t_ns` asks for, and say what to show."""
        if not self._waiting:
            return View("done")
        look = self._waiting[0]
        if look.use is Use.HEAD and look.shown_ns is None and self._is_preparing(t_ns):
            assert self._prepared_ns is not None  # set while preparing
            left = (self._prepared_ns - t_ns) / NS / self._timing.prepare_s
            return View("prepare", progress=1 - left, number=look.number)
        if look.shown_ns is None:
            self._show(look, t_ns)
        if self._is_finished(look, t_ns):
            # Frames grabbed until now may still come, and count no more.
            look.end_ns = look.samples[-1][0] if look.samples else t_ns
            self._waiting.popleft()
            return self.step(t_ns)
        return self._view(look, t_ns)

    def add(self, t_ns: int, features: Array | None, turn: Turn | None = None) -> None:
        """Take in one camera frame.

        Args:
            t_ns: when it was grabbed.
            features: of the eyes, shape (d,); None where none are seen.
            turn: yaw and pitch of the head in degrees; None where it is not seen.
        """
        if features is not None:
            self._eyes_ns = t_ns
        if not self._waiting:
            return
        look = self._waiting[0]
        if look.shown_ns is None or t_ns < look.settled_ns:
            return
        look.samples.append((t_ns, features))
        if turn is not None:
            self.movement.add(turn, is_asked=look.use is Use.HEAD)

    def skip(self) -> None:
        """End a pause for reading."""
        self._prepared_ns = 0

    def break_off(self, t_ns: int) -> None:
        """Leave it at time `t_ns`; what is shown ends there."""
        look = self._waiting[0] if self._waiting else None
        if look is not None and look.shown_ns is not None:
            look.end_ns = t_ns

    def redo(self, numbers: Sequence[int]) -> None:
        """Show these targets again, with those still to come, and forget what was seen at them."""
        again = set(numbers) | {look.number for look in self._waiting}
        for number in again:
            self.looks[number].reset()
        self._waiting = deque(look for look in self.looks if look.number in again)
        self._prepared_ns = None

    def _show(self, look: Look, t_ns: int) -> None:
        look.shown_ns = t_ns
        look.settled_ns = t_ns + round(self._timing.settle_s * NS)
        self._eyes_ns = t_ns
        if look.use is Use.HEAD:
            self._moving_since_ns = look.settled_ns

    def _is_preparing(self, t_ns: int) -> bool:
        if any(other.use is Use.HEAD and other.shown_ns is not None for other in self.looks):
            return False  # it has been read before the first of them
        if self._prepared_ns is None:
            self._prepared_ns = t_ns + round(self._timing.prepare_s * NS)
        return t_ns < self._prepared_ns

    def _collect_ns(self, look: Look) -> int:
        is_moving = look.use is Use.HEAD
        return round((self._timing.head_s if is_moving else self._timing.collect_s) * NS)

    def _is_finished(self, look: Look, t_ns: int) -> bool:
        collected_ns = t_ns - look.settled_ns
        if collected_ns < self._collect_ns(look):
            return False
        if collected_ns >= PATIENCE * self._timing.collect_s * NS + self._collect_ns(look):
            return True
        is_last_move = look.use is Use.HEAD and self._is_last_move(look)
        if is_last_move and not self.movement.is_enough:
            return collected_ns >= self._collect_ns(look) + HEAD_EXTENSION_S * NS
        return look.is_seen

    def _is_last_move(self, look: Look) -> bool:
        return all(o is look or o.use is not Use.HEAD for o in self._waiting)

    def _view(self, look: Look, t_ns: int) -> View:
        assert look.shown_ns is not None  # set when it was shown, as the next is
        assert self._eyes_ns is not None
        full_ns = look.settled_ns - look.shown_ns + self._collect_ns(look)
        guide = None
        if look.use is Use.HEAD:
            circles = max(0.0, (t_ns - self._moving_since_ns) / NS / self._timing.head_s)
            guide = self.movement.guide(circles)
        x_px, y_px = look.place_px
        return View(
            phase=look.use.value,
            target_px=(float(x_px), float(y_px)),
            progress=float(np.clip((t_ns - look.shown_ns) / full_ns, 0, 1)),
            number=look.number,
            are_eyes_lost=t_ns - self._eyes_ns > LOST_AFTER_NS,
            guide=guide,
        )
