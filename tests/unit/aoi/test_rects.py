import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.aoi.rects import NONE, Rects

EDGES = st.integers(0, 12).map(lambda n: n / 10 + 100_000)  # tenths are not exact: edges are hard
RECTS = st.lists(st.tuples(EDGES, EDGES, EDGES, EDGES), max_size=12)
POINTS = st.lists(st.tuples(EDGES, EDGES), min_size=1, max_size=20)


def _rects(edges: list[tuple[float, ...]]) -> Rects:
    return Rects(*np.array(edges, np.float64).reshape(-1, 4).T)


@given(RECTS, POINTS)
def test_however_many_points_are_asked_for_the_answer_is_the_same(
    edges: list[tuple[float, ...]], points: list[tuple[float, float]]
) -> None:
    x, y = np.array(points).T
    few = _rects(edges)
    compared = few.find(x, y)
    indexed = few._index.find(x, y)
    one_by_one = [few.find_one(*point) for point in points]
    assert compared.tolist() == indexed.tolist() == one_by_one
    for (px, py), index in zip(points, one_by_one, strict=True):
        holding = [
            i for i, (left, top, right, bottom) in enumerate(edges)
            if left <= px < right and top <= py < bottom
        ]  # fmt: skip
        assert index == NONE or index in holding
        if len(holding) == 1 and not _covers(edges, holding[0], px, py):
            assert index == holding[0]


def _covers(edges: list[tuple[float, ...]], index: int, x: float, y: float) -> bool:
    """Whether another rectangle of the band begins further right and ends before the point."""
    left = edges[index][0]
    return any(
        e[1] <= y < e[3] and left <= e[0] <= x and e[0] < e[2]
        for i, e in enumerate(edges)
        if i != index
    )


def test_what_is_lost_is_on_nothing() -> None:
    rects = _rects([(0, 0, 10, 10)])
    lost = np.array([np.nan, 5.0]), np.array([5.0, np.nan])
    assert rects.find(*lost).tolist() == [NONE, NONE]
    assert rects._index.find(*lost).tolist() == [NONE, NONE]
    assert rects.find_one(np.nan, 5.0) == NONE
    assert _rects([]).find(np.array([1.0]), np.array([1.0])).tolist() == [NONE]
