import numpy as np
import pytest

from calibration.geometry import Screen
from calibration.outcome import CalibrationOutcome
from calibration.outcome import calibrate as fit_and_judge
from calibration.routine import Routine, calibration_looks
from tests.faces import FRAME_NS, SeenFace
from tests.simulated import participant
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.features import FEATURE_NAMES
from tracker_app.gaze.landmarks import Array, FaceLandmarks
from tracker_app.simulation.eyes import Point, SimulatedEyes

SCREEN = Screen(0, 0, 1280, 800)
PLACE = (0.0, 0.0, 1280.0, 800.0)
FRAME_PX = (640, 480)
IRIS_X, IRIS_Y = (FEATURE_NAMES.index(f"right_iris_{axis}") for axis in "xy")


def calibrate(faces: list[SeenFace], seed: int) -> CalibrationOutcome:
    """A whole calibration of simulated eyes in a real, moving face, at 25 frames a second."""
    look: Point | None = None
    height, width = faces[0].image.shape[:2]
    eyes = SimulatedEyes(lambda: look, PLACE, participant(seed))
    routine = Routine(calibration_looks(SCREEN, seed, moves_head=False))
    frame = 0
    while (view := routine.step(frame * FRAME_NS)).phase != "done":
        look = view.target_px
        # Forth and back through the video, so that the head does not jump.
        turn = frame % (2 * len(faces) - 2)
        face = faces[min(turn, 2 * len(faces) - 2 - turn)].face
        routine.add(frame * FRAME_NS, eyes.features(frame * FRAME_NS, face, (width, height)))
        frame += 1
    return fit_and_judge(routine.looks, SCREEN, gaze_prior())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_calibration_of_simulated_eyes_is_about_as_good_as_real_webcam_gaze(
    faces: list[SeenFace], seed: int
) -> None:
    outcome = calibrate(faces, seed)
    assert outcome.accuracy_deg is not None
    assert 0.3 < outcome.accuracy_deg < 2.5
    assert not outcome.model.is_mirrored


def _head(*place_cm: float, pitch: float = 0.0) -> FaceLandmarks:
    matrix = np.eye(4)
    matrix[1:3, 1:3] = [[np.cos(pitch), -np.sin(pitch)], [np.sin(pitch), np.cos(pitch)]]
    matrix[:3, 3] = place_cm
    return FaceLandmarks(np.zeros((478, 3)), matrix)


HEAD = _head(0, -5, -60)


def _seen(eyes: SimulatedEyes, frames: int = 5, face: FaceLandmarks = HEAD) -> Array:
    """Features of some frames of a head, shape (frames, 132)."""
    return np.array([eyes.features(i * FRAME_NS, face, FRAME_PX) for i in range(frames)])


def _eyes(look: Point | None, seed: int = 1) -> SimulatedEyes:
    return SimulatedEyes(lambda: look, PLACE, participant(seed))


def test_the_same_seed_plays_the_same_participant() -> None:
    assert (_seen(_eyes((10, 10), seed=4)) == _seen(_eyes((10, 10), seed=4))).all()
    assert (_seen(_eyes((10, 10), seed=4)) != _seen(_eyes((10, 10), seed=5))).any()


def test_eyes_without_a_place_to_look_at_rest_on_the_middle_of_the_screen() -> None:
    assert (_seen(_eyes(None)) == _seen(_eyes((640, 400)))).all()


def test_irises_turn_to_where_the_eyes_look() -> None:
    """The right of the screen is to the participant's right, and so is where irises move."""
    left, right = (_seen(_eyes((x, 400)), 20)[:, IRIS_X].mean() for x in (64, 1216))
    assert left - right > 2
    top, bottom = (_seen(_eyes((640, y)), 20)[:, IRIS_Y].mean() for y in (40, 760))
    assert top - bottom > 1


@pytest.mark.parametrize("distance_cm", [35.0, 60.0, 90.0])
def test_they_are_as_far_away_as_people_sit_however_the_camera_sees_the_head(
    distance_cm: float,
) -> None:
    seen = _seen(_eyes((640, 400)), 1, _head(0, 0, -distance_cm))[0]
    assert seen[FEATURE_NAMES.index("head_z")] == pytest.approx(-550, rel=0.15)


def test_the_head_moves_as_the_real_one_does_and_no_more() -> None:
    eyes = _eyes((640, 400))
    before = _seen(eyes, 20).mean(axis=0)
    after = _seen(eyes, 20, _head(4, -5, -60, pitch=0.2)).mean(axis=0)
    change = dict(zip(FEATURE_NAMES, after - before, strict=True))
    assert 0.02 < change["head_pitch"] < 0.25
    assert 5 < change["head_x"] < 45
    assert abs(change["head_yaw"]) < 0.05


def _turned(eyes: SimulatedEyes, asked: tuple[float, float], frames: int) -> Array:
    """Features of 2 s before the head is asked to turn and of what follows, (50 + frames, 132)."""
    ask_at = 50
    seen = []
    for frame in range(ask_at + frames):
        if frame == ask_at:
            eyes.ask_turn(*asked)
        seen.append(eyes.features(frame * FRAME_NS, HEAD, FRAME_PX))
    return np.array(seen)


def _of(features: Array, name: str) -> Array:
    return np.asarray(features[:, FEATURE_NAMES.index(name)])


def test_a_head_asked_to_turn_is_two_thirds_there_after_150_ms_and_there_after_a_second() -> None:
    seen = np.mean([_turned(_eyes((640, 400), seed), (12, 0), 50) for seed in range(1, 6)], axis=0)
    yaw_deg = np.degrees(_of(seen, "head_yaw"))
    usual = yaw_deg[:50].mean()
    assert yaw_deg[54] - usual == pytest.approx(12 * (1 - np.exp(-200 / 150)), abs=1)
    assert yaw_deg[75:].mean() - usual == pytest.approx(12, rel=0.15)


def test_a_turning_head_moves_about_its_neck_and_the_eyes_stay_where_they_look() -> None:
    seen = _turned(_eyes((640, 400)), (15, 10), 60)
    before, after = seen[:50].mean(axis=0), seen[80:].mean(axis=0)
    change = dict(zip(FEATURE_NAMES, after - before, strict=True))
    assert np.degrees(change["head_pitch"]) == pytest.approx(10, rel=0.3)
    assert change["head_x"] == pytest.approx(70 * np.sin(np.radians(15)), rel=0.5)
    # The eyes turn back: 15 deg at 9.9 mm before their centres, and some more as the head shifts.
    assert -5 < change["right_iris_x"] < -9.9 * np.sin(np.radians(15))
    assert change["right_iris_y"] > 0.7


def test_a_head_asked_to_look_straight_again_comes_back() -> None:
    eyes = _eyes((640, 400))
    there = _turned(eyes, (15, 0), 30)
    eyes.ask_turn(0, 0)
    later = range(10_000, 10_030)
    back = np.array([eyes.features(i * FRAME_NS, HEAD, FRAME_PX) for i in later])
    change_rad = _of(back, "head_yaw").mean() - _of(there[:50], "head_yaw").mean()
    assert abs(np.degrees(change_rad)) < 0.5
