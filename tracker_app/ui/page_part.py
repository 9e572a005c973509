"""A step that is a page and nothing else."""

from PySide6.QtCore import SignalInstance, Slot

from tracker_app.study.flow import Event
from tracker_app.ui.page import Page
from tracker_app.ui.part import Part


class PagePart(Part):
    """Shows a page until it says that it is done."""

    page: Page

    def __init__(self, page: Page, *, done: SignalInstance | None = None) -> None:
        """Wrap a page.

        Args:
            page: to be shown.
            done: its signal, without values, that the step is over; None where others listen.
        """
        super().__init__()
        self.page = page
        if done is not None:
            done.connect(self._on_done)

    def enter(self) -> None:
        """Put the focus where typing or Enter should go."""
        self.page.enter()

    @Slot()
    def _on_done(self) -> None:
        self.say(Event.DONE)
