"""A message view on a screen, with everything it recorded, brought into a given state."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from tests.fakes import FakeClock
from tracker_app.aoi import Timeline
from tracker_app.codec import Entry
from tracker_app.records import Record, stream_of
from tracker_app.ui import theme
from tracker_app.ui.message_view import MessageView
from tracker_app.ui.text_recorder import TextRecorder

_ALL_EVENTS = (
    QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
)


class ShownMessage:
    """One view in a window of its own, at a place that is not the corner of the screen."""

    def __init__(self, reading: theme.Reading) -> None:
        self.records: list[Record] = []
        self.clock = FakeClock()
        self.view = MessageView(reading)
        self._recorder = TextRecorder([self.view], self.clock, self.records.append)
        self.view.move(40, 60)
        self.view.resize(560, 420)
        self.view.show()
        self._settle()

    def bring_to(self, state: str, markdown: str) -> None:
        """Show a text still, scrolled, as far as it has streamed in, or in another size."""
        if state == "streaming":
            for share in (0.2, 0.35, 0.5, 0.61):
                part = markdown[: int(len(markdown) * share)]
                self.view.show_message("m", part, is_growing=True)
                self._settle()
        else:
            self.view.show_message("m", markdown)
            self._settle()
        if state == "resized":
            self.view.resize(423, 377)
            self._settle()
        if state != "still":
            bar = self.view.verticalScrollBar()
            bar.setValue(bar.maximum() * 5 // 7)
            self._settle()

    def characters_at(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> list[tuple[int, int]]:
        """The character spans that the records say are at pixels of the view, (-1, -1) if none."""
        entries = [Entry(0, stream_of(r), i, r) for i, r in enumerate(self.records)]
        corner = self.view.viewport().mapToGlobal(self.view.viewport().rect().topLeft())
        ratio = self.view.devicePixelRatioF()
        now = np.full(len(x), self.clock.now_ns() + 1)
        mapped = Timeline(entries).map(
            np.zeros(len(x), np.int64), now, x + corner.x() * ratio, y + corner.y() * ratio
        )
        return list(
            zip(
                mapped.units.character_start.tolist(),
                mapped.units.character_end.tolist(),
                strict=True,
            )
        )

    def close(self) -> None:
        self.view.close()
        self.view.deleteLater()
        self._settle()

    def _settle(self) -> None:
        for _ in range(4):
            QApplication.processEvents()
        while not self.view.is_settled:
            QApplication.processEvents(_ALL_EVENTS)
        for _ in range(4):
            QApplication.processEvents()
