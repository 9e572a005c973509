"""Operator mode: who runs the study starts sessions, watches, repeats, accepts, skips and stops.

The participant's window is the same as always; this only presses its buttons from afar, and every
press is a record of the session.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

import msgspec
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen

from tracker_app.capture.devices import camera_choices
from tracker_app.capture.preflight import MIN_RATE_HZ
from tracker_app.clock import Clock
from tracker_app.errors import OperatorError
from tracker_app.gaze.pipeline import Latest
from tracker_app.records import GazeCheck, OperatorAction
from tracker_app.session import Session
from tracker_app.session.operator_pin import OperatorPin
from tracker_app.session.preview import CameraPreview
from tracker_app.settings import Settings
from tracker_app.study.flow import EYE_STEPS, FINAL, TASK_STEPS, Step
from tracker_app.study.identity import is_code
from tracker_app.ui.announce import Announcer
from tracker_app.ui.application import Application, RunOptions
from tracker_app.ui.calibration_part import OPERATOR, CalibrationPart
from tracker_app.ui.calibration_result import Verdict
from tracker_app.ui.operator_window import Choice, OperatorWindow, Quality
from tracker_app.ui.setup_page import MirrorPicture
from tracker_app.ui.setup_part import mirror_picture

logger = logging.getLogger(__name__)
POLL_MS = 100
PIN_NAME = "operator.json"
MAX_LAG_MS = 150.0
LEAST_CONFIDENCE = 0.2
NOTHING = "\N{EN DASH}"
STEPS = {
    Step.WELCOME: "The participant reads the welcome.",
    Step.CONSENT: "The participant reads the consent.",
    Step.DECLINED: "The participant does not want to take part.",
    Step.SETUP: "The participant sets up the camera.",
    Step.CALIBRATION: "The participant calibrates.",
    Step.TALK: "The participant talks with the models.",
    Step.CODE: "The participant enters a code.",
    Step.QUESTIONNAIRE: "The participant answers questions about themselves.",
    Step.INSTRUCTIONS: "The participant reads the instructions.",
    Step.TOPIC: "The participant chooses a topic.",
    Step.KNOWLEDGE_BEFORE: "The participant says what they know.",
    Step.KNOWLEDGE_AFTER: "The participant says what they know now.",
    Step.SUMMARY: "The participant writes a summary.",
    Step.KEY_SENTENCE: "The participant chooses a key sentence.",
    Step.FEEDBACK: "The participant gives feedback.",
    Step.REVIEW: "The participant looks through what was recorded.",
    Step.THANKS: "The session has ended.",
    Step.WITHDRAWN: "The participant withdrew: everything is deleted.",
}
PHASES = {
    "fit": "fitting",
    "prepare": "reading what the head is to do",
    "head": "the head moves",
    "validate": "validating",
}
MakeApplication = Callable[[Settings, RunOptions], Application]
AT_THE_END = (Step.REVIEW, *FINAL)  # which is the participant's own


class OperatorDesk(QObject):
    """Wires the operator's window to one session after the other."""

    def __init__(
        self,
        title: str,
        settings: Settings,
        clock: Clock,
        options: RunOptions,
        make_application: MakeApplication,
    ) -> None:
        """Prepare the window.

        Args:
            title: of the study.
            settings: of this machine.
            clock: stamps everything.
            options: of each session; the code is asked for here.
            make_application: a participant's window for a session.
        """
        super().__init__()
        self._settings = settings
        self._clock = clock
        self._options = options
        self._make_application = make_application
        self._pin = OperatorPin(settings.data_dir / PIN_NAME)
        self._preview: CameraPreview | None = None
        self._application: Application | None = None
        self._code = ""
        self.window = OperatorWindow(title)
        self.window.pin.entered.connect(self._on_pin)
        self.window.locked.connect(self._lock)
        self.window.start.started.connect(self._on_started)
        self.window.start.camera_chosen.connect(self._show_camera)
        self.window.console.wanted.connect(self._on_wanted)
        self.window.console.redone.connect(lambda number: self._redo([number]))
        self.window.closed.connect(self.close)
        self._announcer = (
            Announcer(self.window, options.announce_to.with_suffix(".operator.jsonl"))
            if options.announce_to
            else None
        )
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    def open(self) -> None:
        """Show the window; it asks for the PIN first."""
        if self._announcer is not None:
            self._announcer.watch("operator", lambda: {"page": self.window.page})
        self.window.show()
        self._lock()
        self._timer.start()

    def close(self) -> None:
        """Release the camera; a session that runs goes on until its own window is closed."""
        self._timer.stop()
        self._stop_preview()

    # --- PIN and start -------------------------------------------------------------------------

    @Slot()
    def _lock(self) -> None:
        self._stop_preview()
        self.window.show_page(self.window.pin)
        self.window.pin.ask(is_chosen=self._pin.is_chosen)

    @Slot(str)
    def _on_pin(self, pin: str) -> None:
        problem = self._try_pin(pin)
        if problem:
            self.window.pin.ask(is_chosen=self._pin.is_chosen, problem=problem)
        elif self._application is not None:
            self.window.show_page(self.window.console)
        else:
            self._offer()

    def _try_pin(self, pin: str) -> str:
        """What is wrong with a PIN; nothing if it opens the window."""
        try:
            if self._pin.is_chosen:
                return "" if self._pin.matches(pin) else "That is not the PIN. Try again."
            self._pin.choose(pin)
        except OperatorError as error:
            return str(error)
        return ""

    def _offer(self) -> None:
        monitors = {screen.name(): _describe(screen) for screen in QGuiApplication.screens()}
        self.window.start.offer(monitors, camera_choices(self._settings.camera))
        self.window.start.refuse("")
        self.window.show_page(self.window.start)
        self._show_camera(self.window.start.camera)

    @Slot(str)
    def _show_camera(self, source: str) -> None:
        if self._preview is None or self._preview.source != source:
            self._stop_preview()
            self._preview = CameraPreview(source, self._clock)

    def _stop_preview(self) -> CameraPreview | None:
        preview, self._preview = self._preview, None
        if preview is not None:
            preview.stop()
        return preview

    @Slot(object)
    def _on_started(self, choice: Choice) -> None:
        if not is_code(choice.code):
            self.window.start.refuse(
                "A participant code has 1 to 40 letters, digits and hyphens, and is no name."
            )
            return
        if not choice.camera:
            self.window.start.refuse("Choose a camera, or type the path of a video file.")
            return
        preview = self._stop_preview()
        if preview is not None:
            preview.wait()
        self._code = choice.code
        settings = msgspec.structs.replace(self._settings, camera=choice.camera)
        self._application = self._make_application(
            settings, replace(self._options, code=choice.code)
        )
        self._application.closed.connect(self._on_session_closed)
        screens = {screen.name(): screen for screen in QGuiApplication.screens()}
        self._application.open(screens.get(choice.monitor))
        self._poll()
        self.window.show_page(self.window.console)

    @Slot()
    def _on_session_closed(self) -> None:
        application, self._application = self._application, None
        if application is not None:
            application.close()
        if self.window.isVisible() and self.window.page != "operator_pin":
            self._offer()

    # --- a running session ---------------------------------------------------------------------

    @Slot(str)
    def _on_wanted(self, action: str) -> None:
        application = self._application
        if application is None or (action != "stop" and self._is_paused):
            return
        self._note(action)
        calibration = self._calibration
        match action:
            case "begin" if calibration is not None:
                calibration.begin(OPERATOR)
            case "begin":
                application.recalibrate()
            case "mend" if calibration is not None and calibration.verdict is not None:
                self._redo(calibration.verdict.weak_numbers)
            case "accept" if calibration is not None:
                calibration.accept(OPERATOR)
            case "skip" if calibration is not None:
                calibration.skip(OPERATOR)
            case "stop" if application.session is None or application.step in AT_THE_END:
                application.leave()
            case "stop":
                application.stop()

    def _redo(self, numbers: list[int]) -> None:
        if self._calibration is not None:
            self._note("redo", ", ".join(map(str, numbers)))
            self._calibration.redo(numbers, OPERATOR)

    def _note(self, action: str, detail: str = "") -> None:
        """Keep what was done; before consent there is no session to keep it in."""
        session = self._application.session if self._application is not None else None
        if session is not None:
            session.record(OperatorAction(t_ns=self._clock.now_ns(), action=action, detail=detail))

    @property
    def _is_paused(self) -> bool:
        """Whether the participant has: then nothing is done in their place."""
        session = self._application.session if self._application is not None else None
        return session is not None and session.is_paused

    @property
    def _calibration(self) -> CalibrationPart | None:
        """The calibration, while the participant is at it and has not paused."""
        application = self._application
        if application is None or application.step is not Step.CALIBRATION:
            return None
        session = application.session
        return None if session is None or session.is_paused else application.calibration

    @Slot()
    def _poll(self) -> None:
        if self._application is not None:
            self._show_session(self._application)
        elif self._preview is not None:
            picture = self._preview.picture
            shown = MirrorPicture(picture, None, None) if picture is not None else None
            self.window.start.mirror.show_picture(
                shown, self._preview.problem or "Starting the camera"
            )

    def _show_session(self, application: Application) -> None:
        console, session = self.window.console, application.session
        is_over = application.step in AT_THE_END
        step = STEPS.get(application.step, "")
        if self._is_paused and not is_over:
            step = "The participant has paused."
        console.show_session(f"Participant {self._code}", step)
        latest = session.eyes.latest if session is not None else None
        is_watched = self.window.page != "operator_pin"
        if session is not None and application.step is not Step.SETUP:  # its page wants it anyway
            session.eyes.show_preview(is_watched)
        console.show_pictures(
            mirror_picture(latest) if latest else None,
            latest.eyes_picture if latest else None,
            "The camera is off",
        )
        calibration = self._calibration
        part = application.calibration
        if calibration is not None and calibration.is_running:
            view = calibration.driver.view
            sentence = f"Point {view.number + 1}: {PHASES.get(view.phase, view.phase)}"
            console.show_calibration(calibration.progress(), sentence)
        else:
            shown = part.verdict if part is not None else None
            if shown is not None and calibration is None:  # decided, or the participant paused
                shown = replace(shown, may_repeat=False)
            console.show_calibration(shown, "" if shown is not None else "No result yet")
        console.show_quality(_figures(session, latest))
        self._offer_actions(application, calibration)

    def _offer_actions(self, application: Application, calibration: CalibrationPart | None) -> None:
        session = application.session
        is_at_it = calibration is not None and calibration.is_running
        has_result = calibration is not None and calibration.attempt is not None
        has_map = calibration is not None and calibration.can_accept
        # Dots start a lost camera again; elsewhere the set-up does.
        has_eyes = session is not None and (session.eyes.is_on or calibration is not None)
        may_begin = has_eyes and not self._is_paused
        may_begin = may_begin and not is_at_it and application.step in (
            *EYE_STEPS, *TASK_STEPS, Step.FEEDBACK
        )  # fmt: skip
        verdict = calibration.verdict if calibration is not None else None
        has_weak_points = verdict is not None and bool(verdict.weak_numbers)
        console = self.window.console
        was_calibrated = has_result or application.step in (*TASK_STEPS, Step.FEEDBACK)
        has_ended = application.step in FINAL
        keeps_earlier = calibration is not None and calibration.keeps_earlier
        console.name_actions(
            "Repeat calibration" if was_calibrated else "Start calibration",
            "Skip: keep the last one" if keeps_earlier else "Skip: mouse only",
            "Next participant" if has_ended else "Stop session",
        )
        console.offer(
            {
                "begin": may_begin,
                "mend": has_result and has_weak_points,
                "accept": has_map,
                "skip": calibration is not None,
                "stop": True,
            },
            best=_best(verdict, has_ended=has_ended),
        )


def _best(verdict: Verdict | None, *, has_ended: bool) -> str:
    """The action that makes most sense now."""
    if has_ended:
        return "stop"
    return "accept" if verdict is not None and verdict.may_accept else "begin"


def _figures(session: Session | None, latest: Latest | None) -> list[Quality]:
    """The quality strip: camera, face, gaze, error, lag, upload."""
    check = session.eyes.checks.newest if session is not None else None
    return [
        _rate(latest),
        _face(latest),
        _confidence(latest),
        _error(check, session.study.calibration.max_error_deg if session is not None else 0.0),
        Quality(
            "Lag",
            f"{latest.lag_ms:.0f} ms" if latest else NOTHING,
            is_good=latest is None or latest.lag_ms <= MAX_LAG_MS,
        ),
        _upload(session),
    ]


def _face(latest: Latest | None) -> Quality:
    if latest is None:
        return Quality("Face", NOTHING, is_good=True)
    if latest.face is None:
        return Quality("Face", "not seen", is_good=False)
    is_alone = latest.other_faces == 0
    return Quality("Face", "in view" if is_alone else "not alone", is_good=is_alone)


def _rate(latest: Latest | None) -> Quality:
    if latest is None or latest.rate_hz is None:
        return Quality("Frames", NOTHING, is_good=True)
    return Quality(
        "Frames", f"{latest.rate_hz:.0f} a second", is_good=latest.rate_hz >= MIN_RATE_HZ
    )


def _confidence(latest: Latest | None) -> Quality:
    if latest is None or latest.confidence is None:
        return Quality("Confidence", NOTHING, is_good=True)
    return Quality(
        "Confidence", f"{latest.confidence:.2f}", is_good=latest.confidence >= LEAST_CONFIDENCE
    )


def _error(check: GazeCheck | None, limit_deg: float) -> Quality:
    error_deg = check.corrected_error_deg if check is not None else None
    if error_deg is None:
        return Quality("Last error", NOTHING, is_good=True)
    return Quality("Last error", f"{error_deg:.1f}°", is_good=error_deg <= limit_deg)


def _upload(session: Session | None) -> Quality:
    if session is None or session.uploader is None:
        return Quality("Upload", "none", is_good=True)
    progress = session.uploader.progress()
    return Quality("Upload", f"{progress.acknowledged} of {progress.total}", is_good=True)


def _describe(screen: QScreen) -> str:
    size, ratio = screen.geometry().size(), screen.devicePixelRatio()
    width, height = round(size.width() * ratio), round(size.height() * ratio)
    return f"{screen.name()}, {width} x {height}"
