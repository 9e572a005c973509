"""What can go wrong in a calibration, each with one sentence a person can act on."""


class CalibrationError(Exception):
    """The calibration cannot be used; `str(error)` says why and what to do."""


class NotEnoughSamplesError(CalibrationError):
    """Too few samples with visible eyes."""


class DegenerateTargetsError(CalibrationError):
    """The targets do not span the screen."""


class ProfileError(CalibrationError):
    """A saved calibration cannot be used here."""


class UnreadableArraysError(CalibrationError):
    """A file of arrays cannot be read."""
