"""The calibration as tables: every attempt with its verdict, and the points of one attempt."""

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.looks import Use
from tracker_app.codec import Entry
from tracker_app.dataset.checks import MeanError
from tracker_app.dataset.selection import of_type
from tracker_app.records import CalibrationKind, CalibrationResult, CalibrationTarget, Monitor

NONE = "\N{EN DASH}"
MARGIN_PX = 100.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt and what was looked at in it."""

    segment: int
    result: CalibrationResult
    targets: tuple[CalibrationTarget, ...]

    def of_use(self, *uses: Use) -> tuple[CalibrationTarget, ...]:
        """The targets looked at for any of these."""
        return tuple(t for t in self.targets if t.use in uses)

    @property
    def accuracy(self) -> MeanError:
        """Over the held-out points."""
        r = self.result
        return MeanError(r.accuracy_deg, r.accuracy_low_deg, r.accuracy_high_deg)


def attempts_of(entries: Sequence[Entry]) -> list[Attempt]:
    """Every attempt that came to a verdict, in order of time."""
    targets = of_type(entries, CalibrationTarget)
    attempts = []
    for segment, result in of_type(entries, CalibrationResult):
        own = tuple(t for s, t in targets if (s, t.attempt) == (segment, result.attempt))
        attempts.append(Attempt(segment, result, own))
    return attempts


def chosen_attempt(entries: Sequence[Entry]) -> Attempt | None:
    """The last accepted attempt, or the last one where none was accepted."""
    attempts = attempts_of(entries)
    accepted = [a for a in attempts if a.result.is_accepted]
    return (accepted or attempts)[-1] if attempts else None


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle positions of targets are told in, physical pixels."""

    left: float
    top: float
    width: float
    height: float


def frame_of(entries: Sequence[Entry], targets: Sequence[CalibrationTarget]) -> Frame:
    """The monitor that holds the targets, or what is around them where none is known to."""
    for _, m in reversed(of_type(entries, Monitor)):
        if all(
            m.x_px <= t.x_px <= m.x_px + m.width_px and m.y_px <= t.y_px <= m.y_px + m.height_px
            for t in targets
        ):
            return Frame(m.x_px, m.y_px, m.width_px, m.height_px)
    xs, ys = [t.x_px for t in targets], [t.y_px for t in targets]
    left, top = min(xs) - MARGIN_PX, min(ys) - MARGIN_PX
    return Frame(left, top, max(xs) - left + MARGIN_PX, max(ys) - top + MARGIN_PX)


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt as a report lists it."""

    number: int
    points: str
    accuracy: str
    rms: str
    sd: str
    bcea: str
    loss: str
    is_accepted: bool
    verdict: str


def attempt_rows(entries: Sequence[Entry]) -> list[AttemptRow]:
    """Every attempt, the accepted ones among them."""
    return [_attempt_row(attempt) for attempt in attempts_of(entries)]


def _attempt_row(attempt: Attempt) -> AttemptRow:
    result = attempt.result
    verdict = "Accepted" if result.is_accepted else "Not accepted"
    return AttemptRow(
        number=result.attempt,
        points=points_text(attempt),
        accuracy=str(attempt.accuracy),
        rms=_degrees(result.precision_rms_deg),
        sd=_degrees(result.precision_sd_deg),
        bcea=_square_degrees(result.bcea_deg2),
        loss=f"{result.data_loss:.1%}",
        is_accepted=result.is_accepted,
        verdict=f"{verdict}, by the {result.decided_by}" if result.decided_by else verdict,
    )


def points_text(attempt: Attempt) -> str:
    """How many points were looked at, and for what."""
    counts = {
        "fitted": len(attempt.of_use(Use.FIT)),
        "with the head moving": len(attempt.of_use(Use.HEAD)),
        "held out": len(attempt.of_use(Use.VALIDATE)),
    }
    listed = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    if attempt.result.kind is CalibrationKind.CHECK:
        return f"{listed}: an earlier calibration checked"
    return listed or NONE


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point of an attempt; figures of its samples in degrees, where it was held out."""

    place: str
    valid: str
    is_seen: bool
    moves_head: bool
    mean: str
    least: str
    most: str
    sd: str
    rms: str
    std: str
    bcea: str


def point_rows(entries: Sequence[Entry], *uses: Use) -> list[PointRow]:
    """The points of the last accepted attempt that were looked at for these uses."""
    attempt = chosen_attempt(entries)
    if attempt is None or not attempt.targets:
        return []
    frame = frame_of(entries, attempt.targets)
    return [_point_row(target, frame) for target in attempt.of_use(*uses)]


def _point_row(target: CalibrationTarget, frame: Frame) -> PointRow:
    across = (target.x_px - frame.left) / frame.width
    down = (target.y_px - frame.top) / frame.height
    share = target.valid_samples / target.samples if target.samples else 0.0
    return PointRow(
        place=f"{across:.0%} across, {down:.0%} down",
        valid=f"{share:.0%} of {target.samples}",
        is_seen=target.is_seen,
        moves_head=target.use is Use.HEAD,
        mean=_degrees(target.accuracy_deg),
        least=_degrees(target.least_error_deg),
        most=_degrees(target.most_error_deg),
        sd=_degrees(target.sd_error_deg),
        rms=_degrees(target.precision_rms_deg),
        std=_degrees(target.precision_sd_deg),
        bcea=_square_degrees(target.bcea_deg2),
    )


def _degrees(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}°"


def _square_degrees(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f} deg²"
