"""The stage of benchmarks that open the real talk: its window, its models and how they are run.

A benchmark calls itself: with `--serve` it is the model server, with `--show ENDPOINT ...` it opens
a window, does one thing in it and prints what it found as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.model_server import Reply, model_server
from tracker_app.clock import SystemClock
from tracker_app.demo.display import virtual_display

if TYPE_CHECKING:  # no window is opened where only the server or the table is wanted
    from tracker_app.session import Session
    from tracker_app.ui.talk_part import TalkPart


@dataclass(frozen=True, slots=True)
class Stage:
    """An open talk."""

    part: "TalkPart"
    session: "Session"


def serve(reply: Reply) -> None:
    """Be the model server until standard input ends."""
    with model_server(reply) as server:
        print(server.endpoint, flush=True)
        sys.stdin.read()


def shown(command: Sequence[str], platform: str, cases: Iterable[str]) -> Iterator[Any]:
    """What each case found, in a window and a process of its own.

    Args:
        command: the benchmark with its options.
        platform: Qt's.
        cases: each is passed behind `--show ENDPOINT`.
    """
    with (
        subprocess.Popen(
            [*command, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
        virtual_display() as display,
    ):
        assert server.stdout
        assert server.stdin
        endpoint = server.stdout.readline().strip()
        environment = {**os.environ, "QT_QPA_PLATFORM": platform, "DISPLAY": display}
        for case in cases:
            result = subprocess.run(
                [*command, "--show", endpoint, case],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            yield json.loads(result.stdout.splitlines()[-1])
        server.stdin.close()


@contextmanager
def open_talk(endpoint: str, rules: Mapping[str, Any]) -> Iterator[Stage]:
    """The demonstration's talk with a model at an endpoint, recording into a journal.

    Args:
        endpoint: of the model of both sides.
        rules: keys of the study's `[talk]`, as they are to be.
    """
    from PySide6.QtWidgets import QApplication

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
        yield Stage(part, session)
        window.close()
        session.close()


def run_until(is_over: Callable[[], bool], limit_s: float, glance_ms: int = 50) -> None:
    """Let the window live until something is so, looking now and then."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(limit_s * 1000), loop, loop.quit)
    glance = QTimer(loop, interval=glance_ms)
    glance.timeout.connect(lambda: loop.quit() if is_over() else None)
    glance.start()
    loop.exec()
    glance.stop()
