"""The session as one strip: steps, turns, answers, ratings, gaze, mouse and gaps over time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tracker_app.codec import Entry
from tracker_app.dataset.axis import SessionAxis, clock_text, duration_text
from tracker_app.dataset.selection import of_type
from tracker_app.records import (
    FlowStep,
    Gap,
    GazeSample,
    Message,
    ModelRequest,
    MouseEvent,
    Preference,
    Rating,
    Record,
    Recording,
    Turn,
    TurnRated,
)

WIDTH = 1000.0  # of the time axis, in view box units
BINS = 250
_LETTER = 7.2  # width of a letter of the labels
_TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MAX_TICKS = 12

Position = Callable[[int, Record], float]


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time; the label is empty where it would not fit."""

    x: float
    width: float
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin of a histogram; `share` of the row's height."""

    x: float
    width: float
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of event. `lanes` keep simultaneous bands apart."""

    name: str
    lanes: tuple[tuple[Band, ...], ...] = ()
    bars: tuple[Bar, ...] = ()
    empty: str = ""  # said where there is nothing to draw

    @property
    def height(self) -> float:
        """Of the whole row."""
        return 24.0 * max(len(self.lanes), 1)


@dataclass(frozen=True, slots=True)
class SessionFigure:
    """The strip: rows below one another, ticks at its foot."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    breaks: tuple[float, ...]


def session_figure(entries: Sequence[Entry]) -> SessionFigure:
    """The strip of a session."""
    axis = SessionAxis(entries)
    scale = WIDTH / axis.length_s if axis.length_s else 0.0

    def position(segment: int, record: Record) -> float:
        return scale * axis.seconds(segment, record.t_ns)

    rows = (
        Row("Steps", (_steps(entries, position, scale),), empty="No step was recorded."),
        Row("Turns", (_turns(entries, position, scale),), empty="No question was asked."),
        Row("Answers", _answers(entries, position, scale), empty="No answer arrived."),
        Row("Ratings", (_ratings(entries, position),), empty="Nothing was rated."),
        Row("Gaze", bars=_gaze_bars(entries, position), empty="No gaze was recorded."),
        Row("Mouse", bars=_mouse_bars(entries, position), empty="No mouse event was recorded."),
        Row("Gaps", (_gaps(entries, axis, scale),), empty="No gap, no pause."),
    )
    breaks = tuple(scale * at for at in axis.breaks_s)
    return SessionFigure(rows, time_ticks(axis.length_s), breaks)


def time_ticks(length_s: float) -> tuple[tuple[float, str], ...]:
    """Places on an axis of `WIDTH` and what is written there."""
    scale = WIDTH / length_s if length_s else 0.0
    step = next((s for s in _TICK_STEPS_S if length_s / s <= _MAX_TICKS), 7200)
    return tuple((scale * at, clock_text(at)) for at in np.arange(0, length_s + 0.001, step))


def _band(x: float, width: float, label: str, title: str) -> Band:
    width = max(width, 2.0)
    return Band(x, width, label if _LETTER * len(label) + 8 <= width else "", title)


def _until_next(marks: Iterable[tuple[float, str, str]], scale: float) -> tuple[Band, ...]:
    """Bands that each last until the next begins; the last one to the end."""
    listed = [*marks, (WIDTH, "", "")]
    return tuple(
        _band(x, end - x, label, f"{title}, {duration_text((end - x) / scale)}" if scale else title)
        for (x, label, title), (end, _, _) in pairwise(listed)
    )


def _steps(entries: Sequence[Entry], position: Position, scale: float) -> tuple[Band, ...]:
    steps = of_type(entries, FlowStep)
    return _until_next(((position(s, f), f.step, f.step) for s, f in steps), scale)


def _turns(entries: Sequence[Entry], position: Position, scale: float) -> tuple[Band, ...]:
    turns = of_type(entries, Turn)
    rated = {t.turn: position(s, t) for s, t in of_type(entries, TurnRated)}
    starts = [position(s, t) for s, t in turns]
    bands = []
    for (_, turn), start, following in zip(turns, starts, [*starts, WIDTH][1:], strict=True):
        end = min(rated.get(turn.turn, following), following)
        name = f"Turn {turn.turn + 1}"
        took = duration_text((end - start) / scale) if scale else ""
        bands.append(_band(start, end - start, name, f"{name}, {took}"))
    return tuple(bands)


def _answers(
    entries: Sequence[Entry], position: Position, scale: float
) -> tuple[tuple[Band, ...], ...]:
    requests = of_type(entries, ModelRequest)
    asked = {(s, r.message_id): position(s, r) for s, r in requests}
    lanes: dict[int, list[Band]] = {}
    names = {1: "left", 2: "right"} if any(r.side == 2 for _, r in requests) else {}
    for segment, message in of_type(entries, Message):
        end = position(segment, message)
        start = asked.get((segment, message.message_id), end)
        side = names.get(message.side, "")
        took = duration_text((end - start) / scale) if scale else ""
        title = f"Turn {message.turn + 1}, {f'{side} answer'.strip()} complete after {took}"
        lanes.setdefault(message.side, []).append(_band(start, end - start, side, title))
    return tuple(tuple(lanes[side]) for side in sorted(lanes))


def _ratings(entries: Sequence[Entry], position: Position) -> tuple[Band, ...]:
    """One mark a turn that ends when its last rating was given: the values and the side."""
    values: dict[int, dict[int, str]] = {}
    ends: dict[int, float] = {}
    for segment, rating in of_type(entries, Rating):
        values.setdefault(rating.turn, {})[rating.side] = str(rating.value)
        ends[rating.turn] = position(segment, rating)
    for segment, preference in of_type(entries, Preference):
        side = {1: "L", 2: "R", None: "="}[preference.preferred_side]
        values.setdefault(preference.turn, {})[3] = side  # after both sides
        ends[preference.turn] = position(segment, preference)
    bands: list[Band] = []
    for turn in sorted(ends, key=ends.__getitem__):
        label = " ".join(value for _, value in sorted(values[turn].items()))
        free = ends[turn] - (bands[-1].x + bands[-1].width if bands else 0.0)
        width = min(_LETTER * len(label) + 12, max(free - 1, 2.0))
        bands.append(_band(ends[turn] - width, width, label, f"Turn {turn + 1}: {label}"))
    return tuple(bands)


def _bins(positions: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    counts, _ = np.histogram(positions, bins=BINS, range=(0.0, WIDTH))
    return counts.astype(np.float64)


def _bars(shares: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[Bar, ...]:
    width = WIDTH / BINS
    return tuple(Bar(i * width, width, float(share)) for i, share in enumerate(shares) if share > 0)


def _gaze_bars(entries: Sequence[Entry], position: Position) -> tuple[Bar, ...]:
    samples = [(position(s, g), g.x_px is not None) for s, g in of_type(entries, GazeSample)]
    total = _bins([x for x, _ in samples])
    return _bars(_bins([x for x, is_valid in samples if is_valid]) / np.maximum(total, 1))


def _mouse_bars(entries: Sequence[Entry], position: Position) -> tuple[Bar, ...]:
    counts = _bins([position(s, m) for s, m in of_type(entries, MouseEvent)])
    return _bars(np.sqrt(counts / max(counts.max(), 1)))


def _gaps(entries: Sequence[Entry], axis: SessionAxis, scale: float) -> tuple[Band, ...]:
    spans = [
        (axis.seconds(s, g.t_ns), axis.seconds(s, g.end_t_ns), f"{g.source}: {g.reason}")
        for s, g in of_type(entries, Gap)
    ]
    off: dict[tuple[int, str], float] = {}
    for segment, mark in of_type(entries, Recording):
        at = axis.seconds(segment, mark.t_ns)
        if not mark.is_on:
            off.setdefault((segment, mark.source), at)
        elif (segment, mark.source) in off:
            spans.append((off.pop((segment, mark.source)), at, "Paused"))
    spans += [(at, axis.end_s(segment), f"{source} off") for (segment, source), at in off.items()]
    return tuple(
        _band(scale * start, scale * (min(end, axis.length_s) - start), "", title)
        for start, end, title in sorted(spans)
    )
