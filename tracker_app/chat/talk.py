"""The talk: asks the models, keeps the conversation and returns its records. No screen needed.

Every model answers in a thread of its own, which only stamps and reports; all other methods
belong to one thread, in the application the interface's.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tracker_app.chat.conversation import (
    Answer,
    AnswerState,
    Conversation,
    ConversationTurn,
    Treatment,
)
from tracker_app.chat.cut import cut
from tracker_app.chat.markdown import GrowingMarkdown
from tracker_app.chat.provider import Cancellation, Finish, Parameters, Piece, Provider
from tracker_app.chat.rendering import Rendering, finished, render_plain
from tracker_app.clock import Clock
from tracker_app.codec import sha256
from tracker_app.errors import FailureKind, ProviderError
from tracker_app.records import (
    Choice,
    Comparison,
    Message,
    ModelRequest,
    Preference,
    ProviderFailure,
    Rating,
    Record,
    TokenArrival,
    Turn,
    TurnRated,
)
from tracker_app.wording import tr

logger = logging.getLogger(__name__)
JOIN_LIMIT_S = 2.0
MAX_ANSWER_CHARACTERS = 10_000
CUT = Finish("cut")  # by us; what the provider would have said is not known
REST_S = 0.002  # twice as long as a step of rendering takes


@dataclass(frozen=True, slots=True)
class Speaker:
    """The model of one side."""

    provider: Provider
    provider_name: str
    model_id: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class AnswerGrew:
    """More text came."""

    turn: int
    side: int
    message_id: str
    added: str


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    """The answer is whole, or as long as it may be."""

    turn: int
    side: int
    message_id: str
    shown: Rendering
    t_ns: int
    finish: Finish

    @property
    def text(self) -> str:
        """All of it, raw."""
        return self.shown.raw

    @property
    def is_cut(self) -> bool:
        """Whether there was more than there may be."""
        return self.finish is CUT


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """The model did not answer."""

    turn: int
    side: int
    message_id: str
    reason: str
    kind: FailureKind
    status: int | None = None


TalkEvent = AnswerGrew | AnswerEnded | AnswerFailed


class Talk:
    """One session's conversation with the models of its sides."""

    def __init__(
        self,
        conversation: Conversation,
        speakers: Mapping[int, Speaker],
        clock: Clock,
        record: Callable[[Record], None],
        on_event: Callable[[TalkEvent], None],
        treatment_of: Callable[[int], Treatment | None] = lambda _: None,
        max_answer_characters: int = MAX_ANSWER_CHARACTERS,
    ) -> None:
        """Wire the talk.

        Args:
            conversation: where it stands; may hold turns of before an interruption.
            speakers: the model of each side.
            clock: stamps tokens as they arrive.
            record: takes every record; called from any thread.
            on_event: hears of each answer's progress; called from the answer's thread.
            treatment_of: what is added to the question of a turn, by its number.
            max_answer_characters: of a longer answer, only the beginning is taken.
        """
        self.conversation = conversation
        self._speakers = speakers
        self._clock = clock
        self._record = record
        self._on_event = on_event
        self._treatment_of = treatment_of
        self._max_answer_characters = max_answer_characters
        self._cancel = Cancellation()
        self._threads: list[threading.Thread] = []

    def ask(self, question: str, opener: str = "") -> ConversationTurn:
        """Send a question to every side.

        Args:
            question: as it was typed.
            opener: the suggestion it was made from, if there was one.
        """
        number = self.conversation.next_number
        turn = self.conversation.begin(question, self._treatment_of(number))
        self._record(
            Turn(
                t_ns=self._clock.now_ns(),
                turn=number,
                task=self.conversation.task,
                question=question,
                opener=opener,
            )
        )
        for side in self.conversation.sides:
            self._request(turn, side)
        return turn

    def retry(self, side: int) -> None:
        """Ask one side again after it failed."""
        turn = self._current()
        if turn.answers[side].state is AnswerState.FAILED:
            self._request(turn, side)

    def grow(self, grew: AnswerGrew) -> None:
        """Take in more of an answer, unless it was asked for again meanwhile."""
        answer = self._answer_of(grew.turn, grew.side)
        if answer.message_id == grew.message_id:
            answer.text += grew.added

    def complete(self, ended: AnswerEnded) -> None:
        """Accept a finished answer."""
        answer = self._answer_of(ended.turn, ended.side)
        shown, pieces = ended.shown, ended.shown.text_map.pieces
        answer.text, answer.state = ended.text, AnswerState.COMPLETE
        answer.is_cut = ended.is_cut
        self._record(
            Message(
                t_ns=ended.t_ns,
                message_id=ended.message_id,
                turn=ended.turn,
                side=ended.side,
                raw=ended.text,
                displayed=shown.text,
                displayed_sha256=sha256(shown.text.encode()),
                map_displayed_start=tuple(p.displayed_start for p in pieces),
                map_displayed_end=tuple(p.displayed_end for p in pieces),
                map_raw_start=tuple(p.raw_start for p in pieces),
                map_raw_end=tuple(p.raw_end for p in pieces),
                finish_reason=ended.finish.reason,
                is_truncated=ended.is_cut,
                usage=ended.finish.usage,
            )
        )

    def fail(self, failed: AnswerFailed) -> None:
        """Take note that an answer did not come."""
        answer = self._answer_of(failed.turn, failed.side)
        answer.failure, answer.state = failed.reason, AnswerState.FAILED
        self._record(
            ProviderFailure(
                t_ns=self._clock.now_ns(),
                message_id=failed.message_id,
                turn=failed.turn,
                side=failed.side,
                kind=failed.kind,
                status=failed.status,
                reason=str(failed.reason),
            )
        )

    def rate(self, side: int, value: int) -> None:
        """Rate an answer of the current turn from 1 to 5."""
        turn = self._current()
        turn.answers[side].rating = value
        self._record(
            Rating(
                t_ns=self._clock.now_ns(),
                message_id=turn.answers[side].message_id,
                turn=turn.number,
                side=side,
                value=value,
            )
        )

    def prefer(self, side: int) -> None:
        """Say which answer of the current pair is better."""
        turn = self._current()
        turn.preferred_side = side
        self._record(
            Preference(
                t_ns=self._clock.now_ns(),
                turn=turn.number,
                choice=Choice.BETTER,
                preferred_side=side,
            )
        )

    def compare(self, *, is_better: bool) -> None:
        """Say whether the current single answer is better than the one before."""
        turn = self._current()
        turn.is_better = is_better
        self._record(
            Comparison(
                t_ns=self._clock.now_ns(),
                turn=turn.number,
                previous_turn=turn.number - 1,
                is_better=is_better,
            )
        )

    def advance(self) -> None:
        """Close the current turn, once it is answered and judged."""
        turn = self._current()
        if turn.is_answered and turn.is_judged:
            turn.is_rated = True
            self._record(TurnRated(t_ns=self._clock.now_ns(), turn=turn.number))

    def stop(self) -> None:
        """Cancel answers still coming and let go of the models."""
        self._cancel.set()
        for thread in self._threads:
            thread.join(JOIN_LIMIT_S)
        for speaker in self._speakers.values():
            speaker.provider.close()

    def _current(self) -> ConversationTurn:
        turn = self.conversation.current
        if turn is None:
            raise ValueError("there is no open turn")
        return turn

    def _answer_of(self, turn: int, side: int) -> Answer:
        return self.conversation.turn(turn).answers[side]

    def _request(self, turn: ConversationTurn, side: int) -> None:
        answer, speaker = turn.answers[side], self._speakers[side]
        answer.attempts += 1
        answer.state, answer.text, answer.failure = AnswerState.WAITING, "", ""
        answer.message_id = f"t{turn.number}s{side}a{answer.attempts}"
        request = ModelRequest(
            t_ns=self._clock.now_ns(),
            message_id=answer.message_id,
            turn=turn.number,
            side=side,
            provider=speaker.provider_name,
            model=speaker.model_id,
            treatment=turn.treatment,
            messages=self.conversation.request_messages(side),
            parameters={k: str(v) for k, v in speaker.parameters.items()},
        )
        self._record(request)
        thread = threading.Thread(
            target=self._run, args=(request, speaker), name=f"answer-{side}", daemon=True
        )
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]
        thread.start()

    def _run(self, request: ModelRequest, speaker: Speaker) -> None:
        try:
            self._stream(request, speaker)
        except ProviderError as error:
            self._report_failure(request, error)
        except Exception:  # the thread's last resort
            logger.exception("an answer thread failed")
            sentence = tr("Something went wrong with this answer. Try again.")
            self._report_failure(request, ProviderError(sentence, FailureKind.INTERNAL))

    def _report_failure(self, request: ModelRequest, error: ProviderError) -> None:
        if not self._cancel.is_set():
            answer = request.turn, request.side, request.message_id
            self._on_event(AnswerFailed(*answer, error.sentence, error.kind, error.status))

    def _stream(self, request: ModelRequest, speaker: Speaker) -> None:
        parts = speaker.provider.answer(request.messages, speaker.parameters, self._cancel)
        try:
            self._take_in(request, parts)
        finally:
            parts.close()  # and with it the connection: what was cut off is not sent either

    def _take_in(self, request: ModelRequest, parts: Iterator[Piece | Finish]) -> None:
        text, limit = "", self._max_answer_characters
        for part in parts:
            t_ns = self._clock.now_ns()
            if isinstance(part, Finish):
                self._end(request, text, t_ns, part)
                return
            is_cut = len(text) + len(part.text) > limit
            added = (
                cut(text + part.text, limit, at_least=len(text))[len(text) :]
                if is_cut
                else part.text
            )
            text += added
            if added:
                self._record(TokenArrival(t_ns=t_ns, message_id=request.message_id, end=len(text)))
                self._on_event(AnswerGrew(request.turn, request.side, request.message_id, added))
            if is_cut:
                self._end(request, text, t_ns, CUT)
                return

    def _end(self, request: ModelRequest, text: str, t_ns: int, finish: Finish) -> None:
        if not text.strip():
            raise ProviderError(
                tr("The language model sent an empty answer. Try again."), FailureKind.EMPTY
            )
        shown = (
            finished(GrowingMarkdown().steps(text), lambda: self._cancel.wait(REST_S))
            if self.conversation.is_markdown
            else render_plain(text)
        )
        shown.text_map  # noqa: B018 # made here, not where the interface would wait for it
        self._on_event(
            AnswerEnded(request.turn, request.side, request.message_id, shown, t_ns, finish)
        )
