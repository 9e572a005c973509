"""The one window: a slim bar that always says what is recorded, and the page of the moment."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QMoveEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from tracker_app.ui.page import Page, button, label
from tracker_app.ui.status_bar import PAUSE_KEY, StatusBar
from tracker_app.ui.texts import tr

# On purpose not translated: whoever sees a picture of a simulated session shall know it for one.
SIMULATION_NOTE = "Simulation: a program plays the participant, no person looked at this screen"
LEAST_SIZE = 800, 440  # a screen of 1280 x 720 at 150%, less what a desktop keeps for itself


class PausePage(Page):
    """Nothing is recorded; the camera is released, so its light goes out."""

    resumed = Signal()

    def __init__(self) -> None:
        super().__init__("paused", tr("Paused. Camera is off."))
        lead = tr("Neither your eyes nor your mouse are recorded. Go on whenever you like.")
        self._reason = label("", "warning")
        self._reason.hide()
        self.content.addWidget(self._reason)
        self.content.addWidget(label(lead, "lead"))
        key = tr("{key} works only while this window is the active one.", key=PAUSE_KEY)
        self.content.addWidget(label(key, "small"))
        self._resume = button(tr("Go on"), "resume", "primary")
        self._resume.clicked.connect(self.resumed)
        self.buttons.addWidget(self._resume)

    def explain(self, sentence: str) -> None:
        """Say why there is a pause that nobody asked for; an empty sentence says nothing."""
        self._reason.setText(sentence)
        self._reason.setVisible(bool(sentence))

    def enter(self) -> None:
        """Enter goes on."""
        self._resume.setFocus()


class Window(QMainWindow):
    """Shows pages; announces when it moves, changes size or loses the focus."""

    geometry_changed = Signal()
    pause_toggled = Signal()
    cockpit_wanted = Signal()
    stop_wanted = Signal()
    closed = Signal()

    def __init__(self, title: str, *, is_simulated: bool) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.setMinimumSize(*LEAST_SIZE)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = StatusBar()
        self.bar.pause_toggled.connect(self.pause_toggled)
        self.bar.cockpit_wanted.connect(self.cockpit_wanted)
        self.bar.stop_wanted.connect(self.stop_wanted)
        self._simulation = label(SIMULATION_NOTE, "banner")
        self._simulation.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._simulation.setVisible(is_simulated)
        self._is_simulated = is_simulated
        self._problem = label("", "problem")
        self._problem.setObjectName("problem")
        self._problem.hide()
        self._stack = QStackedWidget()
        column.addWidget(self.bar)
        column.addWidget(self._simulation)
        column.addWidget(self._problem)
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

    def show_problem(self, sentence: str) -> None:
        """Say that something failed; recording of the rest goes on. Empty: it is mended."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence) and not self.bar.isHidden())

    @property
    def page(self) -> QWidget | None:
        """The page shown."""
        return self._stack.currentWidget()

    @Slot()
    def set_full_screen(self, is_full: bool) -> None:
        """Cover the whole screen, or go back to a maximised window."""
        self.bar.setVisible(not is_full)
        self._simulation.setVisible(self._is_simulated and not is_full)
        self._problem.setVisible(bool(self._problem.text()) and not is_full)
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
