"""What stood where on the screen at every moment of a recording, and what points fell on."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tracker_app.aoi.chances import Level, chances
from tracker_app.aoi.growth import Growth, PageVersion
from tracker_app.aoi.page import Page, Units
from tracker_app.aoi.rects import NONE, Bools, Floats, Ints
from tracker_app.codec import Entry
from tracker_app.errors import DamagedRecordError
from tracker_app.records import (
    ClockSegment,
    Layout,
    Placement,
    Redaction,
    SegmentReason,
    stream_of,
)

logger = logging.getLogger(__name__)
_READ = (Layout, Placement, ClockSegment, Redaction)
_LAYOUT = stream_of(Layout)
_NEW_PROCESS = (SegmentReason.START, SegmentReason.RESUME)
_GEOMETRY = (
    "clip_x_px", "clip_y_px", "clip_width_px", "clip_height_px",
    "origin_x_px", "origin_y_px", "pixel_ratio",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A message's page where it stood from one moment on, until the next of the same message."""

    segment: int
    version: PageVersion
    placement: Placement

    @property
    def message_id(self) -> str:
        """Whose page it is."""
        return self.placement.message_id

    @property
    def page(self) -> Page:
        """The page; see `PageVersion.page`."""
        return self.version.page

    @property
    def is_shown(self) -> Bools:
        """Whether the middle of each of the page's boxes stands in the visible part."""
        placement, boxes = self.placement, self.page.box_rects
        ratio = placement.pixel_ratio
        x = placement.origin_x_px + ratio * (boxes.left + boxes.right) / 2 - placement.clip_x_px
        y = placement.origin_y_px + ratio * (boxes.top + boxes.bottom) / 2 - placement.clip_y_px
        is_shown: Bools = (x >= 0) & (x < placement.clip_width_px)
        return is_shown & (y >= 0) & (y < placement.clip_height_px)


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """For n points in time: where they fell. Arrays have shape (n,); NONE is nothing."""

    screens: tuple[Placed, ...]
    screen: Ints  # index into `screens`, NONE in no message
    units: Units
    text: list[str | None]  # the word

    @property
    def message_ids(self) -> list[str | None]:
        """The message each point fell in."""
        ids = [s.message_id for s in self.screens]
        return [None if i == NONE else ids[i] for i in self.screen.tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class Likeliest:
    """For n points the unit they were most probably about; arrays of shape (n,)."""

    screen: Ints  # index into the timeline's screens, NONE where nothing is near
    unit: Ints
    probability: Floats


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
    suspend or clock jump, which leaves the window where it was, but not a new process. Where a
    text was deleted on the participant's wish, what it stood over is not seen again by its going:
    from then on nothing is known until texts are placed anew.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._screens: list[Placed] = []
        # segment -> message -> (t_ns from which it holds, index into screens), in order of time
        self._changes: dict[int, dict[str, list[tuple[int, int]]]] = {}
        self._standing: dict[str, int] = {}
        self._pages: dict[str, PageVersion] = {}  # the newest of each message
        self._read([e for e in entries if isinstance(e.record, _READ)])

    def _read(self, entries: list[Entry]) -> None:
        for entry in sorted(entries, key=_reading_order):
            record = entry.record
            if isinstance(record, ClockSegment) and record.reason in _NEW_PROCESS:
                self._standing, self._pages = {}, {}
            if entry.segment not in self._changes:
                self._changes[entry.segment] = {m: [(0, i)] for m, i in self._standing.items()}
            if isinstance(record, Redaction) and record.redacted_stream == _LAYOUT:
                self._clear(entry.segment, record.t_ns)
            elif isinstance(record, Layout):
                self._lay_out(record)
            elif isinstance(record, Placement):
                version = self._pages.get(record.message_id)
                if version is not None and version.number != record.version:
                    version = None
                self._place(entry.segment, version, record)

    def _lay_out(self, layout: Layout) -> None:
        base = self._pages.pop(layout.message_id, None)
        if layout.base is None:
            growth = Growth(layout.message_id)
        elif base is not None and base.number == layout.base:
            growth = base.growth
        else:
            return  # what it continues was redacted or lost; the next complete one heals it
        try:
            self._pages[layout.message_id] = growth.add(layout)
        except DamagedRecordError as error:
            logger.warning("%s: what lay there then is not known", error)

    def _clear(self, segment: int, t_ns: int) -> None:
        for message_id in self._standing:
            self._changes[segment][message_id].append((t_ns, NONE))
        self._standing = {}

    def _place(self, segment: int, version: PageVersion | None, placement: Placement) -> None:
        changes = self._changes[segment]
        for message_id, index in list(self._standing.items()):
            if message_id == placement.message_id or _is_same_place(
                self._screens[index].placement, placement
            ):
                changes[message_id].append((placement.t_ns, NONE))
                del self._standing[message_id]
        if version is None:  # its layout was redacted or lost: nothing can be said about its words
            return
        index = self._standing[placement.message_id] = len(self._screens)
        self._screens.append(Placed(segment, version, placement))
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
        units = Units.nowhere(len(t_ns))
        text: list[str | None] = [None] * len(t_ns)
        for points, standing in self._standing_at(segment, t_ns):
            inside, x, y = self._on_page(standing, x_px[points], y_px[points])
            points, standing = points[inside], standing[inside]
            screen[points] = standing
            # Page by page, for each is made when its turn comes.
            for page, here in self._by_page(standing):
                under = page.units_under(x[here], y[here])
                units.put(points[here], under)
                words = zip(under.start.tolist(), under.end.tolist(), strict=True)
                for point, (start, end) in zip(points[here].tolist(), words, strict=True):
                    text[point] = None if start == NONE else page.text[start:end]
        return Mapped(self.screens, screen, units, text)

    def likeliest(
        self,
        segment: Ints,
        t_ns: Ints,
        x_px: Floats,
        y_px: Floats,
        covariance_px: Floats,
        level: Level,
    ) -> Likeliest:
        """The unit most probably looked at from each point, given the error of the points.

        Args:
            segment: shape (n,).
            t_ns: shape (n,).
            x_px: shape (n,), NaN where lost.
            y_px: shape (n,), likewise.
            covariance_px: shape (n, 2, 2), NaN where the error is not known; px^2.
            level: what the units are.
        """
        screen, unit = np.full(len(t_ns), NONE, np.int64), np.full(len(t_ns), NONE, np.int64)
        probability = np.zeros(len(t_ns))
        is_known = np.isfinite(covariance_px[:, 0, 0])
        for points, standing in self._standing_at(segment, t_ns):
            points, standing = points[is_known[points]], standing[is_known[points]]
            for number in np.unique(standing).tolist():
                here = points[standing == number]
                placed = self._screens[number]
                best, chance = chances(
                    placed.page,
                    placed.placement,
                    x_px[here],
                    y_px[here],
                    covariance_px[here],
                    level,
                ).best(len(here))
                better = chance > probability[here]
                won = here[better]
                screen[won], unit[won] = number, best[better]
                probability[won] = chance[better]
        return Likeliest(screen, unit, probability)

    def _standing_at(self, segment: Ints, t_ns: Ints) -> Iterator[tuple[Ints, Ints]]:
        """For each message the points in whose time it stood somewhere, and its screen then."""
        for number, messages in self._changes.items():
            (here,) = np.nonzero(segment == number)
            for changes in messages.values():
                since, indices = np.array(changes, np.int64).T
                place = np.searchsorted(since, t_ns[here], side="right") - 1
                standing = np.where(place >= 0, indices[place], NONE)
                stands = standing != NONE
                yield here[stands], standing[stands]

    @cached_property
    def _geometry(self) -> Floats:
        """Clip (x, y, width, height), origin (x, y) and pixel ratio of each screen; (n, 7)."""
        rows = [[getattr(s.placement, name) for name in _GEOMETRY] for s in self._screens]
        return np.array(rows, np.float64).reshape(-1, len(_GEOMETRY))

    @cached_property
    def _first_with_page(self) -> Ints:
        """For each screen the first one that shows the same page."""
        first: dict[PageVersion, int] = {}
        numbers = [first.setdefault(s.version, n) for n, s in enumerate(self._screens)]
        return np.array(numbers, np.int64)

    def _on_page(self, standing: Ints, x_px: Floats, y_px: Floats) -> tuple[Ints, Floats, Floats]:
        """Which points are in the visible part of their screen's message, and where on its page."""
        clip_x, clip_y, width, height, origin_x, origin_y, ratio = self._geometry[standing].T
        dx, dy = x_px - clip_x, y_px - clip_y
        is_inside = (dx >= 0) & (dx < width) & (dy >= 0) & (dy < height) & (ratio > 0)
        (inside,) = np.nonzero(is_inside)
        x = (x_px[inside] - origin_x[inside]) / ratio[inside]
        y = (y_px[inside] - origin_y[inside]) / ratio[inside]
        return inside, x, y

    def _by_page(self, standing: Ints) -> Iterator[tuple[Page, Ints]]:
        """The pages of some screens, and which of them are of each."""
        page_of = self._first_with_page[standing]
        for page in np.unique(page_of).tolist():
            (here,) = np.nonzero(page_of == page)
            yield self._screens[page].page, here
