import json
import sys

import pytest

from tracker_app.capture.display import (
    DisplayKind,
    ask_what_is_shown,
    display_kind,
    require_display,
)
from tracker_app.errors import NoDisplayError

X11, WAYLAND = {"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}
MONITOR = {
    "type": "monitor", "t_ns": 0, "name": "eDP-1", "x_px": 0, "y_px": 0, "width_px": 1920,
    "height_px": 1080, "width_mm": 344, "height_mm": 194, "pixel_ratio": 1, "refresh_hz": 60,
    "is_connected": True,
}  # fmt: skip
SHOWN = {
    "monitors": [MONITOR],
    "presets": {"gaze": {"font_px": 24, "line_height_px": 48}},
}


@pytest.fixture
def _x11(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")


def _program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.mark.parametrize(
    ("environment", "platform", "kind"),
    [
        (X11, "linux", DisplayKind.X11),
        (WAYLAND, "linux", DisplayKind.WAYLAND),
        ({**X11, **WAYLAND}, "linux", DisplayKind.XWAYLAND),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, "linux", None),
        ({}, "linux", None),
        ({}, "win32", DisplayKind.NATIVE),
        (X11, "darwin", DisplayKind.NATIVE),
    ],
)
def test_the_environment_tells_the_kind_of_display(
    environment: dict[str, str], platform: str, kind: DisplayKind | None
) -> None:
    assert display_kind(environment, platform) is kind


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is one")
def test_without_a_display_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(NoDisplayError, match="There is no display"):
        require_display()
    with pytest.raises(NoDisplayError, match="There is no display"):
        ask_what_is_shown(_program("raise SystemExit"))


@pytest.mark.usefixtures("_x11")
def test_monitors_are_those_that_the_other_process_prints() -> None:
    shown = ask_what_is_shown(_program(f"print({json.dumps(json.dumps(SHOWN))})"))
    (monitor,) = shown.monitors
    assert (monitor.name, monitor.width_mm) == ("eDP-1", 344)
    assert shown.presets["gaze"].line_height_px == 48


@pytest.mark.usefixtures("_x11")
@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("import os; os.abort()", "no window can be opened"),
        ("print('{}')", "no window can be opened"),
        ("print('what')", "no window can be opened"),
        ("import sys; sys.exit('could not connect to display; xcb-cursor0')", "desktop session"),
        ("import sys; sys.exit('xcb-cursor0 or libxcb-cursor0 is needed')", "libxcb-cursor0"),
    ],
)
def test_a_display_that_ends_whoever_opens_it_is_one_sentence(program: str, sentence: str) -> None:
    with pytest.raises(NoDisplayError, match=sentence) as caught:
        ask_what_is_shown(_program(program))
    assert str(caught.value).count("\n") == 0


@pytest.mark.usefixtures("_x11")
def test_a_program_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(NoDisplayError, match="no window can be opened"):
        ask_what_is_shown(["/no/such/program"])


@pytest.mark.usefixtures("_x11")
def test_our_own_program_tells_the_monitors_of_the_offscreen_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    shown = ask_what_is_shown()
    assert len(shown.monitors) == 1
    assert shown.presets["gaze"].line_height_px > shown.presets["chat"].line_height_px > 0
