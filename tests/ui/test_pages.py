import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.shown_talk import show_turn
from tests.shown_widgets import button, texts
from tracker_app.chat.conversation import AnswerState, Conversation
from tracker_app.study.lots import JudgementOrder
from tracker_app.study.study import Study
from tracker_app.ui.message_view import MeasuredLayout
from tracker_app.ui.talk_page import QUESTION_SHOWN_HEIGHT, TalkPage


@pytest.fixture
def talk_page(qtbot: QtBot, study: Study) -> TalkPage:
    page = TalkPage(study, JudgementOrder(False, (1, 2)))
    qtbot.addWidget(page)
    page.resize(1200, 760)
    page.show()
    return page


def test_an_empty_question_cannot_be_sent(qtbot: QtBot, talk_page: TalkPage) -> None:
    show_turn(talk_page, None, 0)
    box = talk_page.findChild(QPlainTextEdit, "question")
    assert box is not None
    box.setPlainText("   \n ")
    assert not button(talk_page, "send").isEnabled()
    with qtbot.assertNotEmitted(talk_page.asked):
        qtbot.keyClick(box, Qt.Key.Key_Return)


def test_enter_asks_and_shift_enter_breaks_the_line(qtbot: QtBot, talk_page: TalkPage) -> None:
    show_turn(talk_page, None, 0)
    box = talk_page.findChild(QPlainTextEdit, "question")
    assert box is not None
    qtbot.keyClicks(box, "one")
    qtbot.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(box, "two")
    with qtbot.waitSignal(talk_page.asked) as caught:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert caught.args == ["one\ntwo", ""]


def test_ratings_appear_only_when_both_answers_are_complete(talk_page: TalkPage) -> None:
    turn = Conversation((1, 2)).begin("Why?")
    turn.answers[1].state = AnswerState.COMPLETE
    show_turn(talk_page, turn, 0)
    assert not button(talk_page, "rate_1_1").isVisible()
    turn.answers[2].state = AnswerState.COMPLETE
    show_turn(talk_page, turn, 0)
    assert button(talk_page, "rate_1_1").isVisible()


def test_a_failed_answer_says_why_and_offers_another_try(qtbot: QtBot, talk_page: TalkPage) -> None:
    turn = Conversation((1, 2)).begin("Why?")
    turn.answers[2].state, turn.answers[2].failure = AnswerState.FAILED, "The model is busy."
    show_turn(talk_page, turn, 0)
    assert "The model is busy." in texts(talk_page)
    with qtbot.waitSignal(talk_page.retried) as caught:
        button(talk_page, "retry_2").click()
    assert caught.args == [2]


def test_the_answers_keep_their_place_from_question_to_rating(
    qtbot: QtBot, talk_page: TalkPage
) -> None:
    turn = Conversation((1, 2)).begin("Why?")
    heights = set()
    for state in AnswerState:
        for answer in turn.answers.values():
            answer.state = state
        show_turn(talk_page, turn, 0)
        qtbot.wait(1)
        heights.add(talk_page.views[1].height() if state is not AnswerState.FAILED else None)
    assert len(heights - {None}) == 1


def test_the_talk_can_end_only_after_the_required_turns(talk_page: TalkPage) -> None:
    end = button(talk_page, "end_talk")
    show_turn(talk_page, None, 1)
    assert not end.isVisible()
    show_turn(talk_page, None, 2)
    assert end.isVisible()


def test_the_question_asked_is_a_message_like_the_answers(
    qtbot: QtBot, talk_page: TalkPage
) -> None:
    measured: list[MeasuredLayout] = []
    for view in talk_page.views:
        view.layout_measured.connect(measured.append)
    conversation = Conversation((1, 2))
    turn = conversation.begin("Why is the sky blue?\n" * 40)
    turn.answers[1].message_id, turn.answers[1].text = "t0s1a1", "Because of **air**."
    show_turn(talk_page, turn, 0)
    qtbot.waitUntil(lambda: {m.message_id for m in measured} >= {"t0q", "t0s1a1"})
    question = talk_page.views[0]
    assert question.isVisible()
    assert question.height() <= QUESTION_SHOWN_HEIGHT
    assert question.verticalScrollBar().maximum() > 0
    assert question.rendering.text == turn.question


def test_before_the_first_question_there_is_an_invitation(talk_page: TalkPage) -> None:
    talk_page.begin(None)
    show_turn(talk_page, None, 0)
    assert not talk_page.views[0].isVisible()
    assert "Ask anything" in texts(talk_page)


def test_a_single_answer_can_be_compared_from_the_second_turn_on(
    qtbot: QtBot, study: Study
) -> None:
    rules = study.talk.model_copy(update={"mode": "single"})
    page = TalkPage(study.model_copy(update={"talk": rules}), JudgementOrder(False, (1,)))
    qtbot.addWidget(page)
    page.show()
    conversation = Conversation((1,))
    for number in range(2):
        turn = conversation.begin("Why?")
        turn.answers[1].state = AnswerState.COMPLETE
        show_turn(page, turn, number)
        assert button(page, "compare_1").isVisible() is (number == 1)
        turn.is_rated = True
    with qtbot.waitSignal(page.compared) as caught:
        button(page, "compare_2").click()
    assert caught.args == [False]


def test_an_answer_that_was_cut_says_so_beside_its_text(talk_page: TalkPage) -> None:
    conversation = Conversation((1, 2))
    turn = conversation.begin("Why?")
    for answer in turn.answers.values():
        answer.state, answer.text = AnswerState.COMPLETE, "Because"
        answer.message_id = f"a{answer.side}"
    turn.answers[2].is_cut = True
    show_turn(talk_page, turn, 0)
    notes = {n: talk_page.findChild(QWidget, f"cut_{n}") for n in (1, 2)}
    assert [note.isVisible() for note in notes.values() if note] == [False, True]
    assert texts(talk_page).count("This answer was cut off here.") == 1
    assert talk_page.views[2].rendering.text == "Because"
    turn.answers[2].is_cut = False
    show_turn(talk_page, turn, 0)
    assert [note.isVisible() for note in notes.values() if note] == [False, False]


def test_a_question_that_is_too_long_is_held_back_with_a_sentence(talk_page: TalkPage) -> None:
    show_turn(talk_page, None, 0)
    box = talk_page.findChild(QPlainTextEdit, "question")
    note = talk_page.findChild(QWidget, "question_limit")
    assert isinstance(box, QPlainTextEdit)
    assert note is not None
    assert not note.isVisible()
    box.setPlainText("why " * 25_000)
    assert len(box.toPlainText()) == 4000
    assert note.isVisible()
    assert "A question can be at most 4,000 characters long." in texts(talk_page)
    box.setPlainText("why")
    assert not note.isVisible()
