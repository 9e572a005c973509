"""A camera's picture before a session, to choose the right one: shown, never kept."""

import threading

from tracker_app.capture.camera import open_camera
from tracker_app.clock import Clock
from tracker_app.errors import TrackerError
from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.pipeline import mirror

READ_LIMIT_S = 0.5
STOP_LIMIT_S = 8.0  # opening may take 5


class CameraPreview:
    """Opens a camera in a thread of its own and keeps its newest picture, small and mirrored."""

    def __init__(self, source: str, clock: Clock) -> None:
        self.picture: Image | None = None
        self.problem = ""  # why there is none
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(source, clock), name="preview", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Release the camera: a session needs it."""
        self._stop.set()
        self._thread.join(STOP_LIMIT_S)

    def _run(self, source: str, clock: Clock) -> None:
        try:
            camera = open_camera(source, clock, loops=True)
        except TrackerError as error:
            self.problem = str(error)
            return
        try:
            while not self._stop.is_set():
                frame = camera.read(READ_LIMIT_S)
                if frame is not None:
                    self.picture = mirror(frame.image)
        except TrackerError as error:
            self.problem = str(error)
        finally:
            self.picture = None
            camera.close()
