"""How good a session is: figures that a researcher can judge, compare and exclude by.

Times are compared only within one clock segment; durations are sums over segments. Intervals
that hold a pause or a known gap of the camera are left out of rates and jitter, since a rate over
a pause says nothing about the camera.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker_app.codec import Entry
from tracker_app.dataset.axis import SessionAxis
from tracker_app.dataset.checks import MeanError, checks_of
from tracker_app.dataset.redactions import redacted_spans
from tracker_app.dataset.selection import is_simulated, of_type
from tracker_app.records import (
    CalibrationResult,
    Frame,
    Gap,
    GazeCheckKind,
    GazeSample,
    Message,
    MouseEvent,
    Preference,
    ProviderFailure,
    Rating,
    Recording,
    Redaction,
    TokenArrival,
    Turn,
    TurnSkipped,
)


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one session. A share is of 0 to 1; None means nothing was there to measure."""

    is_simulated: bool
    """The eyes were a program's: accuracy, precision and data loss say nothing about people."""
    segments: int
    """Clock segments: 1 plus the restarts, suspends and clock jumps."""
    duration_s: float
    """From the first to the last record of each segment, summed; pauses included."""
    paused_s: float
    """Time in which the participant had paused everything."""

    frames: int
    """Camera frames processed."""
    face_share: float | None
    """Frames in which a face was found."""
    dropped_share: float | None
    """Frames grabbed and overwritten unread, of all frames grabbed."""
    frame_rate_hz: float | None
    """Frames processed a second: 1 over the mean interval between neighbouring frames."""
    frame_interval_p50_ms: float | None
    frame_interval_p95_ms: float | None
    frame_jitter_ms: float | None
    """Standard deviation of the intervals between neighbouring frames."""
    result_delay_p50_ms: float | None
    """From a frame's grab until landmarks and gaze were ready."""
    result_delay_p95_ms: float | None
    distance_mm: float | None
    """Median viewing distance, estimated from the iris."""

    gaze_samples: int
    gaze_rate_hz: float | None
    """Gaze samples a second, valid or not; intervals as for frames."""
    data_loss: float | None
    """Gaze samples without a position (Holmqvist et al. 2012)."""
    median_confidence: float | None
    """Of the samples with a position."""

    calibrations: int
    """Attempts."""
    accuracy_deg: float | None
    """Of the last accepted calibration, on its held-out validation targets; so too the next."""
    accuracy_px: float | None
    precision_rms_deg: float | None
    precision_sd_deg: float | None
    bcea_deg2: float | None
    """Area that holds 68% of the gaze while a target was looked at."""

    dots: int
    """Dots shown during the session to be looked at, seen or not."""
    dot_error_deg: float | None
    """Mean error at them of the gaze by the calibration alone, with its 95% interval."""
    dot_error_low_deg: float | None
    dot_error_high_deg: float | None
    dot_corrected_error_deg: float | None
    """The same of the corrected gaze, each dot before anything was learnt from it."""
    dot_corrected_error_low_deg: float | None
    dot_corrected_error_high_deg: float | None
    clicks: int
    """Clicks at which gaze was judged. Biased: they never count as accuracy."""
    clicks_used_share: float | None
    """Those the corrected gaze learnt from."""

    mouse_events: int
    mouse_inside_share: float | None
    """Mouse events inside our window; only those carry a position."""

    turns: int
    answers: int
    """Complete answers."""
    ratings: int
    """Answers rated; a changed rating counts once."""
    preferences: int
    """Turns in which a pair was judged."""
    provider_failures: dict[str, int]
    """How often a model did not answer, by why; those asked again by themselves count too."""
    skipped_turns: int
    """Turns given up because an answer did not come."""
    pieces_per_s: float | None
    """Median over answers of the pieces streamed a second (most models: one token a piece)."""

    gaps: int
    """Stretches in which something was lost."""
    lost_records: int
    """Records lost in gaps, as far as they could be counted."""
    redacted_records: int
    """Records deleted on the participant's wish."""
    redacted_spans: int
    """Stretches of time they were deleted from."""

    @property
    def dot_error(self) -> MeanError:
        """At dots, of the gaze by the calibration alone."""
        return MeanError(self.dot_error_deg, self.dot_error_low_deg, self.dot_error_high_deg)

    @property
    def dot_corrected_error(self) -> MeanError:
        """At dots, of the corrected gaze."""
        return MeanError(
            self.dot_corrected_error_deg,
            self.dot_corrected_error_low_deg,
            self.dot_corrected_error_high_deg,
        )


def measure(entries: Sequence[Entry]) -> Quality:
    """The quality figures of a session, from its entries in any order."""
    return Quality(
        is_simulated=is_simulated(entries),
        segments=len({e.segment for e in entries}),
        duration_s=SessionAxis(entries).length_s,
        paused_s=_paused_s(entries),
        **_of_frames(entries),
        **_of_gaze(entries),
        **_of_calibration(entries),
        **_of_checks(entries),
        **_of_mouse(entries),
        **_of_talk(entries),
        **_of_losses(entries),
    )


# A part of the figures by name. A missing or wrong name fails at the first call of `measure`.
_Part = dict[str, Any]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percentile(values: NDArray[np.float64], percent: float) -> float | None:
    return float(np.percentile(values, percent)) if len(values) else None


def _paused_s(entries: Sequence[Entry]) -> float:
    marks = [(s, r) for s, r in of_type(entries, Recording) if r.source == "all"]
    return sum(
        (later.t_ns - earlier.t_ns) / 1e9
        for (segment, earlier), (other, later) in pairwise(marks)
        if segment == other and not earlier.is_on and later.is_on
    )


def _intervals_ms(
    entries: Sequence[Entry], rows: Sequence[tuple[int, Frame | GazeSample]]
) -> NDArray[np.float64]:
    """Between neighbouring rows of a segment, without those over a pause, gap or deletion."""
    breaks: dict[int, list[int]] = {}
    for segment, mark in of_type(entries, Recording):
        if not mark.is_on and mark.source in ("all", "camera"):
            breaks.setdefault(segment, []).append(mark.t_ns)
    for segment, gap in of_type(entries, Gap):
        if gap.source != "mouse":
            breaks.setdefault(segment, []).append(gap.t_ns)
    for span in redacted_spans(entries):
        breaks.setdefault(span.segment, []).append(span.t_ns)
    intervals = []
    for segment in {s for s, _ in rows}:
        t_ns = np.array([r.t_ns for s, r in rows if s == segment], np.int64)
        stops = np.searchsorted(t_ns, np.sort(breaks.get(segment, [])), side="right")
        kept = np.ones(max(len(t_ns) - 1, 0), bool)
        kept[[i - 1 for i in stops.tolist() if 0 < i < len(t_ns)]] = False
        intervals.append(np.diff(t_ns)[kept] / 1e6)
    return np.concatenate(intervals) if intervals else np.empty(0)


def _rate_hz(intervals_ms: NDArray[np.float64]) -> float | None:
    total_ms = float(intervals_ms.sum())
    return 1000 * len(intervals_ms) / total_ms if total_ms else None


def _of_frames(entries: Sequence[Entry]) -> _Part:
    rows = of_type(entries, Frame)
    frames = [f for _, f in rows]
    dropped = sum(f.dropped for f in frames)
    intervals = _intervals_ms(entries, rows)
    delays = np.array([(f.result_t_ns - f.t_ns) / 1e6 for f in frames], np.float64)
    distances = [f.distance_mm for f in frames if f.distance_mm is not None]
    return {
        "frames": len(frames),
        "face_share": _share(sum(f.has_face for f in frames), len(frames)),
        "dropped_share": _share(dropped, len(frames) + dropped),
        "frame_rate_hz": _rate_hz(intervals),
        "frame_interval_p50_ms": _percentile(intervals, 50),
        "frame_interval_p95_ms": _percentile(intervals, 95),
        "frame_jitter_ms": float(intervals.std()) if len(intervals) else None,
        "result_delay_p50_ms": _percentile(delays, 50),
        "result_delay_p95_ms": _percentile(delays, 95),
        "distance_mm": median(distances) if distances else None,
    }


def _of_gaze(entries: Sequence[Entry]) -> _Part:
    rows = of_type(entries, GazeSample)
    valid = [g.confidence for _, g in rows if g.x_px is not None and g.y_px is not None]
    return {
        "gaze_samples": len(rows),
        "gaze_rate_hz": _rate_hz(_intervals_ms(entries, rows)),
        "data_loss": _share(len(rows) - len(valid), len(rows)),
        "median_confidence": median(valid) if valid else None,
    }


def last_accepted(entries: Sequence[Entry]) -> CalibrationResult | None:
    """The calibration the session ended with."""
    accepted = [c for _, c in of_type(entries, CalibrationResult) if c.is_accepted]
    return accepted[-1] if accepted else None


def _of_calibration(entries: Sequence[Entry]) -> _Part:
    last = last_accepted(entries)
    return {
        "calibrations": len(of_type(entries, CalibrationResult)),
        "accuracy_deg": last.accuracy_deg if last else None,
        "accuracy_px": last.accuracy_px if last else None,
        "precision_rms_deg": last.precision_rms_deg if last else None,
        "precision_sd_deg": last.precision_sd_deg if last else None,
        "bcea_deg2": last.bcea_deg2 if last else None,
    }


def _of_checks(entries: Sequence[Entry]) -> _Part:
    dots = [dot for _, dot in checks_of(entries, GazeCheckKind.DOT)]
    clicks = [click for _, click in checks_of(entries, GazeCheckKind.CLICK)]
    alone = MeanError.of([dot.error_deg for dot in dots])
    corrected = MeanError.of([dot.corrected_error_deg for dot in dots])
    return {
        "dots": len(dots),
        "dot_error_deg": alone.mean_deg,
        "dot_error_low_deg": alone.low_deg,
        "dot_error_high_deg": alone.high_deg,
        "dot_corrected_error_deg": corrected.mean_deg,
        "dot_corrected_error_low_deg": corrected.low_deg,
        "dot_corrected_error_high_deg": corrected.high_deg,
        "clicks": len(clicks),
        "clicks_used_share": _share(sum(click.is_used for click in clicks), len(clicks)),
    }


def _of_mouse(entries: Sequence[Entry]) -> _Part:
    events = [m for _, m in of_type(entries, MouseEvent)]
    return {
        "mouse_events": len(events),
        "mouse_inside_share": _share(sum(m.is_inside for m in events), len(events)),
    }


def _of_talk(entries: Sequence[Entry]) -> _Part:
    rates = _piece_rates(entries)
    failures = [failure for _, failure in of_type(entries, ProviderFailure)]
    return {
        "turns": len(of_type(entries, Turn)),
        "answers": len(of_type(entries, Message)),
        "ratings": len({r.message_id for _, r in of_type(entries, Rating)}),
        "preferences": len({p.turn for _, p in of_type(entries, Preference)}),
        "provider_failures": dict(sorted(Counter(str(f.kind) for f in failures).items())),
        "skipped_turns": len(of_type(entries, TurnSkipped)),
        "pieces_per_s": median(rates) if rates else None,
    }


def _piece_rates(entries: Sequence[Entry]) -> list[float]:
    arrivals: dict[tuple[int, str], list[int]] = {}
    for segment, token in of_type(entries, TokenArrival):
        arrivals.setdefault((segment, token.message_id), []).append(token.t_ns)
    return [1e9 * (len(t) - 1) / (t[-1] - t[0]) for t in arrivals.values() if t[-1] > t[0]]


def _of_losses(entries: Sequence[Entry]) -> _Part:
    gaps = of_type(entries, Gap)
    return {
        "gaps": len(gaps),
        "lost_records": sum(g.lost or 0 for _, g in gaps),
        "redacted_records": sum(r.lost for _, r in of_type(entries, Redaction)),
        "redacted_spans": sum(not span.is_moment for span in redacted_spans(entries)),
    }
