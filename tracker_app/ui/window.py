"""The one window: a slim bar that always says what is recorded, and the page of the moment."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QMoveEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from tracker_app.ui import theme
from tracker_app.ui.page import Page, button, label, set_role

PAUSE_KEY = "F9"
SIMULATION_NOTE = "Simulation: a program plays the participant, no person looked at this screen"


class StatusBar(QFrame):
    """Recording dot, what is recorded, pause, time."""

    pause_toggled = Signal()

    def __init__(self, *, is_simulated: bool) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.XL, theme.S, theme.XL, theme.S)
        row.setSpacing(theme.M)
        self._dot = label("●", "recording", wraps=False)
        self._sentence = label("", wraps=False)
        self._time = label("", "muted", wraps=False)
        self._pause = button(f"Pause ({PAUSE_KEY})", "pause", "quiet")
        self._pause.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = self._pause.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the page below must not jump
        self._pause.setSizePolicy(policy)
        self._pause.clicked.connect(self.pause_toggled)
        self._problem = label("", "warning", wraps=False)
        self._problem.hide()
        row.addWidget(self._dot)
        row.addWidget(self._sentence)
        row.addWidget(self._problem)
        row.addStretch(1)
        if is_simulated:
            row.addWidget(label(SIMULATION_NOTE, "banner", wraps=False))
            row.addStretch(1)
        row.addWidget(self._time)
        row.addWidget(self._pause)

    def show_problem(self, sentence: str) -> None:
        """Say that something failed; recording of the rest goes on."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def show_state(
        self, sentence: str, *, is_recording: bool, can_pause: bool, elapsed: str = ""
    ) -> None:
        """Show what is being recorded now."""
        self._dot.setText("●" if is_recording else "○")
        set_role(self._dot, "recording" if is_recording else "paused")
        self._sentence.setText(sentence)
        self._time.setText(elapsed)
        self._pause.setVisible(can_pause)


class PausePage(Page):
    """Nothing is recorded; the camera is released, so its light goes out."""

    resumed = Signal()

    def __init__(self) -> None:
        super().__init__("paused", "Paused. Camera is off.")
        self.content.addWidget(
            label("Neither your eyes nor your mouse are recorded. Go on whenever you like.", "lead")
        )
        self._resume = button("Go on", "resume", "primary")
        self._resume.clicked.connect(self.resumed)
        self.buttons.addWidget(self._resume)

    def enter(self) -> None:
        """Enter goes on."""
        self._resume.setFocus()


class Window(QMainWindow):
    """Shows pages; announces when it moves, changes size or loses the focus."""

    geometry_changed = Signal()
    pause_toggled = Signal()
    closed = Signal()

    def __init__(self, title: str, *, is_simulated: bool) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.setMinimumSize(960, 640)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = StatusBar(is_simulated=is_simulated)
        self.bar.pause_toggled.connect(self.pause_toggled)
        self._stack = QStackedWidget()
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(centre)
        shortcut = QShortcut(QKeySequence(PAUSE_KEY), self)
        shortcut.activated.connect(self.pause_toggled)

    def show_page(self, page: QWidget) -> None:
        """Bring a page up, adding it the first time."""
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.geometry_changed.emit()

    @property
    def page(self) -> QWidget | None:
        """The page shown."""
        return self._stack.currentWidget()

    @Slot()
    def set_full_screen(self, is_full: bool) -> None:
        """Cover the whole screen, or go back to a maximised window."""
        self.bar.setVisible(not is_full)
        if is_full:
            self.showFullScreen()
        else:
            self.showMaximized()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Tell that the window moved."""
        super().moveEvent(event)
        self.geometry_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that the window has another size."""
        super().resizeEvent(event)
        self.geometry_changed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it was closed."""
        super().closeEvent(event)
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Tell that the window came up or went under."""
        super().changeEvent(event)
        kinds = (QEvent.Type.ActivationChange, QEvent.Type.WindowStateChange)
        if event.type() in kinds:
            self.geometry_changed.emit()
