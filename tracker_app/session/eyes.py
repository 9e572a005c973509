"""The participant's eyes in a session: camera on and off, calibration, the model in use."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import ProfileError
from calibration.geometry import Screen
from calibration.outcome import CalibrationOutcome, TargetResult
from calibration.profile import Surroundings, load_profile, save_profile
from calibration.regression import GazeModel
from tracker_app.capture.camera import open_camera
from tracker_app.errors import TrackerError
from tracker_app.gaze.estimator import ESTIMATOR
from tracker_app.gaze.features import FEATURE_VERSION
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.pipeline import GazePipeline, Latest, Wiring, is_same_shape
from tracker_app.gaze.samples import Maps
from tracker_app.records import (
    CalibrationKind,
    CalibrationResult,
    CalibrationTarget,
    GazeCheck,
    GazeProvenance,
    Record,
    Redaction,
    stream_of,
)
from tracker_app.session.gaze_checks import GazeChecks
from tracker_app.session.recorder import Recorder
from tracker_app.settings import Settings
from tracker_app.simulation.cast import Look, Person, PlayedEyes, ScreenPx

logger = logging.getLogger(__name__)
PROFILE_NAME = "calibration.npz"
_CHECKS = stream_of(GazeCheck)
OnFeatures = Callable[[int, Array | None], None]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A calibration attempt of the session."""

    number: int  # from 1
    kind: CalibrationKind
    targets: tuple[TargetResult, ...]
    screen: Screen
    outcome: CalibrationOutcome | None  # None where the eyes were not seen well enough
    limit_deg: float  # the error it may have at most
    head_coverage: float | None  # share of directions the head was turned to; None if not asked

    @property
    def accuracy_deg(self) -> float | None:
        """Found at the held-out targets."""
        return self.outcome.accuracy_deg if self.outcome else None

    @property
    def data_loss(self) -> float:
        """Share of samples without eyes."""
        samples = sum(t.samples for t in self.targets)
        return 1 - sum(t.valid_samples for t in self.targets) / samples if samples else 1.0


class Eyes:
    """Starts and stops the gaze pipeline and keeps its calibration."""

    def __init__(
        self,
        recorder: Recorder,
        settings: Settings,
        folder: Path,
        is_inside: Callable[[float, float], bool],
        on_failure: Callable[[TrackerError], None],
        keeps_features: str,
        pixel_ratio: Callable[[], float],
        profile: Path | None = None,
        *,
        learns_from_clicks: bool = True,
    ) -> None:
        """Wire the eyes; no device is opened before `start`.

        Args:
            recorder: keeps everything.
            settings: of this machine.
            folder: of the session.
            is_inside: whether a pixel is in our window.
            on_failure: hears of a camera that failed; any thread.
            keeps_features: none, geometry or patches.
            pixel_ratio: physical pixels in a logical one now.
            profile: where this person's last calibration is kept; None to keep none.
            learns_from_clicks: whether clicks on our buttons correct the gaze.
        """
        self._recorder = recorder
        self._settings = settings
        self._is_inside = is_inside
        self._on_failure = on_failure
        self._keeps_features = keeps_features
        self._pixel_ratio = pixel_ratio
        # A map holds an average of the eye pictures it was fitted to: it is kept where they may be.
        keeps_maps = keeps_features == "patches"
        self._profile = profile if keeps_maps else None
        self._map_files = [f for f in (folder / PROFILE_NAME, profile) if f and keeps_maps]
        self._pipeline: GazePipeline | None = None
        self._wanted = threading.Event()  # another one each time it is switched on
        self._opening = threading.Lock()  # a camera can be open once
        self._maps: Maps | None = None
        self._frame_px = (0, 0)  # of the picture they were calibrated on
        self._attempts = 0  # made in the session
        self._attempted_by: tuple[str, tuple[int, int]] | None = None  # camera and picture, of late
        self.checks = GazeChecks(
            recorder.record,
            self._estimate_by,
            learns_from_clicks=learns_from_clicks,
        )
        self._played: tuple[Person, PlayedEyes] | None = None
        self._on_features: OnFeatures | None = None
        self._wants_preview = False

    @property
    def is_on(self) -> bool:
        """Whether the camera is wanted now: running, or still being opened."""
        return self._wanted.is_set()

    @property
    def latest(self) -> Latest | None:
        """What the newest frame showed; None while the camera is being opened."""
        pipeline = self._pipeline
        return pipeline.latest if pipeline is not None else None

    def start(self) -> None:
        """Open the camera in the background: some take seconds."""
        if not self._wanted.is_set():
            self._wanted = wanted = threading.Event()
            wanted.set()
            threading.Thread(
                target=self._open, args=(wanted,), name="camera-start", daemon=True
            ).start()

    def stop(self, reason: str) -> None:
        """Release the camera."""
        was_on = self._wanted.is_set()
        self._wanted.clear()
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            pipeline.stop()
        if was_on:
            self._recorder.note_source("camera", is_on=False, reason=reason)

    def listen(self, on_features: OnFeatures | None) -> None:
        """Hand each frame's features to a calibration routine, or to nobody."""
        self._on_features = on_features

    def show_preview(self, wanted: bool) -> None:
        """Whether `latest` carries a picture for the mirror."""
        self._wants_preview = wanted
        if self._pipeline is not None:
            self._pipeline.want_preview = wanted

    def simulate(self, person: Person, look: Look, screen_px: ScreenPx) -> None:
        """Put a person's eyes in place of the participant's from the next start on; recorded.

        Args:
            person: whose eyes they are.
            look: where they look, physical pixels; None is the middle of the screen.
            screen_px: x, y, width, height of the screen.
        """
        model = find_face_model(self._settings.face_model)
        self._played = person, person.eyes(look, screen_px, model)
        self._recorder.record(person.record(self._recorder.clock.now_ns()))

    def ask_turn(self, yaw_deg: float, pitch_deg: float) -> None:
        """Ask for a turn of the head, to the participant's left and down; simulated people hear.

        People read it from the screen. Any thread; 0, 0 is straight.
        """
        if self._played is not None:
            self._played[1].ask_turn(yaw_deg, pitch_deg)

    # --- calibration ---------------------------------------------------------------------------

    def earlier_model(self, screen: Screen) -> GazeModel | None:
        """This person's last calibration, if it was made with this camera and on this screen."""
        pipeline = self._pipeline
        if self._profile is None or pipeline is None or not self._profile.is_file():
            return None
        try:
            now = self._surroundings(screen, pipeline.camera, pipeline.frame_px)
            return load_profile(self._profile, now)
        except ProfileError as error:
            logger.info("the earlier calibration is not used: %s", error)
            return None

    def count_on(self, earlier: Iterable[Record]) -> None:
        """Number attempts and checks on from those of an interrupted session."""
        attempts, checks, deleted = [0], [0], 0
        for record in earlier:
            if isinstance(record, CalibrationResult):
                attempts.append(record.attempt)
            elif isinstance(record, GazeCheck):
                checks.append(record.number)
            elif isinstance(record, Redaction) and record.redacted_stream == _CHECKS:
                deleted += record.lost  # they had numbers, perhaps the last ones
        self._attempts = max(attempts)
        self.checks.count_on(max(checks) + deleted)

    def next_attempt(self) -> int:
        """The number of the attempt that begins now, from 1."""
        self._attempts += 1
        return self._attempts

    def record_attempt(self, attempt: Attempt) -> None:
        """Keep every target of a calibration attempt, used or not."""
        pipeline = self._pipeline
        if pipeline is not None:
            self._attempted_by = pipeline.camera, pipeline.frame_px
        for target in attempt.targets:
            self._recorder.record(_target_record(attempt.number, target))

    def record_verdict(self, attempt: Attempt, *, is_accepted: bool, decided_by: str) -> None:
        """Keep how good an attempt was; an accepted one estimates gaze from now on."""
        outcome = attempt.outcome
        interval = outcome.accuracy_interval_deg if outcome else None
        now_ns = self._recorder.clock.now_ns()
        self._recorder.record(
            CalibrationResult(
                t_ns=now_ns,
                attempt=attempt.number,
                kind=attempt.kind,
                is_accepted=is_accepted,
                decided_by=decided_by,
                limit_deg=attempt.limit_deg,
                accuracy_px=outcome.accuracy_px if outcome else None,
                accuracy_deg=outcome.accuracy_deg if outcome else None,
                accuracy_low_deg=interval[0] if interval else None,
                accuracy_high_deg=interval[1] if interval else None,
                precision_rms_deg=outcome.precision_rms_deg if outcome else None,
                precision_sd_deg=outcome.precision_sd_deg if outcome else None,
                bcea_deg2=outcome.bcea_deg2 if outcome else None,
                data_loss=attempt.data_loss,
                head_coverage=attempt.head_coverage,
                distance_mm=attempt.screen.distance_mm,
                pitch_mm=attempt.screen.pitch_mm,
                estimator=ESTIMATOR,
                provenance=(GazeProvenance.SIMULATED if self._played else GazeProvenance.CAMERA),
            )
        )
        if is_accepted and outcome is not None:
            self._use(outcome, now_ns)

    def _use(self, outcome: CalibrationOutcome, now_ns: int) -> None:
        """Use a map, or keep it for when the camera is on again."""
        if self._attempted_by is None:
            logger.warning("it is not known by which camera the calibration was made")
            return
        camera, self._frame_px = self._attempted_by
        self._estimate_by(self.checks.begin(outcome.model, outcome.screen, now_ns))
        surroundings = self._surroundings(outcome.screen, camera, self._frame_px)
        for path in self._map_files:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_profile(outcome.model, surroundings, path)

    def _estimate_by(self, maps: Maps) -> None:
        self._maps = maps
        pipeline = self._pipeline
        if pipeline is not None and is_same_shape(self._frame_px, pipeline.frame_px):
            pipeline.estimate_by(maps)

    def _surroundings(self, screen: Screen, camera: str, frame_px: tuple[int, int]) -> Surroundings:
        return Surroundings(
            screen_px=(screen.x_px, screen.y_px, screen.width_px, screen.height_px),
            pixel_ratio=self._pixel_ratio(),
            camera=camera,
            frame_px=frame_px,
            feature_version=FEATURE_VERSION,
        )

    # --- the thread that opens the camera ------------------------------------------------------

    def _open(self, wanted: threading.Event) -> None:
        with self._opening:
            if wanted.is_set():
                self._open_camera(wanted)

    def _open_camera(self, wanted: threading.Event) -> None:
        settings, clock = self._settings, self._recorder.clock
        try:
            model = find_face_model(settings.face_model)
            camera = open_camera(settings.camera, clock, loops=settings.camera_loops)
            eyes = None
            if self._played is not None:
                person, eyes = self._played
                camera = person.before(camera)
            wiring = Wiring(
                self._recorder.record,
                self._is_inside,
                self._lose,
                self._hear,
                self._keeps_features,
                eyes,
            )
            pipeline = GazePipeline(camera, model, clock, wiring)
        except TrackerError as error:
            if wanted.is_set():
                self._lose(error)
            return
        pipeline.want_preview = self._wants_preview
        if self._maps is not None and is_same_shape(self._frame_px, pipeline.frame_px):
            pipeline.estimate_by(self._maps)
        if wanted.is_set():
            self._pipeline = pipeline
            self._recorder.note_source("camera", is_on=True)
        else:
            pipeline.stop()  # not wanted any more while it was being opened

    def _hear(self, t_ns: int, features: Array | None) -> None:
        self.checks.hear(t_ns, features)
        if self._on_features is not None:
            self._on_features(t_ns, features)

    def _lose(self, error: TrackerError) -> None:
        self._pipeline = None
        self._wanted.clear()
        self._recorder.note_source("camera", is_on=False, reason=str(error))
        self._on_failure(error)


def _target_record(attempt: int, target: TargetResult) -> CalibrationTarget:
    error = target.error
    return CalibrationTarget(
        t_ns=target.begin_ns,
        attempt=attempt,
        use=target.use,
        x_px=target.x_px,
        y_px=target.y_px,
        settled_t_ns=target.settled_ns,
        end_t_ns=target.end_ns,
        samples=target.samples,
        valid_samples=target.valid_samples,
        is_seen=target.is_seen,
        accuracy_px=error.accuracy_px if error else None,
        accuracy_deg=error.accuracy_deg if error else None,
        least_error_deg=error.least_deg if error else None,
        most_error_deg=error.most_deg if error else None,
        sd_error_deg=error.sd_deg if error else None,
        precision_rms_deg=error.precision_rms_deg if error else None,
        precision_sd_deg=error.precision_sd_deg if error else None,
        bcea_deg2=error.bcea_deg2 if error else None,
    )
