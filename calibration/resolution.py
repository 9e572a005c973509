"""The finest unit of text that gaze can tell, from how large the text is seen and the error.

The error is taken as normal, the same along x and y and without bias; its length then follows a
Rayleigh distribution, whose mean is the standard deviation along an axis times sqrt(pi / 2). A
unit is told where a look at its middle falls on it at least half of the time. That is the rule by
which recorded samples tell units too; there the units are those that stood on the screen.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import erf, inf, pi, sqrt

from calibration.geometry import Screen

# What to expect of people who sit still, before their calibration has said it: the goal, which is
# three quarters of the error published for EMC-Gaze (2026). It has not been measured here.
EXPECTED_ERROR_DEG = 2.3
ENOUGH = 0.5
WORD_LETTERS = 5  # the usual length of an English word
LETTER_EM = 0.5  # mean width of a letter of a text face, in sizes of its font
PARAGRAPH_LINES = 4


class Unit(StrEnum):
    """What gaze may tell, from coarse to fine; a finer one lies within a coarser one."""

    SIDE = "side"
    PARAGRAPH = "paragraph"
    LINE = "line"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class TextSize:
    """How answers are set; physical pixels."""

    font_px: float
    line_px: float  # from one baseline to the next
    window_px: float  # width of the window; each of two answers has half of it


@dataclass(frozen=True, slots=True)
class Resolution:
    """What gaze of some error tells of a text."""

    line_deg: float  # from one baseline to the next
    error_deg: float  # mean
    chances: dict[Unit, float]  # that a look at the middle of a unit falls on it, 0 to 1

    @property
    def finest(self) -> Unit | None:
        """The finest unit told; None where not even the side is.

        What does not tell a side cannot tell a paragraph of it.
        """
        finest = None
        for unit in Unit:
            if self.chances[unit] < ENOUGH:
                break
            finest = unit
        return finest


def resolution(text: TextSize, screen: Screen, error_deg: float = EXPECTED_ERROR_DEG) -> Resolution:
    """What gaze tells of a text on a screen.

    Lines and paragraphs count as wide as they need to be, a side as high.

    Args:
        text: how it is set.
        screen: supplies pixel pitch and viewing distance.
        error_deg: mean distance between gaze and what is looked at.
    """
    word_px = WORD_LETTERS * LETTER_EM * text.font_px
    sizes_px = {
        Unit.SIDE: (text.window_px / 2, inf),
        Unit.PARAGRAPH: (inf, PARAGRAPH_LINES * text.line_px),
        Unit.LINE: (inf, text.line_px),
        Unit.WORD: (word_px, text.line_px),
    }
    chances = {
        unit: chance(
            float(screen.to_degrees(width_px)), float(screen.to_degrees(height_px)), error_deg
        )
        for unit, (width_px, height_px) in sizes_px.items()
    }
    return Resolution(float(screen.to_degrees(text.line_px)), error_deg, chances)


def chance(width_deg: float, height_deg: float, error_deg: float) -> float:
    """The probability that a look at the middle of a rectangle falls on it.

    Args:
        width_deg: of the rectangle; infinite where only its height counts.
        height_deg: likewise.
        error_deg: mean of the looks' distances from the middle, above 0.
    """
    sd_deg = error_deg / sqrt(pi / 2)
    return _within(width_deg / 2 / sd_deg) * _within(height_deg / 2 / sd_deg)


def _within(z: float) -> float:
    """The probability that a standard normal variable is at most `z` from 0."""
    return erf(z / sqrt(2))
