import numpy as np
import pytest
from numpy.typing import NDArray

from tracker_app.dataset.fixations import detect_fixations, dispersion_px
from tracker_app.dataset.words import Samples

FRAME_NS = 33_000_000


def _samples(x: list[float], segment: list[int] | None = None, skip_after: int = 0) -> Samples:
    t: NDArray[np.int64] = np.arange(len(x)) * FRAME_NS
    if skip_after:
        t[skip_after:] += 1_000_000_000
    return Samples(np.array(segment or [0] * len(x)), t, np.array(x), np.zeros(len(x)))


def test_two_rests_and_the_jump_between_them_are_two_fixations() -> None:
    found = detect_fixations(_samples([10.0, 12, 11, 9, 13, 300, 302, 301, 299, 303]), 50)
    assert [round(f.x_px) for f in found] == [11, 301]
    assert [f.duration_ms for f in found] == [132, 132]


def test_moving_eyes_are_no_fixation() -> None:
    assert detect_fixations(_samples([float(i * 60) for i in range(20)]), 50) == []


def test_a_rest_shorter_than_100_ms_is_no_fixation() -> None:
    assert detect_fixations(_samples([10.0, 10, 10, 500, 900]), 50) == []


def test_a_lost_sample_does_not_end_a_fixation_but_a_long_loss_does() -> None:
    rest = [10.0] * 10
    assert len(detect_fixations(_samples([*rest[:4], float("nan"), *rest[4:]]), 50)) == 1
    assert len(detect_fixations(_samples(rest, skip_after=5), 50)) == 2


def test_a_fixation_never_spans_two_clock_segments() -> None:
    found = detect_fixations(_samples([10.0] * 10, segment=[0] * 5 + [1] * 5), 50)
    assert [f.segment for f in found] == [0, 1]


def test_without_samples_there_are_no_fixations() -> None:
    assert detect_fixations(_samples([]), 50) == []


@pytest.mark.parametrize(
    ("accuracy", "sd_deg", "expected"),
    [((58.0, 1.45), 0.5, 80.0), ((58.0, 1.45), 0.1, 40.0), ((None, None), None, 100.0)],
)
def test_the_threshold_follows_the_noise_of_the_gaze(
    accuracy: tuple[float | None, float | None], sd_deg: float | None, expected: float
) -> None:
    assert dispersion_px(*accuracy, sd_deg) == pytest.approx(expected)
