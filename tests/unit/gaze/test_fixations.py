from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.gaze.fixations import Fixation, FixationDetector

MS = 1_000_000
REACH_PX = 50.0
Point = tuple[float, float]
HERE, THERE = (300.0, 200.0), (700.0, 400.0)


def _watch(points: Sequence[Point | None], frame_ms: int = 20) -> list[Fixation | None]:
    """What is known after each frame; None is a lost one."""
    detector, known = FixationDetector(), []
    for number, point in enumerate(points):
        if point is not None:
            known.append(detector.add(number * frame_ms * MS, *point, REACH_PX))
    return known


def test_a_fixation_is_there_once_it_lasted_100_ms() -> None:
    known = _watch([HERE] * 8)
    assert known[:5] == [None] * 5
    assert known[5] == Fixation(0, 100 * MS, *HERE, samples=6)
    assert known[7] == Fixation(0, 140 * MS, *HERE, samples=8)


@given(
    st.lists(
        st.tuples(st.floats(-17, 17), st.floats(-17, 17)),  # no two further apart than the reach
        min_size=6,
        max_size=50,
    )
)
def test_it_is_at_the_mean_of_its_samples(offsets: list[Point]) -> None:
    points = np.array(HERE) + offsets
    last = _watch([(x, y) for x, y in points])[-1]
    assert last is not None
    assert (last.x_px, last.y_px) == pytest.approx(points.mean(axis=0))
    assert last.samples == len(points)


def test_one_stray_sample_neither_ends_nor_joins_it() -> None:
    known = _watch([HERE] * 10 + [THERE] + [HERE] * 3)
    assert known[10] == known[9]
    assert known[-1] == Fixation(0, 13 * 20 * MS, *HERE, samples=13)


def test_a_saccade_is_noticed_one_frame_after_it() -> None:
    known = _watch([HERE] * 10 + [THERE] * 6)
    assert known[10] == known[9]  # it could be noise
    assert known[11:15] == [None] * 4
    assert known[15] == Fixation(200 * MS, 300 * MS, *THERE, samples=6)


def test_a_loss_is_counted_from_the_stray_sample_before_it() -> None:
    known = _watch([HERE] * 10 + [THERE] + [None] * 9 + [THERE])
    assert known[-1] == Fixation(200 * MS, 400 * MS, *THERE, samples=2)


def test_strays_apart_in_time_do_not_add_up() -> None:
    known = _watch([HERE] * 10 + [THERE, HERE] * 5)
    assert all(k is not None and (k.x_px, k.y_px) == HERE for k in known[5:])


@pytest.mark.parametrize(("lost", "goes_on"), [(9, True), (10, False)])
def test_a_loss_of_more_than_200_ms_ends_it(lost: int, goes_on: bool) -> None:
    known = _watch([HERE] * 10 + [None] * lost + [HERE] * 6)
    if goes_on:
        assert known[10] is not None
        assert known[10].start_ns == 0
    else:
        assert known[10:15] == [None] * 5
        assert known[15] == Fixation(400 * MS, 500 * MS, *HERE, samples=6)


def test_a_loss_after_a_stray_sample_ends_the_fixation_too() -> None:
    known = _watch([HERE] * 10 + [THERE] + [None] * 10 + [HERE])
    assert known[-1] is None
