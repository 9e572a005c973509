"""What leaves this computer now, and what was recorded last, in words a participant understands.

Texts are never repeated: who looks over a shoulder must not learn more than that there was one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker_app.recording.uploader import Uploader
from tracker_app.records import (
    CalibrationTarget,
    ElementEvent,
    ExtraRating,
    EyeFeatures,
    FlowStep,
    FormAnswer,
    Frame,
    GazeCheck,
    GazeSample,
    Layout,
    Message,
    ModelRequest,
    MouseEvent,
    MouseKind,
    Placement,
    Preference,
    Rating,
    RatingOnset,
    Rationale,
    Record,
    Recording,
    Reveal,
    TextEvent,
    TokenArrival,
    Turn,
    TurnSkipped,
    Window,
    stream_of,
)
from tracker_app.wording import Sentence, tr


@dataclass(frozen=True, slots=True)
class LastRow:
    """The newest record of one stream."""

    stream: str
    t_ns: int
    says: Sentence


@dataclass(frozen=True, slots=True)
class Sent:
    """What the server has confirmed since this program was started."""

    chunks: int
    bytes: int


def sent_by(uploader: Uploader | None) -> Sent:
    """How much was sent; nothing without an uploader."""
    return Sent(0, 0) if uploader is None else Sent(uploader.sent_chunks, uploader.sent_bytes)


def last_rows(latest: Iterable[Record], limit: int = 8) -> list[LastRow]:
    """The newest record of each stream, newest first."""
    newest = sorted(latest, key=lambda record: record.t_ns, reverse=True)
    return [LastRow(stream_of(r), r.t_ns, described(r)) for r in newest[:limit]]


def described(record: Record) -> Sentence:
    """A record in one sentence, without any text of it."""
    match record:
        case GazeSample(corrected_x_px=float(x), corrected_y_px=float(y)):
            return tr("Your eyes were at {x}, {y}.", x=round(x), y=round(y))
        case GazeSample():
            return tr("Your eyes could not be seen.")
        case Frame():
            return tr("A camera picture was measured and thrown away.")
        case EyeFeatures():
            return tr("{n} numbers that gaze is computed from.", n=len(record.values))
        case MouseEvent():
            return _mouse(record)
        case ElementEvent():
            return tr("The mouse or the keyboard came to or left: {name}.", name=record.element)
        case TextEvent():
            return tr("You selected or copied a piece of text.")
        case Layout():
            return tr("Where the words of a text stand on its page.")
        case Placement():
            return tr("Where a text stands on the screen.")
        case Turn():
            return tr("You sent a question of {n} characters.", n=len(record.question))
        case ModelRequest():
            return tr("A question went to a language model.")
        case TokenArrival():
            return tr("A piece of an answer came.")
        case Message():
            return tr("An answer of {n} characters was complete.", n=len(record.raw))
        case Rating():
            return tr("You rated an answer.")
        case Preference():
            return tr("You said how the answers compare.")
        case ExtraRating():
            return tr("You answered one more question about an answer.")
        case Rationale():
            return tr("You said why, in {n} characters.", n=len(record.text))
        case RatingOnset():
            return tr("The questions about the answers came up.")
        case Reveal():
            return tr("An answer came into view.")
        case TurnSkipped():
            return tr("A question was given up, because an answer did not come.")
        case FormAnswer():
            return tr("You filled in a field of a form.")
        case GazeCheck() | CalibrationTarget():
            return tr("How far off your gaze was measured at a point.")
        case FlowStep():
            return tr("You came to another step: {name}.", name=record.step)
        case Recording(is_on=True):
            return tr("Recording began: {source}.", source=record.source)
        case Recording():
            return tr("Recording stopped: {source}.", source=record.source)
        case Window():
            return tr("Where the window is.")
        case _:
            return tr("A note on the session: {stream}.", stream=stream_of(record))


def _mouse(event: MouseEvent) -> Sentence:
    if not event.is_inside or event.x_px is None or event.y_px is None:
        return tr("The mouse was used outside this window; where is not recorded.")
    place = {"x": round(event.x_px), "y": round(event.y_px)}
    match event.kind:
        case MouseKind.MOVE:
            return tr("The mouse moved to {x}, {y}.", **place)
        case MouseKind.WHEEL:
            return tr("The wheel was turned at {x}, {y}.", **place)
        case MouseKind.PRESS | MouseKind.RELEASE:
            return tr("A mouse button was used at {x}, {y}.", **place)
