"""The geometry of a report's figures: what stands where, in the units of an SVG's view box.

The template draws them as inline SVG rather than a plotting library as pictures: text stays text
(any script, `$` included), colours follow light and dark mode, and print is sharp.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from calibration.looks import Use
from tracker_app.codec import Entry
from tracker_app.dataset.calibrations import chosen_attempt, frame_of
from tracker_app.dataset.reading import Look, Reading
from tracker_app.records import CalibrationTarget

_MARGIN = 12.0
_NUMBER_SPACE = 22.0  # between the centres of two numbers, logical pixels
MAX_LOOKS = 99  # numbers of three digits no longer fit a circle
_ADVANCE_EM = 0.52  # mean width of a letter in proportional Latin faces


@dataclass(frozen=True, slots=True)
class DrawnWord:
    """A word at its place; `tint` is 0 (not looked at) to 1."""

    left: float
    top: float
    width: float
    height: float
    baseline: float
    text: str
    tint: float
    is_shown: bool
    title: str


@dataclass(frozen=True, slots=True)
class DrawnLook:
    """A fixation; the number is empty where it would cover another one's."""

    x: float
    y: float
    radius: float
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class AnswerFigure:
    """One answer as it stood on the screen."""

    width: float
    height: float
    font_size: float
    words: tuple[DrawnWord, ...]
    looks: tuple[DrawnLook, ...]
    looks_left_out: int

    @property
    def path(self) -> str:
        """The points of the line through all fixations."""
        return " ".join(f"{look.x:.1f},{look.y:.1f}" for look in self.looks)


def full_tint_s(readings: Iterable[Reading]) -> float:
    """Dwell that gets the full tint: the 95th percentile of all words looked at, at least 0.1 s.

    Answers of one turn share it, so that their tints can be compared.
    """
    looked = [r.dwell_s[r.dwell_s > 0] for r in readings]
    values = np.concatenate(looked) if looked else np.empty(0)
    return max(0.1, float(np.percentile(values, 95))) if len(values) else 0.1


def page_width(readings: Iterable[Reading]) -> float:
    """Of the widest page: answers of one turn share it, so that their letters are of one size.

    What lies right of the view (a long line of code) could not be seen and is cut off, or else
    one such line would make all the others too small to read.
    """
    return max((_page_width(reading) for reading in readings if reading.page.words), default=0.0)


def _page_width(reading: Reading) -> float:
    width = float(reading.page.box_rects.right.max()) + _MARGIN
    return min(width, reading.view_width) if reading.view_width > 0 else width


def answer_figure(reading: Reading, width: float, full_s: float) -> AnswerFigure:
    """Words tinted by dwell, `full_s` and more being the strongest, and the eyes' path."""
    bottom = reading.page.box_rects.bottom
    height = float(bottom.max()) + _MARGIN if len(bottom) else 0.0
    font_size = _font_size(reading)
    shown = reading.looks[:MAX_LOOKS]
    return AnswerFigure(
        width=width,
        height=height,
        font_size=font_size,
        words=tuple(_word(reading, i, full_s, font_size) for i in range(len(bottom))),
        looks=_drawn_looks(shown, width, height),
        looks_left_out=len(reading.looks) - len(shown),
    )


def _drawn_looks(looks: Sequence[Look], width: float, height: float) -> tuple[DrawnLook, ...]:
    drawn: list[DrawnLook] = []
    for number, look in enumerate(looks, start=1):
        x, y = min(max(look.x, 0), width), min(max(look.y, 0), height)
        is_free = all(
            not other.number or math.hypot(other.x - x, other.y - y) > _NUMBER_SPACE
            for other in drawn
        )
        drawn.append(
            DrawnLook(
                x=x,
                y=y,
                radius=8 + min(look.duration_ms, 1000) / 200 if is_free else 3,
                number=str(number) if is_free else "",
                title=f"Fixation {number}, {look.duration_ms:.0f} ms",
            )
        )
    return tuple(drawn)


def _font_size(reading: Reading) -> float:
    """The layout does not keep the font: take the size whose letters fill the words."""
    page, boxes = reading.page, reading.page.box_rects
    letters = np.maximum(page.box_end - page.box_start, 1)
    if not len(letters):
        return 16.0
    by_width = median((boxes.right - boxes.left) / letters) / _ADVANCE_EM
    return float(min(by_width, 0.75 * median(boxes.bottom - boxes.top)))


def _word(reading: Reading, index: int, full_s: float, font_size: float) -> DrawnWord:
    page, boxes = reading.page, reading.page.box_rects
    top, bottom = float(boxes.top[index]), float(boxes.bottom[index])
    word = int(page.box_word[index])
    dwell = float(reading.dwell_s[word])
    return DrawnWord(
        left=float(boxes.left[index]),
        top=top,
        width=float(boxes.right[index] - boxes.left[index]),
        height=bottom - top,
        baseline=(top + bottom) / 2 + 0.35 * font_size,
        text=page.text[page.box_start[index] : page.box_end[index]],
        tint=min(dwell / full_s, 1.0),
        is_shown=bool(reading.is_shown[word]),
        title=f"{dwell:.2f} s" if dwell else "",
    )


# --- calibration -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawnTarget:
    """A target and, where it was a validation target, its error as a circle to scale."""

    x: float
    y: float
    is_validation: bool
    radius: float
    label: str


@dataclass(frozen=True, slots=True)
class CalibrationFigure:
    """The screen with its targets, in physical pixels from the screen's top-left corner."""

    width: float
    height: float
    targets: tuple[DrawnTarget, ...]
    caption: str


def calibration_figure(entries: Sequence[Entry]) -> CalibrationFigure | None:
    """The map of the last accepted attempt, or of the last one where none was accepted."""
    attempt = chosen_attempt(entries)
    if attempt is None or not attempt.targets:
        return None
    frame, result = frame_of(entries, attempt.targets), attempt.result
    return CalibrationFigure(
        width=frame.width,
        height=frame.height,
        targets=tuple(_target(t, frame.left, frame.top) for t in attempt.targets),
        caption=f"Attempt {result.attempt}, {'accepted' if result.is_accepted else 'not accepted'}",
    )


def _target(target: CalibrationTarget, left: float, top: float) -> DrawnTarget:
    error_px = target.accuracy_px
    is_validation = target.use is Use.VALIDATE
    label = "lost" if is_validation and error_px is None else ""
    if error_px is not None:
        label = f"{error_px:.0f} px"
        if target.accuracy_deg is not None:
            label = f"{target.accuracy_deg:.1f}°"
    return DrawnTarget(target.x_px - left, target.y_px - top, is_validation, error_px or 0.0, label)
