import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.gaze.filters import OneEuroFilter

FRAME_NS = 33_000_000


def published(
    times_s: list[float], values: list[float], min_cutoff: float, beta: float
) -> list[float]:
    """The filter as Casiez et al. (2012) write it down, algorithms 1 and 2."""

    def alpha(elapsed: float, cutoff: float) -> float:
        tau = 1 / (2 * math.pi * cutoff)
        return 1 / (1 + tau / elapsed)

    filtered = [values[0]]
    derivative = 0.0
    for i in range(1, len(values)):
        elapsed = times_s[i] - times_s[i - 1]
        change = (values[i] - filtered[-1]) / elapsed
        share = alpha(elapsed, 1.0)
        derivative = share * change + (1 - share) * derivative
        share = alpha(elapsed, min_cutoff + beta * abs(derivative))
        filtered.append(share * values[i] + (1 - share) * filtered[-1])
    return filtered


@given(
    st.lists(
        st.tuples(st.integers(5_000_000, 200_000_000), st.floats(-2000, 2000)),
        min_size=2,
        max_size=30,
    )
)
def test_it_is_the_published_filter_at_irregular_times(steps: list[tuple[int, float]]) -> None:
    times_ns = np.cumsum([step for step, _ in steps]).tolist()
    values = [value for _, value in steps]
    one_euro = OneEuroFilter(min_cutoff_hz=1.5, beta=0.02)
    got = [one_euro.filter(t, v) for t, v in zip(times_ns, values, strict=True)]
    expected = published([t / 1e9 for t in times_ns], values, 1.5, 0.02)
    assert got == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_the_first_value_passes_unchanged_also_after_a_reset() -> None:
    one_euro = OneEuroFilter()
    assert one_euro.filter(0, 5.0) == 5.0
    one_euro.filter(FRAME_NS, 900.0)
    one_euro.reset()
    assert one_euro.filter(2 * FRAME_NS, 7.0) == 7.0


def test_resting_noise_is_halved_at_least() -> None:
    noise = 10 * np.random.default_rng(0).standard_normal(600)
    one_euro = OneEuroFilter()
    out = [one_euro.filter(i * FRAME_NS, float(v)) for i, v in enumerate(noise)]
    assert np.std(out[30:]) < 0.5 * np.std(noise)


@pytest.mark.parametrize("rate_hz", [25, 30])
@pytest.mark.parametrize("length_px", [150, 300, 700])
def test_a_saccade_is_mostly_followed_at_once_and_all_but_over_a_frame_later(
    length_px: float, rate_hz: int
) -> None:
    one_euro = OneEuroFilter()
    frame_ns = 1_000_000_000 // rate_hz
    for i in range(30):
        one_euro.filter(i * frame_ns, 100.0)
    covered = [
        (one_euro.filter((30 + i) * frame_ns, 100.0 + length_px) - 100) / length_px
        for i in range(2)
    ]
    assert covered[0] >= 0.5
    assert covered[1] >= 0.85
    assert max(covered) <= 1


@pytest.mark.parametrize(("gap_ms", "is_anew"), [(199, False), (201, True)])
def test_after_more_than_200_ms_a_value_passes_unchanged(gap_ms: int, is_anew: bool) -> None:
    one_euro = OneEuroFilter()
    for i in range(10):
        one_euro.filter(i * FRAME_NS, 100.0)
    later_ns = 9 * FRAME_NS + gap_ms * 1_000_000
    assert (one_euro.filter(later_ns, 900.0) == 900.0) is is_anew
    if is_anew:  # and the jump was no speed
        assert one_euro.filter(later_ns + FRAME_NS, 900.0) == 900.0
        slow = one_euro.filter(later_ns + 2 * FRAME_NS, 910.0)
        assert slow < 905


def test_a_stamp_that_does_not_grow_starts_anew() -> None:
    one_euro = OneEuroFilter()
    one_euro.filter(FRAME_NS, 10.0)
    assert one_euro.filter(FRAME_NS, 20.0) == 20.0
