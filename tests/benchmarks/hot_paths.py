"""What the code that runs for every sample costs: fit, estimate, point to word, encode, decode.

python -m tests.benchmarks.hot_paths
"""

import time
from collections.abc import Callable

import numpy as np

from calibration.geometry import Screen
from calibration.regression import GazeModel, fit
from calibration.targets import calibration_targets
from tests.sessions import layout_of, placement_of
from tracker_app.aoi import Level, Page, Timeline, chances, locate, locate_many
from tracker_app.codec import Entry, decode_chunk, encode_batch, encode_chunk
from tracker_app.gaze.estimator import estimate, gaze_prior
from tracker_app.gaze.features import FEATURE_NAMES
from tracker_app.records import MouseEvent, MouseKind, stream_of

POINTS = 100_000


def cpu_s(action: Callable[[], object], repeats: int) -> float:
    """CPU seconds of one call: the median over repeats, after a first call that is not counted."""
    action()
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        action()
        times.append(time.process_time() - begin)
    return float(np.median(times))


def calibration() -> None:
    """Fit and estimate as the application does: 9 targets of 25 frames, 132 features."""
    random = np.random.default_rng(0)
    screen = Screen(0, 0, 1280, 800)
    targets = screen.place(calibration_targets(9, seed=1))
    looks = np.repeat(np.arange(9), 25)
    features = random.standard_normal((len(looks), len(FEATURE_NAMES)))

    def fitted() -> GazeModel:
        return fit(features, targets[looks], looks, screen, gaze_prior(), np.full(len(looks), 0.2))

    model = fitted()
    print(f"fit        {cpu_s(fitted, 10) * 1e3:8.1f} ms")
    print(f"estimate   {cpu_s(lambda: estimate(model, features[0]), 2000) * 1e6:8.1f} us")


def mapping() -> None:
    """From points to the characters of an answer of 1,700 words."""
    page = Page.of(layout_of("m", "The tides are caused by the moon. " * 240, width=400))
    placement = placement_of("m", origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 300))
    random = np.random.default_rng(0)
    x, y = random.uniform(100, 700, POINTS), random.uniform(50, 350, POINTS)
    one = cpu_s(lambda: locate(page, placement, 300.0, 150.0), 2000)
    many = cpu_s(lambda: locate_many(page, placement, x, y), 5)
    print(f"locate     {one * 1e6:8.1f} us a point")
    print(f"locate_many {POINTS / many / 1e6:7.2f} million points a second")
    error, few = np.eye(2) * 60**2, 2000
    likely = cpu_s(
        lambda: chances(page, placement, x[:few], y[:few], error, Level.WORD).best(few), 3
    )
    print(f"chances    {likely / few * 1e6:8.1f} us a point, words within an error of 60 px")


def timeline() -> None:
    """An hour of gaze over a session that scrolls: 90,000 samples, 18,000 placements."""
    screen = (100.0, 50.0, 600.0, 300.0)
    layout = layout_of("m", "The tides are caused by the moon. " * 240, width=400)
    moves = [
        placement_of("m", 1, i * 200_000_000, (100, 50 - i % 3000), 1.5, screen)
        for i in range(18_000)
    ]
    entries = [Entry(0, stream_of(r), i, r) for i, r in enumerate([layout, *moves])]
    random = np.random.default_rng(0)
    x, y = random.uniform(100, 700, 90_000), random.uniform(50, 350, 90_000)
    t_ns, segment = np.arange(90_000) * 40_000_000, np.zeros(90_000, np.int64)
    built = cpu_s(lambda: Timeline(entries), 3)
    mapped = cpu_s(lambda: Timeline(entries).map(segment, t_ns, x, y), 3)
    print(f"timeline   {built * 1e3:8.0f} ms to read an hour, {mapped * 1e3:.0f} ms with its gaze")


def coding() -> None:
    """Mouse events through the codec, with the jitter that real ones have."""
    random = np.random.default_rng(0)
    steps = random.normal(0, 3, (2000, 2)).cumsum(axis=0)
    stamps = (8_000_000 + random.integers(0, 2_000_000, 2000)).cumsum()
    events = [
        MouseEvent(
            t_ns=int(stamps[i]) + 300_000,
            received_t_ns=int(stamps[i]),
            kind=MouseKind.MOVE,
            is_inside=True,
            x_px=640 + float(steps[i, 0]),
            y_px=400 + float(steps[i, 1]),
            button=None,
            wheel_x=None,
            wheel_y=None,
        )
        for i in range(2000)
    ]
    body = encode_chunk([encode_batch(events, 0, 0)])
    encoded = cpu_s(lambda: encode_chunk([encode_batch(events, 0, 0)]), 10) / len(events)
    decoded = cpu_s(lambda: decode_chunk(body), 10) / len(events)
    print(f"encode     {encoded * 1e6:8.2f} us an event, {len(body) / len(events):.1f} bytes")
    print(f"decode     {decoded * 1e6:8.2f} us an event")


if __name__ == "__main__":
    calibration()
    mapping()
    timeline()
    coding()
