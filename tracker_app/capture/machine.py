"""Whether this machine can run a study, and how finely gaze can tell what is read on it.

What is missing fails a check; what only costs accuracy is a warning, as on the set-up page.
"""

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from tracker_app.capture.display import DisplayKind, Shown, ask_what_is_shown, display_kind
from tracker_app.capture.machine_check import MachineCheck, Status
from tracker_app.capture.preflight import Check, check_view
from tracker_app.capture.sighting import Sighting, look
from tracker_app.capture.text_check import text_check
from tracker_app.clock import Clock, SystemClock
from tracker_app.errors import TrackerError
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_entries
from tracker_app.records import CalibrationResult, GazeProvenance
from tracker_app.settings import Settings

logger = logging.getLogger(__name__)
_T = TypeVar("_T")
KIND_NAMES = {
    DisplayKind.X11: "X11",
    DisplayKind.WAYLAND: "Wayland",
    DisplayKind.XWAYLAND: "Wayland with X11 (XWayland)",
    DisplayKind.NATIVE: "present",
}


def check_machine(settings: Settings) -> list[MachineCheck]:
    """Check everything; the order is the order to mend it in.

    What cannot be judged before something else is mended is left out.
    """
    shown = _attempt(ask_what_is_shown)
    model = _attempt(lambda: _face_model(settings))
    sighting = _attempt(lambda: _sight(settings, model, SystemClock()))
    checks = [_display(shown), _mouse(), _found_model(model), _camera(sighting)]
    if isinstance(sighting, Sighting):
        checks += _faces(sighting)
    checks.append(_storage(settings.data_dir))
    if isinstance(shown, Shown):
        seen_mm = sighting.distance_mm if isinstance(sighting, Sighting) else None
        error_deg = last_error_deg(settings.data_dir)
        checks.append(text_check(shown, settings.screen_width_mm, seen_mm, error_deg))
    return checks


def _attempt(action: Callable[[], _T]) -> _T | TrackerError:
    try:
        return action()
    except TrackerError as error:
        return error


def _failed(name: str, title: str, error: TrackerError) -> MachineCheck:
    return MachineCheck(name, title, Status.FAIL, str(error))


# --- display and mouse -------------------------------------------------------------------------


def _display(shown: Shown | TrackerError) -> MachineCheck:
    kind = display_kind(os.environ)
    figures = {"session_type": kind}
    if isinstance(shown, TrackerError):
        return MachineCheck("display", "Display", Status.FAIL, str(shown), figures)
    assert kind is not None  # without one, nothing is shown
    count = len(shown.monitors)
    detail = f"{KIND_NAMES[kind]}, {count} monitor{'s' if count != 1 else ''}"
    return MachineCheck("display", "Display", Status.OK, detail, figures)


def _mouse() -> MachineCheck:
    from tracker_app.capture.mouse import Mouse, reach

    def listen() -> str:
        mouse = Mouse(SystemClock(), lambda event: None, lambda error: None)
        mouse.start()
        mouse.stop()
        return reach(os.environ)

    heard = _attempt(listen)
    if isinstance(heard, TrackerError):
        return _failed("mouse", "Mouse", heard)
    is_all = display_kind(os.environ) is not DisplayKind.XWAYLAND
    return MachineCheck("mouse", "Mouse", Status.OK if is_all else Status.WARN, heard)


# --- camera and face ---------------------------------------------------------------------------


def _face_model(settings: Settings) -> Path:
    from tracker_app.gaze.model_file import find_face_model

    return find_face_model(settings.face_model)


def _found_model(model: Path | TrackerError) -> MachineCheck:
    if isinstance(model, TrackerError):
        return _failed("face_model", "Face model", model)
    return MachineCheck("face_model", "Face model", Status.OK, model.name)


def _sight(settings: Settings, model: Path | TrackerError, clock: Clock) -> Sighting:
    from tracker_app.capture.camera import open_camera
    from tracker_app.gaze.landmarks import FaceLandmarker

    # The model first: while it loads, a film would play on.
    with ExitStack() as stack:
        landmarker = FaceLandmarker(model) if isinstance(model, Path) else None
        if landmarker is not None:
            stack.callback(landmarker.close)
        camera = open_camera(settings.camera, clock, loops=settings.camera_loops)
        stack.callback(camera.close)
        return look(camera, landmarker, clock)


def _camera(sighting: Sighting | TrackerError) -> MachineCheck:
    if isinstance(sighting, TrackerError):
        return _failed("camera", "Camera", sighting)
    width, height = sighting.frame_px
    detail = f"{width} x {height} px, {sighting.delivered_hz:.1f} pictures a second delivered"
    if sighting.handled_hz < 0.9 * sighting.delivered_hz:
        detail += f", {sighting.handled_hz:.1f} looked at"
    figures = {
        "width_px": width,
        "height_px": height,
        "delivered_hz": round(sighting.delivered_hz, 2),
        "handled_hz": round(sighting.handled_hz, 2),
    }
    rate = _view_checks(sighting)["rate"]
    if rate.is_ok:
        return MachineCheck("camera", "Camera", Status.OK, detail, figures)
    detail = f"{detail}: too few. {rate.advice}"
    return MachineCheck("camera", "Camera", Status.FAIL, detail, figures)


def _view_checks(sighting: Sighting) -> dict[str, Check]:
    return {check.name: check for check in check_view(sighting.view)}


def _faces(sighting: Sighting) -> list[MachineCheck]:
    """Face, company, distance and light, by the rules of the set-up page."""
    if sighting.face_share is None:
        return []
    checks = _view_checks(sighting)
    share, place = sighting.face_share, sighting.place
    where = f", {_where(place)}" if place is not None else ""
    figures: dict[str, Any] = {"face_share": round(share, 3), "pictures": sighting.pictures}
    if place is not None:
        figures |= {"x_fraction": round(place[0], 3), "y_fraction": round(place[1], 3)}
    found = [
        _judged(checks["face"], "Face", f"in {_part(share)} pictures{where}", figures, Status.FAIL)
    ]
    if sighting.distance_mm is None or sighting.brightness is None:
        return found
    others = sighting.others_share
    company = (
        "nobody else in the picture" if others == 0 else f"another in {_part(others)} pictures"
    )
    distance_mm, light = sighting.distance_mm, sighting.brightness
    return [
        *found,
        _judged(checks["alone"], "Other faces", company, {"others_share": round(others, 3)}),
        _judged(
            checks["distance"],
            "Distance",
            f"{distance_mm:.0f} mm",
            {"distance_mm": round(distance_mm)},
        ),
        _judged(
            checks["light"],
            "Light",
            f"{light:.0%} of full brightness",
            {"brightness": round(light, 3)},
        ),
    ]


def _judged(
    check: Check, title: str, found: str, figures: dict[str, Any], worst: Status = Status.WARN
) -> MachineCheck:
    if check.is_ok:
        return MachineCheck(check.name, title, Status.OK, found, figures)
    return MachineCheck(check.name, title, worst, f"{found}. {check.advice}", figures)


def _part(share: float) -> str:
    return "all" if share == 1 else f"{share:.0%} of the" if share else "none of the"


def _where(place: tuple[float, float]) -> str:
    """Where in the picture, as the person who sits there would say it."""
    x, y = place
    across = "to your right" if x < 1 / 3 else "to your left" if x > 2 / 3 else ""
    along = "high up" if y < 1 / 4 else "low down" if y > 3 / 4 else ""
    return " and ".join(part for part in (across, along) if part) or "near the middle"


# --- storage -----------------------------------------------------------------------------------


def _storage(data_dir: Path) -> MachineCheck:
    free = _attempt(lambda: _free_bytes(data_dir))
    if isinstance(free, TrackerError):
        return _failed("storage", "Storage", free)
    figures = {"free_mb": free // 1_000_000}
    if free < 500_000_000:
        detail = f"Only {free / 1e6:.0f} MB are free for {data_dir}. Delete some files."
        return MachineCheck("storage", "Storage", Status.FAIL, detail, figures)
    return MachineCheck("storage", "Storage", Status.OK, f"{free / 1e9:.0f} GB free", figures)


def _free_bytes(data_dir: Path) -> int:
    import shutil

    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(data_dir).free
    except OSError as error:
        raise TrackerError(f"{data_dir} cannot be used: {error.strerror}.") from error


# --- gaze ---------------------------------------------------------------------------------------


def last_error_deg(data_dir: Path) -> float | None:
    """The mean error of the newest calibration of a person on this machine, if there is one.

    Only the newest session is looked into: whoever was calibrated before sat there differently.
    """
    people = [f for f in list_sessions(data_dir) if not f.name.startswith("sim_")]
    try:
        records = [entry.record for entry in read_entries(people[-1])] if people else []
    except TrackerError as error:
        logger.warning("left alone: %s: %s", people[-1].name, error)
        return None
    errors = [
        record.accuracy_deg
        for record in records
        if isinstance(record, CalibrationResult)
        and record.is_accepted
        and record.provenance is GazeProvenance.CAMERA
    ]
    return errors[-1] if errors else None
