from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.geometry import Screen
from calibration.regression import GazeModel, fit
from tests.simulated import calibration_frames, participant
from tracker_app.gaze.estimator import (
    DISTANCE_MM,
    IRIS_DEPTH_MM,
    NARROWED,
    POSE_UNITS,
    WINDOW_MM,
    estimate,
    gaze_prior,
    geometry_prior,
)
from tracker_app.gaze.features import FEATURE_NAMES, GEOMETRY_NAMES, PATCH_NAMES
from tracker_app.gaze.landmarks import Array

COUNT = len(FEATURE_NAMES)
GAP_MM = 10.0


def _features(**values: float) -> Array:
    """The middle of a calibration, but for some features."""
    features = np.zeros(COUNT)
    features[[FEATURE_NAMES.index(f"{side}_lid_gap") for side in ("right", "left")]] = GAP_MM
    for name, value in values.items():
        features[FEATURE_NAMES.index(name)] = value
    return features


def _model() -> GazeModel:
    """Calibrated with a head that kept still: its movements are in doubt, by 20 px each."""
    doubt = np.zeros((2, COUNT + 1, COUNT + 1))
    for name, unit in POSE_UNITS.items():
        column = FEATURE_NAMES.index(name) + 1
        doubt[:, column, column] = (20 / unit) ** 2
    return GazeModel(
        centre=_features(),
        weights=np.ones((COUNT, 2)),
        intercept=np.array([640.0, 400.0]),
        doubt=doubt,
        noise_px=np.array([30.0, 40.0]),
        ratio=np.array([1.0, 0.5]),
        looks=13.0,
        correlation=0.2,
        low=_features(),
        high=_features(),
        is_mirrored=False,
    )


def _expected_shift(**values: float) -> Array:
    """By how much of the window the prior expects some features to move gaze."""
    prior = gaze_prior()
    return np.asarray(sum(v * prior.mean[FEATURE_NAMES.index(n)] for n, v in values.items()))


def test_eyes_that_turn_are_expected_to_look_as_far_as_geometry_says() -> None:
    """Irises at the end of their arm of 9.9 mm, the window at the end of 570 mm."""
    shift_mm = 0.01 * IRIS_DEPTH_MM
    across, along = 0.01 * DISTANCE_MM / np.array(WINDOW_MM)
    right = _expected_shift(right_iris_x=-shift_mm, left_iris_x=-shift_mm)
    assert right == pytest.approx([across, 0])
    up = _expected_shift(right_iris_y=shift_mm, left_iris_y=shift_mm)
    assert up == pytest.approx([0, -along])


def test_a_head_is_expected_to_look_where_it_turns_and_moves() -> None:
    # To the participant's right, which is the screen's right and the picture's left; and down.
    assert _expected_shift(head_yaw=-0.1)[0] > 0
    assert _expected_shift(head_pitch=0.1)[1] > 0
    assert _expected_shift(head_x=-40.0) == pytest.approx([0.1, 0])
    assert _expected_shift(head_y=24.0) == pytest.approx([0, -0.1])
    assert (_expected_shift(head_z=10, head_roll=0.1, left_lid_gap=1) == 0).all()


def test_the_prior_leaves_nothing_for_certain() -> None:
    prior = gaze_prior()
    assert prior.mean.shape == prior.doubt.shape == (COUNT, 2)
    assert (prior.doubt > 0).all()
    names = np.array(FEATURE_NAMES)
    assert set(names[prior.flips]) == {"right_iris_x", "left_iris_x", "head_x", "head_yaw"}
    assert set(names[prior.lasting > 0]) == set(POSE_UNITS)


def test_the_prior_without_pictures_is_that_of_the_geometry() -> None:
    geometry, whole = geometry_prior(), gaze_prior()
    assert len(geometry.mean) == len(GEOMETRY_NAMES)
    for name in ("mean", "doubt", "flips", "lasting"):
        assert (getattr(geometry, name) == getattr(whole, name)[len(PATCH_NAMES) :]).all()


def test_an_estimate_is_what_the_model_says() -> None:
    model, features = _model(), _features(head_x=12.0, left_iris_x=1.5)
    found, covariance = estimate(model, features), model.covariance(features)
    assert (found.x_px, found.y_px) == pytest.approx(tuple(model.predict(features)))
    assert (found.sd_x_px**2, found.sd_y_px**2) == pytest.approx(tuple(np.diag(covariance)))
    cross = found.correlation * found.sd_x_px * found.sd_y_px
    assert cross == pytest.approx(covariance[0, 1])


@pytest.mark.parametrize("name", POSE_UNITS)
@pytest.mark.parametrize("side", [-1, 1])
def test_a_pose_is_in_range_up_to_a_usual_movement_beyond_the_calibration(
    name: str, side: int
) -> None:
    unit = POSE_UNITS[name]
    model = replace(_model(), low=_features(**{name: -unit}), high=_features(**{name: unit}))
    for share, is_in_range in ((0.0, True), (1.99, True), (2.01, False)):
        found = estimate(model, _features(**{name: side * share * unit}))
        assert found.is_pose_in_range is is_in_range


@given(name=st.sampled_from(list(POSE_UNITS)), near=st.floats(0, 5), further=st.floats(0.1, 5))
def test_confidence_falls_as_the_head_moves_away(name: str, near: float, further: float) -> None:
    unit = POSE_UNITS[name]
    here, there = (
        estimate(_model(), _features(**{name: units * unit})) for units in (near, near + further)
    )
    assert 0 < there.confidence < here.confidence <= 1
    assert there.sd_x_px > here.sd_x_px


@given(share=st.floats(0, 2))
def test_lids_only_cost_certainty_where_they_hide_the_irises(share: float) -> None:
    usual = estimate(_model(), _features())
    found = estimate(_model(), _features(right_lid_gap=share * GAP_MM, left_lid_gap=share * GAP_MM))
    if share >= NARROWED:
        assert found.sd_x_px == pytest.approx(usual.sd_x_px)
        assert found.confidence == pytest.approx(usual.confidence)
    elif share < NARROWED - 0.01:
        assert found.sd_x_px > usual.sd_x_px
        assert found.confidence < usual.confidence


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_hand_over_one_eye_costs_certainty(seed: int) -> None:
    """Its picture goes flat; the landmarks stay where the model believes the eye to be."""
    frames = calibration_frames(seed)
    model = fit(
        frames.points.features(), frames.points.target_px, frames.points.session,
        Screen(0, 0, *participant(seed).desk.window_px), gaze_prior(),
    )  # fmt: skip
    covered = frames.still.eye_pictures.copy()
    random = np.random.default_rng(0)
    covered[:, 0] = random.normal(150, 4, covered[:, 0].shape).astype(np.uint8)
    hidden = replace(frames.still, eye_pictures=covered).features()
    sd = [
        [estimate(model, row).sd_x_px for row in features]
        for features in (frames.still.features(), hidden)
    ]
    assert np.median(sd[1]) > 1.2 * np.median(sd[0])
