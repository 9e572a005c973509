"""Camera to gaze, in one thread: grab, landmarks, features, estimate, filter, records.

Pictures stay in this thread, but for a small mirrored one while the set-up page asks for it.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from tracker_app.clock import Clock
from tracker_app.errors import CameraLostError, TrackerError
from tracker_app.gaze.camera_frame import Camera, CapturedFrame, Image
from tracker_app.gaze.estimator import Estimate
from tracker_app.gaze.features import (
    FEATURE_VERSION,
    PATCH_NAMES,
    FaceState,
    describe_face,
    extract_features,
)
from tracker_app.gaze.fixations import Fixation, FixationDetector
from tracker_app.gaze.landmarks import Array, FaceLandmarker, FaceLandmarks
from tracker_app.gaze.opencv import cv2
from tracker_app.gaze.participant import Lids, Participant
from tracker_app.gaze.samples import Maps, SampleMaker
from tracker_app.records import (
    CameraInfo,
    EyeFeatures,
    Frame,
    GazeProvenance,
    Record,
    Recording,
)
from tracker_app.wording import tr

logger = logging.getLogger(__name__)
READ_LIMIT_S = 0.5
STOP_LIMIT_S = 3.0
PREVIEW_WIDTH = 320
RATE_FRAMES = 30


@dataclass(frozen=True, slots=True)
class Latest:
    """What the interface may know of the newest frame."""

    face: FaceState | None
    fixation: Fixation | None  # where the eyes rest now
    other_faces: int  # besides the participant's
    rate_hz: float | None  # delivered, over the last second
    lag_ms: float  # from the frame's grab until all this was known
    confidence: float | None  # of the gaze; None while there is none
    is_pose_in_range: bool | None  # the head is about where calibration saw it; None without gaze
    preview: Image | None  # small and mirrored; only while wanted, as the next
    eyes_picture: Image | None  # both eyes, upright as in the frame, mirrored


class Eyes(Protocol):
    """Where features come from instead of the picture; a simulation implements it."""

    def features(self, t_ns: int, face: FaceLandmarks, frame_px: tuple[int, int]) -> Array:
        """Features of eyes in this head at the time of a frame, named by `FEATURE_NAMES`."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame shows."""

    face: FaceState | None
    features: Array | None  # None without a face, or where they are not all numbers
    is_blinking: bool
    other_faces: int

    @property
    def eyes(self) -> Array | None:
        """The features, unless the lids are shut."""
        return None if self.is_blinking else self.features


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the pipeline is connected to. Every callable is called from its thread."""

    record: Callable[[Record], None]
    is_inside: Callable[[float, float], bool]  # whether a pixel is in our window
    on_failure: Callable[[TrackerError], None]
    on_features: Callable[[int, Array | None], None] = lambda _t_ns, _features: None  # each frame
    keeps_features: str = "geometry"  # none, geometry or patches
    simulated: Eyes | None = None


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
        self._maps: Maps | None = None
        self._participant, self._lids = Participant(), Lids()
        self._maker = SampleMaker()
        is_simulated = wiring.simulated is not None
        self._provenance = GazeProvenance.SIMULATED if is_simulated else GazeProvenance.CAMERA
        self._fixations = FixationDetector()
        opened = camera.description
        self._frame_px = opened.width_px, opened.height_px
        self._recent: deque[int] = deque(maxlen=RATE_FRAMES)
        self._stop = threading.Event()
        self.want_preview = False
        self.latest: Latest | None = None
        wiring.record(self._camera_info())
        self._thread = threading.Thread(target=self._run, name="gaze", daemon=True)
        self._thread.start()

    @property
    def camera(self) -> str:
        """The camera's name."""
        return self._camera.description.source

    @property
    def frame_px(self) -> tuple[int, int]:
        """Width and height of the newest frame."""
        return self._frame_px

    def estimate_by(self, maps: Maps | None) -> None:
        """Estimate gaze by these maps from the next frame on; None: not at all."""
        self._maps = maps

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
            width_px=self._frame_px[0],
            height_px=self._frame_px[1],
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
            self._wiring.on_failure(TrackerError(tr("Eye tracking stopped unexpectedly.")))
        finally:
            self.latest = None  # no picture outlives the camera
            self._camera.close()
            self._landmarker.close()

    def _process(self, frame: CapturedFrame) -> None:
        self._notice_size(frame)
        seen = self._see(frame)
        self._wiring.on_features(frame.t_ns, seen.eyes)
        maps = self._maps  # another thread may take them away
        gaze, found = None, None
        if maps is not None:
            gaze, found = self._maker.sample(
                frame.t_ns,
                frame.number,
                seen.eyes,
                maps,
                self._wiring.is_inside,
                self._provenance,
            )
        self._wiring.record(_frame_record(frame, seen, self._clock.now_ns()))
        if seen.features is not None:
            self._record_features(frame, seen.features)
        if gaze is not None:
            self._wiring.record(gaze)
        self._publish(frame, seen, found)

    def _notice_size(self, frame: CapturedFrame) -> None:
        """A picture of another shape comes through another part of the lens: gaze would be off."""
        height, width = frame.image.shape[:2]
        if (width, height) == self._frame_px:
            return
        before, self._frame_px = self._frame_px, (width, height)
        self._wiring.record(self._camera_info())
        if not is_same_shape(before, self._frame_px) and self._maps is not None:
            self._maps = None
            reason = "The camera's picture changed its shape. Calibrate again."
            logger.warning("gaze is off: the picture changed from %s to %s", before, self._frame_px)
            self._wiring.record(
                Recording(t_ns=frame.t_ns, is_on=False, source="gaze", reason=reason)
            )

    def _see(self, frame: CapturedFrame) -> Seen:
        faces = self._landmarker.detect(frame.image, frame.t_ns)
        mine = self._participant.choose(frame.t_ns, faces)
        if mine is None:
            return Seen(None, None, is_blinking=False, other_faces=len(faces))
        face = describe_face(mine, frame.image)
        if self._wiring.simulated is not None:
            features = self._wiring.simulated.features(frame.t_ns, mine, self._frame_px)
        else:
            features = extract_features(mine, frame.image)
        return Seen(
            face,
            features if np.isfinite(features).all() else None,
            is_blinking=self._lids.is_blinking(frame.t_ns, face.openness),
            other_faces=len(faces) - 1,
        )

    def _rest(self, frame: CapturedFrame, found: Estimate | None) -> Fixation | None:
        if found is None:
            return None
        reach_px = max(found.sd_x_px, found.sd_y_px)
        return self._fixations.add(frame.t_ns, found.x_px, found.y_px, reach_px)

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

    def _publish(self, frame: CapturedFrame, seen: Seen, found: Estimate | None) -> None:
        fixation = self._rest(frame, found)
        self._recent.append(frame.t_ns)
        span_ns = self._recent[-1] - self._recent[0]
        rate_hz = (len(self._recent) - 1) * 1e9 / span_ns if span_ns > 0 else None
        is_shown, face = self.want_preview, seen.face
        self.latest = Latest(
            face=face,
            fixation=fixation,
            other_faces=seen.other_faces,
            rate_hz=rate_hz,
            lag_ms=(self._clock.now_ns() - frame.t_ns) / 1e6,
            confidence=found.confidence if found is not None else None,
            is_pose_in_range=found.is_pose_in_range if found is not None else None,
            preview=mirror(frame.image) if is_shown else None,
            eyes_picture=_eyes_picture(frame.image, face) if is_shown and face else None,
        )


def is_same_shape(frame_px: tuple[int, int], other_px: tuple[int, int]) -> bool:
    """Whether two pictures have the same ratio of width and height."""
    return frame_px[0] * other_px[1] == frame_px[1] * other_px[0]


def _frame_record(frame: CapturedFrame, seen: Seen, result_t_ns: int) -> Frame:
    face = seen.face
    return Frame(
        t_ns=frame.t_ns,
        number=frame.number,
        result_t_ns=result_t_ns,
        position_ms=frame.position_ms,
        dropped=frame.dropped,
        has_face=face is not None,
        other_faces=seen.other_faces,
        is_blinking=seen.is_blinking,
        brightness=face.brightness if face else None,
        yaw_deg=face.yaw_deg if face else None,
        pitch_deg=face.pitch_deg if face else None,
        roll_deg=face.roll_deg if face else None,
        head_x_mm=face.head_x_mm if face else None,
        head_y_mm=face.head_y_mm if face else None,
        distance_mm=face.distance_mm if face else None,
        eye_openness=face.openness if face else None,
    )


def _eyes_picture(image: Image, face: FaceState) -> Image | None:
    """The part of a frame that holds both eyes, mirrored; None where it lies outside."""
    height, width = image.shape[:2]
    (left, top), (right, bottom) = face.eyes_area * (width, height)
    rows = slice(max(0, round(top)), max(0, round(bottom)))
    columns = slice(max(0, round(left)), max(0, round(right)))
    cut = image[rows, columns]
    return np.asarray(cv2.flip(cut, 1), dtype=np.uint8) if cut.size else None


def mirror(image: Image) -> Image:
    """A small mirrored picture.

    Args:
        image: BGR frame.
    """
    height, width = image.shape[:2]
    size = (PREVIEW_WIDTH, max(1, round(height * PREVIEW_WIDTH / width)))
    return np.asarray(cv2.flip(cv2.resize(image, size), 1), dtype=np.uint8)
