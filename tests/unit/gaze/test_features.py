import numpy as np
import pytest

from tests.faces import SeenFace
from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.features import (
    FEATURE_NAMES,
    GEOMETRY_NAMES,
    PATCH_NAMES,
    FaceState,
    describe_face,
    extract_features,
)
from tracker_app.gaze.landmarks import LANDMARKS, FaceLandmarker, FaceLandmarks
from tracker_app.gaze.opencv import cv2


def _seen(landmarker: FaceLandmarker, image: Image) -> FaceLandmarks:
    # Stamps before the last one are moved on by the landmarker itself.
    face = landmarker.detect(image, 0)
    assert face is not None
    return face


def _state(landmarker: FaceLandmarker, image: Image) -> FaceState:
    return describe_face(_seen(landmarker, image), image)


def _moved(image: Image, degrees: float = 0, scale: float = 1) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    warped = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def test_a_real_face_gives_all_landmarks_and_a_rigid_pose(faces: list[SeenFace]) -> None:
    for seen in faces:
        assert seen.face.points.shape == (LANDMARKS, 3)
        rotation = seen.face.matrix[:3, :3]
        assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-3)


def test_no_face_is_none(landmarker: FaceLandmarker) -> None:
    assert landmarker.detect(np.full((240, 320, 3), 90, dtype=np.uint8), 0) is None


def test_the_largest_of_two_faces_is_taken(
    faces: list[SeenFace], landmarker: FaceLandmarker
) -> None:
    image = faces[0].image
    small = _moved(image, scale=0.6)
    # Wide enough apart, and larger: the model looks for faces that fill some of the frame.
    for order, expects_left in (((image, small), True), ((small, image), False)):
        face = _seen(landmarker, np.ascontiguousarray(np.hstack(order)))
        assert (face.points[:, 0].mean() < 0.5) == expects_left


def test_every_feature_has_a_name_and_a_finite_value(faces: list[SeenFace]) -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES) == len(PATCH_NAMES) + len(GEOMETRY_NAMES)
    for seen in faces:
        features = extract_features(seen.face, seen.image)
        assert features.shape == (len(FEATURE_NAMES),)
        assert np.isfinite(features).all()


def test_features_are_in_units_of_about_their_spread(faces: list[SeenFace]) -> None:
    """One ridge penalty for all columns presumes it."""
    features = np.array([extract_features(s.face, s.image) for s in faces])
    assert 0.5 < features[:, : len(PATCH_NAMES)].std() < 1.5
    assert features.std(axis=0).max() < 2


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
    turned = _moved(image, degrees=12)
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
    assert _state(landmarker, _moved(image, degrees=10)).roll_deg - upright == pytest.approx(
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
    far = _state(landmarker, _moved(image, scale=0.8)).distance_mm
    assert far / near == pytest.approx(1 / 0.8, rel=0.12)


def test_an_iris_of_known_size_is_at_the_known_distance() -> None:
    """A 117 px iris in a 1000 px frame: 10 px a mm; at 60 degrees the focal length is 866 px."""
    points = np.full((LANDMARKS, 3), 0.5)
    for left, right in ((469, 471), (474, 476)):
        points[left, 0], points[right, 0] = 0.4415, 0.5585
    face = FaceLandmarks(points, np.eye(4))
    state = describe_face(face, np.zeros((500, 1000, 3), dtype=np.uint8))
    assert state.distance_mm == pytest.approx(86.6, abs=0.05)


def test_open_eyes_are_trusted_and_shut_eyes_are_not(faces: list[SeenFace]) -> None:
    seen = faces[0]
    state = describe_face(seen.face, seen.image)
    assert not state.is_blinking
    assert state.confidence > 0.5
    shut = seen.face.points.copy()
    for upper, lower in ((159, 145), (386, 374)):
        shut[upper] = shut[lower]
    blink = describe_face(FaceLandmarks(shut, seen.face.matrix), seen.image)
    assert blink.is_blinking
    assert blink.confidence == 0


def test_brightness_is_that_of_the_face_not_of_the_room(faces: list[SeenFace]) -> None:
    seen = faces[0]
    height, width = seen.image.shape[:2]
    pixels = seen.face.points[:, :2] * (width, height)
    left, top = np.maximum(pixels.min(axis=0), 0).astype(int)
    right, bottom = pixels.max(axis=0).astype(int)
    lamp = np.full_like(seen.image, 255)
    lamp[top:bottom, left:right] = 51
    assert describe_face(seen.face, lamp).brightness == pytest.approx(0.2, abs=0.01)
