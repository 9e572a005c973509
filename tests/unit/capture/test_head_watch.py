"""The hint for a head that is out of range."""

import pytest

from tracker_app.capture.head_watch import Head, HeadWatch

S = 1_000_000_000
GOOD = Head(has_face=True, distance_mm=600.0, is_pose_in_range=True)
MOVED = Head(has_face=True, distance_mm=600.0, is_pose_in_range=False)
GONE = Head(has_face=False, distance_mm=None, is_pose_in_range=None)


def test_a_glance_away_needs_no_word() -> None:
    watch = HeadWatch()
    assert watch.hint(0, GONE) is None
    assert watch.hint(4 * S, GONE) is None
    assert watch.hint(4 * S + 1, GOOD) is None
    assert watch.hint(6 * S, GONE) is None


def test_after_five_seconds_there_is_one_hint_until_the_head_is_back() -> None:
    watch = HeadWatch()
    watch.hint(0, MOVED)
    assert "as you did" in (watch.hint(5 * S, MOVED) or "")
    assert "as you did" in (watch.hint(9 * S, MOVED) or "")
    assert watch.hint(10 * S, GOOD) is None


@pytest.mark.parametrize(
    ("distance_mm", "word"), [(200.0, "close"), (1200.0, "far"), (None, "not see")]
)
def test_the_hint_says_what_is_out_of_range(distance_mm: float | None, word: str) -> None:
    watch = HeadWatch()
    head = Head(has_face=distance_mm is not None, distance_mm=distance_mm, is_pose_in_range=None)
    watch.hint(0, head)
    assert word in (watch.hint(5 * S, head) or "")


def test_a_camera_that_is_off_gives_no_hint() -> None:
    watch = HeadWatch()
    watch.hint(0, GONE)
    assert watch.hint(9 * S, None) is None
