"""The application, the server and the participant as real processes on a real display."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import ImageGrab

from tracker_app.demo.hand import Hand
from tracker_app.demo.player import Announcements, Player

LIMIT_S = 150.0
CONTROL_LIMIT_S = 60.0  # from one control to the next


def wait_until(
    condition: Callable[[], bool], what: str, limit_s: float = LIMIT_S, pause_s: float = 0.05
) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} took longer than {limit_s} s"
        time.sleep(pause_s)


@contextmanager
def collection_server(data: Path, port: int = 0) -> Iterator[str]:
    """A real server process; yields its address."""
    command = [sys.executable, "-m", "tracker_app", "serve", "--data", str(data)]
    command += ["--port", str(port), "--code", "test-code"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["url"]
        finally:
            server.terminate()


class App:
    """The application on a display, with a hand that plays the participant."""

    def __init__(
        self, display: str, folder: Path, arguments: list[str], turns: int, person: str
    ) -> None:
        self.announcements = Announcements(folder / f"announcements-{time.monotonic_ns()}.jsonl")
        self.pages: list[str] = []
        self._display, self._folder = display, folder
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, "-m", "tracker_app", "run", *arguments]
        command += ["--simulate", person, "--announce", str(self.announcements.path)]
        self.process = subprocess.Popen(command, env=environment)
        self.hand = Hand(display)
        self.player = Player(self.hand, self.announcements, self._see, turns, seed=1)
        self.look: Callable[[str], None] = lambda _: None  # called on each page once, as it stands

    def _see(self, page: str) -> None:
        self.pages.append(page)
        self.look(page)

    def take_picture(self, name: str) -> None:
        """Of the whole screen, for whoever looks at what a test went through."""
        ImageGrab.grab(xdisplay=self._display).save(self._folder / f"{name}.png")

    def arrive(self, page: str) -> None:
        wait_until(lambda: self.announcements.refresh()["page"] == page, f"coming to {page}")

    def press(self, control: str) -> None:
        """Click a control as soon as it can be used."""

        def is_there() -> bool:
            return control in self.announcements.refresh()["controls"]

        wait_until(is_there, control, CONTROL_LIMIT_S)
        x, y, width, height = self.announcements.controls[control]
        self.hand.move(x + width / 2, y + height / 2)
        self.hand.click()

    def play_until(self, condition: Callable[[], bool], what: str) -> None:
        def played() -> bool:
            assert self.process.poll() is None, f"the application ended before {what}"
            self.player.act()
            return condition()

        wait_until(played, what)

    def play_to_the_end(self) -> None:
        def played() -> bool:
            if self.process.poll() is None:
                self.player.act()
            return self.process.poll() is not None

        wait_until(played, "playing to the end")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.hand.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextmanager
def app(
    display: str, folder: Path, arguments: list[str], turns: int = 1, person: str = "1"
) -> Iterator[App]:
    running = App(display, folder, arguments, turns, person)
    try:
        yield running
    finally:
        running.close()
