"""How long our own program delays an answer: from its arrival to its record, and to the screen.

python -m tests.benchmarks.answer_delay [--turns 6] [--pieces 100] [--rate 50] [--platform xcb]

Two models answer at once, in a process of their own; each piece of text is the time at which it was
sent, on the clock that all processes of a computer share. So `arrival to record` is the stamp of
the `token` record less that time, the network of this computer included. `To the screen` is the
later of both answers' first paint less the later of both first pieces (`stream`) or of both ends
(`whole`, `paced`); `apart` is how far the two first paints are from each other. The talk is the
real one, with a session that records into its journal.
"""

import argparse
import json
import os
import sys
import threading
import time
from typing import Any

import numpy as np

from tests.benchmarks.talk_stage import open_talk, run_until, serve, shown
from tests.model_server import Handler, Reply

MODES = ("whole", "stream", "paced")
TURN_LIMIT_S = 60.0


def _stamps(pieces: int, rate: float) -> Reply:
    """A model whose pieces are the times at which they are sent."""
    wait = threading.Event().wait

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        begun = time.monotonic()
        for number in range(pieces):
            wait(max(0.0, begun + number / rate - time.monotonic()))
            handler.piece(f"{time.perf_counter_ns()} ")
        handler.complete()

    return reply


def show(mode: str, endpoint: str, turns: int) -> dict[str, list[float]]:
    """Ask so many questions in a window; milliseconds of each delay."""
    from tracker_app.chat.conversation import Verdict
    from tracker_app.recording.reading import read_entries
    from tracker_app.records import Choice

    rules = {"reveal": mode, "max_turns": 200, "pace_words_per_s": 50.0}
    with open_talk(endpoint, rules) as stage:
        part = stage.part
        for number in range(turns):
            part.page.asked.emit(f"question {number}", "")
            run_until(lambda n=number: part._asked_about == n, TURN_LIMIT_S)  # type: ignore[misc]
            for side in (1, 2):
                part.page.rated.emit(side, 3)
            part.page.judged.emit(Verdict(Choice.BETTER, 1))
            part.page.advanced.emit()
        stage.session.journal.flush()
        return delays(read_entries(stage.session.journal.folder), mode)


def delays(entries: Any, mode: str) -> dict[str, list[float]]:
    """Every delay, by what it is, in milliseconds."""
    from tracker_app.records import Message, Reveal, TokenArrival

    def of(kind: Any) -> list[Any]:
        return [entry.record for entry in entries if isinstance(entry.record, kind)]

    arrivals: dict[str, list[Any]] = {}
    for token in of(TokenArrival):
        arrivals.setdefault(token.message_id, []).append(token)
    first_seen: dict[str, int] = {}
    for reveal in of(Reveal):
        first_seen.setdefault(reveal.message_id, reveal.t_ns)
    found: dict[str, list[float]] = {"arrival to record": [], "to the screen": [], "apart": []}
    turns: dict[int, list[Any]] = {}
    for message in of(Message):
        turns.setdefault(message.turn, []).append(message)
        start = 0
        for token in arrivals[message.message_id]:
            # Several pieces may come at once: the last of them is the one that just arrived.
            sent = message.raw[start : token.end].split()[-1]
            found["arrival to record"].append((token.t_ns - int(sent)) / 1e6)
            start = token.end
    for messages in turns.values():
        ids = [message.message_id for message in messages]
        begun = [arrivals[i][0].t_ns for i in ids]
        ready = max(begun if mode == "stream" else [message.t_ns for message in messages])
        seen = [first_seen[i] for i in ids]
        found["to the screen"].append((max(seen) - ready) / 1e6)
        found["apart"].append((max(seen) - min(seen)) / 1e6)
    return found


def main() -> None:
    """Measure every mode and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--pieces", type=int, default=100, help="of each answer")
    parser.add_argument("--rate", type=float, default=50, help="pieces a second, of each answer")
    parser.add_argument("--platform", choices=["offscreen", "xcb"], default="xcb")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--show", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(_stamps(arguments.pieces, arguments.rate))
    elif arguments.show:
        endpoint, mode = arguments.show
        print(json.dumps(show(mode, endpoint, arguments.turns)))
    else:
        _table(arguments)


def _table(arguments: argparse.Namespace) -> None:
    passed = [f"--{n}={getattr(arguments, n)}" for n in ("turns", "pieces", "rate")]
    command = [sys.executable, "-m", "tests.benchmarks.answer_delay", *passed]
    print(f"{arguments.platform}: {' '.join(passed)}; load {os.getloadavg()[0]:.1f}")
    print(f"{'reveal':8} {'delay':18} {'n':>5} {'median':>8} {'p95':>8} {'p99':>8} {'longest':>8}")
    for mode, found in zip(MODES, shown(command, arguments.platform, MODES), strict=True):
        for name, values in found.items():
            figures = [*np.percentile(values, [50, 95, 99]), max(values)]
            row = " ".join(f"{figure:5.1f} ms" for figure in figures)
            print(f"{mode:8} {name:18} {len(values):5} {row}")


if __name__ == "__main__":
    main()
