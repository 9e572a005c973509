"""The participant's way through the study, as a pure state machine.

Views follow it; every step entered is a record. Nothing is recorded before consent because the
session, which owns the journal, only begins when `CONSENT` is left with its required ticks.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tracker_app.records import FlowStep, Record, SessionEnd
from tracker_app.study.study import Study


class Step(StrEnum):
    """Steps in order. The value is stored: never rename it."""

    WELCOME = "welcome"
    CONSENT = "consent"
    SETUP = "setup"
    CALIBRATION = "calibration"
    TALK = "talk"
    FEEDBACK = "feedback"
    THANKS = "thanks"
    DECLINED = "declined"


ORDER = (
    Step.WELCOME,
    Step.CONSENT,
    Step.SETUP,
    Step.CALIBRATION,
    Step.TALK,
    Step.FEEDBACK,
    Step.THANKS,
)


def next_step(step: Step, *, only_calibrates: bool = False) -> Step:
    """The step after this one; the last steps lead to themselves.

    Args:
        step: that ends.
        only_calibrates: there is nothing to read in this run, and so nothing to say about it.
    """
    if step in (Step.THANKS, Step.DECLINED):
        return step
    if only_calibrates and step is Step.CALIBRATION:
        return Step.THANKS
    return ORDER[ORDER.index(step) + 1]


def has_consent(study: Study, ticks: Mapping[str, bool]) -> bool:
    """Whether every required tick is set."""
    return all(ticks.get(tick.id, False) for tick in study.consent.ticks if tick.required)


def resume_step(records: Iterable[Record]) -> Step:
    """Where an interrupted session goes on.

    Eyes and camera may have moved meanwhile: a session that was in the talk is set up and
    calibrated again and then finds its conversation as it was.
    """
    last = Step.SETUP
    for record in records:
        if isinstance(record, SessionEnd):
            return Step.THANKS
        if isinstance(record, FlowStep):
            last = Step(record.step)
    return Step.FEEDBACK if last is Step.FEEDBACK else Step.SETUP
