"""Simulated people for tests, drawn once."""

from functools import cache

from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.stills import Stills
from tracker_app.simulation.protocols import (
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
