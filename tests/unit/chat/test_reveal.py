from hypothesis import given
from hypothesis import strategies as st

from tracker_app.chat.conversation import AnswerState, Conversation, ConversationTurn
from tracker_app.chat.reveal import Reveal, RevealMode

S = 1_000_000_000


def _turn(left: str, right: str, *, is_complete: bool = False) -> ConversationTurn:
    turn = Conversation((1, 2)).begin("Why?")
    for side, text in ((1, left), (2, right)):
        turn.answers[side].text, turn.answers[side].message_id = text, f"t0s{side}a1"
        if is_complete:
            turn.answers[side].state = AnswerState.COMPLETE
    return turn


def _texts(reveal: Reveal, turn: ConversationTurn, now_ns: int = 0) -> list[str]:
    return [shown.text for shown in reveal.shown(turn, now_ns).values()]


def test_whole_answers_come_into_view_together_once_both_are_complete() -> None:
    reveal, turn = Reveal(RevealMode.WHOLE, 5), _turn("left", "ri")
    turn.answers[1].state = AnswerState.COMPLETE
    assert _texts(reveal, turn) == ["", ""]
    turn.answers[2].text, turn.answers[2].state = "right", AnswerState.COMPLETE
    shown = reveal.shown(turn, 0)
    assert [(s.text, s.is_growing) for s in shown.values()] == [("left", False), ("right", False)]


def test_streamed_answers_come_into_view_together_once_both_have_begun() -> None:
    reveal, turn = Reveal(RevealMode.STREAM, 5), _turn("left so far", "")
    assert _texts(reveal, turn) == ["", ""]
    turn.answers[2].text = "r"
    assert _texts(reveal, turn) == ["left so far", "r"]
    turn.answers[2].text = ""  # it is asked for again: the other one stays in view
    assert _texts(reveal, turn) == ["left so far", ""]


def test_paced_answers_grow_by_the_same_number_of_words() -> None:
    reveal = Reveal(RevealMode.PACED, words_per_s=2)
    turn = _turn("one two three four", "a b c d e f", is_complete=True)
    assert _texts(reveal, turn, 10 * S) == ["one ", "a "]
    assert _texts(reveal, turn, 11 * S) == ["one two three ", "a b c "]
    shown = reveal.shown(turn, 12 * S)
    assert (shown[1].text, shown[1].is_growing) == ("one two three four", False)
    assert (shown[2].text, shown[2].is_growing) == ("a b c d e ", True)
    assert _texts(reveal, turn, 13 * S)[1] == "a b c d e f"


@given(st.text(max_size=200), st.integers(0, 100 * S))
def test_what_is_shown_at_a_pace_is_always_a_beginning_and_in_the_end_all(
    text: str, after_ns: int
) -> None:
    reveal, turn = Reveal(RevealMode.PACED, 3), _turn(text, text, is_complete=True)
    reveal.shown(turn, 0)
    assert text.startswith(_texts(reveal, turn, after_ns)[0])
    assert _texts(reveal, turn, 1000 * S) == [text, text]


def test_the_next_turn_begins_with_nothing_again() -> None:
    conversation = Conversation((1,))
    reveal = Reveal(RevealMode.WHOLE, 5)
    first = conversation.begin("One?")
    first.answers[1].text, first.answers[1].state = "yes", AnswerState.COMPLETE
    assert _texts(reveal, first) == ["yes"]
    assert _texts(reveal, conversation.begin("Two?")) == [""]


def test_while_nobody_sees_them_paced_answers_do_not_go_on() -> None:
    reveal = Reveal(RevealMode.PACED, 1.0)
    turn = _turn("one two three four", "five six seven eight", is_complete=True)
    assert _texts(reveal, turn, 0) == ["one ", "five "]
    reveal.hold(1_000_000_000)
    reveal.hold(9_000_000_000)
    assert _texts(reveal, turn, 60_000_000_000) == ["one two ", "five six "]
    assert _texts(reveal, turn, 61_000_000_000) == ["one two three ", "five six seven "]
