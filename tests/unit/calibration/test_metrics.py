import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import metrics
from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Screen

SCREEN = Screen(0, 0, 1280, 800, pitch_mm=0.25, distance_mm=600)
LENGTHS = st.floats(0, 5000)
TARGET = np.array([100.0, 100.0])


def test_a_length_seen_from_its_own_half_distance_spans_a_right_angle() -> None:
    length_px = 2 * SCREEN.distance_mm / SCREEN.pitch_mm
    assert SCREEN.to_degrees(length_px) == pytest.approx(90)


def test_one_degree_at_57_cm_is_one_centimetre() -> None:
    screen = Screen(0, 0, 1000, 1000, pitch_mm=1, distance_mm=572.96)
    assert screen.to_pixels(1.0) == pytest.approx(10, abs=0.01)


@given(LENGTHS)
def test_pixels_survive_a_trip_through_degrees(length_px: float) -> None:
    assert SCREEN.to_pixels(SCREEN.to_degrees(length_px)) == pytest.approx(length_px, abs=1e-6)


@given(LENGTHS, LENGTHS)
def test_a_longer_stretch_is_never_a_smaller_angle(a_px: float, b_px: float) -> None:
    small, large = sorted((a_px, b_px))
    assert SCREEN.to_degrees(small) <= SCREEN.to_degrees(large)


def test_fractions_are_placed_on_a_screen_that_does_not_begin_at_zero() -> None:
    screen = Screen(-1920, 100, 1920, 1080)
    corners = screen.place(np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]]))
    assert corners.tolist() == [[-1920, 100], [-960, 640], [0, 1180]]


def test_accuracy_is_the_mean_of_the_offsets_not_the_offset_of_the_mean() -> None:
    gaze = TARGET + np.array([[30.0, 0.0], [-30.0, 0.0]])
    assert metrics.accuracy_px(gaze, TARGET) == 30
    assert metrics.accuracy_deg(gaze, TARGET, SCREEN) == pytest.approx(
        math.degrees(2 * math.atan(30 * 0.25 / 2 / 600))
    )


def test_lost_samples_count_as_loss_and_not_as_error() -> None:
    gaze = np.array([[103.0, 104.0], [np.nan, np.nan], [103.0, 104.0], [np.nan, 1.0]])
    assert metrics.accuracy_px(gaze, TARGET) == 5
    assert metrics.data_loss(gaze) == 0.5
    assert metrics.data_loss(np.empty((0, 2))) == 1


def test_accuracy_of_nothing_is_an_error_a_person_can_read() -> None:
    with pytest.raises(NotEnoughSamplesError, match="Look at it again"):
        metrics.accuracy_px(np.full((3, 2), np.nan), TARGET)


def test_precision_of_alternating_gaze_follows_the_closed_forms() -> None:
    gaze = TARGET + np.array([[5.0, 0.0], [-5.0, 0.0]] * 500)
    rms, sd = metrics.precision_rms_deg(gaze, SCREEN), metrics.precision_sd_deg(gaze, SCREEN)
    assert rms == pytest.approx(float(SCREEN.to_degrees(10.0)))
    assert sd == pytest.approx(float(SCREEN.to_degrees(5.0)), rel=1e-3)


def test_for_white_noise_rms_is_root_two_times_the_standard_deviation() -> None:
    noise = TARGET + 8 * np.random.default_rng(0).standard_normal((20_000, 2))
    rms, sd = metrics.precision_rms_deg(noise, SCREEN), metrics.precision_sd_deg(noise, SCREEN)
    assert rms is not None
    assert sd is not None
    assert rms / sd == pytest.approx(math.sqrt(2), rel=0.02)


def test_samples_around_a_lost_one_are_not_successive() -> None:
    gaze = np.array([[0.0, 0.0], [np.nan, np.nan], [500.0, 0.0]])
    assert metrics.precision_rms_deg(gaze, SCREEN) is None


def test_bcea_holds_68_percent_of_a_normal_cloud() -> None:
    cloud = np.random.default_rng(1).standard_normal((50_000, 2)) * (10, 4)
    area = metrics.bcea_px2(cloud)
    assert area == pytest.approx(2 * 1.14 * math.pi * 10 * 4, rel=0.02)
    inside = (np.square(cloud / (10, 4)).sum(axis=1) <= 2 * metrics.BCEA_K).mean()
    assert inside == pytest.approx(0.68, abs=0.01)


@given(st.floats(-math.pi, math.pi))
def test_bcea_does_not_depend_on_the_direction_of_the_cloud(angle: float) -> None:
    cloud = np.random.default_rng(2).standard_normal((50, 2)) * (10, 4)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    assert metrics.bcea_px2(cloud @ turn) == pytest.approx(metrics.bcea_px2(cloud))
