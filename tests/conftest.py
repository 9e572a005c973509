from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests import data

# They watch a camera, a display or a process, and mostly wait: one at a time is enough.
REAL_TIME = (
    "tests/desktop/",
    "tests/ui/test_operator.py",
    "tests/unit/gaze/test_pipeline.py",
    "tests/unit/capture/",
)
# Time limits on single examples would fail on a busy machine and say nothing about the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def face_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with one face in every frame, 25 a second."""
    return data.face_video(tmp_path_factory.mktemp("face"))


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))


class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # untyped
    """Where two tests run at a time: files one by one, and beside them what takes real time."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "real time" if file.startswith(REAL_TIME) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(data.data_used())
