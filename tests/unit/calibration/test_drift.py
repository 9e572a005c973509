import numpy as np
import pytest

from calibration.drift import MINUTE_NS, DriftFilter
from calibration.geometry import Array, Screen
from calibration.regression import GazeModel
from tests.simulated import calibration_frames, fitted_model, participant
from tracker_app.gaze.estimator import gaze_prior

SEEDS = (3, 5, 6)
OFFSET_PX = np.array([60.0, -45.0])


def screen_of(seed: int) -> Screen:
    return Screen(0, 0, *participant(seed).desk.window_px)


class Sitting:
    """A calibrated person whose gaze has gone off by an offset."""

    def __init__(self, seed: int, offset_px: Array = OFFSET_PX) -> None:
        still = calibration_frames(seed).still
        self._features, self._targets = still.features(), still.target_px - offset_px
        self._looks = still.session
        self.calibrated = fitted_model(seed)
        self.filter = DriftFilter(self.calibrated, screen_of(seed), gaze_prior(), 0)

    def look(self, number: int, minute: float, off_px: Array | float = 0.0) -> bool:
        """A point was clicked, the eyes on a target, or that far from what was clicked."""
        rows = self._looks == number
        place = self._targets[rows][0] + off_px
        return self.filter.learn(
            self._features[rows], place, round(minute * MINUTE_NS), is_shown=False
        ).is_used

    def error_px(self, model: GazeModel) -> float:
        miss = model.predict(self._features) - self._targets
        return float(np.linalg.norm(miss, axis=1).mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_clicks_that_were_looked_at_take_an_offset_away(seed: int) -> None:
    sitting = Sitting(seed)
    for i in range(25):
        sitting.look(i, minute=i / 2)
    before, after = (sitting.error_px(m) for m in (sitting.calibrated, sitting.filter.model))
    assert after < 0.7 * before


@pytest.mark.parametrize("seed", SEEDS)
def test_one_wrong_click_in_three_does_no_harm(seed: int) -> None:
    sitting = Sitting(seed, np.zeros(2))
    random = np.random.default_rng(seed)
    for i in range(25):
        astray = i % 3 == 0
        off = random.choice([-1, 1], 2) * random.uniform(250, 600, 2) if astray else 0.0
        assert sitting.look(i, minute=i / 2, off_px=off) is not astray
    before, after = (sitting.error_px(m) for m in (sitting.calibrated, sitting.filter.model))
    assert after < 1.02 * before


def test_a_click_far_from_the_gaze_changes_nothing() -> None:
    sitting = Sitting(3, np.zeros(2))
    assert not sitting.look(12, minute=0, off_px=np.array([600.0, 300.0]))
    model = sitting.filter.model
    assert (model.weights == sitting.calibrated.weights).all()
    assert (model.intercept == sitting.calibrated.intercept).all()


def test_gaze_becomes_less_certain_with_time_and_more_with_a_point() -> None:
    sitting = Sitting(3, np.zeros(2))
    features = sitting._features[sitting._looks == 12].mean(axis=0)

    def sd() -> float:
        return float(np.sqrt(np.trace(sitting.filter.model.covariance(features))))

    fresh = sd()
    sitting.look(0, minute=15, off_px=np.array([900.0, 900.0]))  # refused, and 15 minutes later
    aged = sd()
    sitting.look(12, minute=15)
    assert aged > fresh
    assert sd() < aged


def test_doubts_stay_covariances_whatever_is_learnt() -> None:
    sitting = Sitting(3)
    for i in range(25):
        sitting.look(i, minute=i)
    for doubt in sitting.filter.model.doubt:
        assert np.allclose(doubt, doubt.T)
        assert np.linalg.eigvalsh(doubt).min() > -1e-6


def test_learning_is_the_same_each_time() -> None:
    models = []
    for _ in range(2):
        sitting = Sitting(5)
        for i in range(10):
            sitting.look(i, minute=i)
        models.append(sitting.filter.model)
    assert (models[0].weights == models[1].weights).all()


def test_a_trusted_point_moves_the_map_as_the_kalman_filter_would() -> None:
    """One feature that never varies: the filter is that of a level seen through noise."""
    one = np.ones((1, 1))
    model = GazeModel(
        centre=one[0], weights=np.zeros((1, 2)), intercept=np.array([500.0, 400.0]),
        doubt=np.stack([np.diag([100.0, 0.0])] * 2), noise_px=np.array([20.0, 20.0]),
        ratio=np.ones(2), looks=9, correlation=0.0, low=one[0], high=one[0], is_mirrored=False,
    )  # fmt: skip
    prior = gaze_prior().of(np.array([0]))
    tracker = DriftFilter(model, Screen(0, 0, 1000, 800), prior, 0)
    learnt = tracker.learn(one, np.array([510.0, 400.0]), 0, is_shown=True)
    gain = 100 / (100 + 20**2 / 4)
    assert learnt.trust > 0.99
    assert tracker.model.intercept[0] - 500 == pytest.approx(gain * 10, rel=0.02)
    assert tracker.model.doubt[0, 0, 0] == pytest.approx(100 * (1 - gain), rel=0.05)
