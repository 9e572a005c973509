import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tracker_app.chat.conversation import AnswerState, Conversation
from tracker_app.study.study import Study
from tracker_app.ui.judgement import JudgementPanel
from tracker_app.ui.message_view import MeasuredLayout
from tracker_app.ui.simple_pages import ConsentPage, FeedbackPage, ThanksPage, WelcomePage
from tracker_app.ui.talk_page import QUESTION_SHOWN_HEIGHT, TalkPage


def _button(page: QWidget, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def _texts(page: QWidget) -> str:
    return " ".join(child.text() for child in page.findChildren(QWidget) if hasattr(child, "text"))


@pytest.fixture
def talk_page(qtbot: QtBot, study: Study) -> TalkPage:
    page = TalkPage(study, (1, 2))
    qtbot.addWidget(page)
    page.resize(1200, 760)
    page.show()
    return page


def test_welcome_says_that_the_demonstration_model_is_small(qtbot: QtBot, study: Study) -> None:
    page = WelcomePage(study, is_resumed=False)
    qtbot.addWidget(page)
    assert "very small language model" in _texts(page)


def test_nothing_is_ticked_and_agreeing_needs_every_required_tick(
    qtbot: QtBot, study: Study
) -> None:
    page = ConsentPage(study)
    qtbot.addWidget(page)
    boxes = page.findChildren(QCheckBox)
    assert not any(box.isChecked() for box in boxes)
    agree = _button(page, "agree")
    for box in boxes:
        if "optional" not in box.text():
            assert not agree.isEnabled()
            box.setChecked(True)
    assert agree.isEnabled()
    with qtbot.waitSignal(page.agreed) as caught:
        agree.click()
    assert caught.args == [{"gaze": True, "mouse": True, "text": True, "eye_features": False}]


def test_declining_is_one_click(qtbot: QtBot, study: Study) -> None:
    page = ConsentPage(study)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.declined):
        _button(page, "decline").click()


def test_feedback_may_stay_empty(qtbot: QtBot) -> None:
    page = FeedbackPage()
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.finished) as caught:
        _button(page, "finish").click()
    assert caught.args == [""]


def test_thanks_shows_the_code_and_what_happens_to_the_data(qtbot: QtBot, study: Study) -> None:
    page = ThanksPage(study)
    qtbot.addWidget(page)
    page.thank("finished")
    page.show_upload(3, 10, "Sending your data: 3 of 10 parts.", is_done=False)
    assert "DEMO-2468" in _texts(page)
    assert "3 of 10" in _texts(page)


def test_who_could_not_be_calibrated_is_thanked_and_paid_where_the_study_says_so(
    qtbot: QtBot, study: Study
) -> None:
    paying = msgspec.structs.replace(
        study, calibration=msgspec.structs.replace(study.calibration, leaving_is_paid=True)
    )
    for each, has_code in ((study, False), (paying, True)):
        page = ThanksPage(each)
        qtbot.addWidget(page)
        page.thank("left")
        assert "stopped here, which is fine" in _texts(page)
        assert ("DEMO-2468" in _texts(page)) is has_code


def test_an_empty_question_cannot_be_sent(qtbot: QtBot, talk_page: TalkPage) -> None:
    talk_page.show_turn(None, 0)
    box = talk_page.findChild(QPlainTextEdit, "question")
    assert box is not None
    box.setPlainText("   \n ")
    assert not _button(talk_page, "send").isEnabled()
    with qtbot.assertNotEmitted(talk_page.asked):
        qtbot.keyClick(box, Qt.Key.Key_Return)


def test_enter_asks_and_shift_enter_breaks_the_line(qtbot: QtBot, talk_page: TalkPage) -> None:
    talk_page.show_turn(None, 0)
    box = talk_page.findChild(QPlainTextEdit, "question")
    assert box is not None
    qtbot.keyClicks(box, "one")
    qtbot.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(box, "two")
    with qtbot.waitSignal(talk_page.asked) as caught:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert caught.args == ["one\ntwo"]


def test_ratings_appear_only_when_both_answers_are_complete(talk_page: TalkPage) -> None:
    turn = Conversation((1, 2)).begin("Why?")
    turn.answers[1].state = AnswerState.COMPLETE
    talk_page.show_turn(turn, 0)
    assert not _button(talk_page, "rate_1_1").isVisible()
    turn.answers[2].state = AnswerState.COMPLETE
    talk_page.show_turn(turn, 0)
    assert _button(talk_page, "rate_1_1").isVisible()


def test_a_failed_answer_says_why_and_offers_another_try(qtbot: QtBot, talk_page: TalkPage) -> None:
    turn = Conversation((1, 2)).begin("Why?")
    turn.answers[2].state, turn.answers[2].failure = AnswerState.FAILED, "The model is busy."
    talk_page.show_turn(turn, 0)
    assert "The model is busy." in _texts(talk_page)
    with qtbot.waitSignal(talk_page.retried) as caught:
        _button(talk_page, "retry_2").click()
    assert caught.args == [2]


def test_the_answers_keep_their_place_from_question_to_rating(
    qtbot: QtBot, talk_page: TalkPage
) -> None:
    turn = Conversation((1, 2)).begin("Why?")
    heights = set()
    for state in AnswerState:
        for answer in turn.answers.values():
            answer.state = state
        talk_page.show_turn(turn, 0)
        qtbot.wait(1)
        heights.add(talk_page.views[1].height() if state is not AnswerState.FAILED else None)
    assert len(heights - {None}) == 1


def test_the_talk_can_end_only_after_the_required_turns(study: Study, talk_page: TalkPage) -> None:
    end = _button(talk_page, "end_talk")
    talk_page.show_turn(None, study.talk.min_turns - 1)
    assert not end.isVisible()
    talk_page.show_turn(None, study.talk.min_turns)
    assert end.isVisible()


def test_keys_rate_and_choose(qtbot: QtBot) -> None:
    panel = JudgementPanel((1, 2))
    qtbot.addWidget(panel)
    rated: list[tuple[int, int]] = []
    panel.rated.connect(lambda side, value: rated.append((side, value)))
    qtbot.keyClicks(panel, "42")
    with qtbot.waitSignal(panel.preferred) as caught:
        qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert rated == [(1, 4), (2, 2)]
    assert caught.args == [2]


def test_the_way_on_is_closed_until_everything_is_given(qtbot: QtBot) -> None:
    panel = JudgementPanel((1, 2))
    qtbot.addWidget(panel)
    panel.show_judgement({1: 3, 2: None}, 1, is_complete=False)
    assert not _button(panel, "next_turn").isEnabled()
    panel.show_judgement({1: 3, 2: 5}, 1, is_complete=True)
    assert _button(panel, "next_turn").isEnabled()


def test_the_question_asked_is_a_message_like_the_answers(
    qtbot: QtBot, talk_page: TalkPage
) -> None:
    measured: list[MeasuredLayout] = []
    for view in talk_page.views:
        view.layout_measured.connect(measured.append)
    conversation = Conversation((1, 2))
    turn = conversation.begin("Why is the sky blue?\n" * 40)
    turn.answers[1].message_id, turn.answers[1].text = "t0s1a1", "Because of **air**."
    talk_page.show_turn(turn, 0)
    qtbot.waitUntil(lambda: {m.message_id for m in measured} >= {"t0q", "t0s1a1"})
    question = talk_page.views[0]
    assert question.isVisible()
    assert question.height() <= QUESTION_SHOWN_HEIGHT
    assert question.verticalScrollBar().maximum() > 0
    assert question.rendering.text == turn.question


def test_before_the_first_question_there_is_an_invitation(talk_page: TalkPage) -> None:
    talk_page.show_turn(None, 0)
    assert not talk_page.views[0].isVisible()
    assert "Ask anything" in _texts(talk_page)


def test_an_answer_that_was_cut_says_so_beside_its_text(talk_page: TalkPage) -> None:
    conversation = Conversation((1, 2))
    turn = conversation.begin("Why?")
    for answer in turn.answers.values():
        answer.state, answer.text = AnswerState.COMPLETE, "Because"
        answer.message_id = f"a{answer.side}"
    turn.answers[2].is_cut = True
    talk_page.show_turn(turn, 0)
    notes = {n: talk_page.findChild(QWidget, f"cut_{n}") for n in (1, 2)}
    assert [note.isVisible() for note in notes.values() if note] == [False, True]
    assert _texts(talk_page).count("This answer was cut off here.") == 2  # one of them hidden
    assert talk_page.views[2].rendering.text == "Because"
    turn.answers[2].is_cut = False
    talk_page.show_turn(turn, 0)
    assert [note.isVisible() for note in notes.values() if note] == [False, False]


def test_a_question_that_is_too_long_is_held_back_with_a_sentence(talk_page: TalkPage) -> None:
    talk_page.show_turn(None, 0)
    box = talk_page.findChild(QPlainTextEdit, "question")
    note = talk_page.findChild(QWidget, "question_limit")
    assert isinstance(box, QPlainTextEdit)
    assert note is not None
    assert "A question can be at most 4,000 characters long." in _texts(talk_page)
    assert not note.isVisible()
    box.setPlainText("why " * 25_000)
    assert len(box.toPlainText()) == 4000
    assert note.isVisible()
    box.setPlainText("why")
    assert not note.isVisible()
