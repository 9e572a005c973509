"""Runs the demonstration: a server, the application, and where nobody is there a player."""

import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ImageGrab

from tracker_app.capture.camera import PORTRAIT, open_camera
from tracker_app.capture.display import display_kind
from tracker_app.clock import SystemClock
from tracker_app.codec import Entry
from tracker_app.dataset.export import export_parquet
from tracker_app.dataset.report import write_report
from tracker_app.demo.display import SIZE, virtual_display
from tracker_app.demo.hand import Hand
from tracker_app.demo.player import Announcements, Player
from tracker_app.errors import CameraUnavailableError, DemoError
from tracker_app.program import own_command
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import progress_of, read_entries, verify
from tracker_app.records import Frame, TurnRated
from tracker_app.simulation.cast import read_person

PLAY_LIMIT_S = 420.0
LOG_NAME = "application.log"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How to demonstrate."""

    out: Path | None = None  # None: a new temporary folder
    camera: str | None = None  # None: the first camera, or the portrait where there is none
    is_headless: bool = False
    turns: int = 2
    study: Path | None = None
    scale: int = 1  # of the virtual display and everything on it
    person: str | None = None  # whose eyes, as `read_person` has it; None: the usual person's


def run_demo(options: DemoOptions, say: Say) -> dict[str, Any]:
    """Demonstrate a whole session and describe what came of it.

    Raises:
        DemoError: if something it needs is missing or the session was not finished.
        PersonError: if there is no such person.
        ManifestError: if the person's recording cannot be used.
    """
    if options.person is not None:
        read_person(options.person)  # before anything is started
    out = options.out or Path(tempfile.mkdtemp(prefix="tracker-demo-"))
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise DemoError(f"{out} is not empty. Name a new folder for --out.")
    camera = options.camera or _first_camera()
    is_played = options.is_headless or display_kind(os.environ) is None
    with ExitStack() as stack:
        size = SIZE[0] * options.scale, SIZE[1] * options.scale
        display = stack.enter_context(virtual_display(size)) if is_played else None
        server = stack.enter_context(_server(out / "server"))
        say(f"Camera: {camera}. Everything goes to {out}.")
        command = _app_command(options, out, camera, server, is_played=is_played)
        if display:
            screenshots = _play(command, display, out, options, say)
        else:
            screenshots = _run(command, out / LOG_NAME)
        return _describe(out, screenshots, say)


def _first_camera() -> str:
    try:
        open_camera("0", SystemClock()).close()
    except CameraUnavailableError:
        return PORTRAIT
    return "0"


def _app_command(
    options: DemoOptions, out: Path, camera: str, server: dict[str, str], *, is_played: bool
) -> list[str]:
    command = own_command("run")
    if options.study is not None:
        command.append(str(options.study))
    command += ["--camera", camera, "--loop-camera", "--data-dir", str(out / "client")]
    command += ["--server", server["url"], f"--code={server['code']}"]
    if options.person is not None:
        command += ["--simulate", options.person]
    elif is_played or camera == PORTRAIT:
        command.append("--simulate")
    if is_played:
        command += ["--announce", str(out / "announcements.jsonl")]
    return command


@contextmanager
def _server(folder: Path) -> Iterator[dict[str, str]]:
    """A collection server on loopback: its url and enrolment code."""
    command = own_command("serve", "--port", "0", "--data", str(folder))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise DemoError("The collection server did not start.")
            yield json.loads(line)
        finally:
            process.terminate()


def _run(command: list[str], log_path: Path) -> list[str]:
    """A person is there: the application runs until they close it."""
    with log_path.open("wb") as log:
        _check_exit(subprocess.run(command, check=False, stderr=log).returncode, log_path)
    return []


def _check_exit(code: int, log_path: Path) -> None:
    """The application says why it ended in the last line of its talk."""
    if code != 0:
        *_, last = ["It crashed.", *log_path.read_text(errors="replace").splitlines()]
        raise DemoError(f"The application ended with an error. {last} See {log_path}.")


def _play(command: list[str], display: str, out: Path, options: DemoOptions, say: Say) -> list[str]:
    """A program is the participant. Returns the paths of its screenshots."""
    pictures: list[str] = []

    def take_picture(name: str) -> None:
        path = out / "screenshots" / f"{len(pictures):02d}-{name}.png"
        path.parent.mkdir(exist_ok=True)
        ImageGrab.grab(xdisplay=display).save(path)
        pictures.append(str(path))
        say(f"Screen: {name}")

    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    environment["QT_SCALE_FACTOR"] = str(options.scale)
    environment.pop("WAYLAND_DISPLAY", None)
    announcements = Announcements(out / "announcements.jsonl")
    with (
        (out / LOG_NAME).open("wb") as log,
        closing(Hand(display)) as hand,
        subprocess.Popen(command, env=environment, stderr=log) as app,
    ):
        player = Player(hand, announcements, take_picture, turns=options.turns, seed=1)
        deadline = time.monotonic() + PLAY_LIMIT_S
        try:
            while app.poll() is None:
                if time.monotonic() > deadline:
                    raise DemoError("The demonstration took too long and was stopped.")
                player.act()
        finally:
            app.terminate()
    _check_exit(app.returncode, out / LOG_NAME)
    return pictures


def _describe(out: Path, screenshots: list[str], say: Say) -> dict[str, Any]:
    sessions = list_sessions(out / "client")
    if not sessions:
        raise DemoError("No session was recorded: consent was not given.")
    folder = sessions[-1]
    say("Exporting")
    entries = read_entries(folder)
    export = export_parquet(entries, out / "export")
    say("Writing the report")
    report = write_report(entries, out / "report.html")
    progress = progress_of(folder)
    frames = [e.record for e in entries if isinstance(e.record, Frame)]
    counts = Counter(entry.stream for entry in entries)
    return {
        "session_id": folder.name,
        "duration_s": round(_recorded_s(entries), 3),
        "frames": len(frames),
        "frames_with_face": sum(f.has_face for f in frames),
        "gaze_samples": counts["gaze"],
        "mouse_events": counts["mouse"],
        "turns": sum(isinstance(e.record, TurnRated) for e in entries),
        "chunks": progress.total,
        "chunks_acknowledged": progress.acknowledged,
        "complete": progress.is_delivered and verify(folder).is_complete,
        "session_path": str(folder),
        "export_path": str(export),
        "report_path": str(report),
        "screenshots": screenshots,
    }


def _recorded_s(entries: list[Entry]) -> float:
    """Seconds the camera recorded: first to last frame, summed over clock segments."""
    spans: dict[int, tuple[int, int]] = {}
    for entry in entries:
        if isinstance(entry.record, Frame):
            t_ns = entry.record.t_ns
            first, last = spans.get(entry.segment, (t_ns, t_ns))
            spans[entry.segment] = min(first, t_ns), max(last, t_ns)
    return sum(last - first for first, last in spans.values()) / 1e9
