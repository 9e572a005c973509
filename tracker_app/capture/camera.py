"""Opens cameras, video files and network streams, and keeps only the newest frame.

Without the reader thread lag grows: OpenCV queues frames, and after 90 frames at 60 ms of work
each the picture is 3.6 s old. With it the picture is at most one frame old; what is overwritten
unread is counted.
"""

import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any

from tracker_app.capture.portrait import Portrait
from tracker_app.clock import Clock
from tracker_app.errors import CameraLostError, CameraUnavailableError
from tracker_app.gaze.camera_frame import Camera, CameraDescription, CapturedFrame
from tracker_app.gaze.opencv import cv2
from tracker_app.wording import Sentence, tr

WANTED_SIZE = (1280, 720)
WANTED_RATE_HZ = 30
OPEN_LIMIT_S = 5.0
FIRST_FRAME_LIMIT_S = 5.0
STALL_LIMIT_MS = 5000
STOP_LIMIT_S = 2.0
NS = 1_000_000_000
PORTRAIT = "portrait"


def open_camera(source: str, clock: Clock, *, loops: bool = False) -> Camera:
    """Open a camera and wait for its first frame.

    Args:
        source: a device number, a video file, a stream's URL, or "portrait".
        clock: stamps the frames.
        loops: whether a file starts again at its end.

    Raises:
        CameraUnavailableError: in one sentence that says what to do.
    """
    if source == PORTRAIT:
        return ReadAhead(Portrait(), clock, loops=True)
    if source.isdigit():
        return _open_device(int(source), clock)
    if "://" not in source and not Path(source).is_file():
        raise CameraUnavailableError(
            tr("There is no video file {source}. Check its name.", source=source)
        )
    video = Video(source, _open_file_or_url(source), is_live="://" in source)
    unplayable = tr("{source} cannot be played as a video.", source=source)
    return ReadAhead(_checked(video, unplayable), clock, loops=loops)


def _open_file_or_url(source: str) -> Any:
    if "://" not in source:
        return cv2.VideoCapture(source)
    # A stream that stalls must become a lost camera, not a silence of OpenCV's 30 s.
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, STALL_LIMIT_MS]
    limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, STALL_LIMIT_MS]
    return cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)


def _open_device(number: int, clock: Clock) -> Camera:
    backends = {
        "win32": [cv2.CAP_MSMF, cv2.CAP_DSHOW],
        "linux": [cv2.CAP_V4L2],
        "darwin": [cv2.CAP_AVFOUNDATION],
    }.get(sys.platform, [cv2.CAP_ANY])
    problem: CameraUnavailableError | None = None
    for backend in backends:
        try:
            return ReadAhead(_opened(number, backend), clock)
        except CameraUnavailableError as error:
            problem = error
    raise problem or CameraUnavailableError(_no_device(number))


def _no_device(number: int, platform: str = sys.platform, devices: Path = Path("/dev")) -> Sentence:
    """Why a camera cannot be opened, as far as can be known, and what to do."""
    device = devices / f"video{number}"
    if platform == "linux" and not device.exists():
        return tr("There is no camera {number}. Connect it, or choose another.", number=number)
    if platform == "linux" and not os.access(device, os.R_OK | os.W_OK):
        return tr(
            "This account may not use camera {number}. Add it to the group video "
            '(sudo usermod -aG video "$USER"), then log out and in again.',
            number=number,
        )
    place = {
        "darwin": tr("System Settings, Privacy & Security, Camera"),
        "win32": tr("Settings, Privacy & security, Camera"),
    }.get(platform)
    if place is None:
        return tr(
            "Camera {number} cannot be opened. Connect it, or close the program that uses it.",
            number=number,
        )
    return tr(
        "Camera {number} cannot be opened. Connect it, or close the program that uses it, and "
        "allow this program to use it in {place}.",
        number=number,
        place=place,
    )


def _opened(number: int, backend: int) -> "Video":
    """A device opened by one backend within the limit: some take minutes and cannot be stopped."""
    opened: queue.SimpleQueue[Video] = queue.SimpleQueue()
    is_late = threading.Event()

    def open_it() -> None:
        video = _device(number, backend)
        if is_late.is_set():
            video.close()
        else:
            opened.put(video)

    threading.Thread(target=open_it, name="camera-opener", daemon=True).start()
    try:
        return _checked(opened.get(timeout=OPEN_LIMIT_S), _no_device(number))
    except queue.Empty:
        is_late.set()
        while not opened.empty():  # it came at the very last moment
            opened.get().close()
        raise CameraUnavailableError(
            tr(
                "Camera {number} does not start. Unplug it and plug it in again, or choose "
                "another.",
                number=number,
            )
        ) from None


def _device(number: int, backend: int) -> "Video":
    capture = cv2.VideoCapture(number, backend)
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, WANTED_SIZE[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, WANTED_SIZE[1])
    capture.set(cv2.CAP_PROP_FPS, WANTED_RATE_HZ)
    return Video(str(number), capture, is_live=True)


class Video:
    """An opened `cv2.VideoCapture`. A file knows when each frame is due; a live source does not."""

    def __init__(self, source: str, capture: Any, *, is_live: bool) -> None:
        self.source = source
        self.is_live = is_live
        self._capture = capture

    @property
    def is_open(self) -> bool:
        """Whether the source could be opened."""
        return bool(self._capture.isOpened())

    @property
    def description(self) -> CameraDescription:
        """What was opened."""
        rate_hz = self._capture.get(cv2.CAP_PROP_FPS)
        return CameraDescription(
            source=self.source,
            width_px=int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            height_px=int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            rate_hz=rate_hz if 0 < rate_hz <= 1000 else None,
            backend=self._capture.getBackendName() if self.is_open else "none",
        )

    def grab(self) -> bool:
        """Take the next frame in; False at the end or when the source is lost."""
        return bool(self._capture.grab())

    @property
    def position_ms(self) -> float | None:
        """The source's stamp of the grabbed frame."""
        position = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        return float(position) if position >= 0 else None

    def decode(self) -> Any:
        """The grabbed frame's picture, or None where it is damaged."""
        is_ok, image = self._capture.retrieve()
        return image if is_ok else None

    def rewind(self) -> bool:
        """Go back to the first frame; False where the source cannot."""
        return bool(self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0))

    def close(self) -> None:
        """Release the source."""
        self._capture.release()


def _checked(video: Video, sentence: Sentence) -> Video:
    if not video.is_open:
        video.close()
        raise CameraUnavailableError(sentence)
    return video


class ReadAhead:
    """Reads a source from a thread of its own and keeps its newest frame."""

    def __init__(self, video: "Video | Portrait", clock: Clock, *, loops: bool = False) -> None:
        """Start reading and wait for the first frame.

        Raises:
            CameraUnavailableError: if none comes.
        """
        self._video = video
        self._clock = clock
        self._loops = loops
        self._fresh = threading.Condition()
        self._frame: CapturedFrame | None = None
        self._overwritten = 0
        self._has_ended = False
        self._has_delivered = False
        self._stop = threading.Event()
        self._description = video.description
        self._thread = threading.Thread(target=self._run, name="camera-reader", daemon=True)
        self._thread.start()
        with self._fresh:
            self._fresh.wait_for(
                lambda: self._has_delivered or self._has_ended, FIRST_FRAME_LIMIT_S
            )
        if not self._has_delivered:
            self.close()
            raise CameraUnavailableError(
                tr(
                    "Camera {number} opens but sends no picture. Close other programs that use it, "
                    "or unplug it and plug it in again.",
                    number=video.source,
                )
            )

    @property
    def description(self) -> CameraDescription:
        """What was opened."""
        return self._description

    def read(self, timeout_s: float) -> CapturedFrame | None:
        """See `Camera.read`."""
        with self._fresh:
            self._fresh.wait_for(lambda: self._frame is not None or self._has_ended, timeout_s)
            frame, self._frame = self._frame, None
        if frame is None and self._has_ended:
            raise CameraLostError(
                tr(
                    "The camera {number} stopped sending pictures. Check its cable, then press Try "
                    "again.",
                    number=self._description.source,
                )
            )
        return frame

    def close(self) -> None:
        """Stop reading and release the source."""
        self._stop.set()
        self._thread.join(STOP_LIMIT_S)

    def _run(self) -> None:
        try:
            self._read_all()
        finally:
            self._video.close()
            with self._fresh:
                self._has_ended = True
                self._fresh.notify_all()

    def _read_all(self) -> None:
        number = 0
        began_ns = self._clock.now_ns()
        while not self._stop.is_set():
            if not self._video.grab():
                if not (self._loops and self._video.rewind()):
                    return
                began_ns = self._clock.now_ns()
                continue
            t_ns = self._clock.now_ns()
            position_ms = self._video.position_ms
            if not self._video.is_live and position_ms is not None:
                due_ns = began_ns + round(position_ms * 1e6)
                self._stop.wait(max(0, due_ns - t_ns) / NS)
                t_ns = self._clock.now_ns()
            image = self._video.decode()
            if image is not None:
                self._keep(number, t_ns, position_ms, image)
            number += 1

    def _keep(self, number: int, t_ns: int, position_ms: float | None, image: Any) -> None:
        with self._fresh:
            self._overwritten = self._overwritten + 1 if self._frame is not None else 0
            self._frame = CapturedFrame(number, t_ns, position_ms, self._overwritten, image)
            self._has_delivered = True
            self._fresh.notify_all()
