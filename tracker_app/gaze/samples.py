"""Makes gaze samples of eye features, live and again later.

Two maps are always used: the calibration alone, which never saw a click, and what was learnt in
the session besides. So whoever asks what the mouse tells of the gaze has gaze that owes it nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from calibration.regression import GazeModel
from tracker_app.gaze.estimator import Estimate, estimate
from tracker_app.gaze.filters import OneEuroFilter
from tracker_app.gaze.landmarks import Array
from tracker_app.records import GazeProvenance, GazeSample


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What gaze is estimated by."""

    calibrated: GazeModel
    corrected: GazeModel
    learnt: int  # number of the newest `GazeCheck` in the corrected one; 0 for none


class SampleMaker:
    """Makes the samples of one run of gaze, in order of time."""

    def __init__(self) -> None:
        self._filters = OneEuroFilter(), OneEuroFilter()

    def sample(
        self,
        t_ns: int,
        frame: int,
        eyes: Array | None,
        maps: Maps,
        is_inside: Callable[[float, float], bool],
        provenance: GazeProvenance,
    ) -> tuple[GazeSample, Estimate | None]:
        """The sample of one frame, and the corrected estimate it rests on.

        Args:
            t_ns: when the frame was grabbed.
            frame: its number.
            eyes: features, shape (d,); None while the eyes cannot be seen.
            maps: what gaze is estimated by.
            is_inside: whether a pixel is in our window.
            provenance: whose eyes they are.
        """
        if eyes is None:
            return _lost(t_ns, frame, maps, provenance), None
        found = estimate(maps.corrected, eyes)
        x_px, y_px = maps.calibrated.predict(eyes)
        along_x, along_y = self._filters
        sample = GazeSample(
            t_ns=t_ns,
            frame=frame,
            model=maps.learnt,
            x_px=float(x_px),
            y_px=float(y_px),
            corrected_x_px=found.x_px,
            corrected_y_px=found.y_px,
            filtered_x_px=along_x.filter(t_ns, found.x_px),
            filtered_y_px=along_y.filter(t_ns, found.y_px),
            sd_x_px=found.sd_x_px,
            sd_y_px=found.sd_y_px,
            correlation=found.correlation,
            confidence=found.confidence,
            is_pose_in_range=found.is_pose_in_range,
            is_off_window=not is_inside(found.x_px, found.y_px),
            provenance=provenance,
        )
        return sample, found


def _lost(t_ns: int, frame: int, maps: Maps, provenance: GazeProvenance) -> GazeSample:
    return GazeSample(
        t_ns=t_ns,
        frame=frame,
        model=maps.learnt,
        x_px=None,
        y_px=None,
        corrected_x_px=None,
        corrected_y_px=None,
        filtered_x_px=None,
        filtered_y_px=None,
        sd_x_px=None,
        sd_y_px=None,
        correlation=None,
        confidence=0.0,
        is_pose_in_range=False,
        is_off_window=True,
        provenance=provenance,
    )
