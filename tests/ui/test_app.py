"""The whole application offscreen: what it records of itself, from when, and with whose leave."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tracker_app import records as r
from tracker_app.clock import SystemClock
from tracker_app.codec import Entry
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_entries
from tracker_app.session import Session
from tracker_app.session.presence import Presence
from tracker_app.settings import Settings
from tracker_app.simulation.cast import read_person
from tracker_app.study.reading import parse_study
from tracker_app.study.study import (
    Access,
    AssignmentRules,
    ModelSpec,
    ProviderKind,
    Question,
    Questionnaire,
    RecordingRules,
    Study,
)
from tracker_app.ui.application import Application, RunOptions
from tracker_app.ui.restyling import Restyling
from tracker_app.ui.window import Window

PARTICIPANT = RunOptions()
_R = TypeVar("_R", bound=r.Record)
GAZE = '[[consent.ticks]]\nid = "gaze"\nlabel = "Record where on the screen I look"\n'


@pytest.fixture
def mouse_study() -> Study:
    """Without a camera, so that the talk follows the consent; the mouse is optional."""
    text = files("tracker_app.study").joinpath("demo.toml").read_text("utf-8")
    assert GAZE in text
    before, _, rest = text.partition('[[consent.ticks]]\nid = "eye_features"')
    text = before + rest[rest.index("[calibration]") :]
    text = text.replace("[completion]\n", '[completion]\nleft = "LEFT-1"\n')
    text = text.replace(GAZE, "").replace('"embedded"', '"scripted"\nanswers = ["Yes."]')
    text = text.replace('mouse in this window"\n', 'mouse in this window"\nrequired = false\n')
    return parse_study(text.encode(), "mouse")


class Visit:
    """A participant at the application."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self._qtbot = qtbot
        self.folder = folder
        shown = (w for w in QApplication.topLevelWidgets() if w.isVisible())
        (self.window,) = (w for w in shown if isinstance(w, Window))
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def find(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget)
        return found

    def click(self, name: str) -> None:
        element = self.find(name)
        assert isinstance(element, QAbstractButton)
        element.click()

    def agree(self, *ticks: str) -> None:
        self.click("start")
        for tick in ticks:
            self.click(f"tick_{tick}")
        self.click("agree")
        self._qtbot.waitUntil(lambda: self.page == "talk")
        self._qtbot.waitUntil(self.find("question").isVisible)

    @property
    def page(self) -> str:
        shown = self.window.page
        return shown.objectName() if shown is not None else ""

    def texts(self) -> list[str]:
        """What can be read on the page."""
        found = [label.text() for label in self.window.findChildren(QLabel) if label.isVisible()]
        views = [v for v in self.window.findChildren(QTextEdit) if v.isVisible()]
        return found + [view.toPlainText() for view in views]

    def ask(self, question: str) -> None:
        box = self.find("question")
        assert isinstance(box, QPlainTextEdit)
        box.setPlainText(question)
        self.click("send")

    def enter_code(self, code: str) -> None:
        field = self.find("code_field")
        assert isinstance(field, QLineEdit)
        field.setText(code)
        self.click("enter_code")

    def go_to(self, name: str) -> None:
        self.find(name).setFocus()
        self._qtbot.waitUntil(self.find(name).hasFocus)


Visits = Callable[..., Visit]


@pytest.fixture
def visits(
    qtbot: QtBot,
    qapp: QApplication,
    mouse_study: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Visits]:
    """One visit after the other, to the same study in the same data folder."""
    # There is no mouse to capture without a display, and nobody to read that there is none.
    monkeypatch.setattr(QMessageBox, "warning", lambda *_: None)
    monkeypatch.delenv("DISPLAY", raising=False)
    open_: list[tuple[Application, Visit]] = []

    def end() -> None:
        for application, visit in open_:
            visit.window.close()
            application.close()
        open_.clear()

    def begin(
        study: Study = mouse_study, server: str | None = None, options: RunOptions = PARTICIPANT
    ) -> Visit:
        end()
        settings = Settings(data_dir=tmp_path, server_url=server, server_code="code")
        application = Application(study, settings, SystemClock(), options, Restyling(qapp))
        application.open()
        open_.append((application, Visit(qtbot, tmp_path)))
        return open_[0][1]

    yield begin
    end()


@pytest.fixture
def visit(visits: Visits) -> Visit:
    return visits()


@pytest.fixture
def recorded(visit: Visit, qtbot: QtBot) -> Callable[[], list[Entry]]:
    """What the session holds, once it is written."""

    def read() -> list[Entry]:
        (folder,) = list_sessions(visit.folder)
        qtbot.wait(300)  # commits come every 100 ms
        return read_entries(folder)

    return read


def _of(entries: list[Entry], kind: type[_R]) -> list[_R]:
    return [entry.record for entry in entries if isinstance(entry.record, kind)]


def test_before_the_consent_nothing_is_recorded(visit: Visit) -> None:
    visit.click("start")
    visit.go_to("tick_text")
    visit.window.move(50, 50)
    assert list_sessions(visit.folder) == []


def test_a_session_begins_with_its_surroundings(
    visit: Visit, recorded: Callable[[], list[Entry]]
) -> None:
    visit.agree("text")
    entries = recorded()
    assert len(_of(entries, r.Monitor)) == 1
    assert len(_of(entries, r.Appearance)) == 1
    assert _of(entries, r.Window)[0].width_px == visit.window.width()


def test_elements_are_recorded_with_the_mouse_and_not_while_paused(
    visit: Visit, recorded: Callable[[], list[Entry]]
) -> None:
    visit.agree("text", "mouse")
    visit.go_to("question")
    visit.window.pause_toggled.emit()
    visit.go_to("resume")
    visit.go_to("pause")
    visit.click("resume")
    visit.go_to("question")
    entries = recorded()
    elements = _of(entries, r.ElementEvent)
    focused = [e.element for e in elements if e.kind is r.ElementKind.FOCUS_IN]
    assert "question" in focused
    assert "resume" not in focused
    paused, resumed = (s.t_ns for s in _of(entries, r.Recording) if s.source == "all")
    assert not [e for e in elements if paused < e.t_ns < resumed]
    assert [e for e in elements if e.t_ns > resumed]
    assert not {e.element for e in elements} & {"start", "agree", "tick_text", "consent"}


def test_without_the_mouse_no_element_is_recorded(
    visit: Visit, recorded: Callable[[], list[Entry]]
) -> None:
    visit.agree("text")
    visit.go_to("question")
    visit.go_to("pause")
    assert _of(recorded(), r.ElementEvent) == []


def test_answers_are_judged_only_after_the_time_the_study_wants(visit: Visit, qtbot: QtBot) -> None:
    visit.agree("text")
    visit.ask("Why?")
    rating = visit.find("rate_1_1")
    qtbot.waitUntil(lambda: "Yes." in visit.texts(), timeout=5_000)
    assert not rating.isVisible()
    qtbot.waitUntil(rating.isVisible, timeout=5_000)


def test_who_asks_for_the_way_out_may_stay(
    visit: Visit, recorded: Callable[[], list[Entry]]
) -> None:
    visit.agree("text")
    visit.click("stop")
    assert visit.page == "leave"
    visit.click("stay")
    assert visit.page == "talk"
    steps = [(s.step, s.event) for s in _of(recorded(), r.FlowStep)][-2:]
    assert steps == [("paused", "paused"), ("talk", "resumed")]


def test_who_stops_keeps_what_was_recorded_and_is_thanked(
    visit: Visit, recorded: Callable[[], list[Entry]]
) -> None:
    visit.agree("text")
    visit.click("stop")
    visit.click("leave_here")
    assert visit.page == "thanks"
    (end,) = _of(recorded(), r.SessionEnd)
    assert end.reason == "left"


def test_who_withdraws_leaves_nothing_but_a_receipt(visit: Visit, qtbot: QtBot) -> None:
    visit.agree("text")
    visit.ask("A question that nobody is to read?")
    (folder,) = list_sessions(visit.folder)
    visit.click("stop")
    visit.click("withdraw")
    visit.click("withdraw_confirm")
    qtbot.waitUntil(lambda: visit.page == "withdrawn")
    assert not folder.exists()
    left = [path for path in visit.folder.rglob("*") if path.is_file()]
    (receipt,) = (path for path in left if path.suffix == ".txt")
    assert receipt.parent.name == "receipts"
    assert "LEFT-1" in receipt.read_text("utf-8")
    assert not any(b"nobody is to read" in path.read_bytes() for path in left)


def test_an_absence_pauses_and_says_why(
    visit: Visit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.agree("text")
    monkeypatch.setattr(Presence, "is_away", lambda *_, **__: True)
    qtbot.waitUntil(lambda: visit.page == "paused", timeout=3_000)
    monkeypatch.undo()
    assert any("You were away" in text for text in visit.texts())
    visit.click("resume")
    assert visit.page == "talk"


def test_questions_that_leave_the_computer_are_told_of(mouse_study: Study) -> None:
    assert not mouse_study.asks_far_models
    near, far = (
        ModelSpec(id="m", provider=ProviderKind.OPENAI, endpoint=f"{place}/v1", model="m")
        for place in ("http://127.0.0.1:8080", "https://api.example.org")
    )
    assert not mouse_study.model_copy(update={"models": [near]}).asks_far_models
    assert mouse_study.model_copy(update={"models": [near, far]}).asks_far_models


def test_an_answer_may_end_the_study_before_the_talk(
    visits: Visits, mouse_study: Study, qtbot: QtBot
) -> None:
    asked = Question(
        id="chats", label="Do you chat?", kind="choice", options=["Yes", "No"], screens_out=["No"]
    )
    questionnaire = Questionnaire(when="before", questions=[asked])
    assert not questionnaire.is_screened_out({"chats": "Yes"})
    visit = visits(mouse_study.model_copy(update={"questionnaire": questionnaire}))
    visit.click("start")
    visit.click("tick_text")
    visit.click("agree")
    qtbot.waitUntil(lambda: visit.page == "questionnaire")
    visit.click("chats_1")
    visit.click("questionnaire_done")
    assert visit.page == "thanks"
    assert any("looks for other people" in text for text in visit.texts())


def test_what_is_recorded_is_said_as_soon_as_it_is_agreed_to(visit: Visit) -> None:
    visit.agree("text")
    assert "Recording your answers" in visit.texts()


def test_the_privacy_page_says_what_is_kept_and_leads_back(visit: Visit) -> None:
    visit.agree("text", "mouse")
    visit.click("show_cockpit")
    assert visit.page == "cockpit"
    told = visit.texts()
    assert "Nothing leaves this computer." in told
    assert str(visit.folder) in "".join(told).replace("\u200b", "")
    visit.click("close_cockpit")
    assert visit.page == "talk"


def test_while_a_place_is_asked_for_nothing_can_be_pressed(visit: Visit) -> None:
    visit.click("start")
    visit.click("tick_text")
    visit.click("agree")
    assert "One moment…" in visit.texts()
    assert not any(visit.find(name).isEnabled() for name in ("agree", "decline", "tick_text"))


def test_where_the_study_is_full_nothing_is_written(
    visits: Visits, mouse_study: Study, qtbot: QtBot
) -> None:
    study = mouse_study.model_copy(update={"assignment": AssignmentRules(sessions_per_pair=1)})
    visits(study).agree("text")
    other = visits(study, options=RunOptions(code="P-2"))  # who does not go on with the first
    other.click("start")
    other.click("tick_text")
    other.click("agree")
    qtbot.waitUntil(lambda: other.page == "welcome")
    assert any("all the people it needs" in text for text in other.texts())
    assert other.find("close").isVisible()
    assert len(list_sessions(other.folder)) == 1


def test_without_an_answer_of_the_server_the_place_is_drawn_here(
    visits: Visits, qtbot: QtBot
) -> None:
    visit = visits(server="http://127.0.0.1:9")
    visit.agree("text")
    (folder,) = list_sessions(visit.folder)
    qtbot.wait(300)  # commits come every 100 ms
    (assignment,) = _of(read_entries(folder), r.Assignment)
    assert assignment.source == "computer"
    assert assignment.why_not_server == "The server cannot be reached."


def test_who_only_calibrates_takes_no_place(visits: Visits, qtbot: QtBot) -> None:
    visit = visits(options=RunOptions(only_calibrates=True))
    visit.click("start")
    visit.click("tick_text")
    visit.click("agree")
    assert visit.page == "thanks"
    (folder,) = list_sessions(visit.folder)
    qtbot.wait(300)  # commits come every 100 ms
    entries = read_entries(folder)
    assert [end.reason for end in _of(entries, r.SessionEnd)] == ["calibrated"]
    assert _of(entries, r.Assignment) == []


def test_a_window_closed_while_a_place_is_asked_for_leaves_nothing(
    visits: Visits, qtbot: QtBot
) -> None:
    visit = visits()
    visit.click("start")
    visit.click("tick_text")
    visit.click("agree")
    again = visits()
    qtbot.wait(300)
    assert list_sessions(again.folder) == []


def test_who_was_interrupted_and_enters_the_code_again_goes_on(
    visits: Visits, mouse_study: Study
) -> None:
    study = mouse_study.model_copy(update={"access": Access(entry="code")})
    first = visits(study)
    first.enter_code("P-1")
    first.agree("text")
    again = visits(study)
    again.enter_code("p-1")
    again.click("start")
    assert again.page == "talk"
    assert len(list_sessions(again.folder)) == 1


def test_simulated_eyes_never_go_on_with_a_persons_session(visits: Visits) -> None:
    visits().agree("text")
    simulated = visits(options=RunOptions(read_person("1")))
    simulated.click("start")
    assert simulated.page == "consent"
    person = visits()
    person.click("start")
    assert person.page == "talk"


def test_the_review_is_not_stopped_but_ended_by_its_own_buttons(
    visits: Visits, mouse_study: Study
) -> None:
    visit = visits(_reviewed(mouse_study))
    visit.agree("text")
    visit.click("stop")
    visit.click("leave_here")
    assert visit.page == "review"
    visit.click("stop")
    assert not visit.find("leave_here").isVisible()
    assert visit.find("withdraw").isVisible()
    visit.click("stay")
    assert visit.page == "review"


def test_what_was_to_be_sent_is_sent_when_the_program_ended_in_between(
    visits: Visits, mouse_study: Study, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(Session, "finish", lambda *_: None)  # as on a full disk
    study, nowhere = _reviewed(mouse_study), "http://127.0.0.1:9"
    first = visits(study, nowhere)
    first.agree("text")
    first.click("stop")
    first.click("leave_here")
    qtbot.waitUntil(first.find("send_all").isEnabled)
    first.click("send_all")
    assert first.page == "thanks"
    again = visits(study, nowhere)
    again.click("start")
    assert again.page == "thanks"
    said = [label.text() for label in again.window.findChildren(QLabel)]
    assert "Everything stays on this computer." not in said


def _reviewed(study: Study) -> Study:
    return study.model_copy(update={"recording": RecordingRules(upload="after_review")})
