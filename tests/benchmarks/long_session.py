"""What an hour costs: processor, memory and log of a real session that a program plays.

python -m tests.benchmarks.long_session --camera VIDEO --out FOLDER [--minutes 60]

The application runs as a participant would see it: window, camera with landmarks and gaze, mouse,
two streaming answers of about 500 words with tables, lists and code, reading and scrolling, a
collection server. Every ten seconds the processor time and memory of its processes are read from
the kernel; at the end the log is counted stream by stream. Draws FOLDER/memory.png.
"""

import argparse
import os
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.desktop.processes import App, app, collection_server
from tracker_app.codec import encode_batch, encode_chunk
from tracker_app.demo.display import virtual_display
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_entries, verify
from tracker_app.records import Layout, Placement, Record

STUDY = """
id = "long"
version = "1"
title = "An hour of reading"
run_by = "A benchmark"
minutes = 60
[completion]
complete = "HOUR"

[consent]
version = "1"
text = "Everything is recorded."
[[consent.ticks]]
id = "gaze"
label = "Gaze"
[[consent.ticks]]
id = "mouse"
label = "Mouse"
[[consent.ticks]]
id = "eye_features"
label = "Eye measurements"
required = false

[talk]
mode = "pairwise"
min_turns = 1
max_turns = 1000
preset = "gaze"

[[models]]
id = "scripted"
provider = "scripted"
answers = [{answers}]
"""
SECTION = """## Part {n} of why the tides are high

The moon pulls on every part of the Earth, but **not equally**: the side that faces it is pulled a
little more than the *centre*, and the far side a little less. These differences stretch the oceans
into two bulges, and each coast passes through both of them in a day.

- Near side: pulled more than the centre, by about one part in ten million.
- Far side: pulled less, so that it lags behind and the water stands higher there too.
  1. The sun does the same, at a bit less than half the strength.
  2. When both line up, the two effects add.

| body | share of the tide | period |
|:-----|------------------:|:------:|
| moon | 0.68 | 12 h 25 min |
| sun | 0.32 | 12 h |

```python
def height(t_h):
    return 0.68 * cos(2 * pi * t_h / 12.42) + 0.32 * cos(2 * pi * t_h / 12)
```

"""
SAMPLE_S = 10.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """One look at a process."""

    t_s: float
    cpu_s: float
    memory_mb: float  # proportional set size: shared pages count in parts


def _children(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _children(int(child))
    return found


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    commands = (b"watch-mouse", b"serve-model", b"run")
    return next((c.decode() for c in commands if c in words), "other")


def _look(pid: int, t_s: float) -> Sample:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    memory_kb = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return Sample(t_s, (int(fields[11]) + int(fields[12])) / TICKS_PER_S, memory_kb / 1024)


def play(minutes: float, camera: str, out: Path) -> dict[str, list[Sample]]:
    """Play the session; the samples of each process by its name."""
    study, data = out / "study.toml", out / "client"
    answers = ", ".join(
        '"""' + "".join(SECTION.format(n=n) for n in range(first, first + 4)) + '"""'
        for first in (1, 5, 9)
    )
    study.write_text(STUDY.format(answers=answers), encoding="utf-8")
    samples: dict[str, list[Sample]] = defaultdict(list)
    with virtual_display() as display, collection_server(out / "server") as url:
        arguments = [str(study), "--camera", camera, "--loop-camera", "--data-dir", str(data)]
        arguments += ["--server", url, "--code", "test-code"]
        with app(display, out, arguments, turns=10_000) as running:
            _play(running, minutes, samples)
    return samples


def _play(running: App, minutes: float, samples: dict[str, list[Sample]]) -> None:
    began = looked = time.monotonic()
    while running.process.poll() is None:
        now = time.monotonic()
        if now - looked >= SAMPLE_S:
            looked = now
            for pid in _children(running.process.pid):
                samples[_name(pid)].append(_look(pid, now - began))
        if now - began > 60 * minutes:
            running.player.stop_asking()
        running.player.act()


def print_costs(samples: dict[str, list[Sample]]) -> None:
    """Processor share and memory of each process, and how memory grew after the first quarter."""
    for name, looks in sorted(samples.items()):
        if len(looks) < 8:
            continue
        seconds = looks[-1].t_s - looks[0].t_s
        share = (looks[-1].cpu_s - looks[0].cpu_s) / seconds
        settled = looks[len(looks) // 4 :]
        slope = np.polyfit([s.t_s / 3600 for s in settled], [s.memory_mb for s in settled], 1)[0]
        memory = [s.memory_mb for s in looks]
        print(
            f"{name:12} {100 * share:5.1f}% of a core, {np.median(memory):6.1f} MB (most "
            f"{max(memory):.1f}), after the first quarter {slope:+.1f} MB an hour"
        )


def draw(samples: dict[str, list[Sample]], path: Path) -> None:
    """Memory over time, one line a process."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 3.5), layout="constrained")
    for name, looks in sorted(samples.items()):
        axes.plot([s.t_s / 60 for s in looks], [s.memory_mb for s in looks], label=name)
    axes.set(xlabel="minutes", ylabel="memory (PSS), MB", ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


def print_log(folder: Path) -> None:
    """What each stream took, and what the layout journal took of it."""
    entries = read_entries(folder)
    by_stream: dict[str, list[Record]] = defaultdict(list)
    for entry in entries:
        by_stream[entry.stream].append(entry.record)
    sizes: Counter[str] = Counter()
    for stream, records in by_stream.items():
        batches = [encode_batch(records[i : i + 500], 0, i) for i in range(0, len(records), 500)]
        sizes[stream] = sum(len(encode_chunk([batch])) for batch in batches)
    journal = sum(p.stat().st_size for p in folder.iterdir() if p.is_file())
    print(f"{len(entries)} records, journal {journal / 1e6:.2f} MB, {verify(folder).is_complete=}")
    for stream, size in sizes.most_common(10):
        count = len(by_stream[stream])
        print(f"  {stream:14} {count:8} records {size / 1e6:8.3f} MB {size / count:9.1f} B each")
    _print_layouts(by_stream, sizes)


def _print_layouts(by_stream: dict[str, list[Record]], sizes: Counter[str]) -> None:
    layouts = [r for r in by_stream["layout"] if isinstance(r, Layout)]
    final = {r.message_id: r for r in layouts if r.base is None}
    words = max(1, sum(len(set(r.word)) for r in final.values()))
    complete = sum(len(encode_chunk([encode_batch([r], 0, 0)])) for r in final.values())
    print(f"layouts: {1000 * sizes['layout'] / words:.0f} bytes per 1,000 words, streaming and all "
          f"({len(layouts)} versions of {len(final)} messages); the last version alone "
          f"{1000 * complete / words:.0f}")  # fmt: skip
    moves = [r for r in by_stream["placement"] if isinstance(r, Placement)]
    busiest = max(Counter(m.t_ns // 10**9 for m in moves).values(), default=0)
    each = sizes["placement"] / max(1, len(moves))
    print(f"placements: {each:.1f} bytes each, at most {busiest} in a second: "
          f"{each * busiest:.0f} bytes per second of scrolling")  # fmt: skip


def main() -> None:
    """Play, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--camera", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    samples = play(arguments.minutes, arguments.camera, arguments.out)
    print_costs(samples)
    draw(samples, arguments.out / "memory.png")
    print_log(list_sessions(arguments.out / "client")[-1])


if __name__ == "__main__":
    main()
