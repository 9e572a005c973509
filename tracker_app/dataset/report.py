"""One session as one HTML page that needs nothing else: no script, no network, no other file.

Everything a participant or a model wrote is escaped by the template engine, and the page forbids
scripts and loading by its own content security policy besides.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from calibration.looks import Use
from calibration.reading import Offset
from tracker_app.clock import local_time
from tracker_app.codec import Entry
from tracker_app.dataset.absences import absences
from tracker_app.dataset.axis import counted, duration_text
from tracker_app.dataset.calibrations import attempt_rows, point_rows
from tracker_app.dataset.check_plot import check_figure
from tracker_app.dataset.checks import click_rows
from tracker_app.dataset.durations import first_question_s, screen_times
from tracker_app.dataset.fixations import Fixation, detect_fixations, session_merge_px
from tracker_app.dataset.gaze_error import ToldGaze, told_gaze
from tracker_app.dataset.plots import (
    AnswerFigure,
    answer_figure,
    calibration_figure,
    full_tint_s,
    page_width,
)
from tracker_app.dataset.quality import measure
from tracker_app.dataset.reading import Reading, read_answers
from tracker_app.dataset.reading_offset import (
    Compared,
    compare,
    reading_offsets,
    sample_offsets,
    without_offset,
)
from tracker_app.dataset.reporting import reporting_items
from tracker_app.dataset.selection import of_type, session_info
from tracker_app.dataset.session_plot import session_figure
from tracker_app.dataset.verdicts import judge, summary
from tracker_app.errors import ExportError
from tracker_app.records import (
    Choice,
    ClockSegment,
    Message,
    ModelRequest,
    Preference,
    ProviderFailure,
    Rating,
    Rationale,
    Turn,
    TurnSkipped,
)

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, eq=False)
class AnswerSection:
    """One answer of a turn; the figure is None where the answer was never laid out."""

    side: str
    model: str
    text: str
    rating: int | None
    is_preferred: bool
    reading: Reading | None
    figure: AnswerFigure | None
    compared: Compared | None


@dataclass(frozen=True, slots=True, eq=False)
class WithoutOffset:
    """Each turn's vertical offset by the reading in the others, and what it changes by message."""

    offsets: dict[int, Offset | None]
    compared: dict[str, Compared | None]


@dataclass(frozen=True, slots=True, eq=False)
class TurnSection:
    """One question with its answers."""

    number: int
    question: str
    answers: tuple[AnswerSection, ...]
    failures: tuple[str, ...]
    remarks: tuple[str, ...]  # what is special about it, and how the pair compares
    full_tint_s: float
    offset_text: str | None  # of its gaze, by the reading in the other turns


def write_report(
    entries: Sequence[Entry], out_html: Path, export_folder: Path | None = None
) -> Path:
    """Write the report of one session and return its path; an older report is replaced.

    Args:
        entries: of one session, in any order, large records joined.
        out_html: the file to write; its folder is made where it is missing.
        export_folder: the session's Parquet export, to link its data dictionary.

    Raises:
        ExportError: if the file cannot be written; an older report is kept then.
    """
    page = render_report(entries, _dictionary_link(out_html, export_folder))
    partial = out_html.with_name(f".{out_html.name}.partial")
    try:
        out_html.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(page, encoding="utf-8")
        partial.replace(out_html)
    except OSError as error:
        raise ExportError(f"The report {out_html} could not be written: {error}") from error
    return out_html


def _dictionary_link(out_html: Path, export_folder: Path | None) -> str | None:
    if export_folder is None:
        return None
    dictionary = (export_folder / "README.md").resolve()
    try:
        return Path(os.path.relpath(dictionary, out_html.parent.resolve())).as_posix()
    except ValueError:  # on another drive
        return dictionary.as_uri()


def render_report(entries: Sequence[Entry], dictionary_link: str | None = None) -> str:
    """The report as HTML text."""
    quality, gaze, merge_px = measure(entries), told_gaze(entries), session_merge_px(entries)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        info=session_info(entries),
        date=_date(entries),
        quality=quality,
        summary=summary(quality),
        judged=judge(quality, gaze.shares),
        strip=session_figure(entries),
        screens=screen_times(entries),
        first_question_s=first_question_s(entries),
        duration_text=duration_text,
        turns=_turns(entries, gaze, merge_px),
        merge_px=merge_px,
        calibration=calibration_figure(entries),
        attempts=attempt_rows(entries),
        fitted=point_rows(entries, Use.FIT, Use.HEAD),
        held_out=point_rows(entries, Use.VALIDATE),
        checks=check_figure(entries),
        clicks=click_rows(entries),
        counted=counted,
        items=reporting_items(entries, quality, merge_px),
        absences=absences(entries),
        dictionary_link=dictionary_link,
    )


def _date(entries: Sequence[Entry]) -> str:
    """When the session began, on the clock of the place it was recorded."""
    segments = of_type(entries, ClockSegment)
    if not segments:
        return "unknown"
    first = segments[0][1]
    began = local_time(first.utc_ns, first.utc_offset_s)
    return f"{began.day} {began:%B %Y, %H:%M} {first.tz}"


def _turns(entries: Sequence[Entry], gaze: ToldGaze, merge_px: float) -> list[TurnSection]:
    fixations = detect_fixations(gaze.samples, merge_px)
    readings = read_answers(gaze, fixations)
    without = _without_offset(entries, gaze, fixations)
    return [_turn(turn, entries, readings, without) for _, turn in of_type(entries, Turn)]


def _without_offset(
    entries: Sequence[Entry], gaze: ToldGaze, fixations: Sequence[Fixation]
) -> WithoutOffset:
    offsets = reading_offsets(entries, gaze.timeline, fixations)
    px = sample_offsets(entries, gaze.samples, offsets)
    moved = without_offset(gaze.samples, px).map(gaze.timeline)
    shown = {placed.message_id for placed in gaze.timeline.screens}
    return WithoutOffset(offsets, {m: compare(m, gaze.mapped, moved, px) for m in shown})


def _offset_text(offset: Offset) -> str:
    """On which side of the lines gaze lies and how far, with the 95% interval."""
    side, sign = ("below", 1) if round(offset.px) >= 0 else ("above", -1)
    low, high = sorted(sign * (offset.px + z * offset.sd_px) for z in (-1.96, 1.96))
    interval = f"(95%: {_pixels(low)} to {_pixels(high)} px)"
    return f"{_pixels(sign * offset.px)} px {side} the lines that were read {interval}"


COMPARED = {
    Choice.MUCH_BETTER: "The preferred answer was called much better.",
    Choice.SLIGHTLY_BETTER: "The preferred answer was called slightly better.",
    Choice.TIE: "The answers were called about the same.",
    Choice.BOTH_BAD: "Both answers were called bad.",
}


def _remarks(
    turn: Turn, said: Preference | None, entries: Sequence[Entry], sides: set[int]
) -> Iterator[str]:
    if turn.item:
        yield f"The fixed item {turn.item}."
    if turn.repeats is not None:
        yield f"The pair of turn {turn.repeats + 1} again, with its sides swapped."
    if any(skipped.turn == turn.turn for _, skipped in of_type(entries, TurnSkipped)):
        yield "It was given up, because an answer did not come."
    elif said is None and len(sides) > 1:
        yield "No preference was given."
    if said is not None and said.choice in COMPARED:
        yield COMPARED[said.choice]
    why = [r.text for _, r in of_type(entries, Rationale) if r.turn == turn.turn]
    if why:
        yield f"Why: {why[-1]}"


def _pixels(px: float) -> str:
    return f"{round(px)}".replace("-", "\N{MINUS SIGN}")


def _turn(
    turn: Turn, entries: Sequence[Entry], readings: dict[str, Reading], without: WithoutOffset
) -> TurnSection:
    messages = {m.message_id: m for _, m in of_type(entries, Message) if m.turn == turn.turn}
    models = {r.message_id: r.model for _, r in of_type(entries, ModelRequest)}
    ratings = {r.message_id: r.value for _, r in of_type(entries, Rating)}
    said = [p for _, p in of_type(entries, Preference) if p.turn == turn.turn]
    shown = {m: readings[m] for m in messages if m in readings}
    full_s, width = full_tint_s(shown.values()), page_width(shown.values())
    figures = {m: answer_figure(reading, width, full_s) for m, reading in shown.items()}
    sides = {r.side for _, r in of_type(entries, ModelRequest) if r.turn == turn.turn}
    sides |= {m.side for m in messages.values()}
    offset = without.offsets[turn.turn]
    names = {1: "Left", 2: "Right"} if 2 in sides else {1: "Answer"}
    return TurnSection(
        number=turn.turn + 1,
        question=turn.question,
        answers=tuple(
            AnswerSection(
                side=names.get(message.side, f"Answer {message.side}"),
                model=models.get(message.message_id, ""),
                text=message.displayed,
                rating=ratings.get(message.message_id),
                is_preferred=bool(said) and said[-1].preferred_side == message.side,
                reading=readings.get(message.message_id),
                figure=figures.get(message.message_id),
                compared=without.compared.get(message.message_id),
            )
            for message in sorted(messages.values(), key=lambda m: m.side)
        ),
        failures=tuple(
            f"{f.reason} ({f.kind})"
            for _, f in of_type(entries, ProviderFailure)
            if f.turn == turn.turn
        ),
        remarks=tuple(_remarks(turn, said[-1] if said else None, entries, sides)),
        full_tint_s=full_s,
        offset_text=None if offset is None else _offset_text(offset),
    )
