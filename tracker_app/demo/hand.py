"""The hand of a playing participant: real X events through xdotool."""

import subprocess
import threading

from tracker_app.errors import DemoError

STEP_S = 0.012
SPEED_PX_PER_S = 1500.0
TYPING_DELAY_MS = 15
TYPING_LIMIT_S = 60


class Hand:
    """Moves, clicks and types on one display, through one xdotool that stays."""

    def __init__(self, display: str) -> None:
        self._environment = {"DISPLAY": display, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        self._tool = subprocess.Popen(
            ["xdotool", "-"], stdin=subprocess.PIPE, text=True, env=self._environment
        )
        self._pause = threading.Event()
        self.position = (0.0, 0.0)

    def move(self, x_px: float, y_px: float, speed: float = SPEED_PX_PER_S) -> None:
        """Glide to a point, as a hand does, rather than jump."""
        x_from, y_from = self.position
        distance = ((x_px - x_from) ** 2 + (y_px - y_from) ** 2) ** 0.5
        steps = max(1, round(distance / speed / STEP_S))
        for i in range(1, steps + 1):
            share = i / steps
            eased = share * share * (3 - 2 * share)
            x, y = x_from + (x_px - x_from) * eased, y_from + (y_px - y_from) * eased
            self._say(f"mousemove {round(x)} {round(y)}")
            self.wait(STEP_S)
        self.position = (x_px, y_px)

    def click(self) -> None:
        """Press and release the left button where the hand is."""
        self._say("mousedown 1")
        self.wait(0.05)
        self._say("mouseup 1")
        self.wait(0.1)

    def scroll_down(self, notches: int) -> None:
        """Turn the wheel."""
        for _ in range(notches):
            # A `click` of xdotool's takes 0.1 s, by which all that follows would be late.
            self._say("mousedown 5")
            self._say("mouseup 5")
            self.wait(0.03)

    def press(self, key: str) -> None:
        """Press and release one key, by its X name."""
        self._say(f"key {key}")

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        subprocess.run(
            ["xdotool", "type", "--delay", str(TYPING_DELAY_MS), "--", text],
            env=self._environment,
            check=True,
            timeout=TYPING_LIMIT_S,
        )

    def wait(self, seconds: float) -> None:
        """Hold still."""
        self._pause.wait(seconds)

    def close(self) -> None:
        """Let go."""
        if self._tool.stdin:
            self._tool.stdin.close()
        self._tool.wait(timeout=5)

    def _say(self, command: str) -> None:
        if self._tool.stdin is None or self._tool.poll() is not None:
            raise DemoError("xdotool stopped working on the virtual display.")
        self._tool.stdin.write(command + "\n")
        self._tool.stdin.flush()
