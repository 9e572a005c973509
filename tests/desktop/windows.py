"""A window of another process on an X display, driven over a pipe.

python -m tests.desktop.windows X Y WIDTH HEIGHT PID

It prints its window's number once mapped. Standard input takes `raise`, `lower`, `focus`, `popup`
(a second window without a frame, on top) and `sheet` (one that takes clicks only in its left half).
Its end ends the process.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from Xlib import X, Xatom, display
from Xlib.ext import shape
from Xlib.protocol import event


class Window:
    """The window, from the test's side."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        self.number = int(process.stdout.readline())

    def do(self, what: str) -> None:
        """Have something done; returns once the server has done it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@contextmanager
def window(x: int, y: int, width: int, height: int, pid: int) -> Iterator[Window]:
    """A window in a process of its own that says it is of process `pid`."""
    command = [sys.executable, "-m", "tests.desktop.windows"]
    command += [str(n) for n in (x, y, width, height, pid)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Window(process)
        finally:
            process.kill()


def main() -> None:
    """Show a window until standard input ends."""
    x, y, width, height, pid = (int(a) for a in sys.argv[1:])
    connection = display.Display()
    root = connection.screen().root

    def make(*, has_frame: bool) -> Any:
        made = root.create_window(
            x, y, width, height, 0, X.CopyFromParent,
            override_redirect=not has_frame, event_mask=X.StructureNotifyMask,
        )  # fmt: skip
        made.change_property(connection.intern_atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [pid])
        made.set_wm_hints(flags=1, input=1)
        made.set_wm_normal_hints(flags=1 << 2 | 1, min_width=1, min_height=1)  # placed by us
        made.map()
        while connection.next_event().type != X.MapNotify:
            pass
        return made

    shown = make(has_frame=True)
    _say(str(shown.id))
    for line in sys.stdin:
        match line.strip():
            case "raise":
                shown.configure(stack_mode=X.Above)
            case "lower":
                shown.configure(stack_mode=X.Below)
            case "popup":
                make(has_frame=False)
            case "sheet":
                half = (0, 0, width // 2, height)
                sheet = make(has_frame=False)
                sheet.shape_rectangles(shape.SO.Set, shape.SK.Input, X.Unsorted, 0, 0, [half])
            case "focus":
                atom = connection.intern_atom("_NET_ACTIVE_WINDOW")
                data = (32, [2, X.CurrentTime, 0, 0, 0])
                message = event.ClientMessage(window=shown, client_type=atom, data=data)
                mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
                root.send_event(message, event_mask=mask)
        connection.sync()
        _say("done")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
