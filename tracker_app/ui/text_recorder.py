"""Turns the answers on screen into layout and placement records."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Slot

from tracker_app.clock import Clock
from tracker_app.records import Record
from tracker_app.ui.answer_view import AnswerView, MeasuredLayout, MeasuredPlacement
from tracker_app.ui.screen_records import layout_record, placement_record


class TextRecorder(QObject):
    """Stamps and records every measurement of the answer views it watches."""

    def __init__(
        self, views: Iterable[AnswerView], clock: Clock, record: Callable[[Record], None]
    ) -> None:
        super().__init__()
        self._views = tuple(views)
        self._clock = clock
        self._record = record
        for view in self._views:
            view.layout_measured.connect(self._on_layout)
            view.placement_measured.connect(self._on_placement)

    @Slot()
    def refresh(self) -> None:
        """The window moved: measure again where the texts lie."""
        for view in self._views:
            view.refresh_placement()

    @Slot(object)
    def _on_layout(self, measured: MeasuredLayout) -> None:
        self._record(layout_record(measured, self._clock.now_ns()))

    @Slot(object)
    def _on_placement(self, measured: MeasuredPlacement) -> None:
        self._record(placement_record(measured, self._clock.now_ns()))
