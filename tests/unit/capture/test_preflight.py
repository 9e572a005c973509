from dataclasses import replace

import pytest

from calibration.resolution import Unit
from tracker_app.capture.preflight import Steadiness, View, check_view, what_gaze_tells

S = 1_000_000_000
FRAME = S // 15
GOOD = View(has_face=True, other_faces=0, distance_mm=550, brightness=0.5, rate_hz=30)


def _failing(view: View) -> list[str]:
    return [check.name for check in check_view(view) if not check.is_ok]


def test_a_person_alone_in_good_light_passes_every_check() -> None:
    assert _failing(GOOD) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"has_face": False}, "face"),
        ({"other_faces": 1}, "alone"),
        ({"distance_mm": 300.0}, "distance"),
        ({"distance_mm": 900.0}, "distance"),
        ({"brightness": 0.1}, "light"),
        ({"brightness": 0.95}, "light"),
        ({"rate_hz": 10.0}, "rate"),
        ({"rate_hz": None}, "rate"),
    ],
)
def test_each_trouble_fails_its_own_check_and_says_what_to_do(
    change: dict[str, float | None], name: str
) -> None:
    view = replace(GOOD, **change)  # type: ignore[arg-type] # each of its field's type
    assert _failing(view) == [name]
    (advice,) = (check.advice for check in check_view(view) if check.name == name)
    assert advice.endswith(".")


def _watch(steadiness: Steadiness, begin_s: float, end_s: float, *, is_right: bool) -> list[float]:
    """What it says of every picture between two times."""
    times = range(round(begin_s * S), round(end_s * S), FRAME)
    return [steadiness.progress(t_ns, is_right=is_right) for t_ns in times]


def test_the_coach_goes_on_after_a_second_in_which_all_was_right() -> None:
    steadiness = Steadiness()
    _watch(steadiness, 0, 10, is_right=False)
    said = _watch(steadiness, 10, 12, is_right=True)
    assert said[0] == 0
    assert said == sorted(said)
    assert said.index(1.0) == pytest.approx(15, abs=1)


def test_the_second_begins_anew_whenever_something_is_wrong() -> None:
    steadiness = Steadiness()
    _watch(steadiness, 0, 10, is_right=False)
    said = _watch(steadiness, 10, 10.9, is_right=True)
    assert 0.8 < max(said) < 1
    assert _watch(steadiness, 10.9, 11, is_right=False) == [0, 0]
    assert max(_watch(steadiness, 11, 11.9, is_right=True)) < 1
    assert max(_watch(steadiness, 11.9, 12.2, is_right=True)) == 1


def test_nobody_is_led_on_before_the_page_could_be_read() -> None:
    steadiness = Steadiness()
    said = _watch(steadiness, 5, 10, is_right=True)
    assert said.index(1.0) == pytest.approx(4 * 15, abs=1)
    assert set(said[: 3 * 15 - 1]) == {0.0}


def test_what_was_not_seen_did_not_hold() -> None:
    steadiness = Steadiness()
    _watch(steadiness, 0, 9, is_right=False)
    assert max(_watch(steadiness, 9, 9.8, is_right=True)) > 0.7
    assert steadiness.progress(round(10.6 * S), is_right=True) == 0


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (Unit.WORD, "gaze can usually tell words"),
        (Unit.SIDE, "gaze can usually tell which of two answers is read"),
        (None, "gaze can hardly tell which of two answers is read"),
    ],
)
def test_what_gaze_tells_is_said_in_plain_words(unit: Unit | None, told: str) -> None:
    assert what_gaze_tells(unit) == told
