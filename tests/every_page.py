"""Every page of the interface, filled with what may stand on it."""

from collections.abc import Callable
from typing import cast

from PySide6.QtWidgets import QWidget

from calibration.geometry import Screen
from calibration.looks import Use
from calibration.outcome import CalibrationOutcome, TargetError, TargetResult
from calibration.regression import GazeModel
from tests.shown_talk import show_turn
from tracker_app.capture.preflight import NOTHING_SEEN, check_view
from tracker_app.chat.conversation import AnswerState, Conversation
from tracker_app.chat.rendering import render_plain
from tracker_app.errors import CameraLostError
from tracker_app.records import CalibrationKind
from tracker_app.session.eyes import Attempt
from tracker_app.study.flow import Step
from tracker_app.study.gate import Choices
from tracker_app.study.lots import JudgementOrder
from tracker_app.study.study import AfterTalk, Completion, Instruction, Question, Study, Topic
from tracker_app.ui.calibration_page import CalibrationPage
from tracker_app.ui.calibration_words import does_not_fit, invitation, verdict, welcome_back
from tracker_app.ui.cockpit_panel import CockpitState, PrivacyCockpit
from tracker_app.ui.code_page import CodePage
from tracker_app.ui.consent_page import ConsentPage
from tracker_app.ui.form_page import FormPage
from tracker_app.ui.form_parts import form_page
from tracker_app.ui.instructions_page import InstructionsPage
from tracker_app.ui.key_sentence_page import KeySentencePage
from tracker_app.ui.leave_panel import LeavePanel
from tracker_app.ui.page import Page
from tracker_app.ui.review_page import ReviewPage
from tracker_app.ui.review_timeline import TimelineItem
from tracker_app.ui.setup_page import SetupPage
from tracker_app.ui.simple_pages import DeclinedPage, WelcomePage
from tracker_app.ui.talk_page import TalkPage
from tracker_app.ui.texts import tr
from tracker_app.ui.thanks_page import ThanksPage, WithdrawnPage
from tracker_app.ui.topic_page import TopicPage
from tracker_app.ui.window import PausePage
from tracker_app.wording import tr as sentence

QUESTIONS = [
    Question(id="age", label="How old are you?", kind="number", low=18, high=99),
    Question(id="degree", label="Your degree?", kind="choice", options=["None", "A master's"]),
    Question(id="land", label="Where?", kind="choice", options=list("ABCDEFG"), required=False),
    Question(id="often", label="How often?", kind="scale", high=11, low_label="never"),
    Question(id="note", label="Anything else?", kind="text", required=False),
]


def _cockpit(_: Study) -> Page:
    page = PrivacyCockpit()
    rows = tuple((f"14:05:{i}", "The mouse moved.") for i in range(10, 20))
    page.show_state(CockpitState("on", "off", ("Gaze.",), "/home/p/" + "long/" * 20, rows=rows))
    return page


def _review(_: Study) -> Page:
    page = ReviewPage()
    page.show_items(
        [
            TimelineItem(f"t{i}", "Why? " * 20, "14:05", "1 min", "gaze", "turn", i, True)
            for i in range(6)
        ]
    )
    return page


def _thanks(study: Study) -> Page:
    codes = Completion(complete="C-1", redirect_url="https://a-long-name.of.a.host.example/")
    page = ThanksPage(study.model_copy(update={"completion": codes}))
    page.thank("finished", "7f3a9c20d1e84b6a")
    page.show_upload(1, 2, tr("Sending your data."), is_done=False)
    return page


def _topics(_: Study) -> Page:
    return TopicPage([Topic(id=f"t{i}", title="Sleep", text="How much?") for i in range(5)])


def _summary(study: Study) -> Page:
    after = AfterTalk(summary=True, summary_min_characters=9)
    return form_page(study.model_copy(update={"after": after}), Step.SUMMARY, "")


PAGES: dict[str, Callable[[Study], Page]] = {
    "code": lambda _: CodePage(),
    "welcome": lambda study: WelcomePage(study, is_resumed=True),
    "consent": ConsentPage,
    "declined": lambda _: DeclinedPage(),
    "instructions": lambda _: InstructionsPage(
        [Instruction(title="Ask us", text="See [this](https://example.org). " + "So. " * 99)] * 2
    ),
    "setup": lambda _: SetupPage(),
    "topic": _topics,
    "questionnaire": lambda _: FormPage("questionnaire", "You", QUESTIONS),
    "knowledge_before": lambda study: form_page(study, Step.KNOWLEDGE_BEFORE, "sleep"),
    "knowledge_after": lambda study: form_page(study, Step.KNOWLEDGE_AFTER, "sleep"),
    "summary": _summary,
    "key_sentence": lambda _: KeySentencePage("Why?", render_plain("Because. " * 300)),
    "feedback": lambda study: form_page(study, Step.FEEDBACK, ""),
    "review": _review,
    "thanks": _thanks,
    "withdrawn": lambda study: WithdrawnPage(study, "/home/p/receipt.txt"),
    "leave": LeavePanel,
    "cockpit": _cockpit,
    "paused": lambda _: PausePage(),
}


# --- pages with states of their own ---------------------------------------------------------------

SCREEN = Screen(0, 0, 1280, 720)
NO_PICTURES = sentence(
    "The camera {number} stopped sending pictures. Check its cable, then press Try again.",
    number="0",
)


def _talk(study: Study, state: AnswerState | None, sides: tuple[int, ...] = (1, 2)) -> QWidget:
    """A talk before its first question, or with its answers in a state."""
    mode = "pairwise" if len(sides) == 2 else "single"
    rules = study.talk.model_copy(update={"mode": mode})
    order = JudgementOrder(is_choice_first=False, sides=sides)
    page = TalkPage(study.model_copy(update={"talk": rules}), order)
    page.begin(Topic(id="tides", title="Tides", text="", openers=["Why?", "When?"]))
    if state is None:
        show_turn(page, None, 0)
        return page
    turn = Conversation(sides).begin("Why are there tides?")
    turn.is_first = False
    for answer in turn.answers.values():
        answer.state, answer.message_id, answer.text = state, f"a{answer.side}", "The moon. " * 60
        answer.failure = sentence("The language model is busy. Wait a moment, then try again.")
    show_turn(page, turn, 1)
    return page


def _invited(text: tuple[str, list[str]]) -> QWidget:
    page = CalibrationPage()
    page.name_skip(tr("Use the mouse only"))
    page.invite(*text)
    return page


def _judged(study: Study, choices: Choices, *, error_deg: float | None) -> QWidget:
    """The result of a calibration, with two good points, one weak and one that was not seen."""
    page = CalibrationPage()
    page.name_skip(tr("Use the mouse only"))
    targets = tuple(
        TargetResult(
            number=i,
            use=Use.VALIDATE,
            x_px=x,
            y_px=y,
            begin_ns=0,
            settled_ns=1,
            end_ns=2,
            samples=20,
            valid_samples=20 if error else 2,
            is_seen=error is not None,
            error=TargetError(50, error, 0.2, 2.1, None, None, None, None) if error else None,
        )
        for i, (x, y, error) in enumerate(
            [(100, 60, 1.4), (640, 360, 1.2), (1200, 60, 9.0), (100, 700, None)]
        )
    )
    outcome = None
    if error_deg is not None:
        nobody = cast(GazeModel, None)
        outcome = CalibrationOutcome(
            nobody, SCREEN, targets, 58.0, error_deg, None, None, None, None
        )
    attempt = Attempt(1, CalibrationKind.NEW, targets, SCREEN, outcome, 5.0, None)
    page.show_verdict(verdict(attempt, study, choices, "", "", keeps_earlier=False))
    return page


def _coach(error: CameraLostError | None) -> QWidget:
    page = SetupPage()
    page.show_view(None, check_view(NOTHING_SEEN))
    if error is not None:
        page.show_problem(error.sentence)
    return page


STATES: dict[str, Callable[[Study], QWidget]] = {
    "talk_before": lambda study: _talk(study, None),
    "talk_waiting": lambda study: _talk(study, AnswerState.WAITING),
    "talk_judging": lambda study: _talk(study, AnswerState.COMPLETE),
    "talk_failed": lambda study: _talk(study, AnswerState.FAILED),
    "talk_single": lambda study: _talk(study, AnswerState.COMPLETE, (1,)),
    "calibration_intro": lambda study: _invited(invitation(study.calibration)),
    "calibration_again": lambda _: _invited(welcome_back()),
    "calibration_anew": lambda study: _invited(does_not_fit(study.calibration)),
    "calibration_good": lambda study: _judged(study, Choices(True, True), error_deg=1.4),
    "calibration_poor": lambda study: _judged(study, Choices(False, True), error_deg=7.4),
    "calibration_over": lambda study: _judged(study, Choices(False, False), error_deg=None),
    "setup_coach": lambda _: _coach(None),
    "setup_failed": lambda _: _coach(CameraLostError(NO_PICTURES)),
}
EVERYTHING: dict[str, Callable[[Study], QWidget]] = {**PAGES, **STATES}
