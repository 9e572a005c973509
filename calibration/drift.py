"""Keeps a calibration good for a session: learns from points that were looked at since.

The weights of the map are followed by a Kalman filter (recursive least squares; Ljung and
Söderström 1983): what was calibrated is believed, but where everything is wanders, as people sink
in their chairs and screens are tilted. Each point looked at moves the weights as far as they are
doubted in that direction: after a turn of the head mostly those of the turn, else the place of
everything. Forgetting weights as well, kernels over pose and place, and more doubt after a move of
the head were tried on simulated sessions and were no better.

Who clicks has often looked away already. A point counts by the probability that it was looked at:
its error against what is expected there, and against that of eyes that are anywhere (probabilistic
data association; Bar-Shalom and Fortmann 1988). So one wrong click in three does no harm, and what
is too unlikely is not used at all.
"""

from dataclasses import dataclass, replace

import numpy as np

from calibration.geometry import Array, Screen
from calibration.regression import GazeModel

MINUTE_NS = 60_000_000_000
# How far everything wanders in a minute, as a share of the screen; between half and twice of it
# simulated sessions end alike.
WANDER_SHARE = 0.008
# Share of points that were not looked at: of those shown for it, and of clicks.
ASTRAY_DOT, ASTRAY_CLICK = 0.03, 0.2
ASTRAY_SD = 0.25  # of the screen: how far away the eyes are then
LEAST_TRUST = 0.5
# A dot is looked at for a second, a second of stills; they share the error of the pointing.
DOT_STILLS = 4.0


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one point did."""

    trust: float  # probability that it was looked at
    is_used: bool


class DriftFilter:
    """A map that follows one person through a session."""

    def __init__(self, model: GazeModel, screen: Screen, t_ns: int) -> None:
        """Begin with a calibration.

        Args:
            model: as calibrated.
            screen: what shares are of.
            t_ns: when it was calibrated.
        """
        self.model = model
        self._size = np.array([screen.width_px, screen.height_px])
        self._t_ns = t_ns

    def learn(
        self, samples: Array, place_px: Array, t_ns: int, *, is_shown: bool, may_use: bool = True
    ) -> Learnt:
        """Take in a point that was looked at, or should have been.

        Args:
            samples: features of the eyes meanwhile, shape (n, d), at least one.
            place_px: the point, shape (2,).
            t_ns: when.
            is_shown: it was shown to be looked at, rather than clicked.
            may_use: False only to hear how far it is to be trusted.
        """
        self._age(t_ns)
        before = self.model
        typical = np.median(samples, axis=0)
        one = np.concatenate([[1.0], typical - before.centre])
        miss = place_px - before.predict(typical)
        noise = before.noise_px**2 / (DOT_STILLS if is_shown else 1.0)
        expected = np.array([one @ doubt @ one for doubt in before.doubt]) + noise
        trust = self._trust(miss, expected * before.ratio, is_shown=is_shown)
        if trust < LEAST_TRUST or not may_use:
            return Learnt(trust, is_used=False)
        gain = np.stack([doubt @ one for doubt in before.doubt]) / expected[:, None]
        step = trust * gain * miss[:, None]
        # Less is doubted by as much as the point is trusted; never more.
        settled = np.maximum(0.0, trust * expected - trust * (1 - trust) * miss**2)
        self.model = replace(
            before,
            intercept=before.intercept + step[:, 0],
            weights=before.weights + step[:, 1:].T,
            doubt=before.doubt - settled[:, None, None] * gain[:, :, None] * gain[:, None, :],
        )
        return Learnt(trust, is_used=True)

    def _age(self, t_ns: int) -> None:
        minutes = max(0.0, (t_ns - self._t_ns) / MINUTE_NS)
        self._t_ns = max(self._t_ns, t_ns)
        doubt = self.model.doubt.copy()
        doubt[:, 0, 0] += minutes * (WANDER_SHARE * self._size) ** 2
        self.model = replace(self.model, doubt=doubt)

    def _trust(self, miss: Array, variance: Array, *, is_shown: bool) -> float:
        astray = ASTRAY_DOT if is_shown else ASTRAY_CLICK
        looked = (1 - astray) * _density(miss, variance)
        away = astray * _density(miss, variance + (ASTRAY_SD * self._size) ** 2)
        return float(looked / (looked + away))


def _density(miss: Array, variance: Array) -> float:
    return float(np.exp(-(miss**2 / variance).sum() / 2) / np.sqrt(variance.prod()))
