"""Turns what Qt measured into records."""

from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

from tracker_app.records import Monitor, Placement, Window
from tracker_app.ui.coordinates import rect_to_physical, screen_to_physical
from tracker_app.ui.message_view import MeasuredPlacement


def monitor_record(screen: QScreen, t_ns: int) -> Monitor:
    """One screen. A size that cannot be true (no EDID, projectors) is left out."""
    rect, size = screen_to_physical(screen), screen.physicalSize()
    has_size = size.width() > 50 and size.height() > 50
    return Monitor(
        t_ns=t_ns,
        name=screen.name(),
        x_px=rect.x_px,
        y_px=rect.y_px,
        width_px=rect.width_px,
        height_px=rect.height_px,
        width_mm=size.width() if has_size else None,
        height_mm=size.height() if has_size else None,
        pixel_ratio=screen.devicePixelRatio(),
        refresh_hz=screen.refreshRate(),
    )


def window_record(window: QWidget, t_ns: int) -> Window:
    """Where the window's content lies, and whether it has the focus."""
    rect = rect_to_physical(window, window.rect())
    return Window(
        t_ns=t_ns,
        x_px=rect.x_px,
        y_px=rect.y_px,
        width_px=rect.width_px,
        height_px=rect.height_px,
        pixel_ratio=window.devicePixelRatioF(),
        is_active=window.isActiveWindow() and not window.isMinimized(),
    )


def placement_record(measured: MeasuredPlacement, version: int, t_ns: int) -> Placement:
    """Where a message's page lies on the screen."""
    return Placement(
        t_ns=t_ns,
        message_id=measured.message_id,
        version=version,
        origin_x_px=measured.origin_px[0],
        origin_y_px=measured.origin_px[1],
        pixel_ratio=measured.pixel_ratio,
        clip_x_px=measured.clip.x_px,
        clip_y_px=measured.clip.y_px,
        clip_width_px=measured.clip.width_px,
        clip_height_px=measured.clip.height_px,
    )
