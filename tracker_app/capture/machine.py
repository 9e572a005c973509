"""Whether this machine can run a study: display, mouse, camera, face model."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracker_app.capture.preflight import MIN_RATE_HZ, require_display
from tracker_app.clock import SystemClock
from tracker_app.errors import CameraUnavailableError, TrackerError
from tracker_app.settings import Settings

MEASURE_FRAMES = 40
FRAME_LIMIT_S = 1.0


@dataclass(frozen=True, slots=True)
class MachineCheck:
    """One thing a study needs."""

    name: str
    title: str
    is_ok: bool
    detail: str


def check_machine(settings: Settings) -> list[MachineCheck]:
    """Check everything; the order is the order to mend it in."""
    return [
        _checked("display", "Display", _display),
        _checked("mouse", "Mouse", _mouse),
        _checked("face_model", "Face model", lambda: _face_model(settings)),
        _checked("camera", "Camera", lambda: _camera(settings.camera)),
        _checked("storage", "Storage", lambda: _storage(settings.data_dir)),
    ]


def _checked(name: str, title: str, check: Callable[[], str]) -> MachineCheck:
    try:
        return MachineCheck(name, title, True, check())
    except TrackerError as error:
        return MachineCheck(name, title, False, str(error))


def _display() -> str:
    require_display()
    return os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "present"


def _mouse() -> str:
    from tracker_app.capture.mouse import Mouse, reach

    mouse = Mouse(SystemClock(), lambda event: None, lambda error: None)
    mouse.start()
    mouse.stop()
    return reach(os.environ)


def _face_model(settings: Settings) -> str:
    from tracker_app.gaze.model_file import find_face_model

    return find_face_model(settings.face_model).name


def _camera(source: str) -> str:
    from tracker_app.capture.camera import open_camera

    camera = open_camera(source, SystemClock())
    try:
        stamps = []
        for _ in range(MEASURE_FRAMES):
            frame = camera.read(FRAME_LIMIT_S)
            if frame is not None:
                stamps.append((frame.number, frame.t_ns))
    finally:
        camera.close()
    if len(stamps) < 2:
        raise CameraUnavailableError("The camera opens but sends too few pictures.")
    (first, began), (last, ended) = stamps[0], stamps[-1]
    rate_hz = (last - first) * 1e9 / (ended - began)
    size = f"{camera.description.width_px} x {camera.description.height_px}"
    if rate_hz < MIN_RATE_HZ:
        raise CameraUnavailableError(
            f"The camera delivers only {rate_hz:.0f} pictures a second. Turn on more light."
        )
    return f"{size} px, {rate_hz:.1f} pictures a second delivered"


def _storage(data_dir: Path) -> str:
    import shutil

    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(data_dir).free
    except OSError as error:
        raise TrackerError(f"{data_dir} cannot be used: {error.strerror}.") from error
    if free < 500_000_000:
        raise TrackerError(f"Only {free / 1e6:.0f} MB are free for {data_dir}. Delete some files.")
    return f"{free / 1e9:.0f} GB free"
