from math import inf, log, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.geometry import Screen
from calibration.resolution import (
    EXPECTED_ERROR_DEG,
    TextSize,
    Unit,
    chance,
    resolution,
)

SCREEN = Screen(0, 0, 1280, 800, pitch_mm=0.265, distance_mm=600)
TEXT = TextSize(font_px=24, line_px=48, window_px=1280)
ANGLES = st.floats(0.01, 60)


def test_the_mean_distance_of_the_assumed_error_is_the_error_given() -> None:
    error_deg = 2.3
    sd_deg = error_deg / sqrt(pi / 2)
    drawn = np.random.default_rng(1).normal(0, sd_deg, (200_000, 2))
    assert np.hypot(*drawn.T).mean() == pytest.approx(error_deg, rel=0.005)
    on_it = (abs(drawn) <= (1.5 / 2, 4.0 / 2)).all(axis=1).mean()
    assert chance(1.5, 4.0, error_deg) == pytest.approx(on_it, abs=0.005)


@pytest.mark.parametrize(("z", "share"), [(1, 0.682689), (2, 0.954500), (0.67449, 0.5)])
def test_a_band_of_some_standard_deviations_holds_what_tables_of_the_normal_say(
    z: float, share: float
) -> None:
    error_deg = sqrt(pi / 2)  # a standard deviation of one degree
    assert chance(inf, 2 * z, error_deg) == pytest.approx(share, abs=1e-5)
    assert chance(2 * z, 2 * z, error_deg) == pytest.approx(share**2, abs=1e-5)


@pytest.mark.parametrize(("pitch_deg", "of_mean", "of_median"), [(0.5, 19, 18), (0.67, 25, 24)])
def test_the_nearest_line_of_small_text_is_right_in_a_fifth_of_the_looks(
    pitch_deg: float, of_mean: int, of_median: int
) -> None:
    assert round(100 * chance(inf, pitch_deg, 1.3)) == of_mean
    # The median of a Rayleigh distribution is sqrt(2 ln 2) standard deviations.
    median_deg = 1.3
    mean_deg = median_deg * sqrt(pi / 2) / sqrt(2 * log(2))
    assert round(100 * chance(inf, pitch_deg, mean_deg)) == of_median


def test_a_small_rectangle_gets_the_density_at_its_middle_times_its_area() -> None:
    sd_deg = 2.0
    area = 0.02 * 0.01
    found = chance(0.02, 0.01, sd_deg * sqrt(pi / 2))
    assert found == pytest.approx(area / (2 * pi * sd_deg**2), rel=1e-4)


@given(ANGLES, ANGLES, ANGLES, ANGLES)
def test_more_room_is_never_told_worse_and_more_error_never_better(
    width: float, height: float, error: float, more: float
) -> None:
    usual = chance(width, height, error)
    assert 0 <= usual <= 1
    assert chance(width + more, height, error) >= usual
    assert chance(inf, height, error) >= usual
    assert chance(width, height, error + more) <= usual


@pytest.mark.parametrize(
    ("error_deg", "finest"),
    [(0.6, Unit.WORD), (1.0, Unit.LINE), (2.3, Unit.PARAGRAPH), (6, Unit.SIDE), (30, None)],
)
def test_the_finest_unit_coarsens_as_the_error_grows(error_deg: float, finest: Unit | None) -> None:
    assert resolution(TEXT, SCREEN, error_deg).finest is finest


def test_the_unit_changes_where_its_chance_is_one_half() -> None:
    line_deg = resolution(TEXT, SCREEN).line_deg
    # Half of a normal distribution lies within 0.67449 standard deviations.
    limit_deg = line_deg / 2 / 0.67449 * sqrt(pi / 2)
    assert resolution(TEXT, SCREEN, limit_deg * 0.999).finest is Unit.LINE
    assert resolution(TEXT, SCREEN, limit_deg * 1.001).finest is Unit.PARAGRAPH


def test_a_line_pitch_in_degrees_is_that_of_the_screen() -> None:
    found = resolution(TEXT, SCREEN)
    assert found.error_deg == EXPECTED_ERROR_DEG
    assert found.line_deg == pytest.approx(2 * np.degrees(np.arctan(24 * 0.265 / 600)))


@given(st.floats(200, 3000), st.floats(200, 3000), st.floats(0.1, 10))
def test_sitting_closer_never_tells_less(near_mm: float, far_mm: float, error_deg: float) -> None:
    near, far = sorted((near_mm, far_mm))
    close = resolution(TEXT, Screen(0, 0, 1280, 800, 0.265, near), error_deg).chances
    away = resolution(TEXT, Screen(0, 0, 1280, 800, 0.265, far), error_deg).chances
    assert all(close[unit] >= away[unit] for unit in Unit)


def test_a_window_too_narrow_for_sides_tells_nothing_within_them() -> None:
    narrow = TextSize(font_px=24, line_px=48, window_px=20)
    found = resolution(narrow, SCREEN)
    assert found.chances[Unit.PARAGRAPH] > 0.5
    assert found.finest is None
