"""From a point on the screen to the message, line, word and characters drawn there.

The same arithmetic serves the live view and the analysis of a recording, so both agree. A point
inside the visible part of a message but between its words is in the message and on no word: the
nearest line is a guess that belongs to whoever knows the error of the gaze, not here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker_app.codec import Entry
from tracker_app.records import ClockSegment, Layout, Placement, SegmentReason

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_NEW_PROCESS = (SegmentReason.START, SegmentReason.RESUME)
NONE = -1  # in integer arrays only: no word, no message
_CELLS = 2_000_000  # point-word pairs compared at once; bounds the memory, not the result


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under a point; the four fields after the message are None between words."""

    message_id: str
    word: int | None  # index into the layout
    start: int | None  # code points of the displayed text
    end: int | None
    line: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A layout as arrays, one entry a word; edges in logical pixels of the page."""

    message_id: str
    version: int
    text_length: int
    text_sha256: str
    start: Ints
    end: Ints
    line: Ints
    left: Floats
    top: Floats
    right: Floats
    bottom: Floats

    @classmethod
    def of(cls, layout: Layout) -> "Page":
        """The arrays of a layout record."""
        left, top = np.array(layout.left, np.float64), np.array(layout.top, np.float64)
        return cls(
            message_id=layout.message_id,
            version=layout.version,
            text_length=layout.text_length,
            text_sha256=layout.text_sha256,
            start=np.array(layout.start, np.int64),
            end=np.array(layout.end, np.int64),
            line=np.array(layout.line, np.int64),
            left=left,
            top=top,
            right=left + np.array(layout.width, np.float64),
            bottom=top + np.array(layout.height, np.float64),
        )

    def word_at(self, x: Floats, y: Floats) -> Ints:
        """Index of the first word whose rectangle holds each page point, NONE between words.

        Rectangles include their left and top edges and exclude the others, so that words that
        touch never both claim a point. NaN is on no word.
        """
        word = np.full(len(x), NONE, np.int64)
        if not len(self.left):
            return word
        (near,) = np.nonzero((y >= self.top.min()) & (y < self.bottom.max()))
        step = max(1, _CELLS // len(self.left))
        for some in (near[i : i + step] for i in range(0, len(near), step)):
            px, py = x[some, None], y[some, None]
            is_in = (py >= self.top) & (py < self.bottom) & (px >= self.left) & (px < self.right)
            word[some] = np.where(is_in.any(axis=1), is_in.argmax(axis=1), NONE)
        return word


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """For n points: whether each is in the visible part of the message, and on which word."""

    is_inside: Bools  # (n,)
    word: Ints  # (n,), NONE between words and outside


def locate_many(layout: Layout | Page, placement: Placement, x_px: Floats, y_px: Floats) -> Words:
    """The words of one message under many points.

    Args:
        layout: the message's words; a `Page` saves converting a record at every call.
        placement: where the message is; of the same message and layout version.
        x_px: shape (n,), physical pixels of the virtual desktop, NaN where lost.
        y_px: shape (n,), likewise.

    Raises:
        ValueError: if the placement belongs to another message or version.
    """
    page = layout if isinstance(layout, Page) else Page.of(layout)
    if (page.message_id, page.version) != (placement.message_id, placement.version):
        raise ValueError(
            f"the placement is of {placement.message_id} version {placement.version}, "
            f"the layout of {page.message_id} version {page.version}"
        )
    word = np.full(len(x_px), NONE, np.int64)
    dx, dy = x_px - placement.clip_x_px, y_px - placement.clip_y_px
    is_inside = (dx >= 0) & (dx < placement.clip_width_px)
    is_inside &= (dy >= 0) & (dy < placement.clip_height_px)
    if placement.pixel_ratio > 0 and is_inside.any():
        x = (x_px[is_inside] - placement.origin_x_px) / placement.pixel_ratio
        y = (y_px[is_inside] - placement.origin_y_px) / placement.pixel_ratio
        word[is_inside] = page.word_at(x, y)
    return Words(is_inside, word)


def locate(layout: Layout | Page, placement: Placement, x_px: float, y_px: float) -> Hit | None:
    """What lies under one point; None outside the visible part of the message.

    Raises:
        ValueError: if the placement belongs to another message or version.
    """
    page = layout if isinstance(layout, Page) else Page.of(layout)
    found = locate_many(page, placement, np.array([x_px]), np.array([y_px]))
    if not found.is_inside[0]:
        return None
    word = int(found.word[0])
    if word == NONE:
        return Hit(page.message_id, None, None, None, None)
    return Hit(
        page.message_id, word, int(page.start[word]), int(page.end[word]), int(page.line[word])
    )


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A message's page where it stood from one moment on, until the next of the same message."""

    page: Page
    placement: Placement


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """For n points in time: where they fell. The arrays have shape (n,)."""

    screens: tuple[Placed, ...]
    screen: Ints  # index into `screens`, NONE in no message
    word: Ints  # index into the page's words, NONE between words

    def _gather(self, values: Sequence[Ints]) -> Ints:
        out = np.full(len(self.word), NONE, np.int64)
        (hits,) = np.nonzero(self.word != NONE)
        for screen in np.unique(self.screen[hits]):
            here = hits[self.screen[hits] == screen]
            out[here] = values[screen][self.word[here]]
        return out

    @property
    def start(self) -> Ints:
        """First code point of the word, NONE between words."""
        return self._gather([s.page.start for s in self.screens])

    @property
    def end(self) -> Ints:
        """Code point after the word, NONE between words."""
        return self._gather([s.page.end for s in self.screens])

    @property
    def line(self) -> Ints:
        """Line of the word, NONE between words."""
        return self._gather([s.page.line for s in self.screens])

    @property
    def message_ids(self) -> list[str | None]:
        """The message each point fell in."""
        ids = [s.page.message_id for s in self.screens]
        return [None if i == NONE else ids[i] for i in self.screen.tolist()]


def _reading_order(entry: Entry) -> tuple[int, int, int, int]:
    # At one moment a start comes before a layout, and a layout before its placement.
    rank = 0 if isinstance(entry.record, ClockSegment) else 1
    rank += isinstance(entry.record, Placement)
    return entry.segment, entry.record.t_ns, rank, entry.index


def _is_same_place(a: Placement, b: Placement) -> bool:
    # More than a pixel both ways: neighbours may touch where their edges were rounded.
    wide = min(a.clip_x_px + a.clip_width_px, b.clip_x_px + b.clip_width_px)
    high = min(a.clip_y_px + a.clip_height_px, b.clip_y_px + b.clip_height_px)
    return wide - max(a.clip_x_px, b.clip_x_px) > 1 and high - max(a.clip_y_px, b.clip_y_px) > 1


class Timeline:
    """What stood where at every moment of a recording.

    A placement holds until the next one of its message, or until another message is placed over
    it: two texts never share a pixel, and a view shows one answer after another. It survives a
    suspend or clock jump, which leaves the window where it was, but not a new process.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._screens: list[Placed] = []
        # segment -> message -> (t_ns from which it holds, index into screens), in order of time
        self._changes: dict[int, dict[str, list[tuple[int, int]]]] = {}
        self._standing: dict[str, int] = {}
        self._read([e for e in entries if isinstance(e.record, Layout | Placement | ClockSegment)])

    def _read(self, entries: list[Entry]) -> None:
        pages: dict[tuple[str, int], Page] = {}
        for entry in sorted(entries, key=_reading_order):
            record = entry.record
            if isinstance(record, ClockSegment) and record.reason in _NEW_PROCESS:
                self._standing = {}
            if entry.segment not in self._changes:
                self._changes[entry.segment] = {m: [(0, i)] for m, i in self._standing.items()}
            if isinstance(record, Layout):
                pages[record.message_id, record.version] = Page.of(record)
            elif isinstance(record, Placement):
                page = pages.get((record.message_id, record.version))
                self._place(self._changes[entry.segment], page, record)

    def _place(
        self, changes: dict[str, list[tuple[int, int]]], page: Page | None, placement: Placement
    ) -> None:
        for message_id, index in list(self._standing.items()):
            if message_id == placement.message_id or _is_same_place(
                self._screens[index].placement, placement
            ):
                changes[message_id].append((placement.t_ns, NONE))
                del self._standing[message_id]
        if page is None:  # its layout was redacted or lost: nothing can be said about its words
            return
        index = self._standing[placement.message_id] = len(self._screens)
        self._screens.append(Placed(page, placement))
        changes.setdefault(placement.message_id, []).append((placement.t_ns, index))

    @property
    def screens(self) -> tuple[Placed, ...]:
        """Every placement with its page, in order of time."""
        return tuple(self._screens)

    def at(self, segment: int, t_ns: int) -> list[Placed]:
        """The messages placed at one moment, the newest placement last."""
        changes = self._changes.get(segment, {})
        past = ([index for since, index in c if since <= t_ns] for c in changes.values())
        newest = sorted(indices[-1] for indices in past if indices)
        return [self._screens[index] for index in newest if index != NONE]

    def map(self, segment: Ints, t_ns: Ints, x_px: Floats, y_px: Floats) -> Mapped:
        """Where points on the screen fell; all arguments have shape (n,), NaN where lost."""
        screen = np.full(len(t_ns), NONE, np.int64)
        word = np.full(len(t_ns), NONE, np.int64)
        for points, index in self._spans(segment, t_ns):
            placed = self._screens[index]
            found = locate_many(placed.page, placed.placement, x_px[points], y_px[points])
            inside = points[found.is_inside]
            screen[inside], word[inside] = index, found.word[found.is_inside]
        return Mapped(self.screens, screen, word)

    def _spans(self, segment: Ints, t_ns: Ints) -> Iterator[tuple[Ints, int]]:
        """For each placement the points that fall in its time."""
        for number, messages in self._changes.items():
            (here,) = np.nonzero(segment == number)
            here = here[np.argsort(t_ns[here], kind="stable")]
            times = t_ns[here]
            for changes in messages.values():
                since = np.searchsorted(times, [t for t, _ in changes], side="left")
                until = np.append(since[1:], len(times))
                for (_, index), first, last in zip(changes, since, until, strict=True):
                    if index != NONE and first < last:
                        yield here[first:last], index
