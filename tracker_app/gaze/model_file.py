"""Finds the face landmark model and makes sure it is the one everything was measured with."""

import hashlib
import importlib.metadata
import sys
from pathlib import Path

from tracker_app.errors import ModelFileError
from tracker_app.wording import tr

DISTRIBUTION = "ogm-vision"
FILE_NAME = "face_landmarker.task"
SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"


def find_face_model(configured: Path | None = None) -> Path:
    """The path of the checked model file.

    Args:
        configured: a path from the settings; None takes the one that ships with the application.

    Raises:
        ModelFileError: if it is missing or not the expected file.
    """
    path = configured or _shipped()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelFileError(
            tr(
                "The face model {path} cannot be read. Correct face_model in the settings.",
                path=path,
            )
        ) from error
    if digest != SHA256:
        raise ModelFileError(
            tr(
                "The face model {path} is not the expected file. Install the application again, "
                "or correct face_model in the settings.",
                path=path,
            )
        )
    return path


def _shipped() -> Path:
    bundle: str | None = getattr(sys, "_MEIPASS", None)  # set by PyInstaller
    if bundle and (bundled := Path(bundle) / "ogm" / "models" / FILE_NAME).is_file():
        return bundled
    try:
        files = importlib.metadata.files(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == FILE_NAME:
            return Path(str(file.locate()))
    raise ModelFileError(
        tr(
            "The face model is not installed. Install the package {package}, or name the file as "
            "face_model in the settings.",
            package=DISTRIBUTION,
        )
    )
