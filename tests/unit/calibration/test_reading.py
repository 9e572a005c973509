"""Data: simulated readers (`tests.readers`) and closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.geometry import Array
from calibration.reading import GazeError, Habits, Lines, Offset, find_lines, find_offset
from tests.readers import ORDERLY, SKIMMING, draw_text, read_through

PITCH = 30.0
ERROR = GazeError(offset_sd_px=40, sd_x_px=25, sd_y_px=25)


def _lines(count: int, from_right: float = 0.0) -> Lines:
    top = np.arange(0.0, count) * PITCH
    return Lines(
        np.zeros(count),
        np.asarray(top),
        np.full(count, 600.0),
        np.asarray(top + PITCH),
        np.full(count, from_right),
        letter_px=10,
    )


def _reading(seed: int, lines: int = 20) -> tuple[Lines, np.ndarray, Array, Array, float]:
    """Lines, the line read, gaze along x and y, and its offset; all as `ERROR` says."""
    random = np.random.default_rng(seed)
    text = draw_text(random, PITCH, lines)
    line, x, y = read_through(random, text)
    offset = ERROR.offset_sd_px * random.standard_normal()
    x = x + random.normal(0, ERROR.sd_x_px, len(x))
    y = y + offset + random.normal(0, ERROR.sd_y_px, len(y))
    return text.lines, line, x, y, offset


@pytest.mark.parametrize("looks", [1, 5, 400])
def test_on_a_single_line_it_is_the_posterior_of_a_normal_mean(looks: int) -> None:
    y = 15 + 12 + np.random.default_rng(0).normal(0, 25, looks)
    found = find_offset(np.linspace(10, 500, looks), y, _lines(1), ERROR, Habits(stray_share=0))
    precision = looks / 25**2 + 1 / 40**2
    assert found.px == pytest.approx((y - 15).sum() / 25**2 / precision, abs=0.01)
    assert found.sd_px == pytest.approx(precision**-0.5, rel=0.01)


def test_a_known_offset_is_found_and_the_stated_sd_is_honest() -> None:
    """95% of 200 intervals of 95% are expected to hold; fewer than 90% in one of 800 such tests.

    The readers are not quite those the model assumes.
    """
    z = []
    for seed in range(200):
        lines, _, x, y, offset = _reading(seed, lines=8)
        found = find_offset(x, y, lines, ERROR)
        z.append((found.px - offset) / found.sd_px)
    assert np.mean(np.abs(z) < 1.96) >= 0.9
    assert np.std(z) < 1.5
    assert abs(np.mean(z)) < 0.25


def test_the_line_read_is_told_where_the_nearest_line_is_mostly_wrong() -> None:
    nearest, told = [], []
    for seed in range(10):
        lines, line, x, y, _ = _reading(seed)
        nearest.append(np.abs(y[:, None] - lines.middle_px).argmin(axis=1) == line)
        told.append(find_lines(x, y, lines, ERROR).argmax(axis=1) == line)
    assert np.concatenate(nearest).mean() < 0.5
    assert np.concatenate(told).mean() > 0.9


def test_the_chances_of_lines_are_honest() -> None:
    """Of the fixations given a line at about p, a share of about p is on it."""
    chances, is_right = [], []
    for seed in range(20):
        lines, line, x, y, _ = _reading(seed)
        found = find_lines(x, y, lines, ERROR)
        chances.append(found.max(axis=1))
        is_right.append(found.argmax(axis=1) == line)
    assert np.concatenate(chances).mean() == pytest.approx(
        np.concatenate(is_right).mean(), abs=0.04
    )


@given(shift=st.floats(-40, 40))
def test_moving_all_gaze_and_lines_together_changes_nothing(shift: float) -> None:
    lines, _, x, y, _ = _reading(3, lines=4)
    moved = replace(lines, top_px=lines.top_px + shift, bottom_px=lines.bottom_px + shift)
    before, after = find_offset(x, y, lines, ERROR), find_offset(x, y + shift, moved, ERROR)
    assert after.px == pytest.approx(before.px, abs=1e-6)
    assert after.sd_px == pytest.approx(before.sd_px, abs=1e-6)


@pytest.mark.parametrize("shift", [-30.0, 7.0, 30.0])
def test_moving_all_gaze_moves_the_offset(shift: float) -> None:
    """With a weak prior by the same amount."""
    lines, _, x, y, offset = _reading(4)
    weak = replace(ERROR, offset_sd_px=1000)
    before, after = (find_offset(x, y - offset + s, lines, weak) for s in (0.0, shift))
    assert after.px - before.px == pytest.approx(shift, abs=0.1)


@pytest.mark.parametrize(
    ("x", "y"),
    [([], []), ([np.nan, 5.0], [3.0, np.nan])],
)
def test_without_fixations_the_prior_is_left(x: list[float], y: list[float]) -> None:
    assert find_offset(np.array(x), np.array(y), _lines(5), ERROR) == Offset(0, ERROR.offset_sd_px)
    chances = find_lines(np.array(x), np.array(y), _lines(5), ERROR)
    assert chances.shape == (len(x), 5)
    assert np.isnan(chances).all()


def test_without_lines_the_prior_is_left() -> None:
    assert find_offset(np.ones(3), np.ones(3), _lines(0), ERROR) == Offset(0, ERROR.offset_sd_px)
    assert find_lines(np.ones(3), np.ones(3), _lines(0), ERROR).shape == (3, 0)


def test_lost_fixations_are_left_out() -> None:
    lines, _, x, y, _ = _reading(5, lines=4)
    holes = np.insert(x, 3, np.nan), np.insert(y, 3, 7.0)
    assert find_offset(*holes, lines, ERROR) == find_offset(x, y, lines, ERROR)
    chances = find_lines(*holes, lines, ERROR)
    assert np.isnan(chances[3]).all()
    assert np.delete(chances, 3, axis=0) == pytest.approx(find_lines(x, y, lines, ERROR))
    assert np.delete(chances, 3, axis=0).sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("from_right", [0.0, 1.0])
def test_the_sweep_goes_to_the_side_a_line_is_read_from(from_right: float) -> None:
    """Two lines, gaze between them: a look far back along x is on the second, if that is back."""
    x = np.array([60.0, 140, 220, 300, 380, 460, 540, 60])
    if from_right:
        x = 600 - x
    y = np.full(len(x), PITCH)
    lines = _lines(2, from_right)
    steady = replace(ERROR, offset_sd_px=1.0)
    right_way = find_lines(x, y, lines, steady)
    assert right_way[-1, 1] > 0.9
    assert right_way[-2, 0] > 0.8
    wrong_way = find_lines(600 - x, y, lines, steady)
    assert wrong_way[-1, 1] < 0.7


def test_a_line_of_unknown_direction_is_read_from_either_side() -> None:
    x = np.array([60.0, 140, 220, 300, 380, 460, 540, 60])
    y, steady = np.full(len(x), PITCH), replace(ERROR, offset_sd_px=1.0)
    found = [find_lines(side, y, _lines(2, 0.5), steady) for side in (x, 600 - x)]
    assert found[0] == pytest.approx(found[1])
    assert found[0][-1, 1] > 0.7


def test_points_no_reader_could_look_at_break_nothing() -> None:
    x, y = np.array([1e9, -1e9, 5.0, 5.0]), np.array([1e9, 5.0, -1e9, 1e-9])
    found = find_offset(x, y, _lines(3), ERROR)
    assert np.isfinite([found.px, found.sd_px]).all()
    assert find_lines(x, y, _lines(3), ERROR).sum(axis=1) == pytest.approx(1)


def test_a_reader_who_skims_leaves_the_offset_less_certain() -> None:
    sds: dict[str, list[float]] = {"orderly": [], "skimming": []}
    for seed in range(10):
        text = draw_text(np.random.default_rng(seed), PITCH, 20)
        for name, manner in (("orderly", ORDERLY), ("skimming", SKIMMING)):
            random = np.random.default_rng(seed)
            _, x, y = read_through(random, text, manner)
            x, y = (v + random.normal(0, 25, len(v)) for v in (x, y))
            sds[name].append(find_offset(x, y, text.lines, ERROR).sd_px)
    assert np.median(sds["skimming"]) > 1.5 * np.median(sds["orderly"])


def test_a_standard_deviation_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        GazeError(offset_sd_px=10, sd_x_px=0, sd_y_px=10)
