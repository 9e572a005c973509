"""How methods compare on simulated people. Not the accuracy of the tracker: only people tell that.

    python -m tests.benchmarks.simulated_people --people 40

First a calibration of 9 points, with and without a phase of head movement, tested with the head as
it was, shifted by 5 cm, turned by 10 degrees, and both: degrees, median and 90th percentile over
people. Then sessions of 16 clicks with the head somewhere else in each, as the real frames have
them: pixels. Peers are rebuilt on the same frames. Last, what stated 68% regions hold, and how
many times its share of the large errors the least certain tenth of the frames holds.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.geometry import Array, Screen
from calibration.looks import STILLS_PER_S
from calibration.regression import GazeModel, Prior, fit
from tests.benchmarks.gaze_ablation import looks_of, peer_error_px, tail_share
from tests.benchmarks.peers import eyetrax_features, ridge, webgazer_features
from tracker_app.gaze.benchmark import is_covered, judge
from tracker_app.gaze.estimator import gaze_prior, geometry_prior
from tracker_app.gaze.features import GEOMETRY_NAMES
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.stills import Stills
from tracker_app.simulation.desk import Desk
from tracker_app.simulation.protocols import (
    RATE_HZ,
    CalibrationFrames,
    Participant,
    calibration,
    click_sessions,
    draw_participant,
)

TESTS = ("still", "shifted", "turned", "moved")
HELD_OUT = (6, 8, 16, 18)  # of the 25 test points: where the application validates
FIRST_SEED = 1001
Map = Callable[[Stills], Array]


def errors_deg(desk: Desk, predicted: Array, stills: Stills) -> Array:
    """Angle between prediction and target, shape (n,)."""
    miss_mm = np.linalg.norm(predicted - stills.target_px, axis=1) * desk.pitch_mm
    return np.asarray(np.degrees(np.arctan(miss_mm / -desk.seat_mm[2])))


def fit_model(who: Participant, parts: list[Stills], prior: Prior, columns: slice) -> GazeModel:
    """The application's calibration on some frames."""
    looks = np.concatenate([part.session + 100 * i for i, part in enumerate(parts)])
    features = np.vstack([part.features()[:, columns] for part in parts])
    targets = np.vstack([part.target_px for part in parts])
    worth = np.full(len(features), STILLS_PER_S / RATE_HZ)
    return fit(features, targets, looks, Screen(0, 0, *who.desk.window_px), prior, worth)


def methods(who: Participant, frames: CalibrationFrames) -> dict[str, Map]:
    """Each method's map from frames to points."""
    all_columns, geometry = slice(None), slice(-len(GEOMETRY_NAMES), None)
    both = [frames.points, frames.head_phase]
    found: dict[str, Map] = {
        "EyeTrax, rebuilt": _peer(frames.points, eyetrax_features, 1.0, standardise=True),
        "WebGazer, rebuilt": _peer(frames.points, webgazer_features, 1e-5, standardise=False),
    }
    for name, parts, prior, columns in (
        ("ours, geometry only", [frames.points], geometry_prior(), geometry),
        ("ours", [frames.points], gaze_prior(), all_columns),
        ("ours, head phase, geometry only", both, geometry_prior(), geometry),
        ("ours, head phase", both, gaze_prior(), all_columns),
    ):
        found[name] = _ours(fit_model(who, parts, prior, columns), columns)
    return found


def _ours(model: GazeModel, columns: slice) -> Map:
    return lambda stills: model.predict(stills.features()[:, columns])


def _peer(
    train: Stills, extract: Callable[[Stills], Array], penalty: float, *, standardise: bool
) -> Map:
    def predict(stills: Stills) -> Array:
        together = _joined(train, stills)
        is_train = np.arange(len(together.session)) < len(train.session)
        predicted = ridge(
            extract(together), together.target_px, is_train, penalty, standardise=standardise
        )
        return predicted[~is_train]

    return predict


def _joined(a: Stills, b: Stills) -> Stills:
    per_frame = [f.name for f in fields(Stills) if f.name not in ("window_px", "frame_px")]
    return replace(a, **{n: np.concatenate([getattr(a, n), getattr(b, n)]) for n in per_frame})


def covered(who: Participant, frames: CalibrationFrames) -> dict[str, float]:
    """Share of targets in the 68% regions of the validated calibration, by test."""
    model = fit_model(who, [frames.points, frames.head_phase], gaze_prior(), slice(None))
    held_out = np.isin(frames.still.session, HELD_OUT)
    still = frames.still
    model = model.measured(
        still.features()[held_out], still.target_px[held_out], still.session[held_out]
    )
    return {name: _share_inside(model, getattr(frames, name)) for name in TESTS}


def _share_inside(model: GazeModel, stills: Stills) -> float:
    features = stills.features()
    miss = model.predict(features) - stills.target_px
    return float(is_covered(miss, model.covariance(features)).mean())


def clicks(who: Participant) -> dict[str, tuple[float, float]]:
    """Mean error in px of each method after 1 and 3 sessions of clicks; then coverage and tail."""
    stills = click_sessions(who, 12)
    pictures, landmarks = webgazer_features(stills), eyetrax_features(stills)
    looks, targets = looks_of(stills, stills.features()), stills.target_px
    judged = [judge(looks, n, gaze_prior()) for n in (1, 3)]

    def peer(features: Array, penalty: float, *, standardise: bool) -> tuple[float, float]:
        def predict(train: NDArray[np.bool_]) -> Array:
            return ridge(features, targets, train, penalty, standardise=standardise)

        return peer_error_px(stills, predict, 1), peer_error_px(stills, predict, 3)

    return {
        "EyeTrax, rebuilt": peer(landmarks, 1.0, standardise=True),
        "WebGazer, rebuilt": peer(pictures, 1e-5, standardise=False),
        "ours": _pair([float(j.error_px.mean()) for j in judged]),
        "68% regions hold": _pair([float(j.is_covered.mean()) for j in judged]),
        "least certain tenth, times its share": _pair(
            [tail_share(j, np.arange(len(j.session))) for j in judged]
        ),
    }


def _pair(values: list[float]) -> tuple[float, float]:
    return values[0], values[1]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=40)
    people = parser.parse_args().people
    model: Path = find_face_model()
    out = sys.stdout.write
    degrees: dict[str, list[list[float]]] = {}
    inside: list[dict[str, float]] = []
    clicked: dict[str, list[tuple[float, float]]] = {}
    began = time.monotonic()
    for seed in range(FIRST_SEED, FIRST_SEED + people):
        who = draw_participant(model, seed)
        frames = calibration(who)
        for name, predict in methods(who, frames).items():
            tests = [getattr(frames, test) for test in TESTS]
            means = [float(errors_deg(who.desk, predict(t), t).mean()) for t in tests]
            degrees.setdefault(name, []).append(means)
        inside.append(covered(who, frames))
        for name, pair in clicks(who).items():
            clicked.setdefault(name, []).append(pair)
    out(
        f"{people} simulated people, {time.monotonic() - began:.0f} s; NOT the tracker's accuracy\n"
    )
    out(f"\ndegrees, median (p90) over people {'':12}" + "".join(f"{t:>15}" for t in TESTS) + "\n")
    for name, rows in degrees.items():
        median, p90 = np.percentile(rows, [50, 90], axis=0)
        cells = [f"{m:.2f} ({p:.2f})" for m, p in zip(median, p90, strict=True)]
        out(f"  {name:44}" + "".join(f"{cell:>15}" for cell in cells) + "\n")
    shares = [np.mean([person[test] for person in inside]) for test in TESTS]
    out(f"  {'68% regions hold':44}" + "".join(f"{share:>15.1%}" for share in shares))
    out(f"   all {np.mean(shares):.1%}\n\nclicks, mean over people; N=1, N=3\n")
    for name, pairs in clicked.items():
        one, three = np.mean(pairs, axis=0)
        out(f"  {name:44}{one:>15.4g}{three:>15.4g}\n")


if __name__ == "__main__":
    main()
