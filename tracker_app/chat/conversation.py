"""The conversation as data: turns, answers and what was said of them. Pure; rebuilt from records.

Each side keeps its own history, as in the IFLLM protocol: from the second turn on the two models
answer different contexts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tracker_app.chat.markdown import render_markdown
from tracker_app.chat.provider import ChatMessage
from tracker_app.chat.rendering import Rendering, render_plain
from tracker_app.records import (
    Comparison,
    Message,
    ModelRequest,
    Preference,
    ProviderFailure,
    Rating,
    Record,
    Redaction,
    Task,
    Turn,
    TurnRated,
)
from tracker_app.wording import recalled, tr

INTERRUPTED = tr("This answer was interrupted.")
DELETED = "[deleted by the participant]"  # stands in requests to models for what was deleted


class AnswerState(StrEnum):
    """How far an answer is."""

    WAITING = "waiting"
    COMPLETE = "complete"
    FAILED = "failed"


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


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is added to a question, unseen by whoever asks it."""

    id: str
    suffix: str


@dataclass(slots=True)
class ConversationTurn:
    """A question, its answers and what was said of them."""

    number: int  # in the session
    question: str  # as it was typed
    asked: str  # as the models get it, with its treatment
    treatment: str
    answers: dict[int, Answer]
    preferred_side: int | None = None
    is_first: bool = True  # of its task: there is no earlier answer to compare with
    is_better: bool | None = None  # a single answer than the one before
    is_rated: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether every answer is complete."""
        return all(a.state is AnswerState.COMPLETE for a in self.answers.values())

    @property
    def is_judged(self) -> bool:
        """Whether every rating is given and the comparison there is to make is made."""
        if any(a.rating is None for a in self.answers.values()):
            return False
        if len(self.answers) > 1:
            return self.preferred_side is not None
        return self.is_first or self.is_better is not None


def question_id(turn: int) -> str:
    """The message id under which a turn's question stands on the screen."""
    return f"t{turn}q"


@dataclass(slots=True)
class Conversation:
    """The turns of one task so far; their numbers count on from the tasks before it."""

    sides: tuple[int, ...]
    system_prompt: str = ""
    is_markdown: bool = True  # answers are shown so, else as they came
    task: int = 1
    first_turn: int = 0
    turns: list[ConversationTurn] = field(default_factory=list)

    @property
    def current(self) -> ConversationTurn | None:
        """The turn that is not rated yet, if any."""
        return self.turns[-1] if self.turns and not self.turns[-1].is_rated else None

    @property
    def finished_turns(self) -> int:
        """How many turns are answered and rated."""
        return sum(t.is_rated for t in self.turns)

    def begin_task(self, task: int) -> None:
        """Forget what was said: another task has another conversation."""
        self.first_turn += len(self.turns)
        self.turns.clear()
        self.task = task

    @property
    def next_number(self) -> int:
        """The number of the turn that comes next."""
        return self.first_turn + len(self.turns)

    def begin(self, question: str, treatment: Treatment | None = None) -> ConversationTurn:
        """Open the next turn."""
        turn = ConversationTurn(
            self.next_number,
            question,
            question + treatment.suffix if treatment else question,
            treatment.id if treatment else "",
            {s: Answer(s) for s in self.sides},
            is_first=not self.turns,
        )
        self.turns.append(turn)
        return turn

    def shown(self, answer: Answer) -> Rendering:
        """What an answer looks like."""
        return render_markdown(answer.text) if self.is_markdown else render_plain(answer.text)

    @property
    def finished_numbers(self) -> list[int]:
        """The numbers of the turns that are answered and rated."""
        return [turn.number for turn in self.turns if turn.is_rated]

    def turn(self, number: int) -> ConversationTurn:
        """A turn of this task by its number in the session."""
        return self.turns[number - self.first_turn]

    def _deleted(self, number: int) -> ConversationTurn:
        complete = AnswerState.COMPLETE
        answers = {s: Answer(s, state=complete, text=DELETED) for s in self.sides}
        return ConversationTurn(number, DELETED, DELETED, "", answers, is_rated=True)

    def request_messages(self, side: int) -> list[ChatMessage]:
        """What the model of this side is to be asked: its own history and the open question."""
        messages: list[ChatMessage] = []
        if self.system_prompt:
            messages.append({"role": "system", "content": self.system_prompt})
        for turn in self.turns:
            messages.append({"role": "user", "content": turn.asked})
            if turn.is_rated:
                messages.append({"role": "assistant", "content": turn.answers[side].text})
        return messages

    def replay(self, records: Iterable[Record]) -> None:
        """Bring the conversation to where recorded events left it.

        An answer that was still coming then counts as failed: it can be asked for again.
        """
        for record in records:
            self._apply(record)
        for answer in self.current.answers.values() if self.current else ():
            if answer.state is AnswerState.WAITING:
                answer.state, answer.failure = AnswerState.FAILED, INTERRUPTED

    def _apply(self, record: Record) -> None:
        match record:
            case Task():
                self.begin_task(record.task)
            case Turn():
                self.begin(record.question)
            case ModelRequest():
                turn = self.turn(record.turn)
                turn.asked, turn.treatment = record.messages[-1]["content"], record.treatment
                answer = turn.answers[record.side]
                answer.attempts += 1
                answer.message_id = record.message_id
                answer.state = AnswerState.WAITING
            case Message():
                answer = self.turn(record.turn).answers[record.side]
                answer.text, answer.state = record.raw, AnswerState.COMPLETE
                answer.is_cut = record.is_truncated
            case ProviderFailure():
                answer = self.turn(record.turn).answers[record.side]
                answer.failure, answer.state = recalled(record.reason), AnswerState.FAILED
            case Rating():
                self.turn(record.turn).answers[record.side].rating = record.value
            case Preference():
                self.turn(record.turn).preferred_side = record.preferred_side
            case Comparison():
                self.turn(record.turn).is_better = record.is_better
            case TurnRated():
                self.turn(record.turn).is_rated = True
            case Redaction(redacted_stream="turn"):
                # It stands where the turns stood, so that those after it keep their numbers.
                self.turns += [self._deleted(self.next_number + i) for i in range(record.lost)]
            case _:
                pass
