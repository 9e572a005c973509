"""How far off each gaze sample may be, and which text unit it can therefore tell.

A sample tells a unit where at least half of its error's distribution lies on it. A word needs an
error well below its size; where it is larger, the line or the paragraph is told, and no word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.aoi import NONE, Level, Likeliest, Mapped, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.selection import of_type
from tracker_app.dataset.words import Samples, corrected_gaze
from tracker_app.records import GazeSample

ENOUGH = 0.5
# From coarse to fine: what does not tell a paragraph cannot tell a line of it.
LEVELS = (Level.PARAGRAPH, Level.LINE, Level.WORD)


def gaze_covariance(entries: Sequence[Entry]) -> NDArray[np.float64]:
    """The covariance of the corrected gaze's error by time, px^2; (n, 2, 2), NaN where lost."""
    rows = [(g.sd_x_px, g.sd_y_px, g.correlation) for _, g in of_type(entries, GazeSample)]
    sd_x, sd_y, correlation = np.array(rows, np.float64).reshape(-1, 3).T  # None becomes NaN
    cross = correlation * sd_x * sd_y
    return np.stack([sd_x**2, cross, cross, sd_y**2], axis=1).reshape(-1, 2, 2)


@dataclass(frozen=True, eq=False)
class ToldGaze:
    """A session's corrected gaze, where it fell, and what it tells."""

    timeline: Timeline
    samples: Samples
    mapped: Mapped
    told: dict[Level, Likeliest]

    @property
    def shares(self) -> dict[Level, float] | None:
        """Of the samples on text that tell a unit of each level; None without such."""
        return told_shares(self.told, self.mapped.screen != NONE)


def told_gaze(entries: Sequence[Entry]) -> ToldGaze:
    """What the gaze of a session tells."""
    timeline, samples = Timeline(entries), corrected_gaze(entries)
    told = told_units(timeline, samples, gaze_covariance(entries))
    return ToldGaze(timeline, samples, samples.map(timeline), told)


def told_units(
    timeline: Timeline, gaze: Samples, covariance: NDArray[np.float64]
) -> dict[Level, Likeliest]:
    """Which paragraph, line and word each sample tells; NONE where it tells none.

    Args:
        timeline: of the session.
        gaze: its samples.
        covariance: of their errors, px^2, shape (n, 2, 2), NaN where not known.
    """
    told, rows = {}, np.arange(len(gaze.t_ns))
    for level in LEVELS:
        found = timeline.likeliest(
            gaze.segment[rows],
            gaze.t_ns[rows],
            gaze.x_px[rows],
            gaze.y_px[rows],
            covariance[rows],
            level,
        )
        is_told = (found.unit != NONE) & (found.probability >= ENOUGH)
        told[level] = _spread(found, rows, is_told, len(gaze.t_ns))
        rows = rows[is_told]
    return told


def _spread(
    found: Likeliest, rows: NDArray[np.int64], is_told: NDArray[np.bool_], count: int
) -> Likeliest:
    screen, unit = np.full(count, NONE, np.int64), np.full(count, NONE, np.int64)
    probability = np.zeros(count)
    chosen = rows[is_told]
    screen[chosen], unit[chosen] = found.screen[is_told], found.unit[is_told]
    probability[chosen] = found.probability[is_told]
    return Likeliest(screen, unit, probability)


def told_shares(
    told: dict[Level, Likeliest], on_text: NDArray[np.bool_]
) -> dict[Level, float] | None:
    """The share of the samples on text that tell a unit of each level; None without such."""
    if not on_text.any():
        return None
    return {level: float((units.unit[on_text] != NONE).mean()) for level, units in told.items()}
