"""What a camera sees for a moment: how often, and whose face how near and in what light.

Pictures are looked at and forgotten, as in a session.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tracker_app.capture.preflight import View
from tracker_app.clock import Clock
from tracker_app.errors import CameraLostError, CameraUnavailableError
from tracker_app.gaze.camera_frame import Camera, CapturedFrame
from tracker_app.gaze.features import FaceState, describe_face
from tracker_app.gaze.landmarks import FaceLandmarker
from tracker_app.gaze.participant import Participant

NS = 1_000_000_000
SPAN_NS = 2 * NS
FRAME_LIMIT_S = 1.0
SILENCES = 3  # reads without a picture before the camera is given up


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen. Distance, light and place are medians over the pictures with the face."""

    frame_px: tuple[int, int]
    pictures: int
    delivered_hz: float  # by the camera
    handled_hz: float  # looked at; less than delivered where the computer is too slow
    face_share: float | None  # of the pictures, with a face in them; None if faces were not sought
    others_share: float  # of the pictures, with more than one
    distance_mm: float | None
    brightness: float | None
    place: tuple[float, float] | None  # of the face's middle, fractions of the picture

    @property
    def view(self) -> View:
        """As the checks of the set-up page judge it: what more than half of the pictures show."""
        return View(
            has_face=self.face_share is not None and self.face_share > 0.5,
            other_faces=int(self.others_share > 0.5),
            distance_mm=self.distance_mm,
            brightness=self.brightness,
            rate_hz=self.handled_hz,
        )


Seen = tuple[int, FaceState | None]  # how many faces, and the participant's
Look = Callable[[CapturedFrame], Seen]


def look(camera: Camera, landmarker: FaceLandmarker | None, clock: Clock) -> Sighting:
    """Watch a camera for two seconds, or to the end of its film.

    Args:
        camera: an open one; it is not closed.
        landmarker: finds faces; None where there is no model: then none are sought.
        clock: tells when the time is over.

    Raises:
        CameraUnavailableError: if fewer than two pictures come.
    """
    participant = Participant()

    def faces(frame: CapturedFrame) -> Seen:
        if landmarker is None:
            return 0, None
        found = landmarker.detect(frame.image, frame.t_ns)
        mine = participant.choose(frame.t_ns, found)
        return len(found), describe_face(mine, frame.image) if mine is not None else None

    stamps, seen = _watch(camera, faces, clock)
    if len(stamps) < 2:
        raise CameraUnavailableError("The camera opens but sends too few pictures.")
    (first, began), (last, ended) = stamps[0], stamps[-1]
    states = [state for _, state in seen if state is not None]
    return Sighting(
        frame_px=(camera.description.width_px, camera.description.height_px),
        pictures=len(stamps),
        delivered_hz=(last - first) * NS / (ended - began),
        handled_hz=(len(stamps) - 1) * NS / (ended - began),
        face_share=len(states) / len(seen) if landmarker is not None else None,
        others_share=sum(faces > 1 for faces, _ in seen) / len(seen),
        distance_mm=_median([state.distance_mm for state in states]),
        brightness=_median([state.brightness for state in states]),
        place=_place(states),
    )


def _watch(camera: Camera, faces: Look, clock: Clock) -> tuple[list[tuple[int, int]], list[Seen]]:
    """Number and time of each picture, and what it shows."""
    stamps: list[tuple[int, int]] = []
    seen: list[Seen] = []
    silences, is_warm = 0, False
    while silences < SILENCES and (not stamps or clock.now_ns() - stamps[0][1] < SPAN_NS):
        try:
            frame = camera.read(FRAME_LIMIT_S)
        except CameraLostError:
            break  # the film is over; a camera that was lost has sent too little, or enough
        if frame is None:
            silences += 1
            continue
        found = faces(frame)
        if not is_warm:  # the model takes its time over the first picture only
            is_warm = True
            continue
        stamps.append((frame.number, frame.t_ns))
        seen.append(found)
    return stamps, seen


def _median(values: list[float]) -> float | None:
    return float(np.median(values)) if values else None


def _place(states: list[FaceState]) -> tuple[float, float] | None:
    if not states:
        return None
    x, y = np.median([state.outline.mean(axis=0) for state in states], axis=0)
    return float(x), float(y)
