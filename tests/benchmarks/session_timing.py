"""How well the camera kept up in a recorded session, in all and while answers streamed.

python -m tests.benchmarks.session_timing SESSION_FOLDER
"""

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from tracker_app.codec import Entry
from tracker_app.recording.reading import read_entries
from tracker_app.records import Frame, GazeSample, Message, ModelRequest

NS = 1e9
Span = tuple[int, int, int]  # segment, from, to


def streaming_spans(entries: Sequence[Entry]) -> list[Span]:
    """From each question to its last answer; both answers of a turn stream at once."""
    spans: dict[tuple[int, int], list[int]] = {}
    for entry in entries:
        if isinstance(entry.record, ModelRequest | Message):
            spans.setdefault((entry.segment, entry.record.turn), []).append(entry.record.t_ns)
    return [(segment, min(times), max(times)) for (segment, _), times in spans.items()]


def whole_spans(entries: Sequence[Entry]) -> list[Span]:
    """From the first gaze sample of each segment to its last frame."""
    spans = []
    for segment in sorted({e.segment for e in entries}):
        gaze = [e.record.t_ns for e in entries if _is(e, GazeSample, segment)]
        frames = [e.record.t_ns for e in entries if _is(e, Frame, segment)]
        if gaze and frames:
            spans.append((segment, min(gaze), max(frames)))
    return spans


def _is(entry: Entry, kind: type, segment: int) -> bool:
    return entry.segment == segment and isinstance(entry.record, kind)


def print_figures(name: str, entries: Sequence[Entry], spans: Sequence[Span]) -> None:
    """Print rates, drops and delays of the frames within spans."""
    inside = [
        e.record
        for e in entries
        if any(e.segment == s and begin <= e.record.t_ns <= end for s, begin, end in spans)
    ]
    frames = [r for r in inside if isinstance(r, Frame)]
    gaze = [r for r in inside if isinstance(r, GazeSample)]
    seconds = sum(end - begin for _, begin, end in spans) / NS
    dropped = sum(f.dropped for f in frames)
    delays = np.array([(f.result_t_ns - f.t_ns) / 1e6 for f in frames])
    gaps = np.array([(b.t_ns - a.t_ns) / 1e6 for a, b in pairwise(frames)])
    print(f"{name}: {seconds:.1f} s")
    print(f"  frames with a face      {sum(f.has_face for f in frames)} of {len(frames)}")
    print(f"  gaze samples a second   {len(gaze) / seconds:.2f}")
    print(f"  frames dropped          {100 * dropped / (dropped + len(frames)):.2f}%")
    print(f"  grab to journal, ms     p50 {np.median(delays):.1f}  p95 "
          f"{np.percentile(delays, 95):.1f}  max {delays.max():.1f}")  # fmt: skip
    print(f"  between frames, ms      p50 {np.median(gaps):.1f}  p95 {np.percentile(gaps, 95):.1f}")


def main() -> None:
    """Read the session and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("session", type=Path)
    entries = read_entries(parser.parse_args().session)
    print_figures("From the first gaze sample on", entries, whole_spans(entries))
    print_figures("While answers streamed", entries, streaming_spans(entries))


if __name__ == "__main__":
    main()
