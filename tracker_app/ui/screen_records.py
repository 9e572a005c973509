"""Turns what Qt measured into records."""

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFont, QFontInfo, QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from tracker_app.records import Appearance, Monitor, Placement, Window
from tracker_app.ui import theme
from tracker_app.ui.coordinates import pixel_ratio, rect_to_physical, screen_of, screen_to_physical
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
        is_connected=True,
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
        pixel_ratio=pixel_ratio(window),
        monitor=screen_of(window).name(),
        is_active=window.isActiveWindow() and not window.isMinimized(),
        is_minimised=window.isMinimized(),
    )


def appearance_record(window: QWidget, preset: str, t_ns: int) -> Appearance:
    """How text looks in the window now. Fonts are those Qt found, not those asked for."""
    reading = theme.READING[preset]
    text = QFontInfo(theme.reading_font(reading))
    return Appearance(
        t_ns=t_ns,
        theme=theme.colours().theme,
        preset=preset,
        text_family=text.family(),
        text_size=text.pixelSize(),
        line_height=reading.line_height_px,
        code_family=QFontInfo(QFont(theme.monospace_family())).family(),
        logical_dpi=screen_of(window).logicalDotsPerInch(),
        pixel_ratio=pixel_ratio(window),
        qt_version=qVersion(),
        platform=QGuiApplication.platformName(),
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
