import pytest

from tests.fakes import FakeClock
from tracker_app.chat.answering import AnswerGrew
from tracker_app.chat.conversation import (
    AnswerState,
    ContextRule,
    Conversation,
    ConversationTurn,
    Required,
    Verdict,
    swapped,
)
from tracker_app.chat.talk import Talk
from tracker_app.records import Choice, Message, Record, Task, Turn, TurnRated


def _pair(
    conversation: Conversation, question: str, verdict: Verdict, *, repeats: int | None = None
) -> ConversationTurn:
    """A pair that was answered and judged."""
    turn = conversation.begin(question, repeats=repeats)
    for side, answer in turn.answers.items():
        answer.text, answer.state, answer.rating = f"{question} {side}", AnswerState.COMPLETE, 3
    turn.verdict, turn.is_rated = verdict, True
    return turn


def _told(conversation: Conversation, side: int) -> list[str]:
    conversation.begin("Next?")
    contents = [m["content"] for m in conversation.request_messages(side)]
    conversation.turns.pop()
    return contents


@pytest.mark.parametrize(
    ("rule", "left", "right"),
    [
        (ContextRule.OWN, ["A 1", "B 1", "C 1"], ["A 2", "B 2", "C 2"]),
        (ContextRule.PREFERRED, ["A 2", "B 1", "C 2"], ["A 2", "B 1", "C 2"]),
        (ContextRule.SHARED, ["A 2", "B 2", "C 2"], ["A 2", "B 2", "C 2"]),
    ],
)
def test_models_are_told_of_the_answers_the_study_wants(
    rule: ContextRule, left: list[str], right: list[str]
) -> None:
    conversation = Conversation((1, 2), context=rule, lot=lambda turn: 2)
    _pair(conversation, "A", Verdict(Choice.MUCH_BETTER, 2))
    _pair(conversation, "B", Verdict(Choice.BETTER, 1))
    _pair(conversation, "C", Verdict(Choice.TIE))  # nobody won: the lot decides
    for side, answers in ((1, left), (2, right)):
        expected = [text for q, a in zip("ABC", answers, strict=True) for text in (q, a)]
        assert _told(conversation, side) == [*expected, "Next?"]
        standing = [past.side for past in conversation.history(side)]
        assert standing == [int(answer[-1]) for answer in answers]


def test_models_are_not_told_of_turns_given_up_or_shown_again() -> None:
    conversation = Conversation((1, 2))
    _pair(conversation, "A", Verdict(Choice.BETTER, 1))
    conversation.begin("Lost?").is_skipped = True
    _pair(conversation, "A", Verdict(Choice.BETTER, 2), repeats=0)
    assert _told(conversation, 1) == ["A", "A 1", "Next?"]
    assert conversation.finished_turns == 1
    assert conversation.repeated == {0}


def test_a_pair_is_swapped_with_the_names_of_the_answers_it_shows_again() -> None:
    turn = _pair(Conversation((1, 2)), "A", Verdict(Choice.BETTER, 1))
    turn.answers[1].message_id, turn.answers[2].message_id = "t0s1a1", "t0s2a3"
    given = swapped(turn)
    assert [(g.text, g.of_message) for g in (given[1], given[2])] == [
        ("A 2", "t0s2a3"),
        ("A 1", "t0s1a1"),
    ]


def test_a_pair_is_judged_once_everything_the_study_asks_is_said() -> None:
    required = Required(("helpful",), rationale=True)
    turn = _pair(Conversation((1, 2)), "A", Verdict(Choice.BOTH_BAD))
    assert turn.is_judged(Required())
    assert not turn.is_judged(required)
    for answer in turn.answers.values():
        answer.extra["helpful"] = 7
    assert not turn.is_judged(required)
    turn.rationale = " \n"
    assert not turn.is_judged(required)
    turn.rationale = "It is short."
    assert turn.is_judged(required)
    turn.verdict = None
    assert not turn.is_judged(required)


def test_a_turn_of_another_task_is_not_found_among_this_one_s() -> None:
    conversation = Conversation((1, 2))
    _pair(conversation, "A", Verdict(Choice.BETTER, 1))
    conversation.begin_task(2)
    conversation.begin("B")
    assert conversation.turn(1).question == "B"
    for number in (-1, 0, 2):
        with pytest.raises(KeyError):
            conversation.turn(number)


@pytest.mark.parametrize("shown", [0, 1, 2])
def test_a_repeat_that_was_interrupted_twice_is_not_taken_for_done(shown: int) -> None:
    """The program may end again after the first interruption, which no record tells of."""
    records: list[Record] = [
        Task(t_ns=0, task=1, topic="", title="", source="", date="", mode="pairwise"),
        Turn(t_ns=1, turn=0, task=1, question="A", opener=""),
        *(_message(0, side) for side in (1, 2)),
        TurnRated(t_ns=2, turn=0),
        Turn(t_ns=3, turn=1, task=1, question="A", opener="", repeats=0),
        *(_message(1, side) for side in (1, 2)[: min(shown, 1)]),
        Turn(t_ns=4, turn=2, task=1, question="A", opener="", repeats=0),
        *(_message(2, side) for side in (1, 2)[:shown]),
    ]
    conversation = Conversation((1, 2))
    conversation.replay(records)
    assert conversation.repeated == ({0} if shown == 2 else set())


def test_an_event_of_an_earlier_task_is_no_event_of_this_one() -> None:
    conversation = Conversation((1, 2))
    _pair(conversation, "A", Verdict(Choice.BETTER, 1))
    conversation.begin_task(2)
    recorded: list[Record] = []
    talk = Talk(conversation, {}, FakeClock(), recorded.append, lambda event: None)
    talk.take(AnswerGrew(0, 1, "t0s1a1", "late"))
    assert recorded == []


def _message(turn: int, side: int) -> Message:
    return Message(
        t_ns=1,
        message_id=f"t{turn}s{side}a1",
        turn=turn,
        side=side,
        raw="x",
        displayed="x",
        displayed_sha256="",
        map_displayed_start=(),
        map_displayed_end=(),
        map_raw_start=(),
        map_raw_end=(),
        finish_reason="",
        is_truncated=False,
        usage={},
    )
