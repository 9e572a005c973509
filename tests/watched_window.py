"""Our window in a process of its own, on monitors of the test's making; see `window_program`."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

LIMIT_S = 20.0
Line = dict[str, Any]


class WatchedWindow:
    """The process, seen from a test."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._queue: SimpleQueue[Line] = SimpleQueue()
        self.lines: list[Line] = []
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._queue.put(json.loads(line))

    def say(self, command: str) -> None:
        """Give the window a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def wait_for(self, kind: str, is_wanted: Callable[[Line], bool] = lambda line: True) -> Line:
        """The next line of this type that is wanted; all that came so far is kept in `lines`."""
        deadline = time.monotonic() + LIMIT_S
        while True:
            try:
                line = self._queue.get(timeout=max(deadline - time.monotonic(), 0.001))
            except Empty:
                raise AssertionError(f"no such {kind} in {self.lines[-5:]}") from None
            self.lines.append(line)
            if line["type"] == kind and is_wanted(line):
                return line

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._thread.join()


@contextmanager
def watched_window(environment: Mapping[str, str]) -> Iterator[WatchedWindow]:
    """Start the process; it ends with the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.window_program"],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        window = WatchedWindow(process)
        try:
            yield window
        finally:
            window.close()
