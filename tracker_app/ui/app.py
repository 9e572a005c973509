"""Opens the window of a participant, or of who runs the study, and stays until it is closed."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tracker_app.clock import Clock
from tracker_app.settings import Settings
from tracker_app.study.study import Study
from tracker_app.ui.application import Application, RunOptions
from tracker_app.ui.language import install_language
from tracker_app.ui.operator_desk import OperatorDesk
from tracker_app.ui.restyling import Restyling

# A busy Python thread otherwise starves the camera: p95 91 ms and 15% dropped, with it 25 ms, 1%.
SWITCH_INTERVAL_S = 0.0005


def run_app(study: Study, settings: Settings, clock: Clock, options: RunOptions) -> Path | None:
    """Open a participant's window until it is closed.

    Returns:
        The folder of the session; None if nothing was agreed to.
    """
    qt = _start_qt(study)
    application = Application(study, settings, clock, options, Restyling(qt))
    application.open()
    qt.exec()
    application.close()
    return application.folder


def run_operator(study: Study, settings: Settings, clock: Clock, options: RunOptions) -> None:
    """Open the operator's window, from which sessions are started, until all are closed."""
    qt = _start_qt(study)
    restyling = Restyling(qt)
    desk = OperatorDesk(
        study.title,
        settings,
        clock,
        options,
        lambda own, chosen: Application(study, own, clock, chosen, restyling),
    )
    desk.open()
    qt.exec()
    desk.close()


def _start_qt(study: Study) -> QApplication:
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    qt = QApplication([study.title])
    install_language(qt, study.language)
    return qt
