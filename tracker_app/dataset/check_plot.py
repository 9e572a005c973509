"""The error of gaze at dots over the session, by the calibration alone and corrected."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker_app.codec import Entry
from tracker_app.dataset.axis import SessionAxis, clock_text
from tracker_app.dataset.checks import checks_of
from tracker_app.dataset.quality import last_accepted
from tracker_app.dataset.session_plot import WIDTH, time_ticks
from tracker_app.records import GazeCheck, GazeCheckKind

HEIGHT = 160.0
_STEPS_DEG = (0.5, 1, 2, 5, 10, 20, 45, 90)
_MAX_STEPS = 4


@dataclass(frozen=True, slots=True)
class DrawnDot:
    """The gaze at one dot: two errors above the same moment, or none where it was not seen."""

    x: float
    alone: float | None
    corrected: float | None
    title: str


@dataclass(frozen=True, slots=True)
class CheckFigure:
    """Errors over time; y grows downwards from 0 to `HEIGHT`, where the error is nil."""

    dots: tuple[DrawnDot, ...]
    time_ticks: tuple[tuple[float, str], ...]
    error_ticks: tuple[tuple[float, str], ...]
    breaks: tuple[float, ...]
    validated: float | None  # y of the error at validation
    height: float = HEIGHT
    width: float = WIDTH

    @property
    def lost(self) -> int:
        """Dots at which the eyes were not seen."""
        return sum(dot.alone is None for dot in self.dots)


class _Scale:
    """From moments and degrees to places in the figure."""

    def __init__(self, axis: SessionAxis, most_deg: float) -> None:
        self.axis = axis
        self.step_deg = next((s for s in _STEPS_DEG if most_deg / s <= _MAX_STEPS), 90)
        self.steps = max(1, int(-(-most_deg // self.step_deg)))
        self.per_s = WIDTH / axis.length_s if axis.length_s else 0.0

    def x(self, segment: int, check: GazeCheck) -> float:
        return min(WIDTH, self.per_s * self.axis.seconds(segment, check.t_ns))

    def y(self, error_deg: float) -> float:
        return HEIGHT * (1 - error_deg / (self.steps * self.step_deg))

    def ticks(self) -> tuple[tuple[float, str], ...]:
        errors = [i * self.step_deg for i in range(self.steps + 1)]
        return tuple((self.y(error), f"{error:g}°") for error in errors)


def check_figure(entries: Sequence[Entry]) -> CheckFigure | None:
    """The figure of a session; None without a dot."""
    dots = checks_of(entries, GazeCheckKind.DOT)
    if not dots:
        return None
    last = last_accepted(entries)
    validated = last.accuracy_deg if last else None
    errors = [e for _, d in dots for e in (d.error_deg, d.corrected_error_deg)]
    axis = SessionAxis(entries)
    scale = _Scale(axis, max(e for e in (*errors, validated, 0.5) if e is not None))
    return CheckFigure(
        dots=tuple(_dot(segment, dot, scale) for segment, dot in dots),
        time_ticks=time_ticks(axis.length_s),
        error_ticks=scale.ticks(),
        breaks=tuple(scale.per_s * at for at in axis.breaks_s),
        validated=None if validated is None else scale.y(validated),
    )


def _dot(segment: int, dot: GazeCheck, scale: _Scale) -> DrawnDot:
    x, at = scale.x(segment, dot), clock_text(scale.axis.seconds(segment, dot.t_ns))
    if dot.error_deg is None or dot.corrected_error_deg is None:
        return DrawnDot(x, None, None, f"{at}: the eyes were not seen")
    title = f"{at}: {dot.error_deg:.1f}°, corrected {dot.corrected_error_deg:.1f}°"
    return DrawnDot(x, scale.y(dot.error_deg), scale.y(dot.corrected_error_deg), title)
