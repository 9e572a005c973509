from pathlib import Path

import numpy as np
import pytest

from calibration.errors import CalibrationError, NotEnoughSamplesError
from calibration.geometry import Array
from calibration.profile import load_profile, save_profile
from calibration.regression import GazeModel, fit

GRID = np.array([[x, y] for y in (80.0, 400.0, 720.0) for x in (128.0, 640.0, 1152.0)])
FEATURES = 40


def _person(seed: int) -> Array:
    """How the features of a simulated person depend on where they look, shape (2, d)."""
    return np.random.default_rng(seed).standard_normal((2, FEATURES))


def _look(person: Array, targets_px: Array, noise: float, seed: int) -> Array:
    places = (targets_px - (640, 400)) / (640, 400)
    random = np.random.default_rng(seed)
    return np.asarray(places @ person + noise * random.standard_normal((len(places), FEATURES)))


def _calibrated(noise: float, per_target: int = 25, seed: int = 0) -> tuple[GazeModel, Array]:
    person = _person(seed)
    targets = np.repeat(GRID, per_target, axis=0)
    groups = np.repeat(np.arange(len(GRID)), per_target)
    return fit(_look(person, targets, noise, seed + 1), targets, groups), person


def test_noiseless_linear_eyes_are_recovered_almost_exactly() -> None:
    model, person = _calibrated(noise=0)
    elsewhere = np.array([[300.0, 200.0], [900.0, 600.0]])
    predicted = model.predict(_look(person, elsewhere, 0, 9))
    assert np.abs(predicted - elsewhere).max() < 1


@pytest.mark.parametrize("seed", range(3))
def test_error_on_new_places_is_close_to_the_best_possible(seed: int) -> None:
    noise = 0.5
    model, person = _calibrated(noise, seed=10 * seed)
    elsewhere = np.random.default_rng(seed).uniform((128, 80), (1152, 720), (500, 2))
    error = model.predict(_look(person, elsewhere, noise, seed + 99)) - elsewhere
    # The least-squares bound of someone who knows the person's map and only meets the noise.
    bound = noise * np.sqrt(np.diag(np.linalg.inv(person @ person.T))) * (640, 400)
    assert (error.std(axis=0) < 1.35 * bound).all()


@pytest.mark.parametrize("per_target", [1, 25])
def test_it_is_ridge_regression_whether_samples_or_features_are_more(per_target: int) -> None:
    """The normal equations of Hoerl and Kennard (1970), with an intercept left unpenalised."""
    targets = np.repeat(GRID, per_target, axis=0)
    features = _look(_person(2), targets, 0.5, 3)
    model = fit(features, targets, np.repeat(np.arange(len(GRID)), per_target))
    x, y = features - features.mean(axis=0), targets - targets.mean(axis=0)
    weigh = x.T / per_target
    expected = np.linalg.solve(weigh @ x + model.penalty * np.eye(FEATURES), weigh @ y)
    assert model.weights == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert model.intercept == pytest.approx(targets.mean(axis=0))


def test_a_feature_that_kept_still_in_calibration_does_little_when_it_moves() -> None:
    random = np.random.default_rng(3)
    person = _person(3)
    targets = np.repeat(GRID, 2, axis=0)
    tremor = 0.02 * random.standard_normal((len(targets), 1))
    seen = np.hstack([_look(person, targets, 0.3, 4), tremor])
    model = fit(seen, targets, np.repeat(np.arange(len(GRID)), 2))
    moved = seen.copy()
    moved[:, -1] += 1  # the head moves by as much as heads usually do
    assert np.linalg.norm(model.predict(moved) - model.predict(seen), axis=1).max() < 30


def test_a_target_with_many_samples_counts_no_more_than_the_others() -> None:
    person = _person(5)
    once = _look(person, GRID, 0.5, 6)
    groups = np.arange(len(GRID))
    often = np.concatenate([groups, np.repeat(0, 200)])
    a, b = fit(once, GRID, groups), fit(once[often], GRID[often], often)
    assert a.predict(once) == pytest.approx(b.predict(once), abs=1e-6)


def test_the_same_samples_give_the_same_model_to_the_last_bit() -> None:
    a, b = _calibrated(0.5)[0], _calibrated(0.5)[0]
    assert (a.weights == b.weights).all()
    assert a.penalty == b.penalty


def test_three_targets_are_too_few() -> None:
    with pytest.raises(NotEnoughSamplesError, match="too few dots"):
        fit(np.zeros((30, 2)), np.zeros((30, 2)), np.arange(30) % 3)


def test_a_saved_profile_predicts_exactly_the_same(tmp_path: Path) -> None:
    model, person = _calibrated(0.5)
    path = tmp_path / "profile.json"
    save_profile(model, 1, path)
    loaded = load_profile(path, 1)
    features = _look(person, GRID, 0.5, 8)
    assert (loaded.predict(features) == model.predict(features)).all()


def test_a_profile_of_other_features_is_refused(tmp_path: Path) -> None:
    save_profile(_calibrated(0.5)[0], 1, tmp_path / "profile.json")
    with pytest.raises(CalibrationError, match="of another version"):
        load_profile(tmp_path / "profile.json", 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: text.replace('"intercept": [', '"intercept": [1.0, '),
        lambda text: text.replace('"intercept": [', '"intercept": [NaN, '),
        lambda text: text.replace('"penalty": ', '"penalty": "x", "old": '),
    ],
)
def test_a_damaged_profile_asks_to_calibrate_again(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    path = tmp_path / "profile.json"
    save_profile(_calibrated(0.5)[0], 1, path)
    path.write_text(damage(path.read_text()))
    with pytest.raises(CalibrationError, match="Calibrate again"):
        load_profile(path, 1)


def test_a_missing_profile_asks_to_calibrate_again(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="Calibrate again"):
        load_profile(tmp_path / "none.json", 1)
