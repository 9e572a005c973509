import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from tracker_app.gaze.simulated import SimulatedEyes

from calibration.regression import GazeModel
from tests.faces import pictures
from tracker_app.capture.camera import open_camera
from tracker_app.clock import SystemClock
from tracker_app.errors import CameraLostError, TrackerError
from tracker_app.gaze.camera_frame import CameraDescription, CapturedFrame
from tracker_app.gaze.features import FEATURE_NAMES, GEOMETRY_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.pipeline import GazePipeline, Wiring
from tracker_app.records import (
    CameraInfo,
    EyeFeatures,
    Frame,
    GazeProvenance,
    GazeSample,
    Record,
)

CLOCK = SystemClock()
LIMIT_S = 20.0
R = TypeVar("R", bound=Record)
CENTRE = GazeModel(
    mean=np.zeros(len(FEATURE_NAMES)),
    weights=np.zeros((len(FEATURE_NAMES), 2)),
    intercept=np.array([640.0, 400.0]),
    penalty=1.0,
)


class Sink:
    """Keeps what a pipeline records, and waits for a given number of frames."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.heard: list[tuple[int, Array | None]] = []
        self.failures: list[TrackerError] = []
        self.changed = threading.Condition()

    def record(self, record: Record) -> None:
        with self.changed:
            self.records.append(record)
            self.changed.notify_all()

    def hear(self, t_ns: int, features: Array | None) -> None:
        self.heard.append((t_ns, features))

    def fail(self, error: TrackerError) -> None:
        with self.changed:
            self.failures.append(error)
            self.changed.notify_all()

    def of(self, kind: type[R]) -> list[R]:
        return [r for r in self.records if isinstance(r, kind)]

    def wait_for(self, is_reached: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_reached, LIMIT_S), "it did not happen in time"


class ReplayCamera:
    """Gives the pictures of a file one after the other, then a dark room, then is lost."""

    def __init__(self, video: Path, dark: int = 0, count: int = 10) -> None:
        self._pictures = list(pictures(video))[:count]
        self._pictures += [np.zeros_like(self._pictures[0])] * dark
        self._number = 0
        self.is_closed = False

    @property
    def description(self) -> CameraDescription:
        height, width = self._pictures[0].shape[:2]
        return CameraDescription("replay", width, height, None, "replay")

    def read(self, timeout_s: float) -> CapturedFrame:
        if self._number == len(self._pictures):
            raise CameraLostError("The camera is gone. Plug it in again.")
        image, number = self._pictures[self._number], self._number
        self._number += 1
        return CapturedFrame(number, CLOCK.now_ns(), None, 0, image)

    def close(self) -> None:
        self.is_closed = True


def play(
    camera: ReplayCamera, model: GazeModel | None = CENTRE, keeps_features: str = "geometry"
) -> Sink:
    """Everything a pipeline gives until its camera is lost."""
    sink = Sink()
    wiring = Wiring(sink.record, lambda x, _: x < 700, sink.fail, keeps_features=keeps_features)
    pipeline = GazePipeline(camera, find_face_model(), CLOCK, wiring)
    pipeline.set_model(model)
    sink.wait_for(lambda: bool(sink.failures))
    pipeline.stop()
    assert camera.is_closed
    assert pipeline.latest is None
    return sink


def test_every_frame_is_recorded_with_face_features_and_gaze(face_video: Path) -> None:
    sink = play(ReplayCamera(face_video))
    frames = sink.of(Frame)
    assert [f.number for f in frames] == list(range(10))
    assert all(f.has_face and f.result_t_ns > f.t_ns and f.distance_mm for f in frames)
    (camera,) = sink.of(CameraInfo)
    assert camera.source == "replay"
    assert {g.frame for g in sink.of(GazeSample)} <= {f.number for f in frames}
    last = sink.of(GazeSample)[-1]
    assert (last.x_px, last.y_px) == (640, 400)
    assert last.t_ns == frames[-1].t_ns
    assert not last.is_off_window
    assert last.provenance is GazeProvenance.CAMERA


def test_without_a_calibration_there_is_no_gaze(face_video: Path) -> None:
    sink = play(ReplayCamera(face_video), model=None)
    assert not sink.of(GazeSample)
    assert len(sink.of(Frame)) == 10


@pytest.mark.parametrize(
    ("level", "count"), [("none", None), ("geometry", len(GEOMETRY_NAMES)), ("patches", 132)]
)
def test_only_what_the_participant_agreed_to_is_kept(
    face_video: Path, level: str, count: int | None
) -> None:
    kept = play(ReplayCamera(face_video, count=3), keeps_features=level).of(EyeFeatures)
    assert {len(k.values) for k in kept} == ({count} if count else set())


def test_a_frame_without_a_face_is_missing_gaze_and_not_an_error(face_video: Path) -> None:
    sink = play(ReplayCamera(face_video, dark=5))
    dark = sink.of(Frame)[-1]
    assert not dark.has_face
    assert dark.yaw_deg is dark.distance_mm is dark.brightness is None
    lost = sink.of(GazeSample)[-1]
    assert lost.x_px is lost.filtered_y_px is None
    assert lost.confidence == 0
    assert lost.is_off_window


def test_a_lost_camera_is_reported_once_and_the_thread_ends(face_video: Path) -> None:
    sink = play(ReplayCamera(face_video, count=2))
    (error,) = sink.failures
    assert isinstance(error, CameraLostError)
    assert "gaze" not in {t.name for t in threading.enumerate()}


@pytest.fixture
def live(face_video: Path) -> Iterator[tuple[GazePipeline, Sink]]:
    """A pipeline on the video played as a camera, with simulated eyes."""
    sink = Sink()
    eyes = SimulatedEyes(lambda: (900.0, 100.0), (0, 0, 1280, 800))
    wiring = Wiring(
        sink.record, lambda x, _: x < 600, sink.fail, on_features=sink.hear, simulated=eyes
    )
    camera = open_camera(str(face_video), CLOCK, loops=True)
    pipeline = GazePipeline(camera, find_face_model(), CLOCK, wiring)
    yield pipeline, sink
    pipeline.stop()
    assert not sink.failures


def test_a_live_camera_keeps_its_rate_and_feeds_a_calibration(
    live: tuple[GazePipeline, Sink],
) -> None:
    pipeline, sink = live
    pipeline.set_model(CENTRE)
    sink.wait_for(lambda: len(sink.of(GazeSample)) >= 40)
    latest = pipeline.latest
    assert latest is not None
    assert latest.face is not None
    assert latest.preview is None
    assert latest.rate_hz == pytest.approx(25, abs=6)
    assert latest.face.outline.shape == (36, 2)
    seen = [features for _, features in sink.heard if features is not None]
    assert len(seen) > 20
    assert seen[0].shape == (len(FEATURE_NAMES),)
    assert [t for t, _ in sink.heard] == sorted(t for t, _ in sink.heard)
    sample = sink.of(GazeSample)[-1]
    assert sample.provenance is GazeProvenance.SIMULATED
    assert sample.is_off_window


def test_a_preview_exists_only_while_it_is_wanted(live: tuple[GazePipeline, Sink]) -> None:
    pipeline, sink = live

    def frames_later(count: int) -> None:
        reached = len(sink.of(Frame)) + count
        sink.wait_for(lambda: len(sink.of(Frame)) >= reached)

    pipeline.want_preview = True
    frames_later(3)
    latest = pipeline.latest
    assert latest is not None
    assert latest.preview is not None
    assert latest.preview.shape[1] == 320
    pipeline.want_preview = False
    frames_later(3)
    latest = pipeline.latest
    assert latest is not None
    assert latest.preview is None


def test_stop_releases_the_camera_at_once_and_twice_does_no_harm(
    live: tuple[GazePipeline, Sink],
) -> None:
    pipeline, _ = live
    began_ns = CLOCK.now_ns()
    pipeline.stop()
    pipeline.stop()
    assert CLOCK.now_ns() - began_ns < 2_000_000_000
    assert not {"gaze", "camera-reader"} & {t.name for t in threading.enumerate()}
