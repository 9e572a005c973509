import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.server.conftest import StartServer
from tracker_app.errors import ServerError
from tracker_app.server.run import ServerOptions, serve

# What an installation without the desktop application lacks.
ABSENT = ("cv2", "mediapipe", "pynput", "PySide6", "requests", "keyring", "tenacity")


def test_the_server_starts_where_the_desktop_packages_are_missing(tmp_path: Path) -> None:
    program = f"""
import sys
sys.modules.update(dict.fromkeys({ABSENT!r}))
from tracker_app.cli import main
import uvicorn
uvicorn.Server.run = lambda *args, **kwargs: print("served")
main(["serve", "--port", "0", "--data", {str(tmp_path)!r}])
"""
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "served" in out.stdout


def test_beyond_loopback_it_insists_on_tls(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="TLS"):
        serve(ServerOptions(tmp_path, host="0.0.0.0"), print)


def test_a_port_in_use_is_one_sentence(tmp_path: Path, start_server: StartServer) -> None:
    with start_server() as running, pytest.raises(ServerError, match="cannot be used"):
        serve(ServerOptions(tmp_path / "other", port=running.port), print)


def test_two_servers_on_one_folder_are_refused(tmp_path: Path, start_server: StartServer) -> None:
    with start_server(), pytest.raises(ServerError, match="Another server"):
        serve(ServerOptions(tmp_path / "store"), print)
