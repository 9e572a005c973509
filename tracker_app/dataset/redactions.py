"""What was deleted on the participant's wish, as stretches of time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tracker_app.codec import Entry
from tracker_app.dataset.selection import of_type
from tracker_app.records import Redaction


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """A stretch of one clock segment from which records were deleted."""

    segment: int
    t_ns: int
    end_t_ns: int  # the same where a single record was deleted, such as an answer in a form
    lost: dict[str, int]  # records by stream

    @property
    def is_moment(self) -> bool:
        """Whether it has no length."""
        return self.t_ns == self.end_t_ns


def redacted_spans(entries: Sequence[Entry]) -> list[RedactedSpan]:
    """The stretches in order; redactions that overlap are of one, those that only touch are not."""
    by_segment: defaultdict[int, list[Redaction]] = defaultdict(list)
    for segment, redaction in of_type(entries, Redaction):
        by_segment[segment].append(redaction)
    return [
        RedactedSpan(segment, group[0].t_ns, max(r.end_t_ns for r in group), _lost(group))
        for segment, redactions in by_segment.items()
        for group in _overlapping(redactions)
    ]


def _overlapping(redactions: Sequence[Redaction]) -> list[list[Redaction]]:
    """Groups of redactions, which are in order of time."""
    groups: list[list[Redaction]] = []
    end_ns = -1
    for redaction in redactions:
        begins_with_it = bool(groups) and redaction.t_ns == groups[-1][0].t_ns
        if not (redaction.t_ns < end_ns or begins_with_it):
            groups.append([])
        groups[-1].append(redaction)
        end_ns = max(end_ns, redaction.end_t_ns)
    return groups


def _lost(redactions: Sequence[Redaction]) -> dict[str, int]:
    lost: defaultdict[str, int] = defaultdict(int)
    for redaction in redactions:
        lost[redaction.redacted_stream] += redaction.lost
    return dict(sorted(lost.items()))
