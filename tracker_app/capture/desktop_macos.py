"""A macOS desktop: windows sampled from the window server, events stamped by the system.

macOS tells nobody about other programs' windows, so the list of them is fetched several times a
second; an event is ours only if the samples before and after it agree. Positions come in points;
each display scales them from its own corner, as in `ui.coordinates`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker_app.capture.desktop import Caught, Listener
from tracker_app.capture.desktop_history import Area, DesktopHistory, Picture
from tracker_app.clock import Clock
from tracker_app.records import MouseKind

SAMPLE_NS = 50_000_000  # a sample takes a few milliseconds
DISPLAYS_NS = 1_000_000_000
MAX_DISPLAYS = 16
MAX_LATE_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Display:
    """One display: its place in points and its pixels a point."""

    left: float
    top: float
    width: float
    height: float
    scale: float

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies on it."""
        return 0 <= x - self.left < self.width and 0 <= y - self.top < self.height


def to_physical(displays: Iterable[Display], x: float, y: float) -> tuple[float, float]:
    """A point of the desktop in physical pixels; a display's corner is the same in both."""
    for display in displays:
        if display.contains(x, y):
            scale = display.scale
            return (
                display.left + (x - display.left) * scale,
                display.top + (y - display.top) * scale,
            )
    return x, y


def event_time_ns(stamp: int, timebase: tuple[int, int], received_ns: int) -> int:
    """Session time of an event's own stamp.

    Documented as nanoseconds since the start of the system, the session clock's own scale; where
    it comes in ticks of the processor's clock it is scaled. A stamp that fits neither is useless,
    and the time of receipt is taken.

    Args:
        stamp: as the system gave it.
        timebase: nanoseconds a tick, as a fraction.
        received_ns: when the event reached us.
    """
    numerator, denominator = timebase
    for t_ns in (stamp, stamp * numerator // denominator):
        if 0 <= received_ns - t_ns <= MAX_LATE_NS:
            return t_ns
    return received_ns


class MacDesktop:
    """The windows of one process among all others. Its `look` belongs to the main thread."""

    def __init__(
        self,
        owner_pid: int,
        clock: Clock,
        quartz: Any,
        is_active: Callable[[], bool],
        listener_type: Any,
        timebase: tuple[int, int],
    ) -> None:
        """Take the first sample.

        Args:
            owner_pid: the process whose windows are ours.
            clock: stamps events and samples.
            quartz: the system's framework of that name.
            is_active: whether the owner is the active application.
            listener_type: pynput's mouse listener.
            timebase: nanoseconds a tick of the processor's clock, as a fraction.
        """
        self._owner_pid = owner_pid
        self._clock = clock
        self._quartz = quartz
        self._is_active = is_active
        self._listener_type = listener_type
        self._timebase = timebase
        self._history = DesktopHistory()
        self._sampled_ns = clock.now_ns()
        self._displays = self._read_displays()
        self._displays_read_ns = self._sampled_ns
        self._sample(self._sampled_ns)

    def listener(self, put: Callable[[Caught], None]) -> Listener:
        """See `Desktop.listener`."""
        times = [(0, 0)]  # of the event being told: its own, and that of its receipt
        clock, quartz, timebase = self._clock, self._quartz, self._timebase
        listener_type: Any = self._listener_type

        class StampedListener(listener_type):  # type: ignore[misc] # pynput is untyped
            """Notes the event's own time just before pynput calls back, in the same thread."""

            def _handle_message(
                self, proxy: Any, kind: Any, event: Any, context: Any, is_injected: bool
            ) -> None:
                received_ns = clock.now_ns()
                stamp = quartz.CGEventGetTimestamp(event)
                times[0] = event_time_ns(stamp, timebase, received_ns), received_ns
                super()._handle_message(proxy, kind, event, context, is_injected)

        def moved(x: float, y: float, *_: object) -> None:
            put(Caught(*times[0], MouseKind.MOVE, x, y))

        def clicked(x: float, y: float, button: Any, is_down: bool, *_: object) -> None:
            kind = MouseKind.PRESS if is_down else MouseKind.RELEASE
            put(Caught(*times[0], kind, x, y, button=button.name))

        def scrolled(x: float, y: float, dx: float, dy: float, *_: object) -> None:
            put(Caught(*times[0], MouseKind.WHEEL, x, y, wheel=(int(dx), int(dy))))

        listener: Listener = StampedListener(on_move=moved, on_click=clicked, on_scroll=scrolled)
        return listener

    def caught(self, heard: Caught) -> Sequence[Caught]:
        """See `Desktop.caught`."""
        return (heard,)

    def look(self) -> None:
        """See `Desktop.look`."""
        now_ns = self._clock.now_ns()
        if now_ns - self._displays_read_ns >= DISPLAYS_NS:
            self._displays_read_ns = now_ns
            self._displays = self._read_displays()
        if now_ns - self._sampled_ns >= SAMPLE_NS:
            self._sample(now_ns)

    def is_known(self, t_ns: int) -> bool:
        """See `Desktop.is_known`."""
        return self._history.is_known(t_ns)

    def was_ours(self, x: float, y: float, t_ns: int) -> bool:
        """See `Desktop.was_ours`."""
        return self._history.was_ours(x, y, t_ns)

    def physical_px(self, x: float, y: float) -> tuple[float, float]:
        """See `Desktop.physical_px`."""
        return to_physical(self._displays, x, y)

    def pointer_px(self) -> tuple[float, float]:
        """See `Desktop.pointer_px`."""
        place = self._quartz.CGEventGetLocation(self._quartz.CGEventCreate(None))
        return self.physical_px(place.x, place.y)

    def _sample(self, now_ns: int) -> None:
        picture = Picture(tuple(self._areas()), self._is_active())
        self._history.change(picture, self._sampled_ns, self._clock.now_ns())
        self._history.confirm(now_ns)
        self._sampled_ns = now_ns

    def _areas(self) -> Iterable[Area]:
        """The windows on the screen; the system lists them topmost first."""
        quartz = self._quartz
        listed = quartz.CGWindowListCopyWindowInfo(
            quartz.kCGWindowListOptionOnScreenOnly, quartz.kCGNullWindowID
        )
        for window in listed or ():
            bounds = window[quartz.kCGWindowBounds]
            left, top = float(bounds["X"]), float(bounds["Y"])
            right, bottom = left + float(bounds["Width"]), top + float(bounds["Height"])
            area = Area(
                left, top, right, bottom, int(window[quartz.kCGWindowOwnerPID]) == self._owner_pid
            )
            if not self._lets_through(area, window):
                yield area

    def _lets_through(self, area: Area, window: Any) -> bool:
        """Whether a listed window covers nothing: the pointer itself, the Dock's empty sheet."""
        if window.get(self._quartz.kCGWindowAlpha, 1) == 0:
            return True
        owner = window.get(self._quartz.kCGWindowOwnerName, "")
        is_sheet = any(
            area.right - area.left >= d.width and area.bottom - area.top >= d.height
            for d in self._displays
        )
        return owner == "Window Server" or (owner == "Dock" and is_sheet)

    def _read_displays(self) -> tuple[Display, ...]:
        quartz = self._quartz
        _, ids, count = quartz.CGGetActiveDisplayList(MAX_DISPLAYS, None, None)
        displays = []
        for number in ids[:count]:
            bounds = quartz.CGDisplayBounds(number)
            mode = quartz.CGDisplayCopyDisplayMode(number)
            scale = quartz.CGDisplayModeGetPixelWidth(mode) / quartz.CGDisplayModeGetWidth(mode)
            place, size = bounds.origin, bounds.size
            displays.append(Display(place.x, place.y, size.width, size.height, scale))
        return tuple(displays)


def open_mac_desktop(owner_pid: int, clock: Clock) -> MacDesktop:
    """The desktop of this system."""
    import ctypes

    import Quartz
    from AppKit import NSRunningApplication
    from pynput import mouse

    class Timebase(ctypes.Structure):
        _fields_ = (("numerator", ctypes.c_uint32), ("denominator", ctypes.c_uint32))

    timebase = Timebase()
    ctypes.CDLL(None).mach_timebase_info(ctypes.byref(timebase))
    application = NSRunningApplication.runningApplicationWithProcessIdentifier_(owner_pid)

    def is_active() -> bool:
        # The answer changes only while the main thread's run loop turns.
        Quartz.CFRunLoopRunInMode(Quartz.kCFRunLoopDefaultMode, 0, False)
        return application is not None and bool(application.isActive())

    times = (timebase.numerator, timebase.denominator)
    return MacDesktop(owner_pid, clock, Quartz, is_active, mouse.Listener, times)
