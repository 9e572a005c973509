"""Fixations by two-means clustering (I2MC), for reports and first looks.

Hessels, Niehorster, Kemner & Hooge (2017), "Noise-robust fixation detection in eye movement
data: Identification by two-means clustering (I2MC)": a window slides over the gaze and its
samples are split into two clusters; where the split keeps falling, the eyes moved. Made for
noise, but at 300 Hz: its 200 ms hold six samples of a webcam, too few. So gaze is interpolated
to an even 60 Hz, which also bridges lost frames, and the window is twice as long.

Share of fixations found (F1) on simulated reading at 25 to 30 Hz with white noise of 20, 40 and
80 px: .97, .90, .75; by dispersion (I-DT) .86, .82, .70; by I2MC as it comes .84, .60, .34.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.codec import Entry
from tracker_app.dataset.quality import last_accepted
from tracker_app.dataset.words import Samples

MIN_DURATION_NS = 100_000_000
# Longer than a blink's usual loss: what follows is another look, even at the same place.
MAX_LOSS_NS = 200_000_000
DEFAULT_MERGE_PX = 30.0  # I2MC's own
RATE_HZ = 60.0
STEP_MS = 1000 / RATE_HZ
WINDOW_S = 0.4
OPTIONS = {
    "freq": RATE_HZ,
    "windowtime": WINDOW_S,
    "steptime": 0.1,
    "downsamples": [2],  # cluster every other sample too
    "downsampFilter": False,
    "cutoffstd": 1.0,  # at two, the default, up to half the saccades of noisy gaze are missed
    "maxMergeTime": 100.0,
    "minFixDur": MIN_DURATION_NS / 1e6,
    # Asked for, but unused where no sample is lost.
    "xres": 1.0,
    "yres": 1.0,
    "missingx": np.nan,
    "missingy": np.nan,
}


@dataclass(frozen=True, slots=True)
class Fixation:
    """The eyes rested here."""

    segment: int
    start_ns: int
    end_ns: int
    x_px: float  # median
    y_px: float

    @property
    def duration_ms(self) -> float:
        """How long the eyes rested."""
        return (self.end_ns - self.start_ns) / 1e6


def merge_distance_px(
    accuracy_px: float | None, accuracy_deg: float | None, precision_sd_deg: float | None
) -> float:
    """How far noise alone moves a fixation: 3/4 SD of the gaze, at least a quarter of a degree.

    Args:
        accuracy_px: with `accuracy_deg`, of the same calibration: the pixels in a degree.
        accuracy_deg: see above.
        precision_sd_deg: standard deviation of the gaze while a target was looked at.
    """
    if not accuracy_px or not accuracy_deg:
        return DEFAULT_MERGE_PX
    return max(0.25, 0.75 * (precision_sd_deg or 0)) * accuracy_px / accuracy_deg


def session_merge_px(entries: Sequence[Entry]) -> float:
    """The distance by the calibration the session ended with."""
    last = last_accepted(entries)
    if last is None:
        return DEFAULT_MERGE_PX
    return merge_distance_px(last.accuracy_px, last.accuracy_deg, last.precision_sd_deg)


def detect_fixations(samples: Samples, merge_px: float) -> list[Fixation]:
    """The fixations in gaze samples, in order of time; an hour of gaze takes about 50 s.

    Args:
        samples: in order of segment and time; NaN where lost.
        merge_px: fixations that follow each other and are nearer than this are one.
    """
    found: list[Fixation] = []
    is_seen = ~np.isnan(samples.x_px + samples.y_px)
    for segment in np.unique(samples.segment).tolist():
        (rows,) = np.nonzero((samples.segment == segment) & is_seen)
        t_ns = samples.t_ns[rows]
        for run in np.split(rows, np.nonzero(np.diff(t_ns) > MAX_LOSS_NS)[0] + 1):
            if len(run) and samples.t_ns[run[-1]] - samples.t_ns[run[0]] >= MIN_DURATION_NS:
                found += _in_run(samples, run, segment, merge_px)
    return found


def fixation_points(fixations: Sequence[Fixation]) -> Samples:
    """The fixations as points at the time they begin."""
    return Samples(
        np.array([f.segment for f in fixations], np.int64),
        np.array([f.start_ns for f in fixations], np.int64),
        np.array([f.x_px for f in fixations], np.float64),
        np.array([f.y_px for f in fixations], np.float64),
    )


def _in_run(
    samples: Samples, run: NDArray[np.int64], segment: int, merge_px: float
) -> list[Fixation]:
    from I2MC import I2MC

    first_ns, last_ns = samples.t_ns[run[[0, -1]]].tolist()
    at_ms = (samples.t_ns[run] - first_ns) / 1e6
    grid_ms = np.arange(0, at_ms[-1], STEP_MS)
    x, y = (np.interp(grid_ms, at_ms, values[run]) for values in (samples.x_px, samples.y_px))
    # Mirrored beyond its ends, so that every sample lies in as many windows as any other.
    margin = round(WINDOW_S * RATE_HZ)
    gaze = {
        "time": (np.arange(len(grid_ms) + 2 * margin) - margin) * STEP_MS,
        "average_X": np.pad(x, margin, "reflect"),
        "average_Y": np.pad(y, margin, "reflect"),
    }
    # It gives up after `maxerrors` windows that cannot be split; there are fewer windows.
    options = OPTIONS | {"maxMergeDist": merge_px, "maxerrors": len(gaze["time"])}
    with _contained():
        events, _, _ = I2MC(gaze, options, logging=False)
    starts, ends = (
        np.clip(first_ns + np.rint(events[name] * 1e6).astype(np.int64), first_ns, last_ns)
        for name in ("startT", "endT")
    )
    rows = zip(*(a.tolist() for a in (starts, ends, events["xpos"], events["ypos"])), strict=True)
    return [Fixation(segment, *row) for row in rows if row[1] - row[0] >= MIN_DURATION_NS]


@contextmanager
def _contained() -> Iterator[None]:
    """Keeps I2MC repeatable and to itself.

    It draws from NumPy's global random numbers, sets NumPy's error handling, and warns of
    statistics we do not use.
    """
    state = np.random.get_state()  # noqa: NPY002 (what I2MC draws from)
    np.random.seed(0)  # noqa: NPY002
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
