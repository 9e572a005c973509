"""Long work of the interface's thread, done in slices with everything else in between.

What a long answer needs (reading its markup, setting it, measuring its words) takes a second or
more, and no other thread may touch a document. So it is written as a generator, which yields
wherever it can be left alone for a while.
"""

from collections.abc import Generator
from enum import Enum

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

SLICE_NS = 6_000_000  # two answers' slices and a picture of both stay under 20 ms


class Pause(Enum):
    """What work may yield."""

    SHORT = 0  # go on, if there is time
    LONG = 1  # go on after everything else that waits, such as painting what changed


Work = Generator[Pause, None, None]


class SlicedWork(QObject):
    """Does one piece of work at a time."""

    finished = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Work | None = None
        self._used = QElapsedTimer()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)
        self.spent_ns = 0  # on the present work, or the last

    @property
    def is_under_way(self) -> bool:
        """Whether there is work."""
        return self._work is not None

    def start(self, work: Work, *, is_urgent: bool = False) -> None:
        """Begin other work and give up what was under way.

        Args:
            work: done when it ends.
            is_urgent: do the first slice before returning.
        """
        self._work, self.spent_ns = work, 0
        self._timer.start()
        if is_urgent:
            self._go_on()

    def stop(self) -> None:
        """Give up what is under way."""
        self._work = None
        self._timer.stop()

    @Slot()
    def _go_on(self) -> None:
        work = self._work
        if work is None:
            return
        owner = self.parent()  # the work may hold the last reference to it, and ends in here
        self._used.start()
        pause = next(work, None)
        while pause is Pause.SHORT and self._used.nsecsElapsed() < SLICE_NS:
            pause = next(work, None)
        self.spent_ns += self._used.nsecsElapsed()
        if pause is None and work is self._work:
            self.stop()
            self.finished.emit()
        del owner
