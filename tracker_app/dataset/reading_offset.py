"""How far below the text each turn's gaze lies, as the reading in the *other* turns tells it.

Lines are found by presuming that they are read in order, so gaze corrected with itself looks more
orderly than it was: regressions and coverage are invented. The offset of a turn therefore comes
from all other turns, and measures with it are given beside those without, never instead. It
enters no figure of accuracy. A turn is the time from its question to the next one.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calibration.reading import GazeError, Lines, Offset, find_offset
from tracker_app.aoi import NONE, Mapped, Page, Placed, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.fixations import Fixation, fixation_points
from tracker_app.dataset.gaze_error import gaze_covariance
from tracker_app.dataset.selection import of_type
from tracker_app.dataset.words import Samples
from tracker_app.records import Turn

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# Of the variance that a sample's error is expected to have. Nobody knows how it divides.
SHARE_OF_OFFSET = 0.5
MIN_SD_PX = 1.0
TELLS = 0.9  # a reading whose posterior is wider than this share of the prior tells nothing
MIN_LETTER_PX = 1.0
SAME_PX = 1.0  # lines that moved by less stand where they stood


@dataclass(frozen=True, slots=True)
class TurnReading:
    """What one run of fixations on one text tells about the offset."""

    turn: int
    offset: Offset


def reading_offsets(
    entries: Sequence[Entry], timeline: Timeline, fixations: Sequence[Fixation]
) -> dict[int, Offset | None]:
    """The offset of each turn's gaze, px, positive below the text; None where no other turn tells.

    Args:
        entries: of one session.
        timeline: of the same.
        fixations: of its corrected gaze.
    """
    turns = sorted({turn.turn for _, turn in of_type(entries, Turn)})
    error = gaze_error(entries)
    if error is None:
        return dict.fromkeys(turns)
    readings = list(_turn_readings(entries, timeline, fixations, error))
    return {turn: offset_from_others(turn, readings, error.offset_sd_px) for turn in turns}


def gaze_error(entries: Sequence[Entry]) -> GazeError | None:
    """What is expected of a session's gaze, half of the variance being the offset's."""
    variance = gaze_covariance(entries)[:, [0, 1], [0, 1]]
    variance = variance[np.isfinite(variance).all(axis=1)]
    if not len(variance):
        return None
    sd_x, sd_y = np.maximum(np.sqrt(np.median(variance, axis=0)), MIN_SD_PX)
    rest = np.sqrt(1 - SHARE_OF_OFFSET)
    return GazeError(float(np.sqrt(SHARE_OF_OFFSET) * sd_y), float(rest * sd_x), float(rest * sd_y))


def offset_from_others(
    turn: int, readings: Sequence[TurnReading], prior_sd_px: float
) -> Offset | None:
    """A turn's offset, from the readings of all other turns; None where those tell nothing.

    A random-effects mean: each reading weighs by its own variance and by how much the offset
    differs from reading to reading beyond it (DerSimonian and Laird, 1986, "Meta-analysis in
    clinical trials"), and the mean is shrunk to 0 by the prior. The SD is that of the turn's own
    offset, so it holds the difference too, as far as two readings or more can tell it.

    Args:
        turn: whose own readings are left out.
        readings: of all turns; their offsets hold the same prior.
        prior_sd_px: of that prior.
    """
    others = [r.offset for r in readings if r.turn != turn and r.offset.sd_px < TELLS * prior_sd_px]
    if not others:
        return None
    # A posterior's precision less the prior's: what the reading itself tells.
    posterior = np.array([o.sd_px for o in others]) ** -2.0
    precision = posterior - prior_sd_px**-2
    told_px = np.array([o.px for o in others]) * posterior / precision
    spread = _variance_between(told_px, precision)
    weight = 1 / (1 / precision + spread)
    total = weight.sum() + prior_sd_px**-2
    return Offset(float(weight @ told_px / total), float(np.sqrt(1 / total + spread)))


def _variance_between(values: Floats, precision: Floats) -> float:
    total = precision.sum()
    mean = precision @ values / total
    surplus = precision @ (values - mean) ** 2 - (len(values) - 1)
    scale = total - precision @ precision / total
    return float(max(surplus / scale, 0.0)) if len(values) > 1 else 0.0


# --- the readings of a session -----------------------------------------------------------------


def _turn_readings(
    entries: Sequence[Entry],
    timeline: Timeline,
    fixations: Sequence[Fixation],
    error: GazeError,
) -> Iterator[TurnReading]:
    points = fixation_points(fixations)
    mapped = points.map(timeline)
    turns = turns_at(entries, points)
    for rows in _runs(turns, mapped):
        screens = [mapped.screens[s] for s in mapped.screen[rows].tolist()]
        origin = np.array([[s.placement.origin_x_px, s.placement.origin_y_px] for s in screens])
        lines = lines_of(screens[-1].page, screens[-1].placement.pixel_ratio)
        x, y = points.x_px[rows] - origin[:, 0], points.y_px[rows] - origin[:, 1]
        if len(lines.left_px):
            yield TurnReading(int(turns[rows[0]]), find_offset(x, y, lines, error))


def turns_at(entries: Sequence[Entry], samples: Samples) -> Ints:
    """The turn each sample belongs to, NONE before the first question; shape (n,)."""
    marks = [(segment, turn.t_ns, turn.turn) for segment, turn in of_type(entries, Turn)]
    begins, numbers = [mark[:2] for mark in marks], [NONE] + [mark[2] for mark in marks]
    moments = zip(samples.segment.tolist(), samples.t_ns.tolist(), strict=True)
    return np.array([numbers[bisect_right(begins, moment)] for moment in moments], np.int64)


def _runs(turns: Ints, mapped: Mapped) -> Iterator[Ints]:
    """Rows of the fixations on one message in one turn, as long as its lines stood as they do."""
    groups: dict[tuple[int, str], list[int]] = {}
    for row, (turn, message_id) in enumerate(zip(turns.tolist(), mapped.message_ids, strict=True)):
        if message_id is not None and turn != NONE:
            groups.setdefault((turn, message_id), []).append(row)
    for rows in groups.values():
        screens = [mapped.screens[s] for s in mapped.screen[rows].tolist()]
        is_new = [not _continues(*pair) for pair in zip(screens[1:], screens[:-1], strict=True)]
        yield from np.split(np.array(rows, np.int64), np.flatnonzero(is_new) + 1)


def _continues(later: Placed, earlier: Placed) -> bool:
    """Whether text was at most added below, so that lines are still the same lines."""
    if later.placement.pixel_ratio != earlier.placement.pixel_ratio:
        return False
    if later.version is earlier.version:
        return True
    before, after = earlier.page.line_rects, later.page.line_rects
    count = len(before.top)
    return len(after.top) >= count and all(
        np.allclose(getattr(after, edge)[:count], getattr(before, edge), rtol=0, atol=SAME_PX)
        for edge in ("left", "top")
    )


def lines_of(page: Page, pixel_ratio: float) -> Lines:
    """The lines of a page that hold text, in physical pixels from the page's corner.

    A letter is the mean grapheme cluster, so of scripts with wide ones steps are taken too long.
    """
    rects, is_rtl, widths = page.line_rects, page.columns["is_rtl"], page.columns["cluster_width"]
    is_text = rects.bottom > rects.top  # a number without a box has neither
    boxes = np.bincount(page.box_line, minlength=len(rects.left))[is_text]
    rtl = np.bincount(page.box_line, is_rtl, minlength=len(rects.left))[is_text]
    return Lines(
        left_px=rects.left[is_text] * pixel_ratio,
        top_px=rects.top[is_text] * pixel_ratio,
        right_px=rects.right[is_text] * pixel_ratio,
        bottom_px=rects.bottom[is_text] * pixel_ratio,
        from_right=rtl / boxes,
        letter_px=max(float(widths.sum()) / max(len(widths), 1) * pixel_ratio, MIN_LETTER_PX),
    )


# --- what the offset changes -------------------------------------------------------------------


def sample_offsets(
    entries: Sequence[Entry], samples: Samples, offsets: dict[int, Offset | None]
) -> Floats:
    """The offset of each sample's turn, px; NaN where there is none or the eyes were lost."""
    found = {turn: offset.px for turn, offset in offsets.items() if offset is not None}
    px = np.array([found.get(turn, np.nan) for turn in turns_at(entries, samples).tolist()])
    px[np.isnan(samples.x_px + samples.y_px)] = np.nan
    return px


def without_offset(samples: Samples, offset_px: Floats) -> Samples:
    """The samples moved up by the offset, lost where it is not known."""
    return replace(samples, y_px=samples.y_px - offset_px)


@dataclass(frozen=True, slots=True)
class Compared:
    """Gaze on one message, as estimated and without its turn's offset."""

    line_changes: float  # share of the samples on either that are on another line, or on none
    words: int  # with a sample on them, as estimated
    words_without_offset: int


def compare(message_id: str, raw: Mapped, moved: Mapped, offset_px: Floats) -> Compared | None:
    """What the offset changes in a message; None where no sample on it has one.

    Args:
        message_id: the message.
        raw: where the samples fell.
        moved: where they fell without their offset.
        offset_px: of each sample, NaN where not known, shape (n,).
    """
    on_raw, on_moved = (
        np.array([found == message_id for found in mapped.message_ids], np.bool_)
        & ~np.isnan(offset_px)
        for mapped in (raw, moved)
    )
    on_either = on_raw | on_moved
    if not on_either.any():
        return None
    line, line_moved = (
        np.where(here, mapped.units.line, NONE)[on_either]
        for here, mapped in ((on_raw, raw), (on_moved, moved))
    )
    return Compared(
        float((line != line_moved).mean()),
        _words(raw, on_raw),
        _words(moved, on_moved),
    )


def _words(mapped: Mapped, here: NDArray[np.bool_]) -> int:
    """How many words lie under samples; the same word is one that begins where it did."""
    return len(np.setdiff1d(mapped.units.start[here], [NONE]))
