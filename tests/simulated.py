"""Simulated people for tests, drawn once."""

from functools import cache

import numpy as np

from calibration.geometry import Screen
from calibration.looks import STILLS_PER_S
from calibration.regression import GazeModel, fit
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.stills import Stills
from tracker_app.simulation.protocols import (
    RATE_HZ,
    CalibrationFrames,
    Participant,
    calibration,
    click_sessions,
    draw_participant,
)


@cache
def participant(seed: int) -> Participant:
    """The simulated participant of a number."""
    return draw_participant(find_face_model(), seed)


@cache
def clicks(seed: int, sessions: int = 4) -> Stills:
    """Their clicks, 16 a session."""
    return click_sessions(participant(seed), sessions)


@cache
def calibration_frames(seed: int) -> CalibrationFrames:
    """Their calibration and its tests."""
    return calibration(participant(seed))


@cache
def fitted_model(seed: int) -> GazeModel:
    """Their calibration of nine points and head movement."""
    frames = calibration_frames(seed)
    parts = [frames.points, frames.head_phase]
    looks = np.concatenate([frames.points.session, frames.head_phase.session + 100])
    return fit(
        np.vstack([part.features() for part in parts]),
        np.vstack([part.target_px for part in parts]),
        looks,
        Screen(0, 0, *participant(seed).desk.window_px),
        gaze_prior(),
        np.full(len(looks), STILLS_PER_S / RATE_HZ),
    )
