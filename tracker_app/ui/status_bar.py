"""The slim bar: what is recorded now, where the head is, and the ways to pause, look and stop.

Its height never changes: answers must not move under the eyes that are being followed.
"""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from tracker_app.ui import theme
from tracker_app.ui.eliding import ElidingLabel
from tracker_app.ui.head_silhouette import HeadSilhouette, HeadState
from tracker_app.ui.page import button, keep_place, label, set_role
from tracker_app.ui.texts import tr

PAUSE_KEY = "F9"


class StatusBar(QFrame):
    """Recording dot, what is recorded, a line below it, the head, and three quiet buttons."""

    pause_toggled = Signal()
    cockpit_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.BAR_HEIGHT)
        self._time = self._hint = ""
        self._shows_head = False
        self._offers_cockpit = True
        self._row = QHBoxLayout(self)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._row.setContentsMargins(theme.XL, 0, theme.XL, 0)
        self._row.setSpacing(theme.S)
        self._dot = label("○", "paused", wraps=False)
        self._dot.setFixedWidth(theme.XL)
        self._sentence = label("", "heading", wraps=False)
        self._line = ElidingLabel("small")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._sentence)
        words.addWidget(self._line)
        words.addStretch(1)
        self._row.addWidget(self._dot)
        self._row.addLayout(words, 1)
        self._head = HeadSilhouette()
        self._head.hide()
        self._row.addWidget(self._head)
        self._row.addSpacing(theme.S)
        self._pause = button(tr("Pause ({key})", key=PAUSE_KEY), "pause", "quiet")
        self._cockpit = button(tr("What is recorded?"), "show_cockpit", "quiet")
        self._stop = button(tr("Stop"), "stop", "quiet")
        for action, signal in (
            (self._pause, self.pause_toggled),
            (self._cockpit, self.cockpit_wanted),
            (self._stop, self.stop_wanted),
        ):
            # Keys belong to the page; the bar is come to with Tab.
            action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            action.clicked.connect(signal)
            self._row.addWidget(action)
        keep_place(self._pause)  # what stands beside it must not jump
        self._stop.hide()

    def show_state(
        self,
        sentence: str,
        *,
        is_recording: bool,
        can_pause: bool,
        elapsed: str = "",
        can_stop: bool = False,
    ) -> None:
        """Show what is being recorded now."""
        self._dot.setText("●" if is_recording else "○")
        self._dot.setAccessibleName(tr("Recording") if is_recording else tr("Not recording"))
        set_role(self._dot, "recording" if is_recording else "paused")
        self._sentence.setText(sentence)
        self._time = elapsed
        self._pause.setVisible(can_pause)
        self._stop.setVisible(can_stop)
        self._fit()

    def offer_cockpit(self, is_offered: bool) -> None:
        """Whether there is anything to tell of what is recorded."""
        self._offers_cockpit = is_offered
        self._fit()

    def show_head(self, state: HeadState | None) -> None:
        """Show where the head is; None where no eyes are followed."""
        self._shows_head = state is not None
        if state is not None:
            self._head.show_head(state)
        self._fit()

    def show_hint(self, sentence: str) -> None:
        """Say one thing to do, in place of the time; an empty sentence takes it back."""
        self._hint = sentence
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another font takes other room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Leave out what matters least until the rest has room; dot, words and pause stay."""
        self._head.setVisible(self._shows_head)
        self._head.show_words(True)
        self._cockpit.setVisible(self._offers_cockpit)
        self._show_line()
        for leave_out in (self._drop_time, self._drop_head_words):
            if self._lacks_room():
                leave_out()
        for widget in (self._head, self._cockpit):
            if self._lacks_room():
                widget.hide()

    def _show_line(self, *, has_time: bool = True) -> None:
        text = self._hint or (self._time if has_time else "")
        self._line.say(text)
        self._line.setVisible(bool(text))
        set_role(self._line, "hint" if self._hint else "small")

    def _drop_time(self) -> None:
        self._show_line(has_time=False)

    def _drop_head_words(self) -> None:
        self._head.show_words(False)

    def minimumSizeHint(self) -> QSize:
        """What is left once all is left out that can be, so that a window can become so narrow."""
        return QSize(self._needed(self._sentence, self._dot, self._stop), theme.BAR_HEIGHT)

    def _lacks_room(self) -> bool:
        """Whether the bar is narrower than what stands in it, the line below the words whole."""
        words = max(self._sentence, self._line, key=_width)
        return self._needed(words, self._dot, self._head, self._cockpit, self._stop) > self.width()

    def _needed(self, *widgets: QWidget) -> int:
        """How wide these are beside each other and the button to pause, which keeps its place.

        The layout is not asked: it would make the window wider at once.
        """
        widths = [self._pause.sizeHint().width(), *(_width(w) for w in widgets if _width(w))]
        return sum(widths) + theme.S * len(widths) + 2 * theme.XL


def _width(widget: QWidget) -> int:
    return 0 if widget.isHidden() else widget.sizeHint().width()
