"""Whether the head has left the place in which gaze can be told, and the one hint to give. Pure."""

from dataclasses import dataclass

from tracker_app.capture.preflight import DISTANCE_MM
from tracker_app.wording import Sentence, tr

HINT_AFTER_NS = 5_000_000_000  # people look away and lean for a moment; that needs no word


@dataclass(frozen=True, slots=True)
class Head:
    """Where a head is now."""

    has_face: bool
    distance_mm: float | None
    is_pose_in_range: bool | None  # about where calibration saw it; None where nothing is known


class HeadWatch:
    """Waits until a head has been out of range for five seconds."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._out_since_ns: int | None = None

    def hint(self, t_ns: int, head: Head | None) -> Sentence | None:
        """What to say now; None while there is nothing to.

        Args:
            t_ns: now.
            head: where it is; None while the camera is off.
        """
        wanted = None if head is None else _advice(head)
        if wanted is None:
            self._out_since_ns = None
            return None
        if self._out_since_ns is None:
            self._out_since_ns = t_ns
        return wanted if t_ns - self._out_since_ns >= HINT_AFTER_NS else None


def _advice(head: Head) -> Sentence | None:
    nearest, farthest = DISTANCE_MM
    if not head.has_face or head.distance_mm is None:
        return tr("The camera does not see your face.")
    if head.distance_mm < nearest:
        return tr("You sit very close to the screen.")
    if head.distance_mm > farthest:
        return tr("You sit far from the screen.")
    if head.is_pose_in_range is False:
        return tr("Please sit about as you did when the dots were shown.")
    return None
