"""The eyes of a playing participant, who cannot really look.

The camera and the head are real. In its place sits a simulated person who looks at the mouse
pointer and moves the head as the real one does, but less: who reads keeps stiller than who makes
faces for a video. A restless person moves of themselves too, and everybody turns the head when
asked to, the eyes staying where they look. Landmarks, pose and eye pictures are theirs. So
features, calibration, validation and estimation run for real, and every number they give is a
simulation.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tracker_app.gaze.features import MATRIX_VIEW_DEG, assemble, head_angles
from tracker_app.gaze.landmarks import Array, FaceLandmarks
from tracker_app.simulation.desk import NECK_MM, Desk, Posture
from tracker_app.simulation.eye_pictures import picture_eyes
from tracker_app.simulation.imaging import see
from tracker_app.simulation.movement import GuidedTurn, Restlessness
from tracker_app.simulation.protocols import Participant

DISTANCE_MM = 550.0  # of the head in the first frame: how near people sit to a screen
PITCH_MM = 0.25
STILLNESS = 0.3  # share of the real head's movements
WAVERING_PX = 8.0  # of eyes that rest on a point
Point = tuple[float, float]


class SimulatedEyes:
    """Features of a simulated person where a real head is."""

    def __init__(
        self,
        look: Callable[[], Point | None],
        screen_px: tuple[float, float, float, float],
        who: Participant,
        restlessness: Restlessness | None = None,
    ) -> None:
        """Prepare the eyes.

        Args:
            look: where they look, physical pixels; None is the middle of the screen.
            screen_px: x, y, width, height of the screen.
            who: the person; only their screen and camera are this machine's.
            restlessness: how their head moves of itself; None: not at all.
        """
        self._look = look
        self._origin, self._size = np.array(screen_px[:2]), np.array(screen_px[2:])
        self._who = who
        self._restlessness = restlessness
        self._guided = GuidedTurn()
        self._random = np.random.default_rng(who.seed)
        self._first: FaceLandmarks | None = None

    def features(self, t_ns: int, face: FaceLandmarks, frame_px: tuple[int, int]) -> Array:
        """What the face model and the camera would show of the eyes, named by `FEATURE_NAMES`."""
        desk, who = self._desk(frame_px), self._who
        look = np.array(self._look() or self._origin + self._size / 2) - self._origin
        looked_at = desk.place_mm(look[None] + self._random.normal(0, WAVERING_PX, (1, 2)))
        posture = self._moved(t_ns, self._posture(face))
        seen = see(who.person, who.mistakes, who.canonical, desk, posture, looked_at, self._random)
        (pictures,) = picture_eyes(who.person, desk, seen, self._random)
        return assemble(pictures, FaceLandmarks(seen.landmarks[0], seen.matrix[0]), frame_px)

    def ask_turn(self, yaw_deg: float, pitch_deg: float) -> None:
        """Turn the head this far from straight, to the participant's left and down. Any thread."""
        self._guided.ask(yaw_deg, pitch_deg)

    def _desk(self, frame_px: tuple[int, int]) -> Desk:
        width, height = frame_px
        across = width / height * np.tan(np.radians(MATRIX_VIEW_DEG / 2))
        return replace(
            self._who.desk,
            window_px=(int(self._size[0]), int(self._size[1])),
            pitch_mm=PITCH_MM,
            frame_px=frame_px,
            field_of_view_deg=float(2 * np.degrees(np.arctan(across))),
            tilt_deg=0.0,
        )

    def _posture(self, face: FaceLandmarks) -> Posture:
        self._first = first = self._first or face
        origin_mm, usual_mm = face.matrix[:3, 3] * 10, first.matrix[:3, 3] * 10
        scale = DISTANCE_MM / float(np.linalg.norm(usual_mm))
        place_mm = scale * (usual_mm + STILLNESS * (origin_mm - usual_mm))
        usual, now = np.array(head_angles(first.matrix)), np.array(head_angles(face.matrix))
        angles = (usual + STILLNESS * (now - usual))[None]
        turned = Posture(np.zeros((1, 3)), angles).rotation @ NECK_MM
        return Posture(place_mm - NECK_MM + turned, angles)

    def _moved(self, t_ns: int, posture: Posture) -> Posture:
        posture = posture.moved(np.zeros(3), self._guided.at(t_ns))
        if self._restlessness is None:
            return posture
        return posture.moved(*self._restlessness.at(t_ns))
