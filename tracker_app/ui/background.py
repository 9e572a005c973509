"""Work that would make the interface wait, done in a thread; its outcome comes back to it."""

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from tracker_app.errors import TrackerError

_T = TypeVar("_T")


class Background(QObject):
    """Runs work in threads of its own; callbacks run in the thread that owns it."""

    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._came.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], _T],
        done: Callable[[_T], None],
        failed: Callable[[TrackerError], None],
    ) -> None:
        """Do something now.

        Args:
            work: in another thread; it must not touch a widget.
            done: hears what came of it.
            failed: hears the sentence if the world prevented it.
        """

        def attempt() -> None:
            try:
                result = work()
            except TrackerError as error:
                # The name is gone when the block ends.
                self._came.emit(lambda error=error: failed(error))
            else:
                self._came.emit(lambda: done(result))

        threading.Thread(target=attempt, name="background", daemon=True).start()

    @Slot(object)
    def _call(self, outcome: Callable[[], None]) -> None:
        outcome()
