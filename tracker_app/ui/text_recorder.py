"""Turns what the message views measure into layout, placement and text event records."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Slot

from tracker_app.aoi import LayoutWriter
from tracker_app.clock import Clock
from tracker_app.records import Record, TextEvent
from tracker_app.ui.message_view import (
    MeasuredLayout,
    MeasuredPlacement,
    MessageView,
    TextAction,
)
from tracker_app.ui.screen_records import placement_record


class TextRecorder(QObject):
    """Stamps and records every measurement of the message views it watches."""

    def __init__(
        self,
        views: Iterable[MessageView],
        clock: Clock,
        record: Callable[[Record], None],
        *,
        keeps_actions: bool = True,
    ) -> None:
        """Watch some views.

        Args:
            views: what there is to read.
            clock: stamps the records.
            record: takes them.
            keeps_actions: whether to record what is selected and copied.
        """
        super().__init__()
        self._views: list[MessageView] = []
        self._clock = clock
        self._record = record
        self._keeps_actions = keeps_actions
        self._writers: dict[str, LayoutWriter] = {}
        for view in views:
            self.watch(view)

    @Slot(object)
    def watch(self, view: MessageView) -> None:
        """Watch one more view, until it is gone."""
        self._views.append(view)
        view.layout_measured.connect(self._on_layout)
        view.placement_measured.connect(self._on_placement)
        if self._keeps_actions:
            view.text_acted_on.connect(self._on_action)

    def forget(self, view: MessageView) -> None:
        """Watch a view no longer."""
        self._views.remove(view)

    @Slot()
    def refresh(self) -> None:
        """The window moved: measure again where the texts lie."""
        for view in self._views:
            view.refresh_placement()

    @Slot(object)
    def _on_layout(self, measured: MeasuredLayout) -> None:
        t_ns = self._clock.now_ns()
        writer = self._writers.setdefault(measured.message_id, LayoutWriter(measured.message_id))
        # While a message streams in, a version may build on the one before; the last one stands
        # for itself, so that a damaged chunk costs no more than the time it covers.
        record = writer.write(
            measured.text, measured.boxes, t_ns, is_finished=not measured.is_growing
        )
        self._record(record)

    @Slot(object)
    def _on_placement(self, measured: MeasuredPlacement) -> None:
        version = self._writers[measured.message_id].version
        self._record(placement_record(measured, version, self._clock.now_ns()))

    @Slot(object)
    def _on_action(self, action: TextAction) -> None:
        self._record(
            TextEvent(
                t_ns=self._clock.now_ns(),
                kind=action.kind,
                message_id=action.message_id,
                version=self._writers[action.message_id].version,
                start=action.start,
                end=action.end,
            )
        )
