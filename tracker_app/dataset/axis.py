"""One time axis for a session of several clock segments.

Session time counts recorded seconds only: segments follow each other without the time between
them, because the clocks of two segments cannot be compared and nothing was recorded there. What
was deleted on the participant's wish had been recorded: its time counts.
"""

from collections.abc import Sequence

from tracker_app.codec import Entry
from tracker_app.records import Redaction


class SessionAxis:
    """Turns (segment, t_ns) into seconds of recorded time since the session began."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for entry in entries:
            record = entry.record
            t_ns = record.t_ns
            end_ns = record.end_t_ns if isinstance(record, Redaction) else t_ns
            first[entry.segment] = min(t_ns, first.get(entry.segment, t_ns))
            last[entry.segment] = max(end_ns, last.get(entry.segment, end_ns))
        self._first, self._last = first, last
        self._offset_s: dict[int, float] = {}
        self.length_s = 0.0
        for segment in sorted(first):
            self._offset_s[segment] = self.length_s
            self.length_s += (last[segment] - first[segment]) / 1e9

    @property
    def breaks_s(self) -> list[float]:
        """Where each segment after the first begins."""
        return [self._offset_s[s] for s in sorted(self._offset_s)[1:]]

    def last_ns(self, segment: int) -> int:
        """When a segment ends on its own clock."""
        return self._last[segment]

    def end_s(self, segment: int) -> float:
        """Where a segment ends."""
        return self.seconds(segment, self._last[segment])

    def seconds(self, segment: int, t_ns: int) -> float:
        """Recorded time since the session began; past the end for times that were announced."""
        return self._offset_s[segment] + (t_ns - self._first[segment]) / 1e9


def clock_text(seconds: float) -> str:
    """Session time as people read it: 0:07, 12:30, 1:02:03."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes}:{whole % 60:02d}"


def duration_text(seconds: float) -> str:
    """A duration in words: 0.4 s, 12 s, 3 min 5 s, 1 h 2 min."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min"


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 turn, 2 turns."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
