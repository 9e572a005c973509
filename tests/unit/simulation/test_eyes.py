import numpy as np
import pytest

from calibration.geometry import Screen
from calibration.outcome import CalibrationOutcome
from calibration.outcome import calibrate as fit_and_judge
from calibration.routine import Routine, calibration_looks
from tests.faces import FRAME_NS, SeenFace
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.features import FEATURE_NAMES
from tracker_app.gaze.landmarks import Array, FaceLandmarks
from tracker_app.gaze.model_file import find_face_model
from tracker_app.simulation.eyes import LOOK_AT, Point, SimulatedEyes

SCREEN = Screen(0, 0, 1280, 800)
PLACE = (0.0, 0.0, 1280.0, 800.0)
FRAME_PX = (640, 480)
IRIS_X, IRIS_Y = (FEATURE_NAMES.index(f"right_iris_{axis}") for axis in "xy")


def calibrate(faces: list[SeenFace], seed: int) -> CalibrationOutcome:
    """A whole calibration of simulated eyes in a real, moving face, at 25 frames a second."""
    look: Point | None = None
    height, width = faces[0].image.shape[:2]
    eyes = SimulatedEyes(lambda: look, PLACE, find_face_model(), seed=seed)
    routine = Routine(calibration_looks(SCREEN, seed, moves_head=False))
    frame = 0
    while (view := routine.step(frame * FRAME_NS)).phase != "done":
        look = view.target_px
        # Forth and back through the video, so that the head does not jump.
        turn = frame % (2 * len(faces) - 2)
        face = faces[min(turn, 2 * len(faces) - 2 - turn)].face
        routine.add(frame * FRAME_NS, eyes.features(face, (width, height)))
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
    assert outcome.data_loss == 0


def _head(*place_cm: float, pitch: float = 0.0) -> FaceLandmarks:
    matrix = np.eye(4)
    matrix[1:3, 1:3] = [[np.cos(pitch), -np.sin(pitch)], [np.sin(pitch), np.cos(pitch)]]
    matrix[:3, 3] = place_cm
    return FaceLandmarks(np.zeros((478, 3)), matrix)


HEAD = _head(0, -5, -60)


def _seen(eyes: SimulatedEyes, frames: int = 5, face: FaceLandmarks = HEAD) -> Array:
    """Features of some frames of a head, shape (frames, 132)."""
    return np.array([eyes.features(face, FRAME_PX) for _ in range(frames)])


def _eyes(look: Point | None, seed: int = 1) -> SimulatedEyes:
    return SimulatedEyes(lambda: look, PLACE, find_face_model(), seed=seed)


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


def test_the_record_says_what_is_looked_at_and_which_person_it_is() -> None:
    record = _eyes(None, seed=7).record(t_ns=1)
    assert (record.look_at, record.seed) == (LOOK_AT, 7)
