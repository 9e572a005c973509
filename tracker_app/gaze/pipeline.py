"""Camera to gaze, in one thread: grab, landmarks, features, estimate, filter, records.

Pictures stay in this thread, but for a small mirrored one while the set-up page asks for it.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.regression import GazeModel
from tracker_app.clock import Clock
from tracker_app.errors import CameraLostError, TrackerError
from tracker_app.gaze.camera_frame import Camera, CapturedFrame, Image
from tracker_app.gaze.features import (
    FEATURE_VERSION,
    PATCH_NAMES,
    FaceState,
    describe_face,
    extract_features,
)
from tracker_app.gaze.filters import OneEuroFilter
from tracker_app.gaze.landmarks import Array, FaceLandmarker
from tracker_app.gaze.opencv import cv2
from tracker_app.gaze.simulated import SimulatedEyes
from tracker_app.records import (
    CameraInfo,
    EyeFeatures,
    Frame,
    GazeProvenance,
    GazeSample,
    Record,
)

logger = logging.getLogger(__name__)
READ_LIMIT_S = 0.5
STOP_LIMIT_S = 3.0
PREVIEW_WIDTH = 320
RATE_FRAMES = 30


@dataclass(frozen=True, slots=True)
class Latest:
    """What the interface may know of the newest frame."""

    face: FaceState | None
    rate_hz: float | None  # delivered, over the last second
    preview: Image | None  # small and mirrored; only while wanted


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the pipeline is connected to. Every callable is called from its thread."""

    record: Callable[[Record], None]
    is_inside: Callable[[float, float], bool]  # whether a pixel is in our window
    on_failure: Callable[[TrackerError], None]
    on_features: Callable[[int, Array | None], None] = lambda _t_ns, _features: None  # each frame
    keeps_features: str = "geometry"  # none, geometry or patches
    simulated: SimulatedEyes | None = None


class GazePipeline:
    """Runs from construction to `stop`."""

    def __init__(self, camera: Camera, model: Path, clock: Clock, wiring: Wiring) -> None:
        """Load the face model and start.

        Args:
            camera: an open camera; closed when the pipeline stops.
            model: the checked face model.
            clock: stamps the results.
            wiring: where everything goes.
        """
        self._camera = camera
        self._clock = clock
        self._wiring = wiring
        self._landmarker = FaceLandmarker(model)
        self._gaze_model: GazeModel | None = None
        self._filters = (OneEuroFilter(), OneEuroFilter())
        self._recent: deque[int] = deque(maxlen=RATE_FRAMES)
        self._stop = threading.Event()
        self.want_preview = False
        self.latest: Latest | None = None
        wiring.record(self._camera_info())
        self._thread = threading.Thread(target=self._run, name="gaze", daemon=True)
        self._thread.start()

    def set_model(self, model: GazeModel | None) -> None:
        """Estimate gaze with this model from the next frame on; None: not at all."""
        self._gaze_model = model

    def stop(self) -> None:
        """Release the camera and end the thread."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(STOP_LIMIT_S)

    def _camera_info(self) -> CameraInfo:
        opened = self._camera.description
        return CameraInfo(
            t_ns=self._clock.now_ns(),
            source=opened.source,
            width_px=opened.width_px,
            height_px=opened.height_px,
            rate_hz=opened.rate_hz,
            backend=opened.backend,
        )

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                frame = self._camera.read(READ_LIMIT_S)
                if frame is not None:
                    self._process(frame)
        except CameraLostError as error:
            if not self._stop.is_set():
                self._wiring.on_failure(error)
        except Exception:  # the thread's last resort
            logger.exception("the gaze pipeline failed")
            self._wiring.on_failure(TrackerError("Eye tracking stopped unexpectedly."))
        finally:
            self.latest = None  # no picture outlives the camera
            self._camera.close()
            self._landmarker.close()

    def _process(self, frame: CapturedFrame) -> None:
        landmarks = self._landmarker.detect(frame.image, frame.t_ns)
        face = features = None
        if landmarks is not None:
            face = describe_face(landmarks, frame.image)
            features = extract_features(landmarks, frame.image)
            if self._wiring.simulated is not None:
                features = self._wiring.simulated.apply(features)
        seen = features if face is not None and not face.is_blinking else None
        self._wiring.on_features(frame.t_ns, seen)
        gaze = self._gaze_sample(frame, face, seen)
        self._wiring.record(_frame_record(frame, face, self._clock.now_ns()))
        if features is not None:
            self._record_features(frame, features)
        if gaze is not None:
            self._wiring.record(gaze)
        self._publish(frame, face)

    def _gaze_sample(
        self, frame: CapturedFrame, face: FaceState | None, features: Array | None
    ) -> GazeSample | None:
        model = self._gaze_model
        if model is None:
            return None
        x = y = filtered_x = filtered_y = None
        if features is not None:
            x, y = (float(v) for v in model.predict(features))
            filtered_x, filtered_y = (
                f.filter(frame.t_ns, v) for f, v in zip(self._filters, (x, y), strict=True)
            )
        is_simulated = self._wiring.simulated is not None
        return GazeSample(
            t_ns=frame.t_ns,
            frame=frame.number,
            x_px=x,
            y_px=y,
            filtered_x_px=filtered_x,
            filtered_y_px=filtered_y,
            confidence=face.confidence if face is not None and features is not None else 0.0,
            is_off_window=x is None or y is None or not self._wiring.is_inside(x, y),
            provenance=GazeProvenance.SIMULATED if is_simulated else GazeProvenance.CAMERA,
        )

    def _record_features(self, frame: CapturedFrame, features: Array) -> None:
        level = self._wiring.keeps_features
        if level == "none":
            return
        kept = features if level == "patches" else features[len(PATCH_NAMES) :]
        self._wiring.record(
            EyeFeatures(
                t_ns=frame.t_ns,
                frame=frame.number,
                version=FEATURE_VERSION,
                values=tuple(float(v) for v in kept),
            )
        )

    def _publish(self, frame: CapturedFrame, face: FaceState | None) -> None:
        self._recent.append(frame.t_ns)
        span_ns = self._recent[-1] - self._recent[0]
        rate_hz = (len(self._recent) - 1) * 1e9 / span_ns if span_ns > 0 else None
        preview = _mirror(frame.image) if self.want_preview else None
        self.latest = Latest(face, rate_hz, preview)


def _frame_record(frame: CapturedFrame, face: FaceState | None, result_t_ns: int) -> Frame:
    return Frame(
        t_ns=frame.t_ns,
        number=frame.number,
        result_t_ns=result_t_ns,
        position_ms=frame.position_ms,
        dropped=frame.dropped,
        has_face=face is not None,
        brightness=face.brightness if face else None,
        yaw_deg=face.yaw_deg if face else None,
        pitch_deg=face.pitch_deg if face else None,
        roll_deg=face.roll_deg if face else None,
        head_x_mm=face.head_x_mm if face else None,
        head_y_mm=face.head_y_mm if face else None,
        distance_mm=face.distance_mm if face else None,
        eye_openness=face.openness if face else None,
    )


def _mirror(image: Image) -> Image:
    height, width = image.shape[:2]
    size = (PREVIEW_WIDTH, max(1, round(height * PREVIEW_WIDTH / width)))
    return np.asarray(cv2.flip(cv2.resize(image, size), 1), dtype=np.uint8)
