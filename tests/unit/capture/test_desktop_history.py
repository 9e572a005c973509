import pytest

from tracker_app.capture.desktop_history import Area, DesktopHistory, Picture

MS = 1_000_000
OURS = Area(100, 100, 500, 400, is_ours=True)
OTHER = Area(300, 50, 900, 350, is_ours=False)
WIDE = Area(0, 0, 1280, 800, is_ours=False)


@pytest.mark.parametrize(
    ("areas", "is_active", "x", "y", "is_ours"),
    [
        ((OURS,), True, 100, 100, True),
        ((OURS,), True, 499.9, 399.9, True),
        ((OURS,), True, 500, 200, False),
        ((OURS,), True, 99, 200, False),
        ((OURS,), False, 200, 200, False),
        ((OTHER, OURS), True, 350, 200, False),
        ((OTHER, OURS), True, 350, 380, True),
        ((OURS, OTHER), True, 350, 200, True),
        ((), True, 200, 200, False),
    ],
)
def test_a_point_is_ours_where_our_window_is_on_top_and_active(
    areas: tuple[Area, ...], is_active: bool, x: float, y: float, is_ours: bool
) -> None:
    assert Picture(areas, is_active).is_ours_at(x, y) is is_ours


def _history(margin_ns: int = 10 * MS) -> DesktopHistory:
    """Ours alone from 0 on; covered between 1,000 and 1,004 ms, uncovered from 2,000 on."""
    history = DesktopHistory(margin_ns)
    history.change(Picture((OURS,), True), 0, 1 * MS)
    history.change(Picture((WIDE, OURS), True), 1_000 * MS, 1_004 * MS)
    history.change(Picture((OURS,), True), 2_000 * MS, 2_004 * MS)
    history.confirm(3_000 * MS)
    return history


@pytest.mark.parametrize(
    ("t_ms", "is_ours"),
    [
        (500, True),
        (989, True),
        (991, False),  # within the margin of the earliest moment it may have been covered
        (1_500, False),
        (2_013, False),  # within the margin of the last moment it may have been covered
        (2_015, True),
    ],
)
def test_a_position_is_ours_only_if_it_was_in_every_picture_near_its_time(
    t_ms: int, is_ours: bool
) -> None:
    assert _history().was_ours(200, 200, t_ms * MS) is is_ours


def test_nothing_is_ours_before_everything_about_its_time_is_known() -> None:
    history = _history()
    assert history.is_known(2_990 * MS)
    assert history.was_ours(200, 200, 2_990 * MS)
    assert not history.is_known(2_991 * MS)
    assert not history.was_ours(200, 200, 2_991 * MS)


def test_nothing_is_ours_before_the_first_picture() -> None:
    history = DesktopHistory()
    assert not history.was_ours(200, 200, 0)
    history.change(Picture((OURS,), True), 100 * MS, 101 * MS)
    history.confirm(1_000 * MS)
    assert not history.was_ours(200, 200, 90 * MS)
    assert history.was_ours(200, 200, 150 * MS)


def test_what_is_older_than_the_history_is_not_ours() -> None:
    history = _history()
    for i in range(10):
        picture = Picture((OURS, Area(i, 0, 1, 1, is_ours=False)), True)
        history.change(picture, (3 + i) * 1_000 * MS, ((3 + i) * 1_000 + 1) * MS)
    assert not history.was_ours(200, 200, 500 * MS)
    assert history.was_ours(200, 200, 2_900 * MS) is False
