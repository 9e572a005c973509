"""How good a session's recording is, in figures with plain definitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tracker_app.codec import Entry
from tracker_app.records import (
    CalibrationResult,
    ClockSegment,
    Frame,
    Gap,
    GazeSample,
    MouseEvent,
    Record,
    TurnRated,
)

NS = 1e9
_R = TypeVar("_R", bound=Record)


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one session. None where nothing was recorded to compute them from."""

    duration_s: float  # first to last record, summed over clock segments
    interruptions: int  # starts of the program after the first
    frames: int  # processed camera frames
    face_share: float | None  # frames with a face
    dropped_share: float | None  # grabbed frames that were never processed
    frame_rate_hz: float | None  # processed frames a second, within segments
    frame_jitter_ms: float | None  # standard deviation of frame intervals
    delay_p50_ms: float | None  # grab to result
    delay_p95_ms: float | None
    gaze_samples: int
    gaze_loss: float | None  # gaze samples without a position
    median_confidence: float | None
    distance_mm: float | None  # median
    accuracy_deg: float | None  # of the last accepted calibration, on held-out targets
    accuracy_px: float | None
    precision_rms_deg: float | None
    calibration_attempts: int
    mouse_events: int
    mouse_inside_share: float | None
    turns: int  # answered and rated
    gaps: int  # records of something lost


def measure_quality(entries: Sequence[Entry]) -> Quality:
    """The figures of a session's entries."""
    frames = [(e.segment, e.record) for e in entries if isinstance(e.record, Frame)]
    gaze = _of(entries, GazeSample)
    mouse = _of(entries, MouseEvent)
    calibrations = _of(entries, CalibrationResult)
    accepted = next((c for c in reversed(calibrations) if c.is_accepted), None)
    delays = np.array([(f.result_t_ns - f.t_ns) / 1e6 for _, f in frames])
    intervals = _intervals_s(frames)
    dropped = sum(f.dropped for _, f in frames)
    distances = [f.distance_mm for _, f in frames if f.distance_mm is not None]
    starts = [s for s in _of(entries, ClockSegment) if s.reason == "resume"]
    return Quality(
        duration_s=_duration_s(entries),
        interruptions=len(starts),
        frames=len(frames),
        face_share=_share(sum(f.has_face for _, f in frames), len(frames)),
        dropped_share=_share(dropped, dropped + len(frames)),
        frame_rate_hz=float(1 / intervals.mean()) if len(intervals) else None,
        frame_jitter_ms=float(intervals.std() * 1e3) if len(intervals) else None,
        delay_p50_ms=float(np.percentile(delays, 50)) if len(delays) else None,
        delay_p95_ms=float(np.percentile(delays, 95)) if len(delays) else None,
        gaze_samples=len(gaze),
        gaze_loss=_share(sum(g.x_px is None for g in gaze), len(gaze)),
        median_confidence=float(np.median([g.confidence for g in gaze])) if gaze else None,
        distance_mm=float(np.median(distances)) if distances else None,
        accuracy_deg=accepted.accuracy_deg if accepted else None,
        accuracy_px=accepted.accuracy_px if accepted else None,
        precision_rms_deg=accepted.precision_rms_deg if accepted else None,
        calibration_attempts=len(calibrations),
        mouse_events=len(mouse),
        mouse_inside_share=_share(sum(m.is_inside for m in mouse), len(mouse)),
        turns=len(_of(entries, TurnRated)),
        gaps=len(_of(entries, Gap)),
    )


def _of(entries: Sequence[Entry], kind: type[_R]) -> list[_R]:
    return [e.record for e in entries if isinstance(e.record, kind)]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _intervals_s(frames: Sequence[tuple[int, Frame]]) -> NDArray[np.float64]:
    """Time between frames that follow each other without a drop or a camera restart, seconds."""
    return np.array(
        [
            (two.t_ns - one.t_ns) / NS
            for (segment, one), (next_segment, two) in pairwise(frames)
            if segment == next_segment and two.number == one.number + 1
        ]
    )


def _duration_s(entries: Sequence[Entry]) -> float:
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for entry in entries:
        t_ns = entry.record.t_ns
        first[entry.segment] = min(first.get(entry.segment, t_ns), t_ns)
        last[entry.segment] = max(last.get(entry.segment, t_ns), t_ns)
    return sum(last[segment] - first[segment] for segment in first) / NS
