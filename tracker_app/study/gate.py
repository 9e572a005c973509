"""What may follow a calibration attempt, by the study's rules.

Glasses, dark rooms and some eye shapes fail gates unevenly. So nobody is kept calibrating: after
at most two retries it goes on with the mouse only, or ends there, and every attempt is stored.
"""

from dataclasses import dataclass

from tracker_app.study.study import CalibrationRules


@dataclass(frozen=True, slots=True)
class Choices:
    """What is offered after an attempt."""

    may_accept: bool  # gaze is good enough to be used
    may_repeat: bool

    @property
    def is_over(self) -> bool:
        """Neither: the mouse only, or leave."""
        return not self.may_accept and not self.may_repeat


def choices_after(rules: CalibrationRules, accuracy_deg: float | None, attempts: int) -> Choices:
    """What may follow.

    Args:
        rules: of the study.
        accuracy_deg: found at the held-out targets; None where it could not be.
        attempts: made so far, this one included.
    """
    return Choices(
        may_accept=accuracy_deg is not None and accuracy_deg <= rules.max_error_deg,
        may_repeat=attempts <= rules.retries,
    )
