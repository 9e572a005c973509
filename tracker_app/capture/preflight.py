"""Whether this person, at this camera, can be tracked now, and what would help. Pure."""

import os
import sys
from dataclasses import dataclass

from tracker_app.errors import NoDisplayError

# MediaPipe's iris needs about 10 px; at 640 px width and 60 degrees that is about 80 cm.
DISTANCE_MM = (350.0, 850.0)
BRIGHTNESS = (0.18, 0.92)
MIN_RATE_HZ = 14.0


@dataclass(frozen=True, slots=True)
class View:
    """What the camera sees at this moment."""

    has_face: bool
    other_faces: int
    distance_mm: float | None
    brightness: float | None
    rate_hz: float | None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right. `advice` says what to do while it is not."""

    name: str
    title: str
    is_ok: bool
    advice: str


def check_view(view: View) -> tuple[Check, ...]:
    """Face, company, distance, light and frame rate, in the order to mend them."""
    return (
        Check(
            "face",
            "Your face is in the picture",
            view.has_face,
            "Sit in front of the camera so that your whole face can be seen.",
        ),
        Check(
            "alone",
            "Nobody else is in the picture",
            view.other_faces == 0,
            "Your eyes are followed all the same. If you can, ask the other person to step aside.",
        ),
        Check("distance", "You sit at a good distance", *_distance(view)),
        Check("light", "There is enough light on your face", *_light(view)),
        Check(
            "rate",
            "The camera is fast enough",
            view.rate_hz is not None and view.rate_hz >= MIN_RATE_HZ,
            "Close other programs that use the camera, and turn on more light.",
        ),
    )


def _distance(view: View) -> tuple[bool, str]:
    nearest, farthest = DISTANCE_MM
    if view.distance_mm is None:
        return False, "Sit about an arm's length from the screen."
    if view.distance_mm < nearest:
        return False, "Move a little away from the screen."
    return view.distance_mm <= farthest, "Move a little closer to the screen."


def _light(view: View) -> tuple[bool, str]:
    darkest, brightest = BRIGHTNESS
    if view.brightness is not None and view.brightness > brightest:
        return False, "There is too much light on your face. Turn away from the lamp or window."
    is_ok = view.brightness is not None and view.brightness >= darkest
    return is_ok, "Turn on a light in front of you, or turn so that the window is not behind you."


def require_display() -> None:
    """Raise unless there is a screen to open a window on.

    Raises:
        NoDisplayError: in one sentence.
    """
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        raise NoDisplayError(
            "There is no display to open a window on. Start this from a desktop session, or try "
            "`tracker-app demo --headless`."
        )
