"""Leads a canvas through a routine: time and eye features in, targets out."""

import queue
from statistics import median

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from calibration.routine import Routine, View
from tracker_app.clock import Clock
from tracker_app.gaze.features import head_turn
from tracker_app.gaze.landmarks import Array
from tracker_app.session.eyes import Eyes
from tracker_app.ui.target_canvas import TargetCanvas

TICK_MS = 16
# How far a simulated person turns the head when the marker asks for it.
ASKED_TURN_DEG = 10.0


class CalibrationDriver(QObject):
    """Runs one routine at a time; features come from the camera's thread."""

    finished = Signal()

    def __init__(self, canvas: TargetCanvas, eyes: Eyes, clock: Clock) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._eyes = eyes
        self._clock = clock
        self._routine: Routine | None = None
        self._samples: queue.SimpleQueue[tuple[int, Array | None]] = queue.SimpleQueue()
        self._distances_mm: list[float] = []
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.view = View("done")
        canvas.went_on.connect(self._on_went_on)

    def start(self, routine: Routine) -> None:
        """Begin a routine, or go on with one whose targets are to be redone."""
        self._drain(None)
        self._distances_mm.clear()
        self._routine = routine
        self._eyes.listen(self._add)
        self._timer.start()

    @property
    def distance_mm(self) -> float | None:
        """How far away the eyes were since the start, the median; None if they were not seen."""
        return median(self._distances_mm) if self._distances_mm else None

    def stop(self) -> None:
        """Leave the routine where it is."""
        self._timer.stop()
        self._eyes.listen(None)
        self._eyes.ask_turn(0.0, 0.0)
        self.view = View("done")
        self._canvas.show_view(self.view)

    def _add(self, t_ns: int, features: Array | None) -> None:
        self._samples.put((t_ns, features))

    def _drain(self, routine: Routine | None) -> None:
        while not self._samples.empty():
            t_ns, features = self._samples.get()
            if routine is not None:
                turn = None if features is None else head_turn(features)
                routine.add(t_ns, features, turn)

    @Slot()
    def _on_went_on(self) -> None:
        if self._routine is not None:
            self._routine.skip()

    @Slot()
    def _tick(self) -> None:
        assert self._routine is not None  # the timer runs only while one is set
        self._drain(self._routine)
        latest = self._eyes.latest
        if latest is not None and latest.face is not None:
            self._distances_mm.append(latest.face.distance_mm)
        view = self._routine.step(self._clock.now_ns())
        self.view = view
        self._canvas.show_view(view)
        yaw, pitch = view.guide.turn if view.guide is not None else (0.0, 0.0)
        self._eyes.ask_turn(ASKED_TURN_DEG * yaw, ASKED_TURN_DEG * pitch)
        if view.phase == "done":
            self.stop()
            self.finished.emit()
