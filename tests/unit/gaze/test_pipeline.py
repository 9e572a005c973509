import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from calibration.regression import GazeModel
from tests.faces import SeenFace, moved, pictures, side_by_side, with_glare
from tests.fakes import FakeClock
from tests.simulated import participant as participant_of
from tracker_app.capture.camera import open_camera
from tracker_app.clock import SystemClock
from tracker_app.errors import CameraLostError, TrackerError
from tracker_app.gaze import participant
from tracker_app.gaze.camera_frame import CameraDescription, CapturedFrame, Image
from tracker_app.gaze.features import FEATURE_NAMES, GEOMETRY_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.pipeline import GazePipeline, Wiring
from tracker_app.gaze.samples import Maps
from tracker_app.records import (
    CameraInfo,
    EyeFeatures,
    Frame,
    GazeProvenance,
    GazeSample,
    Record,
    Recording,
)
from tracker_app.simulation.eyes import SimulatedEyes

CLOCK = SystemClock()
LIMIT_S = 20.0
FRAME_S = 0.04
COUNT = len(FEATURE_NAMES)
PX_PER_MM = 5.0
R = TypeVar("R", bound=Record)


def _model(px_per_mm: float) -> GazeModel:
    """Gaze is in the middle and moves with the head; 30 px of noise, nothing else in doubt."""
    weights = np.zeros((COUNT, 2))
    weights[FEATURE_NAMES.index("head_x"), 0] = px_per_mm
    return GazeModel(
        centre=np.zeros(COUNT),
        weights=weights,
        intercept=np.array([640.0, 400.0]),
        doubt=np.zeros((2, COUNT + 1, COUNT + 1)),
        noise_px=np.array([30.0, 40.0]),
        ratio=np.ones(2),
        looks=13.0,
        correlation=-0.25,
        low=np.full(COUNT, -1e4),
        high=np.full(COUNT, 1e4),
        is_mirrored=False,
    )


CENTRE, FOLLOWING = _model(0), _model(PX_PER_MM)


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
    """Gives pictures one after the other, 25 a second by its clock, then is lost."""

    def __init__(self, images: Sequence[Image], clock: FakeClock) -> None:
        self._images = images
        self._clock = clock
        self._number = 0
        self.is_closed = False

    @property
    def description(self) -> CameraDescription:
        height, width = self._images[0].shape[:2]
        return CameraDescription("replay", width, height, None, "replay")

    def read(self, timeout_s: float) -> CapturedFrame:
        if self._number == len(self._images):
            raise CameraLostError("The camera is gone. Plug it in again.")
        image, number = self._images[self._number], self._number
        self._number += 1
        self._clock.advance(FRAME_S)
        return CapturedFrame(number, self._clock.now_ns(), None, 0, image)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def images(face_video: Path) -> list[Image]:
    """The first pictures of the face video."""
    return list(islice(pictures(face_video), 10))


def play(
    images: Sequence[Image], model: GazeModel | None = CENTRE, keeps_features: str = "geometry"
) -> Sink:
    """Everything a pipeline gives for some pictures; then its camera is lost."""
    sink, clock = Sink(), FakeClock()
    camera = ReplayCamera(images, clock)
    wiring = Wiring(
        sink.record, lambda x, _: x < 700, sink.fail, sink.hear, keeps_features=keeps_features
    )
    pipeline = GazePipeline(camera, find_face_model(), clock, wiring)
    pipeline.estimate_by(None if model is None else Maps(model, model, 0))
    sink.wait_for(lambda: bool(sink.failures))
    pipeline.stop()
    assert camera.is_closed
    assert pipeline.latest is None
    (error,) = sink.failures
    assert isinstance(error, CameraLostError)
    return sink


def test_every_frame_is_recorded_with_face_features_and_gaze(images: list[Image]) -> None:
    sink = play(images)
    frames = sink.of(Frame)
    assert [f.number for f in frames] == list(range(10))
    assert all(f.has_face and f.result_t_ns > f.t_ns and f.distance_mm for f in frames)
    assert all(f.other_faces == 0 and not f.is_blinking for f in frames)
    (camera,) = sink.of(CameraInfo)
    assert camera.source == "replay"
    assert {g.frame for g in sink.of(GazeSample)} <= {f.number for f in frames}
    last = sink.of(GazeSample)[-1]
    assert (last.x_px, last.y_px) == (640, 400)
    assert last.t_ns == frames[-1].t_ns
    assert not last.is_off_window
    assert last.is_pose_in_range
    assert last.correlation == -0.25
    assert last.sd_x_px is not None
    assert last.sd_y_px is not None
    assert last.sd_y_px / last.sd_x_px == pytest.approx(4 / 3, rel=0.01)
    assert last.sd_x_px >= 30
    assert last.provenance is GazeProvenance.CAMERA


def test_without_a_calibration_there_is_no_gaze(images: list[Image]) -> None:
    sink = play(images, model=None)
    assert not sink.of(GazeSample)
    assert len(sink.of(Frame)) == 10


@pytest.mark.parametrize(
    ("level", "count"), [("none", None), ("geometry", len(GEOMETRY_NAMES)), ("patches", 132)]
)
def test_only_what_the_participant_agreed_to_is_kept(
    images: list[Image], level: str, count: int | None
) -> None:
    kept = play(images[:3], keeps_features=level).of(EyeFeatures)
    assert {len(k.values) for k in kept} == ({count} if count else set())


def dark(images: Sequence[Image], count: int) -> list[Image]:
    """The same room with the light off."""
    return [np.zeros_like(images[0])] * count


def test_a_frame_without_a_face_is_missing_gaze_and_not_an_error(images: list[Image]) -> None:
    sink = play([*images, *dark(images, 5)])
    frame = sink.of(Frame)[-1]
    assert not frame.has_face
    assert frame.yaw_deg is frame.distance_mm is frame.brightness is None
    assert sink.heard[-1] == (frame.t_ns, None)
    lost = sink.of(GazeSample)[-1]
    assert lost.x_px is lost.filtered_y_px is lost.sd_x_px is lost.correlation is None
    assert not lost.is_pose_in_range
    assert lost.confidence == 0
    assert lost.is_off_window


def test_a_lost_camera_is_reported_once_and_the_thread_ends(images: list[Image]) -> None:
    sink = play(images[:2])
    (error,) = sink.failures
    assert isinstance(error, CameraLostError)
    assert "gaze" not in {t.name for t in threading.enumerate()}


def test_somebody_larger_who_appears_is_counted_and_not_followed(images: list[Image]) -> None:
    small = [moved(image, scale=0.88) for image in images]
    alone = [side_by_side(s, np.full_like(s, 90)) for s in small[:4]]
    sink = play([*alone, *(side_by_side(s, i) for s, i in zip(small, images, strict=True))])
    frames = sink.of(Frame)
    assert all(f.has_face for f in frames)
    assert [f.other_faces for f in frames[:4]] == [0] * 4
    assert [f.other_faces for f in frames[-5:]] == [1] * 5
    head_x = [f.head_x_mm for f in frames if f.head_x_mm is not None]
    assert max(head_x) < 0  # the participant sits to the left all the time


def test_somebody_else_in_the_participants_absence_is_counted(images: list[Image]) -> None:
    empty = np.full_like(images[0], 90)
    left = [side_by_side(image, empty) for image in images]
    right = [side_by_side(empty, image) for image in images]
    away = play([*left, *right]).of(Frame)[-5:]
    assert not any(f.has_face for f in away)
    assert [f.other_faces for f in away] == [1] * 5


def test_gaze_returns_with_the_face_and_its_filter_starts_anew(images: list[Image]) -> None:
    width = images[0].shape[1]
    back = [moved(image, right_px=width / 12) for image in images]
    gaze = play([*images, *dark(images, 8), *back], FOLLOWING).of(GazeSample)
    first = next(g for g in gaze if g.frame >= 18 and g.x_px is not None)
    assert first.frame <= 20
    before, at_first = gaze[9], (first.x_px, first.y_px)
    assert before.x_px is not None
    assert first.x_px is not None
    assert first.x_px - before.x_px > 50
    assert (first.filtered_x_px, first.filtered_y_px) == at_first
    after = [g for g in gaze if g.frame > first.frame]
    assert any(g.filtered_x_px != g.x_px for g in after)


def test_a_larger_picture_of_the_same_shape_is_recorded_and_gaze_goes_on(
    images: list[Image],
) -> None:
    height, width = images[0].shape[:2]
    larger = [np.repeat(np.repeat(image, 2, axis=0), 2, axis=1) for image in images]
    sink = play([*images, *larger], FOLLOWING)
    assert [(c.width_px, c.height_px) for c in sink.of(CameraInfo)] == [
        (width, height),
        (2 * width, 2 * height),
    ]
    assert not sink.of(Recording)
    x_px = {g.frame: g.x_px for g in sink.of(GazeSample)}
    usual, now = x_px[9], x_px[19]
    assert usual is not None
    assert now == pytest.approx(usual, abs=5 * PX_PER_MM)


def test_a_picture_of_another_shape_stops_gaze_and_says_so(images: list[Image]) -> None:
    cut = [np.ascontiguousarray(image[:, 16:-16]) for image in images]
    sink = play([*images, *cut])
    assert len(sink.of(CameraInfo)) == 2
    (stop,) = sink.of(Recording)
    assert (stop.source, stop.is_on) == ("gaze", False)
    assert "Calibrate again" in stop.reason
    assert max(g.frame for g in sink.of(GazeSample)) == 9
    assert all(f.has_face for f in sink.of(Frame)[-5:])


def test_another_shape_before_any_calibration_stops_nothing(images: list[Image]) -> None:
    cut = [np.ascontiguousarray(image[:, 16:-16]) for image in images]
    sink = play([*images, *cut], model=None)
    assert len(sink.of(CameraInfo)) == 2
    assert not sink.of(Recording)


def test_glare_neither_stops_gaze_nor_makes_it_anything_but_a_number(
    faces: list[SeenFace],
) -> None:
    glaring = [with_glare(seen) for seen in faces[:5]]
    white = np.full_like(faces[0].image, 255)
    usual = [seen.image for seen in faces[:5]]
    sink = play([*usual, *glaring, white, *usual], FOLLOWING, keeps_features="patches")
    assert len(sink.of(Frame)) == 16
    assert all(f is None or np.isfinite(f).all() for _, f in sink.heard)
    assert sink.of(GazeSample)[-1].x_px is not None


def test_shut_eyes_have_no_gaze_but_keep_their_features(
    images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(participant, "SHUT", 2.0)  # so the open eyes of the video count as shut
    sink = play(images)
    assert all(f.is_blinking and f.has_face for f in sink.of(Frame))
    assert [features for _, features in sink.heard] == [None] * 10
    assert all(g.x_px is None and g.confidence == 0 for g in sink.of(GazeSample))
    assert len(sink.of(EyeFeatures)) == 10


@pytest.fixture
def live(face_video: Path) -> Iterator[tuple[GazePipeline, Sink]]:
    """A pipeline on the video played as a camera, with simulated eyes."""
    sink = Sink()
    eyes = SimulatedEyes(lambda: (900.0, 100.0), (0, 0, 1280, 800), participant_of(1))
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
    pipeline.estimate_by(Maps(CENTRE, CENTRE, 0))
    sink.wait_for(lambda: len(sink.of(GazeSample)) >= 40)
    latest = pipeline.latest
    assert latest is not None
    assert latest.face is not None
    assert latest.preview is None
    assert latest.rate_hz is not None
    assert 5 < latest.rate_hz < 31  # 25 on a machine that has nothing else to do
    assert latest.face.outline.shape == (36, 2)
    seen = [features for _, features in sink.heard if features is not None]
    assert len(seen) > 20
    assert seen[0].shape == (len(FEATURE_NAMES),)
    assert latest.other_faces == 0
    assert latest.fixation is not None
    assert (latest.fixation.x_px, latest.fixation.y_px) == pytest.approx((640, 400))
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
