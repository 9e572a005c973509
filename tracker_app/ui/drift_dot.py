"""A dot in the text area between turns: how far has the gaze gone off?

Clicks stand on buttons and eyes leave them early; this is where people read, and they look. So the
error of a session is what these dots find, one after the other.
"""

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Signal, Slot
from PySide6.QtWidgets import QWidget

from calibration.looks import Look, Use
from calibration.routine import Routine, Timing
from tracker_app.records import GazeCheckKind
from tracker_app.session import Session
from tracker_app.session.gaze_checks import CheckPoint
from tracker_app.ui.calibration_driver import CalibrationDriver
from tracker_app.ui.coordinates import to_physical
from tracker_app.ui.target_canvas import TargetCanvas, page_colours
from tracker_app.ui.texts import tr

TIMING = Timing(settle_s=0.6, collect_s=0.8)
MARGIN = 0.12  # of the text area, kept free at its edges


class DriftDot(QObject):
    """Covers an area for a moment and shows one dot on it."""

    finished = Signal()

    def __init__(self, session: Session, area: QWidget) -> None:
        super().__init__(area)
        self._session = session
        self._area = area
        note = tr("Look at the dot until it is gone")
        self._canvas = TargetCanvas(note, page_colours, area)
        self._canvas.setObjectName("drift_dot")
        self._canvas.setAccessibleName(note)
        self._canvas.hide()
        self._look: Look | None = None
        self._random = np.random.default_rng(session.clock.now_ns())
        self.driver = CalibrationDriver(self._canvas, session.eyes, session.clock)
        self.driver.finished.connect(self._on_finished)
        area.installEventFilter(self)

    @property
    def is_shown(self) -> bool:
        """Whether it covers the area."""
        return self._look is not None

    def begin(self) -> None:
        """Show a dot somewhere in the area."""
        self._cover()
        self._canvas.show()
        self._canvas.raise_()
        self._canvas.setFocus()
        x, y = self._random.uniform(MARGIN, 1 - MARGIN, 2)
        point = QPointF(x * self._canvas.width(), y * self._canvas.height())
        self._look = Look(0, np.array(to_physical(self._canvas, point)), Use.VALIDATE)
        self.driver.start(Routine([self._look], TIMING))

    def cancel(self) -> None:
        """Take the dot away, if there is one: nobody looks at it any more."""
        if self._look is not None:
            self._look = None
            self.driver.stop()
            self._canvas.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go along with the area."""
        if event.type() == QEvent.Type.Resize:
            self._cover()
            if self.is_shown:  # somewhere else now, or beside the area
                self.driver.stop()
                self.begin()
        return super().eventFilter(watched, event)

    def _cover(self) -> None:
        self._canvas.setGeometry(self._area.rect())

    @Slot()
    def _on_finished(self) -> None:
        look, self._look = self._look, None
        self._canvas.hide()
        if look is not None:
            x_px, y_px = look.place_px
            place = float(x_px), float(y_px)
            self._session.eyes.checks.expect(
                CheckPoint(GazeCheckKind.DOT, place, look.settled_ns, look.end_ns)
            )
        self.finished.emit()
