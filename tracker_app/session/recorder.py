"""The one door to the journal: puts every record into the right clock segment.

The right one is the one its stamp falls in: a frame grabbed before a segment was opened may be
processed, and recorded, after it. While paused, sources are released; whatever they still had
under way is dropped here.
"""

import threading

from tracker_app.clock import Clock, TimeWatch, boot_id, local_zone, read_clock
from tracker_app.recording.journal import Journal
from tracker_app.records import (
    ClockAnchor,
    ClockSegment,
    ElementEvent,
    EyeFeatures,
    Frame,
    GazeSample,
    MouseEvent,
    Record,
    Recording,
    SegmentReason,
    TextEvent,
)

WATCH_INTERVAL_S = 1.0
STOP_LIMIT_S = 2.0
SENSOR_RECORDS = (Frame, GazeSample, EyeFeatures, MouseEvent, ElementEvent, TextEvent)


class Recorder:
    """Records into a journal, opening clock segments as needed."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        """Open the journal's next clock segment."""
        self.clock = clock
        self.is_paused = True  # until somebody says where the participant is
        self.latest: dict[type[Record], Record] = {}  # the newest of each stream
        self._is_closed = False
        self._journal = journal
        self._lock = threading.Lock()
        self._opened_ns: list[int] = []  # of this process's segments
        self._watch = TimeWatch(clock)
        is_first = journal.first_free_segment == 0
        self._open_segment(SegmentReason.START if is_first else SegmentReason.RESUME)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch_time, name="time-watch", daemon=True)
        self._thread.start()

    def record(self, record: Record) -> None:
        """Store one record. Any thread; returns at once."""
        if self._is_closed or (self.is_paused and isinstance(record, SENSOR_RECORDS)):
            return
        with self._lock:
            self._journal.append(record, self._segment_at(record.t_ns))
            self.latest[type(record)] = record

    def note_source(self, source: str, *, is_on: bool, reason: str = "") -> None:
        """Keep a record that a source was started or stopped, and why."""
        self.record(Recording(t_ns=self.clock.now_ns(), is_on=is_on, source=source, reason=reason))

    def stop(self) -> None:
        """Anchor the session's clock a last time and stop watching it."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._thread.join(STOP_LIMIT_S)
            self._anchor()

    def close(self) -> None:
        """Record nothing more: the session's manifest is about to be written."""
        self._is_closed = True

    def check_time(self) -> None:
        """Open a segment after a suspend or a clock setting; anchor once a minute."""
        change = self._watch.check()
        if change == "anchor":
            self._anchor()
        elif change != "steady":
            self._open_segment(SegmentReason(change))

    def _watch_time(self) -> None:
        while not self._stopped.wait(WATCH_INTERVAL_S):
            self.check_time()

    def _anchor(self) -> None:
        reading = read_clock(self.clock)
        _, offset_s = local_zone()
        anchor = ClockAnchor(t_ns=reading.t_ns, utc_ns=reading.utc_ns, utc_offset_s=offset_s)
        self.record(anchor)

    def _segment_at(self, t_ns: int) -> int:
        """The segment a moment falls in; the first of this process for what came before it."""
        latest = len(self._opened_ns) - 1
        while latest > 0 and t_ns < self._opened_ns[latest]:
            latest -= 1
        return self._journal.first_free_segment + latest

    def _open_segment(self, reason: SegmentReason) -> None:
        zone, offset_s = local_zone()
        boot = boot_id()
        # Read with the door shut: whatever was let in before was stamped before.
        with self._lock:
            reading = read_clock(self.clock)
            segment = ClockSegment(
                t_ns=reading.t_ns,
                id=self._journal.first_free_segment + len(self._opened_ns),
                boot_id=boot,
                utc_ns=reading.utc_ns,
                utc_offset_s=offset_s,
                tz=zone,
                reason=reason,
            )
            self._opened_ns.append(reading.t_ns)
            self._journal.append(segment, segment.id)
