from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.data import find_data
from tests.faces import SeenFace
from tests.simulated import clicks
from tracker_app.errors import ManifestError, PersonError
from tracker_app.gaze.features import FEATURE_NAMES, PATCH_NAMES
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.stills import Stills, save_stills
from tracker_app.simulation.cast import (
    LOOK_AT,
    Person,
    RecordedPerson,
    SimulatedPerson,
    Trait,
    read_person,
)

SCREEN = (100.0, 50.0, 1280.0, 800.0)
MIDDLE = (740.0, 450.0)
SECOND_NS = 1_000_000_000


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A real person's frames, or simulated ones where there are none."""
    path = find_data(Path("gaze-dev.npz"))
    if path is None:
        path = tmp_path / "somebody.npz"
        save_stills(clicks(3, 8), path)
    return path


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("1", SimulatedPerson()),
        ("7", SimulatedPerson(7)),
        ("7:glasses", SimulatedPerson(7, frozenset({Trait.GLASSES}))),
        ("3:moves,dark", SimulatedPerson(3, frozenset({Trait.MOVES, Trait.DARK}))),
        ("0:dark,dark,leaves", SimulatedPerson(0, frozenset({Trait.DARK, Trait.LEAVES}))),
    ],
)
def test_a_person_is_written_as_a_number_and_traits(text: str, person: Person) -> None:
    assert read_person(text) == person


@pytest.mark.parametrize(
    "text",
    [
        "", "bob", "-1", "1.5", "٣", "1234567890", "1:", ":dark", "1:tired", "1:dark,", "1:Dark",
        "1 dark", "1:dark\n", "recorded", "recording:a.npz",
    ],
)  # fmt: skip
def test_anything_else_is_told_in_one_sentence_what_may_be_written(text: str) -> None:
    with pytest.raises(PersonError) as raised:
        read_person(text)
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert all(trait in sentence for trait in [*Trait, "recorded:FILE.npz"])


def test_a_recording_that_is_missing_or_holds_nobody_says_so(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"none\.npz"):
        read_person(f"recorded:{tmp_path / 'none.npz'}")
    frames = clicks(3, 1)
    path = tmp_path / "nobody.npz"
    save_stills(replace(frames, matrix=frames.matrix * np.nan), path)
    with pytest.raises(ManifestError, match="no frame with a face"):
        read_person(f"recorded:{path}")


def test_the_record_says_which_person_it_is_and_what_is_special_about_them() -> None:
    plain, special = (read_person(text).record(t_ns=1) for text in ("7", "8:moves,dark"))
    assert (plain.look_at, plain.seed) == (LOOK_AT, 7)
    assert (special.look_at, special.seed) == (f"{LOOK_AT} (dark, moves)", 8)


def test_the_record_of_a_recorded_participant_says_so_and_not_where_the_file_is(
    recording: Path,
) -> None:
    record = read_person(f"recorded:{recording}").record(t_ns=1)
    assert "recorded participant" in record.look_at
    assert recording.stem in record.look_at
    assert "/" not in record.look_at


def _seen(person: Person, face: SeenFace, look: tuple[float, float] = MIDDLE) -> Array:
    """Features of 100 frames of a still head, one a second, shape (100, 132)."""
    height, width = face.image.shape[:2]
    eyes = person.eyes(lambda: look, SCREEN, find_face_model())
    frames = range(100)
    return np.array([eyes.features(i * SECOND_NS, face.face, (width, height)) for i in frames])


def test_glasses_change_the_eye_pictures_and_nothing_else(faces: list[SeenFace]) -> None:
    bare, glasses = (_seen(read_person(text), faces[0]) for text in ("2", "2:glasses"))
    patches = slice(0, len(PATCH_NAMES))
    assert (bare[:, len(PATCH_NAMES) :] == glasses[:, len(PATCH_NAMES) :]).all()
    assert np.abs(bare[:, patches].mean(axis=0) - glasses[:, patches].mean(axis=0)).max() > 0.3


def test_in_the_dark_landmarks_and_eye_pictures_are_noisier(faces: list[SeenFace]) -> None:
    lit, dark = (_seen(read_person(text), faces[0]).std(axis=0) for text in ("2", "2:dark"))
    assert np.median(dark[: len(PATCH_NAMES)] / lit[: len(PATCH_NAMES)]) > 1.5
    iris = FEATURE_NAMES.index("right_iris_x")
    assert dark[iris] > 1.5 * lit[iris]


def test_a_head_that_moves_does_so_in_its_features(faces: list[SeenFace]) -> None:
    still, moving = (_seen(read_person(text), faces[0]).std(axis=0) for text in ("2", "2:moves"))
    for name in ("head_x", "head_z", "head_yaw"):
        place = FEATURE_NAMES.index(name)
        assert moving[place] > 2 * still[place], name


def _recorded(path: Path) -> tuple[RecordedPerson, Stills]:
    person = read_person(f"recorded:{path}")
    assert isinstance(person, RecordedPerson)
    return person, person.frames


def test_a_recorded_person_shows_in_turn_the_frames_that_looked_nearest(
    recording: Path, faces: list[SeenFace]
) -> None:
    person, frames = _recorded(recording)
    features = frames.features()
    for x, y in [(0.1, 0.1), (0.5, 0.5), (0.9, 0.8)]:
        look = SCREEN[0] + x * SCREEN[2], SCREEN[1] + y * SCREEN[3]
        seen = _seen(person, faces[0], look)
        (rows,) = np.nonzero((features[:, None] == seen[None]).all(axis=2).any(axis=1))
        assert len(rows) == 4
        away = np.hypot(*(frames.target_px - (x, y) * frames.window_px).T)
        assert sorted(away[rows]) == sorted(away)[:4]
        assert (seen[0] != seen[1]).any()


def test_a_recorded_person_rests_on_the_middle_and_does_not_hear_guidance(
    recording: Path, faces: list[SeenFace]
) -> None:
    person, _ = _recorded(recording)
    eyes = person.eyes(lambda: None, SCREEN, find_face_model())
    eyes.ask_turn(20, 10)
    seen = [eyes.features(i, faces[0].face, (400, 300)) for i in range(100)]
    assert (np.array(seen) == _seen(person, faces[0])).all()
