"""What simulated people are asked to do, as frames with the points they looked at."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.stills import Stills
from tracker_app.simulation.anatomy import (
    CanonicalFace,
    Numbers,
    Person,
    canonical_face,
    draw_person,
)
from tracker_app.simulation.desk import Desk, Posture, draw_desk, hold, look_at, sit_down
from tracker_app.simulation.eye_pictures import picture_eyes
from tracker_app.simulation.imaging import Mistakes, draw_mistakes, see

RATE_HZ = 25
MOVED_MM, MOVED_DEG = 50.0, 10.0


@dataclass(frozen=True, slots=True)
class Participant:
    """A person at a desk, and how the face model errs about them."""

    person: Person
    desk: Desk
    mistakes: Mistakes
    canonical: CanonicalFace
    seed: int


def draw_participant(model: Path, seed: int) -> Participant:
    """The participant of a number: always the same one.

    Args:
        model: the face model's file, for its canonical face.
        seed: which participant.
    """
    random = np.random.default_rng(seed)
    canonical = canonical_face(model)
    person = draw_person(canonical, random)
    return Participant(person, draw_desk(random), draw_mistakes(canonical, random), canonical, seed)


def click_sessions(who: Participant, sessions: int) -> Stills:
    """Sessions of 16 clicks on a grid, one frame a click, the head somewhere else in each."""
    random = np.random.default_rng([who.seed, 1])
    grid = _grid(who.desk, 4, 0.04)
    posture = [sit_down(who.desk, random) for _ in range(sessions)]
    each = np.repeat(np.arange(sessions), len(grid))
    sitting = Posture(
        np.vstack([p.place_mm for p in posture])[each], np.vstack([p.angles for p in posture])[each]
    )
    targets = np.tile(grid, (sessions, 1))
    return _frames(who, sitting, targets, np.arange(len(targets)), each, random)


@dataclass(frozen=True, slots=True)
class CalibrationFrames:
    """One calibration and what it is tested on. `session` is the number of the look."""

    points: Stills  # 9 points, a second each, head held still
    head_phase: Stills  # 12 s at 3 points, the head turning and moving; each second is a look
    still: Stills  # 25 other points, head as before
    shifted: Stills  # the same points after the head moved by 5 cm
    turned: Stills  # after it turned by 10 degrees
    moved: Stills  # after both


def calibration(who: Participant) -> CalibrationFrames:
    """A calibration of 9 points with a phase of head movement, and its two tests."""
    random = np.random.default_rng([who.seed, 2])
    sitting = sit_down(who.desk, random)
    away = random.normal(size=(2, 3)) * np.array([[1, 1, 1], [1, 1, 0]])
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    by_mm, by_deg = away[0] * MOVED_MM, away[1] * MOVED_DEG
    nine, others = _grid(who.desk, 3, 0.1), _grid(who.desk, 5, 0.18)
    return CalibrationFrames(
        points=look(who, sitting, random.permutation(nine), RATE_HZ, random),
        head_phase=_head_phase(who, sitting, random),
        still=look(who, sitting, others, 10, random),
        shifted=look(who, sitting.moved(by_mm, 0 * by_deg), others, 10, random),
        turned=look(who, sitting.moved(0 * by_mm, by_deg), others, 10, random),
        moved=look(who, sitting.moved(by_mm, by_deg), others, 10, random),
    )


def _head_phase(who: Participant, sitting: Posture, random: np.random.Generator) -> Stills:
    """Slow circles and nods, as guided: 40 mm and 10 degrees to each side, three looks of 4 s."""
    frames = 12 * RATE_HZ
    turns = np.linspace(0, 2 * np.pi, frames)[:, None]
    waves = turns * np.array([3.0, 5.0, 2.0]) + random.uniform(0, 2 * np.pi, 3)
    moving = sitting.moved(np.sin(waves) * (40, 25, 40), np.cos(waves) * (10, 8, 4))
    where = np.array([[0.5, 0.5], [0.15, 0.8], [0.85, 0.2]]) * who.desk.window_px
    looks = np.arange(frames) * len(where) // frames
    seconds = np.arange(frames) // RATE_HZ
    return _frames(who, moving, where[looks], looks, seconds, random)


def look(
    who: Participant, posture: Posture, targets: Array, frames: int, random: np.random.Generator
) -> Stills:
    """Frames of one look at each target, the head about one posture."""
    looks = np.repeat(np.arange(len(targets)), frames)
    return _frames(who, posture, targets[looks], looks, looks, random)


def _frames(
    who: Participant,
    posture: Posture,
    targets: Array,
    looks: Numbers,
    session: Numbers,
    random: np.random.Generator,
) -> Stills:
    held = hold(posture, who.desk, who.person, targets, looks, random)
    distance = float(np.linalg.norm(who.desk.seat_mm))
    looked_at = look_at(who.desk, targets, looks, distance, random)
    seen = see(who.person, who.mistakes, who.canonical, who.desk, held, looked_at, random)
    return Stills(
        landmarks=seen.landmarks,
        matrix=seen.matrix,
        eye_pictures=picture_eyes(who.person, who.desk, seen, random),
        target_px=targets,
        session=session,
        window_px=np.array(who.desk.window_px, np.float64),
        frame_px=np.array(who.desk.frame_px, np.float64),
    )


def _grid(desk: Desk, side: int, edge: float) -> Array:
    steps = np.linspace(edge, 1 - edge, side)
    fractions = np.array([(x, y) for y in steps for x in steps])
    return np.asarray(fractions * desk.window_px)
