"""Who runs the study, offscreen: the real windows, the real face model on a portrait."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tracker_app import records as r
from tracker_app.clock import SystemClock
from tracker_app.errors import CameraLostError
from tracker_app.recording.folders import list_sessions, unfinished_sessions
from tracker_app.recording.reading import read_entries
from tracker_app.session import Session
from tracker_app.settings import Settings
from tracker_app.simulation.cast import read_person
from tracker_app.study.flow import Step
from tracker_app.study.reading import parse_study
from tracker_app.study.study import Study
from tracker_app.ui.application import Application, RunOptions
from tracker_app.ui.operator_desk import OperatorDesk
from tracker_app.ui.restyling import Restyling
from tracker_app.ui.talk_part import TalkPart
from tracker_app.ui.window import Window

PIN = "2468"
_R = TypeVar("_R", bound=r.Record)
SHORT = """
[calibration]
points = 5
head_movement = false
settle_s = 0.2
collect_s = 0.5
drift_check_every_turns = 0
"""


@pytest.fixture
def short_study() -> Study:
    text = files("tracker_app.study").joinpath("demo.toml").read_text("utf-8")
    text = text.replace('"embedded"', '"scripted"\nanswers = ["Yes."]')
    before, after = text.index("[calibration]"), text.index("[talk]")
    return parse_study((text[:before] + SHORT + text[after:]).encode(), "short")


class Lab:
    """An operator at the desk, and a participant at their window."""

    def __init__(self, qtbot: QtBot, desk: OperatorDesk) -> None:
        self._qtbot = qtbot
        self.desk = desk
        self.window = desk.window

    def says(self, text: str) -> bool:
        labels = self.window.findChildren(QLabel)
        return any(text in found.text() for found in labels if found.isVisible())

    def field(self, name: str) -> QLineEdit:
        found = self.window.findChild(QLineEdit, name)
        assert isinstance(found, QLineEdit)
        return found

    def press(self, name: str, window: QWidget | None = None) -> None:
        buttons = (window or self.window).findChildren(QPushButton, name)

        def usable() -> bool:
            return any(b.isVisible() and b.isEnabled() for b in buttons)

        self._qtbot.waitUntil(usable, timeout=20_000)
        next(b for b in buttons if b.isVisible()).click()

    def unlock(self, pin: str = PIN) -> None:
        self.field("pin").setText(pin)
        self.press("unlock")

    def start_session(self, code: str = "P-017") -> None:
        self.field("participant_code").setText(code)
        self.press("start_session")

    @property
    def participant(self) -> Window:
        shown = (w for w in QApplication.topLevelWidgets() if w.isVisible())
        (window,) = (w for w in shown if isinstance(w, Window))
        return window

    def agree(self) -> None:
        window = self.participant
        self.press("start", window)
        for tick in ("gaze", "mouse", "text"):
            box = window.findChild(QCheckBox, f"tick_{tick}")
            assert isinstance(box, QCheckBox)
            box.setChecked(True)
        self.press("agree", window)

    def come_to_set_up(self) -> None:
        self.unlock()
        self.start_session()
        self.agree()
        self.wait_for_page("setup")

    def come_to_calibration(self) -> None:
        self.come_to_set_up()
        self.press("operator_begin")  # out of the set-up page
        self.wait_for_page("calibration_intro")

    def begin_calibration(self) -> None:
        self.come_to_calibration()
        self.press("operator_begin")
        self.wait_for_page("calibration_canvas")

    @property
    def application(self) -> Application:
        found = self.desk._application
        assert found is not None
        return found

    @property
    def session(self) -> Session:
        found = self.application.session
        assert found is not None
        return found

    def go_to(self, step: Step) -> None:
        """To a step that a participant would come to much later."""
        journey = self.application._journey
        journey.place = replace(journey.place, step=step)
        self.application._enter_step()

    def wait_for_page(self, name: str) -> None:
        window = self.participant
        self._qtbot.waitUntil(lambda: window.findChild(QWidget, name) is not None, timeout=20_000)
        self._qtbot.waitUntil(
            lambda: any(w.isVisible() for w in window.findChildren(QWidget, name)), timeout=20_000
        )


@pytest.fixture
def lab(
    qtbot: QtBot,
    qapp: QApplication,
    short_study: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Lab]:
    monkeypatch.setattr(QMessageBox, "warning", lambda *_: None)
    monkeypatch.delenv("DISPLAY", raising=False)
    clock, restyling = SystemClock(), Restyling(qapp)

    def make(settings: Settings, options: RunOptions) -> Application:
        return Application(short_study, settings, clock, options, restyling)

    settings = Settings(data_dir=tmp_path, camera="portrait")
    options = RunOptions(read_person("3"))
    desk = OperatorDesk(short_study.title, settings, clock, options, make)
    desk.open()
    yield Lab(qtbot, desk)
    for window in QApplication.topLevelWidgets():
        window.close()  # the desk closes the session of a participant's
        window.deleteLater()  # else later tests restyle them all
    desk.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def recorded(folder: Path, kind: type[_R]) -> list[_R]:
    return [e.record for e in read_entries(folder) if isinstance(e.record, kind)]


def test_a_pin_is_chosen_once_and_asked_for_from_then_on(lab: Lab) -> None:
    assert lab.says("Choose a PIN")
    lab.unlock("12")
    assert lab.says("at least 4")
    lab.unlock()
    assert lab.window.page == "operator_start"
    lab.press("lock")
    lab.unlock("1357")
    assert lab.says("That is not the PIN")
    lab.unlock()
    assert lab.window.page == "operator_start"


@pytest.mark.parametrize("code", ["", "Jane Doe", "../P1", "x" * 41])
def test_a_code_that_could_be_a_name_or_a_path_is_refused(lab: Lab, code: str) -> None:
    lab.unlock()
    lab.start_session(code)
    assert lab.says("1 to 40 letters, digits and hyphens")
    assert lab.window.page == "operator_start"


def test_the_camera_is_shown_before_the_session_and_a_missing_one_named(
    lab: Lab, qtbot: QtBot
) -> None:
    lab.unlock()
    mirror = lab.window.start.mirror
    qtbot.waitUntil(lambda: mirror._picture is not None, timeout=20_000)
    camera = lab.window.findChild(QComboBox, "camera")
    assert isinstance(camera, QComboBox)
    camera.setEditText("nothing.mp4")
    lab.window.start._on_camera()
    qtbot.waitUntil(lambda: "no video file nothing.mp4" in mirror._sentence, timeout=20_000)


def test_the_operator_leads_a_participant_through_calibration_and_every_press_is_kept(
    lab: Lab, qtbot: QtBot, tmp_path: Path
) -> None:
    lab.come_to_calibration()
    lab.press("operator_begin")
    lab.wait_for_page("calibration_result")
    qtbot.waitUntil(lambda: lab.says("Upper left"))
    lab.press("operator_begin")  # again
    lab.wait_for_page("calibration_result")
    lab.press("operator_accept")
    lab.wait_for_page("question")
    lab.press("operator_begin")  # in the middle of the talk
    lab.wait_for_page("calibration_intro")
    lab.press("operator_skip")
    lab.wait_for_page("question")
    lab.press("operator_stop")
    lab.wait_for_page("thanks")
    (folder,) = list_sessions(tmp_path)
    _assert_kept(folder)
    lab.press("operator_stop")  # which now says Next participant
    qtbot.waitUntil(lambda: lab.window.page == "operator_start")


def _assert_kept(folder: Path) -> None:
    actions = [a.action for a in recorded(folder, r.OperatorAction)]
    assert actions == ["begin", "begin", "begin", "accept", "begin", "skip", "stop"]
    results = recorded(folder, r.CalibrationResult)
    decided = [(c.is_accepted, c.decided_by) for c in results]
    assert decided == [(False, "operator"), (True, "operator")]
    (info,) = recorded(folder, r.SessionInfo)
    assert info.participant_id == "sim_code_P-017"
    (end,) = recorded(folder, r.SessionEnd)
    assert end.reason == "stopped"


def test_a_button_that_is_held_for_a_moment_is_pressed(lab: Lab, qtbot: QtBot) -> None:
    lab.come_to_set_up()
    lab.window.activateWindow()
    qtbot.waitUntil(lab.window.isActiveWindow)
    qtbot.wait(300)  # until the other window is done with being active
    stop = lab.window.findChild(QPushButton, "operator_stop")
    assert isinstance(stop, QPushButton)
    qtbot.mousePress(stop, Qt.MouseButton.LeftButton)
    qtbot.wait(350)  # longer than the window takes to look at the session again
    assert stop.hasFocus()
    qtbot.mouseRelease(stop, Qt.MouseButton.LeftButton)
    lab.wait_for_page("thanks")


def test_no_other_action_takes_the_place_of_one_that_goes_out(lab: Lab, qtbot: QtBot) -> None:
    lab.come_to_calibration()
    begin = lab.window.findChild(QPushButton, "operator_begin")
    assert isinstance(begin, QPushButton)
    begin.setFocus()
    begin.click()
    lab.wait_for_page("calibration_canvas")  # whose window is the active one now
    qtbot.waitUntil(lambda: not begin.isEnabled())
    focused = lab.window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "operator_console"


def test_who_has_not_agreed_yet_or_declines_can_be_stopped(lab: Lab, qtbot: QtBot) -> None:
    lab.unlock()
    lab.start_session()
    lab.press("start", lab.participant)
    qtbot.waitUntil(lambda: lab.says("reads the consent"))
    lab.press("operator_stop")
    qtbot.waitUntil(lambda: lab.window.page == "operator_start")
    lab.start_session()
    lab.press("start", lab.participant)
    lab.press("decline", lab.participant)
    qtbot.waitUntil(lambda: lab.says("does not want to take part"))
    lab.press("operator_stop")
    qtbot.waitUntil(lambda: lab.window.page == "operator_start")


def test_of_a_session_that_is_over_no_window_is_left(lab: Lab, qtbot: QtBot) -> None:
    lab.come_to_set_up()
    lab.participant.close()
    qtbot.waitUntil(lambda: not any(isinstance(w, Window) for w in QApplication.allWidgets()))


def test_a_session_that_ends_while_the_window_is_locked_leaves_it_locked(lab: Lab) -> None:
    lab.unlock()
    lab.start_session()
    lab.press("lock")
    lab.participant.close()
    assert lab.window.page == "operator_pin"
    lab.unlock()
    assert lab.window.page == "operator_start"


def test_a_window_closed_during_calibration_can_be_opened_again_for_the_same_person(
    lab: Lab, tmp_path: Path
) -> None:
    lab.begin_calibration()
    lab.participant.close()
    lab.start_session()  # the same code: it goes on where it was
    lab.press("start", lab.participant)
    lab.wait_for_page("setup")
    (folder,) = list_sessions(tmp_path)
    results = recorded(folder, r.CalibrationResult)
    assert [c.decided_by for c in results] == ["participant"]


def test_a_pause_breaks_the_calibration_off_and_nobody_leads_on_from_afar(
    lab: Lab, qtbot: QtBot, tmp_path: Path
) -> None:
    lab.begin_calibration()
    lab.participant.pause_toggled.emit()
    lab.wait_for_page("paused")
    qtbot.waitUntil(lambda: lab.says("The participant has paused"))
    offered = {b.objectName() for b in lab.window.findChildren(QPushButton) if b.isEnabled()}
    assert offered == {"operator_stop", "lock", "unlock", "start_session"}
    for action in ("begin", "accept", "mend", "skip"):
        lab.desk._on_wanted(action)  # as if pressed before the window knew of the pause
    lab.wait_for_page("paused")
    lab.press("resume", lab.participant)
    lab.wait_for_page("calibration_intro")  # what was under way is begun again
    (folder,) = list_sessions(tmp_path)
    qtbot.wait(300)  # commits come every 100 ms
    marks = recorded(folder, r.Recording)
    (paused_ns,) = (m.t_ns for m in marks if m.source == "all" and not m.is_on)
    (result,) = recorded(folder, r.CalibrationResult)
    assert result.decided_by == "participant"
    assert result.t_ns <= paused_ns
    assert all(t.end_t_ns <= paused_ns for t in recorded(folder, r.CalibrationTarget))


def test_a_camera_lost_at_the_dots_leads_back_to_the_set_up(
    lab: Lab, qtbot: QtBot, tmp_path: Path
) -> None:
    lab.begin_calibration()
    eyes = lab.session.eyes
    qtbot.waitUntil(lambda: eyes._pipeline is not None, timeout=20_000)
    assert eyes._pipeline is not None
    eyes._pipeline.stop()
    eyes._lose(CameraLostError("The camera was unplugged."))
    lab.wait_for_page("setup")
    lab.press("operator_begin")
    lab.wait_for_page("calibration_intro")
    (folder,) = list_sessions(tmp_path)
    qtbot.wait(300)  # commits come every 100 ms
    (result,) = recorded(folder, r.CalibrationResult)
    assert result.decided_by == "study"


def test_a_camera_lost_at_the_result_is_started_again_for_more_dots(
    lab: Lab, qtbot: QtBot, tmp_path: Path
) -> None:
    lab.begin_calibration()
    lab.wait_for_page("calibration_result")
    eyes = lab.session.eyes
    assert eyes._pipeline is not None
    eyes._pipeline.stop()
    eyes._lose(CameraLostError("The camera was unplugged."))
    lab.wait_for_page("calibration_result")  # it may still be accepted
    qtbot.wait(300)  # the desk has seen that the camera is gone
    lab.press("operator_begin")
    lab.wait_for_page("calibration_canvas")
    lab.wait_for_page("calibration_result")
    (folder,) = list_sessions(tmp_path)
    qtbot.wait(300)  # commits come every 100 ms
    again = [t for t in recorded(folder, r.CalibrationTarget) if t.attempt == 2]
    assert any(t.is_seen for t in again)


def test_what_was_written_at_the_end_outlives_a_calibration(lab: Lab) -> None:
    lab.come_to_set_up()
    lab.go_to(Step.FEEDBACK)
    lab.wait_for_page("feedback")
    (field,) = lab.participant.findChildren(QPlainTextEdit, "feedback")
    field.setPlainText("I would say")
    lab.press("operator_begin")
    lab.wait_for_page("calibration_intro")
    lab.press("operator_skip")
    lab.wait_for_page("feedback")
    shown = lab.participant.findChildren(QPlainTextEdit, "feedback")
    assert [f.toPlainText() for f in shown if f.isVisible()] == ["I would say"]


def talk_with_dot(lab: Lab) -> TalkPart:
    """A participant who has been calibrated, with a dot to look at."""
    lab.begin_calibration()
    lab.wait_for_page("calibration_result")
    lab.press("operator_accept")
    lab.wait_for_page("question")
    talk = lab.application._part
    assert isinstance(talk, TalkPart)
    talk.dot.begin()
    assert talk.dot.is_shown
    return talk


def test_a_calibration_in_the_middle_of_a_dot_has_the_eyes_for_itself(
    lab: Lab, qtbot: QtBot, tmp_path: Path
) -> None:
    talk = talk_with_dot(lab)
    lab.press("operator_begin")
    lab.wait_for_page("calibration_intro")
    assert not talk.dot.is_shown
    lab.press("operator_begin")
    lab.wait_for_page("calibration_result")
    (folder,) = list_sessions(tmp_path)
    qtbot.wait(300)  # commits come every 100 ms
    targets = recorded(folder, r.CalibrationTarget)
    assert all(t.valid_samples > 0 for t in targets)
    checks = recorded(folder, r.GazeCheck)
    assert "dot" not in [c.kind for c in checks]


def test_a_dot_goes_when_the_participant_pauses_or_asks(lab: Lab) -> None:
    talk = talk_with_dot(lab)
    lab.participant.pause_toggled.emit()
    lab.press("resume", lab.participant)
    assert not talk.dot.is_shown
    talk.dot.begin()
    talk.page.asked.emit("What is a dot?", "")
    assert not talk.dot.is_shown


def test_a_calibration_alone_leaves_an_interrupted_session_to_go_on_later(
    lab: Lab, short_study: Study, qapp: QApplication, tmp_path: Path
) -> None:
    lab.come_to_set_up()
    lab.participant.close()
    (folder,) = list_sessions(tmp_path)
    settings = Settings(data_dir=tmp_path, camera="portrait")
    options = RunOptions(read_person("3"), code="P-017", only_calibrates=True)
    alone = Application(short_study, settings, SystemClock(), options, Restyling(qapp))
    alone.open()
    lab.agree()  # asked anew
    lab.wait_for_page("setup")
    alone.close()
    assert unfinished_sessions(tmp_path)[0] == folder
    assert len(list_sessions(tmp_path)) == 2


def test_locking_hides_a_running_session_and_the_pin_brings_it_back(lab: Lab) -> None:
    lab.unlock()
    lab.start_session()
    assert lab.window.page == "operator_console"
    lab.press("lock")
    assert not lab.says("P-017")
    lab.unlock()
    assert lab.window.page == "operator_console"


def test_a_participant_who_closes_the_window_leaves_the_operator_at_the_start(
    lab: Lab, qtbot: QtBot
) -> None:
    lab.unlock()
    lab.start_session()
    lab.participant.close()
    qtbot.waitUntil(lambda: lab.window.page == "operator_start")
    lab.start_session("P-018")
    assert lab.says("Participant P-018")
