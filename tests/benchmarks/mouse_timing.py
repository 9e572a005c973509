"""How exactly mouse events are timed, and whether any is lost, while the application is busy.

python -m tests.benchmarks.mouse_timing

It starts a virtual display with one window of this process that fills it. A second process injects
motion through XTEST, each event at a place of its own, and logs its own readings of the clock. A
request may wait in a buffer before the server handles it; so after every handful the injector
waits for the server's answer, and the truth about an event is the span between those two readings.
Errors are measured from the middle of the span (how wide the spans are is printed), and once more
from the span itself: what is certainly an error. Waiting for answers also makes the server send
promptly; the last run only flushes, so it tells how late events come in ordinary use. Needs Xvfb,
openbox and libXtst.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker_app.capture.mouse import Mouse
from tracker_app.clock import SystemClock
from tracker_app.demo.display import SIZE, virtual_display
from tracker_app.errors import TrackerError
from tracker_app.recording.journal import Journal
from tracker_app.records import Gap, MouseEvent
from tracker_app.session.recorder import Recorder

MS = 1e6
BATCHES_PER_S = 1000
BUSY_S = 0.2
REST_S = 0.02
ARRIVAL_LIMIT_S = 30.0
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run."""

    title: str
    rate_hz: int
    seconds: float
    is_busy: bool
    is_synced: bool = True


# --- the process that injects ------------------------------------------------------------------


def inject(rate_hz: int, seconds: float, log: Path, *, is_synced: bool) -> None:
    """Inject events at a steady rate; logs before and after of each to `log`, shape (n, 2)."""
    x11, xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(x11.XOpenDisplay(None))
    fake_motion, sync, now_ns = xtst.XTestFakeMotionEvent, x11.XSync, time.perf_counter_ns
    sync(connection, 0)
    total, batches_hz = round(rate_hz * seconds), min(BATCHES_PER_S, rate_hz)
    width = SIZE[0]
    spans = np.empty((total, 2), np.int64)
    begin_ns, done = now_ns(), 0
    while done < total:
        due = min(total, round((now_ns() - begin_ns) / 1e9 * rate_hz))
        # Catching up after a pause is done in handfuls too: a wide span tells nothing.
        until = min(due, done + 2 * rate_hz // batches_hz)
        if until > done:
            before_ns = now_ns()
            for i in range(done, until):
                fake_motion(connection, 0, i % width, i // width, 0)
            if is_synced:
                sync(connection, 0)
            else:
                x11.XFlush(connection)
            spans[done:until] = before_ns, now_ns()
            done = until
        else:
            time.sleep(0.5 / batches_hz)
    print(f"{total / (now_ns() - begin_ns) * 1e9:.0f}")
    sync(connection, 0)  # what was flushed before us is handled even if we end now
    np.save(log, spans)


# --- the process that records ------------------------------------------------------------------


def _show_window(name: str) -> Any:
    """A window of this process over the whole display, with the focus."""
    from Xlib import X, Xatom, display

    connection = display.Display(name)
    window = connection.screen().root.create_window(0, 0, *SIZE, 0, X.CopyFromParent)
    pid = connection.intern_atom("_NET_WM_PID")
    window.change_property(pid, Xatom.CARDINAL, 32, [os.getpid()])
    window.map()
    connection.sync()
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    connection.sync()
    return connection


def _keep_busy(until: threading.Event) -> None:
    """Hold the interpreter with pure Python, as a slow slot would."""
    while not until.wait(REST_S):
        end = time.perf_counter() + BUSY_S
        x = 0
        while time.perf_counter() < end:
            x = (x * 31 + 7) % 1_000_003


def run(scenario: Scenario, folder: Path) -> None:
    """Play one scenario and print its figures."""
    recorded: list[MouseEvent | Gap] = []
    failures: list[TrackerError] = []
    clock = SystemClock()
    journal = Journal(folder / "session", "benchmark", clock, on_failure=failures.append)
    recorder = Recorder(journal, clock)
    recorder.is_paused = False

    def record(record: MouseEvent | Gap) -> None:
        recorded.append(record)
        recorder.record(record)

    mouse = Mouse(clock, record, failures.append)
    mouse.start()
    log = folder / "injected.npy"
    command = [sys.executable, "-m", "tests.benchmarks.mouse_timing", "--inject", str(log)]
    command += ["--rate", str(scenario.rate_hz), "--seconds", str(scenario.seconds)]
    command += [] if scenario.is_synced else ["--flush-only"]
    done = threading.Event()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as injector:

        def await_end() -> None:
            injector.wait()
            done.set()

        ended = threading.Thread(target=await_end)
        ended.start()
        if scenario.is_busy:
            _keep_busy(done)
        ended.join()
        assert injector.stdout is not None
        rate_hz = int(injector.stdout.read())
    spans = np.load(log)
    deadline = time.perf_counter() + ARRIVAL_LIMIT_S
    while len(recorded) < len(spans) and time.perf_counter() < deadline:
        time.sleep(0.05)
    late_s = time.perf_counter() - spans[-1, 1] / 1e9
    mouse.stop()
    recorder.stop()
    journal.close()
    print(f"\n{scenario.title}: {rate_hz} events a second for {scenario.seconds:.0f} s")
    _print_figures(recorded, spans, is_synced=scenario.is_synced)
    print(f"  all recorded after           {late_s:8.2f} s")
    for failure in failures:
        print(f"  failed: {failure}")


def _print_figures(recorded: list[MouseEvent | Gap], spans: Ints, *, is_synced: bool) -> None:
    events = [e for e in recorded if isinstance(e, MouseEvent)]
    inside = [e for e in events if e.x_px is not None and e.y_px is not None]
    numbers = np.array([round(e.y_px or 0) * SIZE[0] + round(e.x_px or 0) for e in inside])
    gaps = len(recorded) - len(events)
    lost = sorted(set(range(len(spans))) - set(numbers.tolist()))
    redacted = len(events) - len(inside)
    print(f"  injected {len(spans)}, recorded {len(events)}, of them {redacted} without a place")
    print(f"  lost {len(lost) - redacted}, gaps {gaps}")
    for number in lost[:5]:
        print(f"  lost or redacted: event {number}, {_batch_of(number, inside)}")
    in_order = bool((np.diff(numbers) == 1).all())
    print(f"  in order, each once          {'yes' if in_order else 'NO'}")
    numbers = np.clip(numbers, 0, len(spans) - 1)
    before, after = spans[numbers, 0], spans[numbers, 1]
    middle = (before + after) / 2
    t_ns = np.array([e.t_ns for e in inside])
    received = np.array([e.received_t_ns for e in inside])
    _line("received after the event", received - t_ns)
    if not is_synced:
        return
    _line("width of the injector's spans", after - before)
    _line("event time, |error|", np.abs(t_ns - middle))
    _line("event time, certain error", np.maximum(0, np.maximum(before - t_ns, t_ns - after)))
    _line("received, |error|", np.abs(received - middle))


def _batch_of(number: int, events: list[MouseEvent]) -> str:
    """Where a lost event would have stood: inside one answer of the server, or between two."""
    at = {round(e.y_px or 0) * SIZE[0] + round(e.x_px or 0): e.received_t_ns for e in events}
    before, after = at.get(number - 1), at.get(number + 1)
    return "within one answer" if before == after else "between two answers of the server"


def _line(name: str, ns: NDArray[Any]) -> None:
    p50, p99, top = np.percentile(ns, [50, 99, 100]) / MS
    print(f"  {name:<30} p50 {p50:7.3f}  p99 {p99:7.3f}  max {top:7.3f} ms")


def main() -> None:
    """Run all scenarios, or inject for one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=18_000, help="full rate, events a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--inject", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--flush-only", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    rate_hz, seconds = arguments.rate, arguments.seconds
    if arguments.inject:
        inject(rate_hz, seconds, arguments.inject, is_synced=not arguments.flush_only)
        return
    scenarios = (
        Scenario("Full rate, idle application", rate_hz, seconds, is_busy=False),
        Scenario("Moderate rate, busy application", 500, seconds, is_busy=True),
        Scenario("Full rate, busy application", rate_hz, seconds, is_busy=True),
        Scenario("As a hand moves", 125, seconds, is_busy=False, is_synced=False),
    )
    with virtual_display(has_manager=False) as name:
        os.environ["DISPLAY"] = name
        connection = _show_window(name)
        for scenario in scenarios:
            with tempfile.TemporaryDirectory() as folder:
                run(scenario, Path(folder))
        connection.close()


if __name__ == "__main__":
    main()
