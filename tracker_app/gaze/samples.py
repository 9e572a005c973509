"""Makes gaze samples of estimates, live and again later: filtered, and told apart by our window."""

from collections.abc import Callable

from tracker_app.gaze.estimator import Estimate
from tracker_app.gaze.filters import OneEuroFilter
from tracker_app.records import GazeProvenance, GazeSample


class SampleMaker:
    """Makes the samples of one run of gaze, in order of time."""

    def __init__(self) -> None:
        self._filters = OneEuroFilter(), OneEuroFilter()

    def sample(
        self,
        t_ns: int,
        frame: int,
        found: Estimate | None,
        is_inside: Callable[[float, float], bool],
        provenance: GazeProvenance,
    ) -> GazeSample:
        """The sample of one frame.

        Args:
            t_ns: when the frame was grabbed.
            frame: its number.
            found: where the eyes look; None while they cannot be seen.
            is_inside: whether a pixel is in our window.
            provenance: whose eyes they are.
        """
        if found is None:
            return GazeSample(
                t_ns=t_ns,
                frame=frame,
                x_px=None,
                y_px=None,
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
        along_x, along_y = self._filters
        return GazeSample(
            t_ns=t_ns,
            frame=frame,
            x_px=found.x_px,
            y_px=found.y_px,
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
