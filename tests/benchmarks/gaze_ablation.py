"""What each ingredient of gaze estimation adds on real frames, and how sure it is.

    python -m tests.benchmarks.gaze_ablation gaze-dev.npz gaze-dev-2.npz

Mean errors in px, as `tracker-app gaze-benchmark` measures them, calibrated on 1 and on 3 sessions:
the application's estimator whole, without each ingredient, with each hyperparameter doubled and
halved, and peers rebuilt on the same frames. Then whether its 68% regions hold 68% of the targets
and whether its least certain tenth holds the large errors, with 95% intervals over sessions.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from calibration.geometry import Array
from calibration.regression import Prior
from tests.benchmarks.peers import eyetrax_features, ridge, webgazer_features
from tracker_app.gaze import estimator
from tracker_app.gaze.benchmark import RESAMPLES, Judged, interval, judge
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.features import FEATURE_NAMES, GEOMETRY_NAMES, PATCH, PATCH_NAMES
from tracker_app.gaze.opencv import cv2
from tracker_app.gaze.stills import Looks, Stills, load_stills

SESSIONS = (1, 3)
Predict = Callable[[NDArray[np.bool_]], Array]


def looks_of(stills: Stills, features: Array) -> Looks:
    """One person's looks with these features."""
    windows = np.tile(stills.window_px, (len(features), 1))
    return Looks(features, stills.target_px, stills.session, windows, 0)


def peer_error_px(stills: Stills, predict: Predict, sessions: int) -> float:
    """Mean error of a peer under the same protocol."""
    errors = []
    names = np.unique(stills.session)
    for first in range(len(names) - sessions + 1):
        train = np.isin(stills.session, names[first : first + sessions])
        clipped = np.clip(predict(train), 0, stills.window_px)
        errors.append(np.linalg.norm(clipped - stills.target_px, axis=1)[~train])
    return float(np.concatenate(errors).mean())


def variants(features: Array, equalised: Array) -> dict[str, tuple[Array, Prior]]:
    """Features and prior of each variant."""
    prior = gaze_prior()
    patches, geometry = np.arange(len(PATCH_NAMES)), np.arange(len(PATCH_NAMES), len(FEATURE_NAMES))
    head = np.array([i for i, n in enumerate(FEATURE_NAMES) if not n.startswith("head_")])
    mirrored = np.where(prior.flips, -1.0, 1.0)
    found = {
        "whole": (features, prior),
        "without eye pictures": (features[:, geometry], prior.of(geometry)),
        "without geometry": (features[:, patches], prior.of(patches)),
        "without the head's pose": (features[:, head], prior.of(head)),
        "without the expected weights": (features, replace(prior, mean=0 * prior.mean)),
        "noise 0.03 for everybody": (features, replace(prior, noises=(0.03,))),
        "pictures equalised instead": (equalised, prior),
        "camera mirrored": (features * mirrored, prior),
    }
    for name in ("DOUBT", "CROSS_DOUBT", "PLACE_DOUBT", "LID_DOUBT", "PATCH_DOUBT"):
        for factor in (0.5, 2):
            with mock.patch.object(estimator, name, getattr(estimator, name) * factor):
                found[f"{name} x {factor:g}"] = (features, gaze_prior())
    return found


def with_equalised(stills: Stills, features: Array) -> Array:
    """Features with the usual equalisation in place of ours."""
    small = np.array([[_equalise(p) for p in pair] for pair in stills.eye_pictures])
    return np.hstack([small.reshape(len(small), -1), features[:, -len(GEOMETRY_NAMES) :]])


def _equalise(picture: NDArray[np.uint8]) -> Array:
    small = cv2.resize(cv2.equalizeHist(picture), PATCH[::-1], interpolation=cv2.INTER_AREA)
    values = small.astype(np.float64).ravel()
    return np.asarray((values - values.mean()) / max(float(values.std()), 1.0))


def tail_share(judged: Judged, rows: NDArray[np.int_]) -> float:
    """How many times its share of errors above p90 the least certain tenth of some rows holds."""
    error, expected = judged.error_px[rows], judged.expected_px[rows]
    is_large, is_unsure = error > np.quantile(error, 0.9), expected >= np.quantile(expected, 0.9)
    return float((is_large & is_unsure).sum() / is_large.sum() / is_unsure.mean())


def tail_interval(judged: Judged) -> tuple[float, float]:
    """Its 95% interval, by drawing sessions anew."""
    names = np.unique(judged.session)
    rows = {name: np.flatnonzero(judged.session == name) for name in names.tolist()}
    random = np.random.default_rng(0)
    drawn = [
        tail_share(judged, np.concatenate([rows[n] for n in random.choice(names, len(names))]))
        for _ in range(min(RESAMPLES, 20_000_000 // len(judged.session)))
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="+", help=".npz files")
    out = sys.stdout.write
    for path in parser.parse_args().data:
        stills = load_stills(path)
        features = stills.features()
        out(f"\n{path.stem}: mean error in px, N=1 / N=3\n")
        for name, (chosen, prior) in variants(features, with_equalised(stills, features)).items():
            looks = looks_of(stills, chosen)
            means = [judge(looks, n, prior).error_px.mean() for n in SESSIONS]
            out(f"  {name:30} {means[0]:6.1f} / {means[1]:6.1f}\n")
        chance = [peer_error_px(stills, _middle(stills), n) for n in SESSIONS]
        out(f"  {'mean of the targets':30} {chance[0]:6.1f} / {chance[1]:6.1f}\n")
        for name, predict in _peers(stills).items():
            means = [peer_error_px(stills, predict, n) for n in SESSIONS]
            out(f"  {name:30} {means[0]:6.1f} / {means[1]:6.1f}\n")
        for n in SESSIONS:
            judged = judge(looks_of(stills, features), n, gaze_prior())
            low, high = interval(judged.session, judged.is_covered.astype(np.float64))
            out(f"  N={n}: 68% regions hold {judged.is_covered.mean():.1%} [{low:.1%}, {high:.1%}]")
            low, high = tail_interval(judged)
            whole = tail_share(judged, np.arange(len(judged.session)))
            out(f"; least certain tenth: {whole:.2f} x its share [{low:.2f}, {high:.2f}]\n")


def _middle(stills: Stills) -> Predict:
    return lambda train: np.tile(stills.target_px[train].mean(axis=0), (len(train), 1))


def _peers(stills: Stills) -> dict[str, Predict]:
    pictures, landmarks = webgazer_features(stills), eyetrax_features(stills)
    targets = stills.target_px
    return {
        "WebGazer, rebuilt": lambda t: ridge(pictures, targets, t, 1e-5, standardise=False),
        "EyeTrax, rebuilt": lambda t: ridge(landmarks, targets, t, 1.0, standardise=True),
    }


if __name__ == "__main__":
    main()
