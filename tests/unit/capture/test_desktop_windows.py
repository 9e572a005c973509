"""The logic for Windows, over a small stand-in for the system's library."""

# ruff: noqa: N802 # the stand-in answers to the system's names

from collections.abc import Callable
from ctypes import wintypes
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.mice import FakeListener
from tracker_app.capture.desktop import Caught
from tracker_app.capture.desktop_windows import GA_ROOT, WindowsDesktop
from tracker_app.records import MouseKind

OURS, OTHER = 4242, 77
LEFT = SimpleNamespace(name="left")


class FakeUser32:
    """Top-level windows as (handle, process, left, top, right, bottom), topmost first.

    Each has one child, a control, whose handle is 1,000 higher: it is what a point hits.
    """

    def __init__(self, *windows: tuple[int, int, int, int, int, int], active: int) -> None:
        self._windows = windows
        self.active = active

    def GetForegroundWindow(self) -> int | None:
        return self.active or None

    def WindowFromPoint(self, point: wintypes.POINT) -> int | None:
        for handle, _, left, top, right, bottom in self._windows:
            if left <= point.x < right and top <= point.y < bottom:
                return handle + 1_000
        return None

    def GetAncestor(self, handle: int, which: int) -> int:
        assert which == GA_ROOT
        return handle % 1_000

    def GetWindowThreadProcessId(self, handle: int, pid: Any) -> int:
        found = [p for h, p, *_ in self._windows if h == handle]
        pid._obj.value = found[0] if found else 0
        return 1

    def GetCursorPos(self, point: Any) -> int:
        point._obj.x, point._obj.y = -1_919, 33  # on a monitor left of the first
        return 1


class FakeHook(FakeListener):
    """Keeps what pynput would call back."""

    def __init__(self, **callbacks: Callable[..., None]) -> None:
        super().__init__(lambda heard: None)
        self.callbacks = callbacks


def _desktop(user32: FakeUser32) -> WindowsDesktop:
    return WindowsDesktop(OURS, FakeClock(), user32, FakeHook)


def _user32(active: int = 1) -> FakeUser32:
    """A notification of another program over our dialog over our window over a third one."""
    return FakeUser32(
        (4, OTHER, 700, 0, 900, 100),
        (2, OURS, 300, 300, 500, 400),
        (1, OURS, 100, 50, 800, 600),
        (3, OTHER, 0, 0, 1920, 1080),
        active=active,
    )


@pytest.mark.parametrize(
    ("x", "y", "active", "is_ours"),
    [
        (100, 50, 1, True),
        (400, 350, 1, True),
        (400, 350, 2, True),  # our dialog is active
        (750, 80, 1, False),  # under the notification
        (50, 50, 1, False),
        (2_500, 50, 1, False),  # no window at all
        (200, 200, 3, False),
        (200, 200, 0, False),  # nothing is active, as while windows are switched
    ],
)
def test_a_point_is_ours_where_our_window_is_on_top_and_active(
    x: int, y: int, active: int, is_ours: bool
) -> None:
    assert _desktop(_user32(active)).is_ours_now(x, y) is is_ours


def test_events_are_stamped_and_judged_as_the_hook_calls() -> None:
    user32, heard = _user32(), list[Caught]()
    desktop = _desktop(user32)
    hook: Any = desktop.listener(heard.append)
    hook.callbacks["on_move"](200, 200, False)
    hook.callbacks["on_click"](200, 200, LEFT, True, False)
    hook.callbacks["on_click"](200, 200, LEFT, False, False)
    user32.active = 3  # too late for what has happened
    hook.callbacks["on_scroll"](200, 200, 0, -1, False)
    kinds = [MouseKind.MOVE, MouseKind.PRESS, MouseKind.RELEASE, MouseKind.WHEEL]
    assert [c.kind for c in heard] == kinds
    assert [c.is_ours for c in heard] == [True, True, True, False]
    assert [c.button for c in heard] == [None, "left", "left", None]
    assert heard[3].wheel == (0, -1)
    assert all(a.t_ns < b.t_ns for a, b in pairwise(heard))
    assert all(c.t_ns == c.received_t_ns for c in heard)
    assert [desktop.caught(c) for c in heard] == [(c,) for c in heard]


def test_no_event_waits_and_none_is_ours_in_hindsight() -> None:
    desktop = _desktop(_user32())
    assert desktop.is_known(2**62)
    assert not desktop.was_ours(200, 200, 1)


def test_positions_are_physical_pixels_already() -> None:
    desktop = _desktop(_user32())
    assert desktop.physical_px(-5, 7) == (-5, 7)
    assert desktop.pointer_px() == (-1_919, 33)
