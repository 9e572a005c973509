"""How true the calibration's own figure is, on simulated people. NOT the tracker's accuracy.

    python -m tests.benchmarks.routine_truth --people 20

Each sits through the routine frame by frame at 25 Hz, as the window leads it: looks at every target
half a degree beside it, as people do, and turns the head after the guide. What the calibration then
says of itself on 4 held-out points is set against what only a simulation knows: where the eyes
really pointed, at these points and on a grid of 7 x 7 in the same sitting. Degrees; means over
people with the 95% interval of the mean. The last table has the same sitting with fewer and more
points, with and without head movement, and the grid again after the head moved by 5 cm and turned
by 10 degrees.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.geometry import Array, Screen
from calibration.looks import NS, Use
from calibration.metrics import mean_interval
from calibration.outcome import CalibrationOutcome, calibrate
from calibration.regression import GazeModel
from calibration.routine import Routine, View, calibration_looks
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.features import assemble, head_turn
from tracker_app.gaze.landmarks import FaceLandmarks
from tracker_app.gaze.model_file import find_face_model
from tracker_app.simulation.desk import (
    POINTING_DEG,
    WAVERING_DEG,
    Desk,
    Posture,
    hold,
    sit_down,
)
from tracker_app.simulation.eye_pictures import picture_eyes
from tracker_app.simulation.imaging import see
from tracker_app.simulation.movement import GuidedTurn
from tracker_app.simulation.protocols import (
    MOVED_DEG,
    MOVED_MM,
    RATE_HZ,
    Participant,
    draw_participant,
)

FIRST_SEED = 3001
POINTS = (5, 9, 13)
USUAL = 9, True  # points, and whether the head moves
ASKED_TURN_DEG = 10.0  # as the window asks of simulated people
GRID_SIDE, GRID_EDGE, GRID_FRAMES = 7, 0.08, 4
TREMOR_MM, TREMOR_RAD = 0.3, 0.0006
TOO_LONG_S = 120.0
FAR_FROM_0 = 1000.0


class Sitter:
    """A participant in one sitting, whose eyes point beside what they look at."""

    def __init__(self, who: Participant, seed: int) -> None:
        self._who = who
        self._random = np.random.default_rng([who.seed, seed])
        self._distance_mm = float(np.linalg.norm(who.desk.seat_mm))
        # The same sitting whatever is calibrated in it.
        self._sitting = sit_down(who.desk, np.random.default_rng([who.seed, 2]))

    @property
    def desk(self) -> Desk:
        return self._who.desk

    @property
    def screen(self) -> Screen:
        return Screen(0, 0, *self.desk.window_px, self.desk.pitch_mm, self._distance_mm)

    def at(self, places_px: Array, by_mm: Array, by_deg: Array) -> tuple[Posture, Array]:
        """How the head is held while looking at places, one row each, and where the eyes point."""
        sitting = self._sitting.moved(by_mm, by_deg)
        numbers = np.arange(len(places_px))
        held = hold(sitting, self.desk, self._who.person, places_px, numbers, self._random)
        return held, places_px + self._scatter_px(POINTING_DEG, len(places_px))

    def seen(self, held: Posture, pointed_px: Array) -> tuple[Array, Array]:
        """Features of one frame a row, shape (n, d), and where the eyes point in it, (n, 2)."""
        who, random, count = self._who, self._random, len(pointed_px)
        pointed_px = pointed_px + self._scatter_px(WAVERING_DEG, count)
        held = Posture(
            held.place_mm + random.normal(0, TREMOR_MM, (count, 3)),
            held.angles + random.normal(0, TREMOR_RAD, (count, 3)),
        )
        looked_at = who.desk.place_mm(pointed_px)
        seen = see(who.person, who.mistakes, who.canonical, who.desk, held, looked_at, random)
        pictures = picture_eyes(who.person, who.desk, seen, random)
        frames = zip(pictures, seen.landmarks, seen.matrix, strict=True)
        features = [assemble(p, FaceLandmarks(at, m), who.desk.frame_px) for p, at, m in frames]
        return np.array(features), pointed_px

    def _scatter_px(self, deg: float, count: int) -> Array:
        sd_px = float(self.screen.to_pixels(deg)) / np.sqrt(2)
        return self._random.normal(0, sd_px, (count, 2))


@dataclass(frozen=True, slots=True)
class Taken:
    """A routine somebody sat through."""

    took_s: float
    outcome: CalibrationOutcome
    coverage: float
    truth_deg: float  # at the held-out points, against where the eyes pointed


def sit_through(sitter: Sitter, points: int, *, moves_head: bool, seed: int) -> Taken:
    """Run the routine as the window does, frame by frame, and calibrate."""
    looks = calibration_looks(sitter.screen, seed, points=points, moves_head=moves_head)
    routine, guided = Routine(looks), GuidedTurn()
    places = np.array([look.place_px for look in looks])
    held, pointed = sitter.at(places, np.zeros(3), np.zeros(3))
    truth: dict[int, Array] = {}
    t_ns = 0
    while (view := routine.step(t_ns)).phase != "done":
        assert t_ns < TOO_LONG_S * NS
        _ask(guided, view)
        turned = guided.at(t_ns)
        if view.phase != "prepare":
            row = slice(view.number, view.number + 1)
            posture = Posture(held.place_mm[row], held.angles[row]).moved(np.zeros(3), turned)
            (features,), (truth[t_ns],) = sitter.seen(posture, pointed[row])
            routine.add(t_ns, features, head_turn(features))
        t_ns += NS // RATE_HZ
    outcome = calibrate(routine.looks, sitter.screen, gaze_prior())
    held_out = [look for look in routine.looks if look.use is Use.VALIDATE]
    errors = [_errors(outcome.model, sitter.screen, look.samples, truth) for look in held_out]
    return Taken(t_ns / NS, outcome, routine.movement.coverage, float(np.mean(errors)))


def _ask(guided: GuidedTurn, view: View) -> None:
    yaw, pitch = view.guide.turn if view.guide is not None else (0.0, 0.0)
    guided.ask(ASKED_TURN_DEG * yaw, ASKED_TURN_DEG * pitch)


def _errors(
    model: GazeModel,
    screen: Screen,
    samples: Sequence[tuple[int, Array | None]],
    truth: dict[int, Array],
) -> float:
    gaze = model.predict(np.array([features for _, features in samples]))
    pointed = np.array([truth[t_ns] for t_ns, _ in samples])
    return _mean_deg(gaze - pointed, screen)


def _mean_deg(offsets: Array, screen: Screen) -> float:
    return float(screen.to_degrees(np.linalg.norm(offsets, axis=1)).mean())


def on_grid(sitter: Sitter, model: GazeModel, by_mm: Array, by_deg: Array) -> float:
    """Mean error all over the screen against where the eyes pointed, degrees."""
    steps = np.linspace(GRID_EDGE, 1 - GRID_EDGE, GRID_SIDE)
    places = sitter.screen.place(np.array([(x, y) for y in steps for x in steps]))
    held, pointed = sitter.at(places, by_mm, by_deg)
    each = np.repeat(np.arange(len(places)), GRID_FRAMES)
    posture = Posture(held.place_mm[each], held.angles[each])
    features, truth = sitter.seen(posture, pointed[each])
    return _mean_deg(model.predict(features) - truth, sitter.screen)


def _away(seed: int) -> tuple[Array, Array]:
    """Where a head moves to and turns, mm and degrees."""
    ways = np.random.default_rng([seed, 6]).normal(size=(2, 3)) * [[1, 1, 1], [1, 1, 0]]
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    return MOVED_MM * ways[0], MOVED_DEG * ways[1]


def _interval(values: Sequence[float]) -> str:
    # The interval of `metrics` is one of errors and ends at 0, which differences need not.
    found = mean_interval([value + FAR_FROM_0 for value in values])
    assert found is not None  # there are at least two people
    low, high = (end - FAR_FROM_0 for end in found)
    return f"{np.mean(values):6.2f} ({low:.2f} to {high:.2f})"


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one person's calibration of one kind."""

    taken: Taken
    still_deg: float
    moved_deg: float

    @property
    def validated_deg(self) -> float:
        assert self.taken.outcome.accuracy_deg is not None  # their eyes are always seen
        return self.taken.outcome.accuracy_deg

    @property
    def is_held(self) -> bool:
        """Whether the stated interval holds what is true all over the screen."""
        interval = self.taken.outcome.accuracy_interval_deg
        return interval is not None and interval[0] <= self.still_deg <= interval[1]


def measure(who: Participant, points: int, *, moves_head: bool) -> Row:
    """One person, one kind of calibration, and its tests in the same sitting."""
    sitter = Sitter(who, 10 + points + 100 * moves_head)
    taken = sit_through(sitter, points, moves_head=moves_head, seed=who.seed)
    model = taken.outcome.model
    still = on_grid(sitter, model, np.zeros(3), np.zeros(3))
    return Row(taken, still, on_grid(sitter, model, *_away(who.seed)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20)
    people = parser.parse_args().people
    if people < 2:
        parser.error("intervals need at least 2 people")
    model_file = find_face_model()
    kinds = [(points, moves) for moves in (False, True) for points in POINTS]
    rows: dict[tuple[int, bool], list[Row]] = {kind: [] for kind in kinds}
    began = time.monotonic()
    for seed in range(FIRST_SEED, FIRST_SEED + people):
        who = draw_participant(model_file, seed)
        for points, moves in kinds:
            rows[points, moves].append(measure(who, points, moves_head=moves))
    out = sys.stdout.write
    out(
        f"{people} SIMULATED people, {time.monotonic() - began:.0f} s; NOT the tracker's accuracy\n"
    )
    usual = rows[USUAL]
    took = [row.taken.took_s for row in usual]
    said = [row.validated_deg for row in usual]
    true = [row.taken.truth_deg for row in usual]
    grid = [row.still_deg for row in usual]
    out("\n9 points with head movement, degrees, mean (95% interval) over people\n")
    out(f"  {'the routine takes, s, mean (longest)':58}{np.mean(took):6.1f} ({max(took):.1f})\n")
    out(f"  {'directions the head was turned to':58}")
    out(f"{np.mean([row.taken.coverage for row in usual]):6.0%}\n")
    for name, values in (
        ("validated: 4 points, against the targets", said),
        ("true on the same samples: against where the eyes were", true),
        ("true on a grid of 7 x 7 in the same sitting", grid),
        ("validated less true on the same samples", _less(said, true)),
        ("validated less true on the grid", _less(said, grid)),
    ):
        out(f"  {name:58}{_interval(values)}\n")
    held = np.mean([row.is_held for row in usual])
    out(f"  {'people whose stated 95% interval holds the grid truth':58}{held:6.0%}\n")
    out(f"\ndegrees, mean (95% interval)   {'validated':>23}{'grid, still':>23}")
    out(f"{'grid, head moved':>23}{'held':>7}{'s':>7}\n")
    for (points, moves), found in rows.items():
        name = f"{points} points{', head movement' if moves else ''}"
        measured = zip(*((r.validated_deg, r.still_deg, r.moved_deg) for r in found), strict=True)
        out(f"  {name:29}" + "".join(f"{_interval(values):>23}" for values in measured))
        held = np.mean([row.is_held for row in found])
        out(f"{held:>7.0%}{np.mean([row.taken.took_s for row in found]):>7.1f}\n")


def _less(a: Sequence[float], b: Sequence[float]) -> list[float]:
    return [x - y for x, y in zip(a, b, strict=True)]


if __name__ == "__main__":
    main()
