"""How each answer was read: dwell on its words, the share seen, and the path of the eyes.

Everything is counted with the corrected gaze, whose error is known; the filtered one lags and
serves the interface only. The time of a sample goes to the finest unit that its error lets it
tell: to a word, else in equal parts to the words of a line, else of a paragraph, else to none.
An answer may have been laid out several times (it streamed in, the window changed). Words are
the same words when they begin at the same character, and all is drawn on the last layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.aoi import NONE, Level, Likeliest, Mapped, Page, Placed, Timeline
from tracker_app.dataset.fixations import Fixation, fixation_points
from tracker_app.dataset.gaze_error import LEVELS, ToldGaze
from tracker_app.dataset.words import Samples
from tracker_app.records import Placement

# A sample stands for the time until the next one, but never for longer than this: what was looked
# at while the eyes were lost is not known.
MAX_SAMPLE_S = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """A fixation in the logical pixels of a page."""

    x: float
    y: float
    duration_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How one message was read; arrays have one entry a word of `page`."""

    page: Page
    view_width: float  # of the widest visible part, logical pixels
    dwell_s: NDArray[np.float64]
    is_shown: NDArray[np.bool_]  # was ever in the visible part
    inside_s: float  # gaze in the message, words and the space between them
    looks: tuple[Look, ...]

    @property
    def seen_share(self) -> float:
        """Share of words in units that at least one gaze sample told."""
        return float((self.dwell_s > 0).mean()) if len(self.dwell_s) else 0.0

    @property
    def shown_share(self) -> float:
        """Share of words that were ever in the visible part."""
        return float(self.is_shown.mean()) if len(self.is_shown) else 0.0


def read_answers(gaze: ToldGaze, fixations: Sequence[Fixation]) -> dict[str, Reading]:
    """The reading of every answer that was laid out on the screen, by message id."""
    timeline, seconds = gaze.timeline, _sample_seconds(gaze.samples)
    fixated = fixation_points(fixations).map(timeline)
    dwell = _Dwell(timeline, gaze.told, seconds)
    dwell.count_inside(gaze.mapped, seconds)
    by_message: dict[str, list[Placed]] = {}
    for placed in timeline.screens:
        by_message.setdefault(placed.message_id, []).append(placed)
    return {
        message_id: _reading(message_id, screens, dwell, (fixations, fixated))
        for message_id, screens in by_message.items()
    }


def _sample_seconds(gaze: Samples) -> NDArray[np.float64]:
    """The time each sample stands for."""
    seconds = np.append(np.diff(gaze.t_ns) / 1e9, 0.0)[: len(gaze.t_ns)]
    seconds[:-1][np.diff(gaze.segment) != 0] = 0.0
    clipped: NDArray[np.float64] = np.clip(seconds, 0.0, MAX_SAMPLE_S)
    return clipped


class _Dwell:
    """Seconds of gaze by message and first character of the word, and by message."""

    def __init__(
        self, timeline: Timeline, told: dict[Level, Likeliest], seconds: NDArray[np.float64]
    ) -> None:
        self.on_word: dict[tuple[str, int], float] = {}
        self.inside: dict[str, float] = {}
        is_told = np.zeros(len(seconds), np.bool_)
        for level in reversed(LEVELS):
            found = told[level]
            here = (found.unit != NONE) & ~is_told
            is_told |= here
            screens, units = found.screen[here], found.unit[here]
            pairs, index = np.unique(np.stack([screens, units]), axis=1, return_inverse=True)
            sums = np.bincount(index.ravel(), seconds[here], pairs.shape[1])
            for (screen, unit), total in zip(pairs.T.tolist(), sums.tolist(), strict=True):
                self._share(timeline.screens[screen].page, level, unit, total)

    def count_inside(self, mapped: Mapped, seconds: NDArray[np.float64]) -> None:
        """Take in when the gaze was in a message, whatever it could tell there."""
        for message_id, duration in zip(mapped.message_ids, seconds.tolist(), strict=True):
            if message_id is not None:
                self.inside[message_id] = self.inside.get(message_id, 0.0) + duration

    def _share(self, page: Page, level: Level, unit: int, seconds: float) -> None:
        numbers = {Level.WORD: page.box_word, Level.LINE: page.box_line}
        words = np.unique(page.box_word[numbers.get(level, page.box_paragraph) == unit])
        for start in page.word_start[words].tolist():
            key = page.message_id, start
            self.on_word[key] = self.on_word.get(key, 0.0) + seconds / len(words)


def _reading(
    message_id: str,
    screens: list[Placed],
    dwell: _Dwell,
    fixated: tuple[Sequence[Fixation], Mapped],
) -> Reading:
    page = screens[-1].page
    shown = {start for placed in screens for start in _shown_starts(placed)}
    starts = page.word_start.tolist()
    return Reading(
        page=page,
        view_width=max(_view_width(placed.placement) for placed in screens),
        dwell_s=np.array([dwell.on_word.get((message_id, s), 0.0) for s in starts], np.float64),
        is_shown=np.array([s in shown for s in starts], np.bool_),
        inside_s=dwell.inside.get(message_id, 0.0),
        looks=_looks(page, *fixated),
    )


def _view_width(placement: Placement) -> float:
    return placement.clip_width_px / placement.pixel_ratio if placement.pixel_ratio > 0 else 0.0


def _shown_starts(placed: Placed) -> list[int]:
    """First characters of the words whose centre could be seen."""
    page = placed.page
    starts: list[int] = page.word_start[page.box_word[placed.is_shown]].tolist()
    return starts


def _looks(page: Page, fixations: Sequence[Fixation], mapped: Mapped) -> tuple[Look, ...]:
    looks = []
    starts = mapped.units.start.tolist()
    box_of = {start: i for i, start in enumerate(page.box_start.tolist())}
    boxes = page.box_rects
    for fixation, start, index in zip(fixations, starts, mapped.screen.tolist(), strict=True):
        if index == NONE or mapped.screens[index].message_id != page.message_id:
            continue
        placed = mapped.screens[index]
        if placed.version.number == page.version and placed.placement.pixel_ratio > 0:
            x = (fixation.x_px - placed.placement.origin_x_px) / placed.placement.pixel_ratio
            y = (fixation.y_px - placed.placement.origin_y_px) / placed.placement.pixel_ratio
        elif start in box_of:  # of an earlier layout: where the same word stands in the last one
            box = box_of[start]
            x = float(boxes.left[box] + boxes.right[box]) / 2
            y = float(boxes.top[box] + boxes.bottom[box]) / 2
        else:
            continue
        looks.append(Look(x, y, fixation.duration_ms))
    return tuple(looks)
