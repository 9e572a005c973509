import dataclasses
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.errors import ProfileError
from calibration.geometry import Screen
from calibration.profile import Surroundings, load_profile, save_profile
from calibration.regression import GazeModel, Prior, fit

HERE = Surroundings(
    screen_px=(0.0, 0.0, 1280.0, 800.0),
    pixel_ratio=1.25,
    camera="0",
    frame_px=(640, 480),
    feature_version=2,
)
FEATURES = 3
NAMES = [field.name for field in dataclasses.fields(GazeModel)]
SCALARS = ("looks", "correlation")
ARRAYS = [name for name in NAMES if name not in (*SCALARS, "is_mirrored")]
SPRUNG = "a pickle ran"


def _model() -> GazeModel:
    random = np.random.default_rng(1)
    prior = Prior(
        mean=np.zeros((FEATURES, 2)),
        doubt=np.full((FEATURES, 2), 0.3),
        flips=np.zeros(FEATURES, dtype=np.bool_),
        lasting=np.full(FEATURES, 0.01),
    )
    targets = random.uniform((128, 80), (1152, 720), (9, 2))
    features = random.standard_normal((9, FEATURES))
    return fit(features, targets, np.arange(9), Screen(0, 0, 1280, 800), prior)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A profile made here."""
    save_profile(_model(), HERE, tmp_path / "calibration.npz")
    return tmp_path / "calibration.npz"


def _rewrite(path: Path, **changes: Any) -> None:
    """Put other arrays into a profile; None takes one out."""
    with np.load(path) as file:
        arrays = {**file, **changes}
    with path.open("wb") as out:
        np.savez(out, **{name: value for name, value in arrays.items() if value is not None})


def test_a_loaded_profile_is_the_saved_one_to_the_last_bit(path: Path) -> None:
    model, loaded = _model(), load_profile(path, HERE)
    features = 10 * np.random.default_rng(2).standard_normal((50, FEATURES))
    assert (loaded.predict(features) == model.predict(features)).all()
    assert (loaded.covariance(features) == model.covariance(features)).all()
    for name in NAMES:
        assert np.array_equal(getattr(loaded, name), getattr(model, name)), name
    assert loaded.is_mirrored is model.is_mirrored


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"screen_px": (0.0, 0.0, 1920.0, 1080.0)}, "for another screen or resolution"),
        ({"screen_px": (1280.0, 0.0, 1280.0, 800.0)}, "for another screen or resolution"),
        ({"pixel_ratio": 1.5}, "at another scale of the screen"),
        ({"camera": "1"}, "with another camera"),
        ({"frame_px": (1280, 960)}, "with another picture size of the camera"),
        ({"feature_version": 3}, "with another version of the application"),
    ],
)
def test_a_profile_of_other_surroundings_is_refused_in_a_sentence(
    path: Path, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(path, dataclasses.replace(HERE, **change))
    assert str(caught.value) == f"The calibration was made {sentence}. Calibrate again."


def _cut_array(path: Path, name: str) -> None:
    with np.load(path) as file:
        _rewrite(path, **{name: np.atleast_1d(file[name])[:-1]})


def _nan_in(path: Path, name: str) -> None:
    with np.load(path) as file:
        array = np.array(file[name])
    array.flat[0] = np.nan
    _rewrite(path, **{name: array})


@pytest.mark.parametrize("name", [*ARRAYS, *SCALARS])
@pytest.mark.parametrize("damage", [_cut_array, _nan_in])
def test_a_profile_with_a_wrong_array_asks_to_calibrate_again(
    path: Path, damage: Callable[[Path, str], None], name: str
) -> None:
    damage(path, name)
    with pytest.raises(ProfileError, match="Calibrate again"):
        load_profile(path, HERE)


@pytest.mark.parametrize("name", [*NAMES, "about"])
def test_a_profile_that_lacks_something_asks_to_calibrate_again(path: Path, name: str) -> None:
    _rewrite(path, **{name: None})
    with pytest.raises(ProfileError, match="Calibrate again"):
        load_profile(path, HERE)


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"[]",
        b"PK\x03\x04garbage",
        _npy(np.zeros(3)),
        _npy(np.array(["x"])),
    ],
)
def test_a_file_that_is_no_profile_asks_to_calibrate_again(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ProfileError, match="Calibrate again"):
        load_profile(path, HERE)


@pytest.mark.parametrize("about", ["", "[]", "{}", "null", '{"version": 2}', "{"])
def test_a_profile_that_does_not_say_where_it_holds_is_refused(path: Path, about: str) -> None:
    _rewrite(path, about=np.array(about))
    with pytest.raises(ProfileError, match="Calibrate again"):
        load_profile(path, HERE)


def test_a_profile_cut_short_anywhere_asks_to_calibrate_again(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(0, len(whole), 11):
        path.write_bytes(whole[:length])
        with pytest.raises(ProfileError, match="Calibrate again"):
            load_profile(path, HERE)


def test_a_flipped_bit_anywhere_is_noticed_or_harmless(path: Path) -> None:
    whole, model = path.read_bytes(), _model()
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            loaded = load_profile(path, HERE)
        except ProfileError as error:
            assert "Calibrate again" in str(error)  # noqa: PT017 # either way is fine
        else:
            assert (loaded.doubt == model.doubt).all()


class Trap:
    """Goes off when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, (SPRUNG,))


@pytest.mark.parametrize("name", ["about", "centre", "looks"])
def test_a_pickle_inside_is_never_loaded(path: Path, name: str) -> None:
    _rewrite(path, **{name: None})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{name}.npy", _npy(np.array([Trap()], dtype=object)))
    trapped = np.load(path, allow_pickle=True)
    with trapped, pytest.raises(pytest.fail.Exception, match=SPRUNG):
        trapped[name]
    with pytest.raises(ProfileError, match="Calibrate again"):
        load_profile(path, HERE)


def test_a_missing_profile_asks_to_calibrate_again(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="Calibrate again"):
        load_profile(tmp_path / "none.npz", HERE)
