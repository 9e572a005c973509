"""Work that would make the interface wait, done in a thread; its outcome comes back to it."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from tracker_app.errors import TrackerError
from tracker_app.wording import tr

logger = logging.getLogger(__name__)
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
            failed: hears the sentence if it came to nothing.

        Once this object is deleted, nobody hears anything.
        """

        def attempt() -> None:
            try:
                result = work()
            except TrackerError as error:
                self._tell(partial(failed, error))
            except Exception:  # the thread's last resort
                logger.exception("work in the background failed")
                self._tell(partial(failed, TrackerError(tr("Something went wrong. Try again."))))
            else:
                self._tell(lambda: done(result))

        threading.Thread(target=attempt, name="background", daemon=True).start()

    def _tell(self, outcome: Callable[[], None]) -> None:
        try:
            self._came.emit(outcome)
        except RuntimeError:
            # Qt has deleted this object: its page is gone, and nobody waits for the outcome.
            logger.info("work in the background ended after its page was gone")

    @Slot(object)
    def _call(self, outcome: Callable[[], None]) -> None:
        outcome()
