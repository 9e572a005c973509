from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from calibration import regression
from calibration.errors import DegenerateTargetsError, NotEnoughSamplesError
from calibration.geometry import Array, Screen
from calibration.regression import (
    EXPECTED_LOOKS,
    EXPECTED_RATIO,
    LATER_RATIO,
    LEFT_OUT_LOOKS,
    GazeModel,
    Prior,
    fit,
)

SCREEN = Screen(100, 50, 1280, 800)
SIZE = np.array([1280.0, 800.0])
MIDDLE = np.array([740.0, 450.0])
GRID = SCREEN.place(np.array([[x, y] for y in (0.1, 0.5, 0.9) for x in (0.1, 0.5, 0.9)]))
LOOKS = np.arange(len(GRID))
NOISE = 0.03
Numbers = NDArray[np.int_]


def _prior(features: int, doubt: float, noise: float = NOISE) -> Prior:
    """Nothing known but how large weights are."""
    return Prior(
        mean=np.zeros((features, 2)),
        doubt=np.full((features, 2), doubt),
        flips=np.zeros(features, dtype=np.bool_),
        lasting=np.zeros(features),
        noises=(noise,),
    )


def _person(seed: int, features: int = 20) -> Array:
    """How the features of a simulated person depend on where they look, shape (2, d)."""
    return np.random.default_rng(seed).standard_normal((2, features))


def _look(person: Array, targets_px: Array, noise: float, seed: int) -> Array:
    random = np.random.default_rng(seed)
    shares = (targets_px - MIDDLE) / SIZE
    features = shares @ person
    return np.asarray(features + noise * random.standard_normal(features.shape))


def _calibrated(noise: float = 0.1, each: int = 5, seed: int = 0) -> tuple[GazeModel, Array]:
    person = _person(seed)
    targets, looks = np.repeat(GRID, each, axis=0), np.repeat(LOOKS, each)
    features = _look(person, targets, noise, seed + 1)
    return fit(features, targets, looks, SCREEN, _prior(20, 0.3)), person


def _without_reweighting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Student's t with endless degrees of freedom is the normal distribution."""
    monkeypatch.setattr(regression, "FREEDOM", 1e12)


# --- the map ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_linear_map_without_noise_is_recovered(seed: int) -> None:
    random = np.random.default_rng(seed)
    weights, features = random.normal(0, 0.2, (5, 2)), random.standard_normal((30, 5))
    targets = MIDDLE + (0.1 + features @ weights) * SIZE
    model = fit(features, targets, np.arange(30), SCREEN, _prior(5, 1, noise=1e-4))
    assert model.weights == pytest.approx(weights * SIZE, abs=0.01)
    elsewhere = 3 * random.standard_normal((50, 5))
    expected = MIDDLE + (0.1 + elsewhere @ weights) * SIZE
    assert np.abs(model.predict(elsewhere) - expected).max() < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_error_on_new_places_is_close_to_the_best_possible(seed: int) -> None:
    noise, person = 0.5, _person(seed, 40)
    targets, looks = np.repeat(GRID, 25, axis=0), np.repeat(LOOKS, 25)
    features = _look(person, targets, noise, seed + 1)
    model = fit(features, targets, looks, SCREEN, _prior(40, 1 / np.sqrt(40), noise=0.1))
    elsewhere = SCREEN.place(np.random.default_rng(seed).uniform(0.1, 0.9, (500, 2)))
    error = model.predict(_look(person, elsewhere, noise, seed + 99)) - elsewhere
    # The least-squares bound of someone who knows the person's map and only meets the noise.
    bound = noise * np.sqrt(np.diag(np.linalg.inv(person @ person.T))) * SIZE
    assert (error.std(axis=0) < 1.35 * bound).all()


class Textbook:
    """Bayesian linear regression as a Gaussian process with a linear kernel, in screen shares.

    Rasmussen and Williams (2006), eqs. 2.11 and 2.12: it inverts a matrix over samples where
    `fit` inverts one over features.
    """

    def __init__(self, features: Array, targets_px: Array, worth: Array, prior: Prior) -> None:
        self.prior, self.worth = prior, worth
        centre = worth @ features / worth.sum()
        self.design = np.column_stack([np.ones(len(features)), features - centre])
        self.places = (targets_px - MIDDLE) / SIZE
        self.lasting = np.diag(np.concatenate([[0], prior.lasting]) ** 2)

    def posterior(
        self, axis: int, rows: NDArray[np.bool_] | slice = slice(None)
    ) -> tuple[Array, Array]:
        """Mean and covariance of intercept and weights along an axis, given some samples."""
        x, y = self.design[rows], self.places[rows, axis]
        mean = np.concatenate([[0], self.prior.mean[:, axis]])
        doubt = np.diag(np.concatenate([[self.prior.place_doubt], self.prior.doubt[:, axis]]) ** 2)
        kernel = x @ doubt @ x.T + np.diag(self.prior.noises[0] ** 2 / self.worth[rows])
        gain = doubt @ x.T @ np.linalg.inv(kernel)
        return mean + gain @ (y - x @ mean), doubt - gain @ x @ doubt + self.lasting

    def left_out(self, axis: int, row: int, looks: Numbers) -> tuple[float, float]:
        """Error and expected variance of a sample after a refit without its look."""
        mean, doubt = self.posterior(axis, looks != looks[row])
        x = self.design[row]
        error = self.places[row, axis] - x @ mean
        return float(error), float(x @ doubt @ x + self.prior.noises[0] ** 2)


def _arbitrary(seed: int) -> tuple[Array, Array, Numbers, Array, Prior]:
    """Features, targets, looks, worth and a prior without any symmetry."""
    random = np.random.default_rng(seed)
    count, features = 27, 12
    prior = Prior(
        mean=random.normal(0, 0.1, (features, 2)),
        doubt=random.uniform(0.01, 0.3, (features, 2)),
        flips=np.zeros(features, dtype=np.bool_),
        lasting=random.uniform(0, 0.05, features),
        noises=(0.04,),
    )
    return (
        random.standard_normal((count, features)),
        SCREEN.place(random.uniform(0, 1, (count, 2))),
        random.permutation(np.repeat(LOOKS, 3)),
        random.uniform(0.1, 1, count),
        prior,
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_is_bayesian_linear_regression(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _without_reweighting(monkeypatch)
    features, targets, looks, worth, prior = _arbitrary(seed)
    model = fit(features, targets, looks, SCREEN, prior, worth)
    textbook = Textbook(features, targets, worth, prior)
    for axis in (0, 1):
        mean, doubt = textbook.posterior(axis)
        assert model.intercept[axis] == pytest.approx(MIDDLE[axis] + mean[0] * SIZE[axis])
        assert model.weights[:, axis] == pytest.approx(mean[1:] * SIZE[axis], rel=1e-6, abs=1e-6)
        assert model.doubt[axis] == pytest.approx(doubt * SIZE[axis] ** 2, rel=1e-6, abs=1e-6)
    assert model.noise_px == pytest.approx(0.04 * SIZE)


@pytest.mark.parametrize("seed", range(3))
def test_errors_are_those_of_refits_without_each_look(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_reweighting(monkeypatch)
    features, targets, looks, worth, prior = _arbitrary(seed)
    model = fit(features, targets, looks, SCREEN, prior, worth)
    textbook = Textbook(features, targets, worth, prior)
    errors = np.empty((len(looks), 2, 2))
    for row, axis in np.ndindex(len(looks), 2):
        errors[row, axis] = textbook.left_out(axis, row, looks)
    by_look = np.array([errors[looks == look] for look in LOOKS])  # (9, 3, axis, 2)
    squares = (by_look[..., 0] ** 2 / by_look[..., 1]).mean(axis=1).sum(axis=0)
    total = EXPECTED_LOOKS + len(LOOKS)
    expected = LATER_RATIO * (EXPECTED_LOOKS * EXPECTED_RATIO + squares) / total
    assert model.ratio == pytest.approx(expected)
    x, y = by_look[..., 0].mean(axis=1).T
    correlation = (x @ y) / np.sqrt((x @ x) * (y @ y)) * len(LOOKS) / total
    assert model.correlation == pytest.approx(correlation)


def test_the_same_samples_give_the_same_model_to_the_last_bit() -> None:
    a, b = _calibrated()[0], _calibrated()[0]
    assert (a.weights == b.weights).all()
    assert (a.doubt == b.doubt).all()
    assert (a.ratio == b.ratio).all()


@given(count=st.integers(2, 40), seed=st.integers(0, 100))
def test_a_still_shown_n_times_at_an_nth_of_its_worth_counts_once(count: int, seed: int) -> None:
    features = _look(_person(seed), GRID, 0.1, seed + 1)
    often = np.concatenate([LOOKS, np.repeat(4, count - 1)])
    worth = np.where(often == 4, 1 / count, 1.0)
    a = fit(features, GRID, LOOKS, SCREEN, _prior(20, 0.3))
    b = fit(features[often], GRID[often], often, SCREEN, _prior(20, 0.3), worth)
    assert b.predict(features) == pytest.approx(a.predict(features), abs=1e-6)
    assert b.covariance(features) == pytest.approx(a.covariance(features), rel=1e-6)


@pytest.mark.parametrize("look", [0, 4])
def test_looking_elsewhere_once_moves_the_map_far_less_than_ordinary_regression(
    look: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, targets, looks = _person(1), np.repeat(GRID, 5, axis=0), np.repeat(LOOKS, 5)
    elsewhere = np.where(looks[:, None] == look, GRID[8], targets)
    new = _look(person, GRID, 0.02, 9)

    def moved_px() -> float:
        honest, strayed = (
            fit(_look(person, places, 0.02, 2), targets, looks, SCREEN, _prior(20, 0.3))
            for places in (targets, elsewhere)
        )
        return float(np.linalg.norm(honest.predict(new) - strayed.predict(new), axis=1).mean())

    robust = moved_px()
    _without_reweighting(monkeypatch)
    assert robust < 0.1 * moved_px()


# --- the prior -------------------------------------------------------------------------------


def test_a_feature_that_kept_still_in_calibration_moves_nothing_but_costs_certainty() -> None:
    person, targets, looks = _person(3), np.repeat(GRID, 2, axis=0), np.repeat(LOOKS, 2)
    still = np.hstack([_look(person, targets, 0.3, 4), np.full((len(targets), 1), 7.0)])
    model = fit(still, targets, looks, SCREEN, _prior(21, 0.3))
    moved = still + np.eye(21)[-1]
    assert model.predict(moved) == pytest.approx(model.predict(still))
    grown = model.covariance(moved) - model.covariance(still)
    expected = (0.3 * SIZE) ** 2 * model.ratio
    assert grown[:, 0, 0] == pytest.approx(expected[0])
    assert grown[:, 1, 1] == pytest.approx(expected[1])


def _foreseen(features: int) -> Prior:
    """The first two features are expected to move gaze along x and y; the first is of a side."""
    mean = np.zeros((features, 2))
    mean[0, 0], mean[1, 1] = -0.5, 0.5
    flips = np.arange(features) % 2 == 0
    return replace(_prior(features, 0.2), mean=mean, flips=flips)


@pytest.mark.parametrize("seed", range(5))
def test_a_mirrored_camera_is_noticed_and_predicts_as_well(seed: int) -> None:
    prior = _foreseen(6)
    random = np.random.default_rng(seed)
    features = np.repeat(random.standard_normal((9, 6)), 3, axis=0)
    weights = prior.mean + 0.1 * random.standard_normal((6, 2))
    targets = MIDDLE + (features @ weights) * SIZE
    looks, turned = np.repeat(LOOKS, 3), np.where(prior.flips, -1.0, 1.0)
    straight = fit(features, targets, looks, SCREEN, prior)
    mirrored = fit(features * turned, targets, looks, SCREEN, prior)
    assert (straight.is_mirrored, mirrored.is_mirrored) == (False, True)
    new = random.standard_normal((20, 6))
    assert mirrored.predict(new * turned) == pytest.approx(straight.predict(new))
    assert mirrored.covariance(new * turned) == pytest.approx(straight.covariance(new))


@pytest.mark.parametrize("noise", [0.03, 0.24])
def test_the_evidence_tells_how_noisy_a_persons_eyes_are(noise: float) -> None:
    random = np.random.default_rng(4)
    features = random.standard_normal((40, 3))
    shares = features @ random.normal(0, 0.2, (3, 2)) + random.normal(0, noise, (40, 2))
    prior = replace(_prior(3, 0.2), noises=(0.03, 0.06, 0.12, 0.24))
    model = fit(features, MIDDLE + shares * SIZE, np.arange(40), SCREEN, prior)
    assert model.noise_px == pytest.approx(noise * SIZE)


def test_some_features_keep_their_own_prior() -> None:
    prior = replace(_foreseen(6), lasting=np.arange(6.0))
    some = prior.of(np.array([1, 4]))
    assert (some.mean == prior.mean[[1, 4]]).all()
    assert (some.doubt == prior.doubt[[1, 4]]).all()
    assert some.flips.tolist() == [False, True]
    assert some.lasting.tolist() == [1, 4]


# --- the covariance --------------------------------------------------------------------------


def test_gaze_is_less_certain_the_further_features_leave_the_calibrated_range() -> None:
    model, person = _calibrated()
    random = np.random.default_rng(0)
    # What no look ever showed: across all that calibration saw vary.
    ways = random.standard_normal((20, 20)) - _look(person, GRID[[4]], 0, 1)
    beyond = np.maximum(model.high - model.centre, model.centre - model.low)
    ways *= np.linalg.norm(beyond) / np.linalg.norm(ways, axis=1, keepdims=True)
    variances = [
        np.diagonal(model.covariance(model.centre + step * ways), axis1=1, axis2=2)
        for step in (1.0, 2.0, 4.0, 8.0)
    ]
    for near, far in pairwise(variances):
        assert (far > near).all()
    assert (variances[0] > np.diag(model.covariance(model.centre))).all()


@given(seed=st.integers(0, 50), spread=st.floats(0, 100))
def test_every_covariance_is_symmetric_and_positive(seed: int, spread: float) -> None:
    model, _ = _calibrated(seed=seed, each=1)
    offset = spread * np.random.default_rng(seed).standard_normal((10, 20))
    covariance = model.covariance(model.centre + offset)
    assert covariance.shape == (10, 2, 2)
    assert (covariance == np.swapaxes(covariance, 1, 2)).all()
    assert (np.linalg.eigvalsh(covariance) > 0).all()


def test_errors_are_about_as_large_as_said() -> None:
    """The 95% ellipse of each covariance, over 200 people of 50 new looks each.

    Their maps and noise are drawn as the prior says, but for the ratio expected of its errors.
    """
    prior, inside = _prior(8, 0.2), []
    for seed in range(200):
        random = np.random.default_rng(seed)
        features = random.standard_normal((59, 8))
        unknown = random.normal(0, prior.place_doubt, 2) + features @ random.normal(0, prior.doubt)
        shares = np.sqrt(EXPECTED_RATIO) * (unknown + random.normal(0, NOISE, (59, 2)))
        places = MIDDLE + shares * SIZE
        model = fit(features[:9], places[:9], LOOKS, SCREEN, prior)
        error, covariance = model.predict(features[9:]) - places[9:], model.covariance(features[9:])
        distance = np.einsum("ni,nij,nj->n", error, np.linalg.inv(covariance), error)
        inside.append(distance < 5.99)
    assert 0.8 < np.mean(inside) < 0.98


@pytest.mark.parametrize("size", [0.0, 1.0, 3.0])
def test_held_out_looks_tell_how_large_errors_are_and_leave_the_map_alone(size: float) -> None:
    """Errors of `size` standard deviations at four more looks of seven samples."""
    model, person = _calibrated()
    looks = np.repeat(np.arange(4), 7)
    features = _look(person, GRID[looks], 0.1, 7)
    believed = np.diagonal(model.covariance(features), axis1=1, axis2=2) / model.ratio
    targets = model.predict(features) + size * np.sqrt(believed)
    measured = model.measured(features, targets, looks)
    assert measured.ratio == pytest.approx(
        (LEFT_OUT_LOOKS * model.ratio + 4 * size**2) / (LEFT_OUT_LOOKS + 4)
    )
    assert measured.looks == LEFT_OUT_LOOKS + 4
    assert ((measured.ratio > model.ratio) == (size**2 > model.ratio)).all()
    assert (measured.predict(features) == model.predict(features)).all()


# --- what cannot be fitted -------------------------------------------------------------------


def _fit_to(targets: Array, each: int = 1) -> GazeModel:
    targets, looks = np.repeat(targets, each, axis=0), np.repeat(np.arange(len(targets)), each)
    return fit(_look(_person(1), targets, 0.1, 1), targets, looks, SCREEN, _prior(20, 0.3))


def test_three_looks_are_too_few_and_four_are_not() -> None:
    corners = GRID[[0, 2, 6, 8]]
    with pytest.raises(NotEnoughSamplesError, match="too few dots"):
        _fit_to(corners[:3], each=10)
    assert _fit_to(corners).looks == EXPECTED_LOOKS + 4


@given(
    angle=st.floats(0, np.pi),
    length=st.floats(0, 1),
    at=st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8)),
)
def test_targets_in_one_place_or_on_one_line_are_refused(
    angle: float, length: float, at: tuple[float, float]
) -> None:
    along = np.linspace(-length / 2, length / 2, 9)[:, None]
    shares = np.array(at) + along * (np.cos(angle), np.sin(angle))
    with pytest.raises(DegenerateTargetsError, match="one line"):
        _fit_to(SCREEN.place(shares))


@given(angle=st.floats(0, np.pi))
def test_targets_on_two_lines_are_enough(angle: float) -> None:
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    two_rows = np.array([[x, y] for y in (-0.06, 0.06) for x in (-0.3, 0.0, 0.3)])
    assert np.isfinite(_fit_to(SCREEN.place(0.5 + two_rows @ turn)).weights).all()
