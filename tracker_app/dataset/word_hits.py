"""Which word each gaze sample and mouse event fell on, from the logged geometry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tracker_app.aoi import NONE, Mapped, Timeline
from tracker_app.codec import Entry
from tracker_app.records import GazeSample, Message, MouseEvent


@dataclass(frozen=True, slots=True)
class Hits:
    """Entries of one stream and where they fell; arrays in the order of `entries`."""

    entries: tuple[Entry, ...]
    mapped: Mapped
    words: tuple[str | None, ...]  # the text under each, where it was final


def gaze_hits(entries: Sequence[Entry], timeline: Timeline) -> Hits:
    """Where each gaze sample fell, as estimated, not smoothed."""
    found = [e for e in entries if isinstance(e.record, GazeSample)]
    return _hits(found, entries, timeline)


def mouse_hits(entries: Sequence[Entry], timeline: Timeline) -> Hits:
    """Where each mouse event fell."""
    found = [e for e in entries if isinstance(e.record, MouseEvent)]
    return _hits(found, entries, timeline)


def _hits(found: Sequence[Entry], entries: Sequence[Entry], timeline: Timeline) -> Hits:
    def column(name: str) -> Any:
        values = [getattr(e.record, name) for e in found]
        return np.array([np.nan if v is None else v for v in values], np.float64)

    mapped = timeline.map(
        np.array([e.segment for e in found], np.int64),
        np.array([e.record.t_ns for e in found], np.int64),
        column("x_px"),
        column("y_px"),
    )
    return Hits(tuple(found), mapped, tuple(_texts(mapped, entries)))


def _texts(mapped: Mapped, entries: Sequence[Entry]) -> list[str | None]:
    """The word under each point. Layouts of unfinished answers have no stored text: None."""
    texts = {
        (e.record.message_id, e.record.displayed_sha256): e.record.displayed
        for e in entries
        if isinstance(e.record, Message)
    }
    pages = [texts.get((s.page.message_id, s.page.text_sha256)) for s in mapped.screens]
    words = []
    for screen, start, end in zip(mapped.screen, mapped.start, mapped.end, strict=True):
        text = pages[screen] if screen != NONE else None
        words.append(text[start:end] if text is not None and start != NONE else None)
    return words
