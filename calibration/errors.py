"""What can go wrong in a calibration, each with one sentence a person can act on."""


class CalibrationError(Exception):
    """The calibration cannot be used; `str(error)` says why and what to do."""


class NotEnoughSamplesError(CalibrationError):
    """Too few samples with visible eyes."""
