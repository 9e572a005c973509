"""How likely each word was looked at, given a gaze point and how far off it may be.

The error is taken as bivariate normal around the point. The probability of a word is the mass of
that distribution on its visible rectangles; what falls between words belongs to none of them, so
the chances of a level add up to no more than those of the level above it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from tracker_app.aoi.page import Page
from tracker_app.aoi.rects import Floats, Ints, Rects
from tracker_app.records import Placement

REACH_SD = 6.0  # beyond this many standard deviations lies less than a millionth
_POINTS = 64  # handled together: neighbours in time are neighbours on the page
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_SMALL = 1e-9  # px^2; a covariance below it is a point


class Level(StrEnum):
    """What chances can be about."""

    MESSAGE = "message"
    PARAGRAPH = "paragraph"
    LINE = "line"
    WORD = "word"
    CHARACTER = "character"  # a grapheme cluster


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Probabilities of units under points, those above zero; arrays of shape (k,), by point."""

    point: Ints
    unit: Ints  # number of the word, line, paragraph or cluster in its page; 0 for the message
    probability: Floats

    def best(self, points: int) -> tuple[Ints, Floats]:
        """The likeliest unit of each of `points` points and its probability; NONE and 0 without."""
        unit, probability = np.full(points, -1, np.int64), np.zeros(points)
        order = np.lexsort((-self.unit, self.probability, self.point))  # the last one wins
        unit[self.point[order]] = self.unit[order]
        probability[self.point[order]] = self.probability[order]
        return unit, probability


def chances(
    page: Page,
    placement: Placement,
    x_px: Floats,
    y_px: Floats,
    covariance_px: NDArray[np.float64],
    level: Level,
) -> Chances:
    """The probabilities of the units of one message under many points.

    Args:
        page: the message's text.
        placement: where it is; of the same message and layout version.
        x_px: shape (n,), physical pixels of the virtual desktop, NaN where lost.
        y_px: shape (n,), likewise.
        covariance_px: of the error, shape (2, 2) or (n, 2, 2), px^2.
        level: which units.

    Raises:
        ValueError: if a covariance is not one.
    """
    covariance = np.broadcast_to(covariance_px, (len(x_px), 2, 2))
    _require_covariance(covariance)
    rects, unit = _units(page, placement, level)
    (seen,) = np.nonzero(np.isfinite(x_px) & np.isfinite(y_px))
    parts = list(_parts(rects, seen, x_px, y_px, covariance))
    if not parts:
        return Chances(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    point, rect, mass = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return _summed(point, unit[rect], mass)


def _require_covariance(covariance: Floats) -> None:
    xx, yy, xy = covariance[:, 0, 0], covariance[:, 1, 1], covariance[:, 0, 1]
    is_one = (xx >= 0) & (yy >= 0) & (xy == covariance[:, 1, 0])
    is_one &= xy**2 <= xx * yy * (1 + 1e-9)
    if not is_one.all():
        raise ValueError("a covariance must be symmetric and positive semidefinite")


def _units(page: Page, placement: Placement, level: Level) -> tuple[Rects, Ints]:
    """The visible rectangles of a level's units on the screen, and whose they are."""
    clip = Rects(
        np.array([placement.clip_x_px]),
        np.array([placement.clip_y_px]),
        np.array([placement.clip_x_px + placement.clip_width_px]),
        np.array([placement.clip_y_px + placement.clip_height_px]),
    )
    match level:
        case Level.MESSAGE:
            return clip, np.zeros(1, np.int64)
        case Level.PARAGRAPH:
            rects, unit = page.line_rects, page.line_paragraph
        case Level.LINE:
            rects, unit = page.line_rects, np.arange(len(page.line_paragraph))
        case Level.WORD:
            rects, unit = page.box_rects, page.box_word
        case Level.CHARACTER:
            rects, unit = page.cluster_rects, np.arange(len(page.cluster_box))
    ratio, x, y = placement.pixel_ratio, placement.origin_x_px, placement.origin_y_px
    shown = Rects(
        np.maximum(x + ratio * rects.left, clip.left),
        np.maximum(y + ratio * rects.top, clip.top),
        np.minimum(x + ratio * rects.right, clip.right),
        np.minimum(y + ratio * rects.bottom, clip.bottom),
    )
    is_seen = (shown.left < shown.right) & (shown.top < shown.bottom)
    return shown.at(is_seen), unit[is_seen]


def _parts(
    rects: Rects, seen: Ints, x_px: Floats, y_px: Floats, covariance: Floats
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Points, rectangles within their reach, and the mass on each; some points at a time."""
    sd_x = np.sqrt(np.maximum(covariance[:, 0, 0], _SMALL))
    sd_y = np.sqrt(np.maximum(covariance[:, 1, 1], _SMALL))
    correlation = covariance[:, 0, 1] / (sd_x * sd_y)
    for some in (seen[i : i + _POINTS] for i in range(0, len(seen), _POINTS)):
        x, y = x_px[some, None], y_px[some, None]
        reach_x, reach_y = REACH_SD * sd_x[some, None], REACH_SD * sd_y[some, None]
        is_near = (rects.left < x + reach_x) & (rects.right > x - reach_x)
        is_near &= (rects.top < y + reach_y) & (rects.bottom > y - reach_y)
        row, rect = np.nonzero(is_near)
        point = some[row]
        left = (rects.left[rect] - x_px[point]) / sd_x[point]
        right = (rects.right[rect] - x_px[point]) / sd_x[point]
        top = (rects.top[rect] - y_px[point]) / sd_y[point]
        bottom = (rects.bottom[rect] - y_px[point]) / sd_y[point]
        yield point, rect, _mass(left, top, right, bottom, correlation[point])


def _mass(left: Floats, top: Floats, right: Floats, bottom: Floats, correlation: Floats) -> Floats:
    """Mass of standard bivariate normals on rectangles; all arrays have shape (k,).

    Along y by Gauss-Legendre quadrature, along x in closed form given y.
    """
    low, high = np.maximum(top, -REACH_SD), np.minimum(bottom, REACH_SD)
    half = np.maximum(high - low, 0) / 2
    y = (low + high)[:, None] / 2 + half[:, None] * _NODES
    spread = np.sqrt(np.maximum(1 - correlation**2, _SMALL))[:, None]
    shift = correlation[:, None] * y
    inside = _normal_cdf((right[:, None] - shift) / spread)
    inside -= _normal_cdf((left[:, None] - shift) / spread)
    density = np.exp(-(y**2) / 2) / sqrt(2 * np.pi)
    mass: Floats = half * ((density * inside) @ _WEIGHTS)
    return np.clip(mass, 0, 1)


def _normal_cdf(z: Floats) -> Floats:
    """Abramowitz and Stegun (1964), 7.1.26: off by less than 1e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(z) / sqrt(2))
    series = 0.254829592 + t * (
        -0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))
    )
    tail = t * series * np.exp(-(z**2) / 2) / 2
    return np.where(z < 0, tail, 1 - tail)


def _summed(point: Ints, unit: Ints, mass: Floats) -> Chances:
    """One row for each point and unit, however many rectangles the unit has."""
    pairs, row = np.unique(np.stack([point, unit]), axis=1, return_inverse=True)
    total = np.zeros(pairs.shape[1])
    np.add.at(total, row.ravel(), mass)
    is_some = total > 0
    return Chances(pairs[0, is_some], pairs[1, is_some], total[is_some])
