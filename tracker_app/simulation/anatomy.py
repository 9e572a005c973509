"""Who sits there: a person drawn from published distributions of faces and eyes.

The face is MediaPipe's canonical one, read from the model file, changed in size, proportions and
detail from person to person. Eyes are spheres that turn about their centre.

| parameter | mean, SD | source |
|---|---|---|
| iris plane to turning point | 9.9 mm, 0.4 | Park and Park (1933): 13.5 to the cornea, less 3.6 |
| iris diameter | 11.7 mm, 0.4 | Rüfer, Schröder and Erb (2005) |
| angle kappa, to the nose and up | 4.5, 1.5 and 0, 1.5 deg | Basmak et al. (2007) |
| lid opening over the eye's width | 0.30, 0.04 | Farkas (1994) |
| upper and lower lid following the gaze | 0.75, 0.1 and 0.35, 0.1 | Becker and Fuchs (1988) |
| face size and proportions | 1, 0.05 and 0.04 | Farkas (1994) |
| share of a gaze shift done by the head | 0 to 0.35, half of it vertically | Stahl (1999) |
| error of looking at a target | 0.5 deg, 0.15 of it within a look | Holmqvist et al. (2011) |
"""

import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker_app.gaze.landmarks import Array

Numbers = NDArray[np.int64]
MESH_POINTS = 468
MESH_FILE = "geometry_pipeline_metadata_landmarks.binarypb"
TURNING_DEPTH_MM = 11.0  # from the plane of the lid corners back to the eye's centre


@dataclass(frozen=True, slots=True)
class EyeLandmarks:
    """MediaPipe's numbers for one eye: corners, the lids between them, iris and its rim."""

    outer: int
    inner: int
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    iris: int
    rim: tuple[int, int, int, int]  # right, top, left, bottom


# The participant's right eye, which is left in the picture, then the left one.
EYES = (
    EyeLandmarks(
        33, 133, (246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155), 468,
        (469, 470, 471, 472),
    ),
    EyeLandmarks(
        263, 362, (466, 388, 387, 386, 385, 384, 398), (249, 390, 373, 374, 380, 381, 382), 473,
        (474, 475, 476, 477),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looks:
    """What an eye looks like in grey; 0 to 255 before the light falls on it."""

    skin: float
    sclera: float
    iris: float
    pupil: float
    lashes: float  # share of the light they take
    crease: float  # likewise
    glasses: float  # share of the light a frame takes; 0 without glasses
    glare: float  # grey added by a reflection in them


@dataclass(frozen=True, slots=True)
class Person:
    """One simulated person. Lengths in mm in a frame of the head: x to its left, y up, z ahead."""

    face_mm: Array  # (468, 3)
    eye_centre_mm: Array  # (2, 3), turning points, right eye first
    iris_depth_mm: float
    iris_radius_mm: float
    kappa_deg: Array  # (2,), to the nose and up; alike in both eyes
    lid_opening: float  # over the eye's width
    lid_following: tuple[float, float]  # upper, lower
    head_share: float  # of a horizontal gaze shift
    looks: Looks


@dataclass(frozen=True, slots=True)
class CanonicalFace:
    """The face that MediaPipe measures poses against, and how much each point counts."""

    points_mm: Array  # (468, 3)
    weights: Array  # (468,), most of them 0


def canonical_face(model: Path) -> CanonicalFace:
    """Read the canonical face out of the face model's file."""
    with zipfile.ZipFile(model) as archive:
        raw = archive.read(MESH_FILE)
    # The vertices are a run of single floats, each behind the same tag byte.
    row = np.dtype([("tag", "u1"), ("value", "<f4")])
    count = MESH_POINTS * 5
    start = next(i for i in range(len(raw)) if set(raw[i : i + count * 5 : 5]) == {0x1D})
    vertices = np.frombuffer(raw, row, count, start)["value"].reshape(MESH_POINTS, 5)
    weights = np.zeros(MESH_POINTS)
    # Then, for some points, a number (a varint of one or two bytes) and a weight.
    for entry in re.finditer(rb"\x12[\x07\x08]\x08(.{1,2}?)\x15(.{4})", raw, re.DOTALL):
        low, *high = entry[1]
        (weights[(low & 0x7F) | (high[0] << 7 if high else 0)],) = struct.unpack("<f", entry[2])
    return CanonicalFace(vertices[:, :3].astype(np.float64) * 10, weights)


def draw_person(canonical: CanonicalFace, random: np.random.Generator) -> Person:
    """A person of their own, with the face's proportions about the canonical one's."""
    sizes = random.normal(1, 0.05) * random.normal(1, 0.04, 3)
    mean_mm = canonical.points_mm
    face = mean_mm * sizes + _features_of_a_face(mean_mm, random)
    opening = max(0.18, random.normal(0.30, 0.04))
    centres = [_turning_point(face, eye) for eye in EYES]
    return Person(
        face_mm=face,
        eye_centre_mm=np.array(centres),
        iris_depth_mm=random.normal(9.9, 0.4),
        iris_radius_mm=random.normal(11.7, 0.4) / 2,
        kappa_deg=random.normal((4.5, 0.0), 1.5),
        lid_opening=opening,
        lid_following=(random.normal(0.75, 0.1), random.normal(0.35, 0.1)),
        head_share=random.uniform(0, 0.35),
        looks=_draw_looks(random),
    )


def _features_of_a_face(canonical_mm: Array, random: np.random.Generator) -> Array:
    """Smooth differences between faces, 2 mm over distances of a nose's length."""
    waves = random.normal(0, 1 / 30, (3, 32))
    phases = random.uniform(0, 2 * np.pi, 32)
    mixing = random.normal(0, 2 * np.sqrt(2 / 32), (32, 3))
    return np.asarray(np.cos(canonical_mm @ waves + phases) @ mixing)


def _turning_point(face: Array, eye: EyeLandmarks) -> Array:
    return np.asarray((face[eye.outer] + face[eye.inner]) / 2 - (0, 0, TURNING_DEPTH_MM))


def _draw_looks(random: np.random.Generator) -> Looks:
    skin = random.uniform(70, 190)
    iris = random.uniform(25, 90)
    has_glasses = random.random() < 0.3
    return Looks(
        skin=skin,
        sclera=min(235.0, skin * random.uniform(0.95, 1.35)),
        iris=min(iris, 0.7 * skin),
        pupil=iris * 0.5,
        lashes=random.uniform(0.2, 0.6),
        crease=random.uniform(0.05, 0.3),
        glasses=random.uniform(0.2, 0.8) if has_glasses else 0.0,
        glare=random.uniform(0, 120) if has_glasses else 0.0,
    )
