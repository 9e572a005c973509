from pathlib import Path

import numpy as np
import pytest

from tests.data import find_data
from tests.faces import SeenFace
from tests.simulated import calibration_frames, clicks, participant
from tracker_app.gaze.features import FEATURE_NAMES, head_angles
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.stills import load_stills
from tracker_app.simulation.anatomy import canonical_face
from tracker_app.simulation.desk import Posture, turns
from tracker_app.simulation.imaging import fit_pose
from tracker_app.simulation.protocols import MOVED_DEG, MOVED_MM, click_sessions, draw_participant


def test_the_pose_fit_is_the_face_models_own(faces: list[SeenFace]) -> None:
    """On a real face the matrix MediaPipe gives, to a hundredth of a degree and of a millimetre."""
    height, width = faces[0].image.shape[:2]
    points = np.array([seen.face.points for seen in faces])
    fitted = fit_pose(points, (width, height), canonical_face(find_face_model()))
    assert np.abs(fitted - [seen.face.matrix for seen in faces]).max() < 2e-3


def test_the_canonical_face_is_symmetric_and_as_wide_as_faces_are() -> None:
    face = canonical_face(find_face_model())
    assert face.points_mm.shape == (468, 3)
    assert 130 < np.ptp(face.points_mm[:, 0]) < 170
    assert face.points_mm[33, 0] == pytest.approx(-face.points_mm[263, 0], abs=0.1)
    assert (face.weights > 0).sum() == 33


@pytest.mark.parametrize("angles", [(0.3, 0, 0), (0, 0.2, 0), (0, 0, -0.25), (0.2, -0.1, 0.15)])
def test_turns_are_read_back_as_the_angles_they_were(angles: tuple[float, float, float]) -> None:
    matrix = np.eye(4)
    matrix[:3, :3] = turns(*np.array(angles)[:, None])[0]
    assert head_angles(matrix) == pytest.approx(angles)


def test_a_head_turns_about_its_neck() -> None:
    still = Posture(np.array([[0.0, 0.0, -500.0]]), np.zeros((1, 3)))
    turned = still.moved(np.zeros(3), np.array([20.0, 0.0, 0.0]))
    assert (still.origin_mm == [[0, 0, -500]]).all()
    assert turned.origin_mm[0, 0] == pytest.approx(70 * np.sin(np.radians(20)))


def test_the_same_number_is_the_same_participant() -> None:
    again = click_sessions(draw_participant(find_face_model(), 3), 4)
    assert (again.landmarks == clicks(3).landmarks).all()
    assert (again.eye_pictures == clicks(3).eye_pictures).all()
    assert not np.allclose(clicks(4).matrix, clicks(3).matrix)


def _spread(features: Array, name: str) -> float:
    return float(features[:, FEATURE_NAMES.index(name)].std())


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_features_of_simulated_people_spread_as_those_of_a_real_one(seed: int) -> None:
    """The real one is in the development data; without it, its measured spreads stand here."""
    measured = {
        "right_iris_x": 2.1, "right_iris_y": 0.7, "right_lid_gap": 1.0,
        "head_yaw": 0.052, "head_pitch": 0.044, "head_x": 7.5, "head_z": 16.0,
    }  # fmt: skip
    path = find_data(Path("gaze-dev.npz"))
    if path is not None:
        features = load_stills(path).features()
        measured = {name: _spread(features, name) for name in measured}
    simulated = clicks(seed, 8).features()
    for name, real in measured.items():
        assert 0.25 < _spread(simulated, name) / real < 4, name


def test_irises_turn_towards_the_target() -> None:
    stills = clicks(5, 8)
    features = stills.features()
    across = features[:, FEATURE_NAMES.index("right_iris_x")] / 9.9
    across += features[:, FEATURE_NAMES.index("head_yaw")]
    # The screen's right is to the participant's right, which is the head's negative x.
    assert np.corrcoef(across, stills.target_px[:, 0])[0, 1] < -0.75


def test_the_head_moves_by_what_the_protocol_says() -> None:
    frames = calibration_frames(3)

    def posture(stills_matrix: Array) -> tuple[Array, Array]:
        angles = np.array([head_angles(m) for m in stills_matrix])
        return stills_matrix[:, :3, 3].mean(axis=0) * 10, np.degrees(angles.mean(axis=0))

    (place, angle), (there, then) = posture(frames.still.matrix), posture(frames.moved.matrix)
    assert np.linalg.norm(there - place) == pytest.approx(MOVED_MM, rel=0.5)
    assert np.linalg.norm(then - angle) == pytest.approx(MOVED_DEG, rel=0.5)


def test_eye_pictures_have_a_dark_iris_in_a_lighter_eye() -> None:
    stills = calibration_frames(4).points
    rows, columns = np.mgrid[0:24, 0:48]
    middle = (np.abs(rows - 12) < 4) & (np.abs(columns - 24) < 4)
    skin = rows > 20
    pictures = stills.eye_pictures.astype(float)
    assert (pictures[..., middle].mean(axis=-1) < 0.9 * pictures[..., skin].mean(axis=-1)).all()
    assert participant(4).person.looks.iris < participant(4).person.looks.skin
