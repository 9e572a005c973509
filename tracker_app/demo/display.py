"""A virtual X display with a window manager, for machines without a screen."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tracker_app.errors import DemoError

SIZE = (1280, 800)
START_LIMIT_S = 20
# openbox draws no decorations on a maximised window and takes focus requests at once.
PROGRAMS = ("Xvfb", "openbox", "xdotool")


@contextmanager
def virtual_display(size: tuple[int, int] = SIZE, *, has_manager: bool = True) -> Iterator[str]:
    """Start Xvfb and openbox and yield the display's name; both end with the block.

    Args:
        size: width and height, pixels.
        has_manager: without one, windows have no frames and nobody says which is active.

    Raises:
        DemoError: if a program is not installed or does not start.
    """
    missing = [p for p in PROGRAMS if shutil.which(p) is None]
    if missing:
        raise DemoError(
            f"Not installed: {', '.join(missing)}. Install the packages xvfb, openbox and xdotool."
        )
    with _xvfb(size) as name:
        if not has_manager:
            yield name
            return
        manager = subprocess.Popen(
            ["openbox", "--sm-disable"],
            env={**os.environ, "DISPLAY": name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield name
        finally:
            _end(manager)


@contextmanager
def _xvfb(size: tuple[int, int]) -> Iterator[str]:
    read_end, write_end = os.pipe()
    width, height = size
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(write_end),
            "-screen",
            "0",
            f"{width}x{height}x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ],
        pass_fds=[write_end],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        # Xvfb writes the number once it is ready, or closes the pipe by dying.
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise DemoError("The virtual display Xvfb could not be started.")
        yield f":{number}"
    finally:
        _end(server)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(START_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
