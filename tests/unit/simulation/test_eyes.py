import numpy as np
import pytest
from tracker_app.gaze.simulated import Point, SimulatedEyes

from calibration.geometry import Screen
from calibration.routine import NS, CalibrationOutcome, Routine
from tests.faces import SeenFace
from tracker_app.gaze.features import FEATURE_NAMES, PATCH_NAMES, extract_features
from tracker_app.gaze.landmarks import Array

SCREEN = Screen(0, 0, 1280, 800)
PLACE = (0.0, 0.0, 1280.0, 800.0)


def calibrate(real: list[Array], seed: int) -> CalibrationOutcome:
    """A whole calibration of simulated eyes in a real, moving face, at 25 frames a second."""
    look: Point | None = None
    eyes = SimulatedEyes(lambda: look, PLACE, seed=seed)
    routine = Routine(SCREEN, seed=seed)
    frame = 0
    while (view := routine.step(frame * NS // 25)).phase != "done":
        look = view.target_px
        # Forth and back through the video, so that the head does not jump.
        turn = frame % (2 * len(real) - 2)
        features = real[min(turn, 2 * len(real) - 2 - turn)]
        routine.add(frame * NS // 25, eyes.apply(features))
        frame += 1
    return routine.result()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_calibration_of_simulated_eyes_is_about_as_good_as_real_webcam_gaze(
    faces: list[SeenFace], seed: int
) -> None:
    outcome = calibrate([extract_features(s.face, s.image) for s in faces], seed)
    assert outcome.accuracy_deg is not None
    assert 0.7 < outcome.accuracy_deg < 2


def test_eyes_that_look_nowhere_are_the_real_ones() -> None:
    features = np.arange(len(FEATURE_NAMES), dtype=np.float64)
    assert SimulatedEyes(lambda: None, PLACE).apply(features) is features


def test_what_is_added_is_what_the_record_says() -> None:
    """The formula of `records.SimulatedGaze`, so that anyone can take the signal out again."""
    look = (960.0, 200.0)
    eyes = SimulatedEyes(lambda: look, PLACE, seed=5, gain=2.0, noise=0.0)
    added = eyes.apply(np.zeros(len(FEATURE_NAMES)))
    record = eyes.record(t_ns=1)
    mapping = np.random.default_rng(record.seed).standard_normal((2, len(PATCH_NAMES)))
    expected = record.gain * np.array([0.25, -0.25]) @ mapping
    assert added[: len(PATCH_NAMES)] == pytest.approx(expected)
    assert (added[len(PATCH_NAMES) :] == 0).all()


def test_the_same_seed_plays_the_same_participant() -> None:
    features = np.zeros(len(FEATURE_NAMES))
    a, b = (SimulatedEyes(lambda: (10.0, 10.0), PLACE, seed=4) for _ in range(2))
    assert (a.apply(features) == b.apply(features)).all()
