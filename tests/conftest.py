from pathlib import Path

import pytest
from hypothesis import settings

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several tests run at a time, keep a file's together, and those that take real time."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        group = "real time" if file.startswith(REAL_TIME) else file
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(data.data_used())
