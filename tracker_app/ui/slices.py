"""Long work of the interface's thread, done in slices with everything else in between.

What a long answer needs (reading its markup, setting it, measuring its words) takes a second or
more, and no other thread may touch a document. So it is written as a generator, which yields
wherever it can be left alone for a while.
"""

from collections import deque
from collections.abc import Generator
from enum import Enum

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

SLICE_NS = 6_000_000  # much less than a picture of the window takes


class Pause(Enum):
    """What work may yield."""

    SHORT = 0  # go on, if there is time
    LONG = 1  # go on after everything else that waits, such as painting what changed


Work = Generator[Pause, None, None]


class Turns(QObject):
    """Lets pieces of work have a slice each in turn, one in each turn of the event loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[SlicedWork] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._give)

    def ask(self, work: "SlicedWork") -> None:
        """Have a turn soon, unless one is due already."""
        if work not in self._waiting:
            self._waiting.append(work)
            self._timer.start()

    def withdraw(self, work: "SlicedWork") -> None:
        """Have no turn."""
        if work in self._waiting:
            self._waiting.remove(work)
        if not self._waiting:
            self._timer.stop()

    @Slot()
    def _give(self) -> None:
        work = self._waiting.popleft()
        if not self._waiting:
            self._timer.stop()
        work.go_on()


class SlicedWork(QObject):
    """Does one piece of work at a time."""

    finished = Signal()

    def __init__(self, parent: QObject, turns: Turns | None = None) -> None:
        """Have nothing to do yet.

        Args:
            parent: whose work it is.
            turns: taken with others; without it, every turn of the event loop has a slice of this.
        """
        super().__init__(parent)
        self._turns = turns or Turns(self)
        self._work: Work | None = None
        self._used = QElapsedTimer()
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
        if is_urgent:
            self.go_on()
        else:
            self._turns.ask(self)

    def stop(self) -> None:
        """Give up what is under way."""
        self._work = None
        self._turns.withdraw(self)

    def go_on(self) -> None:
        """Do a slice, and ask for another turn if there is more to do."""
        work = self._work
        if work is None:
            return
        owner = self.parent()  # the work may hold the last reference to it, and ends in here
        self._used.start()
        pause = next(work, None)
        while pause is Pause.SHORT and self._used.nsecsElapsed() < SLICE_NS:
            pause = next(work, None)
        self.spent_ns += self._used.nsecsElapsed()
        if pause is not None:
            self._turns.ask(self)
        elif work is self._work:
            self.stop()
            self.finished.emit()
        del owner
