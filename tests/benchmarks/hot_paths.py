"""What the code that runs for every sample costs: fit, predict, point to word, encode, decode.

python -m tests.benchmarks.hot_paths
"""

import time
from collections.abc import Callable

import numpy as np

from calibration.regression import fit
from tests.sessions import layout_of, placement_of
from tracker_app.aoi import Page, locate, locate_many
from tracker_app.codec import decode_chunk, encode_batch, encode_chunk
from tracker_app.records import MouseEvent, MouseKind

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
    """Fit and predict as the application does: 9 targets of 25 frames, 132 features."""
    random = np.random.default_rng(0)
    targets = random.uniform(0, 1000, (9, 2))
    groups = np.repeat(np.arange(9), 25)
    features = random.standard_normal((len(groups), 132))
    model = fit(features, targets[groups], groups)
    print(f"fit        {cpu_s(lambda: fit(features, targets[groups], groups), 10) * 1e3:8.1f} ms")
    print(f"predict    {cpu_s(lambda: model.predict(features[0]), 2000) * 1e6:8.1f} us")


def mapping() -> None:
    """From points to words of an answer of 1,700 words."""
    page = Page.of(layout_of("m", "The tides are caused by the moon. " * 240, width=400))
    placement = placement_of("m", origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 300))
    random = np.random.default_rng(0)
    x, y = random.uniform(100, 700, POINTS), random.uniform(50, 350, POINTS)
    one = cpu_s(lambda: locate(page, placement, 300.0, 150.0), 2000)
    many = cpu_s(lambda: locate_many(page, placement, x, y), 5)
    print(f"locate     {one * 1e6:8.1f} us a point")
    print(f"locate_many {POINTS / many / 1e6:7.2f} million points a second")


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
    coding()
