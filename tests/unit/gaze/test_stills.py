import contextlib
import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.faces import SeenFace
from tests.simulated import clicks
from tracker_app.errors import ManifestError
from tracker_app.gaze.features import extract_features
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.opencv import cv2
from tracker_app.gaze.stills import COLUMNS, load_stills, read_manifest, save_stills

Row = list[object]


def write_manifest(folder: Path, rows: list[Row], heading: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "manifest.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


def write_picture(path: Path, image: NDArray[np.uint8]) -> str:
    cv2.imwrite(str(path), image)
    return path.name


def test_saved_stills_are_read_back(tmp_path: Path) -> None:
    stills = clicks(3)
    save_stills(stills, tmp_path / "one.npz")
    again = load_stills(tmp_path / "one.npz")
    assert np.abs(again.landmarks - stills.landmarks).max() < 1e-6
    assert (again.eye_pictures == stills.eye_pictures).all()
    people = read_manifest(tmp_path / "one.npz", find_face_model()).people
    assert list(people) == ["one"]
    assert people["one"].features == pytest.approx(stills.features(), abs=1e-2)


def test_an_array_of_names_tells_several_people_apart(tmp_path: Path) -> None:
    save_stills(clicks(3), tmp_path / "two.npz")
    with np.load(tmp_path / "two.npz") as file:
        arrays = dict(file)
    arrays["participant"] = np.repeat(["ann", "bo"], [16, 48])
    np.savez(tmp_path / "two.npz", **arrays)
    people = read_manifest(tmp_path / "two.npz", find_face_model()).people
    assert {name: len(looks.features) for name, looks in people.items()} == {"ann": 16, "bo": 48}
    assert np.unique(people["bo"].session).tolist() == [0, 1, 2]


def test_pictures_give_the_features_of_their_faces(tmp_path: Path, faces: list[SeenFace]) -> None:
    names = [write_picture(tmp_path / f"{i}.png", faces[i].image) for i in (0, 20)]
    rows: list[Row] = [[n, 10 * i, 20, 1500, 930, "ann", "s"] for i, n in enumerate(names)]
    progress: list[int] = []

    def count(numbers: object) -> list[int]:
        progress.extend(numbers)  # type: ignore[arg-type] # an iterable of numbers
        return progress

    manifest = read_manifest(write_manifest(tmp_path, rows), find_face_model(), count)
    looks = manifest.people["ann"]
    assert looks.target_px.tolist() == [[0, 20], [10, 20]]
    assert looks.window_px.tolist() == [[1500, 930]] * 2
    assert progress == [0, 1]
    assert manifest.cpu_ms_per_frame > 0
    # From video and as a still the model finds the same face, not to the last digit.
    filmed = extract_features(faces[20].face, faces[20].image)
    assert np.corrcoef(looks.features[1], filmed)[0, 1] > 0.99


def test_pictures_without_a_face_are_counted_and_left_out(
    tmp_path: Path, faces: list[SeenFace]
) -> None:
    face = write_picture(tmp_path / "face.png", faces[0].image)
    wall = write_picture(tmp_path / "wall.png", np.full((240, 320, 3), 90, np.uint8))
    rows: list[Row] = [[name, 1, 2, 1500, 930, "ann", "s"] for name in (face, wall, face)]
    looks = read_manifest(write_manifest(tmp_path, rows), find_face_model()).people["ann"]
    assert (len(looks.features), looks.without_face) == (2, 1)


@pytest.mark.parametrize(
    ("sessions", "numbers"),
    [(["10", "9", "9"], [1, 0, 0]), (["b", "a", "b"], [0, 1, 0]), (["10", "x", "9"], [0, 1, 2])],
)
def test_sessions_follow_their_numbers_or_else_the_file(
    tmp_path: Path, faces: list[SeenFace], sessions: list[str], numbers: list[int]
) -> None:
    name = write_picture(tmp_path / "face.png", faces[0].image)
    rows: list[Row] = [[name, 1, 2, 1500, 930, "ann", session] for session in sessions]
    looks = read_manifest(write_manifest(tmp_path, rows), find_face_model()).people["ann"]
    assert looks.session.tolist() == numbers


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["none.png", 1, 2, 1500, 930, "ann", "s"], r"line 2: there is no picture .*none\.png"),
        (["face.png", "left", 2, 1500, 930, "ann", "s"], "line 2: x_px is 'left', not a number"),
        (["face.png", 1, "nan", 1500, 930, "ann", "s"], "line 2: y_px"),
        (["face.png", 1, 2, 0, 930, "ann", "s"], "line 2: window_width_px"),
        (["face.png", 3e300, 2, 1500, 930, "ann", "s"], "line 2: x_px is '3e"),
        (["face.png", 1, 2, 1500], "line 2: window_height_px is missing"),
        (["text.png", 1, 2, 1500, 930, "ann", "s"], r"text\.png is not a picture"),
    ],
)
def test_a_mistake_in_a_row_is_said_with_its_line(
    tmp_path: Path, faces: list[SeenFace], row: Row, says: str
) -> None:
    write_picture(tmp_path / "face.png", faces[0].image)
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(ManifestError, match=says):
        read_manifest(write_manifest(tmp_path, [row]), find_face_model())


def test_a_missing_column_an_empty_file_and_no_file_are_said(tmp_path: Path) -> None:
    model = find_face_model()
    with pytest.raises(ManifestError, match="lacks the column y_px"):
        read_manifest(write_manifest(tmp_path, [], ("image", "x_px", *COLUMNS[3:])), model)
    with pytest.raises(ManifestError, match="no rows"):
        read_manifest(write_manifest(tmp_path, []), model)
    for name in ("none.csv", "none.npz"):
        with pytest.raises(ManifestError, match="cannot be read"):
            read_manifest(tmp_path / name, model)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda a: a.pop("eye_patches"), "no array 'eye_patches'"),
        (lambda a: a.update(target_px=a["target_px"][:-1]), "target_px has shape"),
        (
            lambda a: a.update(target_px=a["target_px"] * np.nan),
            "target_px has values that are no pixels",
        ),
        (lambda a: a.update(window_px=a["window_px"] * 0), "window_px is .*no size"),
        (lambda a: a.update(frame_px=-a["frame_px"]), "frame_px is .*no size"),
        (lambda a: a.update(session=a["session"][:0]), "session needs one number a frame"),
        (lambda a: a.update(session=np.array(3)), "session needs one number a frame"),
        (lambda a: a.update(target_px=a["target_px"] * 1j), "target_px holds complex"),
        (lambda a: a.update(session=np.array(["a"] * 64)), "session holds <U1"),
    ],
)
def test_a_wrong_array_is_named(
    tmp_path: Path, damage: Callable[[dict[str, NDArray[np.generic]]], object], says: str
) -> None:
    save_stills(clicks(3), tmp_path / "one.npz")
    with np.load(tmp_path / "one.npz") as file:
        arrays = dict(file)
    damage(arrays)
    np.savez(tmp_path / "one.npz", **arrays)
    with pytest.raises(ManifestError, match=says):
        load_stills(tmp_path / "one.npz")


def test_frames_without_landmarks_or_pose_are_counted_as_without_a_face(tmp_path: Path) -> None:
    stills = clicks(3)
    landmarks, matrix = stills.landmarks.copy(), stills.matrix.copy()
    landmarks[0], matrix[1], matrix[2] = np.nan, np.nan, 0
    save_stills(replace(stills, landmarks=landmarks, matrix=matrix), tmp_path / "one.npz")
    looks = read_manifest(tmp_path / "one.npz", find_face_model()).people["one"]
    assert (len(looks.features), looks.without_face) == (61, 3)
    assert looks.features == pytest.approx(stills.features()[3:], abs=1e-2)


def test_no_flipped_bit_of_a_file_is_more_than_a_sentence(tmp_path: Path) -> None:
    path, flipped = tmp_path / "one.npz", tmp_path / "flipped.npz"
    stills = clicks(3)
    save_stills(stills.at(np.arange(len(stills.session)) < 2), path)
    body, random = path.read_bytes(), np.random.default_rng(0)
    # The headers of the archive are at its end, and those of each array before it.
    places = [*random.integers(0, len(body), 150), *range(len(body) - 500, len(body))]
    for place in places:
        wrong = bytearray(body)
        wrong[place] ^= 1 << int(random.integers(8))
        flipped.write_bytes(wrong)
        with contextlib.suppress(ManifestError):
            load_stills(flipped)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", landmarks=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ManifestError, match="cannot be read"):
        load_stills(tmp_path / "bad.npz")


def test_features_do_not_depend_on_the_size_of_the_frame() -> None:
    """The same face in twice the pixels: landmarks are fractions."""
    stills = clicks(4)
    assert replace(stills, frame_px=stills.frame_px * 2).features() == pytest.approx(
        stills.features()
    )
