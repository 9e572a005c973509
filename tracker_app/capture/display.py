"""Which display there is, its monitors, and how large text is on them.

Only Qt knows the monitors, and it ends the process that cannot reach its display. So a process of
its own is asked: a check must outlive what it finds.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from tracker_app.decoding import decodable
from tracker_app.errors import NoDisplayError
from tracker_app.program import own_command
from tracker_app.records import Monitor

ANSWER_LIMIT_S = 20.0


class DisplayKind(StrEnum):
    """What the desktop speaks with its windows. The value is printed by `check`."""

    X11 = "x11"
    WAYLAND = "wayland"
    XWAYLAND = "xwayland"  # Wayland that also serves programs made for X11
    NATIVE = "native"  # Windows' or macOS' own


def display_kind(
    environment: Mapping[str, str], platform: str = sys.platform
) -> DisplayKind | None:
    """The kind of display that is there; None where there is none."""
    if platform != "linux":
        return DisplayKind.NATIVE
    is_wayland = bool(environment.get("WAYLAND_DISPLAY"))
    if environment.get("DISPLAY"):
        return DisplayKind.XWAYLAND if is_wayland else DisplayKind.X11
    return DisplayKind.WAYLAND if is_wayland else None


def require_display() -> None:
    """Raise unless there is a screen to open a window on.

    Raises:
        NoDisplayError: in one sentence.
    """
    if display_kind(os.environ) is None:
        raise NoDisplayError(
            "There is no display to open a window on. Start this from a desktop session, or try "
            "`tracker-app demo --headless`."
        )


@decodable
class ReadingSize(msgspec.Struct, frozen=True):
    """How a preset sets answers; logical pixels."""

    font_px: int
    line_height_px: int


@decodable
class Shown(msgspec.Struct, frozen=True):
    """What a window would meet here."""

    monitors: list[Monitor]  # the primary one first
    presets: dict[str, ReadingSize]


def ask_what_is_shown(command: Sequence[str] = ()) -> Shown:
    """The monitors, from a process of its own that opens the display and ends.

    Args:
        command: prints a `Shown` as JSON; by default our own.

    Raises:
        NoDisplayError: if there is no display, or no window can be opened on it.
    """
    require_display()
    try:
        answered = subprocess.run(
            command or own_command("list-monitors"),
            capture_output=True,
            check=True,
            timeout=ANSWER_LIMIT_S,
        )
        return msgspec.json.decode(answered.stdout, type=Shown)
    except subprocess.TimeoutExpired as error:
        raise NoDisplayError("The display does not answer. Log out and in again.") from error
    except (OSError, subprocess.CalledProcessError, msgspec.DecodeError) as error:
        talk = getattr(error, "stderr", None) or b""
        raise NoDisplayError(_why_not(talk.decode(errors="replace"))) from error


def _why_not(talk: str) -> str:
    if "xcb-cursor" in talk and "could not connect" not in talk:
        return "No window can be opened: the package libxcb-cursor0 is missing. Install it."
    return (
        "There is a display, but no window can be opened on it. Start this from the desktop "
        "session of the person who uses it."
    )
