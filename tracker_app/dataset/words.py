"""What was looked at and pointed at: each sample with the message, line and word it fell on.

Only points are assigned, never guesses: a sample between words has a message and no word. How far
words can be trusted depends on the gaze error, which stands in the session's quality figures.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.aoi import NONE, Mapped, Page, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.selection import of_type
from tracker_app.records import GazeSample, Message, MouseEvent


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Points in time on the screen; arrays of shape (n,), NaN where lost."""

    segment: NDArray[np.int64]
    t_ns: NDArray[np.int64]
    x_px: NDArray[np.float64]
    y_px: NDArray[np.float64]

    def map(self, timeline: Timeline) -> Mapped:
        """Where each point fell."""
        return timeline.map(self.segment, self.t_ns, self.x_px, self.y_px)


def _samples(rows: Iterable[tuple[int, int, float | None, float | None]]) -> Samples:
    listed = list(rows)
    segment, t_ns, x, y = zip(*listed, strict=True) if listed else ((),) * 4
    return Samples(
        np.array(segment, np.int64),
        np.array(t_ns, np.int64),
        np.array(x, np.float64),  # None becomes NaN
        np.array(y, np.float64),
    )


def raw_gaze(entries: Sequence[Entry]) -> Samples:
    """Gaze as estimated, in order of time."""
    return _samples((s, g.t_ns, g.x_px, g.y_px) for s, g in of_type(entries, GazeSample))


def filtered_gaze(entries: Sequence[Entry]) -> Samples:
    """Gaze smoothed for the interface, in order of time."""
    return _samples(
        (s, g.t_ns, g.filtered_x_px, g.filtered_y_px) for s, g in of_type(entries, GazeSample)
    )


def mouse_points(entries: Sequence[Entry]) -> Samples:
    """Mouse positions inside our window, in order of time."""
    return _samples((s, m.t_ns, m.x_px, m.y_px) for s, m in of_type(entries, MouseEvent))


class Texts:
    """The displayed text of messages, for layouts that were made of that very text."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._displayed = {m.message_id: m.displayed for _, m in of_type(entries, Message)}
        self._checked: dict[tuple[str, str], str | None] = {}

    def of(self, page: Page) -> str | None:
        """The text a page was laid out from; None where it was redacted or is not the same.

        A page laid out while the answer was arriving holds the beginning of it.
        """
        key = (page.message_id, page.text_sha256)
        if key not in self._checked:
            text = self._displayed.get(page.message_id, "")[: page.text_length]
            is_same = hashlib.sha256(text.encode()).hexdigest() == page.text_sha256
            self._checked[key] = text if is_same else None
        return self._checked[key]


def word_columns(mapped: Mapped, texts: Texts, prefix: str = "") -> dict[str, list[object]]:
    """Message, word, line, characters and text of each point; None where there is none."""
    numbers = {
        "word": mapped.word,
        "line": mapped.line,
        "start": mapped.start,
        "end": mapped.end,
    }
    columns: dict[str, list[object]] = {f"{prefix}message_id": list(mapped.message_ids)}
    for name, values in numbers.items():
        columns[prefix + name] = [None if v == NONE else v for v in values.tolist()]
    columns[f"{prefix}text"] = _word_texts(mapped, texts)
    return columns


def _word_texts(mapped: Mapped, texts: Texts) -> list[object]:
    by_screen = [texts.of(s.page) for s in mapped.screens]
    out: list[object] = [None] * len(mapped.word)
    start, end, screen = mapped.start.tolist(), mapped.end.tolist(), mapped.screen.tolist()
    for i in np.nonzero(mapped.word != NONE)[0].tolist():
        text = by_screen[screen[i]]
        out[i] = None if text is None else text[start[i] : end[i]]
    return out
