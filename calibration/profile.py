"""One participant's calibration as a data file: arrays and numbers, never pickled code.

A calibration holds only where it was made. The file says on which screen and with which camera,
and is refused on another.
"""

import dataclasses
import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.arrays import read_arrays
from calibration.errors import ProfileError, UnreadableArraysError
from calibration.regression import GazeModel

VERSION = 2
_AGAIN = "Calibrate again."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a calibration depends on besides the person."""

    screen_px: tuple[float, float, float, float]  # x, y, width, height
    pixel_ratio: float
    camera: str
    frame_px: tuple[int, int]
    feature_version: int


def save_profile(model: GazeModel, surroundings: Surroundings, path: Path) -> None:
    """Write a model and where it holds."""
    about = json.dumps({"version": VERSION, **dataclasses.asdict(surroundings)})
    arrays = {field.name: np.asarray(getattr(model, field.name)) for field in fields(model)}
    with path.open("wb") as file:
        np.savez_compressed(file, **{"about": np.array(about), **arrays})  # type: ignore[arg-type] # numpy's stub takes any name for its own switch


def load_profile(path: Path, surroundings: Surroundings) -> GazeModel:
    """Read a model that holds in these surroundings.

    Raises:
        ProfileError: if the file is missing, damaged or of other surroundings; says which.
    """
    try:
        found = read_arrays(path)
        about = json.loads(str(found["about"]))
        arrays = {field.name: found[field.name] for field in fields(GazeModel)}
    except (UnreadableArraysError, KeyError, ValueError) as error:
        raise ProfileError(f"The calibration {path} cannot be read. {_AGAIN}") from error
    _require_same(about, surroundings)
    if not _is_sound(arrays):
        raise ProfileError(f"The calibration {path} is damaged. {_AGAIN}")
    values: dict[str, Any] = {n: a.item() if a.ndim == 0 else a for n, a in arrays.items()}
    return GazeModel(**values)


def _require_same(about: Any, surroundings: Surroundings) -> None:
    now = json.loads(json.dumps({"version": VERSION, **dataclasses.asdict(surroundings)}))
    names = {
        "version": "with another version of the application",
        "feature_version": "with another version of the application",
        "screen_px": "for another screen or resolution",
        "pixel_ratio": "at another scale of the screen",
        "camera": "with another camera",
        "frame_px": "with another picture size of the camera",
    }
    for name, difference in names.items():
        if not isinstance(about, dict) or about.get(name) != now[name]:
            raise ProfileError(f"The calibration was made {difference}. {_AGAIN}")


def _is_sound(arrays: dict[str, NDArray[Any]]) -> bool:
    count = arrays["centre"].size
    shapes = {
        "centre": (count,),
        "weights": (count, 2),
        "intercept": (2,),
        "doubt": (2, count + 1, count + 1),
        "noise_px": (2,),
        "ratio": (2,),
        "looks": (),
        "correlation": (),
        "low": (count,),
        "high": (count,),
    }
    is_mirrored = arrays["is_mirrored"]
    return (
        is_mirrored.ndim == 0
        and is_mirrored.dtype == np.bool_
        and all(
            arrays[name].shape == shape
            and arrays[name].dtype == np.float64
            and bool(np.isfinite(arrays[name]).all())
            for name, shape in shapes.items()
        )
    )
