"""Where they sit: screen, camera, and how head and eyes move before them.

Lengths in mm in the camera's frame, as MediaPipe has it: x to the right of the picture, y up, z
out of the scene, so that heads have a negative z and look along the positive one. A person who
faces the camera sees the screen's right side where the picture has its left.

| parameter | value | source |
|---|---|---|
| screen | laptop, 286 to 345 mm; one in three a monitor, 480 to 600 mm | 13 to 27 inches |
| viewing distance | laptop 480 to 620, monitor 580 to 680 mm | ISO 9241-303 and habit |
| camera's horizontal field of view | 55 to 78 deg | gaze.features, makers' data |
| camera above the screen | 5 to 15 mm; on a monitor tilted 0 to 12 deg down | makers' drawings |
| head, from sitting to sitting | 20, 15, 25 mm; 4, 3, 2.5 deg | one person's, gaze-dev |
| head, within one | 4, 3, 5 mm; 1, 1, 0.7 deg | likewise, less its share of the gaze |
| dark room | a fifth of the light, noise of 6 | the face model still finds the face |
| landmarks in it | tremble 3 times as much | the face model on one picture, its noise anew |
"""

from dataclasses import dataclass, replace

import numpy as np

from tracker_app.gaze.landmarks import Array
from tracker_app.simulation.anatomy import Numbers, Person

NECK_MM = np.array([0.0, -90.0, -70.0])  # from the head's origin to what it turns about
BETWEEN_MM, BETWEEN_DEG = np.array([20.0, 15.0, 25.0]), np.array([4.0, 3.0, 2.5])
WITHIN_MM, WITHIN_DEG = np.array([4.0, 3.0, 5.0]), np.array([1.0, 1.0, 0.7])
POINTING_DEG, WAVERING_DEG = 0.48, 0.15


@dataclass(frozen=True, slots=True)
class Room:
    """How well a camera sees in it."""

    light: float  # share of a lit room's
    noise_grey: float  # of the camera's pixels
    tremor: float  # of the landmarks, over a lit room's


LIT_ROOM = Room(light=1.0, noise_grey=2.5, tremor=1.0)
DARK_ROOM = Room(light=0.2, noise_grey=6.0, tremor=3.0)


@dataclass(frozen=True, slots=True)
class Desk:
    """A screen, a camera above its middle, and the usual place of a head before them."""

    window_px: tuple[int, int]
    pitch_mm: float
    frame_px: tuple[int, int]
    field_of_view_deg: float  # horizontal
    camera_above_mm: float
    tilt_deg: float
    seat_mm: Array  # (3,), usual place of the head
    light: Array  # (2,), how the light falls off across an eye, to the right and down
    room: Room = LIT_ROOM

    @property
    def focal_px(self) -> float:
        """Focal length of the camera."""
        return float(self.frame_px[0] / 2 / np.tan(np.radians(self.field_of_view_deg / 2)))

    def place_mm(self, points_px: Array) -> Array:
        """Points of the window, shape (n, 2), in the camera's frame, shape (n, 3)."""
        x = (self.window_px[0] / 2 - points_px[:, 0]) * self.pitch_mm
        y = -(points_px[:, 1] * self.pitch_mm + self.camera_above_mm)
        upright = np.stack([x, y, np.zeros(len(x))], axis=1)
        tilt = turns(np.zeros(1), np.radians([-self.tilt_deg]), np.zeros(1))[0]
        return np.asarray(upright @ tilt.T)

    @property
    def centre_mm(self) -> Array:
        """The middle of the window, shape (1, 3)."""
        return self.place_mm(np.array([self.window_px]) / 2)


@dataclass(frozen=True, slots=True)
class Posture:
    """Heads: places of the origin, shape (n, 3), mm, and yaw, pitch, roll, shape (n, 3), rad."""

    place_mm: Array
    angles: Array

    def moved(self, by_mm: Array, by_deg: Array) -> "Posture":
        """Each head moved and turned about its neck."""
        return replace(
            self, place_mm=self.place_mm + by_mm, angles=self.angles + np.radians(by_deg)
        )

    @property
    def rotation(self) -> Array:
        """Shape (n, 3, 3), from the head's frame to the camera's."""
        return turns(*self.angles.T)

    @property
    def origin_mm(self) -> Array:
        """Where the head's origin is after turning about the neck, shape (n, 3)."""
        return np.asarray(self.place_mm + NECK_MM - self.rotation @ NECK_MM)


def turns(yaw: Array, pitch: Array, roll: Array) -> Array:
    """Rotation matrices: roll about z, then pitch (down positive) about x, then yaw about y."""
    one, nil = np.ones_like(yaw), np.zeros_like(yaw)
    (sy, cy), (sp, cp), (sr, cr) = ((np.sin(a), np.cos(a)) for a in (yaw, pitch, roll))
    about_y = np.array([[cy, nil, sy], [nil, one, nil], [-sy, nil, cy]])
    about_x = np.array([[one, nil, nil], [nil, cp, -sp], [nil, sp, cp]])
    about_z = np.array([[cr, -sr, nil], [sr, cr, nil], [nil, nil, one]])
    return np.asarray(np.einsum("ijn,jkn,kln->nil", about_y, about_x, about_z))


def draw_desk(random: np.random.Generator) -> Desk:
    """A desk of its own."""
    is_monitor = random.random() < 1 / 3
    width_mm = random.uniform(480, 600) if is_monitor else random.uniform(286, 345)
    window_px = (1920, 1080) if is_monitor else (1512, 950)
    distance_mm = random.uniform(580, 680) if is_monitor else random.uniform(480, 620)
    return Desk(
        window_px=window_px,
        pitch_mm=width_mm / window_px[0],
        frame_px=(640, 480) if random.random() < 0.5 else (1280, 720),
        field_of_view_deg=random.uniform(55, 78),
        camera_above_mm=random.uniform(5, 15),
        tilt_deg=random.uniform(0, 12) if is_monitor else 0.0,
        seat_mm=np.array([random.normal(0, 15), random.normal(-50, 25), -distance_mm]),
        light=random.normal(0, 0.25, 2),
    )


def sit_down(desk: Desk, random: np.random.Generator) -> Posture:
    """The posture of one sitting, shape (1, 3) each: about the seat, facing the screen's middle."""
    place = (desk.seat_mm + random.normal(0, BETWEEN_MM))[None]
    aslant = np.radians(random.normal(0, BETWEEN_DEG))
    return Posture(place, _facing(place, desk.centre_mm) + aslant)


def hold(
    posture: Posture,
    desk: Desk,
    person: Person,
    targets_px: Array,
    looks: Numbers,
    random: np.random.Generator,
) -> Posture:
    """Postures while looking at targets: steady within a look, slowly wandering between looks.

    Args:
        posture: of the sitting, or one per frame.
        desk: where the targets are.
        person: does a share of each gaze shift with the head.
        targets_px: shape (n, 2).
        looks: number of the look each frame belongs to, shape (n,), growing from 0.
        random: of the wandering.
    """
    count = int(looks.max()) + 1
    wander = [_wander(count, sd, random)[looks] for sd in (WITHIN_MM, np.radians(WITHIN_DEG))]
    targets = desk.place_mm(targets_px)
    middle = _facing(posture.place_mm, desk.centre_mm)
    share = person.head_share * np.array([1.0, 0.5, 0.0])
    shift = share * (_facing(posture.place_mm, targets) - middle)
    tremor = random.normal(0, 0.3, (len(targets_px), 3))
    return Posture(
        posture.place_mm + wander[0] + tremor, posture.angles + wander[1] + shift + tremor / 500
    )


def look_at(
    desk: Desk, targets_px: Array, looks: Numbers, distance_mm: float, random: np.random.Generator
) -> Array:
    """Where the eyes really point when they look at targets, shape (n, 3), mm."""
    mm_per_deg = distance_mm * np.tan(np.radians(1))
    off_px = mm_per_deg / desk.pitch_mm / np.sqrt(2)
    pointing = random.normal(0, POINTING_DEG * off_px, (int(looks.max()) + 1, 2))[looks]
    wavering = random.normal(0, WAVERING_DEG * off_px, targets_px.shape)
    return desk.place_mm(targets_px + pointing + wavering)


def _facing(place_mm: Array, point_mm: Array) -> Array:
    """Yaw, pitch and roll of a head that faces a point, shape (n, 3)."""
    away = point_mm - place_mm
    yaw, pitch = np.arctan2(away[:, 0], away[:, 2]), -np.arctan2(away[:, 1], away[:, 2])
    return np.stack([yaw, pitch, np.zeros_like(yaw)], axis=1)


def _wander(count: int, sd: Array, random: np.random.Generator) -> Array:
    """A first-order walk with a memory of about five looks, shape (count, 3)."""
    steps = random.normal(0, sd, (count, 3))
    walk = np.zeros((count, 3))
    walk[0] = steps[0]
    for i in range(1, count):
        walk[i] = 0.8 * walk[i - 1] + 0.6 * steps[i]
    return walk
