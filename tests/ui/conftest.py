import os

# Before Qt starts: these tests need no screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from importlib.resources import files

import pytest
from PySide6.QtWidgets import QApplication

from tracker_app.study.reading import parse_study
from tracker_app.study.study import Study
from tracker_app.ui import theme


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    if qapp.styleSheet() != theme.stylesheet(theme.colours()):  # styling anew takes a while
        theme.apply(qapp)


@pytest.fixture
def study() -> Study:
    text = files("tracker_app.study").joinpath("demo.toml").read_bytes()
    return parse_study(text, "demo.toml")
