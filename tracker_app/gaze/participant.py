"""Which of the faces before the camera is the participant's, and whether its eyes are shut.

The participant is who was there in the frame before; somebody who looks over their shoulder is
counted, never followed. Lids are compared with how far this person usually opens them: narrow
eyes are not shut.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np

from tracker_app.gaze.landmarks import Array, FaceLandmarks

FORGET_NS = 2_000_000_000  # after this long without a face, anyone may be the participant
REACH = 0.75  # face widths a face may move from one frame to the next
USUAL_SPAN_NS = 10_000_000_000
USUAL_OPENNESS = 0.85  # until something is known of this person
MIN_KNOWN = 30  # frames
SHUT_IN_ANYBODY = 0.1
SHUT = 0.45  # of the usual openness; lids then cover the pupil


class Participant:
    """Follows one face from frame to frame."""

    def __init__(self) -> None:
        self._place: tuple[int, Array, float] | None = None  # when, where, how wide

    def choose(self, t_ns: int, faces: Sequence[FaceLandmarks]) -> FaceLandmarks | None:
        """The participant's face among those of a frame, largest first; None if it is not there."""
        if not faces:
            return None
        if self._place is None or t_ns - self._place[0] > FORGET_NS:
            chosen = faces[0]
        else:
            _, where, width = self._place
            chosen = min(faces, key=lambda face: float(np.linalg.norm(face.middle - where)))
            if np.linalg.norm(chosen.middle - where) > REACH * width:
                return None
        self._place = t_ns, chosen.middle, chosen.width
        return chosen


class Lids:
    """Tells blinks from narrow eyes."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, float]] = deque()

    def is_blinking(self, t_ns: int, openness: float) -> bool:
        """Whether lids this far open, 0 to 1, are shut for this person."""
        while self._seen and self._seen[0][0] < t_ns - USUAL_SPAN_NS:
            self._seen.popleft()
        known = [value for _, value in self._seen]
        is_known = len(known) >= MIN_KNOWN
        is_shut = openness < SHUT * (float(np.median(known)) if is_known else USUAL_OPENNESS)
        # Eyes that stay shut do not become usual; narrow ones may be all that is known so far.
        if openness > SHUT_IN_ANYBODY and not (is_known and is_shut):
            self._seen.append((t_ns, openness))
        return is_shut
