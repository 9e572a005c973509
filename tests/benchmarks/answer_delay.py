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
import subprocess
import sys
import tempfile
import threading
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from tests.model_server import Handler, model_server
from tracker_app.clock import SystemClock
from tracker_app.demo.display import virtual_display

MODES = ("whole", "stream", "paced")
TURN_LIMIT_S = 60.0


def serve(pieces: int, rate: float) -> None:
    """The model server."""
    wait = threading.Event().wait

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        begun = time.monotonic()
        for number in range(pieces):
            wait(max(0.0, begun + number / rate - time.monotonic()))
            handler.piece(f"{time.perf_counter_ns()} ")
        handler.complete()

    with model_server(reply) as server:
        print(server.endpoint, flush=True)
        sys.stdin.read()


def show(mode: str, endpoint: str, turns: int) -> dict[str, list[float]]:
    """Ask so many questions in a window; milliseconds of each delay."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from tracker_app.chat.conversation import Verdict
    from tracker_app.recording.reading import read_entries
    from tracker_app.records import Choice
    from tracker_app.session import begin_session
    from tracker_app.settings import Settings
    from tracker_app.study.reading import parse_study
    from tracker_app.ui import theme
    from tracker_app.ui.app import SWITCH_INTERVAL_S
    from tracker_app.ui.bridge import Bridge
    from tracker_app.ui.talk_part import TalkPart
    from tracker_app.ui.window import Window

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication([])
    theme.apply(app)
    demo = files("tracker_app.study").joinpath("demo.toml").read_text("utf-8")
    models = f'[[models]]\nid = "a"\nprovider = "openai"\nendpoint = "{endpoint}"\nmodel = "m"\n'
    study = parse_study((demo[: demo.index("[[models]]")] + models).encode(), "benchmark")
    rules = {"reveal": mode, "max_turns": 200, "pace_words_per_s": 50.0}
    study = study.model_copy(update={"talk": study.talk.model_copy(update=rules)})
    with tempfile.TemporaryDirectory() as folder:
        ticks = {"gaze": False, "mouse": True, "text": True}
        settings = Settings(data_dir=Path(folder))
        session = begin_session(study, settings, SystemClock(), ticks, print, is_simulated=True)
        bridge = Bridge()  # held: signals of what is gone reach nobody
        part = TalkPart(session, bridge, [])
        window = Window(study.title, is_simulated=True)
        window.show_page(part.page)
        window.resize(1280, 800)
        window.show()
        part.enter()
        for number in range(turns):
            part.page.asked.emit(f"question {number}", "")
            _run_until(lambda n=number: part._asked_about == n, QEventLoop, QTimer)
            for side in (1, 2):
                part.page.rated.emit(side, 3)
            part.page.judged.emit(Verdict(Choice.BETTER, 1))
            part.page.advanced.emit()
        window.close()
        session.close()
        return delays(read_entries(session.journal.folder), mode)


def _run_until(is_over: Any, loop_type: Any, timer_type: Any) -> None:
    loop = loop_type()
    timer_type.singleShot(round(TURN_LIMIT_S * 1000), loop, loop.quit)
    glance = timer_type(loop, interval=20)
    glance.timeout.connect(lambda: loop.quit() if is_over() else None)
    glance.start()
    loop.exec()
    glance.stop()


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
        serve(arguments.pieces, arguments.rate)
    elif arguments.show:
        print(json.dumps(show(arguments.show[0], arguments.show[1], arguments.turns)))
    else:
        _table(arguments)


def _table(arguments: argparse.Namespace) -> None:
    passed = [f"--{n}={getattr(arguments, n)}" for n in ("turns", "pieces", "rate")]
    command = [sys.executable, "-m", "tests.benchmarks.answer_delay", *passed]
    print(f"{arguments.platform}: {' '.join(passed)}; load {os.getloadavg()[0]:.1f}")
    print(f"{'reveal':8} {'delay':18} {'n':>5} {'median':>8} {'p95':>8} {'p99':>8} {'longest':>8}")
    with (
        subprocess.Popen(
            [*command, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
        virtual_display() as display,
    ):
        assert server.stdout
        assert server.stdin
        endpoint = server.stdout.readline().strip()
        environment = {**os.environ, "QT_QPA_PLATFORM": arguments.platform, "DISPLAY": display}
        for mode in MODES:
            result = subprocess.run(
                [*command, "--show", mode, endpoint],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            for name, values in json.loads(result.stdout.splitlines()[-1]).items():
                figures = [*np.percentile(values, [50, 95, 99]), max(values)]
                row = " ".join(f"{figure:5.1f} ms" for figure in figures)
                print(f"{mode:8} {name:18} {len(values):5} {row}")
        server.stdin.close()


if __name__ == "__main__":
    main()
