"""A recorded session's gaze, estimated again by today's estimator.

What was measured of the eyes in each frame is in the journal, as far as the participant agreed;
calibrations are fitted anew to it and every frame is estimated from the newest one before it, also
of an earlier clock segment: a computer that slept has not moved the head.
Landmarks and eye pictures themselves cannot be found anew: no camera picture is ever kept.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.drift import DriftFilter
from calibration.errors import CalibrationError
from calibration.geometry import ASSUMED_DISTANCE_MM, Screen
from calibration.looks import Look
from calibration.outcome import CalibrationOutcome, calibrate
from calibration.regression import Prior
from tracker_app.codec import Entry
from tracker_app.dataset.calibrations import attempts_of
from tracker_app.dataset.selection import of_type
from tracker_app.errors import RegazeError
from tracker_app.gaze.estimator import ESTIMATOR, gaze_prior, geometry_prior
from tracker_app.gaze.features import FEATURE_NAMES, FEATURE_VERSION, GEOMETRY_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.samples import Maps, SampleMaker
from tracker_app.records import (
    CalibrationKind,
    CalibrationResult,
    CalibrationTarget,
    EyeFeatures,
    Frame,
    GazeCheck,
    GazeCheckKind,
    GazeProvenance,
    GazeSample,
    Monitor,
    Recording,
    Window,
)
from tracker_app.session.gaze_checks import CheckPoint, learn

Moment = tuple[int, int]  # clock segment, time in it


@dataclass(frozen=True, slots=True)
class Recalibration:
    """One accepted calibration, as it was and as it is now."""

    since: Moment
    attempt: int
    provenance: GazeProvenance
    accuracy_deg_then: float | None
    outcome: CalibrationOutcome | None  # None where it cannot be fitted anew
    reason: str  # why not


@dataclass(frozen=True, slots=True)
class Regazed:
    """The new samples and what they rest on."""

    samples: tuple[tuple[int, GazeSample], ...]  # with their clock segment
    calibrations: tuple[Recalibration, ...]
    level: str  # of the eye features kept: patches or geometry
    recorded: int  # gaze samples of the session
    uncalibrated: int  # frames with eye features before any usable calibration
    shut: int  # frames of the session with shut eyes
    off: int  # frames while gaze was switched off, the camera's picture having changed its shape

    def report(self) -> dict[str, object]:
        """What could be recomputed and what could not, for people and programs."""
        return {
            "estimator": ESTIMATOR,
            "eye_features": self.level,
            "calibrations": [_describe(c) for c in self.calibrations],
            "gaze_samples_recorded": self.recorded,
            "gaze_samples_estimated_again": len(self.samples),
            "recomputed": [
                "calibration",
                "gaze by it alone",
                "gaze corrected by dots and clicks",
                "its uncertainty",
                "the filtered gaze",
            ],
            "not_recomputed": list(self._missing()),
        }

    def _missing(self) -> Sequence[str]:
        missing = ["face landmarks and head pose: camera pictures are never kept"]
        if self.level == "geometry":
            missing.append(
                "what eye pictures tell: they were not kept, so that gaze rests on geometry alone "
                "and is less exact"
            )
        missing += [
            f"calibration {c.attempt} of segment {c.since[0]}: {c.reason}"
            for c in self.calibrations
            if c.outcome is None
        ]
        if self.uncalibrated:
            missing.append(f"{self.uncalibrated} frames before a usable calibration")
        if self.off:
            missing.append(f"{self.off} frames after the camera's picture had changed its shape")
        if self.shut:
            missing.append(f"{self.shut} frames with shut eyes")
        return missing


def regaze(entries: Sequence[Entry]) -> Regazed:
    """Estimate a session's gaze again.

    Raises:
        RegazeError: if the session holds nothing it could be estimated from.
    """
    seen = _Seen(entries)
    calibrations = tuple(_recalibrate(entries, seen))
    if not calibrations:
        raise RegazeError("The session has no accepted calibration, so there is no gaze in it.")
    if all(c.outcome is None for c in calibrations):
        raise RegazeError(
            f"No calibration of the session can be fitted anew, the first since: "
            f"{calibrations[0].reason}"
        )
    samples, uncalibrated, off = _estimate(entries, seen, calibrations)
    return Regazed(
        samples=tuple(samples),
        calibrations=calibrations,
        level="patches" if seen.width == len(FEATURE_NAMES) else "geometry",
        recorded=len(of_type(entries, GazeSample)),
        uncalibrated=uncalibrated,
        shut=len(seen.shut),
        off=off,
    )


class _Seen:
    """Eye features by moment."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        frames = of_type(entries, Frame)
        self.shut = {(segment, f.t_ns) for segment, f in frames if f.is_blinking}
        self.moments: list[Moment] = []  # of every frame
        self.features: dict[Moment, Array] = {}
        kept = of_type(entries, EyeFeatures)
        if not kept:
            raise RegazeError(
                "No measurements of the eyes were kept in this session (eye_features), so that its "
                "gaze cannot be estimated again."
            )
        versions = {record.version for _, record in kept}
        if versions != {FEATURE_VERSION}:
            raise RegazeError(
                f"The session holds eye features of version {sorted(versions)[0]} and this "
                f"application reads version {FEATURE_VERSION}. Use the one it was recorded with."
            )
        widths = {len(record.values) for _, record in kept}
        self.width = min(widths)
        if not widths <= {len(GEOMETRY_NAMES), len(FEATURE_NAMES)}:
            raise RegazeError("The eye features of this session are incomplete. Verify it.")
        for segment, record in kept:
            # Where the level changed within a session, all is taken at the lower one.
            self.features[segment, record.t_ns] = np.array(record.values)[-self.width :]
        self.moments = sorted({(segment, f.t_ns) for segment, f in frames} | set(self.features))

    def eyes(self, moment: Moment) -> Array | None:
        return None if moment in self.shut else self.features.get(moment)

    def between(self, segment: int, begin_ns: int, end_ns: int) -> list[tuple[int, Array | None]]:
        first = bisect_right(self.moments, (segment, begin_ns - 1))
        last = bisect_right(self.moments, (segment, end_ns))
        return [(moment[1], self.eyes(moment)) for moment in self.moments[first:last]]

    @property
    def prior(self) -> Prior:
        return gaze_prior() if self.width == len(FEATURE_NAMES) else geometry_prior()


def _recalibrate(entries: Sequence[Entry], seen: _Seen) -> Sequence[Recalibration]:
    done = []
    for attempt in attempts_of(entries):
        segment, result, shown = attempt.segment, attempt.result, attempt.targets
        if not result.is_accepted:
            continue
        outcome, reason = None, "It was made in an earlier session, whose frames are not here."
        if result.kind is CalibrationKind.NEW:
            screen = _screen(entries, (segment, result.t_ns), shown, result)
            try:
                outcome = calibrate(_looks(seen, segment, shown), screen, seen.prior)
            except CalibrationError as error:
                reason = str(error)
        moment = segment, result.t_ns
        then = result.accuracy_deg
        done.append(Recalibration(moment, result.attempt, result.provenance, then, outcome, reason))
    return done


def _looks(seen: _Seen, segment: int, shown: Sequence[CalibrationTarget]) -> list[Look]:
    return [
        Look(
            number,
            np.array([target.x_px, target.y_px]),
            target.use,
            target.t_ns,
            target.settled_t_ns,
            target.end_t_ns,
            seen.between(segment, target.settled_t_ns, target.end_t_ns),
        )
        for number, target in enumerate(shown)
    ]


def _screen(
    entries: Sequence[Entry],
    moment: Moment,
    shown: Sequence[CalibrationTarget],
    result: CalibrationResult,
) -> Screen:
    """The monitor that holds the targets, as it was at that moment."""
    known = {m.name: m for s, m in of_type(entries, Monitor) if (s, m.t_ns) <= moment}
    for monitor in known.values():
        left, top = monitor.x_px, monitor.y_px
        if monitor.is_connected and all(
            left <= t.x_px < left + monitor.width_px and top <= t.y_px < top + monitor.height_px
            for t in shown
        ):
            size = monitor.width_px, monitor.height_px
            distance_mm = result.distance_mm or ASSUMED_DISTANCE_MM
            return Screen(left, top, *size, result.pitch_mm, distance_mm)
    raise RegazeError("The session does not say on which monitor it was calibrated. Verify it.")


def _estimate(
    entries: Sequence[Entry], seen: _Seen, calibrations: Sequence[Recalibration]
) -> tuple[list[tuple[int, GazeSample]], int, int]:
    usable = [c for c in calibrations if c.outcome is not None]
    starts = [c.since for c in usable]
    frames = {(segment, f.t_ns): f.number for segment, f in of_type(entries, Frame)}
    windows = of_type(entries, Window)
    window_starts = [(segment, w.t_ns) for segment, w in windows]
    switched_off = [
        (segment, r.t_ns)
        for segment, r in of_type(entries, Recording)
        if r.source == "gaze" and not r.is_on
    ]
    samples: list[tuple[int, GazeSample]] = []
    uncalibrated = off = 0
    maker, previous, learning = SampleMaker(), -1, _Learning(entries, seen)
    for moment in sorted(seen.features):
        features, latest = seen.eyes(moment), bisect_right(starts, moment) - 1
        if features is None:
            continue
        if latest < 0:
            uncalibrated += 1
            continue
        if any(starts[latest] <= switched <= moment for switched in switched_off):
            off += 1
            continue
        segment, t_ns = moment
        if segment != previous:
            maker, previous = SampleMaker(), segment
        maps = learning.maps(usable[latest], moment)
        shown = bisect_right(window_starts, moment) - 1
        is_inside = windows[shown][1].holds if shown >= 0 else _nowhere
        number, provenance = frames.get(moment, 0), usable[latest].provenance
        sample, _ = maker.sample(t_ns, number, features, maps, is_inside, provenance)
        samples.append((segment, sample))
    return samples, uncalibrated, off


class _Learning:
    """What the session learnt of its gaze up to a moment, learnt anew."""

    def __init__(self, entries: Sequence[Entry], seen: _Seen) -> None:
        self._seen = seen
        self._checks = [(s, c) for s, c in of_type(entries, GazeCheck)]
        self._checks.sort(key=lambda check: (check[0], check[1].end_t_ns))
        self._ends = [(segment, check.end_t_ns) for segment, check in self._checks]
        self._learnt_from_clicks = any(
            check.is_used and check.kind is GazeCheckKind.CLICK for _, check in self._checks
        )
        self._calibration: Recalibration | None = None

    def maps(self, calibration: Recalibration, moment: Moment) -> Maps:
        """The maps of a moment; moments must not go back."""
        outcome = calibration.outcome
        assert outcome is not None  # only usable ones are asked for
        if calibration is not self._calibration:
            self._calibration, self._learnt = calibration, 0
            self._next = bisect_right(self._ends, calibration.since)
            self._drift = DriftFilter(outcome.model, outcome.screen, calibration.since[1])
        while self._next < len(self._ends) and self._ends[self._next] < moment:
            self._learn(*self._checks[self._next])
            self._next += 1
        return Maps(outcome.model, self._drift.model, self._learnt)

    def _learn(self, segment: int, check: GazeCheck) -> None:
        point = CheckPoint(check.kind, (check.x_px, check.y_px), check.t_ns, check.end_t_ns)
        frames = self._seen.between(segment, check.t_ns, check.end_t_ns)
        eyes = [features for _, features in frames if features is not None]
        # Whether the study let clicks teach shows in the records.
        learnt = learn(self._drift, point, eyes, learns_from_clicks=self._learnt_from_clicks)
        if learnt.is_used:
            self._learnt = check.number


def _nowhere(_x_px: float, _y_px: float) -> bool:
    """No pixel is inside before there is a window."""
    return False


def _describe(calibration: Recalibration) -> dict[str, object]:
    outcome = calibration.outcome
    return {
        "segment": calibration.since[0],
        "attempt": calibration.attempt,
        "accuracy_deg_then": calibration.accuracy_deg_then,
        "accuracy_deg_now": _rounded(outcome.accuracy_deg if outcome else None, 2),
        "accuracy_px_now": _rounded(outcome.accuracy_px if outcome else None, 1),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
