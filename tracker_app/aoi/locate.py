"""What lies under points on the screen, in one message that stands somewhere on it."""

from dataclasses import dataclass

import numpy as np

from tracker_app.aoi.page import Page
from tracker_app.aoi.rects import NONE, Bools, Floats, Ints
from tracker_app.records import Placement


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under one point; None where there is none.

    Between two words a point is on a line and on no word; below the text it is in the message
    only. Spans are code points of the displayed text.
    """

    message_id: str
    paragraph: int | None
    line: int | None
    word: int | None
    word_span: tuple[int, int] | None
    character_span: tuple[int, int] | None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What lies under n points; arrays of shape (n,)."""

    is_inside: Bools  # in the visible part of the message
    line: Ints  # NONE outside and beside the text
    cluster: Ints  # NONE outside and between words


def locate_many(page: Page, placement: Placement, x_px: Floats, y_px: Floats) -> Found:
    """The lines and clusters of one message under many points.

    Args:
        page: the message's text.
        placement: where it is; of the same message and layout version.
        x_px: shape (n,), physical pixels of the virtual desktop, NaN where lost.
        y_px: shape (n,), likewise.

    Raises:
        ValueError: if the placement belongs to another message or version.
    """
    _require_same(page, placement)
    line, cluster = np.full(len(x_px), NONE, np.int64), np.full(len(x_px), NONE, np.int64)
    dx, dy = x_px - placement.clip_x_px, y_px - placement.clip_y_px
    is_inside = (dx >= 0) & (dx < placement.clip_width_px)
    is_inside &= (dy >= 0) & (dy < placement.clip_height_px)
    if placement.pixel_ratio > 0 and is_inside.any():
        x = (x_px[is_inside] - placement.origin_x_px) / placement.pixel_ratio
        y = (y_px[is_inside] - placement.origin_y_px) / placement.pixel_ratio
        line[is_inside], cluster[is_inside] = page.under(x, y)
    return Found(is_inside, line, cluster)


def locate(page: Page, placement: Placement, x_px: float, y_px: float) -> Hit | None:
    """What lies under one point; None outside the visible part of the message.

    Raises:
        ValueError: if the placement belongs to another message or version.
    """
    _require_same(page, placement)
    dx, dy = x_px - placement.clip_x_px, y_px - placement.clip_y_px
    if not (0 <= dx < placement.clip_width_px and 0 <= dy < placement.clip_height_px):
        return None
    line, cluster = NONE, NONE
    if placement.pixel_ratio > 0:
        x = (x_px - placement.origin_x_px) / placement.pixel_ratio
        y = (y_px - placement.origin_y_px) / placement.pixel_ratio
        line, cluster = page.under_one(x, y)
    if line == NONE:
        return Hit(page.message_id, None, None, None, None, None)
    paragraph = int(page.line_paragraph[line])
    if cluster == NONE:
        return Hit(page.message_id, paragraph, line, None, None, None)
    word = int(page.box_word[page.cluster_box[cluster]])
    return Hit(
        page.message_id,
        paragraph,
        line,
        word,
        (int(page.word_start[word]), int(page.word_end[word])),
        (int(page.cluster_start[cluster]), int(page.cluster_end[cluster])),
    )


def _require_same(page: Page, placement: Placement) -> None:
    if (page.message_id, page.version) != (placement.message_id, placement.version):
        raise ValueError(
            f"the placement is of {placement.message_id} version {placement.version}, "
            f"the layout of {page.message_id} version {page.version}"
        )
