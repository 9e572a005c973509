"""What can lie over the page of a step: the pause, the way out, and what is recorded.

A pause releases camera and mouse; so does asking for the way out, until that is decided.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tracker_app.study.flow import Event
from tracker_app.study.study import Study
from tracker_app.ui.cockpit_panel import CockpitState, PrivacyCockpit
from tracker_app.ui.leave_panel import LeavePanel
from tracker_app.ui.page import Page
from tracker_app.ui.window import PausePage, Window

COCKPIT_MS = 500


class Overlays(QObject):
    """Shows them over a window, and says what was decided there."""

    happened = Signal(object)  # a `flow.Event`
    shown = Signal(str)  # the name of the page that lies over the step's now
    closed = Signal()  # nothing happened: the page of the step is to be seen again

    def __init__(
        self,
        study: Study,
        window: Window,
        can: Callable[[Event], bool],
        describe_privacy: Callable[[], CockpitState],
    ) -> None:
        """Wire them to the window's bar.

        Args:
            study: says whether leaving is paid.
            window: that they are shown in.
            can: whether something may happen where the participant is.
            describe_privacy: what is recorded and sent now; asked only during a session.
        """
        super().__init__()
        self._window, self._can, self._describe = window, can, describe_privacy
        self._pause = PausePage()
        self._pause.resumed.connect(self._on_pause_toggled)
        self._leave = LeavePanel(study)
        self._leave.stayed.connect(self._on_stayed)
        self._leave.left.connect(lambda: self.happened.emit(Event.LEFT))
        self._leave.withdrew.connect(lambda: self.happened.emit(Event.WITHDRAWN))
        self._cockpit = PrivacyCockpit()
        self._cockpit.closed.connect(self._on_cockpit_closed)
        self._cockpit_timer = QTimer(self, interval=COCKPIT_MS)
        self._cockpit_timer.timeout.connect(self._show_cockpit)
        window.pause_toggled.connect(self._on_pause_toggled)
        window.stop_wanted.connect(self._on_stop_wanted)
        window.cockpit_wanted.connect(self._on_cockpit_wanted)

    def pause_for(self, sentence: str) -> None:
        """Pause without being asked to, and say why."""
        if self._can(Event.PAUSED):
            self._pause.explain(sentence)
            self._begin_pause()

    def discard(self) -> None:
        """Let go of the pages."""
        self._cockpit_timer.stop()
        for page in (self._pause, self._leave, self._cockpit):
            page.deleteLater()

    @Slot()
    def _on_pause_toggled(self) -> None:
        if self._can(Event.PAUSED):
            self._pause.explain("")
            self._begin_pause()
        elif self._can(Event.RESUMED):
            self.happened.emit(Event.RESUMED)

    def _begin_pause(self) -> None:
        self.happened.emit(Event.PAUSED)
        self._put_up(self._pause)

    @Slot()
    def _on_stop_wanted(self) -> None:
        if self._can(Event.PAUSED):
            self.happened.emit(Event.PAUSED)
        if self._can(Event.WITHDRAWN):
            self._leave.offer_leaving(self._can(Event.LEFT))
            self._put_up(self._leave)

    @Slot()
    def _on_stayed(self) -> None:
        if self._can(Event.RESUMED):
            self.happened.emit(Event.RESUMED)
        else:
            self.closed.emit()

    @Slot()
    def _on_cockpit_wanted(self) -> None:
        self._put_up(self._cockpit)
        self._show_cockpit()
        self._cockpit_timer.start()

    @Slot()
    def _show_cockpit(self) -> None:
        if self._window.page is self._cockpit:
            self._cockpit.show_state(self._describe())
        else:
            self._cockpit_timer.stop()

    @Slot()
    def _on_cockpit_closed(self) -> None:
        if self._can(Event.RESUMED):
            self._put_up(self._pause)
        else:
            self.closed.emit()

    def _put_up(self, page: Page) -> None:
        self._window.show_page(page)
        page.enter()
        self.shown.emit(page.objectName())
