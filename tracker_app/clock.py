"""The one monotonic clock that stamps everything recorded.

It is `time.perf_counter_ns`: on Windows `time.monotonic` ticks every 15.6 ms before Python 3.13.
It has no epoch, and it stops or runs on in suspend depending on the system; `TimeWatch` notices
suspends and wall-clock jumps, so that whoever records can open a new clock segment.
"""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol
from uuid import uuid4

ANCHOR_INTERVAL_NS = 60_000_000_000
# A second between two checks is a step or a suspend: NTP slews at most 0.5 ms a second.
JUMP_NS = 1_000_000_000
SLEW_DIVISOR = 2_000  # elapsed time over this is what slewing can add up to
# Where sleep is not told and the clock runs on in it (Windows): a watch that checks every second
# and hears nothing for so long was asleep. Shorter sleeps leave the two clocks in step.
SILENCE_NS = 10_000_000_000

Change = Literal["steady", "anchor", "suspend", "jump"]


def local_time(utc_ns: int, utc_offset_s: int) -> datetime:
    """Recorded wall time on the clock of the place where it was recorded."""
    return datetime.fromtimestamp(utc_ns / 1e9, UTC) + timedelta(seconds=utc_offset_s)


class Clock(Protocol):
    """Session time and wall time. Passed in wherever time is needed, so tests can own it."""

    def now_ns(self) -> int:
        """Nanoseconds on the session clock; never decreases; no epoch."""
        ...

    def utc_ns(self) -> int:
        """Nanoseconds since the Unix epoch; may jump when the system time is set."""
        ...

    def asleep_ns(self) -> int | None:
        """Nanoseconds the machine slept since it was started; None where it cannot be told."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ns(self) -> int:
        """Nanoseconds of `time.perf_counter_ns`."""
        return time.perf_counter_ns()

    def utc_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return time.time_ns()

    def asleep_ns(self) -> int | None:
        """A clock that runs on in sleep minus one that does not; Windows has no such pair here."""
        if sys.platform == "linux":
            awake_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - awake_ns
        if sys.platform == "darwin":
            awake_ns = time.clock_gettime_ns(time.CLOCK_UPTIME_RAW)
            return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW) - awake_ns
        return None


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Session time, wall time and time asleep read together."""

    t_ns: int
    utc_ns: int
    asleep_ns: int | None

    @property
    def offset_ns(self) -> int:
        """Wall time minus session time."""
        return self.utc_ns - self.t_ns


def read_clock(clock: Clock) -> ClockReading:
    """Read the times, the session time halfway around the wall time."""
    before = clock.now_ns()
    utc_ns = clock.utc_ns()
    after = clock.now_ns()
    return ClockReading((before + after) // 2, utc_ns, clock.asleep_ns())


class TimeWatch:
    """Compares the clocks from time to time and says when they moved apart or need an anchor.

    After a suspend the session clock may have stopped while wall time ran on; after a clock
    setting wall time jumps. Either way the difference of the two changes by much more than drift,
    and only how long the machine slept tells them apart. A suspend during which somebody set the
    clock is one suspend.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = read_clock(clock)
        self._anchored_ns = self._last.t_ns

    @property
    def last(self) -> ClockReading:
        """The newest reading."""
        return self._last

    def check(self) -> Change:
        """Read the clocks: `anchor` once a minute, else what happened since the last check."""
        previous, self._last = self._last, read_clock(self._clock)
        change = _compare(previous, self._last)
        if change == "steady" and self._last.t_ns - self._anchored_ns >= ANCHOR_INTERVAL_NS:
            change = "anchor"
        if change != "steady":
            self._anchored_ns = self._last.t_ns
        return change


def _compare(before: ClockReading, now: ClockReading) -> Change:
    elapsed_ns = now.t_ns - before.t_ns
    if before.asleep_ns is None or now.asleep_ns is None:
        was_asleep = elapsed_ns > SILENCE_NS
    else:
        was_asleep = now.asleep_ns - before.asleep_ns > JUMP_NS
    if was_asleep:
        return "suspend"
    slewed_ns = elapsed_ns // SLEW_DIVISOR
    is_jump = abs(now.offset_ns - before.offset_ns) > JUMP_NS + slewed_ns
    return "jump" if is_jump else "steady"


def boot_id() -> str:
    """The kernel's id of this boot, or a fresh random one where the system has none."""
    path = Path("/proc/sys/kernel/random/boot_id")
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid4())


def local_zone() -> tuple[str, int]:
    """The local time zone's name and its offset from UTC in seconds, as set at this moment."""
    if sys.platform != "win32":
        time.tzset()  # else a zone changed since the process started goes unnoticed
    now = datetime.now().astimezone()
    offset = now.utcoffset()
    return now.tzname() or "UTC", int(offset.total_seconds()) if offset else 0
