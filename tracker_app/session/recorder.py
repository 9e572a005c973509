"""The one door to the journal: puts every record into the right clock segment.

While paused, sources are released; whatever they still had under way is dropped here.
"""

import threading

from tracker_app.clock import Clock, ClockReading, TimeWatch, boot_id, local_zone, read_clock
from tracker_app.recording.journal import Journal
from tracker_app.records import (
    ClockAnchor,
    ClockSegment,
    EyeFeatures,
    Frame,
    GazeSample,
    MouseEvent,
    Record,
    Recording,
)

WATCH_INTERVAL_S = 1.0
STOP_LIMIT_S = 2.0
SENSOR_RECORDS = (Frame, GazeSample, EyeFeatures, MouseEvent)


class Recorder:
    """Records into a journal, opening clock segments as needed."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        """Open the journal's next clock segment."""
        self.clock = clock
        self.is_paused = False
        self._is_closed = False
        self._journal = journal
        self._segment = journal.first_free_segment - 1
        self._watch = TimeWatch(clock)
        self._open_segment("resume" if journal.first_free_segment else "start", self._watch.last)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch_time, name="time-watch", daemon=True)
        self._thread.start()

    def record(self, record: Record) -> None:
        """Store one record. Any thread; returns at once."""
        if self._is_closed or (self.is_paused and isinstance(record, SENSOR_RECORDS)):
            return
        self._journal.append(record, self._segment)

    def note_source(self, source: str, *, is_on: bool, reason: str = "") -> None:
        """Keep a record that a source was started or stopped, and why."""
        self.record(Recording(t_ns=self.clock.now_ns(), is_on=is_on, source=source, reason=reason))

    def stop(self) -> None:
        """Anchor the session's clock a last time and stop watching it."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._thread.join(STOP_LIMIT_S)
            self._anchor(read_clock(self.clock))

    def close(self) -> None:
        """Record nothing more: the session's manifest is about to be written."""
        self._is_closed = True

    def check_time(self) -> None:
        """Open a segment after a suspend or a clock setting; anchor once a minute."""
        change = self._watch.check()
        if change == "jump":
            self._open_segment("jump", self._watch.last)
        elif change == "anchor":
            self._anchor(self._watch.last)

    def _watch_time(self) -> None:
        while not self._stopped.wait(WATCH_INTERVAL_S):
            self.check_time()

    def _anchor(self, reading: ClockReading) -> None:
        self.record(ClockAnchor(t_ns=reading.t_ns, utc_ns=reading.utc_ns))

    def _open_segment(self, reason: str, reading: ClockReading) -> None:
        zone, offset_s = local_zone()
        segment = ClockSegment(
            t_ns=reading.t_ns,
            id=self._segment + 1,
            boot_id=boot_id(),
            utc_ns=reading.utc_ns,
            utc_offset_s=offset_s,
            tz=zone,
            reason=reason,
        )
        # Appended before it is used: no record of the segment can come before it.
        self._journal.append(segment, segment.id)
        self._segment = segment.id
