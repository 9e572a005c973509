"""How large a screen and the text of answers on it are seen."""

from PySide6.QtWidgets import QWidget

from calibration.geometry import Screen, pixel_pitch_mm
from calibration.resolution import TextSize
from tracker_app.ui import theme
from tracker_app.ui.coordinates import PhysicalRect, pixel_ratio


def seen_screen(rect: PhysicalRect, width_mm: float, distance_mm: float) -> Screen:
    """A screen as it is seen from a distance; its width may be 0 where it is not known."""
    size = rect.width_px, rect.height_px
    return Screen(rect.x_px, rect.y_px, *size, pixel_pitch_mm(rect.width_px, width_mm), distance_mm)


def text_size(window: QWidget, preset: str) -> TextSize:
    """How a preset, a key of `theme.READING`, sets answers in a window; physical pixels."""
    ratio, reading = pixel_ratio(window), theme.READING[preset]
    return TextSize(
        font_px=reading.size_px * ratio,
        line_px=reading.line_height_px * ratio,
        window_px=window.width() * ratio,
    )
