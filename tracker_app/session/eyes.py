"""The participant's eyes in a session: camera on and off, calibration, the model in use."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from calibration.outcome import CalibrationOutcome, TargetResult
from calibration.profile import Surroundings, save_profile
from calibration.regression import GazeModel
from tracker_app.capture.camera import open_camera
from tracker_app.errors import TrackerError
from tracker_app.gaze.estimator import ESTIMATOR
from tracker_app.gaze.features import FEATURE_VERSION
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.pipeline import GazePipeline, Latest, Wiring, is_same_shape
from tracker_app.records import CalibrationResult, CalibrationTarget, GazeProvenance
from tracker_app.session.recorder import Recorder
from tracker_app.settings import Settings
from tracker_app.simulation.cast import Look, Person, PlayedEyes, ScreenPx

logger = logging.getLogger(__name__)
PROFILE_NAME = "calibration.npz"
OnFeatures = Callable[[int, Array | None], None]


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
    ) -> None:
        """Wire the eyes; no device is opened before `start`."""
        self._recorder = recorder
        self._settings = settings
        self._folder = folder
        self._is_inside = is_inside
        self._on_failure = on_failure
        self._keeps_features = keeps_features
        self._pixel_ratio = pixel_ratio
        self._pipeline: GazePipeline | None = None
        self._wanted = threading.Event()
        self._calibration: tuple[GazeModel, tuple[int, int]] | None = None  # and its picture size
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
            self._wanted.set()
            threading.Thread(target=self._open, name="camera-start", daemon=True).start()

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

    def record_attempt(self, attempt: int, outcome: CalibrationOutcome) -> None:
        """Keep every target of a calibration attempt, used or not."""
        for target in outcome.targets:
            self._recorder.record(_target_record(attempt, target))

    def record_verdict(
        self, attempt: int, outcome: CalibrationOutcome, *, is_accepted: bool
    ) -> None:
        """Keep how good an attempt was; an accepted one estimates gaze from now on."""
        latest = self.latest
        face = latest.face if latest is not None else None
        self._recorder.record(
            CalibrationResult(
                t_ns=self._recorder.clock.now_ns(),
                attempt=attempt,
                is_accepted=is_accepted,
                accuracy_px=outcome.accuracy_px,
                accuracy_deg=outcome.accuracy_deg,
                precision_rms_deg=outcome.precision_rms_deg,
                precision_sd_deg=outcome.precision_sd_deg,
                data_loss=outcome.data_loss,
                distance_mm=face.distance_mm if face else None,
                estimator=ESTIMATOR,
                provenance=(GazeProvenance.SIMULATED if self._played else GazeProvenance.CAMERA),
            )
        )
        if is_accepted:
            pipeline = self._pipeline
            if pipeline is None:
                logger.warning("the camera was lost before its calibration could be used")
                return
            self._calibration = outcome.model, pipeline.frame_px
            pipeline.set_model(outcome.model)
            surroundings = self._surroundings(outcome, pipeline)
            save_profile(outcome.model, surroundings, self._folder / PROFILE_NAME)

    def _surroundings(self, outcome: CalibrationOutcome, pipeline: GazePipeline) -> Surroundings:
        screen = outcome.screen
        return Surroundings(
            screen_px=(screen.x_px, screen.y_px, screen.width_px, screen.height_px),
            pixel_ratio=self._pixel_ratio(),
            camera=pipeline.camera,
            frame_px=pipeline.frame_px,
            feature_version=FEATURE_VERSION,
        )

    # --- the thread that opens the camera ------------------------------------------------------

    def _open(self) -> None:
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
            self._lose(error)
            return
        pipeline.want_preview = self._wants_preview
        if self._calibration is not None and is_same_shape(self._calibration[1], pipeline.frame_px):
            pipeline.set_model(self._calibration[0])
        if self._wanted.is_set():
            self._pipeline = pipeline
            self._recorder.note_source("camera", is_on=True)
        else:
            pipeline.stop()  # not wanted any more while it was being opened

    def _hear(self, t_ns: int, features: Array | None) -> None:
        if self._on_features is not None:
            self._on_features(t_ns, features)

    def _lose(self, error: TrackerError) -> None:
        self._pipeline = None
        self._wanted.clear()
        self._recorder.note_source("camera", is_on=False, reason=str(error))
        self._on_failure(error)


def _target_record(attempt: int, target: TargetResult) -> CalibrationTarget:
    return CalibrationTarget(
        t_ns=target.begin_ns,
        attempt=attempt,
        is_validation=target.is_validation,
        x_px=target.x_px,
        y_px=target.y_px,
        end_t_ns=target.end_ns,
        samples=target.samples,
        valid_samples=target.valid_samples,
        accuracy_px=target.accuracy_px,
        accuracy_deg=target.accuracy_deg,
        precision_deg=target.precision_rms_deg,
    )
