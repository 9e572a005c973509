"""The one monotonic clock that stamps everything recorded.

It is `time.perf_counter_ns`: on Windows `time.monotonic` ticks every 15.6 ms before Python 3.13.
It has no epoch, and it stops or runs on in suspend depending on the system; `TimeWatch` notices
both suspends and wall-clock jumps, so that whoever records can open a new clock segment.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol
from uuid import uuid4

ANCHOR_INTERVAL_NS = 60_000_000_000
# NTP slews at most 0.5 ms a second; a second between two checks is a step or a suspend.
JUMP_NS = 1_000_000_000


class Clock(Protocol):
    """Session time and wall time. Passed in wherever time is needed, so tests can own it."""

    def now_ns(self) -> int:
        """Nanoseconds on the session clock; never decreases; no epoch."""
        ...

    def utc_ns(self) -> int:
        """Nanoseconds since the Unix epoch; may jump when the system time is set."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ns(self) -> int:
        """Nanoseconds of `time.perf_counter_ns`."""
        return time.perf_counter_ns()

    def utc_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return time.time_ns()


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Session time and wall time read together."""

    t_ns: int
    utc_ns: int

    @property
    def offset_ns(self) -> int:
        """Wall time minus session time."""
        return self.utc_ns - self.t_ns


def read_clock(clock: Clock) -> ClockReading:
    """Read both times, the session time halfway around the wall time."""
    before = clock.now_ns()
    utc_ns = clock.utc_ns()
    after = clock.now_ns()
    return ClockReading((before + after) // 2, utc_ns)


class TimeWatch:
    """Compares the two clocks from time to time and says when they moved apart or need an anchor.

    After a suspend the session clock may have stopped while wall time ran on; after a clock
    setting wall time jumps. Either way the difference of the two changes by much more than drift.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = read_clock(clock)
        self._anchored_ns = self._last.t_ns

    @property
    def last(self) -> ClockReading:
        """The newest reading."""
        return self._last

    def check(self) -> Literal["steady", "anchor", "jump"]:
        """Read the clocks: `anchor` once a minute, `jump` after a suspend or a clock setting."""
        previous, self._last = self._last, read_clock(self._clock)
        if abs(self._last.offset_ns - previous.offset_ns) > JUMP_NS:
            self._anchored_ns = self._last.t_ns
            return "jump"
        if self._last.t_ns - self._anchored_ns >= ANCHOR_INTERVAL_NS:
            self._anchored_ns = self._last.t_ns
            return "anchor"
        return "steady"


def boot_id() -> str:
    """The kernel's id of this boot, or a fresh random one where the system has none."""
    path = Path("/proc/sys/kernel/random/boot_id")
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid4())


def local_zone() -> tuple[str, int]:
    """The local time zone's name and its offset from UTC in seconds."""
    now = datetime.now().astimezone()
    offset = now.utcoffset()
    return now.tzname() or "UTC", int(offset.total_seconds()) if offset else 0
