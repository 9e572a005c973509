"""Whether this person, at this camera, can be tracked now, and what would help. Pure."""

from dataclasses import dataclass

from calibration.resolution import Unit
from tracker_app.wording import Sentence, tr

# MediaPipe's iris needs about 10 px; at 640 px width and 60 degrees that is about 80 cm.
DISTANCE_MM = (350.0, 850.0)
BRIGHTNESS = (0.18, 0.92)
MIN_RATE_HZ = 14.0
NS = 1_000_000_000
HOLD_NS = 1 * NS
# Nobody is led on before they could see themselves and read what is said of the picture.
READ_NS = 3 * NS  # from the first picture on
BREAK_NS = NS // 2  # what was not seen for so long did not hold


@dataclass(frozen=True, slots=True)
class View:
    """What the camera sees at this moment."""

    has_face: bool
    other_faces: int
    distance_mm: float | None
    brightness: float | None
    rate_hz: float | None


NOTHING_SEEN = View(False, 0, None, None, None)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right. `advice` says what to do while it is not."""

    name: str
    title: Sentence
    is_ok: bool
    advice: Sentence


def check_view(view: View) -> tuple[Check, ...]:
    """Face, company, distance, light and frame rate, in the order to mend them."""
    return (
        Check(
            "face",
            tr("Your face is in the picture"),
            view.has_face,
            tr("Sit in front of the camera so that your whole face can be seen."),
        ),
        Check(
            "alone",
            tr("Nobody else is in the picture"),
            view.other_faces == 0,
            tr(
                "Your eyes are followed all the same. If you can, ask the other person to step "
                "aside."
            ),
        ),
        Check("distance", tr("You sit at a good distance"), *_distance(view)),
        Check("light", tr("There is enough light on your face"), *_light(view)),
        Check(
            "rate",
            tr("The camera is fast enough"),
            view.rate_hz is not None and view.rate_hz >= MIN_RATE_HZ,
            tr("Close other programs that use the camera, and turn on more light."),
        ),
    )


def _distance(view: View) -> tuple[bool, Sentence]:
    nearest, farthest = DISTANCE_MM
    if view.distance_mm is None:
        return False, tr("Sit about an arm's length from the screen.")
    if view.distance_mm < nearest:
        return False, tr("Move a little away from the screen.")
    return view.distance_mm <= farthest, tr("Move a little closer to the screen.")


def _light(view: View) -> tuple[bool, Sentence]:
    darkest, brightest = BRIGHTNESS
    if view.brightness is not None and view.brightness > brightest:
        return False, tr("There is too much light on your face. Turn away from the lamp or window.")
    is_ok = view.brightness is not None and view.brightness >= darkest
    return is_ok, tr(
        "Turn on a light in front of you, or turn so that the window is not behind you."
    )


class Steadiness:
    """Whether all has been right for long enough that the coach may go on by itself."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._readable_ns: int | None = None
        self._since_ns: int | None = None
        self._last_ns = 0

    def progress(self, t_ns: int, *, is_right: bool) -> float:
        """How much of the second that all must hold is over, 0 to 1; at 1 the page goes on.

        Args:
            t_ns: when this was seen; each picture once, in order.
            is_right: whether every check is ticked now.
        """
        if self._readable_ns is None:
            self._readable_ns = t_ns + READ_NS
        if not is_right or t_ns - self._last_ns > BREAK_NS:
            self._since_ns = None
        self._last_ns = t_ns
        if not is_right:
            return 0.0
        if self._since_ns is None:
            self._since_ns = t_ns
        held_ns = t_ns - max(self._since_ns, self._readable_ns)
        return min(1.0, max(0.0, held_ns / HOLD_NS))


def what_gaze_tells(finest: Unit | None) -> Sentence:
    """What can be told of reading, in words: "gaze can usually tell lines"."""
    match finest:
        case Unit.WORD:
            return tr("gaze can usually tell words")
        case Unit.LINE:
            return tr("gaze can usually tell lines")
        case Unit.PARAGRAPH:
            return tr("gaze can usually tell paragraphs")
        case Unit.SIDE:
            return tr("gaze can usually tell which of two answers is read")
        case None:
            return tr("gaze can hardly tell which of two answers is read")
