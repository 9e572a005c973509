"""Measured boxes of text, and the layout records that hold them.

A box is a word, or the share of it that stands on one line and runs in one direction. While a
message streams in, a layout record repeats nothing: it names the version it continues, how much
of it still stands, and what comes after. A record that continues nothing is complete by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import TypeVar

from tracker_app.records import Layout


@dataclass(frozen=True, slots=True)
class Overhang:
    """Ink of a box's cluster outside its own place; logical pixels of the message's page."""

    cluster: int  # counted through the box
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where some of a word's characters stand; logical pixels of the message's page.

    A cluster is what a reader takes for one character (UAX 29). Clusters follow each other from
    the left, or from the right where the text runs that way.
    """

    word: int  # counted through the message
    start: int  # code points of the displayed text
    end: int
    line: int  # counted through the message
    paragraph: int  # block of the rendering
    left: float
    top: float
    height: float
    is_rtl: bool
    cluster_length: tuple[int, ...]  # code points
    cluster_width: tuple[float, ...]
    overhangs: tuple[Overhang, ...] = ()


_Sequence = TypeVar("_Sequence", str, tuple[Box, ...])


class LayoutWriter:
    """Turns the successive measurements of one message into layout records."""

    def __init__(self, message_id: str) -> None:
        self._message_id = message_id
        self._version = 0
        self._text = ""
        self._boxes: tuple[Box, ...] = ()

    @property
    def version(self) -> int:
        """The version written last; 0 before the first."""
        return self._version

    def write(
        self, text: str, boxes: tuple[Box, ...], t_ns: int, *, is_finished: bool = False
    ) -> Layout:
        """The record of the next version.

        Args:
            text: the displayed text.
            boxes: all its boxes in reading order.
            t_ns: when it was measured.
            is_finished: repeat everything, so that the record needs none before it.
        """
        is_complete = is_finished or not self._boxes
        kept = 0 if is_complete else _common(self._boxes, boxes)
        kept_text = 0 if is_complete else _common(self._text, text)
        new = boxes[kept:]
        clusters = sum(len(b.cluster_length) for b in boxes[:kept])
        overhangs = list(_numbered_overhangs(new, clusters))
        base, self._version = self._version, self._version + 1
        # A complete message seldom changes again, and a session has many: forget its boxes.
        self._text, self._boxes = ("", ()) if is_finished else (text, boxes)
        return Layout(
            t_ns=t_ns,
            message_id=self._message_id,
            version=self._version,
            base=None if is_complete else base,
            kept_boxes=kept,
            kept_text=kept_text,
            text=text[kept_text:],
            text_sha256=sha256(text.encode()).hexdigest(),
            word=tuple(b.word for b in new),
            start=tuple(b.start for b in new),
            end=tuple(b.end for b in new),
            line=tuple(b.line for b in new),
            paragraph=tuple(b.paragraph for b in new),
            left=tuple(b.left for b in new),
            top=tuple(b.top for b in new),
            height=tuple(b.height for b in new),
            is_rtl=tuple(b.is_rtl for b in new),
            cluster_length=tuple(chain.from_iterable(b.cluster_length for b in new)),
            cluster_width=tuple(chain.from_iterable(b.cluster_width for b in new)),
            overhang_cluster=tuple(n + o.cluster for n, o in overhangs),
            overhang_left=tuple(o.left for _, o in overhangs),
            overhang_top=tuple(o.top for _, o in overhangs),
            overhang_width=tuple(o.width for _, o in overhangs),
            overhang_height=tuple(o.height for _, o in overhangs),
        )


def _numbered_overhangs(
    boxes: tuple[Box, ...], first_cluster: int
) -> Iterator[tuple[int, Overhang]]:
    """Every overhang, with the number of its box's first cluster in the message."""
    number = first_cluster
    for box in boxes:
        for overhang in box.overhangs:
            yield number, overhang
        number += len(box.cluster_length)


def _common(one: _Sequence, two: _Sequence) -> int:
    """How long the common beginning of two sequences is."""
    low, high = 0, min(len(one), len(two))
    middle = high  # most often one is the beginning of the other
    while low < high:
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle - 1
        middle = (low + high + 1) // 2
    return low
