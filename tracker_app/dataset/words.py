"""What was looked at and pointed at: each sample with the message, line and word it fell on.

Only points are assigned, never guesses: a sample between words has a line and no word. How likely
the words around it are, given the error of the gaze, is told apart (`Timeline.likeliest`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.aoi import NONE, Mapped, Timeline, Units
from tracker_app.codec import Entry
from tracker_app.dataset.selection import of_type
from tracker_app.records import GazeSample, MouseEvent


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Points in time on the screen; arrays of shape (n,), NaN where lost."""

    segment: NDArray[np.int64]
    t_ns: NDArray[np.int64]
    x_px: NDArray[np.float64]
    y_px: NDArray[np.float64]

    def map(self, timeline: Timeline) -> Mapped:
        """Where each point fell."""
        return timeline.map(self.segment, self.t_ns, self.x_px, self.y_px)


def _samples(rows: Iterable[tuple[int, int, float | None, float | None]]) -> Samples:
    listed = list(rows)
    segment, t_ns, x, y = zip(*listed, strict=True) if listed else ((),) * 4
    return Samples(
        np.array(segment, np.int64),
        np.array(t_ns, np.int64),
        np.array(x, np.float64),  # None becomes NaN
        np.array(y, np.float64),
    )


def raw_gaze(entries: Sequence[Entry]) -> Samples:
    """Gaze by the calibration alone, in order of time: no click ever taught it."""
    return _samples((s, g.t_ns, g.x_px, g.y_px) for s, g in of_type(entries, GazeSample))


def corrected_gaze(entries: Sequence[Entry]) -> Samples:
    """Gaze by all that was learnt in the session as well, in order of time."""
    return _samples(
        (s, g.t_ns, g.corrected_x_px, g.corrected_y_px) for s, g in of_type(entries, GazeSample)
    )


def filtered_gaze(entries: Sequence[Entry]) -> Samples:
    """Corrected gaze smoothed for the interface, in order of time."""
    return _samples(
        (s, g.t_ns, g.filtered_x_px, g.filtered_y_px) for s, g in of_type(entries, GazeSample)
    )


def mouse_points(entries: Sequence[Entry]) -> Samples:
    """Mouse positions inside our window, in order of time."""
    return _samples((s, m.t_ns, m.x_px, m.y_px) for s, m in of_type(entries, MouseEvent))


def word_columns(mapped: Mapped, prefix: str = "") -> dict[str, list[object]]:
    """What each point fell on, by the names of the derived tables; None where there is none."""
    columns: dict[str, list[object]] = {f"{prefix}message_id": list(mapped.message_ids)}
    for name in Units.__slots__:
        values = getattr(mapped.units, name).tolist()
        columns[prefix + name] = [None if v == NONE else v for v in values]
    columns[f"{prefix}text"] = list(mapped.text)
    return columns
