"""Data: simulated reading, and gaze written out sample by sample."""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from tracker_app.dataset.fixations import Fixation, detect_fixations, merge_distance_px
from tracker_app.dataset.words import Samples

FRAME_NS = 33_000_000
MERGE_PX = 20.0
REST = [10.0, 12, 11, 9, 13, 10, 12, 8]
NAN = float("nan")


def _samples(x: list[float], segment: list[int] | None = None, pause_at: int = 0) -> Samples:
    t: NDArray[np.int64] = np.arange(len(x)) * FRAME_NS
    if pause_at:
        t[pause_at:] += 1_000_000_000
    return Samples(np.array(segment or [0] * len(x)), t, np.array(x), np.zeros(len(x)))


def _reading(rate_hz: float, noise_px: float) -> tuple[Samples, NDArray[np.float64]]:
    """A minute of reading with 3% of the frames lost, and its fixations: start, end, x, y."""
    random = np.random.default_rng(5)
    rests, t_ms, x, y = [], 0.0, 200.0, 200.0
    while t_ms < 60_000:
        rests.append((t_ms, t_ms + random.uniform(150, 400), x, y))
        t_ms = rests[-1][1] + 35  # a saccade
        x += random.uniform(60, 300)
        if x > 1000:  # on to the next line
            x, y = 200.0, y + 40
    truth = np.array(rests)
    at_ms = np.arange(0, truth[-1, 1], 1000 / rate_hz) + random.uniform(0, 4)
    edges = truth[:, :2].ravel()
    gaze = np.stack([np.interp(at_ms, edges, np.repeat(truth[:, i], 2)) for i in (2, 3)], axis=1)
    gaze += random.normal(0, noise_px, gaze.shape)
    gaze[random.random(len(gaze)) < 0.03] = NAN
    zeros = np.zeros(len(gaze), np.int64)
    return Samples(zeros, (at_ms * 1e6).astype(np.int64), gaze[:, 0], gaze[:, 1]), truth


def _matches(
    found: list[Fixation], truth: NDArray[np.float64]
) -> list[tuple[Fixation, NDArray[np.float64]]]:
    """The pairs of which more than half is in both."""
    return [(f, true) for f in found for true in truth if _overlap(f, true) > 0.5]


def _overlap(f: Fixation, true: NDArray[np.float64]) -> float:
    """Intersection over union, in time."""
    start_ms, end_ms = f.start_ns / 1e6, f.end_ns / 1e6
    both = min(end_ms, true[1]) - max(start_ms, true[0])
    return float(both / (max(end_ms, true[1]) - min(start_ms, true[0])))


@pytest.mark.parametrize("rate_hz", [25, 30])
@pytest.mark.parametrize(("noise_px", "f1", "apart_px"), [(20, 0.92, 15), (40, 0.82, 30)])
def test_fixations_of_reading_are_found_in_noise(
    rate_hz: float, noise_px: float, f1: float, apart_px: float
) -> None:
    samples, truth = _reading(rate_hz, noise_px)
    found = detect_fixations(samples, 0.75 * noise_px * 2**0.5)
    pairs = _matches(found, truth)
    assert 2 * len(pairs) / (len(found) + len(truth)) > f1
    assert np.median([np.hypot(f.x_px - x, f.y_px - y) for f, (_, _, x, y) in pairs]) < apart_px
    assert np.median([abs(f.start_ns / 1e6 - true[0]) for f, true in pairs]) < 500 / rate_hz


def test_the_same_gaze_gives_the_same_fixations_and_leaves_numpy_as_it_was() -> None:
    samples, _ = _reading(30, 40)
    np.random.seed(1)  # noqa: NPY002 (the generator that I2MC draws from)
    handling, expected = np.geterr(), np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    first = detect_fixations(samples, MERGE_PX)
    assert np.random.random() == expected  # noqa: NPY002
    assert np.geterr() == handling
    assert detect_fixations(samples, MERGE_PX) == first


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        detect_fixations(_reading(30, 40)[0], MERGE_PX)
    assert not warned
    assert capfd.readouterr() == ("", "")


def test_two_rests_and_the_jump_between_them_are_two_fixations() -> None:
    found = detect_fixations(_samples([*REST, *(x + 300 for x in REST)]), MERGE_PX)
    assert [f.x_px for f in found] == pytest.approx([11, 311], abs=2)
    assert [f.y_px for f in found] == [0, 0]
    frames = [(f.start_ns / FRAME_NS, f.end_ns / FRAME_NS) for f in found]
    assert frames == [pytest.approx((0, 7.5), abs=1), pytest.approx((7.5, 15), abs=1)]


@pytest.mark.parametrize("frames", [5, 10, 100])
def test_eyes_that_keep_still_make_one_fixation(frames: int) -> None:
    (found,) = detect_fixations(_samples([10.0] * frames), MERGE_PX)
    assert (found.x_px, found.y_px) == (10, 0)
    assert found.duration_ms == pytest.approx((frames - 1) * FRAME_NS / 1e6, abs=34)


def test_a_rest_shorter_than_100_ms_is_no_fixation() -> None:
    assert detect_fixations(_samples([10.0, 10, 10]), MERGE_PX) == []


def test_a_lost_sample_does_not_end_a_fixation_but_a_long_loss_does() -> None:
    assert len(detect_fixations(_samples([*REST[:4], NAN, *REST[4:]]), MERGE_PX)) == 1
    assert len(detect_fixations(_samples([*REST, *[NAN] * 9, *REST]), MERGE_PX)) == 2
    found = detect_fixations(_samples(REST * 2, pause_at=8), MERGE_PX)
    assert [f.end_ns <= 7 * FRAME_NS for f in found] == [True, False]


def test_a_fixation_never_spans_two_clock_segments() -> None:
    samples = _samples(REST * 2, segment=[0] * 8 + [3] * 8)
    samples.t_ns[8:] -= samples.t_ns[8]  # each segment has its own clock
    found = detect_fixations(samples, MERGE_PX)
    assert [f.segment for f in found] == [0, 3]
    first, second = found
    assert (first.start_ns, first.end_ns) == (second.start_ns, second.end_ns)


@pytest.mark.parametrize("x", [[], [10.0], [NAN] * 30])
def test_without_gaze_there_are_no_fixations(x: list[float]) -> None:
    assert detect_fixations(_samples(x), MERGE_PX) == []


@pytest.mark.parametrize(
    ("accuracy", "sd_deg", "expected"),
    [((58.0, 1.45), 0.6, 18.0), ((58.0, 1.45), 0.1, 10.0), ((None, None), None, 30.0)],
)
def test_the_distance_of_merging_follows_the_noise_of_the_gaze(
    accuracy: tuple[float | None, float | None], sd_deg: float | None, expected: float
) -> None:
    assert merge_distance_px(*accuracy, sd_deg) == pytest.approx(expected)
