import queue
import threading
import zlib
from collections.abc import Sequence

import msgspec
import pytest

from tests.fakes import FakeClock
from tracker_app.chat.answering import (
    AnswerDelayed,
    AnswerEnded,
    AnswerFailed,
    AnswerGrew,
    Speaker,
    TalkEvent,
)
from tracker_app.chat.conversation import INTERRUPTED, AnswerState, Conversation, Verdict
from tracker_app.chat.provider import (
    Cancellation,
    ChatMessage,
    Finish,
    Parameters,
    Parts,
    Piece,
    Provider,
    TokenProbability,
)
from tracker_app.chat.scripted import ScriptedModel
from tracker_app.chat.talk import Lots, Talk, token_ends
from tracker_app.errors import FailureKind, ProviderError
from tracker_app.records import (
    Choice,
    Message,
    ModelRequest,
    Presented,
    ProviderFailure,
    Record,
    TokenArrival,
    Turn,
    TurnRated,
    TurnSkipped,
)


class FailingOnce:
    """Breaks off in the middle of its first answer."""

    def __init__(self) -> None:
        self._failed = False

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        yield Piece("Half")
        if not self._failed:
            self._failed = True
            raise ProviderError("It broke off. Try again.", FailureKind.BROKE_OFF)
        yield Piece(" and half")
        yield Finish("stop")

    def close(self) -> None:
        pass


class Endless:
    """Goes on until nobody listens any more."""

    def __init__(self, piece: str) -> None:
        self._piece = piece
        self.is_closed = threading.Event()

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        try:
            while True:
                yield Piece(self._piece)
        finally:
            self.is_closed.set()

    def close(self) -> None:
        pass


class Hall:
    """A talk, what it recorded and what it announced."""

    def __init__(
        self,
        *providers: Provider,
        conversation: Conversation | None = None,
        max_answer_characters: int = 1000,
        is_seeded: bool = False,
    ) -> None:
        sides = tuple(range(1, len(providers) + 1))
        self.records: list[Record] = []
        self.events: queue.SimpleQueue[TalkEvent] = queue.SimpleQueue()
        self.talk = Talk(
            conversation or Conversation(sides, system_prompt="Be brief."),
            {
                s: Speaker(p, "scripted", f"m{s}", {}, is_seeded)
                for s, p in zip(sides, providers, strict=True)
            },
            FakeClock(),
            self.records.append,
            self.events.put,
            max_answer_characters,
            Lots(seed_of=lambda message_id: zlib.crc32(message_id.encode())),
        )

    def hear(self, answers: int) -> None:
        """Take in events until so many answers ended or failed, as the interface would."""
        while answers:
            event = self.events.get(timeout=5)
            self.talk.take(event)
            answers -= isinstance(event, AnswerEnded | AnswerFailed)

    def judge(self) -> None:
        for side in self.talk.conversation.sides:
            self.talk.rate(side, 4)
        if len(self.talk.conversation.sides) > 1:
            self.talk.judge(Verdict(Choice.BETTER, 2))
        self.talk.advance()

    def of(self, kind: type[Record]) -> list[Record]:
        return [r for r in self.records if isinstance(r, kind)]


def _fast(*answers: str) -> ScriptedModel:
    return ScriptedModel(answers, words_per_s=2000)


def test_a_turn_records_question_tokens_and_both_answers() -> None:
    hall = Hall(_fast("one **two**"), _fast("three"))
    hall.talk.ask("Why?")
    hall.hear(2)
    hall.judge()
    assert [r.question for r in hall.of(Turn) if isinstance(r, Turn)] == ["Why?"]
    messages = {m.side: m for m in hall.of(Message) if isinstance(m, Message)}
    assert (messages[1].raw, messages[1].displayed) == ("one **two**", "one two")
    pieces = (messages[1].map_displayed_start, messages[1].map_raw_start)
    assert pieces == ((0, 4), (0, 6))
    assert messages[2].raw == "three"
    assert len(hall.of(TokenArrival)) == 3
    assert len(hall.of(TurnRated)) == 1


def test_each_side_keeps_its_own_history() -> None:
    hall = Hall(_fast("left"), _fast("right"))
    hall.talk.ask("First?")
    hall.hear(2)
    hall.judge()
    hall.talk.ask("Second?")
    hall.hear(2)
    assert hall.talk.conversation.request_messages(2) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "right"},
        {"role": "user", "content": "Second?"},
    ]


def test_an_error_is_shown_and_never_becomes_an_answer() -> None:
    hall = Hall(FailingOnce())
    hall.talk.ask("Why?")
    hall.hear(1)
    turn = hall.talk.conversation.current
    assert turn is not None
    assert turn.answers[1].state is AnswerState.FAILED
    assert hall.of(Message) == []
    hall.talk.rate(1, 5)
    hall.talk.advance()
    assert hall.of(TurnRated) == []


def test_a_failed_answer_can_be_asked_for_again() -> None:
    hall = Hall(FailingOnce())
    hall.talk.ask("Why?")
    hall.hear(1)
    hall.talk.retry(1)
    hall.hear(1)
    (message,) = hall.of(Message)
    assert isinstance(message, Message)
    assert (message.raw, message.message_id) == ("Half and half", "t0s1a2")


def test_an_empty_answer_is_a_failure() -> None:
    hall = Hall(_fast(""))
    hall.talk.ask("Why?")
    hall.hear(1)
    assert hall.of(Message) == []


@pytest.mark.parametrize("cut", range(12))
def test_replaying_any_prefix_of_the_records_gives_a_conversation_that_can_go_on(cut: int) -> None:
    hall = Hall(_fast("a b"), _fast("c"))
    for question in ("First?", "Second?"):
        hall.talk.ask(question)
        hall.hear(2)
        hall.judge()
    resumed = Conversation((1, 2), system_prompt="Be brief.")
    resumed.replay(hall.records[: len(hall.records) - cut])
    turn = resumed.current
    if turn is None:
        assert resumed.finished_turns == len(resumed.turns)
    for answer in turn.answers.values() if turn else ():
        assert answer.state is not AnswerState.WAITING
        assert answer.state is AnswerState.COMPLETE or answer.failure == INTERRUPTED


def test_an_interrupted_answer_is_asked_for_again_after_resuming() -> None:
    first = Hall(_fast("a"), _fast("b"))
    first.talk.ask("Why?")
    first.hear(2)
    kept = [r for r in first.records if not (isinstance(r, Message) and r.side == 2)]
    resumed = Conversation((1, 2))
    resumed.replay(kept)
    second = Hall(_fast("a"), _fast("b again"), conversation=resumed)
    second.talk.retry(2)
    second.hear(1)
    turn = resumed.current
    assert turn is not None
    assert turn.is_answered
    assert (turn.answers[2].text, turn.answers[2].message_id) == ("b again", "t0s2a2")


def test_stopping_cancels_an_answer_and_reports_nothing() -> None:
    hall = Hall(ScriptedModel(["word " * 1000], words_per_s=50))
    hall.talk.ask("Why?")
    hall.events.get(timeout=5)
    hall.talk.stop()
    assert hall.of(Message) == []


@pytest.mark.parametrize(
    "piece", ["word ", "x" * 2_000_000, "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL} "]
)
def test_an_answer_without_end_is_cut_and_its_stream_closed(piece: str) -> None:
    model = Endless(piece)
    hall = Hall(model, max_answer_characters=99)
    hall.talk.ask("Why?")
    hall.hear(1)
    assert model.is_closed.is_set()
    (message,) = hall.of(Message)
    assert isinstance(message, Message)
    assert (message.is_truncated, message.finish_reason) == (True, "cut")
    assert 97 <= len(message.raw) <= 99
    ends = [r.end for r in hall.records if isinstance(r, TokenArrival)]
    assert ends[-1] == len(message.raw)
    assert ends == sorted(set(ends))
    (answer,) = hall.talk.conversation.turns[0].answers.values()
    assert (answer.text, answer.is_cut) == (message.raw, True)


def test_an_answer_that_is_just_as_long_as_it_may_be_is_whole() -> None:
    hall = Hall(_fast("four"), max_answer_characters=4)
    hall.talk.ask("Why?")
    hall.hear(1)
    assert [(r.raw, r.is_truncated) for r in hall.of(Message) if isinstance(r, Message)] == [
        ("four", False)
    ]


def test_the_conversation_goes_on_with_what_was_left_of_an_answer() -> None:
    hall = Hall(_fast("one two three"), max_answer_characters=7)
    hall.talk.ask("First?")
    hall.hear(1)
    hall.judge()
    resumed = Conversation((1,))
    resumed.replay(hall.records)
    for conversation in (hall.talk.conversation, resumed):
        conversation.begin("Second?")
        contents = [m["content"] for m in conversation.request_messages(1)]
        assert contents[-3:] == ["First?", "one two", "Second?"]
        assert conversation.turns[0].answers[1].is_cut


def test_what_has_come_grows_piece_by_piece_into_the_answer() -> None:
    hall = Hall(_fast("one two three"))
    hall.talk.ask("Why?")
    texts = []
    while not isinstance(event := hall.events.get(timeout=5), AnswerEnded):
        assert isinstance(event, AnswerGrew)
        hall.talk.take(event)
        texts.append(hall.talk.conversation.turns[0].answers[1].text)
    assert texts == ["one", "one two", "one two three"]
    assert event.text == "one two three"


class Moody:
    """Fails with these errors, one after the other, and then answers."""

    def __init__(self, *errors: ProviderError, before: str = "") -> None:
        self._errors = list(errors)
        self._before = before
        self.asked: list[Parameters] = []

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        self.asked.append(parameters)
        if self._errors:
            if self._before:
                yield Piece(self._before)
            raise self._errors.pop(0)
        yield Piece("at last")
        tokens = (TokenProbability("at", -0.5), TokenProbability(" last", -1.25))
        yield Finish("stop", {"completion_tokens": 2}, "zebra-9b-2026", "fp_1", tokens)

    def close(self) -> None:
        pass


def _error(kind: FailureKind, retry_after_s: float | None = None) -> ProviderError:
    return ProviderError("It did not work.", kind, status=503, retry_after_s=retry_after_s)


def test_what_heals_by_itself_is_asked_again_and_every_failure_is_counted() -> None:
    model = Moody(_error(FailureKind.OVERLOADED), _error(FailureKind.RATE_LIMITED, 0.1))
    hall = Hall(model)
    hall.talk.ask("Why?")
    hall.hear(1)
    failures = [r for r in hall.records if isinstance(r, ProviderFailure)]
    assert [(f.kind, f.is_retried, f.status) for f in failures] == [
        (FailureKind.OVERLOADED, True, 503),
        (FailureKind.RATE_LIMITED, True, 503),
    ]
    assert all(f.wait_s is not None and f.message_id == "t0s1a1" for f in failures)
    (message,) = hall.of(Message)
    assert isinstance(message, Message)
    assert message.raw == "at last"
    assert (message.token_end, message.token_logprob) == ((2, 7), (-0.5, -1.25))


@pytest.mark.parametrize(
    ("error", "before"),
    [
        (_error(FailureKind.REFUSED_KEY), ""),
        (_error(FailureKind.CONTENT_FILTER), ""),
        (_error(FailureKind.BUDGET), ""),
        (_error(FailureKind.OVERLOADED, 3600), ""),  # nobody waits that long
        (_error(FailureKind.UNREACHABLE), "Half"),  # something has been shown already
    ],
)
def test_what_does_not_heal_is_told_at_once(error: ProviderError, before: str) -> None:
    model = Moody(error, before=before)
    hall = Hall(model)
    hall.talk.ask("Why?")
    hall.hear(1)
    (failure,) = hall.of(ProviderFailure)
    assert isinstance(failure, ProviderFailure)
    assert (failure.kind, failure.is_retried) == (error.kind, False)
    assert len(model.asked) == 1


def test_who_waits_for_a_busy_model_can_stop_at_once() -> None:
    hall = Hall(Moody(_error(FailureKind.OVERLOADED, 15)))
    hall.talk.ask("Why?")
    assert isinstance(hall.events.get(timeout=5), AnswerDelayed)
    hall.talk.stop()
    assert all(t.name != "answer-1" for t in threading.enumerate())
    assert hall.of(Message) == []


def test_a_turn_whose_answer_does_not_come_can_be_given_up_and_is_never_judged() -> None:
    slow = ScriptedModel(["word " * 1000], words_per_s=50)
    hall = Hall(slow, Moody(_error(FailureKind.REFUSED_KEY)))
    hall.talk.ask("Why?")
    hall.hear(1)
    hall.talk.skip()
    turn = hall.talk.conversation.turns[0]
    assert (turn.is_skipped, hall.talk.conversation.current) == (True, None)
    assert len(hall.of(TurnSkipped)) == 1
    late = AnswerGrew(0, 1, "t0s1a1", "too late")
    hall.talk.take(late)
    assert "too late" not in turn.answers[1].text
    resumed = Conversation((1, 2))
    resumed.replay(hall.records)
    assert (resumed.finished_turns, resumed.has_skipped) == (0, True)
    assert resumed.current is None


def test_an_answer_that_is_not_awaited_any_more_is_not_taken() -> None:
    hall = Hall(FailingOnce())
    hall.talk.ask("Why?")
    hall.hear(1)
    hall.talk.retry(1)
    hall.talk.take(AnswerGrew(0, 1, "t0s1a1", "of before"))
    hall.hear(1)
    assert hall.talk.conversation.turns[0].answers[1].text == "Half and half"


def test_every_request_carries_a_seed_of_its_own_which_is_recorded() -> None:
    model = Moody()
    hall = Hall(model, is_seeded=True)
    for _ in range(2):
        hall.talk.ask("Why?")
        hall.hear(1)
        hall.judge()
    requests = [r for r in hall.records if isinstance(r, ModelRequest)]
    seeds = [r.parameters["seed"] for r in requests]
    assert [str(asked["seed"]) for asked in model.asked] == seeds
    assert len(set(seeds)) == 2
    assert requests[1].history_turns == (0,)


def test_no_record_names_the_model_before_the_end() -> None:
    hall = Hall(Moody(), Moody())
    hall.talk.ask("Why?")
    hall.hear(2)
    assert not any(b"zebra" in msgspec.json.encode(record) for record in hall.records)
    messages = [r for r in hall.records if isinstance(r, Message)]
    names = hall.talk.names()
    assert {(n.model, n.name, n.fingerprint) for n in names} == {
        ("m1", "zebra-9b-2026", "fp_1"),
        ("m2", "zebra-9b-2026", "fp_1"),
    }
    assert {n.revision_sha256 for n in names} == {m.revision_sha256 for m in messages}


def test_a_pair_is_shown_again_without_asking_a_model() -> None:
    hall = Hall(_fast("**left**"), _fast("right"))
    hall.talk.ask("Why?")
    hall.hear(2)
    hall.judge()
    hall.talk.repeat(0)
    hall.judge()
    assert len(hall.of(ModelRequest)) == 2
    presented = [r for r in hall.records if isinstance(r, Presented)]
    assert [(p.side, p.of_message) for p in presented] == [(1, "t0s2a1"), (2, "t0s1a1")]
    again = [m for m in hall.records if isinstance(m, Message) and m.turn == 1]
    assert [(m.side, m.displayed, m.finish_reason) for m in again] == [
        (1, "right", "repeated"),
        (2, "left", "repeated"),
    ]
    assert [t.repeats for t in hall.records if isinstance(t, Turn)] == [None, 0]


def test_a_presented_pair_that_was_interrupted_comes_anew() -> None:
    hall = Hall(_fast("left"), _fast("right"))
    hall.talk.ask("Why?")
    hall.hear(2)
    hall.judge()
    hall.talk.repeat(0)
    resumed = Conversation((1, 2))
    resumed.replay(hall.records[:-1])  # its last message was not written any more
    assert resumed.current is None
    assert resumed.repeated == set()


def test_what_was_said_of_a_turn_comes_back_from_its_records() -> None:
    hall = Hall(_fast("left"), _fast("right"))
    hall.talk.ask("Why?")
    hall.hear(2)
    hall.talk.begin_judging(["rate_1", "rate_2", "choice"])
    for side in (1, 2):
        hall.talk.rate(side, side)
        hall.talk.rate_extra("helpful", side, 7)
    hall.talk.judge(Verdict(Choice.SLIGHTLY_BETTER, 2))
    hall.talk.explain("It is shorter.")
    hall.talk.advance()
    resumed = Conversation((1, 2), system_prompt="Be brief.")
    resumed.replay(hall.records)
    assert resumed.turns == hall.talk.conversation.turns


@pytest.mark.parametrize(
    ("texts", "ends"),
    [
        (["at", " last"], (2, 7)),
        (["at", " last", "<|end|>"], (2, 7)),
        (["at", "\\xe2\\x80", " last"], (2,)),
        (["<think>", "at", " last"], ()),
        ([], ()),
    ],
)
def test_no_token_is_said_to_stand_where_the_text_has_another(
    texts: list[str], ends: tuple[int, ...]
) -> None:
    tokens = tuple(TokenProbability(text, -1.0) for text in texts)
    assert token_ends("at last", Finish("stop", tokens=tokens)) == ends
