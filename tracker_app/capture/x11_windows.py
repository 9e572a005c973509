"""The windows of an X desktop in stacking order, kept up to date by the server's own events.

Asking for the whole tree on every change would cost tens of milliseconds while a window is
dragged; the events alone tell position, size and stacking. Only whose a window is and where it
takes clicks has to be asked, once each time it is mapped: a desktop shell lays a sheet over all
windows that lets clicks through almost everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from Xlib import X, error
from Xlib.ext import shape

from tracker_app.capture.desktop_history import Area

# A window manager puts the application's window into a frame or two of its own.
FRAME_DEPTH = 3


@dataclass(slots=True)
class _Window:
    x_px: int
    y_px: int
    width_px: int
    height_px: int
    is_mapped: bool = False
    is_ours: bool = False
    # Where it takes clicks, as (x, y, width, height) from its corner; None: everywhere.
    input_px: tuple[tuple[int, int, int, int], ...] | None = None

    def areas(self) -> Iterator[Area]:
        whole = ((0, 0, self.width_px, self.height_px),)
        for x, y, width, height in whole if self.input_px is None else self.input_px:
            left, top = self.x_px + max(x, 0), self.y_px + max(y, 0)
            right = self.x_px + min(x + width, self.width_px)
            bottom = self.y_px + min(y + height, self.height_px)
            yield Area(left, top, right, bottom, self.is_ours)


class WindowStack:
    """The children of the root window. Belongs to one thread."""

    def __init__(self, display: Any, owner_pid: int) -> None:
        """Read the tree once; `hear` keeps it true from then on."""
        self._display = display
        self._root = display.screen().root
        self._owner_pid = owner_pid
        self._pid_atom = display.intern_atom("_NET_WM_PID")
        self._windows: dict[int, _Window] = {}
        self._order: list[int] = []  # lowest first
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask)
        display.grab_server()  # nothing may change between the pieces of the first picture
        try:
            for window in self._root.query_tree().children:
                self._read(window)
            while display.pending_events():  # older than what was just read
                display.next_event()
        finally:
            display.ungrab_server()
            display.sync()

    def areas(self) -> tuple[Area, ...]:
        """What covers the desktop, topmost first."""
        windows = (self._windows[i] for i in reversed(self._order))
        return tuple(area for w in windows if w.is_mapped for area in w.areas())

    def belongs_to_us(self, window: Any) -> bool:
        """Whether a window, or what it lies in, is of the owner's process."""
        try:
            while window and window.id != self._root.id:
                pid = self._pid(window, FRAME_DEPTH)
                if pid is not None:
                    return pid == self._owner_pid
                window = window.query_tree().parent
        except error.XError:  # gone meanwhile
            return False
        return False

    def hear(self, event: Any) -> None:
        """Follow one event of the server; others are ignored."""
        if event.send_event:  # clients may say anything; only the server is believed
            return
        match event.type:
            case X.CreateNotify:
                self._add(event.window, event)
            case X.DestroyNotify:
                self._remove(event.window.id)
            case X.ReparentNotify:
                self._reparent(event)
            case X.MapNotify | X.UnmapNotify if window := self._windows.get(event.window.id):
                window.is_mapped = event.type == X.MapNotify
                if window.is_mapped:
                    self._ask(event.window)
            case X.ConfigureNotify if event.window.id in self._windows:
                self._place(event)
                self._restack(event.window.id, getattr(event.above_sibling, "id", None))
            case X.CirculateNotify if event.window.id in self._windows:
                is_raised = event.place == X.PlaceOnTop
                self._restack(event.window.id, self._order[-1] if is_raised else None)
            case _ if event.type == self._display.extension_event.ShapeNotify:
                self._ask(event.window)

    def _read(self, window: Any) -> None:
        try:
            self._add(window, window.get_geometry())
            is_mapped = window.get_attributes().map_state == X.IsViewable
        except error.XError:
            self._remove(window.id)
            return
        self._windows[window.id].is_mapped = is_mapped
        self._ask(window)

    def _add(self, window: Any, place: Any) -> None:
        if window.id not in self._windows:
            self._order.append(window.id)
        border = 2 * place.border_width
        self._windows[window.id] = _Window(
            place.x, place.y, place.width + border, place.height + border
        )
        window.shape_select_input(1)

    def _remove(self, window_id: int) -> None:
        if self._windows.pop(window_id, None) is not None:
            self._order.remove(window_id)

    def _reparent(self, event: Any) -> None:
        if event.parent.id != self._root.id:
            self._remove(event.window.id)
            self._ask(event.parent)
        elif event.window.id not in self._windows:
            self._read(event.window)

    def _place(self, event: Any) -> None:
        window = self._windows[event.window.id]
        window.x_px, window.y_px = event.x, event.y
        window.width_px = event.width + 2 * event.border_width
        window.height_px = event.height + 2 * event.border_width

    def _restack(self, window_id: int, below_id: int | None) -> None:
        """Put a window right above another one, or lowest of all."""
        if below_id == window_id:
            return
        self._order.remove(window_id)
        self._order.insert(self._order.index(below_id) + 1 if below_id else 0, window_id)

    def _ask(self, window: Any) -> None:
        known = self._windows.get(window.id)
        if known is None:
            return
        try:
            known.is_ours = self._pid(window, FRAME_DEPTH) == self._owner_pid
            rectangles = window.shape_get_rectangles(shape.SK.Input).rectangles
        except error.XError:  # gone meanwhile; its end will be told
            known.is_ours, known.input_px = False, None
            return
        input_px = tuple((r.x, r.y, r.width, r.height) for r in rectangles)
        is_whole = len(input_px) == 1 and input_px[0][2:] == (known.width_px, known.height_px)
        known.input_px = None if is_whole else input_px

    def _pid(self, window: Any, depth: int) -> int | None:
        """The process of a window or of the application inside it."""
        found = window.get_full_property(self._pid_atom, X.AnyPropertyType)
        if found is not None and len(found.value):
            return int(found.value[0])
        if depth:
            for child in window.query_tree().children:
                pid = self._pid(child, depth - 1)
                if pid is not None:
                    return pid
        return None
