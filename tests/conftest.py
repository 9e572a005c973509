from pathlib import Path

import pytest

from tests import data


@pytest.fixture(scope="session")
def face_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with one face in every frame."""
    return data.face_video(tmp_path_factory.mktemp("face"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(data.data_used())
