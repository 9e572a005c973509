"""A session's report: one HTML file that needs nothing else, for people to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tracker_app.aoi import NONE, Page, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.fixations import Fixation, detect_fixations
from tracker_app.dataset.plots import COOL, INK, WARM, Lane, histogram_svg, timeline_svg
from tracker_app.dataset.quality import Quality, measure
from tracker_app.dataset.selection import session_info
from tracker_app.dataset.word_hits import Hits, gaze_hits
from tracker_app.errors import ExportError
from tracker_app.records import (
    CalibrationTarget,
    ClockSegment,
    FlowStep,
    Frame,
    Gap,
    GazeSample,
    Layout,
    Message,
    ModelRequest,
    Preference,
    ProviderFailure,
    Rating,
    Recording,
    Redaction,
    Turn,
)

NS = 1e9
MARGIN = 16.0
SIDES = {1: "Left", 2: "Right"}
# A sample stands for the time to the next one, but never for a gap.
LONGEST_SAMPLE_S = 0.2


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a reading picture, on its page; `share` of the answer's dwell, 0 to 1 of most."""

    text: str
    left: float
    top: float
    width: float
    height: float
    share: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A fixation on the page."""

    number: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How one answer was read."""

    side: str
    words: tuple[Word, ...]
    stops: tuple[Stop, ...]
    width: float
    height: float
    dwell_s: float
    seen: int
    rating: int | None


@dataclass(frozen=True, slots=True)
class TurnStory:
    """One turn of the talk."""

    number: int
    question: str
    readings: tuple[Reading, ...]
    preferred: str | None
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the quality table."""

    name: str
    value: str
    meaning: str


def write_report(entries: Sequence[Entry], out: Path) -> Path:
    """Write the report of a session.

    Raises:
        ExportError: if the entries say too little of themselves or `out` cannot be written.
    """
    info = session_info(entries)
    if info is None:
        raise ExportError("This session does not say what it is: its first record is missing.")
    quality = measure(entries)
    began = next(e.record for e in entries if isinstance(e.record, ClockSegment))
    html = _template().render(
        info=info,
        began=datetime.fromtimestamp(began.utc_ns / NS, UTC).strftime("%d %B %Y, %H:%M UTC"),
        figures=_figures(quality),
        quality=quality,
        timeline=Markup(_timeline_svg(entries)),  # matplotlib's own output
        delays=Markup(_delays_svg(entries)),  # matplotlib's own output
        targets=[e.record for e in entries if isinstance(e.record, CalibrationTarget)],
        turns=tell_turns(entries),
        absences=_absences(entries),
    )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{out} cannot be written: {error.strerror}. Check the disk.") from error
    return out


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    source = files("tracker_app.dataset").joinpath("templates", "report.html")
    return environment.from_string(source.read_text(encoding="utf-8"))


# --- quality -----------------------------------------------------------------------------------


def _figures(q: Quality) -> list[Figure]:
    return [
        Figure("Recorded", _minutes(q.duration_s), _interruptions(q.segments - 1)),
        Figure(
            "Camera",
            _number(q.frame_rate_hz, "pictures a second"),
            f"{q.frames} pictures processed",
        ),
        Figure("Face found", _percent(q.face_share), "of the pictures"),
        Figure("Dropped", _percent(q.dropped_share), "pictures that came too fast to process"),
        Figure(
            "Delay",
            _number(q.result_delay_p95_ms, "ms"),
            f"picture to gaze, 95th percentile; median {_number(q.result_delay_p50_ms, 'ms')}",
        ),
        Figure("Gaze", f"{q.gaze_samples} samples", f"{_percent(q.data_loss)} of them lost"),
        Figure("Confidence", _number(q.median_confidence, "", 2), "median, from 0 to 1"),
        Figure(
            "Accuracy",
            _number(q.accuracy_deg, "degrees", 1),
            f"{_number(q.accuracy_px, 'px')} on points that were not used for fitting",
        ),
        Figure("Precision", _number(q.precision_rms_deg, "degrees", 2), "sample to sample (RMS)"),
        Figure("Distance", _number(q.distance_mm, "mm"), "from eyes to camera, median"),
        Figure(
            "Mouse", f"{q.mouse_events} events", f"{_percent(q.mouse_inside_share)} in the window"
        ),
        Figure("Turns", str(q.turns), "answered and rated"),
    ]


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _interruptions(count: int) -> str:
    if not count:
        return "without interruption"
    return f"interrupted {count} time{'s' if count > 1 else ''} and resumed"


def _number(value: float | None, unit: str, digits: int = 0) -> str:
    return "not recorded" if value is None else f"{value:.{digits}f} {unit}".strip()


def _percent(share: float | None) -> str:
    return "not recorded" if share is None else f"{100 * share:.1f}%"


# --- timeline ----------------------------------------------------------------------------------


class _Seconds:
    """Session time of all segments laid end to end, in seconds."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for entry in entries:
            t_ns = entry.record.t_ns
            first[entry.segment] = min(first.get(entry.segment, t_ns), t_ns)
            last[entry.segment] = max(last.get(entry.segment, t_ns), t_ns)
        self._first = first
        self._offset: dict[int, float] = {}
        self.total = 0.0
        for segment in sorted(first):
            self._offset[segment] = self.total
            self.total += (last[segment] - first[segment]) / NS

    def of(self, entry: Entry) -> float:
        """When an entry happened."""
        start = self._first[entry.segment]
        return self._offset[entry.segment] + (entry.record.t_ns - start) / NS


def _timeline_svg(entries: Sequence[Entry]) -> str:
    seconds = _Seconds(entries)

    def when(*kinds: type) -> list[float]:
        return [seconds.of(e) for e in entries if isinstance(e.record, kinds)]

    steps = [(seconds.of(e), e.record.step) for e in entries if isinstance(e.record, FlowStep)]
    steps.sort()
    ends = [at for at, _ in steps[1:]] + [seconds.total]
    lanes = [
        Lane(
            "Steps",
            spans=[(at, end) for (at, _), end in zip(steps, ends, strict=True)],
            colour=INK,
            labels=[
                (at, step)
                for (at, step), end in zip(steps, ends, strict=True)
                if end - at > seconds.total / 12
            ],
        ),
        Lane("Questions", moments=when(Turn), colour=WARM),
        Lane("Answers", spans=_answer_spans(entries, seconds), colour=COOL),
        Lane("Judgements", moments=when(Rating, Preference), colour=WARM),
        Lane("Gaze", spans=_runs([seconds.of(e) for e in entries if _is_gaze(e)])),
        Lane("Mouse", spans=_runs([seconds.of(e) for e in entries if e.stream == "mouse"])),
    ]
    return timeline_svg(lanes, max(seconds.total, 1e-3))


def _is_gaze(entry: Entry) -> bool:
    return isinstance(entry.record, GazeSample) and entry.record.x_px is not None


def _answer_spans(entries: Sequence[Entry], seconds: _Seconds) -> list[tuple[float, float]]:
    asked = {
        e.record.message_id: seconds.of(e) for e in entries if isinstance(e.record, ModelRequest)
    }
    return [
        (asked[e.record.message_id], seconds.of(e))
        for e in entries
        if isinstance(e.record, Message) and e.record.message_id in asked
    ]


def _runs(times: Sequence[float], gap_s: float = 0.5) -> list[tuple[float, float]]:
    """Stretches without a pause longer than `gap_s`."""
    if not times:
        return []
    ordered = np.sort(np.array(times))
    (breaks,) = np.nonzero(np.diff(ordered) > gap_s)
    begins = ordered[np.concatenate([[0], breaks + 1])]
    ends = ordered[np.concatenate([breaks, [len(ordered) - 1]])]
    return list(zip(begins.tolist(), ends.tolist(), strict=True))


def _delays_svg(entries: Sequence[Entry]) -> str:
    delays = [
        (e.record.result_t_ns - e.record.t_ns) / 1e6 for e in entries if isinstance(e.record, Frame)
    ]
    return histogram_svg(delays, "ms from picture to gaze") if delays else ""


def _absences(entries: Sequence[Entry]) -> list[str]:
    """What is not in the data, each as a sentence."""
    sentences = []
    for entry in entries:
        record = entry.record
        if isinstance(record, Gap):
            sentences.append(f"{record.lost} {record.source} records were lost: {record.reason}")
        elif isinstance(record, Redaction):
            sentences.append(
                f"{record.lost} {record.redacted_stream} records were deleted by the participant."
            )
        elif isinstance(record, Recording) and not record.is_on:
            sentences.append(f"Recording of {record.source} stopped: {record.reason}")
    return sentences


# --- turns -------------------------------------------------------------------------------------


def tell_turns(entries: Sequence[Entry]) -> list[TurnStory]:
    """Each turn with how its answers were read and judged."""
    timeline = Timeline(entries)
    gaze = gaze_hits(entries, timeline)
    pages = _final_pages(entries)
    return [
        _tell_turn(e.record, entries, gaze, pages) for e in entries if isinstance(e.record, Turn)
    ]


def _final_pages(entries: Sequence[Entry]) -> dict[str, Page]:
    """The last layout of each message."""
    newest: dict[str, Layout] = {}
    for entry in entries:
        if isinstance(entry.record, Layout):
            newest[entry.record.message_id] = entry.record
    return {message_id: Page.of(layout) for message_id, layout in newest.items()}


def _tell_turn(
    turn: Turn, entries: Sequence[Entry], gaze: Hits, pages: dict[str, Page]
) -> TurnStory:
    messages = [
        e.record for e in entries if isinstance(e.record, Message) and e.record.turn == turn.turn
    ]
    ratings = {e.record.message_id: e.record.value for e in entries if isinstance(e.record, Rating)}
    preferences = [
        e.record.preferred_side
        for e in entries
        if isinstance(e.record, Preference) and e.record.turn == turn.turn
    ]
    failures = [
        e.record.reason
        for e in entries
        if isinstance(e.record, ProviderFailure) and e.record.turn == turn.turn
    ]
    readings = [
        _read(m, len(messages), pages[m.message_id], gaze, ratings.get(m.message_id))
        for m in sorted(messages, key=lambda m: m.side)
        if m.message_id in pages
    ]
    return TurnStory(
        number=turn.turn + 1,
        question=turn.question,
        readings=tuple(readings),
        preferred=SIDES[preferences[-1]] if preferences else None,
        failures=tuple(failures),
    )


def _read(message: Message, count: int, page: Page, gaze: Hits, rating: int | None) -> Reading:
    mapped = gaze.mapped
    final = [
        s.page.message_id == message.message_id and s.page.text_sha256 == page.text_sha256
        for s in mapped.screens
    ]
    on_page = np.array([i != NONE and final[i] for i in mapped.screen], bool)
    seconds = _sample_seconds(gaze)
    dwell = np.zeros(len(page.left))
    is_hit = on_page & (mapped.word != NONE)
    # The same text laid out anew keeps its words and their numbers.
    np.add.at(dwell, mapped.word[is_hit], seconds[is_hit])
    most = dwell.max() if dwell.size and dwell.max() > 0 else 1.0
    words = tuple(
        Word(
            text=message.displayed[page.start[i] : page.end[i]],
            left=float(page.left[i]),
            top=float(page.top[i]),
            width=float(page.right[i] - page.left[i]),
            height=float(page.bottom[i] - page.top[i]),
            share=float(dwell[i] / most),
        )
        for i in range(len(page.left))
    )
    return Reading(
        side=SIDES[message.side] if count > 1 else "Answer",
        words=words,
        stops=_stops(gaze, on_page, page),
        width=float(page.right.max(initial=0)) + MARGIN,
        height=float(page.bottom.max(initial=0)) + MARGIN,
        dwell_s=float(seconds[on_page].sum()),
        seen=int((dwell > 0).sum()),
        rating=rating,
    )


def _sample_seconds(gaze: Hits) -> NDArray[np.float64]:
    """How long each gaze sample stands for."""
    seconds = np.zeros(len(gaze.entries))
    for i, (one, two) in enumerate(pairwise(gaze.entries)):
        if one.segment == two.segment:
            seconds[i] = min((two.record.t_ns - one.record.t_ns) / NS, LONGEST_SAMPLE_S)
    return seconds


def _stops(gaze: Hits, on_page: NDArray[np.bool_], page: Page) -> tuple[Stop, ...]:
    """The fixations on a page, in its own coordinates."""
    stops: list[Stop] = []
    samples = [
        (gaze.entries[i], gaze.mapped.screens[gaze.mapped.screen[i]])
        for i in np.flatnonzero(on_page)
    ]
    t_ns = np.array([e.record.t_ns for e, _ in samples], np.int64)
    points = np.array(
        [
            (
                (e.record.x_px - s.placement.origin_x_px) / s.placement.pixel_ratio,
                (e.record.y_px - s.placement.origin_y_px) / s.placement.pixel_ratio,
            )
            for e, s in samples
            if isinstance(e.record, GazeSample)
            and e.record.x_px is not None
            and e.record.y_px is not None
        ],
        np.float64,
    ).reshape(-1, 2)
    fixations: list[Fixation] = detect_fixations(t_ns, points) if len(points) else []
    for number, fixation in enumerate(fixations, start=1):
        radius = 6 + 10 * min(fixation.duration_s, 1.0)
        stops.append(Stop(number, fixation.x_px, fixation.y_px, radius))
    return tuple(stops)
