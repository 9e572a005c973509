import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.collection import ROOT
from tracker_app.errors import ServerError
from tracker_app.server.run import ServerOptions, serve
from tracker_app.store.sqlite import Store

WITHOUT_DEVICES = """
import sys
for name in ("cv2", "mediapipe", "pynput", "PySide6", "keyring", "tenacity", "tree_sitter"):
    sys.modules[name] = None
import tracker_app.server.run, tracker_app.store.sqlite, tracker_app.codec
"""


def test_the_server_starts_where_no_device_library_is_installed() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_DEVICES], cwd=ROOT, check=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])  # refused
def test_beyond_this_computer_tls_is_needed(tmp_path: Path, host: str) -> None:
    with pytest.raises(ServerError, match="needs TLS"):
        serve(ServerOptions(tmp_path, host=host), lambda _: None)


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port}"):
            serve(ServerOptions(tmp_path, port=port), lambda _: None)


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    try:
        with pytest.raises(ServerError, match="Another server"):
            serve(ServerOptions(tmp_path), lambda _: None)
    finally:
        store.close()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"port": 99_999}, "Port 99999"),
        ({"certificate": Path("none.pem"), "key": Path("none.pem")}, "no file none.pem"),
        ({"certificate": Path(__file__)}, "both"),
    ],
)
def test_wrong_options_are_one_sentence(
    tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ServerError, match=sentence):
        serve(ServerOptions(tmp_path / "store", **options), print)


def test_data_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerError, match="cannot be used"):
        serve(ServerOptions(tmp_path / "file"), print)
