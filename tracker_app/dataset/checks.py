"""How good gaze stayed after the calibration: its error at points that were looked at.

Dots are shown to be looked at, so they judge the gaze; none is left out, however large its error.
Clicks are told apart and judge nothing: they stand on buttons, eyes leave early, and the same
clicks teach the corrected gaze. Both errors are of before anything was learnt from the point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.metrics import mean_interval
from tracker_app.codec import Entry
from tracker_app.dataset.axis import SessionAxis, clock_text
from tracker_app.dataset.selection import of_type
from tracker_app.records import GazeCheck, GazeCheckKind


@dataclass(frozen=True, slots=True)
class MeanError:
    """A mean over points in degrees, with its 95% interval where there are two or more."""

    mean_deg: float | None = None
    low_deg: float | None = None
    high_deg: float | None = None

    @classmethod
    def of(cls, errors_deg: Sequence[float | None]) -> "MeanError":
        """Of the points at which the eyes were seen."""
        known = [e for e in errors_deg if e is not None]
        if not known:
            return cls()
        return cls(float(np.mean(known)), *(mean_interval(known) or (None, None)))

    def __str__(self) -> str:
        return self._text(" ({:.1f} to {:.1f})")

    @property
    def in_full(self) -> str:
        """As it may stand alone in a text."""
        return self._text(", 95% interval of the mean {:.1f} to {:.1f}")

    def _text(self, interval: str) -> str:
        if self.mean_deg is None:
            return "none"
        has_interval = self.low_deg is not None and self.high_deg is not None
        bounds = interval.format(self.low_deg, self.high_deg) if has_interval else ""
        return f"{self.mean_deg:.1f}°{bounds}"


def checks_of(entries: Sequence[Entry], kind: GazeCheckKind) -> list[tuple[int, GazeCheck]]:
    """The dots or the clicks of a session with their clock segment, in order of time."""
    return [(s, c) for s, c in of_type(entries, GazeCheck) if c.kind is kind]


@dataclass(frozen=True, slots=True)
class ClickRow:
    """One click as a report lists it."""

    at: str
    element: str
    error: str
    corrected: str
    trust: str
    is_used: bool


def click_rows(entries: Sequence[Entry]) -> list[ClickRow]:
    """Every click at which gaze was judged."""
    axis = SessionAxis(entries)
    return [
        ClickRow(
            at=clock_text(axis.seconds(segment, click.end_t_ns)),
            element=click.element,
            error=str(MeanError(click.error_deg)),
            corrected=str(MeanError(click.corrected_error_deg)),
            trust=f"{click.trust:.0%}",
            is_used=click.is_used,
        )
        for segment, click in checks_of(entries, GazeCheckKind.CLICK)
    ]
