"""Whether the window stays quick while answers arrive, however long and whatever they hold.

python -m tests.benchmarks.arriving_answers [--rate 100] [--seconds 10] [--cap 10000] [KIND ...]

Opens the real talk, with a session that records into its journal, and streams two answers at once
from a model server in a process of its own. Of each answer, all but the last seconds' tokens come
as the first piece: an answer costs most when it is nearly as long as it may be. What the server
would send has 2 MB; the talk cuts it at the cap. A timer of 4 ms beats in the interface's thread:
a stall is how much later than that it beats, `own` the most processor time that the thread used
between two beats, which other programs cannot lengthen. Every kind is shown in a process of its own, offscreen
and on a virtual X display, and in each the window is watched without answers first.
"""

# ruff: noqa: E501, RUF001 # texts in the scripts under test
import argparse
import json
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.benchmarks.talk_stage import open_talk, run_until, serve, shown
from tests.model_server import Handler, Reply

WHOLE = 2_000_000  # bytes that the server would send
TOKEN = 4  # characters
BEAT_MS = 4
GLANCE_MS = 50
IDLE_S = 4.0
SETTLE_S = 40.0
PARAGRAPH = (
    "The tides are caused by the moon, which pulls on every part of the Earth, but **not** "
    "equally: the side that faces it is pulled a little more than the *centre*.\n\n"
    "- Near side: about one part in `ten million`.\n- Far side: pulled less, so it lags behind.\n\n"
)
KINDS = {
    "plain": PARAGRAPH,
    "paragraph": "One paragraph without end, as some models write when nobody stops them. ",
    "arabic": "السماء زرقاء لأن **الهواء** يبعثر الضوء، والسلام عليكم 2024 وكلمة English هنا. ",
    "hebrew": "שלום עולם, זה **טקסט** בעברית עם מספר 2024 ומילה English בפנים (כן).\n\n",
    "cjk": "阳光在空气中散射，**蓝光**散射得最多。日本語の文章もあります。한국어 문장도 있습니다。",
    "emoji": "Family 👩‍👩‍👧‍👦 and 👨‍🚀, flags 🇩🇪🇯🇵, skin 👍🏽, heart ❤️, keycap 1️⃣ and 😀😃. ",
    "code": "def fi(x_0, y):\n    return {x: [y, 'W']}  # -> != ffi\n\n",
    "table": "| moon | **0.68** | 12 h 25 min | pulls on the near side more |\n",
    "cells": "|1|2|3|4|5|6|7|8|9|0|\n",
    "html": '<img src="http://127.0.0.1:9/x.png"> <script>alert("x")</script> <b>bold</b>\n',
    "nested": "".join(f"{'  ' * i}- an item at depth {i}, with some words\n" for i in range(12)),
    "lines": "a\n",
    "word": "unbroken",
}
HEADS = {
    "code": "```python\n",
    "table": "| body | share | period | note |\n|:--|--:|:-:|---|\n",
    "cells": f"{'|x' * 10}|\n{'|-' * 10}|\n",
}


def text_of(kind: str) -> str:
    """2 MB of a kind."""
    head, unit = HEADS.get(kind, ""), KINDS[kind]
    return head + unit * ((WHOLE - len(head)) // len(unit.encode()))


@dataclass
class Watch:
    """What the interface's thread did between `begin` and `end`."""

    stamps: list[int] = field(default_factory=list)
    used: list[int] = field(default_factory=list)  # of the processor, by the thread

    def begin(self) -> None:
        self.stamps.clear()
        self.used.clear()
        self._wall, self._process = time.perf_counter(), time.process_time()
        self._thread = time.thread_time()

    def beat(self) -> None:
        self.stamps.append(time.perf_counter_ns())
        self.used.append(time.thread_time_ns())

    def end(self) -> dict[str, float]:
        seconds = time.perf_counter() - self._wall
        late = np.maximum(np.diff(self.stamps) / 1e6 - BEAT_MS, 0)
        return {
            "longest_ms": float(late.max()),
            "own_ms": float(np.diff(self.used).max() / 1e6),
            "p99_ms": float(np.percentile(late, 99)),
            "interface": 100 * (time.thread_time() - self._thread) / seconds,
            "process": 100 * (time.process_time() - self._process) / seconds,
            "seconds": seconds,
        }


def _long(rate: float, first: int) -> Reply:
    """A model that writes the kind that the question names."""
    wait = threading.Event().wait

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        kind = body["messages"][-1]["content"].split()[0]
        text = text_of(kind)
        handler.start()
        begun = time.monotonic()
        handler.piece(text[:first])
        for number, at in enumerate(range(first, len(text), TOKEN), 1):
            wait(max(0.0, begun + number / rate - time.monotonic()))
            handler.piece(text[at : at + TOKEN])
        handler.complete()

    return reply


def show(kind: str, endpoint: str, cap: int, first: int, prompt: int) -> dict[str, Any]:
    """Ask for one kind in a window, and watch."""
    from PySide6.QtCore import Qt, QTimer

    from tracker_app.chat.conversation import AnswerState

    with open_talk(endpoint, {"max_answer_characters": cap, "reveal": "stream"}) as stage:
        part = stage.part
        watch = Watch()
        timer = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(watch.beat)
        timer.start()
        found: dict[str, Any] = {"kind": kind}

        def run_for(is_over: Any, limit_s: float) -> dict[str, float]:
            watch.begin()
            run_until(is_over, limit_s, GLANCE_MS)
            return watch.end()

        run_for(lambda: False, 1.0)
        found["idle"] = run_for(lambda: False, IDLE_S)
        question = kind + " " + "why " * (prompt // 4)
        part.page.asked.emit(question, "")
        views = part.page.views

        def is_over() -> bool:
            turn = part._talk.conversation.turns[-1]
            is_there = all(a.state is not AnswerState.WAITING for a in turn.answers.values())
            return is_there and all(view.is_settled for view in views)

        answering = part.page.views[1:]
        found["burst"] = run_for(
            lambda: all(len(v._set_text) >= first for v in answering), SETTLE_S
        )
        found["stream"] = run_for(is_over, SETTLE_S)
        answers = part._talk.conversation.turns[-1].answers.values()
        found["characters"] = [answer.failure or len(answer.text) for answer in answers]
    return found


def main() -> None:
    """Watch every kind and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--rate", type=float, default=100, help="tokens a second, of each answer")
    parser.add_argument("--seconds", type=float, default=10, help="how long tokens come")
    parser.add_argument("--cap", type=int, default=10_000, help="characters of an answer")
    parser.add_argument("--prompt", type=int, default=100, help="characters of the question")
    parser.add_argument("--platform", choices=["offscreen", "xcb"], action="append")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--show", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    first = max(TOKEN, arguments.cap - round(arguments.rate * arguments.seconds) * TOKEN)
    if arguments.serve:
        serve(_long(arguments.rate, first))
    elif arguments.show:
        found = show(arguments.kinds[0], arguments.show, arguments.cap, first, arguments.prompt)
        print(json.dumps(found))
    else:
        for platform in arguments.platform or ["offscreen", "xcb"]:
            _table(platform, arguments)


def _table(platform: str, arguments: argparse.Namespace) -> None:
    passed = [f"--{n}={getattr(arguments, n)}" for n in ("rate", "seconds", "cap", "prompt")]
    command = [sys.executable, "-m", "tests.benchmarks.arriving_answers", *passed]
    print(f"{platform}: {' '.join(passed)}; load {os.getloadavg()[0]:.1f}")
    columns = f"{'longest':>8} {'own':>6} {'p99':>6} {'thread':>7} {'process':>7}"
    print(f"{'':10} | {'idle':38} | {'first piece':38} | token after token, and the end")
    print(f"{'':10} | {columns} | {columns} | {columns}   characters")
    for found in shown(command, platform, arguments.kinds):
        _print_row(found)


def _print_row(found: dict[str, Any]) -> None:
    phases = " | ".join(
        f"{w['longest_ms']:5.0f} ms {w['own_ms']:3.0f} ms {w['p99_ms']:3.0f} ms"
        f" {w['interface']:5.1f} % {w['process']:5.1f} %"
        for w in (found["idle"], found["burst"], found["stream"])
    )
    seconds = found["burst"]["seconds"], found["stream"]["seconds"]
    print(
        f"{found['kind']:10} | {phases}   {found['characters']} in {seconds[0]:.1f} + "
        f"{seconds[1]:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
