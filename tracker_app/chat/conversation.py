"""The conversation as data: turns, answers and what was said of them. Pure; rebuilt from records.

What a model is told of earlier turns is the study's `ContextRule`. With the IFLLM protocol's own,
each side keeps its own history: from the second turn on the two models answer different contexts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tracker_app.chat.markdown import render_markdown
from tracker_app.chat.provider import ChatMessage
from tracker_app.chat.rendering import Rendering, render_plain
from tracker_app.records import (
    Choice,
    Comparison,
    ExtraRating,
    Message,
    ModelRequest,
    Preference,
    Presented,
    ProviderFailure,
    Rating,
    Rationale,
    Record,
    Redaction,
    Task,
    Turn,
    TurnRated,
    TurnSkipped,
)
from tracker_app.wording import recalled, tr

INTERRUPTED = tr("This answer was interrupted.")
DELETED = "[deleted by the participant]"  # stands in requests to models for what was deleted


class AnswerState(StrEnum):
    """How far an answer is."""

    WAITING = "waiting"
    COMPLETE = "complete"
    FAILED = "failed"


class ContextRule(StrEnum):
    """Whose answers stand in what a model is told of earlier turns."""

    OWN = "own"  # its own: the two models drift apart
    PREFERRED = "preferred"  # the better one of each pair; where none was better, one by lot
    SHARED = "shared"  # of each pair one by lot: no preference shapes what is asked next


@dataclass(slots=True)
class Answer:
    """One side's answer in one turn."""

    side: int
    attempts: int = 0
    state: AnswerState = AnswerState.WAITING
    message_id: str = ""
    text: str = ""  # raw, as far as it has come
    is_cut: bool = False  # there was more than the study allows
    failure: str = ""  # why it did not come, in a sentence
    rating: int | None = None
    extra: dict[str, int] = field(default_factory=dict)  # by the id of the study's question


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is added to a question, unseen by whoever asks it."""

    id: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that no model is asked for."""

    text: str
    response: str = ""  # its id in a fixed item
    of_message: str = ""  # the answer of before that is shown again


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of a pair; the side only where one is better."""

    choice: Choice
    side: int | None = None


@dataclass(frozen=True, slots=True)
class Required:
    """What else must be said of a turn before it can be closed."""

    questions: tuple[str, ...] = ()  # ids; of each answer
    rationale: bool = False


@dataclass(slots=True)
class ConversationTurn:
    """A question, its answers and what was said of them."""

    number: int  # in the session
    question: str  # as it was typed
    asked: str  # as the models get it, with its treatment
    treatment: str
    answers: dict[int, Answer]
    item: str = ""  # the fixed one it shows
    repeats: int | None = None  # the turn whose pair it shows again, sides swapped
    is_first: bool = True  # of its task: there is no earlier answer to compare with
    verdict: Verdict | None = None
    is_better: bool | None = None  # a single answer than the one before
    rationale: str = ""
    is_rated: bool = False
    is_skipped: bool = False  # given up: an answer did not come

    @property
    def preferred_side(self) -> int | None:
        """The side of the better answer, if one is."""
        return self.verdict.side if self.verdict is not None else None

    @property
    def is_given(self) -> bool:
        """Whether no model is asked for its answers."""
        return bool(self.item) or self.repeats is not None

    @property
    def is_closed(self) -> bool:
        """Whether another may follow."""
        return self.is_rated or self.is_skipped

    @property
    def is_answered(self) -> bool:
        """Whether every answer is complete."""
        return all(a.state is AnswerState.COMPLETE for a in self.answers.values())

    @property
    def has_failed(self) -> bool:
        """Whether an answer did not come."""
        return any(a.state is AnswerState.FAILED for a in self.answers.values())

    def is_judged(self, required: Required) -> bool:
        """Whether nothing that has to be said of it is missing."""
        answers = self.answers.values()
        if any(a.rating is None or set(required.questions) - a.extra.keys() for a in answers):
            return False
        if required.rationale and not self.rationale.strip():
            return False
        if len(answers) > 1:
            return self.verdict is not None
        return self.is_first or self.is_better is not None


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier turn, and the side whose answer stands for it."""

    turn: ConversationTurn
    side: int


def question_id(turn: int) -> str:
    """The message id under which a turn's question stands on the screen."""
    return f"t{turn}q"


def _left(turn: int) -> int:
    del turn
    return 1


@dataclass(slots=True)
class Conversation:
    """The turns of one task so far; their numbers count on from the tasks before it."""

    sides: tuple[int, ...]
    system_prompt: str = ""
    is_markdown: bool = True  # answers are shown so, else as they came
    context: ContextRule = ContextRule.OWN
    lot: Callable[[int], int] = _left  # the side drawn for a turn, by its number
    required: Required = Required()
    task: int = 1
    first_turn: int = 0
    turns: list[ConversationTurn] = field(default_factory=list)

    @property
    def current(self) -> ConversationTurn | None:
        """The turn that is not closed yet, if any."""
        return self.turns[-1] if self.turns and not self.turns[-1].is_closed else None

    @property
    def is_judged(self) -> bool:
        """Whether there is an open turn and nothing of it is missing."""
        turn = self.current
        return turn is not None and turn.is_answered and turn.is_judged(self.required)

    @property
    def finished(self) -> list[ConversationTurn]:
        """The turns that are answered and rated, without those shown again."""
        return [turn for turn in self.turns if turn.is_rated and turn.repeats is None]

    @property
    def finished_turns(self) -> int:
        """How many turns are finished."""
        return len(self.finished)

    @property
    def repeated(self) -> set[int]:
        """The numbers of the turns that were shown again."""
        again = (turn for turn in self.turns if not turn.is_skipped)
        return {turn.repeats for turn in again if turn.repeats is not None}

    @property
    def has_skipped(self) -> bool:
        """Whether a turn had to be given up."""
        return any(turn.is_skipped for turn in self.turns)

    def begin_task(self, task: int) -> None:
        """Forget what was said: another task has another conversation."""
        self.first_turn += len(self.turns)
        self.turns.clear()
        self.task = task

    @property
    def next_number(self) -> int:
        """The number of the turn that comes next."""
        return self.first_turn + len(self.turns)

    def begin(
        self,
        question: str,
        treatment: Treatment | None = None,
        *,
        item: str = "",
        repeats: int | None = None,
    ) -> ConversationTurn:
        """Open the next turn."""
        turn = ConversationTurn(
            self.next_number,
            question,
            question + treatment.suffix if treatment else question,
            treatment.id if treatment else "",
            {s: Answer(s) for s in self.sides},
            item,
            repeats,
            is_first=bool(item) or not self.finished,
        )
        self.turns.append(turn)
        return turn

    def shown(self, answer: Answer) -> Rendering:
        """What an answer looks like."""
        return render_markdown(answer.text) if self.is_markdown else render_plain(answer.text)

    def turn(self, number: int) -> ConversationTurn:
        """A turn of this task by its number in the session.

        Raises:
            KeyError: if it is not of this task.
        """
        if not self.first_turn <= number < self.next_number:
            raise KeyError(number)
        return self.turns[number - self.first_turn]

    def _deleted(self, number: int) -> ConversationTurn:
        complete = AnswerState.COMPLETE
        answers = {s: Answer(s, state=complete, text=DELETED) for s in self.sides}
        return ConversationTurn(number, DELETED, DELETED, "", answers, is_rated=True)

    # --- what a model is told ------------------------------------------------------------------

    def history(self, side: int) -> list[Past]:
        """The earlier turns as the model of a side is told of them."""
        return [Past(turn, self._standing(turn, side)) for turn in self.finished]

    def _standing(self, turn: ConversationTurn, side: int) -> int:
        if self.context is ContextRule.OWN or len(self.sides) == 1:
            return side
        if self.context is ContextRule.PREFERRED and turn.preferred_side is not None:
            return turn.preferred_side
        return self.lot(turn.number)

    def request_messages(self, side: int) -> list[ChatMessage]:
        """What the model of this side is to be asked: its history and the open question."""
        messages: list[ChatMessage] = []
        if self.system_prompt:
            messages.append({"role": "system", "content": self.system_prompt})
        for past in self.history(side):
            messages.append({"role": "user", "content": past.turn.asked})
            answer = past.turn.answers[past.side].text
            messages.append({"role": "assistant", "content": answer})
        if self.current is not None:
            messages.append({"role": "user", "content": self.current.asked})
        return messages

    # --- from records --------------------------------------------------------------------------

    def replay(self, records: Iterable[Record]) -> None:
        """Bring the conversation to where recorded events left it.

        An answer that was still coming then counts as failed: it can be asked for again. A turn
        that no model is asked for and that was not all there is given up: it comes anew.
        """
        for record in records:
            self._apply(record)
        turn = self.current
        for answer in turn.answers.values() if turn else ():
            if answer.state is AnswerState.WAITING:
                answer.state, answer.failure = AnswerState.FAILED, INTERRUPTED
        if turn is not None and turn.is_given and turn.has_failed:
            turn.is_skipped = True

    def _apply(self, record: Record) -> None:
        match record:
            case Task():
                self.begin_task(record.task)
            case Turn():
                if self.current is not None:  # given up at an earlier interruption, see `replay`
                    self.current.is_skipped = True
                self.begin(record.question, item=record.item, repeats=record.repeats)
            case ModelRequest() | Presented() | Message() | ProviderFailure():
                self._apply_to_answer(record)
            case Rating():
                self.turn(record.turn).answers[record.side].rating = record.value
            case ExtraRating():
                self.turn(record.turn).answers[record.side].extra[record.question] = record.value
            case Preference():
                self.turn(record.turn).verdict = Verdict(record.choice, record.preferred_side)
            case Comparison():
                self.turn(record.turn).is_better = record.is_better
            case Rationale():
                self.turn(record.turn).rationale = record.text
            case TurnRated():
                self.turn(record.turn).is_rated = True
            case TurnSkipped():
                self.turn(record.turn).is_skipped = True
            case Redaction(redacted_stream="turn"):
                # It stands where the turns stood, so that those after it keep their numbers.
                self.turns += [self._deleted(self.next_number + i) for i in range(record.lost)]
            case _:
                pass

    def _apply_to_answer(
        self, record: ModelRequest | Presented | Message | ProviderFailure
    ) -> None:
        turn = self.turn(record.turn)
        answer = turn.answers[record.side]
        answer.message_id = record.message_id
        match record:
            case ModelRequest():
                turn.asked, turn.treatment = record.messages[-1]["content"], record.treatment
                answer.attempts += 1
                answer.state = AnswerState.WAITING
            case Presented():
                answer.attempts += 1
            case Message():
                answer.text, answer.state = record.raw, AnswerState.COMPLETE
                answer.is_cut = record.is_truncated
            case ProviderFailure(is_retried=False):
                answer.failure, answer.state = recalled(record.reason), AnswerState.FAILED
            case _:
                pass


def swapped(turn: ConversationTurn) -> dict[int, Given]:
    """The answers of a pair, each on the other side."""
    others = zip(turn.answers, reversed(turn.answers.values()), strict=True)
    return {side: Given(a.text, of_message=a.message_id) for side, a in others}
