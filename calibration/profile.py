"""One participant's calibration as a data file: numbers in JSON, never pickled code."""

import json
from pathlib import Path

import numpy as np

from calibration.errors import CalibrationError
from calibration.regression import GazeModel

VERSION = 1


def save_profile(model: GazeModel, feature_version: int, path: Path) -> None:
    """Write a model, and which version of features it reads."""
    data = {
        "version": VERSION,
        "feature_version": feature_version,
        "mean": model.mean.tolist(),
        "weights": model.weights.tolist(),
        "intercept": model.intercept.tolist(),
        "penalty": model.penalty,
    }
    path.write_text(json.dumps(data, allow_nan=False), encoding="utf-8")


def load_profile(path: Path, feature_version: int) -> GazeModel:
    """Read a model that was fitted to this version of features.

    Raises:
        CalibrationError: if the file is missing, damaged or of another version.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        versions = (data["version"], data["feature_version"])
        model = GazeModel(
            mean=np.array(data["mean"], dtype=np.float64),
            weights=np.array(data["weights"], dtype=np.float64),
            intercept=np.array(data["intercept"], dtype=np.float64),
            penalty=float(data["penalty"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CalibrationError(
            f"The calibration {path} cannot be read. Calibrate again."
        ) from error
    if versions != (VERSION, feature_version):
        raise CalibrationError(f"The calibration {path} is of another version. Calibrate again.")
    count = len(model.mean)
    if model.weights.shape != (count, 2) or not _is_sound(model):
        raise CalibrationError(f"The calibration {path} is damaged. Calibrate again.")
    return model


def _is_sound(model: GazeModel) -> bool:
    arrays = (model.mean, model.weights, model.intercept)
    return model.intercept.shape == (2,) and all(np.isfinite(a).all() for a in arrays)
