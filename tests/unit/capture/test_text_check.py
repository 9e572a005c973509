import json

import pytest
from msgspec.structs import replace

from tracker_app.capture.display import ReadingSize, Shown
from tracker_app.capture.machine_check import Status
from tracker_app.capture.text_check import text_check
from tracker_app.records import Monitor

LAPTOP = Monitor(
    t_ns=0,
    name="eDP-1",
    x_px=0,
    y_px=0,
    width_px=1920,
    height_px=1080,
    width_mm=344,
    height_mm=194,
    pixel_ratio=1.25,
    refresh_hz=60,
    is_connected=True,
)
PRESETS = {"gaze": ReadingSize(24, 48), "chat": ReadingSize(18, 29)}
HERE = Shown([LAPTOP], PRESETS)


def test_text_on_a_scaled_monitor_is_as_high_as_its_physical_pixels() -> None:
    found = text_check(HERE, None, 500.0, None)
    (monitor,) = found.figures["monitors"]
    pitch_mm = 344 / 1920
    assert monitor["pitch_mm"] == pytest.approx(pitch_mm, abs=1e-4)
    # The textbook's small angle: 57.3 degrees to the radian.
    line_deg = 57.2958 * 48 * 1.25 * pitch_mm / 500
    assert monitor["presets"]["gaze"]["line_height_deg"] == pytest.approx(line_deg, rel=0.001)
    assert monitor["px_per_deg"] == pytest.approx(500 / 57.2958 / pitch_mm, rel=0.001)
    assert found.figures["distance_mm"] == 500


def test_before_a_calibration_gaze_is_expected_to_tell_paragraphs() -> None:
    found = text_check(HERE, None, 500.0, None)
    (monitor,) = found.figures["monitors"]
    assert monitor["presets"]["gaze"]["finest_unit"] == "paragraph"
    assert found.figures["error_deg"] == 2.3
    assert not found.figures["is_error_measured"]
    assert "as expected before a calibration" in found.detail
    assert found.status is Status.OK


def test_a_measured_error_tells_finer_units_and_says_that_it_is_measured() -> None:
    found = text_check(HERE, None, 500.0, 0.9)
    (monitor,) = found.figures["monitors"]
    assert monitor["presets"]["gaze"]["finest_unit"] == "line"
    assert monitor["presets"]["chat"]["finest_unit"] == "paragraph"
    assert found.figures["is_error_measured"]
    assert "as in the newest calibration" in found.detail
    assert any("gaze can usually tell lines" in line for line in found.lines)


def test_a_distance_that_was_not_measured_is_assumed_and_says_so() -> None:
    found = text_check(HERE, None, None, None)
    assert found.figures["distance_mm"] == 600
    assert not found.figures["is_distance_measured"]
    assert "600 mm (assumed)" in found.detail


def test_a_monitor_that_does_not_tell_its_size_is_assumed_to_have_96_pixels_an_inch() -> None:
    shown = Shown([replace(LAPTOP, width_mm=None, height_mm=None)], PRESETS)
    (monitor,) = text_check(shown, None, None, None).figures["monitors"]
    assert monitor["is_pitch_assumed"]
    assert monitor["pitch_mm"] == pytest.approx(25.4 / 96, abs=1e-4)
    (known,) = text_check(shown, 480.0, None, None).figures["monitors"]
    assert not known["is_pitch_assumed"]
    assert known["pitch_mm"] == pytest.approx(0.25)


def test_where_gaze_cannot_tell_paragraphs_there_is_a_warning_with_advice() -> None:
    found = text_check(HERE, None, 2500.0, 4.0)
    assert found.status is Status.WARN
    assert found.is_ok
    assert found.detail.endswith("larger preset in the study file.")


def test_every_monitor_is_told_of_and_the_figures_are_json() -> None:
    second = replace(LAPTOP, name="HDMI-1", width_mm=600, pixel_ratio=1)
    found = text_check(Shown([LAPTOP, second], PRESETS), None, None, None)
    assert [m["name"] for m in json.loads(json.dumps(found.figures))["monitors"]] == [
        "eDP-1",
        "HDMI-1",
    ]
    assert sum(line.startswith("HDMI-1: 1920 x 1080 px, 0.312 mm a pixel") for line in found.lines)
