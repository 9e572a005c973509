"""A session's worth of records, and a real collection server as a process on loopback."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tracker_app.records import GazeProvenance, GazeSample, TokenArrival

ROOT = Path(__file__).parent.parent
SESSION_ID = "sim_01890a5d-ac96-774b-bcce-b302099a8057"
CODE = "welcome"
START_LIMIT_S = 20.0
SERVE = """
import sys
from pathlib import Path
from tracker_app.server.run import ServerOptions, serve
data, port, code, *models = sys.argv[1:]
models = Path(*models) if models else None
options = ServerOptions(Path(data), port=int(port), code=code, models=models)
serve(options, lambda line: print(line, flush=True))
"""


def gaze(i: int) -> GazeSample:
    """The i-th sample of a steady 100 Hz gaze."""
    return GazeSample(
        t_ns=1_000_000_000 + i * 10_000_000 + i * 7919 % 90_000,
        frame=i,
        model=i // 64,
        x_px=900.0 + i * 37 % 200,
        y_px=None if i % 50 == 9 else 500.0 + i * 53 % 100,
        corrected_x_px=902.5 + i * 37 % 200,
        corrected_y_px=None if i % 50 == 9 else 493.1 + i * 53 % 100,
        filtered_x_px=901.3,
        filtered_y_px=512.7,
        sd_x_px=38.0 + i % 7,
        sd_y_px=51.5,
        correlation=-0.125,
        confidence=0.9,
        is_pose_in_range=True,
        is_off_window=False,
        provenance=GazeProvenance.CAMERA,
    )


def token(i: int) -> TokenArrival:
    """The i-th piece of an answer."""
    return TokenArrival(t_ns=1_000_000_000 + i, message_id="t0r1", end=i)


def wait_until(is_true: Callable[[], bool], limit_s: float = 20.0) -> None:
    """Wait for a condition in the world; fails the test after the limit."""
    pause = threading.Event()
    for _ in range(round(limit_s / 0.02)):
        if is_true():
            return
        pause.wait(0.02)
    raise AssertionError(f"still not so after {limit_s} s")


def python(source: str, *arguments: str) -> "subprocess.Popen[str]":
    """A Python process of this project."""
    return subprocess.Popen(
        [sys.executable, "-c", source, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )


def fill(disk: Path) -> Path:
    """Leave no byte free on a disk; gives the file to delete again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return ballast


class ServerProcess:
    """A collection server that can be killed and started again on the same port and data."""

    def __init__(self, data: Path, models: Path | None = None) -> None:
        self.data = data
        self.models = models
        self.port = 0
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "ServerProcess":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGKILL)

    def start(self) -> None:
        models = [] if self.models is None else [str(self.models)]
        self.process = python(SERVE, str(self.data), str(self.port), CODE, *models)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def end(self, how: signal.Signals) -> int:
        """Send a signal and wait; gives the exit code."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(how)
        code = process.wait(START_LIMIT_S)
        assert process.stdout is not None
        process.stdout.close()
        return code

    def memory_mb(self) -> float:
        """Most memory the server has used so far, in MB."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(x for x in status.splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1000
