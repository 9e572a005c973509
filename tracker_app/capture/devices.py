"""Which cameras there are to choose from."""

import sys
from dataclasses import dataclass
from pathlib import Path

LINUX_DEVICES = Path("/sys/class/video4linux")
USUAL_NUMBERS = range(3)


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """One camera, by what opens it and what people call it."""

    source: str
    name: str


def camera_choices(configured: str, devices: Path = LINUX_DEVICES) -> list[CameraChoice]:
    """The cameras of this machine, the configured one first.

    Only Linux tells them without opening them; elsewhere the first numbers stand for them, and a
    wrong one says so when it is opened.
    """
    if sys.platform == "linux":
        found = _linux_devices(devices)
    else:
        found = [CameraChoice(str(number), f"Camera {number}") for number in USUAL_NUMBERS]
    known = {choice.source for choice in found}
    if configured not in known:
        found.insert(0, CameraChoice(configured, Path(configured).name or configured))
    return sorted(found, key=lambda choice: choice.source != configured)


def _linux_devices(devices: Path) -> list[CameraChoice]:
    choices = {}
    for folder in devices.glob("video*"):
        number = folder.name.removeprefix("video")
        # A camera has several nodes; only the first gives pictures.
        if number.isdigit() and _read(folder / "index") in ("", "0"):
            name = _read(folder / "name") or f"Camera {number}"
            choices[int(number)] = CameraChoice(number, name)
    return [choices[number] for number in sorted(choices)]


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
