from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.data import find_data
from tests.simulated import clicks
from tracker_app.gaze.benchmark import interval, judge, summary
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.stills import Looks, load_stills

PRIOR = gaze_prior()


def looks_of(seed: int, sessions: int = 4) -> Looks:
    stills = clicks(seed, sessions)
    windows = np.tile(stills.window_px, (len(stills.session), 1))
    return Looks(stills.features(), stills.target_px, stills.session, windows, 0)


@pytest.mark.parametrize(("sessions", "predicted"), [(1, 4 * 3 * 16), (3, 2 * 16)])
def test_every_start_is_judged_on_all_other_sessions(sessions: int, predicted: int) -> None:
    assert summary(judge(looks_of(3), sessions, PRIOR))["n"] == predicted


def test_more_calibration_is_better_and_beats_the_middle_of_the_screen() -> None:
    one, three = (judge(looks_of(5, 8), n, PRIOR).error_px.mean() for n in (1, 3))
    middle = np.linalg.norm(looks_of(5, 8).target_px - looks_of(5, 8).window_px / 2, axis=1).mean()
    assert three < one < 0.7 * middle


def test_sessions_of_another_window_size_are_kept_apart() -> None:
    looks = looks_of(3)
    other = looks.window_px.copy()
    other[looks.session >= 2] *= 0.5
    mixed = replace(looks, window_px=other, target_px=looks.target_px * other / looks.window_px)
    judged = judge(mixed, 1, PRIOR)
    assert len(judged.error_px) == 4 * 16  # each session by the other one of its size
    assert not judge(mixed, 2, PRIOR).error_px.size


def test_predictions_are_clipped_to_the_window() -> None:
    looks = looks_of(3)
    wild = replace(looks, features=looks.features + np.where(looks.session > 0, 50.0, 0)[:, None])
    diagonal = np.linalg.norm(looks.window_px[0])
    assert judge(wild, 1, PRIOR).error_px.max() <= diagonal


def test_no_other_persons_frame_is_used() -> None:
    alone = judge(looks_of(3), 1, PRIOR)
    judge(looks_of(4), 1, PRIOR)
    assert (judge(looks_of(3), 1, PRIOR).error_px == alone.error_px).all()


def test_sessions_too_small_to_calibrate_on_are_counted() -> None:
    looks = looks_of(3)
    rows = (looks.session > 0) | (np.arange(len(looks.session)) < 3)
    few = Looks(
        looks.features[rows], looks.target_px[rows], looks.session[rows], looks.window_px[rows], 0
    )
    judged = judge(few, 1, PRIOR)
    assert judged.unusable == 1
    assert len(judged.error_px) == 3 * (2 * 16 + 3)


def test_a_single_session_cannot_be_judged() -> None:
    assert summary(judge(looks_of(3, 1), 1, PRIOR)) == {
        "n": 0, "mean_px": None, "median_px": None, "p90_px": None, "ci95_px": None,
    }  # fmt: skip


def test_the_interval_is_that_of_drawing_whole_sessions() -> None:
    """Sessions of equal values: the spread of their mean is known."""
    random = np.random.default_rng(0)
    means = random.normal(100, 10, 40)
    session = np.repeat(np.arange(40), 16)
    low, high = interval(session, means[session])
    half = 1.96 * means.std() / np.sqrt(40)
    assert (low, high) == pytest.approx((means.mean() - half, means.mean() + half), abs=0.6)
    assert interval(np.zeros(5, np.int64), np.arange(5.0)) == (2.0, 2.0)


def test_regions_hold_about_what_they_say_on_simulated_people() -> None:
    shares = [
        judge(looks_of(s, 8), n, PRIOR).is_covered.mean() for s in range(3, 9) for n in (1, 3)
    ]
    assert 0.55 < np.mean(shares) < 0.85


@pytest.mark.parametrize(
    ("name", "sessions", "peer_px"),
    [("gaze-dev", 1, 237), ("gaze-dev", 3, 198), ("gaze-dev-2", 1, 370), ("gaze-dev-2", 3, 263)],
)
def test_real_people_are_judged_better_than_by_the_best_peer(
    name: str, sessions: int, peer_px: float
) -> None:
    """Without the development data, a simulated person has to do, against a rebuilt peer."""
    path = find_data(Path(f"{name}.npz"))
    if path is None:
        assert judge(looks_of(7, 8), sessions, PRIOR).error_px.mean() < 300
        return
    stills = load_stills(path)
    some = stills.session < np.unique(stills.session)[:18][-1]
    looks = Looks(
        stills.features()[some],
        stills.target_px[some],
        stills.session[some],
        np.tile(stills.window_px, (int(some.sum()), 1)),
        0,
    )
    assert judge(looks, sessions, PRIOR).error_px.mean() < 0.75 * peer_px
