"""The window of who runs the study: a PIN, the start of a session, and watching it.

Like every view it only shows what it is told and says what is wanted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tracker_app.capture.devices import CameraChoice
from tracker_app.ui import theme
from tracker_app.ui.calibration_result import ErrorMap, PointTable, Verdict
from tracker_app.ui.page import Page, button, label, set_role
from tracker_app.ui.setup_page import MIRROR_WIDTH, Mirror, MirrorPicture, draw_picture

EYES_SIZE = MIRROR_WIDTH, MIRROR_WIDTH // 4


class PinPage(Page):
    """Asks for the PIN, or for a new one where there is none."""

    entered = Signal(str)

    def __init__(self) -> None:
        super().__init__("operator_pin", "")
        self._hint = label("", "lead")
        self._field = QLineEdit()
        self._field.setObjectName("pin")
        self._field.setAccessibleName("PIN")
        self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self._field.returnPressed.connect(self._on_enter)
        self._problem = label("", "warning")
        for widget in (self._hint, self._field, self._problem):
            self.content.addWidget(widget)
        unlock = button("Continue", "unlock", "primary")
        unlock.clicked.connect(self._on_enter)
        self.buttons.addWidget(unlock)

    def ask(self, *, is_chosen: bool, problem: str = "") -> None:
        """Ask, saying what was wrong before."""
        self.title.setText("Operator" if is_chosen else "Choose a PIN for this computer")
        self._hint.setText(
            "Enter your PIN."
            if is_chosen
            else "It keeps participants out of this window. You need it each time you start."
        )
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._field.clear()
        self._field.setFocus()

    @Slot()
    def _on_enter(self) -> None:
        self.entered.emit(self._field.text())


@dataclass(frozen=True, slots=True)
class Choice:
    """What a session is to be started with."""

    code: str
    monitor: str
    camera: str


class StartPage(Page):
    """Who takes part, on which monitor, before which camera."""

    started = Signal(object)  # Choice
    camera_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("operator_start", "New session")
        columns = QHBoxLayout()
        columns.setSpacing(theme.XL)
        form = QVBoxLayout()
        form.setSpacing(theme.XS)
        self._code = QLineEdit()
        self._code.setObjectName("participant_code")
        self._code.setPlaceholderText("for example P-017")
        self._monitor = QComboBox()
        self._monitor.setObjectName("monitor")
        self._camera = QComboBox()
        self._camera.setObjectName("camera")
        self._camera.setEditable(True)
        self._camera.setToolTip("A camera, or the path of a video file, or a stream's address")
        for caption, field in (
            ("Participant code", self._code),
            ("Monitor", self._monitor),
            ("Camera", self._camera),
        ):
            heading = label(caption, "small")
            heading.setBuddy(field)
            form.addWidget(heading)
            form.addWidget(field)
            form.addSpacing(theme.S)
        form.addStretch(1)
        columns.addLayout(form, 1)
        self.mirror = Mirror()
        columns.addWidget(self.mirror, 0, Qt.AlignmentFlag.AlignTop)
        self.content.addLayout(columns)
        self._problem = label("", "warning")
        self._problem.hide()
        self.content.addWidget(self._problem)
        begin = button("Start session", "start_session", "primary")
        begin.clicked.connect(self._on_start)
        self.buttons.addWidget(begin)
        self._code.returnPressed.connect(self._on_start)
        self._camera.activated.connect(self._on_camera)
        field = QLineEdit()
        field.editingFinished.connect(self._on_camera)
        self._camera.setLineEdit(field)

    def offer(self, monitors: Mapping[str, str], cameras: Sequence[CameraChoice]) -> None:
        """Fill in what there is to choose from.

        Args:
            monitors: what people call each, by its name.
            cameras: the one to take first.
        """
        self._code.clear()
        chosen = self._monitor.currentData()
        self._monitor.clear()
        for name, description in monitors.items():
            self._monitor.addItem(description, name)
        self._monitor.setCurrentIndex(max(0, self._monitor.findData(chosen)))
        self._camera.clear()
        for camera in cameras:
            self._camera.addItem(camera.name, camera.source)
        self._code.setFocus()

    def refuse(self, sentence: str) -> None:
        """Say why a session cannot be started like this; nothing takes it back."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    @property
    def camera(self) -> str:
        """What opens the camera chosen or typed."""
        text, index = self._camera.currentText().strip(), self._camera.currentIndex()
        is_listed = index >= 0 and self._camera.itemText(index) == text
        return str(self._camera.itemData(index)) if is_listed else text

    @Slot()
    def _on_camera(self) -> None:
        self.camera_chosen.emit(self.camera)

    @Slot()
    def _on_start(self) -> None:
        monitor = str(self._monitor.currentData())
        self.started.emit(Choice(self._code.text().strip(), monitor, self.camera))


class EyesView(QWidget):
    """Both eyes, large enough to see reflections and lashes; nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(*EYES_SIZE)
        self._picture: NDArray[np.uint8] | None = None

    def show_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """Show a BGR picture, or nothing."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture over the whole width."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colours().tint)
        if self._picture is not None:
            draw_picture(painter, QRectF(self.rect()), self._picture)
        painter.end()


@dataclass(frozen=True, slots=True)
class Quality:
    """One figure of the strip."""

    name: str
    value: str
    is_good: bool


class Console(QWidget):
    """A running session: the eyes, the calibration, the quality, and what can be done."""

    ACTIONS = (
        ("begin", "Start calibration"),
        ("mend", "Redo weak points"),
        ("accept", "Accept"),
        ("skip", "Skip: mouse only"),
        ("stop", "Stop session"),
    )
    wanted = Signal(str)  # the name of an action
    redone = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("operator_console")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        column.setSpacing(theme.L)
        self._title = label("", "title")
        self._step = label("", "muted")
        column.addWidget(self._title)
        column.addWidget(self._step)
        middle = QHBoxLayout()
        middle.setSpacing(theme.XL)
        middle.addLayout(self._build_pictures())
        middle.addWidget(self._build_calibration(), 1)
        column.addLayout(middle, 1)
        column.addWidget(self._build_strip())
        actions = QHBoxLayout()
        actions.setSpacing(theme.M)
        self._actions = {name: button(text, f"operator_{name}") for name, text in self.ACTIONS}
        for name, action in self._actions.items():
            action.clicked.connect(lambda _=False, wanted=name: self.wanted.emit(wanted))
            if name == "stop":
                actions.addStretch(1)
            actions.addWidget(action)
        column.addLayout(actions)

    def _build_pictures(self) -> QVBoxLayout:
        pictures = QVBoxLayout()
        pictures.setSpacing(theme.M)
        self.mirror, self.eyes = Mirror(), EyesView()
        pictures.addWidget(self.mirror)
        pictures.addWidget(self.eyes)
        pictures.addStretch(1)
        return pictures

    def _build_calibration(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        inside.setSpacing(theme.M)
        self._verdict: Verdict | None = None
        self._headline, self._detail = label("", "lead"), label("", "muted")
        inside.addWidget(self._headline)
        inside.addWidget(self._detail)
        self._map, self._table = ErrorMap(), PointTable()
        self._table.redone.connect(self.redone)
        row = QHBoxLayout()
        row.setSpacing(theme.XL)
        row.addWidget(self._map, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._table, 1)
        inside.addLayout(row)
        inside.addStretch(1)
        return card

    def _build_strip(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        self._strip = QGridLayout(card)
        self._strip.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
        self._strip.setHorizontalSpacing(theme.XL)
        self._strip.setVerticalSpacing(0)
        self._figures: dict[str, QLabel] = {}
        return card

    def show_session(self, title: str, step: str) -> None:
        """Say whose session it is and where it stands."""
        self._title.setText(title)
        self._step.setText(step)

    def show_pictures(
        self, picture: MirrorPicture | None, eyes: NDArray[np.uint8] | None, sentence: str
    ) -> None:
        """Show the camera's picture and the eyes, or a sentence."""
        self.mirror.show_picture(picture, sentence)
        self.eyes.show_picture(eyes)

    def show_calibration(self, verdict: Verdict | None, sentence: str) -> None:
        """Show how the calibration stands, under a sentence of its own or another."""
        self._headline.setText(sentence or (verdict.headline if verdict else ""))
        if verdict == self._verdict:
            return  # its buttons may just be pressed
        self._verdict = verdict
        self._detail.setText(verdict.detail if verdict else "")
        self._detail.setVisible(bool(self._detail.text()))
        for widget in (self._map, self._table):
            widget.setVisible(verdict is not None)
        if verdict is not None:
            self._map.show_verdict(verdict)
            self._table.show_verdict(verdict)

    def show_quality(self, figures: Sequence[Quality]) -> None:
        """Show the strip; the same figures each time."""
        for column, figure in enumerate(figures):
            if figure.name not in self._figures:
                self._figures[figure.name] = label("", wraps=False)
                self._strip.addWidget(label(figure.name, "small", wraps=False), 0, column)
                self._strip.addWidget(self._figures[figure.name], 1, column)
                self._strip.setColumnStretch(column, 1)
            shown = self._figures[figure.name]
            shown.setText(figure.value if figure.is_good else f"! {figure.value}")

    def offer(self, possible: Mapping[str, bool], best: str) -> None:
        """Which actions make sense now, and which one most."""
        # Also while another window is active: then no widget of this one has the focus.
        focused = self.window().focusWidget()
        had_focus = next((n for n, action in self._actions.items() if action is focused), "")
        for name, action in self._actions.items():
            action.setEnabled(possible.get(name, False))
            set_role(action, "primary" if name == best else "")
        # A button that goes out hands the focus to its neighbour, where Enter must not land. From
        # one that stays nothing takes it: it may just be pressed.
        if had_focus and not possible.get(had_focus):
            (self._actions[best] if possible.get(best) else self).setFocus()

    def name_actions(self, begin: str, skip: str, stop: str) -> None:
        """Say what starting a calibration, leaving it out and stopping would mean now."""
        for name, text in (("begin", begin), ("skip", skip), ("stop", stop)):
            self._actions[name].setText(text)


class OperatorWindow(QMainWindow):
    """PIN, start and console, in a window of its own."""

    closed = Signal()
    locked = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setWindowTitle(f"Operator: {title}")
        self.setMinimumSize(1040, 680)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar(title))
        self._stack = QStackedWidget()
        self.pin, self.start, self.console = PinPage(), StartPage(), Console()
        for page in (self.pin, self.start, self.console):
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(centre)

    def _build_bar(self, title: str) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.XL, theme.S, theme.XL, theme.S)
        row.addWidget(label(f"Operator: {title}", wraps=False))
        row.addStretch(1)
        self._lock = button("Lock", "lock", "quiet")
        self._lock.clicked.connect(self.locked)
        row.addWidget(self._lock)
        return bar

    def show_page(self, page: QWidget) -> None:
        """Bring one of the three up."""
        self._stack.setCurrentWidget(page)
        self._lock.setVisible(page is not self.pin)

    @property
    def page(self) -> str:
        """Which one is shown: its object name."""
        shown = self._stack.currentWidget()
        return shown.objectName() if shown else ""

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it was closed."""
        super().closeEvent(event)
        self.closed.emit()
