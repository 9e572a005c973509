"""How a head moves of itself while somebody sits before a screen, and when it is asked to turn.

Everything follows from the times of the frames, so the same person moves alike in every session.

| parameter | value | source |
|---|---|---|
| wandering | 20, 15, 25 mm; 4, 3, 2.5 deg (SD) | as from sitting to sitting, `desk` |
| its periods | 8 to 40 s | slow beside a look, fast beside a calibration |
| leaning, every other minute | 40 mm, 8 deg, reached in 2 s | on one arm, or back |
| lag of a turn asked for | 150 ms | a person who follows a moving guide |
"""

import numpy as np

from tracker_app.gaze.landmarks import Array
from tracker_app.simulation.desk import BETWEEN_DEG, BETWEEN_MM

WAVES = 3
PERIODS_S = (8.0, 40.0)
POSTURE_S, SHIFT_S = 60.0, 2.0
POSTURE_MM, POSTURE_DEG = 40.0, 8.0
LAG_S = 0.15
SD = np.concatenate([BETWEEN_MM, BETWEEN_DEG])


class Restlessness:
    """A head that wanders, and leans another way every other minute."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        random = np.random.default_rng([seed, 3])
        self._hz = 1 / random.uniform(*PERIODS_S, (WAVES, len(SD)))
        self._phases = random.uniform(0, 2 * np.pi, (WAVES, len(SD)))
        self._began_ns: int | None = None

    def at(self, t_ns: int) -> tuple[Array, Array]:
        """How far the head is from its usual place and turn, shape (3,) each: mm, and degrees."""
        self._began_ns = t_ns if self._began_ns is None else self._began_ns
        t_s = (t_ns - self._began_ns) / 1e9
        waves = np.sin(2 * np.pi * self._hz * t_s + self._phases).sum(axis=0)
        away = SD * waves * np.sqrt(2 / WAVES) + self._leaning(t_s)
        return away[:3], away[3:]

    def _leaning(self, t_s: float) -> Array:
        """Shape (6,), mm and degrees."""
        minute, into_s = divmod(t_s, POSTURE_S)
        reached = min(into_s / SHIFT_S, 1.0)
        reached = reached * reached * (3 - 2 * reached)
        before, now = self._posture(int(minute) - 1), self._posture(int(minute))
        return before + reached * (now - before)

    def _posture(self, minute: int) -> Array:
        """The usual one in even minutes; in each odd one the head leans a way of its own."""
        if minute < 0 or minute % 2 == 0:
            return np.zeros(6)
        ways = np.random.default_rng([self._seed, 4, minute]).normal(size=(2, 3))
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        return np.asarray((ways * [[POSTURE_MM], [POSTURE_DEG]]).ravel())


class GuidedTurn:
    """A head that turns as it is asked to, a moment later."""

    def __init__(self) -> None:
        self._asked_deg = (0.0, 0.0)
        self._turned_deg = np.zeros(2)
        self._t_ns: int | None = None

    def ask(self, yaw_deg: float, pitch_deg: float) -> None:
        """Turn this far from straight: to the participant's left, and down. Any thread."""
        self._asked_deg = yaw_deg, pitch_deg

    def at(self, t_ns: int) -> Array:
        """Yaw, pitch and roll beyond the head's own, degrees, shape (3,)."""
        past_s = 0.0 if self._t_ns is None else (t_ns - self._t_ns) / 1e9
        self._t_ns = t_ns
        share = 1 - np.exp(-past_s / LAG_S)
        self._turned_deg = self._turned_deg + share * (self._asked_deg - self._turned_deg)
        return np.append(self._turned_deg, 0.0)
