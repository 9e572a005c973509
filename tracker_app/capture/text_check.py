"""How large text is seen on each monitor, and how finely gaze can tell what of it is read."""

from typing import Any

from calibration.geometry import ASSUMED_DISTANCE_MM, Screen, pixel_pitch_mm
from calibration.resolution import EXPECTED_ERROR_DEG, Resolution, TextSize, Unit, resolution
from tracker_app.capture.display import ReadingSize, Shown
from tracker_app.capture.machine_check import MachineCheck, Status
from tracker_app.capture.preflight import what_gaze_tells
from tracker_app.records import Monitor


def text_check(
    shown: Shown, width_mm: float | None, seen_mm: float | None, error_deg: float | None
) -> MachineCheck:
    """How large text is seen on each monitor, and the finest unit of it that gaze can tell.

    Args:
        shown: monitors and presets.
        width_mm: of a monitor, where the settings know better than it does.
        seen_mm: the distance measured; None assumes the usual one.
        error_deg: mean error of gaze measured; None takes what is to be expected.
    """
    distance_mm = seen_mm or ASSUMED_DISTANCE_MM
    error = error_deg or EXPECTED_ERROR_DEG
    told: list[Unit | None] = []
    lines: list[str] = []
    monitors: list[dict[str, Any]] = []
    for monitor in shown.monitors:
        screen = _screen(monitor, width_mm, distance_mm)
        texts = {
            name: resolution(_size(preset, monitor), screen, error)
            for name, preset in shown.presets.items()
        }
        told += [text.finest for text in texts.values()]
        monitors.append(_monitor_figures(monitor, screen, texts, width_mm))
        lines += _monitor_lines(monitor, screen, texts, width_mm)
    whence = "as in the newest calibration" if error_deg else "as expected before a calibration"
    detail = (
        f"read from {distance_mm:.0f} mm ({'measured' if seen_mm else 'assumed'}), "
        f"gaze {error:.1f} degrees off ({whence})"
    )
    is_fine = bool(set(told) - {None, Unit.SIDE})
    if not is_fine:
        detail += ". Sit closer, or choose a larger preset in the study file."
    figures = {
        "distance_mm": round(distance_mm),
        "is_distance_measured": seen_mm is not None,
        "error_deg": round(error, 2),
        "is_error_measured": error_deg is not None,
        "monitors": monitors,
    }
    status = Status.OK if is_fine else Status.WARN
    return MachineCheck("text", "Text", status, detail, figures, tuple(lines))


def _screen(monitor: Monitor, width_mm: float | None, distance_mm: float) -> Screen:
    pitch = pixel_pitch_mm(monitor.width_px, width_mm or monitor.width_mm)
    return Screen(
        monitor.x_px, monitor.y_px, monitor.width_px, monitor.height_px, pitch, distance_mm
    )


def _size(preset: ReadingSize, monitor: Monitor) -> TextSize:
    """As the maximised window shows it."""
    ratio = monitor.pixel_ratio
    return TextSize(preset.font_px * ratio, preset.line_height_px * ratio, monitor.width_px)


def _monitor_lines(
    monitor: Monitor, screen: Screen, texts: dict[str, Resolution], width_mm: float | None
) -> list[str]:
    size = f"{monitor.width_px:.0f} x {monitor.height_px:.0f} px"
    assumed = "" if width_mm or monitor.width_mm else " (assumed: it does not tell its size)"
    degree_px = float(screen.to_pixels(1.0))
    head = f"{monitor.name}: {size}, {screen.pitch_mm:.3f} mm a pixel{assumed}, "
    return [
        f"{head}{degree_px:.1f} px a degree",
        *(
            f"  preset {name}: lines {text.line_deg:.2f} degrees apart; "
            f"{what_gaze_tells(text.finest)}"
            for name, text in texts.items()
        ),
    ]


def _monitor_figures(
    monitor: Monitor, screen: Screen, texts: dict[str, Resolution], width_mm: float | None
) -> dict[str, Any]:
    return {
        "name": monitor.name,
        "width_px": monitor.width_px,
        "height_px": monitor.height_px,
        "pixel_ratio": monitor.pixel_ratio,
        "refresh_hz": monitor.refresh_hz,
        "pitch_mm": round(screen.pitch_mm, 4),
        "is_pitch_assumed": not (width_mm or monitor.width_mm),
        "px_per_deg": round(float(screen.to_pixels(1.0)), 2),
        "presets": {
            name: {
                "line_height_deg": round(text.line_deg, 3),
                "finest_unit": text.finest,
                "chances": {unit: round(chance, 3) for unit, chance in text.chances.items()},
            }
            for name, text in texts.items()
        },
    }
