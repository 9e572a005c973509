from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from tests.sessions import centre_of, layout_of, placement_of
from tracker_app.aoi import Level, Page, chances, locate_many

TEXT = "The tides are caused by the moon.\n\n" * 6
PAGE = Page.of(layout_of("m", TEXT, width=400))
PLACEMENT = placement_of("m", origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 300))
ROUND = np.array([[40.0**2, 0.0], [0.0, 30.0**2]])
TILTED = np.array([[40.0**2, 700.0], [700.0, 30.0**2]])


def _at(x: float, y: float, covariance: np.ndarray, level: Level) -> dict[int, float]:
    found = chances(PAGE, PLACEMENT, np.array([x]), np.array([y]), covariance, level)
    return dict(zip(found.unit.tolist(), found.probability.tolist(), strict=True))


def _mass(rect: tuple[float, ...], centre: tuple[float, float], covariance: np.ndarray) -> float:
    """Of a bivariate normal on a rectangle, by scipy."""
    left, top, right, bottom = rect
    cdf = multivariate_normal(centre, covariance, seed=0).cdf
    return float(cdf((right, bottom)) - cdf((left, bottom)) - cdf((right, top)) + cdf((left, top)))


@pytest.mark.parametrize("covariance", [ROUND, TILTED], ids=["round", "tilted"])
def test_the_probability_of_a_word_is_the_mass_on_its_rectangle(covariance: np.ndarray) -> None:
    x, y = centre_of(PAGE, PLACEMENT, 4)
    found = _at(x, y, covariance, Level.WORD)
    rects = PAGE.box_rects
    for box in range(3, 12):
        edges = [
            100 + 1.5 * rects.left[box], 50 + 1.5 * rects.top[box],
            100 + 1.5 * rects.right[box], 50 + 1.5 * rects.bottom[box],
        ]  # fmt: skip
        assert found.get(box, 0.0) == pytest.approx(
            _mass(tuple(edges), (x, y), covariance), abs=2e-5
        )


@given(st.floats(0, 800), st.floats(0, 500), st.floats(2, 120), st.floats(-0.95, 0.95))
def test_no_level_has_more_than_the_one_above_it(
    x: float, y: float, sd: float, correlation: float
) -> None:
    covariance = sd**2 * np.array([[1, correlation], [correlation, 1]])
    sums = [
        sum(_at(x, y, covariance, level).values())
        for level in (Level.MESSAGE, Level.PARAGRAPH, Level.LINE, Level.WORD, Level.CHARACTER)
    ]
    assert all(a >= b - 1e-5 for a, b in pairwise(sums))
    assert 0 <= sums[-1] <= sums[0] + 1e-9 <= 1 + 1e-6


def test_with_a_vanishing_error_it_is_the_word_under_the_point() -> None:
    random = np.random.default_rng(2)
    x, y = random.uniform(100, 700, 400), random.uniform(50, 350, 400)
    hit = locate_many(PAGE, PLACEMENT, x, y)
    best, probability = chances(PAGE, PLACEMENT, x, y, np.eye(2) * 1e-8, Level.CHARACTER).best(
        len(x)
    )
    assert (best == hit.cluster).all()
    assert set(np.round(probability, 6)) <= {0.0, 1.0}


def test_what_cannot_be_seen_has_no_probability() -> None:
    narrow = placement_of("m", origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 60))
    x, y = np.array([300.0]), np.array([105.0])
    lines = chances(PAGE, narrow, x, y, ROUND, Level.LINE)
    assert lines.unit.max() <= 2
    total = chances(PAGE, narrow, x, y, ROUND, Level.MESSAGE).probability
    assert total[0] == pytest.approx(_mass((100, 50, 700, 110), (300, 105), ROUND), abs=1e-5)


def test_each_point_may_have_an_error_of_its_own() -> None:
    x = y = np.array([300.0, 300.0, np.nan])
    sure, unsure = np.eye(2), np.eye(2) * 100**2
    found = chances(PAGE, PLACEMENT, x, y - 200, np.array([sure, unsure, sure]), Level.WORD)
    best, probability = found.best(3)
    assert best[0] == best[1]
    assert probability[0] > 0.9 > 0.2 > probability[1] > 0
    assert (best[2], probability[2]) == (-1, 0)


@pytest.mark.parametrize(
    "wrong", [[[1.0, 2.0], [2.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]], [[1.0, 0.5], [0.0, 1.0]]]
)
def test_what_is_no_covariance_is_refused(wrong: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="covariance"):
        _at(300, 100, np.array(wrong), Level.WORD)
