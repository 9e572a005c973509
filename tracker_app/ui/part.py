"""One step of the study, with its page: what the application puts up, and hears from."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from tracker_app.study.flow import Event


class Part(QObject):
    """A step. It never moves the participant on itself: it says what happened."""

    happened = Signal(object)  # a `flow.Event`
    covering = Signal(bool)  # the whole screen is wanted, or no longer
    page: QWidget

    def enter(self) -> None:
        """The page is shown now."""
        raise NotImplementedError

    def leave(self) -> None:
        """The page is about to go, for now or for good: nothing of it may run on."""

    def come_back(self) -> None:
        """The page is seen again, as it was left."""

    def details(self) -> dict[str, object]:
        """What an automated participant may see beyond the controls."""
        return {}

    def discard(self) -> None:
        """Let go of it and of its page: it is not come to again, and not heard any more."""
        self.blockSignals(True)  # until Qt deletes it, a thread's outcome may still reach it
        self.page.deleteLater()
        self.deleteLater()

    def say(self, event: Event) -> None:
        """Announce what happened."""
        self.happened.emit(event)
