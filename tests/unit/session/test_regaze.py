from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from calibration.looks import NS, Use
from tests.simulated import calibration_frames, participant
from tracker_app.codec import Entry
from tracker_app.errors import RegazeError
from tracker_app.gaze.features import FEATURE_VERSION, GEOMETRY_NAMES
from tracker_app.gaze.landmarks import Array
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
    Record,
    Recording,
    Window,
    stream_of,
)
from tracker_app.session.regaze import Regazed, regaze

SEED = 3
PER_TARGET_NS = 2 * NS
SETTLED_NS = 700_000_000
FRAME_NS = 40_000_000
VALIDATION = (6, 8, 16, 18)


def entries_of(records: Sequence[Record], segment: int = 0) -> list[Entry]:
    counts: Counter[str] = Counter()
    entries = []
    for record in records:
        stream = stream_of(record)
        entries.append(Entry(segment, stream, counts[stream], record))
        counts[stream] += 1
    return entries


def frame_of(number: int, t_ns: int, *, is_blinking: bool = False) -> Frame:
    return Frame(
        t_ns=t_ns, number=number, result_t_ns=t_ns, position_ms=None, dropped=0, has_face=True,
        other_faces=0, is_blinking=is_blinking, brightness=0.5, yaw_deg=0, pitch_deg=0, roll_deg=0,
        head_x_mm=0, head_y_mm=0, distance_mm=550, eye_openness=0.9,
    )  # fmt: skip


class Recorded:
    """A session whose gaze is known: 9 points, 4 held-out ones, then 25 points looked at."""

    def __init__(self, columns: slice = slice(None), version: int = FEATURE_VERSION) -> None:
        desk = participant(SEED).desk
        width, height = desk.window_px
        self._columns, self._version = columns, version
        self.records: list[Record] = [
            Monitor(
                t_ns=0, name="one", x_px=0, y_px=0, width_px=width, height_px=height,
                width_mm=width * desk.pitch_mm, height_mm=None, pixel_ratio=1, refresh_hz=60,
                is_connected=True,
            ),
            Window(
                t_ns=0, x_px=0, y_px=0, width_px=width / 2, height_px=height, pixel_ratio=1,
                monitor="one", is_active=True, is_minimised=False,
            ),
        ]  # fmt: skip
        self._number = 0
        self.t_ns = NS
        frames = calibration_frames(SEED)
        self._still = frames.still, frames.still.features()
        self._points = frames.points, frames.points.features()

    def look(self, features: Array, *, shut: bool = False) -> int:
        """Record one frame; its time."""
        self.t_ns += FRAME_NS
        self.records.append(frame_of(self._number, self.t_ns, is_blinking=shut))
        values = tuple(float(v) for v in features[self._columns])
        self.records.append(
            EyeFeatures(t_ns=self.t_ns, frame=self._number, version=self._version, values=values)
        )
        self._number += 1
        return self.t_ns

    def calibrate(
        self,
        attempt: int = 1,
        *,
        is_accepted: bool = True,
        kind: CalibrationKind = CalibrationKind.NEW,
    ) -> None:
        """Nine points, then four; of an earlier map the four alone."""
        for (stills, features), use in ((self._points, Use.FIT), (self._still, Use.VALIDATE)):
            for target in np.unique(stills.session):
                is_shown = target in VALIDATION if use is Use.VALIDATE else kind == "new"
                if is_shown:
                    rows = np.flatnonzero(stills.session == target)
                    self._target(attempt, stills.target_px[rows[0]], features[rows], use)
        self.t_ns += FRAME_NS  # a person looks at the result and accepts it
        desk = participant(SEED).desk
        self.records.append(
            CalibrationResult(
                t_ns=self.t_ns, attempt=attempt, kind=kind, is_accepted=is_accepted,
                decided_by="participant", limit_deg=2.5, accuracy_px=40, accuracy_deg=1.23,
                accuracy_low_deg=1, accuracy_high_deg=1.5, precision_rms_deg=1, precision_sd_deg=1,
                bcea_deg2=1, data_loss=0, head_coverage=None, distance_mm=-desk.seat_mm[2],
                pitch_mm=desk.pitch_mm, estimator="another", provenance=GazeProvenance.SIMULATED,
            )
        )  # fmt: skip

    def _target(self, attempt: int, place: Array, features: Array, use: Use) -> None:
        begin_ns = self.t_ns
        self.look(np.full_like(features[0], 9.0))  # still under way: must not be used
        self.t_ns = begin_ns + SETTLED_NS
        for row in features:
            self.look(row)
        self.records.append(
            CalibrationTarget(
                t_ns=begin_ns, attempt=attempt, use=use, x_px=place[0], y_px=place[1],
                settled_t_ns=begin_ns + SETTLED_NS, end_t_ns=self.t_ns, samples=len(features),
                valid_samples=len(features), is_seen=True, accuracy_px=None, accuracy_deg=None,
                least_error_deg=None, most_error_deg=None, sd_error_deg=None,
                precision_rms_deg=None, precision_sd_deg=None, bcea_deg2=None,
            )
        )  # fmt: skip

    def look_at_dot(self, target: int, drift_px: Array) -> None:
        """A minute later, look at a dot, the gaze having drifted by this much."""
        self.t_ns += 60 * NS
        stills, features = self._still
        rows = np.flatnonzero(stills.session == target)
        begin_ns = self.t_ns
        for row in features[rows]:
            self.look(row)
        x_px, y_px = stills.target_px[rows[0]] - drift_px
        number = 1 + sum(isinstance(r, GazeCheck) for r in self.records)
        self.records.append(
            GazeCheck(
                t_ns=begin_ns, number=number, kind=GazeCheckKind.DOT, element="", x_px=x_px,
                y_px=y_px, end_t_ns=self.t_ns, samples=len(rows), valid_samples=len(rows), model=0,
                error_x_px=None, error_y_px=None, error_deg=None, corrected_error_x_px=None,
                corrected_error_y_px=None, corrected_error_deg=None, trust=0, is_used=False,
            )
        )  # fmt: skip

    def read(self) -> list[tuple[int, Array]]:
        """Look at 25 points; time of each frame and where it looked."""
        stills, features = self._still
        return [
            (self.look(row), target) for row, target in zip(features, stills.target_px, strict=True)
        ]

    def regazed(self) -> Regazed:
        return regaze(entries_of(self.records))


def error_px(found: Regazed, looked: list[tuple[int, Array]]) -> float:
    points = {g.t_ns: (g.x_px, g.y_px) for _, g in found.samples}
    return float(np.mean([np.hypot(*(np.array(points[t]) - target)) for t, target in looked]))


def corrected_error_px(found: Regazed, looked: list[tuple[int, Array]]) -> float:
    points = {g.t_ns: (g.corrected_x_px, g.corrected_y_px) for _, g in found.samples}
    return float(np.mean([np.hypot(*(np.array(points[t]) - target)) for t, target in looked]))


def test_gaze_is_found_again_and_the_calibration_with_it() -> None:
    session = Recorded()
    session.calibrate()
    looked = session.read()
    found = session.regazed()
    (calibration,) = found.calibrations
    assert calibration.accuracy_deg_then == pytest.approx(1.23)
    assert calibration.outcome is not None
    assert calibration.outcome.accuracy_px is not None
    assert error_px(found, looked) < 150
    assert error_px(found, looked) == pytest.approx(calibration.outcome.accuracy_px, rel=0.7)
    assert [g.t_ns for _, g in found.samples] == [t for t, _ in looked]
    sample = found.samples[0][1]
    assert sample.provenance is GazeProvenance.SIMULATED
    assert sample.x_px is not None
    assert sample.sd_x_px is not None
    assert sample.is_off_window == (sample.x_px >= participant(SEED).desk.window_px[0] / 2)
    assert found.report()["eye_features"] == "patches"
    assert found.uncalibrated == 9 * 26 + 4 * 11


def test_geometry_alone_gives_gaze_that_is_less_exact_and_says_so() -> None:
    errors = []
    for columns in (slice(None), slice(-len(GEOMETRY_NAMES), None)):
        session = Recorded(columns)
        session.calibrate()
        looked = session.read()
        errors.append(error_px(session.regazed(), looked))
    assert errors[0] < errors[1]
    report = session.regazed().report()
    assert report["eye_features"] == "geometry"
    assert any("eye pictures" in str(what) for what in report["not_recomputed"])  # type: ignore[attr-defined] # a list


def test_each_frame_uses_the_newest_calibration_before_it() -> None:
    session = Recorded()
    session.calibrate()
    first = session.read()
    session.calibrate(attempt=2)
    second = session.read()
    once = Recorded()
    once.calibrate()
    once.read()
    found, before = session.regazed(), once.regazed()
    assert found.samples[: len(first)] == before.samples
    assert len(found.calibrations) == 2
    assert error_px(found, second) < 150


def test_rejected_attempts_are_not_used() -> None:
    session = Recorded()
    session.calibrate(is_accepted=False)
    with pytest.raises(RegazeError, match="no accepted calibration"):
        session.regazed()


def test_dots_teach_the_corrected_gaze_to_follow_a_drift() -> None:
    drift_px = np.array([-70.0, 90.0])  # from where the eyes are to where they seem to be
    session = Recorded()
    session.calibrate()
    still = session.read()
    for target in (0, 12, 24, 4):
        session.look_at_dot(target, drift_px)
    later = session.read()
    found = session.regazed()
    models = {g.t_ns: g.model for _, g in found.samples}
    assert {models[t] for t, _ in still} == {0}
    assert {models[t] for t, _ in later} == {4}
    truth = [(t, target - drift_px) for t, target in later]
    before, drifted = error_px(found, still), error_px(found, truth)
    assert corrected_error_px(found, still) == pytest.approx(before)
    assert drifted > before + 50
    assert corrected_error_px(found, truth) < before + (drifted - before) / 3


def test_a_calibration_of_an_earlier_session_is_named_and_not_fitted() -> None:
    session = Recorded()
    session.calibrate(kind=CalibrationKind.CHECK)
    session.read()
    with pytest.raises(RegazeError, match="made in an earlier session"):
        session.regazed()
    session.calibrate(attempt=2)
    looked = session.read()
    found = session.regazed()
    assert [c.outcome is None for c in found.calibrations] == [True, False]
    assert "calibration 1 of segment 0: It was made in an earlier session" in str(
        found.report()["not_recomputed"]
    )
    assert [g.t_ns for _, g in found.samples] == [t for t, _ in looked]


def test_shut_eyes_give_no_gaze_and_are_counted() -> None:
    session = Recorded()
    session.calibrate()
    shut_ns = session.look(np.zeros(132), shut=True)
    found = session.regazed()
    assert shut_ns not in {g.t_ns for _, g in found.samples}
    assert found.shut == 1
    assert "1 frames with shut eyes" in str(found.report()["not_recomputed"])


def _without_most_targets(session: Recorded, attempt: int) -> list[Record]:
    first_ns = min(r.t_ns for r in session.records if isinstance(r, CalibrationTarget))
    return [
        r for r in session.records
        if not isinstance(r, CalibrationTarget)
        or r.attempt != attempt or r.use is Use.VALIDATE or r.t_ns < first_ns + 3 * NS
    ]  # fmt: skip


def test_a_calibration_that_cannot_be_fitted_is_named_with_its_reason() -> None:
    session = Recorded()
    session.calibrate()
    session.calibrate(attempt=2)
    session.read()
    found = regaze(entries_of(_without_most_targets(session, attempt=1)))
    assert found.samples
    assert "calibration 1 of segment 0: Your eyes were seen at too few dots" in str(
        found.report()["not_recomputed"]
    )


def test_a_session_without_any_usable_calibration_is_refused() -> None:
    session = Recorded()
    session.calibrate()
    session.read()
    with pytest.raises(RegazeError, match="No calibration of the session can be fitted anew"):
        regaze(entries_of(_without_most_targets(session, attempt=1)))


def test_gaze_that_was_switched_off_stays_off_until_the_next_calibration() -> None:
    session = Recorded()
    session.calibrate()
    on = session.read()
    session.records.append(
        Recording(t_ns=session.t_ns + 1, is_on=False, source="gaze", reason="another shape")
    )
    off = session.read()
    session.calibrate(attempt=2)
    again = session.read()
    found = session.regazed()
    estimated = {g.t_ns for _, g in found.samples}
    assert {t for t, _ in on + again} <= estimated
    assert not {t for t, _ in off} & estimated
    assert found.off >= len(off)
    assert "changed its shape" in str(found.report()["not_recomputed"])


def test_without_eye_features_it_says_that_none_were_kept() -> None:
    session = Recorded()
    session.calibrate()
    bare = [r for r in session.records if not isinstance(r, EyeFeatures)]
    with pytest.raises(RegazeError, match="No measurements of the eyes were kept"):
        regaze(entries_of(bare))


def test_features_of_another_version_are_not_read_as_ours() -> None:
    session = Recorded(version=FEATURE_VERSION - 1)
    session.calibrate()
    with pytest.raises(RegazeError, match=f"version {FEATURE_VERSION - 1}"):
        session.regazed()


def test_the_original_samples_are_counted_and_left_alone() -> None:
    session = Recorded()
    session.calibrate()
    t_ns = session.read()[0][0]
    original = GazeSample(
        t_ns=t_ns, frame=1, model=0, x_px=1, y_px=2, corrected_x_px=1, corrected_y_px=2,
        filtered_x_px=1, filtered_y_px=2, sd_x_px=1, sd_y_px=1, correlation=0, confidence=1,
        is_pose_in_range=True, is_off_window=False, provenance=GazeProvenance.CAMERA,
    )  # fmt: skip
    session.records.append(original)
    assert session.regazed().recorded == 1
    assert original in session.records
