import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.data import write_portrait_video
from tracker_app.capture import camera as camera_module
from tracker_app.capture.camera import open_camera
from tracker_app.capture.portrait import SIZE, Portrait
from tracker_app.clock import SystemClock
from tracker_app.errors import CameraLostError, CameraUnavailableError
from tracker_app.gaze.camera_frame import Camera, CapturedFrame
from tracker_app.gaze.opencv import cv2

CLOCK = SystemClock()
LIMIT_S = 10.0


@pytest.fixture(scope="module")
def short_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second at 25 frames a second."""
    return write_portrait_video(tmp_path_factory.mktemp("video") / "short.mp4", frames=25)


def read_frames(camera: Camera, count: int) -> list[CapturedFrame]:
    """The next `count` frames, within a limit."""
    frames: list[CapturedFrame] = []
    deadline_ns = CLOCK.now_ns() + round(LIMIT_S * 1e9)
    while len(frames) < count:
        assert CLOCK.now_ns() < deadline_ns, f"{len(frames)} of {count} frames came"
        if (frame := camera.read(1.0)) is not None:
            frames.append(frame)
    return frames


def read_to_the_end(camera: Camera) -> list[CapturedFrame]:
    frames: list[CapturedFrame] = []
    try:
        while True:
            frames += read_frames(camera, 1)
    except CameraLostError:
        return frames


@contextmanager
def mjpeg_server(frames: int | None) -> Iterator[str]:
    """An MJPEG camera on loopback that sends so many frames, or goes on; yields its URL."""
    portrait = Portrait()
    stopped = threading.Event()

    class Stream(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            number = 0
            while number != frames and not stopped.wait(0.02):
                _, jpeg = cv2.imencode(".jpg", portrait.frame(number))
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg.tobytes() + b"\r\n")
                except ConnectionError:
                    return
                number += 1

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/camera.mjpg"
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_file_plays_at_its_own_rate_and_then_the_camera_is_lost(short_video: Path) -> None:
    camera = open_camera(str(short_video), CLOCK)
    frames = read_to_the_end(camera)
    camera.close()
    assert frames[-1].number == 24
    assert len(frames) + sum(f.dropped for f in frames) == 25
    first, last = frames[0], frames[-1]
    assert first.position_ms is not None
    assert last.position_ms is not None
    shown_ms, played_ms = (last.t_ns - first.t_ns) / 1e6, last.position_ms - first.position_ms
    assert played_ms == pytest.approx((last.number - first.number) * 40, abs=1)
    assert shown_ms == pytest.approx(played_ms, abs=100)


def test_the_camera_says_what_was_opened(short_video: Path) -> None:
    camera = open_camera(str(short_video), CLOCK)
    camera.close()
    opened = camera.description
    assert (opened.width_px, opened.height_px, opened.rate_hz) == (*SIZE, 25.0)
    assert opened.source == str(short_video)


def test_a_looping_file_goes_on_and_its_numbers_never_repeat(short_video: Path) -> None:
    camera = open_camera(str(short_video), CLOCK, loops=True)
    frames = read_frames(camera, 30)
    camera.close()
    numbers = [f.number for f in frames]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] > 25
    assert all(a.t_ns < b.t_ns for a, b in pairwise(frames))


def test_a_slow_reader_gets_the_newest_frame_and_the_count_of_what_it_missed(
    short_video: Path,
) -> None:
    camera, other = open_camera(str(short_video), CLOCK), open_camera("portrait", CLOCK)
    (first,) = read_frames(camera, 1)
    read_frames(other, 13)  # half a second in which nobody reads the first camera
    (newest,) = read_frames(camera, 1)
    age_ms = (CLOCK.now_ns() - newest.t_ns) / 1e6
    camera.close()
    other.close()
    assert newest.dropped == newest.number - first.number - 1
    assert newest.dropped >= 5
    assert age_ms < 100


def test_read_comes_back_in_time_when_there_is_no_frame() -> None:
    with mjpeg_server(frames=None) as url:
        camera = open_camera(url, CLOCK)
        read_frames(camera, 1)
        assert camera.read(0.0) is None or camera.read(0.0) is None
        camera.close()


def test_a_network_camera_delivers_pictures_of_the_face() -> None:
    with mjpeg_server(frames=None) as url:
        camera = open_camera(url, CLOCK)
        frames = read_frames(camera, 5)
        camera.close()
    assert frames[-1].image.shape == (SIZE[1], SIZE[0], 3)
    difference = np.abs(frames[0].image.astype(int) - Portrait().frame(0)).mean()
    assert difference < 12  # JPEG, and a few frames of sway


def test_a_network_camera_that_breaks_off_is_lost() -> None:
    with mjpeg_server(frames=20) as url:
        camera = open_camera(url, CLOCK)
        frames = read_to_the_end(camera)
        with pytest.raises(CameraLostError, match="Check its cable"):
            camera.read(1.0)
        camera.close()
    assert frames[-1].number > 10


def test_a_truncated_file_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = tmp_path / "whole.avi"
    portrait = Portrait()
    writer = cv2.VideoWriter(str(whole), cv2.VideoWriter.fourcc(*"MJPG"), 25, SIZE)
    for number in range(25):
        writer.write(portrait.frame(number))
    writer.release()
    half = tmp_path / "half.avi"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    camera = open_camera(str(half), CLOCK)
    frames = read_to_the_end(camera)
    camera.close()
    assert 0 < len(frames) < 25


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("97", "Connect it"),
        ("no-such-file.mp4", "Check its name"),
        ("http://127.0.0.1:9/none.mjpg", "cannot be played"),
    ],
)
def test_a_missing_source_is_one_sentence_that_says_what_to_do(source: str, advice: str) -> None:
    with pytest.raises(CameraUnavailableError, match=advice) as caught:
        open_camera(source, CLOCK)
    assert "\n" not in str(caught.value)
    assert source in str(caught.value)


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(np.random.default_rng(0).bytes(50_000))
    with pytest.raises(CameraUnavailableError, match="cannot be played as a video"):
        open_camera(str(path), CLOCK)


def test_closing_ends_the_reader_thread(short_video: Path) -> None:
    before = set(threading.enumerate())
    camera = open_camera(str(short_video), CLOCK, loops=True)
    camera.close()
    assert set(threading.enumerate()) <= before


def test_the_portrait_needs_no_device() -> None:
    camera = open_camera("portrait", CLOCK)
    frames = read_frames(camera, 3)
    camera.close()
    assert frames[0].image.shape == (SIZE[1], SIZE[0], 3)
    assert camera.description.rate_hz == 25


def test_the_portrait_is_the_same_each_time_and_moves() -> None:
    a, b = Portrait(), Portrait()
    assert (a.frame(7) == b.frame(7)).all()
    assert np.abs(a.frame(0).astype(int) - a.frame(20)).mean() > 1
    assert np.abs(a.frame(0).astype(int) - a.frame(1000)).mean() == 0


class _SlowBackends:
    """cv2.VideoCapture of a Windows machine whose MSMF backend hangs; DSHOW plays a file."""

    def __init__(self, video: Path) -> None:
        self.video = str(video)
        self.released = threading.Event()
        self.go_on = threading.Event()

    def open(self, source: int, backend: int) -> object:
        assert source == 0
        if backend == cv2.CAP_DSHOW:
            return VIDEO_CAPTURE(self.video)
        assert self.go_on.wait(LIMIT_S)
        late = VIDEO_CAPTURE(self.video)
        backends = self

        class Late:
            def __getattr__(self, name: str) -> object:
                if name == "release":
                    backends.released.set()
                return getattr(late, name)

        return Late()


VIDEO_CAPTURE = cv2.VideoCapture


def test_on_windows_a_backend_that_hangs_gives_way_to_the_next_and_lets_go_when_it_wakes(
    short_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backends = _SlowBackends(short_video)
    monkeypatch.setattr(camera_module, "OPEN_LIMIT_S", 0.2)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(cv2, "VideoCapture", backends.open)
    camera = open_camera("0", CLOCK)
    try:
        assert read_frames(camera, 2)
    finally:
        camera.close()
    assert not backends.released.is_set()
    backends.go_on.set()
    assert backends.released.wait(LIMIT_S)


def test_a_device_no_backend_can_start_is_said_to_be_so(
    short_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backends = _SlowBackends(short_video)
    monkeypatch.setattr(camera_module, "OPEN_LIMIT_S", 0.1)
    monkeypatch.setattr(cv2, "VideoCapture", backends.open)
    with pytest.raises(CameraUnavailableError, match="does not start"):
        open_camera("0", CLOCK)
    backends.go_on.set()


def test_a_camera_that_is_not_there_is_told_from_one_that_may_not_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sentence(platform: str) -> str:
        return camera_module._no_device(0, platform, tmp_path)

    assert "There is no camera 0" in sentence("linux")
    (tmp_path / "video0").touch()
    assert "close the program that uses it" in sentence("linux")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read anything
    assert "group video" in sentence("linux")
    assert "Privacy & Security, Camera" in sentence("darwin")
    assert "Privacy & security, Camera" in sentence("win32")
