"""The calibration attempts of a session, for people and programs."""

from collections.abc import Sequence
from typing import Any

from tracker_app.codec import Entry
from tracker_app.dataset.selection import of_type
from tracker_app.records import CalibrationResult, CalibrationTarget


def attempts(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every attempt with its figures and its points, in order."""
    targets = of_type(entries, CalibrationTarget)
    return [
        {
            "attempt": result.attempt,
            "kind": result.kind.value,
            "is_accepted": result.is_accepted,
            "decided_by": result.decided_by,
            "accuracy_deg": result.accuracy_deg,
            "accuracy_interval_deg": [result.accuracy_low_deg, result.accuracy_high_deg],
            "accuracy_px": result.accuracy_px,
            "precision_rms_deg": result.precision_rms_deg,
            "precision_sd_deg": result.precision_sd_deg,
            "bcea_deg2": result.bcea_deg2,
            "data_loss": result.data_loss,
            "head_coverage": result.head_coverage,
            "points": [
                _point(t) for s, t in targets if s == segment and t.attempt == result.attempt
            ],
        }
        for segment, result in of_type(entries, CalibrationResult)
    ]


def _point(target: CalibrationTarget) -> dict[str, Any]:
    return {
        "use": target.use.value,
        "x_px": target.x_px,
        "y_px": target.y_px,
        "valid_share": round(target.valid_samples / target.samples, 3) if target.samples else 0.0,
        "mean_deg": target.accuracy_deg,
        "least_deg": target.least_error_deg,
        "most_deg": target.most_error_deg,
        "sd_deg": target.sd_error_deg,
    }
