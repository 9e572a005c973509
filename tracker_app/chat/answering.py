"""Asks one model for one answer, in a thread of its own, which only stamps and reports.

What heals by itself is asked again: a provider that is busy or cannot be reached, as long as
nothing of the answer has come. Everything else is told to the participant, who decides.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import tenacity
from tenacity import RetryCallState

from tracker_app.chat.cut import cut
from tracker_app.chat.failures import failure
from tracker_app.chat.markdown import GrowingMarkdown
from tracker_app.chat.provider import Cancellation, Finish, Parameters, Piece, Provider
from tracker_app.chat.rendering import Rendering, finished, render_plain
from tracker_app.clock import Clock
from tracker_app.errors import FailureKind, ProviderError
from tracker_app.records import ModelRequest, ProviderFailure, Record, TokenArrival
from tracker_app.wording import tr

logger = logging.getLogger(__name__)
CUT = Finish("cut")  # by us; what the provider would have said is not known
REST_S = 0.002  # twice as long as a step of rendering takes
ATTEMPTS = 3
LONGEST_WAIT_S = 20.0  # nobody sits before a busy model for longer than that
HEALING = frozenset(
    {
        FailureKind.UNREACHABLE,
        FailureKind.RATE_LIMITED,
        FailureKind.OVERLOADED,
        FailureKind.SERVER_ERROR,
    }
)
_backoff = tenacity.wait_random_exponential(multiplier=0.5, max=8)


@dataclass(frozen=True, slots=True)
class Speaker:
    """The model of one side."""

    provider: Provider
    provider_name: str
    model_id: str
    parameters: Parameters
    is_seeded: bool = False  # every request carries a seed of its own


@dataclass(frozen=True, slots=True)
class AnswerGrew:
    """More text came."""

    turn: int
    side: int
    message_id: str
    added: str


@dataclass(frozen=True, slots=True)
class AnswerDelayed:
    """The model did not answer yet, and is asked again by itself."""

    turn: int
    side: int
    message_id: str
    wait_s: float


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


TalkEvent = AnswerGrew | AnswerDelayed | AnswerEnded | AnswerFailed


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """How answers are taken in and shown."""

    max_characters: int  # of a longer one, only the beginning is taken
    is_markdown: bool


class Answering:
    """One model at work on one answer."""

    def __init__(
        self,
        request: ModelRequest,
        parameters: Parameters,
        speaker: Speaker,
        rules: AnswerRules,
        clock: Clock,
        record: Callable[[Record], None],
        on_event: Callable[[TalkEvent], None],
    ) -> None:
        """Begin to ask.

        Args:
            request: what is asked; names the answer.
            parameters: of the request, which holds them as text.
            speaker: who is asked.
            rules: for the answer.
            clock: stamps pieces as they arrive.
            record: takes every record; called from the answer's thread.
            on_event: hears of the progress; called from the answer's thread.
        """
        self._request, self._parameters = request, parameters
        self._speaker, self._rules = speaker, rules
        self._clock, self._record, self._on_event = clock, record, on_event
        self._cancel = Cancellation()
        self._has_begun = False
        self._thread = threading.Thread(
            target=self._run, name=f"answer-{request.side}", daemon=True
        )
        self._thread.start()

    @property
    def is_under_way(self) -> bool:
        """Whether the model is still asked."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Want it no more; nothing is heard of it from now on."""
        self._cancel.set()

    def join(self, limit_s: float) -> None:
        """Wait until it has let go of the model."""
        self._thread.join(limit_s)

    def _run(self) -> None:
        try:
            self._ask_until_it_answers()
        except ProviderError as error:
            self._report_failure(error)
        except Exception:  # the thread's last resort
            logger.exception("an answer thread failed")
            self._report_failure(failure(FailureKind.INTERNAL))

    def _ask_until_it_answers(self) -> None:
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._may_heal),
            wait=_wait,
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            sleep=self._sleep,
            before_sleep=self._note_retry,
            reraise=True,
        )
        attempts(self._ask)

    def _sleep(self, seconds: float) -> None:
        self._cancel.wait(seconds)

    def _may_heal(self, error: BaseException) -> bool:
        return (
            isinstance(error, ProviderError)
            and error.kind in HEALING
            and (error.retry_after_s or 0) <= LONGEST_WAIT_S
            and not self._has_begun
            and not self._cancel.is_set()
        )

    def _note_retry(self, state: RetryCallState) -> None:
        error = _error_of(state)
        wait_s = state.next_action.sleep if state.next_action is not None else 0.0
        request = self._request
        self._record(
            ProviderFailure(
                t_ns=self._clock.now_ns(),
                message_id=request.message_id,
                turn=request.turn,
                side=request.side,
                kind=error.kind,
                status=error.status,
                is_retried=True,
                wait_s=wait_s,
                reason=str(error),
            )
        )
        self._report(AnswerDelayed(request.turn, request.side, request.message_id, wait_s))

    def _report_failure(self, error: ProviderError) -> None:
        answer = self._request.turn, self._request.side, self._request.message_id
        self._report(AnswerFailed(*answer, error.sentence, error.kind, error.status))

    def _report(self, event: TalkEvent) -> None:
        if not self._cancel.is_set():
            self._on_event(event)

    def _ask(self) -> None:
        if self._cancel.is_set():
            return
        speaker = self._speaker
        parts = speaker.provider.answer(
            self._request.messages,
            self._parameters,
            self._cancel,
            self._request.message_id,
        )
        try:
            self._take_in(parts)
        finally:
            parts.close()  # and with it the connection: what was cut off is not sent either

    def _take_in(self, parts: Iterator[Piece | Finish]) -> None:
        text, limit, request = "", self._rules.max_characters, self._request
        for part in parts:
            t_ns = self._clock.now_ns()
            self._has_begun = True
            if isinstance(part, Finish):
                self._end(text, t_ns, part)
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
                self._report(AnswerGrew(request.turn, request.side, request.message_id, added))
            if is_cut:
                self._end(text, t_ns, CUT)
                return

    def _end(self, text: str, t_ns: int, finish: Finish) -> None:
        if not text.strip():
            sentence = tr("The language model sent an empty answer. Try again.")
            raise ProviderError(sentence, FailureKind.EMPTY)
        shown = (
            finished(GrowingMarkdown().steps(text), lambda: self._cancel.wait(REST_S))
            if self._rules.is_markdown
            else render_plain(text)
        )
        shown.text_map  # noqa: B018 # made here, not where the interface would wait for it
        request = self._request
        self._report(
            AnswerEnded(request.turn, request.side, request.message_id, shown, t_ns, finish)
        )


def _error_of(state: RetryCallState) -> ProviderError:
    assert state.outcome is not None  # it failed, and with an error of the world
    error = state.outcome.exception()
    assert isinstance(error, ProviderError)
    return error


def _wait(state: RetryCallState) -> float:
    return max(_backoff(state), _error_of(state).retry_after_s or 0.0)
