"""The talk: asks the models, keeps the conversation and returns its records. No screen needed.

Every model answers in a thread of its own (`answering`); all methods here belong to one thread,
in the application the interface's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tracker_app.chat.answering import (
    AnswerDelayed,
    AnswerEnded,
    AnswerFailed,
    AnswerGrew,
    Answering,
    AnswerRules,
    Speaker,
    TalkEvent,
)
from tracker_app.chat.conversation import (
    Answer,
    AnswerState,
    Conversation,
    ConversationTurn,
    Given,
    Treatment,
    Verdict,
    swapped,
)
from tracker_app.chat.provider import Finish
from tracker_app.chat.rendering import Rendering
from tracker_app.clock import Clock
from tracker_app.codec import sha256
from tracker_app.records import (
    Comparison,
    ExtraRating,
    Message,
    ModelName,
    ModelRequest,
    Preference,
    Presented,
    ProviderFailure,
    Rating,
    RatingOnset,
    Rationale,
    Record,
    Turn,
    TurnRated,
    TurnSkipped,
)

JOIN_LIMIT_S = 2.0
MAX_ANSWER_CHARACTERS = 10_000


def _no_treatment(turn: int) -> None:
    del turn


def _no_seed(message_id: str) -> int:
    del message_id
    return 0


@dataclass(frozen=True, slots=True)
class Lots:
    """What is drawn by lot while people talk."""

    treatment_of: Callable[[int], Treatment | None] = _no_treatment  # by the turn's number
    seed_of: Callable[[str], int] = _no_seed  # by the message's id


class Talk:
    """One session's conversation with the models of its sides."""

    def __init__(
        self,
        conversation: Conversation,
        speakers: Mapping[int, Speaker],
        clock: Clock,
        record: Callable[[Record], None],
        on_event: Callable[[TalkEvent], None],
        max_answer_characters: int = MAX_ANSWER_CHARACTERS,
        lots: Lots | None = None,
    ) -> None:
        """Wire the talk.

        Args:
            conversation: where it stands; may hold turns of before an interruption.
            speakers: the model of each side; nobody where everything shown is fixed.
            clock: stamps tokens as they arrive.
            record: takes every record; called from any thread.
            on_event: hears of each answer's progress; called from the answer's thread.
            max_answer_characters: of a longer answer, only the beginning is taken.
            lots: what is drawn.
        """
        self.conversation = conversation
        self._speakers = speakers
        self._clock = clock
        self._record = record
        self._on_event = on_event
        self._rules = AnswerRules(max_answer_characters, conversation.is_markdown)
        self._lots = lots or Lots()
        # Kept in memory until the session is over: before, no file says who answered.
        self._answered: dict[tuple[str, str], Finish] = {}  # by model and revision
        self._answering: list[Answering] = []

    # --- a turn begins -------------------------------------------------------------------------

    def ask(self, question: str, opener: str = "") -> ConversationTurn:
        """Send a question to every side.

        Args:
            question: as it was typed.
            opener: the suggestion it was made from, if there was one.
        """
        treatment = self._lots.treatment_of(self.conversation.next_number)
        turn = self.conversation.begin(question, treatment)
        self._record_turn(turn, opener)
        for side in self.conversation.sides:
            self._request(turn, side)
        return turn

    def present(
        self,
        question: str,
        answers: Mapping[int, Given],
        *,
        item: str = "",
        repeats: int | None = None,
    ) -> ConversationTurn:
        """Put something before the participant that no model is asked for.

        Args:
            question: the prompt that was answered.
            answers: by side.
            item: the fixed item it is, if it is one.
            repeats: the turn whose pair it shows again, if it does.
        """
        turn = self.conversation.begin(question, item=item, repeats=repeats)
        self._record_turn(turn)
        for side, given in answers.items():
            self._present(turn, side, given)
        return turn

    def repeat(self, number: int) -> ConversationTurn:
        """Show a turn's pair again, each answer on the other side."""
        turn = self.conversation.turn(number)
        return self.present(turn.question, swapped(turn), item=turn.item, repeats=number)

    def retry(self, side: int) -> None:
        """Ask one side again after it failed."""
        turn = self._current()
        if turn.answers[side].state is AnswerState.FAILED:
            self._request(turn, side)

    def skip(self) -> None:
        """Give the current turn up, because an answer did not come."""
        turn = self._current()
        if turn.has_failed:
            for answering in self._answering:
                answering.cancel()
            turn.is_skipped = True
            self._record(TurnSkipped(t_ns=self._clock.now_ns(), turn=turn.number))

    # --- what the models say -------------------------------------------------------------------

    def take(self, event: TalkEvent) -> None:
        """Take in what became of an answer, unless it is not waited for any more."""
        if event.turn < self.conversation.first_turn:
            return  # of an earlier task, where it was given up
        turn = self.conversation.turn(event.turn)
        answer = turn.answers[event.side]
        is_awaited = answer.state is AnswerState.WAITING and not turn.is_skipped
        if answer.message_id != event.message_id or not is_awaited:
            return
        match event:
            case AnswerGrew():
                answer.text += event.added
            case AnswerEnded():
                self._complete(answer, event)
            case AnswerFailed():
                self._fail(answer, event)
            case AnswerDelayed():
                pass

    def _complete(self, answer: Answer, ended: AnswerEnded) -> None:
        answer.text, answer.state = ended.text, AnswerState.COMPLETE
        answer.is_cut = ended.is_cut
        model_id = self._speakers[ended.side].model_id
        revision = _revision(ended.finish)
        if revision:
            self._answered[model_id, revision] = ended.finish
        self._record(message_of(answer, ended.turn, ended.shown, ended.t_ns, ended.finish))

    def _fail(self, answer: Answer, failed: AnswerFailed) -> None:
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

    def names(self) -> list[ModelName]:
        """What the providers said answered since the program was started, to be told at the end."""
        return [
            ModelName(
                t_ns=self._clock.now_ns(),
                model=model_id,
                revision_sha256=revision,
                name=finish.model,
                fingerprint=finish.fingerprint,
            )
            for (model_id, revision), finish in self._answered.items()
        ]

    # --- what the participant says -------------------------------------------------------------

    def begin_judging(self, order: Sequence[str]) -> None:
        """Take note that the questions about the answers came up, in this order."""
        turn = self._current()
        self._record(RatingOnset(t_ns=self._clock.now_ns(), turn=turn.number, order=list(order)))

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

    def rate_extra(self, question: str, side: int, value: int) -> None:
        """Answer one more question of the study about an answer of the current turn."""
        turn = self._current()
        turn.answers[side].extra[question] = value
        self._record(
            ExtraRating(
                t_ns=self._clock.now_ns(),
                message_id=turn.answers[side].message_id,
                turn=turn.number,
                side=side,
                question=question,
                value=value,
            )
        )

    def judge(self, verdict: Verdict) -> None:
        """Say how the answers of the current pair compare."""
        turn = self._current()
        turn.verdict = verdict
        self._record(
            Preference(
                t_ns=self._clock.now_ns(),
                turn=turn.number,
                choice=verdict.choice,
                preferred_side=verdict.side,
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
                previous_turn=self.conversation.finished[-1].number,
                is_better=is_better,
            )
        )

    def explain(self, text: str) -> None:
        """Say why, in words."""
        turn = self._current()
        turn.rationale = text
        self._record(Rationale(t_ns=self._clock.now_ns(), turn=turn.number, text=text))

    def advance(self) -> None:
        """Close the current turn, once it is answered and judged."""
        if self.conversation.is_judged:
            turn = self._current()
            turn.is_rated = True
            self._record(TurnRated(t_ns=self._clock.now_ns(), turn=turn.number))

    def stop(self) -> None:
        """Cancel answers still coming and let go of the models."""
        for answering in self._answering:
            answering.cancel()
        for answering in self._answering:
            answering.join(JOIN_LIMIT_S)
        for speaker in self._speakers.values():
            speaker.provider.close()

    # --- one answer ----------------------------------------------------------------------------

    def _current(self) -> ConversationTurn:
        turn = self.conversation.current
        if turn is None:
            raise ValueError("there is no open turn")
        return turn

    def _record_turn(self, turn: ConversationTurn, opener: str = "") -> None:
        self._record(
            Turn(
                t_ns=self._clock.now_ns(),
                turn=turn.number,
                task=self.conversation.task,
                question=turn.question,
                opener=opener,
                item=turn.item,
                repeats=turn.repeats,
            )
        )

    def _begin_attempt(self, turn: ConversationTurn, side: int) -> Answer:
        answer = turn.answers[side]
        answer.attempts += 1
        answer.state, answer.text, answer.failure = AnswerState.WAITING, "", ""
        answer.message_id = f"t{turn.number}s{side}a{answer.attempts}"
        return answer

    def _request(self, turn: ConversationTurn, side: int) -> None:
        answer, speaker = self._begin_attempt(turn, side), self._speakers[side]
        parameters = dict(speaker.parameters)
        if speaker.is_seeded:
            parameters["seed"] = self._lots.seed_of(answer.message_id)
        history = self.conversation.history(side)
        request = ModelRequest(
            t_ns=self._clock.now_ns(),
            message_id=answer.message_id,
            turn=turn.number,
            side=side,
            provider=speaker.provider_name,
            model=speaker.model_id,
            treatment=turn.treatment,
            messages=self.conversation.request_messages(side),
            parameters={k: str(v) for k, v in parameters.items()},
            context=self.conversation.context,
            history_turns=tuple(past.turn.number for past in history),
            history_sides=tuple(past.side for past in history),
        )
        self._record(request)
        self._answering = [a for a in self._answering if a.is_under_way]
        self._answering.append(
            Answering(
                request,
                parameters,
                speaker,
                self._rules,
                self._clock,
                self._record,
                self._on_event,
            )
        )

    def _present(self, turn: ConversationTurn, side: int, given: Given) -> None:
        answer = self._begin_attempt(turn, side)
        answer.text, answer.state = given.text, AnswerState.COMPLETE
        t_ns = self._clock.now_ns()
        self._record(
            Presented(
                t_ns=t_ns,
                message_id=answer.message_id,
                turn=turn.number,
                side=side,
                response=given.response,
                of_message=given.of_message,
            )
        )
        finish = Finish("repeated" if given.of_message else "fixed")
        shown = self.conversation.shown(answer)
        self._record(message_of(answer, turn.number, shown, t_ns, finish))


def message_of(answer: Answer, turn: int, shown: Rendering, t_ns: int, finish: Finish) -> Message:
    """The record of a complete answer, as it is shown."""
    pieces = shown.text_map.pieces
    ends = token_ends(shown.raw, finish)
    return Message(
        t_ns=t_ns,
        message_id=answer.message_id,
        turn=turn,
        side=answer.side,
        raw=shown.raw,
        displayed=shown.text,
        displayed_sha256=sha256(shown.text.encode()),
        map_displayed_start=tuple(p.displayed_start for p in pieces),
        map_displayed_end=tuple(p.displayed_end for p in pieces),
        map_raw_start=tuple(p.raw_start for p in pieces),
        map_raw_end=tuple(p.raw_end for p in pieces),
        finish_reason=finish.reason,
        is_truncated=answer.is_cut,
        usage=finish.usage,
        revision_sha256=_revision(finish),
        token_end=ends,
        token_logprob=tuple(token.logprob for token in finish.tokens[: len(ends)]),
    )


def token_ends(raw: str, finish: Finish) -> tuple[int, ...]:
    """Where the tokens end that a text begins with.

    Some providers tell of tokens that are not in the text, or write parts of a character as bytes:
    from there on nobody knows which token stands where.
    """
    ends: list[int] = []
    for token in finish.tokens:
        end = ends[-1] if ends else 0
        if not raw.startswith(token.text, end):
            break
        ends.append(end + len(token.text))
    return tuple(ends)


def _revision(finish: Finish) -> str:
    """What stands for a model's name until the session is over."""
    return sha256(f"{finish.model}\0{finish.fingerprint}".encode()) if finish.model else ""
