"""Calibration on screen: an invitation, one target at a time on grey, then how good it is.

The page only shows what it is given; what comes when is `calibration.routine`'s decision, and what
may follow `study.gate`'s.
"""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from tracker_app.ui.calibration_result import ResultPage, Verdict
from tracker_app.ui.page import Page, button, label
from tracker_app.ui.target_canvas import TargetCanvas
from tracker_app.ui.texts import tr


class _Invitation(Page):
    """What to do, in a few short lines."""

    begun = Signal()
    skipped = Signal()

    def __init__(self) -> None:
        super().__init__("calibration_intro", "")
        self._lines = label("", "lead")
        self.content.addWidget(self._lines)
        self.skip = button("", "skip_calibration")
        self.skip.clicked.connect(self.skipped)
        self._begin = button(tr("Begin"), "begin_calibration", "primary")
        self._begin.clicked.connect(self.begun)
        self.buttons.addWidget(self.skip)
        self.buttons.addWidget(self._begin)

    def say(self, title: str, lines: Sequence[str]) -> None:
        """Show what is going to happen."""
        self.title.setText(title)
        self._lines.setText("\n\n".join(lines))

    def enter(self) -> None:
        """Enter begins."""
        self._begin.setFocus()


class CalibrationPage(QWidget):
    """Invitation, targets and result, in this order and as often as needed.

    A note, if any, stands small at the lower edge while targets are shown.
    """

    begun = Signal()
    skipped = Signal()
    cancelled = Signal()
    accepted = Signal()
    mended = Signal(list)
    left = Signal()

    def __init__(self, note: str = "") -> None:
        super().__init__()
        self.setObjectName("calibration")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack)
        self._invitation, self.canvas, self._result = (
            _Invitation(),
            TargetCanvas(note),
            ResultPage(),
        )
        for page in (self._invitation, self.canvas, self._result):
            self._stack.addWidget(page)
        self._invitation.begun.connect(self.begun)
        self._invitation.skipped.connect(self.skipped)
        self.canvas.cancelled.connect(self.cancelled)
        self._result.accepted.connect(self.accepted)
        self._result.repeated.connect(self.begun)
        self._result.mended.connect(self.mended)
        self._result.skipped.connect(self.skipped)
        self._result.left.connect(self.left)

    @property
    def part(self) -> str:
        """Which part is shown: its object name."""
        shown = self._stack.currentWidget()
        return shown.objectName() if shown else ""

    def invite(self, title: str, lines: Sequence[str]) -> None:
        """Start with the invitation."""
        self._invitation.say(title, lines)
        self._stack.setCurrentWidget(self._invitation)
        self._invitation.enter()

    def name_skip(self, text: str) -> None:
        """Say what going on without a new calibration means."""
        self._invitation.skip.setText(text)
        self._result.skip.setText(text)

    def show_canvas(self) -> None:
        """Show the grey; targets follow."""
        self._stack.setCurrentWidget(self.canvas)
        self.canvas.setFocus()

    def show_verdict(self, verdict: Verdict) -> None:
        """Show how it went."""
        self._result.show_verdict(verdict)
        self._stack.setCurrentWidget(self._result)
        self._result.enter()
