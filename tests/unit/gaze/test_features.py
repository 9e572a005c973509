import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faces import SeenFace, moved, side_by_side, with_glare
from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.features import (
    EYE_PLANE_MM,
    FEATURE_NAMES,
    GEOMETRY_NAMES,
    MATRIX_VIEW_DEG,
    PATCH_NAMES,
    PATCH_SOURCE,
    FaceState,
    assemble,
    describe_face,
    extract_features,
    head_size,
)
from tracker_app.gaze.landmarks import LANDMARKS, Array, FaceLandmarker, FaceLandmarks


def _seen(landmarker: FaceLandmarker, image: Image) -> FaceLandmarks:
    # Stamps before the last one are moved on by the landmarker itself.
    return landmarker.detect(image, 0)[0]


def _state(landmarker: FaceLandmarker, image: Image) -> FaceState:
    return describe_face(_seen(landmarker, image), image)


def test_a_real_face_gives_all_landmarks_and_a_rigid_pose(faces: list[SeenFace]) -> None:
    for seen in faces:
        assert seen.face.points.shape == (LANDMARKS, 3)
        rotation = seen.face.matrix[:3, :3]
        assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-3)


def test_without_a_face_nothing_is_found(landmarker: FaceLandmarker) -> None:
    assert landmarker.detect(np.full((240, 320, 3), 90, dtype=np.uint8), 0) == []


def test_two_faces_are_found_and_the_larger_comes_first(
    faces: list[SeenFace], landmarker: FaceLandmarker
) -> None:
    image = faces[0].image
    small = moved(image, scale=0.88)
    for order, is_left in (((image, small), True), ((small, image), False)):
        large, other = landmarker.detect(side_by_side(*order), 0)
        assert large.width > other.width
        assert (large.middle[0] < 0.5) == is_left
        assert (other.middle[0] > 0.5) == is_left


def test_every_feature_has_a_name_and_a_finite_value(faces: list[SeenFace]) -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES) == len(PATCH_NAMES) + len(GEOMETRY_NAMES)
    for seen in faces:
        features = extract_features(seen.face, seen.image)
        assert features.shape == (len(FEATURE_NAMES),)
        assert np.isfinite(features).all()


def test_eye_pictures_are_standardised_and_geometry_is_of_human_size(
    faces: list[SeenFace],
) -> None:
    """The doubts of the prior are about such numbers."""
    features = np.array([extract_features(s.face, s.image) for s in faces])
    pictures = features[:, : len(PATCH_NAMES)].reshape(len(faces), 2, -1)
    assert pictures.mean(axis=2) == pytest.approx(np.zeros((len(faces), 2)), abs=1e-9)
    assert pictures.std(axis=2) == pytest.approx(np.ones((len(faces), 2)))
    right_x, left_x, gap, z = (
        features[:, FEATURE_NAMES.index(name)]
        for name in ("right_iris_x", "left_iris_x", "left_lid_gap", "head_z")
    )
    # Pupils are 51 to 77 mm apart, lids 7 to 13 mm (Dodgson 2004; Farkas 1994).
    assert ((left_x - right_x > 51) & (left_x - right_x < 77)).all()
    assert ((gap > 5) & (gap < 15)).all()
    assert (z < -200).all()


def test_brighter_light_hardly_changes_the_features(faces: list[SeenFace]) -> None:
    seen = faces[0]
    brighter = np.clip(seen.image.astype(np.float64) * 1.2 + 10, 0, 255).astype(np.uint8)
    usual = extract_features(seen.face, seen.image)
    assert np.abs(extract_features(seen.face, brighter) - usual).mean() < 0.15


def test_a_head_tilted_in_the_picture_is_turned_upright_again(
    faces: list[SeenFace], landmarker: FaceLandmarker
) -> None:
    image = faces[0].image
    usual = extract_features(_seen(landmarker, image), image)
    turned = moved(image, degrees=12)
    tilted = extract_features(_seen(landmarker, turned), turned)
    patches = slice(0, len(PATCH_NAMES))
    assert np.corrcoef(usual[patches], tilted[patches])[0, 1] > 0.9
    irises = slice(len(PATCH_NAMES), len(PATCH_NAMES) + 4)
    assert np.abs(tilted[irises] - usual[irises]).max() < 1


def test_tilting_the_picture_counterclockwise_adds_to_roll(
    faces: list[SeenFace], landmarker: FaceLandmarker
) -> None:
    image = faces[0].image
    upright = _state(landmarker, image).roll_deg
    assert _state(landmarker, moved(image, degrees=10)).roll_deg - upright == pytest.approx(
        10, abs=1.5
    )


def test_a_mirrored_face_turns_the_other_way(
    faces: list[SeenFace], landmarker: FaceLandmarker
) -> None:
    image = faces[0].image
    face, mirrored = (_state(landmarker, i) for i in (image, np.ascontiguousarray(image[:, ::-1])))
    assert mirrored.yaw_deg == pytest.approx(-face.yaw_deg, abs=1.5)
    assert mirrored.roll_deg == pytest.approx(-face.roll_deg, abs=1.5)
    assert mirrored.head_x_mm == pytest.approx(-face.head_x_mm, abs=10)
    # Irises of 10 px, found to within a pixel.
    assert mirrored.distance_mm == pytest.approx(face.distance_mm, rel=0.1)


def test_a_smaller_face_is_farther_away(faces: list[SeenFace], landmarker: FaceLandmarker) -> None:
    image = faces[0].image
    near = _state(landmarker, image).distance_mm
    far = _state(landmarker, moved(image, scale=0.8)).distance_mm
    assert far / near == pytest.approx(1 / 0.8, rel=0.12)


def test_an_iris_of_known_size_is_at_the_known_distance() -> None:
    """A 117 px iris in a 1000 px frame: 10 px a mm; at 60 degrees the focal length is 866 px."""
    points = np.full((LANDMARKS, 3), 0.5)
    for left, right in ((469, 471), (474, 476)):
        points[left, 0], points[right, 0] = 0.4415, 0.5585
    face = FaceLandmarks(points, np.eye(4))
    state = describe_face(face, np.zeros((500, 1000, 3), dtype=np.uint8))
    assert state.distance_mm == pytest.approx(86.6, abs=0.05)


def test_eyes_are_open_or_shut(faces: list[SeenFace]) -> None:
    seen = faces[0]
    assert describe_face(seen.face, seen.image).openness > 0.5
    shut = seen.face.points.copy()
    for upper, lower in ((159, 145), (386, 374)):
        shut[upper] = shut[lower]
    face = FaceLandmarks(shut, seen.face.matrix)
    assert describe_face(face, seen.image).openness == 0
    gaps = [FEATURE_NAMES.index(name) for name in ("right_lid_gap", "left_lid_gap")]
    assert extract_features(face, seen.image)[gaps] == pytest.approx([0, 0], abs=1e-9)


def test_brightness_is_that_of_the_face_not_of_the_room(faces: list[SeenFace]) -> None:
    seen = faces[0]
    height, width = seen.image.shape[:2]
    pixels = seen.face.points[:, :2] * (width, height)
    left, top = np.maximum(pixels.min(axis=0), 0).astype(int)
    right, bottom = pixels.max(axis=0).astype(int)
    lamp = np.full_like(seen.image, 255)
    lamp[top:bottom, left:right] = 51
    assert describe_face(seen.face, lamp).brightness == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("grey", [0, 255])
def test_eyes_that_show_nothing_give_finite_features(faces: list[SeenFace], grey: int) -> None:
    flat = np.full_like(faces[0].image, grey)
    for image in (flat, with_glare(faces[0])):
        features = extract_features(faces[0].face, image)
        assert np.isfinite(features).all()
        assert np.abs(features[: len(PATCH_NAMES)]).max() < 10


def _posed(yaw: float, pitch: float, place_mm: Array, points_mm: Array) -> FaceLandmarks:
    """A face whose landmarks lie at points of the head's frame, through MediaPipe's lens."""
    (sy, cy), (sp, cp) = ((np.sin(a), np.cos(a)) for a in (yaw, pitch))
    rotation = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]) @ [
        [1, 0, 0],
        [0, cp, -sp],
        [0, sp, cp],
    ]
    placed = points_mm @ rotation.T + place_mm
    focal = 0.5 / np.tan(np.radians(MATRIX_VIEW_DEG / 2))  # in frame heights
    across = focal * placed[:, :2] / -placed[:, 2:]
    points = np.zeros((LANDMARKS, 3))
    points[:, :2] = 0.5 + across * (480 / 640, -1)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, place_mm / 10
    return FaceLandmarks(points, matrix)


@given(
    yaw=st.floats(-0.5, 0.5),
    pitch=st.floats(-0.5, 0.5),
    place=st.tuples(st.floats(-150, 150), st.floats(-100, 100), st.floats(-800, -300)),
)
def test_neither_a_turn_nor_a_step_of_the_head_moves_irises_in_its_frame(
    yaw: float, pitch: float, place: tuple[float, float, float]
) -> None:
    points = np.zeros((LANDMARKS, 3))
    points[:, 2] = EYE_PLANE_MM
    points[468, :2], points[473, :2] = (-31.5, 20.25), (30.0, 19.0)
    points[[159, 386], 1], points[[145, 374], 1] = 25.0, 15.0  # lids
    face = _posed(yaw, pitch, np.array(place), points)
    patches = np.zeros((2, *PATCH_SOURCE), dtype=np.uint8)
    geometry = assemble(patches, face, (640, 480))[len(PATCH_NAMES) :]
    expected = [-31.5, 20.25, 30.0, 19.0, 10.0, 10.0, yaw, pitch, 0.0, *place]
    assert geometry == pytest.approx(expected, abs=1e-6)


def test_a_real_face_is_about_as_large_as_a_head_at_its_distance(faces: list[SeenFace]) -> None:
    for seen in faces[::20]:
        height, width = seen.image.shape[:2]
        state = describe_face(seen.face, seen.image)
        wanted = head_size(state.distance_mm, (width, height))
        assert np.ptp(state.outline, axis=0) == pytest.approx(wanted, rel=0.2)
