"""Two monitors side by side on a real display, the right one at twice the scale."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tests.watched_window import Line, WatchedWindow, watched_window
from tracker_app.demo.display import virtual_display

LEFT = ("--setmonitor", "left", "1280/300x800/200+0+0", "screen")
RIGHT = ("--setmonitor", "right", "1280/300x800/200+1280+0", "none")


class Desk:
    """A display with two monitors, and a hand on it."""

    def __init__(self, display: str) -> None:
        self.environment = {
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCREEN_SCALE_FACTORS": "left=1;right=2",
        }
        self.xrandr(*LEFT)
        self.xrandr(*RIGHT)

    def xrandr(self, *arguments: str) -> None:
        self._run("xrandr", *arguments)

    def xdotool(self, *arguments: object) -> None:
        self._run("xdotool", *map(str, arguments))

    def place(self, window: WatchedWindow, x_px: int, y_px: int) -> Line:
        """Move the window as a window manager does; the record of its arrival."""
        self.xdotool("search", "--sync", "--name", "^Watched$", "windowmove", x_px, y_px)
        return window.wait_for("window", lambda line: line["x_px"] == x_px)

    def _run(self, *command: str) -> None:
        environment = {**os.environ, **self.environment}
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with virtual_display((2560, 800)) as name:
        yield Desk(name)


@pytest.fixture
def window(desk: Desk) -> Iterator[WatchedWindow]:
    with watched_window(desk.environment) as shown:
        shown.wait_for("appearance")
        yield shown


def test_a_monitor_that_is_unplugged_is_recorded_a_last_time(
    desk: Desk, window: WatchedWindow
) -> None:
    desk.xrandr("--delmonitor", "right")
    last = window.wait_for("monitor", lambda line: not line["is_connected"])
    assert (last["name"], last["x_px"], last["pixel_ratio"]) == ("right", 1280.0, 2.0)
    before = window.lines[-2]
    assert (before["type"], before["name"], before["is_connected"]) == ("monitor", "left", True)
    seen = len(window.lines)
    desk.xrandr(*RIGHT)
    again = window.wait_for("monitor", lambda line: line["name"] == "right")
    assert again["is_connected"]
    told = [line["name"] for line in window.lines[seen:] if line["type"] == "monitor"]
    assert told == ["left", "right"]


# Left of the edge, over it with the smaller and with the larger part, and right of it.
@pytest.mark.parametrize("x_px", [100, 1001, 1200, 1403])
def test_points_of_a_window_are_where_the_mouse_meets_them(
    desk: Desk, window: WatchedWindow, x_px: int
) -> None:
    place = desk.place(window, x_px, 101)
    for across in (3, 201, 397):
        x = round(place["x_px"]) + across
        desk.xdotool("mousemove", x, 251)
        assert window.wait_for("pointer") == {
            "type": "pointer", "x_px": x, "y_px": 251, "comes_back": True,
        }  # fmt: skip
    expected = ("left", 1.0) if x_px < 1080 else ("right", 2.0)
    assert (place["monitor"], place["pixel_ratio"]) == expected


def test_a_window_carried_over_the_edge_and_back_is_never_recorded_elsewhere(
    desk: Desk, window: WatchedWindow
) -> None:
    first = desk.place(window, 900, 101)
    began = window.lines.index(first)
    there_and_back = [*range(950, 1350, 50), *range(1250, 900, -50)]
    for x_px in there_and_back:
        desk.place(window, x_px, 101)
    steps = [line for line in window.lines[began:] if line["type"] == "window"]
    assert {line["y_px"] for line in steps} == {101}
    assert {line["width_px"] for line in steps} == {400}
    assert [line["x_px"] for line in steps] == [900, *there_and_back]
    assert {(line["monitor"], line["pixel_ratio"]) for line in steps} == {
        ("left", 1.0), ("right", 2.0),
    }  # fmt: skip


def test_a_window_is_recorded_when_it_is_minimised_and_comes_back(window: WatchedWindow) -> None:
    window.say("show minimised")
    assert not window.wait_for("window", lambda line: line["is_minimised"])["is_active"]
    window.say("show normal")
    window.wait_for("window", lambda line: line["is_active"] and not line["is_minimised"])
