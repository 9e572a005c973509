"""How gaze lasts through 20 minutes of simulated people. Not the accuracy of the tracker.

    python -m tests.benchmarks.lasting_gaze --people 20

After a calibration of 9 points with head movement they read, click a button every 12 seconds and
look at a dot every 60. Meanwhile they sink and lean (slowly, 15 mm and 3 degrees), change posture
three times (4 cm and 8 degrees each), and everything drifts by a degree. Of the clicks some were
not looked at: the eyes were somewhere else on the screen. Errors are on 25 points of the text
area, just after the calibration and at the end; degrees, median and 90th percentile over people.
"""

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np

from calibration.drift import DriftFilter
from calibration.geometry import Array, Screen
from calibration.looks import STILLS_PER_S
from calibration.regression import GazeModel, fit
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.stills import Stills
from tracker_app.simulation.desk import Posture, sit_down
from tracker_app.simulation.protocols import (
    RATE_HZ,
    Participant,
    calibration,
    draw_participant,
    look,
)

NS = 1_000_000_000
MINUTES = 20.0
CLICK_EVERY_S = 12.0
CLICK_FRAMES, DOT_FRAMES, TEST_FRAMES = 8, 25, 5
DRIFT_DEG = 1.0
LEAN_MM, LEAN_DEG = 15.0, 3.0
CHANGES_MINUTES, CHANGE_MM, CHANGE_DEG = (4.0, 10.0, 15.0), 40.0, 8.0
FIRST_SEED = 2101
KINDS = {"dots": (True,), "clicks": (False,), "dots and clicks": (True, False)}


@dataclass(frozen=True, slots=True)
class Event:
    """A point that was clicked or shown, and the eyes meanwhile."""

    t_s: float
    place_px: Array
    is_shown: bool
    features: Array  # (n, d)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--dot-every", type=float, default=60.0, help="seconds: a turn")
    arguments = parser.parse_args()
    people = arguments.people
    model_file = find_face_model()
    began = time.monotonic()
    rows: dict[str, list[float]] = {}
    for seed in range(FIRST_SEED, FIRST_SEED + people):
        for name, error in one_person(
            draw_participant(model_file, seed), arguments.dot_every
        ).items():
            rows.setdefault(name, []).append(error)
    out = sys.stdout.write
    out(
        f"{people} simulated people, {time.monotonic() - began:.0f} s; NOT the tracker's accuracy\n"
    )
    start = np.array(rows["at the start"])
    out(f"  {'degrees, median (p90); more than at the start, mean with 95% interval':64}\n")
    for name, values in rows.items():
        median, p90 = np.percentile(values, [50, 90])
        more = np.array(values) - start
        half = 1.96 * more.std(ddof=1) / np.sqrt(len(more))
        cells = f"{median:6.2f} ({p90:.2f}){more.mean():+8.2f} [{more.mean() - half:+.2f}, "
        out(f"  {name:52}{cells}{more.mean() + half:+.2f}]\n")


def one_person(who: Participant, dot_every_s: float) -> dict[str, float]:
    """Errors in degrees, by what was done about them."""
    random = np.random.default_rng([who.seed, 3])
    frames = calibration(who)
    screen = Screen(
        0, 0, *who.desk.window_px, who.desk.pitch_mm, float(np.linalg.norm(who.desk.seat_mm))
    )
    both = [frames.points, frames.head_phase]
    features = np.vstack([part.features() for part in both])
    looks = np.concatenate([frames.points.session, frames.head_phase.session + 100])
    targets = np.vstack([part.target_px for part in both])
    worth = np.full(len(features), STILLS_PER_S / RATE_HZ)
    model = fit(features, targets, looks, screen, gaze_prior(), worth)
    path = Path(who, random)
    found = {"at the start": path.error(model, screen, 0.0)}
    found["at the end, nothing done"] = path.error(model, screen, MINUTES)
    for astray in (0.0, 0.15, 0.30):
        events = path.events(astray, dot_every_s, np.random.default_rng([who.seed, 4]))
        for name, kinds in KINDS.items():
            if name == "dots" and astray:
                continue
            tracker = DriftFilter(model, screen, 0)
            for event in events:
                if event.is_shown in kinds:
                    tracker.learn(
                        event.features,
                        event.place_px,
                        round(event.t_s * NS),
                        is_shown=event.is_shown,
                    )
            after = "" if name == "dots" else f", {astray:.0%} of clicks not looked at"
            found[name + after] = path.error(tracker.model, screen, MINUTES)
    return found


class Path:
    """How somebody sits and where gaze drifts over the session."""

    def __init__(self, who: Participant, random: np.random.Generator) -> None:
        self._who = who
        self._sitting = sit_down(who.desk, np.random.default_rng([who.seed, 2]))
        minutes = np.linspace(0, MINUTES, 241)
        steps = random.normal(0, 1, (len(minutes), 6)) / np.sqrt(len(minutes))
        self._lean = np.cumsum(steps, axis=0)
        self._minutes = minutes
        away = random.normal(size=(len(CHANGES_MINUTES), 2, 3)) * np.array([[1, 1, 1], [1, 1, 0]])
        self._changes = away / np.linalg.norm(away, axis=2, keepdims=True)
        angle = random.uniform(0, 2 * np.pi)
        pixels = float(np.tan(np.radians(DRIFT_DEG)) * np.linalg.norm(who.desk.seat_mm))
        self._drift_px = np.array([np.cos(angle), np.sin(angle)]) * pixels / who.desk.pitch_mm

    def posture(self, minute: float) -> Posture:
        lean = np.array([np.interp(minute, self._minutes, column) for column in self._lean.T])
        # The head is somewhere new after each change, not ever further away.
        now = [i for i, when in enumerate(CHANGES_MINUTES) if when <= minute]
        change = self._changes[now[-1]] if now else np.zeros((2, 3))
        return self._sitting.moved(
            LEAN_MM * lean[:3] + CHANGE_MM * change[0], LEAN_DEG * lean[3:] + CHANGE_DEG * change[1]
        )

    def drift_px(self, minute: float) -> Array:
        return self._drift_px * minute / MINUTES

    def seen(
        self, minute: float, places: Array, frames: int, random: np.random.Generator
    ) -> Stills:
        """What the camera sees of eyes that look at places; gaze has drifted off them."""
        return look(self._who, self.posture(minute), places + self.drift_px(minute), frames, random)

    def error(self, model: GazeModel, screen: Screen, minute: float) -> float:
        """Mean error on the text area."""
        random = np.random.default_rng([self._who.seed, 5, round(minute)])
        steps_x, steps_y = np.linspace(0.15, 0.85, 5), np.linspace(0.12, 0.8, 5)
        fractions = np.array([(x, y) for y in steps_y for x in steps_x])
        places = fractions * self._who.desk.window_px
        stills = self.seen(minute, places, TEST_FRAMES, random)
        gaze = model.predict(stills.features())
        misses = np.linalg.norm(gaze - np.repeat(places, TEST_FRAMES, axis=0), axis=1)
        return float(screen.to_degrees(misses).mean())

    def events(self, astray: float, dot_every_s: float, random: np.random.Generator) -> list[Event]:
        """Clicks and dots in order of time."""
        size = np.array(self._who.desk.window_px)
        clicks = np.arange(CLICK_EVERY_S, 60 * MINUTES, CLICK_EVERY_S)
        dots = np.arange(0.0, 60 * MINUTES, dot_every_s)
        events = []
        for t_s, is_shown in sorted([(t, False) for t in clicks] + [(t, True) for t in dots]):
            low, high = ((0.15, 0.12), (0.85, 0.8)) if is_shown else ((0.25, 0.75), (0.75, 0.95))
            place = random.uniform(low, high) * size
            is_astray = not is_shown and random.random() < astray
            looked = random.uniform((0.05, 0.05), (0.95, 0.95)) * size if is_astray else place
            frames = DOT_FRAMES if is_shown else CLICK_FRAMES
            stills = self.seen(t_s / 60, looked[None], frames, random)
            events.append(Event(t_s, place, is_shown, stills.features()))
        return events


if __name__ == "__main__":
    main()
