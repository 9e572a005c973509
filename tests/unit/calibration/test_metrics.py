import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from calibration import metrics
from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Screen

SCREEN = Screen(0, 0, 1280, 800, pitch_mm=0.25, distance_mm=600)
# 57.3 cm away, where a centimetre is a degree, ten pixels to the millimetre.
FLAT = Screen(0, 0, 5000, 5000, pitch_mm=0.1, distance_mm=10 / math.radians(1))
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


@pytest.mark.parametrize("offset_deg", [0.5, 1.0, 4.0])
def test_gaze_off_by_so_many_degrees_has_that_accuracy(offset_deg: float) -> None:
    gaze = TARGET + np.tile([0.0, float(SCREEN.to_pixels(offset_deg))], (30, 1))
    assert metrics.accuracy_deg(gaze, TARGET, SCREEN) == pytest.approx(offset_deg)


def test_noise_alone_costs_accuracy_as_rayleigh_says() -> None:
    """Distances of a round normal cloud have the mean s sqrt(pi/2); offsets do not cancel out."""
    noise = TARGET + 6 * np.random.default_rng(3).standard_normal((40_000, 2))
    assert metrics.accuracy_px(noise, TARGET) == pytest.approx(6 * math.sqrt(math.pi / 2), rel=0.01)


def test_a_worked_example() -> None:
    """Four samples whose figures are found by hand, in degrees of 100 px."""
    gaze = TARGET + np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 200.0], [0.0, 200.0]])
    root5 = math.sqrt(5)
    assert metrics.accuracy_deg(gaze, TARGET, FLAT) == pytest.approx((3 + root5) / 4, rel=1e-3)
    assert metrics.precision_rms_deg(gaze, FLAT) == pytest.approx(math.sqrt(6 / 3), rel=1e-3)
    assert metrics.precision_sd_deg(gaze, FLAT) == pytest.approx(math.sqrt(5 / 3), rel=1e-3)
    assert metrics.bcea_deg2(gaze, FLAT) == pytest.approx(2 * 1.14 * math.pi * 2 / 3, rel=1e-3)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_data_loss_is_the_share_of_samples_without_a_position(share: float) -> None:
    gaze = np.ones((1000, 2))
    gaze[np.random.default_rng(4).permutation(1000)[: round(share * 1000)]] = np.nan
    assert metrics.data_loss(gaze) == pytest.approx(share)


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


@pytest.mark.parametrize("carried", [0.5, 0.9])
def test_smoothing_shrinks_the_rms_and_not_the_standard_deviation(carried: float) -> None:
    """Samples that keep a share of the one before: RMS-S2S over STD is sqrt(2 (1 - share))."""
    random = np.random.default_rng(5)
    gaze = np.zeros((60_000, 2))
    for i, fresh in enumerate(8 * random.standard_normal((len(gaze) - 1, 2)), start=1):
        gaze[i] = carried * gaze[i - 1] + math.sqrt(1 - carried**2) * fresh
    rms, sd = metrics.precision_rms_deg(gaze, SCREEN), metrics.precision_sd_deg(gaze, SCREEN)
    assert rms is not None
    assert sd is not None
    assert sd == pytest.approx(float(SCREEN.to_degrees(8 * math.sqrt(2))), rel=0.03)
    assert rms / sd == pytest.approx(math.sqrt(2 * (1 - carried)), rel=0.03)


def test_the_standard_deviation_is_of_both_axes_together() -> None:
    gaze = np.random.default_rng(6).standard_normal((50_000, 2)) * (3, 4)
    expected = float(SCREEN.to_degrees(5.0))
    assert metrics.precision_sd_deg(gaze, SCREEN) == pytest.approx(expected, rel=0.01)


def test_samples_around_a_lost_one_are_not_successive() -> None:
    gaze = np.array([[0.0, 0.0], [np.nan, np.nan], [500.0, 0.0]])
    assert metrics.precision_rms_deg(gaze, SCREEN) is None


def test_bcea_holds_68_percent_of_a_normal_cloud() -> None:
    cloud = np.random.default_rng(1).standard_normal((50_000, 2)) * (10, 4)
    area = metrics.bcea_px2(cloud)
    assert area == pytest.approx(2 * 1.14 * math.pi * 10 * 4, rel=0.02)
    inside = (np.square(cloud / (10, 4)).sum(axis=1) <= 2 * metrics.BCEA_K).mean()
    assert inside == pytest.approx(0.68, abs=0.01)


def test_bcea_follows_the_correlation_and_its_ellipse_still_holds_68_percent() -> None:
    """The ellipse where the density is constant: of the chi-square of two it is the 68% one."""
    sd, correlation = np.array([10.0, 4.0]), 0.8
    cross = correlation * sd.prod()
    covariance = np.array([[sd[0] ** 2, cross], [cross, sd[1] ** 2]])
    cloud = np.random.default_rng(7).multivariate_normal((50, 80), covariance, 50_000)
    expected = 2 * metrics.BCEA_K * math.pi * sd.prod() * math.sqrt(1 - correlation**2)
    assert metrics.bcea_px2(cloud) == pytest.approx(expected, rel=0.02)
    centred = cloud - cloud.mean(axis=0)
    distance2 = np.einsum("ni,ij,nj->n", centred, np.linalg.inv(np.cov(cloud.T)), centred)
    assert (distance2 <= 2 * metrics.BCEA_K).mean() == pytest.approx(0.68, abs=0.01)
    assert stats.chi2.cdf(2 * metrics.BCEA_K, 2) == pytest.approx(0.68, abs=0.001)


def test_bcea_in_degrees_is_that_of_a_square_of_the_same_area() -> None:
    cloud = np.random.default_rng(8).standard_normal((5000, 2)) * (30, 20)
    area_px2, area_deg2 = metrics.bcea_px2(cloud), metrics.bcea_deg2(cloud, FLAT)
    assert area_px2 is not None
    assert area_deg2 == pytest.approx(area_px2 / 100**2, rel=1e-3)


@given(st.floats(-math.pi, math.pi))
def test_bcea_does_not_depend_on_the_direction_of_the_cloud(angle: float) -> None:
    cloud = np.random.default_rng(2).standard_normal((50, 2)) * (10, 4)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    assert metrics.bcea_px2(cloud @ turn) == pytest.approx(metrics.bcea_px2(cloud))


def test_too_few_samples_have_no_spread() -> None:
    one = np.array([[1.0, 2.0], [np.nan, np.nan]])
    assert metrics.precision_sd_deg(one, SCREEN) is None
    assert metrics.bcea_px2(np.vstack([one, [[2.0, 3.0]]])) is None
    assert metrics.bcea_deg2(one, SCREEN) is None
    assert metrics.bcea_px2(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])) == pytest.approx(0)


# --- intervals ---------------------------------------------------------------------------------


def test_the_quantiles_are_those_of_students_t() -> None:
    expected = stats.t.ppf(0.975, np.arange(1, len(metrics.T95) + 1))
    assert np.abs(metrics.T95 - expected).max() < 6e-4
    beyond = stats.t.ppf(0.975, len(metrics.T95) + 1)
    assert abs(metrics.T95_MORE / beyond - 1) < 0.025


@pytest.mark.parametrize("count", [2, 4, 14, 40])
def test_95_of_100_intervals_hold_the_mean(count: int) -> None:
    """Of 4,000; the standard error of the share is 0.35%."""
    drawn = np.random.default_rng(count).normal(30, 1, (4000, count))
    intervals = [metrics.mean_interval(values.tolist()) for values in drawn]
    inside = [i is not None and i[0] <= 30 <= i[1] for i in intervals]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


def test_an_interval_needs_two_values_and_never_goes_below_zero() -> None:
    assert metrics.mean_interval([1.0]) is None
    assert metrics.mean_interval([]) is None
    assert metrics.mean_interval([2.0, 2.0, 2.0]) == (2.0, 2.0)
    low, high = metrics.mean_interval([0.1, 3.0]) or (None, None)
    assert low == 0
    assert high == pytest.approx(1.55 + 12.706 * 1.45)
