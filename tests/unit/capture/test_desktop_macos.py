"""The logic for macOS, over a small stand-in for the system's framework."""

# ruff: noqa: N802, N815 # the stand-in answers to the system's names

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.mice import FakeListener
from tracker_app.capture.desktop import Caught
from tracker_app.capture.desktop_macos import (
    SAMPLE_NS,
    Display,
    MacDesktop,
    event_time_ns,
    to_physical,
)
from tracker_app.records import MouseKind

OURS, OTHER = 4242, 77
RETINA = Display(0, 0, 1440, 900, 2.0)
BESIDE = Display(1440, 0, 1920, 1080, 1.0)
LEFT = SimpleNamespace(name="left")
APPLE_SILICON = (125, 3)


class FakeQuartz:
    """Two displays, and windows as (owner's pid and name, left, top, width, height, alpha)."""

    kCGWindowListOptionOnScreenOnly = 1
    kCGNullWindowID = 0
    kCGWindowBounds = "kCGWindowBounds"
    kCGWindowOwnerPID = "kCGWindowOwnerPID"
    kCGWindowOwnerName = "kCGWindowOwnerName"
    kCGWindowAlpha = "kCGWindowAlpha"

    def __init__(self) -> None:
        self.windows: list[tuple[int, str, float, float, float, float, float]] = [
            (OURS, "Reading", 100, 50, 800, 600, 1)
        ]
        self._displays = {1: RETINA, 2: BESIDE}

    def CGWindowListCopyWindowInfo(self, option: int, relative: int) -> list[dict[str, Any]]:
        assert (option, relative) == (1, 0)
        return [
            {
                "kCGWindowOwnerPID": pid,
                "kCGWindowOwnerName": name,
                "kCGWindowBounds": {"X": x, "Y": y, "Width": width, "Height": height},
                "kCGWindowAlpha": alpha,
            }
            for pid, name, x, y, width, height, alpha in self.windows
        ]

    def CGGetActiveDisplayList(
        self, most: int, ids: None, count: None
    ) -> tuple[int, tuple[int, ...], int]:
        return 0, (*self._displays, 0, 0), len(self._displays)

    def CGDisplayBounds(self, number: int) -> Any:
        d = self._displays[number]
        size = SimpleNamespace(width=d.width, height=d.height)
        return SimpleNamespace(origin=SimpleNamespace(x=d.left, y=d.top), size=size)

    def CGDisplayCopyDisplayMode(self, number: int) -> Display:
        return self._displays[number]

    def CGDisplayModeGetPixelWidth(self, mode: Display) -> float:
        return mode.width * mode.scale

    def CGDisplayModeGetWidth(self, mode: Display) -> float:
        return mode.width

    def CGEventCreate(self, source: None) -> Any:
        return SimpleNamespace(place=SimpleNamespace(x=10, y=20))

    def CGEventGetLocation(self, event: Any) -> Any:
        return event.place

    def CGEventGetTimestamp(self, event: Any) -> int:
        return int(event.stamp)


class FakeTap(FakeListener):
    """Calls back as pynput does when the system hands it an event."""

    def __init__(self, **callbacks: Callable[..., None]) -> None:
        super().__init__(lambda heard: None)
        self._callbacks = callbacks

    def _handle_message(
        self, proxy: None, kind: str, event: Any, context: None, is_injected: bool
    ) -> None:
        self._callbacks[kind](*event.values, is_injected)


class _Rig:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.quartz = FakeQuartz()
        self.is_active = True
        self.desktop = MacDesktop(
            OURS, self.clock, self.quartz, lambda: self.is_active, FakeTap, APPLE_SILICON
        )
        self.look()

    def look(self, times: int = 3) -> None:
        for _ in range(times):
            self.clock.advance(SAMPLE_NS / 1e9)
            self.desktop.look()

    def was_ours(self, x: float, y: float) -> bool:
        """Of an event now, judged once the desktop at its time is known."""
        t_ns = self.clock.now_ns()
        assert not self.desktop.is_known(t_ns)
        self.look()
        assert self.desktop.is_known(t_ns)
        return self.desktop.was_ours(x, y, t_ns)


def test_a_point_is_ours_where_our_window_is_on_top_and_active() -> None:
    rig = _Rig()
    assert rig.was_ours(200, 200)
    assert not rig.was_ours(950, 200)
    rig.is_active = False
    rig.look()
    assert not rig.was_ours(200, 200)


def test_another_programs_window_over_ours_hides_what_is_under_it() -> None:
    rig = _Rig()
    rig.quartz.windows.insert(0, (OTHER, "Mail", 150, 150, 100, 100, 1))
    rig.look()
    assert not rig.was_ours(200, 200)
    assert rig.was_ours(300, 200)


def test_samples_before_and_after_an_event_must_agree() -> None:
    rig = _Rig()
    t_ns = rig.clock.now_ns()
    rig.quartz.windows.insert(0, (OTHER, "Mail", 150, 150, 100, 100, 1))
    rig.look()
    assert not rig.desktop.was_ours(200, 200, t_ns)
    assert rig.desktop.was_ours(300, 200, t_ns)


@pytest.mark.parametrize(
    ("window", "is_ours"),
    [
        ((5, "Window Server", 195, 195, 20, 20, 1), True),  # the pointer's own picture
        ((6, "Dock", 0, 0, 1440, 900, 1), True),  # the sheet the Dock lies on
        ((6, "Dock", 100, 150, 800, 60, 1), False),
        ((7, "Notes", 0, 0, 1440, 900, 0), True),  # invisible
        ((7, "Notes", 0, 0, 1440, 900, 0.1), False),
    ],
)
def test_only_windows_that_cover_something_hide_ours(window: Any, is_ours: bool) -> None:
    rig = _Rig()
    rig.quartz.windows.insert(0, window)
    rig.look()
    assert rig.was_ours(200, 200) is is_ours


@pytest.mark.parametrize(
    ("point", "physical"),
    [
        ((0, 0), (0, 0)),
        ((720.5, 450), (1441, 900)),
        ((1440, 0), (1440, 0)),  # the corner of a display is the same in both
        ((1540, 100), (1540, 100)),
        ((-5, -5), (-5, -5)),  # on no display
    ],
)
def test_points_become_pixels_from_the_corner_of_their_display(
    point: tuple[float, float], physical: tuple[float, float]
) -> None:
    assert to_physical((RETINA, BESIDE), *point) == physical
    assert _Rig().desktop.physical_px(*point) == physical


def test_the_pointer_is_told_in_pixels() -> None:
    assert _Rig().desktop.pointer_px() == (20, 40)


def test_events_carry_the_systems_own_time() -> None:
    rig, heard = _Rig(), list[Caught]()
    tap: Any = rig.desktop.listener(heard.append)
    now_ns = rig.clock.now_ns()
    said = [
        ("on_move", (200, 200)),
        ("on_click", (200, 200, LEFT, True)),
        ("on_click", (200, 200, LEFT, False)),
        ("on_scroll", (200, 200, 0, -2)),
    ]
    for i, (kind, values) in enumerate(said):
        event = SimpleNamespace(stamp=now_ns - 3_000_000 + i, values=values)
        tap._handle_message(None, kind, event, None, False)
    kinds = [MouseKind.MOVE, MouseKind.PRESS, MouseKind.RELEASE, MouseKind.WHEEL]
    assert [c.kind for c in heard] == kinds
    assert [c.t_ns for c in heard] == [now_ns - 3_000_000 + i for i in range(4)]
    assert all(now_ns < c.received_t_ns <= rig.clock.t_ns for c in heard)
    assert [c.button for c in heard] == [None, "left", "left", None]
    assert heard[3].wheel == (0, -2)
    assert all(c.is_ours is None for c in heard)


@pytest.mark.parametrize(
    ("stamp", "t_ns"),
    [
        (999_000_000_000, 999_000_000_000),  # nanoseconds
        (23_976_000_000, 999_000_000_000),  # ticks of 125/3 ns
        (1_000_000_000_001, 1_000_000_000_000),  # not before its receipt: useless
        (0, 1_000_000_000_000),
    ],
)
def test_a_stamp_in_nanoseconds_or_ticks_becomes_session_time(stamp: int, t_ns: int) -> None:
    assert event_time_ns(stamp, APPLE_SILICON, 1_000_000_000_000) == t_ns
