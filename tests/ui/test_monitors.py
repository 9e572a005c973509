"""Monitors of several scales, as the offscreen platform offers them to a fresh process."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watched_window import WatchedWindow, watched_window

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Qt cannot wait for a pipe there, so the window hears nothing"
)


@pytest.fixture
def window(tmp_path: Path) -> Iterator[WatchedWindow]:
    """A window on the left of two monitors of 1280 x 800 px; the right one has scale 2."""
    size = {"y": 0, "width": 1280, "height": 800, "dpr": 1, "logicalDpi": 96, "logicalBaseDpi": 96}
    screens = [{"name": "left", "x": 0, **size}, {"name": "right", "x": 1280, **size}]
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": screens}))
    environment = {
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
        "QT_SCREEN_SCALE_FACTORS": "left=1;right=2",
    }
    with watched_window(environment) as shown:
        shown.wait_for("appearance")
        yield shown


def test_each_monitor_lies_where_its_pixels_are(window: WatchedWindow) -> None:
    left, right = (line for line in window.lines if line["type"] == "monitor")
    assert (left["name"], left["x_px"], left["width_px"], left["pixel_ratio"]) == (
        "left", 0.0, 1280.0, 1.0,
    )  # fmt: skip
    assert (right["name"], right["x_px"], right["width_px"], right["pixel_ratio"]) == (
        "right", 1280.0, 1280.0, 2.0,
    )  # fmt: skip


def test_a_window_moved_to_the_other_monitor_is_recorded_with_its_scale(
    window: WatchedWindow,
) -> None:
    window.say("move 200 100")
    first = window.wait_for("window", lambda line: line["x_px"] > 150)
    window.say("move 1400 100")
    # Qt tells of the new place and of the new scale one after the other.
    second = window.wait_for(
        "window", lambda line: line["monitor"] == "right" and line["width_px"] == 800
    )
    assert (first["monitor"], first["pixel_ratio"], first["width_px"]) == ("left", 1.0, 400.0)
    assert second["pixel_ratio"] == 2.0
    assert second["x_px"] == pytest.approx(1280 + 2 * 120, abs=10)  # the frame is a few wide
    appearance = window.wait_for("appearance")
    assert appearance["pixel_ratio"] == 2.0
