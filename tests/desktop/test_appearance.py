"""A desktop that turns dark under the application."""

from tests.watched_window import WatchedWindow, watched_window


def test_each_turn_of_the_desktop_is_one_new_appearance(display: str) -> None:
    # Only the desktops Qt knows by name have colour schemes.
    environment = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "XDG_CURRENT_DESKTOP": "GNOME"}
    with watched_window(environment) as window:
        window.wait_for("appearance")
        for scheme in ("dark", "light", "dark"):
            _turn(window, scheme)
    told = [line["theme"] for line in window.lines if line["type"] == "appearance"]
    assert told == ["light", "dark", "light", "dark"]


def _turn(window: WatchedWindow, scheme: str) -> None:
    window.say(f"turn {scheme}")
    window.wait_for("appearance", lambda line: line["theme"] == scheme)
