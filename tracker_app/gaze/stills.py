"""Frames of people who looked at known points: what gaze is judged on.

Either a CSV of pictures, one a row (`image,x_px,y_px,window_width_px,window_height_px,participant,
session`, pictures relative to the file), or an .npz of what the face model saw of one person:
`landmarks (n, 478, 3)` as MediaPipe normalises them, `facial_transformation_matrix (n, 4, 4)`,
`eye_patches (n, 2, 24, 48)`, `target_px (n, 2)`, `session (n,)`, `window_px (2,)` and `frame_px
(2,)`, width before height; if it has `participant (n,)` too, of several. Frames are unrelated: no
frame is read in the light of another.
"""

import csv
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.arrays import read_arrays
from calibration.errors import UnreadableArraysError
from tracker_app.errors import ManifestError
from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.features import FEATURE_NAMES, PATCH_SOURCE, assemble, extract_features
from tracker_app.gaze.landmarks import LANDMARKS, Array, FaceLandmarker, FaceLandmarks
from tracker_app.gaze.opencv import cv2

COLUMNS = (
    "image", "x_px", "y_px", "window_width_px", "window_height_px", "participant", "session",
)  # fmt: skip
Arrays = dict[str, NDArray[Any]]
Progress = Callable[[Iterable[int]], Iterable[int]]
MOST_PX = 1e6  # beyond this a number of pixels is a mistake


@dataclass(frozen=True, slots=True, eq=False)
class Stills:
    """What the face model saw in frames of one person, each with the point looked at."""

    landmarks: Array  # (n, 478, 3), fractions of the frame
    matrix: Array  # (n, 4, 4)
    eye_pictures: NDArray[np.uint8]  # (n, 2, 24, 48)
    target_px: Array  # (n, 2), in the window
    session: NDArray[np.int64]  # (n,)
    window_px: Array  # (2,)
    frame_px: Array  # (2,)

    @property
    def has_face(self) -> NDArray[np.bool_]:
        """Which frames hold landmarks and a pose, shape (n,)."""
        frames = len(self.session)
        numbers = np.hstack([self.landmarks.reshape(frames, -1), self.matrix.reshape(frames, -1)])
        is_finite = np.asarray((np.abs(numbers) < MOST_PX).all(axis=1), np.bool_)
        turns = np.where(is_finite[:, None, None], self.matrix[:, :3, :3], 0)
        return np.asarray(is_finite & (np.abs(np.linalg.det(turns)) > 0.5))

    def at(self, rows: NDArray[np.bool_]) -> "Stills":
        """Some of the frames."""
        return replace(
            self,
            landmarks=self.landmarks[rows],
            matrix=self.matrix[rows],
            eye_pictures=self.eye_pictures[rows],
            target_px=self.target_px[rows],
            session=self.session[rows],
        )

    def features(self) -> Array:
        """Of every frame, each with a face; shape (n, d), named by `FEATURE_NAMES`."""
        frame_px = int(self.frame_px[0]), int(self.frame_px[1])
        return np.array(
            [
                assemble(pictures, FaceLandmarks(points, matrix), frame_px)
                for pictures, points, matrix in zip(
                    self.eye_pictures, self.landmarks, self.matrix, strict=True
                )
            ]
        ).reshape(-1, len(FEATURE_NAMES))


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Features of one person's frames and where each looked, in the order of the file."""

    features: Array  # (n, d)
    target_px: Array  # (n, 2)
    session: NDArray[np.int64]  # (n,), numbered in their order
    window_px: Array  # (n, 2)
    without_face: int  # frames left out because no face was found in them


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everybody in a file, and what a frame cost."""

    people: dict[str, Looks]
    cpu_ms_per_frame: float  # of landmarks (where pictures were read) and features


def read_manifest(path: Path, model: Path, progress: Progress = iter) -> Manifest:
    """Read either kind of file.

    Args:
        path: a .csv or .npz file.
        model: the checked face model, for pictures.
        progress: wraps the frames as they are worked through.

    Raises:
        ManifestError: says what is wrong with the file, and where.
    """
    if path.suffix == ".npz":
        return _read_arrays(path)
    return _read_pictures(path, model, progress)


def save_stills(stills: Stills, path: Path) -> None:
    """Write the .npz file described above."""
    np.savez_compressed(
        path,
        landmarks=stills.landmarks.astype(np.float32),
        facial_transformation_matrix=stills.matrix.astype(np.float32),
        eye_patches=stills.eye_pictures,
        target_px=stills.target_px.astype(np.float32),
        session=stills.session,
        window_px=stills.window_px.astype(np.int64),
        frame_px=stills.frame_px.astype(np.int64),
    )


# --- arrays ------------------------------------------------------------------------------------


def load_stills(path: Path) -> Stills:
    """Read the frames of an .npz file.

    Raises:
        ManifestError: if it is not laid out as described above.
    """
    return _stills(path, _arrays(path))


def _arrays(path: Path) -> Arrays:
    try:
        return read_arrays(path)
    except UnreadableArraysError as error:
        raise ManifestError(f"{error} Name another.") from error


def _stills(path: Path, arrays: Arrays) -> Stills:
    kinds = {
        "landmarks": "f", "facial_transformation_matrix": "f", "eye_patches": "u",
        "target_px": "fiu", "session": "iu", "window_px": "fiu", "frame_px": "fiu",
    }  # fmt: skip
    for name, kind in kinds.items():
        if name not in arrays:
            raise ManifestError(f"{path} has no array '{name}'. Add it.")
        if arrays[name].dtype.kind not in kind:
            raise ManifestError(f"{path}: {name} holds {arrays[name].dtype}, the wrong numbers.")
    if arrays["session"].ndim != 1 or not arrays["session"].size:
        raise ManifestError(f"{path}: session needs one number a frame, and a frame.")
    stills = Stills(
        landmarks=arrays["landmarks"].astype(np.float64),
        matrix=arrays["facial_transformation_matrix"].astype(np.float64),
        eye_pictures=arrays["eye_patches"].astype(np.uint8),
        target_px=arrays["target_px"].astype(np.float64),
        session=arrays["session"].astype(np.int64),
        window_px=arrays["window_px"].astype(np.float64),
        frame_px=arrays["frame_px"].astype(np.float64),
    )
    count = len(stills.session)
    shapes: dict[str, tuple[NDArray[np.float64] | NDArray[np.uint8], tuple[int, ...]]] = {
        "landmarks": (stills.landmarks, (count, LANDMARKS, 3)),
        "facial_transformation_matrix": (stills.matrix, (count, 4, 4)),
        "eye_patches": (stills.eye_pictures, (count, 2, *PATCH_SOURCE)),
        "target_px": (stills.target_px, (count, 2)),
        "window_px": (stills.window_px, (2,)),
        "frame_px": (stills.frame_px, (2,)),
    }
    for name, (array, shape) in shapes.items():
        if array.shape != shape:
            raise ManifestError(f"{path}: {name} has shape {array.shape} and should have {shape}.")
    if not (np.abs(stills.target_px) <= MOST_PX).all():
        raise ManifestError(f"{path}: target_px has values that are no pixels. Leave them out.")
    for name, size in (("window_px", stills.window_px), ("frame_px", stills.frame_px)):
        if not ((size >= 1) & (size <= MOST_PX)).all():
            raise ManifestError(f"{path}: {name} is {size.tolist()}, no size in pixels.")
    return stills


def _read_arrays(path: Path) -> Manifest:
    arrays = _arrays(path)
    stills = _stills(path, arrays)
    names = arrays.get("participant", np.full(len(stills.session), path.stem)).astype(str)
    if names.shape != stills.session.shape:
        raise ManifestError(f"{path}: participant needs one name a frame.")
    people = {}
    began = time.process_time()
    for name in dict.fromkeys(names.tolist()):
        theirs = stills.at(names == name)
        seen = theirs.at(theirs.has_face)
        people[name] = Looks(
            features=seen.features(),
            target_px=seen.target_px,
            session=_numbered(seen.session.astype(str).tolist()),
            window_px=np.tile(stills.window_px, (len(seen.session), 1)),
            without_face=len(theirs.session) - len(seen.session),
        )
    cpu_ms = (time.process_time() - began) * 1000 / max(len(names), 1)
    return Manifest(people, cpu_ms)


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Sessions in their order: that of their numbers if they have some, else that of the file."""
    order = list(dict.fromkeys(names))
    if all(name.isdecimal() and len(name) < 20 for name in order):
        order.sort(key=int)
    numbers = {name: i for i, name in enumerate(order)}
    return np.array([numbers[name] for name in names], np.int64)


# --- pictures ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    image: Path
    target_px: tuple[float, float]
    window_px: tuple[float, float]
    participant: str
    session: str


def _read_pictures(path: Path, model: Path, progress: Progress) -> Manifest:
    rows = list(_rows(path))
    if not rows:
        raise ManifestError(f"{path} has no rows below its heading. Add some.")
    landmarker = FaceLandmarker(model, stills=True)
    features: list[Array | None] = []
    cpu_s = 0.0
    try:
        for i in progress(range(len(rows))):
            image = _picture(rows[i].image)
            began = time.process_time()
            faces = landmarker.detect(image, 0)
            features.append(extract_features(faces[0], image) if faces else None)
            cpu_s += time.process_time() - began
    finally:
        landmarker.close()
    people = {
        name: _looks([(r, f) for r, f in zip(rows, features, strict=True) if r.participant == name])
        for name in dict.fromkeys(row.participant for row in rows)
    }
    return Manifest(people, cpu_s * 1000 / len(rows))


def _picture(path: Path) -> Image:
    try:
        # Not `imread`, which cannot open every name on Windows.
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        image = None
    if image is None:
        raise ManifestError(f"{path} is not a picture that can be read.")
    return np.asarray(image, np.uint8)


def _looks(pairs: list[tuple[_Row, Array | None]]) -> Looks:
    seen = [(row, features) for row, features in pairs if features is not None]
    return Looks(
        features=np.array([f for _, f in seen]).reshape(-1, len(FEATURE_NAMES)),
        target_px=np.array([row.target_px for row, _ in seen]).reshape(-1, 2),
        session=_numbered([row.session for row, _ in seen]),
        window_px=np.array([row.window_px for row, _ in seen]).reshape(-1, 2),
        without_face=len(pairs) - len(seen),
    )


def _rows(path: Path) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise ManifestError(f"{path} lacks the column {', '.join(missing)}. Add it.")
            for row in reader:
                yield _row(path, reader.line_num, row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ManifestError(f"{path} cannot be read as a CSV file ({error}).") from error


def _row(path: Path, line: int, row: dict[str, str | None]) -> _Row:
    image = path.parent / (row["image"] or "")
    if not image.is_file():
        raise ManifestError(f"{path}, line {line}: there is no picture {image}.")
    return _Row(
        image=image,
        target_px=(_number(path, line, row, "x_px"), _number(path, line, row, "y_px")),
        window_px=(
            _number(path, line, row, "window_width_px"),
            _number(path, line, row, "window_height_px"),
        ),
        participant=row["participant"] or "",
        session=row["session"] or "",
    )


def _number(path: Path, line: int, row: dict[str, str | None], name: str) -> float:
    try:
        value = float(row[name] or "")
    except ValueError:
        value = float("nan")
    least = 1.0 if name.startswith("window") else -MOST_PX
    if not least <= value <= MOST_PX:
        shown = "missing" if row[name] is None else f"{row[name]!r}, not a number of pixels"
        raise ManifestError(f"{path}, line {line}: {name} is {shown}.")
    return value
