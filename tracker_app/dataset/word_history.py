"""Every word that stood on the screen: where it is from, where it stood, when it came and was seen.

Words are those of a message's last layout. A word of an earlier one, or of a text that was still
arriving, is the same word when it begins at the same character.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tracker_app.aoi import Page, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.selection import of_type
from tracker_app.records import Message, TokenArrival
from tracker_app.text_map import Piece, TextMap

Moment = tuple[int, int]  # clock segment, nanoseconds on its clock


@dataclass(frozen=True, slots=True)
class WordHistory:
    """One word of one message; edges in logical pixels of its page, of its first line."""

    message_id: str
    word: int
    text: str
    start: int  # code points of the displayed text
    end: int
    utf16_start: int
    utf16_end: int
    raw_start: int | None  # code points of the raw text; None for a question
    raw_end: int | None
    paragraph: int
    line: int
    left: float
    top: float
    right: float
    bottom: float
    arrived: Moment | None  # when the token with its last character came
    first_visible: Moment | None  # when its middle first stood in the visible part


def word_histories(entries: Sequence[Entry], timeline: Timeline) -> list[WordHistory]:
    """The words of every message, in the order the messages first appeared."""
    last: dict[str, Page] = {}
    seen: dict[str, dict[int, Moment]] = {}
    for placed in timeline.screens:
        page = placed.page
        last[page.message_id] = page
        first = seen.setdefault(page.message_id, {})
        moment = placed.segment, placed.placement.t_ns
        for start in page.word_start[np.unique(page.box_word[placed.is_shown])].tolist():
            first.setdefault(start, moment)
    maps, arrivals = _maps(entries), _arrivals(entries)
    return [
        word
        for message_id, page in last.items()
        for word in _words(
            page, seen[message_id], maps.get(message_id), arrivals.get(message_id, [])
        )
    ]


def _maps(entries: Sequence[Entry]) -> dict[str, TextMap]:
    return {
        message.message_id: TextMap(
            Piece(*piece)
            for piece in zip(
                message.map_displayed_start,
                message.map_displayed_end,
                message.map_raw_start,
                message.map_raw_end,
                strict=True,
            )
        )
        for _, message in of_type(entries, Message)
    }


def _arrivals(entries: Sequence[Entry]) -> dict[str, list[tuple[int, Moment]]]:
    """For each message how far its raw text had come, and when."""
    arrivals: dict[str, list[tuple[int, Moment]]] = {}
    for segment, token in of_type(entries, TokenArrival):
        arrivals.setdefault(token.message_id, []).append((token.end, (segment, token.t_ns)))
    return arrivals


def _words(
    page: Page,
    seen: dict[int, Moment],
    text_map: TextMap | None,
    arrivals: list[tuple[int, Moment]],
) -> Iterator[WordHistory]:
    ends = [end for end, _ in arrivals]
    first_box = np.searchsorted(page.box_word, np.arange(page.words))
    rects = page.box_rects
    spans = zip(page.word_start.tolist(), page.word_end.tolist(), first_box.tolist(), strict=True)
    for word, (start, end, box) in enumerate(spans):
        raw = text_map.to_raw(start, end) if text_map else None
        token = int(np.searchsorted(ends, raw[1])) if raw else len(ends)
        yield WordHistory(
            message_id=page.message_id,
            word=word,
            text=page.word_text(word),
            start=start,
            end=end,
            utf16_start=page.utf16(start),
            utf16_end=page.utf16(end),
            raw_start=raw[0] if raw else None,
            raw_end=raw[1] if raw else None,
            paragraph=int(page.box_paragraph[box]),
            line=int(page.box_line[box]),
            left=float(rects.left[box]),
            top=float(rects.top[box]),
            right=float(rects.right[box]),
            bottom=float(rects.bottom[box]),
            arrived=arrivals[token][1] if token < len(ends) else None,
            first_visible=seen.get(start),
        )
