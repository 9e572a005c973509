"""Leads the calibration page through a routine: time and eye features in, targets out."""

import queue

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from calibration.routine import Routine
from tracker_app.clock import Clock
from tracker_app.ui.calibration_page import CalibrationPage

TICK_MS = 16


class CalibrationDriver(QObject):
    """Runs one routine; features may come from any thread."""

    finished = Signal()

    def __init__(self, page: CalibrationPage, clock: Clock) -> None:
        super().__init__(page)
        self._page = page
        self._clock = clock
        self._routine: Routine | None = None
        self._samples: queue.SimpleQueue[tuple[int, NDArray[np.float64] | None]] = (
            queue.SimpleQueue()
        )
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.target_px: tuple[float, float] | None = None

    def start(self, routine: Routine) -> None:
        """Begin a routine, or go on with one whose targets are to be redone."""
        self._drain(None)
        self._routine = routine
        self._page.show_canvas()
        self._timer.start()

    def stop(self) -> None:
        """Leave the routine where it is."""
        self._timer.stop()
        self.target_px = None

    def add(self, t_ns: int, features: NDArray[np.float64] | None) -> None:
        """Hand over one frame's features; None where no eyes were seen. Any thread."""
        self._samples.put((t_ns, features))

    def _drain(self, routine: Routine | None) -> None:
        while not self._samples.empty():
            t_ns, features = self._samples.get()
            if routine is not None:
                routine.add(t_ns, features)

    @Slot()
    def _tick(self) -> None:
        assert self._routine is not None  # the timer runs only while one is set
        self._drain(self._routine)
        view = self._routine.step(self._clock.now_ns())
        self.target_px = view.target_px
        self._page.canvas.show_target(view.target_px, view.progress)
        if view.phase == "done":
            self.stop()
            self.finished.emit()
