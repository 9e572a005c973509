"""What the face model reports of a head: landmarks and a pose matrix, with its mistakes.

The matrix is fitted to the reported landmarks as MediaPipe does it, so it errs as they do.

| mistake | size | source |
|---|---|---|
| new in each picture, of a point | 0.12 mm | 0.65 deg of a still eye |
| new in each picture, of a neighbourhood or iris | 0.3 mm | what pose leaves open, gaze-dev |
| smooth in pose and gaze; of eyes | 0.7 mm; 0.35 mm | spread in the head's frame, gaze-dev |
| lid corners drawn along by the iris | 37 to 48% of its shift | measured with the model |
| relief of the face too flat | by 0 to 30% | turned noses in the head's frame, gaze-dev |
| assumed vertical field of view | 63 deg | MediaPipe's face geometry |
"""

from dataclasses import dataclass

import numpy as np

from tracker_app.gaze.features import MATRIX_VIEW_DEG
from tracker_app.gaze.landmarks import LANDMARKS, Array
from tracker_app.simulation.anatomy import EYES, CanonicalFace, Person
from tracker_app.simulation.desk import Desk, Posture

TREMOR_MM, SHARED_TREMOR_MM = 0.12, 0.3
RIGID_MM, EYE_MM = 0.7, 0.35
NEIGHBOURHOOD_MM = 20.0
WAVES = 64


@dataclass(frozen=True, slots=True)
class Mistakes:
    """How the model errs about one person."""

    follow: float  # lid corners, of the iris's shift
    relief: float  # of the face, of its true depth
    landmarks: "Smooth"  # mm
    neighbourhoods: Array  # (468, k), how much each tremor of a picture moves each point
    irises: "Smooth"  # mm


class Smooth:
    """A random smooth function, by random Fourier features (Rahimi and Recht 2007)."""

    def __init__(self, inputs: int, outputs: int, sd: float, random: np.random.Generator) -> None:
        self._waves = random.normal(0, 1, (inputs, WAVES))
        self._phases = random.uniform(0, 2 * np.pi, WAVES)
        self._mixing = random.normal(0, sd * np.sqrt(2 / WAVES), (WAVES, outputs))

    def __call__(self, at: Array) -> Array:
        """Values, shape (n, outputs), at places in units of the length of its waves."""
        return np.asarray(np.cos(at @ self._waves + self._phases) @ self._mixing)


@dataclass(frozen=True, slots=True)
class Seen:
    """Faces as reported and as they are; pixels of the frame, y down."""

    landmarks: Array  # (n, 478, 3), as MediaPipe: fractions of the frame, z of its width
    matrix: Array  # (n, 4, 4), cm
    corners_px: Array  # (n, 2, 2, 2), true: eye, outer and inner
    lids_px: Array  # (n, 2, 2, 2), true middle of the upper and lower lid
    irises_px: Array  # (n, 2, 2), true
    iris_radius_px: Array  # (n, 2)


def draw_mistakes(canonical: CanonicalFace, random: np.random.Generator) -> Mistakes:
    """The model's mistakes about one person."""
    waves = random.normal(0, 1 / NEIGHBOURHOOD_MM, (3, WAVES))
    phases = random.uniform(0, 2 * np.pi, WAVES)
    return Mistakes(
        follow=random.uniform(0.37, 0.48),
        relief=random.uniform(0.7, 1),
        landmarks=Smooth(8, LANDMARKS * 3, RIGID_MM, random),
        neighbourhoods=np.cos(canonical.points_mm @ waves + phases) * np.sqrt(2 / WAVES),
        irises=Smooth(8, 6, EYE_MM, random),
    )


def see(
    person: Person,
    mistakes: Mistakes,
    canonical: CanonicalFace,
    desk: Desk,
    posture: Posture,
    looked_at_mm: Array,
    random: np.random.Generator,
) -> Seen:
    """Faces of people who look at points of the camera's frame, shape (n, 3), mm."""
    rotation, origin = posture.rotation, posture.origin_mm
    gaze = _gaze_in_head(person, rotation, origin, looked_at_mm)
    true = _face(person, gaze)
    pose = [posture.place_mm / 30, posture.angles / np.radians(6)]
    at = np.hstack([*pose, gaze.mean(axis=1)[:, :2] / 0.15])
    reported = true + _errors(person, mistakes, gaze, at, desk.room.tremor, random)

    def project(points: Array) -> Array:
        placed = np.einsum("nij,nkj->nki", rotation, points) + origin[:, None]
        depth = -placed[..., 2:]
        across = desk.focal_px * placed[..., :2] * (1, -1) / depth
        return np.concatenate([across + np.array(desk.frame_px) / 2, depth], axis=2)

    pixels = project(true)
    reported_px = project(reported)
    # The model tells depth from the look of a face, and too little of it.
    middle = reported_px[..., 2].mean(axis=1, keepdims=True)
    reported_px[..., 2] = middle + mistakes.relief * (reported_px[..., 2] - middle)
    ids = np.array([[e.outer, e.inner, e.upper[3], e.lower[3], e.iris] for e in EYES])
    eyes = pixels[:, ids]
    return Seen(
        landmarks=_normalised(reported_px, desk),
        matrix=fit_pose(_normalised(reported_px, desk), desk.frame_px, canonical),
        corners_px=eyes[:, :, 0:2, :2],
        lids_px=eyes[:, :, 2:4, :2],
        irises_px=eyes[:, :, 4, :2],
        iris_radius_px=desk.focal_px * person.iris_radius_mm / eyes[:, :, 4, 2],
    )


def _gaze_in_head(person: Person, rotation: Array, origin: Array, points: Array) -> Array:
    """Directions of the optical axes in the head's frame, shape (n, 2, 3)."""
    in_head = np.einsum("nji,nj->ni", rotation, points - origin)
    visual = in_head[:, None] - person.eye_centre_mm
    yaw = np.arctan2(visual[..., 0], visual[..., 2])
    pitch = np.arctan2(visual[..., 1], visual[..., 2])
    # The fovea lies to the temple: the optical axis points further out than the eye looks.
    inward, upward = np.radians(person.kappa_deg)
    yaw, pitch = yaw + inward * np.array([-1, 1]), pitch - upward
    return np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], 2)


def _face(person: Person, gaze: Array) -> Array:
    """Landmarks in the head's frame for each gaze, shape (n, 478, 3)."""
    points = np.zeros((len(gaze), LANDMARKS, 3))
    points[:, : len(person.face_mm)] = person.face_mm
    for number, eye in enumerate(EYES):
        axis = gaze[:, number]
        iris = person.eye_centre_mm[number] + person.iris_depth_mm * axis
        points[:, eye.iris] = iris
        for rim, (dx, dy) in zip(eye.rim, ((-1, 0), (0, 1), (1, 0), (0, -1)), strict=True):
            points[:, rim] = iris + person.iris_radius_mm * np.array([dx, dy, 0.0])
        _set_lids(points, person, eye.upper, (eye.outer, eye.inner), axis, is_upper=True)
        _set_lids(points, person, eye.lower, (eye.outer, eye.inner), axis, is_upper=False)
    return points


def _set_lids(
    points: Array,
    person: Person,
    lid: tuple[int, ...],
    corners: tuple[int, int],
    axis: Array,
    *,
    is_upper: bool,
) -> None:
    outer, inner = (person.face_mm[i] for i in corners)
    width = np.linalg.norm(outer - inner)
    rise = person.lid_opening * width * (0.6 if is_upper else -0.4)
    follow = person.lid_following[0 if is_upper else 1] * person.iris_depth_mm * axis[:, 1]
    along = np.linspace(0, 1, len(lid) + 2)[1:-1]
    shape = 4 * along * (1 - along)
    points[:, lid, :2] = ((1 - along)[:, None] * outer + along[:, None] * inner)[:, :2]
    points[:, lid, 1] += (rise + follow)[:, None] * shape


def _errors(
    person: Person,
    mistakes: Mistakes,
    gaze: Array,
    at: Array,
    tremor: float,
    random: np.random.Generator,
) -> Array:
    count = len(gaze)
    errors = mistakes.landmarks(at).reshape(count, LANDMARKS, 3)
    errors += random.normal(0, tremor * TREMOR_MM, errors.shape)
    tremors = random.normal(0, tremor * SHARED_TREMOR_MM, (count, WAVES, 3))
    shared = np.einsum("kw,nwi->nki", mistakes.neighbourhoods, tremors)
    shifts = person.iris_depth_mm * gaze * (1, 1, 0)
    iris_errors = mistakes.irises(at).reshape(count, 2, 3)
    iris_errors += random.normal(0, tremor * SHARED_TREMOR_MM, iris_errors.shape)
    for number, eye in enumerate(EYES):
        contour = [eye.outer, eye.inner, *eye.upper, *eye.lower]
        errors[:, contour] *= EYE_MM / RIGID_MM
        errors[:, contour] += mistakes.follow * shifts[:, number, None] * (1, 0, 0)
        errors[:, [eye.iris, *eye.rim]] = iris_errors[:, number, None]
    errors[:, : shared.shape[1]] += shared
    return errors


def _normalised(pixels: Array, desk: Desk) -> Array:
    width, height = desk.frame_px
    nearest = pixels[..., 2].mean(axis=1, keepdims=True)
    depth = (pixels[..., 2] - nearest) * desk.focal_px / nearest
    return np.stack([pixels[..., 0] / width, pixels[..., 1] / height, depth / width], axis=2)


def fit_pose(landmarks: Array, frame_px: tuple[int, int], canonical: CanonicalFace) -> Array:
    """Poses that best lay the canonical face on landmarks, shape (n, 4, 4), cm.

    Twice a weighted Procrustes fit (Umeyama 1991): once for the distance, taking the picture as a
    parallel projection, and once on the landmarks put at that distance before the assumed lens.
    """
    chosen = canonical.weights > 0
    weights = canonical.weights[chosen] / canonical.weights.sum()
    face = canonical.points_mm[chosen] / 10
    focal = frame_px[1] / 2 / np.tan(np.radians(MATRIX_VIEW_DEG / 2))
    size = np.array([frame_px[0], -frame_px[1], -frame_px[0]])
    seen = (landmarks[:, : len(chosen)][:, chosen] - (0.5, 0.5, 0)) * size
    _, scale, _ = _procrustes(face, seen, weights)
    distance = (focal / scale)[:, None] - seen[..., 2] / scale[:, None]
    placed = np.concatenate([seen[..., :2] * distance[..., None] / focal, -distance[..., None]], 2)
    rotation, scale, place = _procrustes(face, placed, weights)
    matrix = np.tile(np.eye(4), (len(seen), 1, 1))
    matrix[:, :3, :3], matrix[:, :3, 3] = rotation, place / scale[:, None]
    return matrix


def _procrustes(face: Array, seen: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Rotation (n, 3, 3), scale (n,) and shift (n, 3) that take a face to where it is seen."""
    face_middle, seen_middle = weights @ face, np.einsum("k,nki->ni", weights, seen)
    centred = face - face_middle
    spread = np.einsum("k,nki,kj->nij", weights, seen - seen_middle[:, None], centred)
    left, values, right = np.linalg.svd(spread)
    flips = np.ones((len(seen), 3))
    flips[:, 2] = np.sign(np.linalg.det(left @ right))
    rotation = left * flips[:, None] @ right
    scale = (values * flips).sum(axis=1) / (weights @ (centred**2).sum(axis=1))
    return rotation, scale, seen_middle - scale[:, None] * (rotation @ face_middle)
