import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CODE = "a-code"


@dataclass(frozen=True)
class Server:
    """A real server process."""

    url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


StartServer = Callable[..., AbstractContextManager[Server]]


@pytest.fixture
def start_server(tmp_path: Path) -> StartServer:
    """Starts servers on the same data folder."""

    @contextmanager
    def start(port: int = 0) -> Iterator[Server]:
        command = [sys.executable, "-m", "tracker_app", "serve", "--data", str(tmp_path / "store")]
        command += ["--port", str(port), "--code", CODE]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield Server(json.loads(process.stdout.readline())["url"], process)
            finally:
                process.terminate()

    return start
