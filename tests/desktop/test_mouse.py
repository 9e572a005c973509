"""The mouse on a real X display: what is heard, when, where, and what is kept from us."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.processes import wait_until
from tests.desktop.windows import Window, window
from tracker_app.capture.mouse import Mouse
from tracker_app.capture.mouse_messages import Events, Hello, read_messages
from tracker_app.clock import SystemClock
from tracker_app.demo.display import virtual_display
from tracker_app.errors import MouseUnavailableError
from tracker_app.program import own_command
from tracker_app.records import Gap, MouseEvent, MouseKind

X11 = pytest.importorskip("Xlib.X")
LIMIT_S = 10.0
OURS = (200, 150, 500, 400)
INSIDE, OUTSIDE = (400, 300), (1000, 700)
SOMEBODY = 1  # a process that is not ours


class Rig:
    """A display of which all mouse events are recorded, and a hand without a delay."""

    def __init__(self, name: str) -> None:
        from Xlib import display

        self.recorded: list[MouseEvent | Gap] = []
        self.failures: list[MouseUnavailableError] = []
        self.mouse = Mouse(SystemClock(), self.recorded.append, self.failures.append)
        self.display = display.Display(name)
        self.injected = 0

    def inject(self, kind: int, detail: int = 0, at: tuple[int, int] = (0, 0)) -> tuple[int, int]:
        """Make one event; between which readings of the clock the server handled it."""
        from Xlib.ext import xtest

        before_ns = SystemClock().now_ns()
        xtest.fake_input(self.display, kind, detail, x=at[0], y=at[1])
        self.display.sync()
        self.injected += 1
        return before_ns, SystemClock().now_ns()

    def move(self, at: tuple[int, int]) -> MouseEvent:
        """Move there; the event that was recorded."""
        count = len(self.events)
        self.inject(X11.MotionNotify, at=at)
        self.wait(lambda: len(self.events) > count, "an event")
        return self.events[-1]

    @property
    def events(self) -> list[MouseEvent]:
        return [r for r in self.recorded if isinstance(r, MouseEvent)]

    @property
    def gaps(self) -> list[Gap]:
        return [r for r in self.recorded if isinstance(r, Gap)]

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        wait_until(condition, what, LIMIT_S, pause_s=0.005)

    def wait_for_inside(self, *, inside: bool) -> None:
        """Move to and fro until the process has seen what just happened to the windows."""
        place = [INSIDE, (INSIDE[0] + 1, INSIDE[1])]
        tries = iter(range(200))
        self.wait(lambda: self.move(place[next(tries) % 2]).is_inside is inside, f"{inside=}")


@pytest.fixture
def rig(display: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    made = Rig(display)
    made.inject(X11.MotionNotify, at=OUTSIDE)
    made.injected = 0
    made.mouse.start()
    yield made
    made.mouse.stop()
    made.display.close()
    assert not made.failures


@pytest.fixture
def ours(rig: Rig) -> Iterator[Window]:
    """Our window, active and seen to be so."""
    with window(*OURS, pid=os.getpid()) as shown:
        shown.do("focus")
        rig.wait_for_inside(inside=True)
        rig.recorded.clear()
        rig.injected = 0
        yield shown


def _child(mouse: Mouse) -> Any:
    assert mouse._run is not None
    return mouse._run._process


def test_every_event_comes_with_its_kind_place_button_and_time(rig: Rig, ours: Window) -> None:
    spans = [rig.inject(X11.MotionNotify, at=(300 + i, 250 + i // 2)) for i in range(200)]
    for button in (1, 2, 3, 9):
        spans += [rig.inject(k, button) for k in (X11.ButtonPress, X11.ButtonRelease)]
    for button in (4, 5, 6, 7):
        spans.append(rig.inject(X11.ButtonPress, button))
        rig.inject(X11.ButtonRelease, button)  # not an event of its own
    rig.wait(lambda: len(rig.events) >= len(spans), "all events")
    events = rig.events
    assert len(events) == len(spans)
    assert all(e.is_inside for e in events)
    assert [(e.x_px, e.y_px) for e in events[:200]] == [(300 + i, 250 + i // 2) for i in range(200)]
    pressed = [(e.kind, e.button) for e in events[200:208]]
    assert pressed == [
        (kind, name)
        for name in ("left", "middle", "right", "button9")
        for kind in (MouseKind.PRESS, MouseKind.RELEASE)
    ]
    assert {(e.x_px, e.y_px) for e in events[200:]} == {(499, 349)}
    wheel = [(e.kind, e.wheel_x, e.wheel_y) for e in events[208:]]
    turns = ((0, 1), (0, -1), (-1, 0), (1, 0))
    assert wheel == [(MouseKind.WHEEL, *turn) for turn in turns]
    ms = 1_000_000
    for event, (before_ns, after_ns) in zip(events, spans, strict=True):
        assert before_ns - ms <= event.t_ns <= after_ns + ms
        assert event.t_ns <= event.received_t_ns


def test_outside_our_window_only_the_event_itself_leaves_the_process(
    rig: Rig, ours: Window
) -> None:
    rig.move(OUTSIDE)
    rig.inject(X11.ButtonPress, 1)
    rig.inject(X11.ButtonRelease, 1)
    rig.inject(X11.ButtonPress, 5)
    rig.inject(X11.ButtonRelease, 5)
    rig.wait(lambda: len(rig.events) == 4, "four events")
    assert [e.kind for e in rig.events] == ["move", "press", "release", "wheel"]
    for e in rig.events:
        assert not e.is_inside
        assert (e.x_px, e.y_px, e.button, e.wheel_x, e.wheel_y) == (None,) * 5
    assert rig.mouse.position_px != OUTSIDE


def test_a_window_of_another_process_over_ours_hides_what_is_under_it(
    rig: Rig, ours: Window
) -> None:
    with window(350, 250, 200, 150, pid=SOMEBODY) as other:
        ours.do("focus")
        other.do("raise")
        rig.wait_for_inside(inside=False)
        assert rig.move((230, 500)).is_inside  # ours still shows there
        other.do("lower")
        rig.wait_for_inside(inside=True)
        other.do("raise")
        rig.wait_for_inside(inside=False)
        ours.do("raise")
        rig.wait_for_inside(inside=True)
        other.do("popup")  # as a notification: on top, and we stay active
        rig.wait_for_inside(inside=False)
        assert rig.move((230, 500)).is_inside
    rig.wait_for_inside(inside=True)


def test_a_dialog_or_menu_of_ours_over_another_window_is_ours(rig: Rig, ours: Window) -> None:
    with (
        window(800, 500, 200, 150, pid=SOMEBODY),
        window(850, 550, 50, 50, pid=os.getpid()) as dialog,
    ):
        dialog.do("popup")
        ours.do("focus")
        rig.wait_for_inside(inside=True)
        assert rig.move((870, 570)).is_inside
        assert not rig.move((810, 640)).is_inside


def test_a_sheet_over_ours_hides_only_where_it_takes_clicks(rig: Rig, ours: Window) -> None:
    with window(*OURS, pid=SOMEBODY) as other:
        other.do("lower")
        ours.do("focus")
        ours.do("raise")
        rig.wait_for_inside(inside=True)
        other.do("sheet")
        rig.wait_for_inside(inside=False)
        assert rig.move((600, 300)).is_inside


def test_while_another_application_is_active_nothing_of_ours_is_kept(
    rig: Rig, ours: Window
) -> None:
    with window(900, 500, 200, 150, pid=SOMEBODY) as other:
        other.do("focus")
        rig.wait_for_inside(inside=False)
        assert not rig.move((230, 500)).is_inside
        ours.do("focus")
        rig.wait_for_inside(inside=True)


def test_no_position_leaks_while_another_window_comes_up(rig: Rig, ours: Window) -> None:
    """The event follows the window in one breath: the process has looked, but just before."""
    from Xlib import Xatom
    from Xlib.ext import xtest

    root = rig.display.screen().root
    notice = root.create_window(350, 250, 200, 150, 0, X11.CopyFromParent, override_redirect=True)
    pid = rig.display.intern_atom("_NET_WM_PID")
    notice.change_property(pid, Xatom.CARDINAL, 32, [SOMEBODY])
    for _ in range(8):
        count = len(rig.events) + 1
        rig.inject(X11.MotionNotify, at=INSIDE)
        notice.map()
        xtest.fake_input(rig.display, X11.MotionNotify, x=450, y=300)
        xtest.fake_input(rig.display, X11.ButtonPress, 1)
        xtest.fake_input(rig.display, X11.ButtonRelease, 1)
        rig.display.sync()
        rig.wait(lambda count=count: len(rig.events) == count + 3, "three events")  # type: ignore[misc]
        assert not any(e.is_inside for e in rig.events[count:])
        notice.unmap()
        rig.display.sync()
        rig.wait_for_inside(inside=True)


def test_the_order_of_windows_is_followed(rig: Rig, ours: Window) -> None:
    root = rig.display.screen().root
    notices = [
        root.create_window(350, 250, 200, 150, 0, X11.CopyFromParent, override_redirect=True)
        for _ in range(2)
    ]
    for notice in notices:
        notice.map()
    rig.display.sync()
    rig.wait_for_inside(inside=False)
    notices[0].configure(stack_mode=X11.Below)
    rig.display.sync()
    assert not rig.move(INSIDE).is_inside  # the other one is still there
    notices[1].configure(stack_mode=X11.Below)
    rig.display.sync()
    rig.wait_for_inside(inside=True)
    notices[0].configure(stack_mode=X11.Above)
    rig.display.sync()
    rig.wait_for_inside(inside=False)


def test_without_a_window_manager_the_focus_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    with virtual_display(has_manager=False) as name:
        monkeypatch.setenv("DISPLAY", name)
        rig = Rig(name)
        rig.mouse.start()
        with window(*OURS, pid=os.getpid()) as ours:
            assert not rig.move(INSIDE).is_inside
            number = rig.display.create_resource_object("window", ours.number)
            number.set_input_focus(X11.RevertToParent, X11.CurrentTime)
            rig.display.sync()
            rig.wait_for_inside(inside=True)
            root = rig.display.screen().root
            notice = root.create_window(*OURS, 0, X11.CopyFromParent)
            notice.map()
            notice.configure(stack_mode=X11.Below)
            rig.display.sync()
            rig.wait_for_inside(inside=True)
            root.circulate(X11.RaiseLowest)
            rig.display.sync()
            rig.wait_for_inside(inside=False)
            root.circulate(X11.LowerHighest)
            rig.display.sync()
            rig.wait_for_inside(inside=True)
            rig.display.set_input_focus(X11.PointerRoot, X11.RevertToPointerRoot, X11.CurrentTime)
            rig.display.sync()
            rig.wait_for_inside(inside=False)
        rig.mouse.stop()
        rig.display.close()


def test_a_killed_process_leaves_a_gap_and_capture_goes_on(rig: Rig, ours: Window) -> None:
    rig.move(INSIDE)
    first = _child(rig.mouse)
    first.kill()
    rig.wait(lambda: bool(rig.gaps), "the gap")
    (gap,) = rig.gaps
    assert (gap.source, gap.lost) == ("mouse", None)
    assert gap.t_ns < gap.end_t_ns
    rig.wait_for_inside(inside=True)
    assert rig.events[-1].t_ns > gap.end_t_ns
    assert _child(rig.mouse) is not first


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs a process that can be halted")
def test_a_halted_process_is_replaced(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker_app.capture.mouse.SILENCE_S", 1.2)
    os.kill(_child(rig.mouse)._process.pid, signal.SIGSTOP)
    rig.wait(lambda: bool(rig.gaps), "the gap")
    rig.move(INSIDE)


def test_the_process_ends_when_stopped_and_can_be_started_again(rig: Rig) -> None:
    first = _child(rig.mouse)._process
    rig.move(INSIDE)
    _, after_ns = rig.inject(X11.MotionNotify, at=OUTSIDE)
    # The event's time is known within a millisecond; what may come after stopping is refused.
    rig.wait(lambda: SystemClock().now_ns() > after_ns + 1_000_000, "a millisecond")
    rig.mouse.stop()
    assert first.returncode == 0  # by itself, and with what was under way
    assert len(rig.events) == 2
    assert not rig.mouse.is_on
    rig.mouse.start()
    rig.move(INSIDE)
    assert not rig.gaps


def test_the_process_ends_when_its_parent_is_killed(rig: Rig, tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen({own_command('watch-mouse', '--parent', '1')!r},"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "p.stdout.read(9)\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _is_alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    rig.wait(lambda: not _is_alive(child), "the end of the process")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_outside_positions_are_not_on_the_wire(rig: Rig) -> None:
    """Read the pipe itself: what is not there cannot leak."""
    process = subprocess.Popen(
        own_command("watch-mouse", "--parent", str(SOMEBODY)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    messages = read_messages(process.stdout)
    assert isinstance(next(messages), Hello)
    rig.inject(X11.MotionNotify, at=INSIDE)
    seen = next(m for m in messages if isinstance(m, Events))
    assert [(e.kind, e.x_px, e.y_px) for e in seen.events] == [(MouseKind.MOVE, None, None)]
    process.stdin.close()
    assert process.wait(LIMIT_S) == 0
    process.stdout.close()
