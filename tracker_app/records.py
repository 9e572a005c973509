"""Every record the tracker stores: the only definition of the format.

A record type is a msgspec Struct whose tag names its stream. Numbers carry unit and step
(`Quantum`) and are rounded to that step when the record is made, so what is stored is exactly
what was in memory. Missing is `None`; NaN and infinity are refused.

Coordinates of the screen have their origin top-left of the virtual desktop, y down, in physical
pixels. Times are nanoseconds on the session clock, meaningful within one clock segment; wall
time appears only in `ClockSegment` and `ClockAnchor`. A record's identity is (segment, stream,
index): the envelope, not the record, carries it (see `codec`).
"""

import math
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from calibration.looks import Use
from tracker_app.decoding import decodable
from tracker_app.errors import FailureKind

FORMAT_VERSION = 6
INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Quantum:
    """The unit of a number and the step it is rounded to."""

    unit: str
    step: float

    @property
    def per_unit(self) -> int:
        """Steps in one unit."""
        return round(1 / self.step)

    def to_steps(self, value: float) -> int:
        """The nearest whole number of steps; raises ValueError for NaN and infinity."""
        if not math.isfinite(value):
            raise ValueError(f"a record cannot hold {value}: missing is None")
        return round(value * self.per_unit)

    def from_steps(self, steps: int) -> float:
        """The value of a whole number of steps."""
        return steps / self.per_unit

    def all_to_steps(self, values: Sequence[float]) -> list[int]:
        """`to_steps` of many: a layout has ten thousands."""
        if not all(map(math.isfinite, values)):
            raise ValueError("a record cannot hold NaN or infinity: missing is None")
        per_unit = self.per_unit
        return [round(value * per_unit) for value in values]

    def all_from_steps(self, steps: Iterable[int]) -> Iterator[float]:
        """`from_steps` of many."""
        per_unit = self.per_unit
        return (step / per_unit for step in steps)


@dataclass(frozen=True, slots=True)
class Differenced:
    """A tuple whose neighbours are close: stored as the differences from one to the next."""


Ns = Annotated[int, Quantum("ns", 1), msgspec.Meta(ge=0, le=INT64_MAX)]
UtcNs = Annotated[int, Quantum("ns since 1970", 1), msgspec.Meta(ge=0, le=INT64_MAX)]
Count = Annotated[int, Quantum("1", 1), msgspec.Meta(ge=0, le=INT64_MAX)]
Offset = Annotated[int, Quantum("code point", 1), msgspec.Meta(ge=0, le=INT64_MAX)]
Offsets = Annotated[tuple[Offset, ...], Differenced()]
Counts = Annotated[tuple[Count, ...], Differenced()]
Seconds = Annotated[int, Quantum("s", 1), msgspec.Meta(ge=-86_400, le=86_400)]
Px = Annotated[float, Quantum("px", 0.1)]
Dip = Annotated[float, Quantum("logical px", 0.01)]
Dips = Annotated[tuple[Dip, ...], Differenced()]
Mm = Annotated[float, Quantum("mm", 0.1)]
Deg = Annotated[float, Quantum("deg", 0.01)]
Ms = Annotated[float, Quantum("ms", 0.01)]
Deg2 = Annotated[float, Quantum("deg^2", 0.001)]
Pitch = Annotated[float, Quantum("mm", 0.0001)]
Hz = Annotated[float, Quantum("Hz", 0.01)]
Dpi = Annotated[float, Quantum("dpi", 0.01)]
Ratio = Annotated[float, Quantum("1", 0.001)]
Feature = Annotated[float, Quantum("1", 0.0001)]
Nat = Annotated[float, Quantum("nat", 0.0001)]
Wait = Annotated[float, Quantum("s", 0.1)]
Text = Annotated[str, msgspec.Meta(max_length=2_000_000)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every record has. Subclasses round their quantised fields when made."""

    t_ns: Ns

    def __post_init__(self) -> None:
        for name, quantum, is_vector in quantised_fields(type(self)):
            value = getattr(self, name)
            if value is None:
                continue
            rounded: Any
            if is_vector:
                rounded = tuple(quantum.all_from_steps(quantum.all_to_steps(value)))
            else:
                rounded = quantum.from_steps(quantum.to_steps(value))
            msgspec.structs.force_setattr(self, name, rounded)


@dataclass(frozen=True, slots=True)
class FieldType:
    """How one field of a record is stored, read off its annotation."""

    is_int: bool
    quantum: Quantum | None  # set for quantised floats only
    is_vector: bool  # a tuple of integers or quantised floats
    is_differenced: bool = False  # a vector stored as differences


def _strip_optional(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        (annotation,) = (a for a in get_args(annotation) if a is not type(None))
    return annotation


def _field_type(annotation: Any) -> FieldType:
    annotation = _strip_optional(annotation)
    is_differenced = get_origin(annotation) is Annotated and any(
        isinstance(extra, Differenced) for extra in get_args(annotation)[1:]
    )
    if is_differenced:
        annotation = get_args(annotation)[0]
    is_vector = get_origin(annotation) is tuple
    if is_vector:
        annotation = get_args(annotation)[0]
    plain, *extras = get_args(annotation) if get_origin(annotation) is Annotated else [annotation]
    quantum = next((e for e in extras if isinstance(e, Quantum)), None)
    if plain is float and quantum is None:
        raise TypeError(f"a stored float needs a Quantum: {annotation}")
    is_quantised = plain is float
    return FieldType(
        is_int=plain is int and not is_vector,
        quantum=quantum if is_quantised else None,
        is_vector=is_vector and plain in (int, float),
        is_differenced=is_differenced,
    )


@cache
def field_types(record_type: type[Record]) -> dict[str, FieldType]:
    """The storage type of each field, in the order of definition."""
    hints = get_type_hints(record_type, include_extras=True)
    return {name: _field_type(hints[name]) for name in record_type.__struct_fields__}


@cache
def quantised_fields(record_type: type[Record]) -> tuple[tuple[str, Quantum, bool], ...]:
    """Name, quantum and whether it is a vector, of each quantised float field."""
    return tuple(
        (name, kind.quantum, kind.is_vector)
        for name, kind in field_types(record_type).items()
        if kind.quantum is not None
    )


# --- time and session --------------------------------------------------------------------------


class SegmentReason(StrEnum):
    """Why a clock segment began."""

    START = "start"  # the session's first process
    RESUME = "resume"  # a later process
    SUSPEND = "suspend"  # the machine slept
    JUMP = "jump"  # the system's time was set


class ClockSegment(Record, frozen=True, tag="clock_segment"):
    """A stretch in which the session clock ran steadily; it holds what is stamped within it."""

    id: Count
    boot_id: Name
    utc_ns: UtcNs
    utc_offset_s: Seconds
    tz: Name
    reason: SegmentReason


class ClockAnchor(Record, frozen=True, tag="clock_anchor"):
    """Wall time at one moment of the session clock; one a minute and one at the end."""

    utc_ns: UtcNs
    utc_offset_s: Seconds  # of local time; changes with the season or on a journey


class SessionInfo(Record, frozen=True, tag="session"):
    """Who, what and with which software; the first record of every process start."""

    session_id: Name
    participant_id: Name
    study_id: Name
    study_version: Name
    study_sha256: Name
    app_version: Name
    python_version: Name
    platform: Name
    is_simulated: bool
    settings: dict[str, str]


class SessionEnd(Record, frozen=True, tag="session_end"):
    """The participant finished or left; nothing follows."""

    reason: Name  # finished, left, screened_out, calibrated or stopped (by who runs the study)


class Consent(Record, frozen=True, tag="consent"):
    """What the participant agreed to, and the exact text shown."""

    text_sha256: Name  # of the text and the labels of all ticks
    version: Name
    locale: Name
    ticks: dict[str, bool]


class FlowStep(Record, frozen=True, tag="flow"):
    """The participant came to a step of the study; its time ends with the next one."""

    step: Name
    task: Count  # number of the task of this visit, from 1
    event: Name  # what led here, such as done, skipped, paused or resumed


class Recording(Record, frozen=True, tag="recording"):
    """Capture was paused or resumed by the participant, or one source failed."""

    is_on: bool
    source: Name  # all, camera, mouse or gaze
    reason: Text


class OperatorAction(Record, frozen=True, tag="operator"):
    """Somebody who runs the study did something in the operator's window."""

    action: Name  # begin, mend, redo, accept, skip or stop
    detail: Text  # numbers of the points to redo


# --- screen and window -------------------------------------------------------------------------


class Monitor(Record, frozen=True, tag="monitor"):
    """One monitor: physical size, place in the virtual desktop and pixel ratio.

    After any change all monitors are recorded again, and one that was taken away a last time.
    """

    name: Name
    x_px: Px
    y_px: Px
    width_px: Px
    height_px: Px
    width_mm: Mm | None
    height_mm: Mm | None
    pixel_ratio: Ratio
    refresh_hz: Hz
    is_connected: bool


class Window(Record, frozen=True, tag="window"):
    """The application window's content rectangle, physical pixels of the virtual desktop."""

    x_px: Px
    y_px: Px
    width_px: Px
    height_px: Px
    pixel_ratio: Ratio
    monitor: Name  # the one that shows most of it
    is_active: bool  # it has the focus and is not minimised
    is_minimised: bool

    def holds(self, x_px: float, y_px: float) -> bool:
        """Whether a pixel lies in it while it has the focus."""
        return (
            self.is_active
            and self.x_px <= x_px < self.x_px + self.width_px
            and self.y_px <= y_px < self.y_px + self.height_px
        )


class Theme(StrEnum):
    """The colour schemes of the interface."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST_LIGHT = "contrast_light"  # the desktop asks for high contrast
    CONTRAST_DARK = "contrast_dark"


class Appearance(Record, frozen=True, tag="appearance"):
    """How text is shown, and by what; recorded again whenever any of it changes."""

    theme: Theme
    preset: Name  # how answers are set: gaze or chat
    text_family: Name  # the font found, not the one wished for
    text_size: Dip
    line_height: Dip
    code_family: Name
    logical_dpi: Dpi
    pixel_ratio: Ratio
    qt_version: Name
    platform: Name  # Qt's platform plugin


# --- eyes and mouse ----------------------------------------------------------------------------


class CameraInfo(Record, frozen=True, tag="camera"):
    """The camera as it was opened."""

    source: Name
    width_px: Count
    height_px: Count
    rate_hz: Hz | None
    backend: Name


class Frame(Record, frozen=True, tag="frame"):
    """One processed camera frame; `t_ns` is when it was grabbed. The picture is never kept."""

    number: Count  # frames grabbed so far, dropped ones included
    result_t_ns: Ns  # when landmarks and gaze were ready
    position_ms: Ms | None  # the camera's own time stamp
    dropped: Count  # frames overwritten unread since the previous record
    has_face: bool
    other_faces: Count  # besides the participant's
    is_blinking: bool  # the lids hide too much of the irises
    brightness: Ratio | None  # mean grey of the face, 0 to 1
    yaw_deg: Deg | None  # head pose, the participant's left positive
    pitch_deg: Deg | None  # down positive
    roll_deg: Deg | None
    head_x_mm: Mm | None  # head position in the camera's frame
    head_y_mm: Mm | None
    distance_mm: Mm | None  # from the iris diameter
    eye_openness: Ratio | None  # 0 closed, 1 wide open


class GazeProvenance(StrEnum):
    """Where a gaze estimate comes from."""

    CAMERA = "camera"
    SIMULATED = "simulated"  # real camera and model, but the eyes were a program's


class GazeSample(Record, frozen=True, tag="gaze"):
    """One calibrated gaze estimate; `t_ns` and `frame` are those of its camera frame."""

    frame: Count
    model: Count  # what was learnt up to here: number of the newest `GazeCheck` used, 0 for none
    x_px: Px | None  # by the calibration alone; None while the eyes cannot be seen
    y_px: Px | None
    corrected_x_px: Px | None  # by all that was learnt in the session as well
    corrected_y_px: Px | None
    filtered_x_px: Px | None  # corrected, and smoothed for the interface
    filtered_y_px: Px | None
    sd_x_px: Px | None  # standard deviation of the error to be expected of the corrected gaze
    sd_y_px: Px | None
    correlation: Ratio | None  # of the errors along x and y
    confidence: Ratio  # 0 lost; else the smallest error possible over the one to be expected
    is_pose_in_range: bool  # the head is about where it was during calibration
    is_off_window: bool
    provenance: GazeProvenance


class EyeFeatures(Record, frozen=True, tag="eye_features"):
    """The numbers gaze was estimated from, so that it can be estimated again, better.

    Of version 2: 120 values of the eye pictures, if agreed to (light in standard deviations; right
    eye, then left, 6 rows of 10), then 12 of geometry: x and y of the right iris, of the left one,
    and the gap between the lids of both eyes, in the head's frame (mm); yaw, pitch and roll (rad)
    and x, y, z (mm) of the head.
    """

    frame: Count
    version: Count
    values: tuple[Feature, ...]


class MouseKind(StrEnum):
    """What the mouse did."""

    MOVE = "move"
    PRESS = "press"
    RELEASE = "release"
    WHEEL = "wheel"


class MouseEvent(Record, frozen=True, tag="mouse"):
    """One mouse event; `t_ns` is the event's own time, the best that is known of it.

    Inside means: a window of ours, its frame and menus included, was the topmost one there and
    ours was the active application. Elsewhere position, button and wheel are dropped.
    """

    received_t_ns: Ns  # when the window system gave it to us
    kind: MouseKind
    is_inside: bool
    x_px: Px | None
    y_px: Px | None
    button: Name | None
    wheel_x: Annotated[int, Quantum("notch", 1), msgspec.Meta(ge=-1000, le=1000)] | None
    wheel_y: Annotated[int, Quantum("notch", 1), msgspec.Meta(ge=-1000, le=1000)] | None


class ElementKind(StrEnum):
    """What happened to an element of our window."""

    ENTER = "enter"  # the mouse came onto it
    LEAVE = "leave"
    FOCUS_IN = "focus_in"  # keys would go to it now
    FOCUS_OUT = "focus_out"


class ElementEvent(Record, frozen=True, tag="element"):
    """The mouse or the focus came to an element of our window or left it; never what was typed.

    Recorded only with the mouse, and not while paused.
    """

    kind: ElementKind
    element: Name  # as the interface calls it, such as question, answer_1 or rate_2_4


class SimulatedGaze(Record, frozen=True, tag="simulated_gaze"):
    """How a playing participant's eyes were made. Its presence marks the session as simulated.

    A simulated person (`simulation`, by the seed) has the place and the turns of the real head
    before the camera, and looks at the mouse pointer.
    """

    look_at: Name
    seed: Count


# --- calibration -------------------------------------------------------------------------------


class CalibrationTarget(Record, frozen=True, tag="calibration_target"):
    """A target of a calibration was looked at; one row per target per attempt.

    The figures are of held-out targets only, by the map of this attempt, and in degrees.
    """

    attempt: Count
    use: Use
    x_px: Px
    y_px: Px
    settled_t_ns: Ns  # from when on samples counted; `t_ns` is when it was shown
    end_t_ns: Ns
    samples: Count
    valid_samples: Count
    is_seen: bool  # enough samples agreed to use it
    accuracy_px: Px | None  # mean distance from the target
    accuracy_deg: Deg | None
    least_error_deg: Deg | None
    most_error_deg: Deg | None
    sd_error_deg: Deg | None  # of the distances
    precision_rms_deg: Deg | None  # RMS of successive samples
    precision_sd_deg: Deg | None
    bcea_deg2: Deg2 | None  # area that holds 68% of the samples


class CalibrationKind(StrEnum):
    """What an attempt was."""

    NEW = "new"  # a map was fitted
    CHECK = "check"  # an earlier map of the same person was judged again


class CalibrationResult(Record, frozen=True, tag="calibration"):
    """One calibration attempt, judged on the held-out validation targets; means over targets."""

    attempt: Count
    kind: CalibrationKind
    is_accepted: bool
    decided_by: Name  # participant, operator or study
    limit_deg: Deg  # the study's
    accuracy_px: Px | None
    accuracy_deg: Deg | None
    accuracy_low_deg: Deg | None  # 95% interval of the mean over targets
    accuracy_high_deg: Deg | None
    precision_rms_deg: Deg | None
    precision_sd_deg: Deg | None
    bcea_deg2: Deg2 | None
    data_loss: Ratio
    head_coverage: Ratio | None  # share of directions the head was turned to; None if not asked
    distance_mm: Mm | None  # of the eyes from the screen, as degrees were reckoned with
    pitch_mm: Pitch  # of the screen, likewise
    estimator: Name
    provenance: GazeProvenance


class GazeCheckKind(StrEnum):
    """Why the eyes should have been on a point."""

    DOT = "dot"  # it was shown to be looked at
    CLICK = "click"  # it was clicked; people often look elsewhere by then


class GazeCheck(Record, frozen=True, tag="gaze_check"):
    """How far off the gaze was at a point that was looked at, before anything was learnt from it.

    Recorded whatever the error; `t_ns` is when the samples begin. Only dots are fit to say how good
    gaze is: clicks stand on buttons, and eyes leave early.
    """

    number: Count  # in the session, from 1
    kind: GazeCheckKind
    element: Name  # what was clicked
    x_px: Px
    y_px: Px
    end_t_ns: Ns
    samples: Count
    valid_samples: Count
    model: Count  # what the corrected gaze had learnt: number of a `GazeCheck`
    error_x_px: Px | None  # mean gaze less the point, by the calibration alone; None if not seen
    error_y_px: Px | None
    error_deg: Deg | None  # mean distance
    corrected_error_x_px: Px | None
    corrected_error_y_px: Px | None
    corrected_error_deg: Deg | None
    trust: Ratio  # probability that the eyes were on the point
    is_used: bool  # the corrected gaze learnt from it; later samples name its number


# --- the study's own questions -----------------------------------------------------------------


class Task(Record, frozen=True, tag="task"):
    """A task began: its topic was taken. What follows, up to the next one, belongs to it."""

    task: Count  # from 1
    topic: Name  # its id in the study file; empty where there are no topics
    title: Text
    source: Text  # where the topic is from, and of when
    date: Name
    mode: Name  # pairwise or single


class FormAnswer(Record, frozen=True, tag="form_answer"):
    """What was written or chosen in one field of a form; the last one of a field counts.

    An optional field left empty is recorded empty: it was seen.
    """

    form: Name  # questionnaire, knowledge_before, knowledge_after, summary or feedback
    task: Count
    field: Name
    value: Text


class KeySentence(Record, frozen=True, tag="key_sentence"):
    """The sentence chosen as the most important one of an earlier turn.

    The turn is drawn by reservoir sampling from the task's turns. Offsets are code points of the
    displayed text.
    """

    task: Count
    turn: Count
    side: Count
    message_id: Name
    start: Offset
    end: Offset
    text: Text


# --- the talk ----------------------------------------------------------------------------------


class Assignment(Record, frozen=True, tag="assignment"):
    """What was drawn for the session. `left|right` are the models of a pair, by their ids.

    Drawn once: an interrupted session goes on with it.
    """

    source: Name  # server, or computer: by the counts of this computer's sessions alone
    why_not_server: Text  # empty where there is none, or it answered
    is_counted: bool  # in the study's quotas; a pilot's or a playing program's is not
    design_sha256: Name  # of everything that could be drawn
    cells: list[str]  # left|right, or of fixed items item/left|right, in the order to show them
    topics: list[str]  # ids, in the order to offer them; the first ones where they are assigned


class Turn(Record, frozen=True, tag="turn"):
    """The participant sent a question, or something fixed was put before them."""

    turn: Count  # counts on through all tasks, from 0
    task: Count
    question: Text
    opener: Text  # the suggested question it was made from; empty without
    item: Name = ""  # the fixed item it shows; empty for a question of the participant's
    repeats: Count | None = None  # the turn whose pair is shown again, sides swapped


class ModelRequest(Record, frozen=True, tag="model_request"):
    """Exactly what one model was asked."""

    message_id: Name
    turn: Count
    side: Count  # 1 left or only, 2 right
    provider: Name
    model: Name
    treatment: Name  # of the question, by its id in the study file; empty for none
    messages: list[dict[str, str]]
    parameters: dict[str, str]  # a seed of its own too, where the model takes one
    context: Name = "own"  # own, preferred or shared: whose answers stand in the history
    history_turns: Counts = ()  # the turn of each earlier question in `messages`, in their order
    history_sides: Counts = ()  # the side whose answer stands there, likewise; 0: deleted


class Presented(Record, frozen=True, tag="presented"):
    """An answer that no model was asked for: of a fixed item, or one of before shown again."""

    message_id: Name
    turn: Count
    side: Count
    response: Name  # its id in the item; empty for one shown again
    of_message: Name  # the one shown again; empty for a fixed one


class TokenArrival(Record, frozen=True, tag="token"):
    """A piece of an answer arrived."""

    message_id: Name
    end: Offset  # length of the raw text so far


class Message(Record, frozen=True, tag="message"):
    """A complete answer: its raw text, the plain text shown of it, and the map between the two.

    The four `map_` tuples are parallel, one entry a piece; see `text_map`. Offsets are code points.
    """

    message_id: Name
    turn: Count
    side: Count
    raw: Text
    displayed: Text
    displayed_sha256: Name
    map_displayed_start: Offsets
    map_displayed_end: Offsets
    map_raw_start: Offsets
    map_raw_end: Offsets
    finish_reason: Name  # the provider's; fixed or repeated where no model was asked
    is_truncated: bool  # the study's limit of characters cut it off; `raw` is what is left
    usage: dict[str, int]
    revision_sha256: Name = ""  # of what answered, see `model_name`; empty if not told
    token_end: Offsets = ()  # where the provider tells probabilities: end of each token in `raw`
    token_logprob: tuple[Nat, ...] = ()  # natural logarithm, parallel to `token_end`


class ModelName(Record, frozen=True, tag="model_name"):
    """What a provider said which model answered; recorded when the session is over, not before."""

    model: Name  # its id in the study
    revision_sha256: Name  # as in `message`
    name: Name
    fingerprint: Name  # of the provider's set-up, where it tells one


class ProviderFailure(Record, frozen=True, tag="provider_failure"):
    """A model did not answer; it is asked again, or the participant may. Never an answer."""

    message_id: Name
    turn: Count
    side: Count
    kind: FailureKind
    reason: Text  # as the participant reads it
    status: Count | None = None  # of HTTP, where there was one
    is_retried: bool = False  # asked again without the participant, after `wait_s`
    wait_s: Wait | None = None


class Reveal(Record, frozen=True, tag="reveal"):
    """Text of an answer was painted for the first time, or all of it for the first time."""

    message_id: Name
    turn: Count
    side: Count
    is_whole: bool


class RatingOnset(Record, frozen=True, tag="rating_onset"):
    """The questions about a turn's answers came up; what was looked at before was reading."""

    turn: Count
    order: list[str]  # what is asked, top to bottom and sheet by sheet: rate_1, rate_2, choice, ...


class Rating(Record, frozen=True, tag="rating"):
    """A Likert rating of one answer; the last one of a message counts."""

    message_id: Name
    turn: Count
    side: Count
    value: Annotated[int, Quantum("1", 1), msgspec.Meta(ge=1, le=5)]


class ExtraRating(Record, frozen=True, tag="extra_rating"):
    """An answer to one more question of the study about an answer; the last one counts."""

    message_id: Name
    turn: Count
    side: Count
    question: Name
    value: Annotated[int, Quantum("1", 1), msgspec.Meta(ge=1, le=11)]


class Choice(StrEnum):
    """What was said of a pair."""

    BETTER = "better"
    MUCH_BETTER = "much_better"
    SLIGHTLY_BETTER = "slightly_better"
    TIE = "tie"
    BOTH_BAD = "both_bad"

    @property
    def has_side(self) -> bool:
        """Whether it says that one of them is better."""
        return self not in (Choice.TIE, Choice.BOTH_BAD)


class Preference(Record, frozen=True, tag="preference"):
    """Which of a pair's answers is better, if one is; the last one of a turn counts."""

    turn: Count
    choice: Choice
    preferred_side: Annotated[int, Quantum("1", 1), msgspec.Meta(ge=1, le=2)] | None

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        if self.choice.has_side != (self.preferred_side is not None):
            raise ValueError("a side is preferred exactly where one is better")


class Comparison(Record, frozen=True, tag="comparison"):
    """How a single answer compares with the one before; the last one of a turn counts."""

    turn: Count
    previous_turn: Count
    is_better: bool


class Rationale(Record, frozen=True, tag="rationale"):
    """Why, in the participant's words; the last one of a turn counts."""

    turn: Count
    text: Text


class TurnRated(Record, frozen=True, tag="turn_rated"):
    """The participant moved on from a rated turn."""

    turn: Count


class TurnSkipped(Record, frozen=True, tag="turn_skipped"):
    """The participant gave a turn up because an answer did not come. It is never judged."""

    turn: Count


# --- text on screen ----------------------------------------------------------------------------


class Layout(Record, frozen=True, tag="layout"):
    """Where the words of a message stand, in logical pixels of the message's own page.

    Parallel tuples, one entry a box: a word, or its share on one line and in one direction; the
    `cluster_` tuples have one entry a grapheme cluster, box after box; the `overhang_` tuples one
    for each piece of ink that hangs out of its cluster's place over a neighbour's. Offsets are
    code points of the displayed text. Where `base` is set, the first `kept_boxes` boxes and
    `kept_text` characters are those of that version. With the newest `Placement` it says which
    word is where.
    """

    message_id: Name
    version: Count
    base: Count | None  # the version this continues; None if it is complete
    kept_boxes: Count
    kept_text: Offset
    text: Text  # the displayed text after what is kept
    text_sha256: Name  # of all the displayed text
    word: Counts  # number of the word in the message
    start: Offsets
    end: Offsets
    line: Counts  # number of the visual line in the message
    paragraph: Counts  # number of the block in the message
    left: Dips
    top: Dips
    height: Dips  # of the line
    is_rtl: tuple[bool, ...]
    cluster_length: tuple[Offset, ...]
    cluster_width: tuple[Dip, ...]
    overhang_cluster: Counts  # number of the cluster in the message
    overhang_left: Dips
    overhang_top: Dips
    overhang_width: tuple[Dip, ...]
    overhang_height: tuple[Dip, ...]

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        numbers = (self.start, self.end, self.line, self.paragraph)
        places = (self.left, self.top, self.height, self.is_rtl)
        if any(len(values) != len(self.word) for values in (*numbers, *places)):
            raise ValueError("a layout's tuples must have one entry a box")
        if len(self.cluster_length) != len(self.cluster_width):
            raise ValueError("a layout's cluster tuples must have one entry a cluster")
        hung = (self.overhang_left, self.overhang_top, self.overhang_width, self.overhang_height)
        if any(len(values) != len(self.overhang_cluster) for values in hung):
            raise ValueError("a layout's overhang tuples must have one entry a piece")
        if sum(self.cluster_length) != sum(self.end) - sum(self.start):
            raise ValueError("a layout's clusters must be as long as its boxes")


class TextEventKind(StrEnum):
    """What was done with text on the screen."""

    SELECT = "select"
    COPY = "copy"


class TextEvent(Record, frozen=True, tag="text_event"):
    """The participant selected or copied part of a message; an empty span selects nothing."""

    kind: TextEventKind
    message_id: Name
    version: Count  # of the layout
    start: Offset
    end: Offset


class Placement(Record, frozen=True, tag="placement"):
    """Where a message's page lies on the screen now and which part of it can be seen.

    A point (x, y) of the page is at `origin + pixel_ratio * (x, y)`.
    """

    message_id: Name
    version: Count  # of the layout
    origin_x_px: Px
    origin_y_px: Px
    pixel_ratio: Ratio
    clip_x_px: Px
    clip_y_px: Px
    clip_width_px: Px
    clip_height_px: Px


# --- what is not there -------------------------------------------------------------------------


class Gap(Record, frozen=True, tag="gap"):
    """Something was lost or not captured, and this is how much."""

    source: Name
    end_t_ns: Ns
    lost: Count | None  # None where nobody can know
    reason: Text


class Redaction(Record, frozen=True, tag="redaction"):
    """Records were deleted on the participant's wish, of the time from `t_ns` to `end_t_ns`."""

    redacted_stream: Name
    end_t_ns: Ns
    lost: Count


class Part(Record, frozen=True, tag="part"):
    """A piece of one record too large for a chunk; see `codec.join_parts`."""

    of_stream: Name
    of_index: Count
    number: Count
    total: Count
    text: Text


AnyRecord = (
    ClockSegment
    | ClockAnchor
    | SessionInfo
    | SessionEnd
    | Consent
    | FlowStep
    | Recording
    | OperatorAction
    | Monitor
    | Window
    | Appearance
    | CameraInfo
    | Frame
    | GazeSample
    | EyeFeatures
    | MouseEvent
    | ElementEvent
    | SimulatedGaze
    | CalibrationTarget
    | CalibrationResult
    | GazeCheck
    | Task
    | FormAnswer
    | KeySentence
    | Assignment
    | Turn
    | ModelRequest
    | Presented
    | TokenArrival
    | Message
    | ModelName
    | ProviderFailure
    | Reveal
    | RatingOnset
    | Rating
    | ExtraRating
    | Preference
    | Comparison
    | Rationale
    | TurnRated
    | TurnSkipped
    | Layout
    | TextEvent
    | Placement
    | Gap
    | Redaction
    | Part
)


def stream_of(record: Record | type[Record]) -> str:
    """The stream a record belongs to: its tag."""
    return str(record.__struct_config__.tag)


RECORD_TYPES: dict[str, type[Record]] = {
    stream_of(kind): decodable(kind) for kind in get_args(AnyRecord)
}
