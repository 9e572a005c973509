"""What a camera sees for a moment, on real faces where faces count."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.faces import moved, pictures, side_by_side
from tests.fakes import FakeClock
from tracker_app.capture.preflight import check_view
from tracker_app.capture.sighting import Sighting, look
from tracker_app.errors import CameraLostError, CameraUnavailableError
from tracker_app.gaze.camera_frame import CameraDescription, CapturedFrame, Image
from tracker_app.gaze.landmarks import FaceLandmarker
from tracker_app.gaze.model_file import find_face_model

GREY: Image = np.full((120, 160, 3), 128, np.uint8)


@dataclass
class Film:
    """Shows one picture again and again; `every` of the frames grabbed is handed out."""

    image: Image
    clock: FakeClock
    frames: int = 1000
    rate_hz: float = 25.0
    every: int = 1
    silences: int = 0
    number: int = field(default=0, init=False)

    @property
    def description(self) -> CameraDescription:
        height, width = self.image.shape[:2]
        return CameraDescription("film", width, height, self.rate_hz, "test")

    def read(self, timeout_s: float) -> CapturedFrame | None:
        del timeout_s
        if self.silences:
            self.silences -= 1
            return None
        if self.number >= self.frames:
            raise CameraLostError("The film is over.")
        self.number += self.every
        self.clock.advance(self.every / self.rate_hz)
        return CapturedFrame(self.number, self.clock.t_ns, None, self.every - 1, self.image)

    def close(self) -> None: ...


@pytest.fixture
def landmarker() -> Iterator[FaceLandmarker]:
    model = FaceLandmarker(find_face_model())
    yield model
    model.close()


@pytest.fixture(scope="module")
def portrait(face_video: Path) -> Image:
    return next(pictures(face_video))


@pytest.fixture
def see(landmarker: FaceLandmarker) -> Callable[[Image], Sighting]:
    def seen(image: Image) -> Sighting:
        clock = FakeClock()
        return look(Film(image, clock), landmarker, clock)

    return seen


def _failing(sighting: Sighting) -> list[str]:
    return [check.name for check in check_view(sighting.view) if not check.is_ok]


def test_a_face_is_seen_with_its_place_distance_and_light(
    see: Callable[[Image], Sighting], portrait: Image
) -> None:
    seen = see(portrait)
    assert seen.face_share == 1
    assert seen.others_share == 0
    assert _failing(seen) == []
    assert seen.place is not None
    assert 0.2 < seen.place[0] < 0.8


def test_a_picture_half_as_large_is_twice_as_far_away(
    see: Callable[[Image], Sighting], portrait: Image
) -> None:
    near, far = see(portrait).distance_mm, see(moved(portrait, scale=0.5)).distance_mm
    assert near is not None
    assert far is not None
    assert far / near == pytest.approx(2, rel=0.1)


def test_a_dark_face_fails_the_check_of_light_alone(
    see: Callable[[Image], Sighting], portrait: Image
) -> None:
    assert _failing(see(np.asarray(portrait // 4, dtype=np.uint8))) == ["light"]


def test_a_second_face_is_counted(see: Callable[[Image], Sighting], portrait: Image) -> None:
    seen = see(side_by_side(portrait, portrait))
    assert seen.others_share > 0.9
    assert "alone" in _failing(seen)


def test_without_a_face_there_is_neither_distance_nor_light(
    see: Callable[[Image], Sighting],
) -> None:
    seen = see(GREY)
    assert seen.face_share == 0
    assert (seen.distance_mm, seen.brightness, seen.place) == (None, None, None)
    assert "face" in _failing(seen)


def test_without_a_model_the_camera_is_measured_all_the_same() -> None:
    clock = FakeClock()
    seen = look(Film(GREY, clock), None, clock)
    assert seen.face_share is None
    assert seen.delivered_hz == pytest.approx(25, rel=0.01)
    assert seen.pictures == pytest.approx(50, abs=2)


def test_pictures_that_nobody_had_time_for_count_as_delivered() -> None:
    clock = FakeClock()
    seen = look(Film(GREY, clock, every=3), None, clock)
    assert seen.delivered_hz == pytest.approx(25, rel=0.01)
    assert seen.handled_hz == pytest.approx(25 / 3, rel=0.01)


def test_a_film_shorter_than_the_look_is_measured_to_its_end() -> None:
    clock = FakeClock()
    seen = look(Film(GREY, clock, frames=10), None, clock)
    assert seen.delivered_hz == pytest.approx(25, rel=0.01)


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_a_camera_that_sends_almost_nothing_is_one_sentence(frames: int) -> None:
    clock = FakeClock()
    with pytest.raises(CameraUnavailableError, match="too few pictures"):
        look(Film(GREY, clock, frames=frames), None, clock)


def test_a_silent_camera_is_given_up_and_a_slow_start_is_not() -> None:
    clock = FakeClock()
    with pytest.raises(CameraUnavailableError, match="too few pictures"):
        look(Film(GREY, clock, silences=10**6), None, clock)
    assert look(Film(GREY, clock, silences=2), None, clock).pictures > 10
