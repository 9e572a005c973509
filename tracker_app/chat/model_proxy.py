"""A model that the study's own server asks: its name and key never come to this computer.

The server speaks OpenAI's protocol; what is added is the session's token.
"""

from collections.abc import Sequence

from tracker_app.chat.exchange import PATIENCE, Patience, unless_cancelled
from tracker_app.chat.failures import failure
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Cancellation, ChatMessage, Parameters, Parts
from tracker_app.errors import CollectorError, FailureKind, ProviderError
from tracker_app.recording.collector import RefusedError
from tracker_app.recording.enrolment import Enrolment

UNKNOWN_TOKEN = 401
REFUSED = (403, 422)  # the code, or the whole session


class ModelProxy:
    """One model of the study's server, by the id it has there."""

    def __init__(self, enrolment: Enrolment, model: str, *, patience: Patience = PATIENCE) -> None:
        """Prepare to ask.

        Args:
            enrolment: of the session; it enrols at the first question if need be.
            model: its id in the study file and in the server's.
            patience: how long to wait.
        """
        self._enrolment = enrolment
        self._model = model
        self._patience = patience

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        """See `Provider.answer`."""
        token = unless_cancelled(self._token, cancel)
        if token is None:
            return
        model = OpenAICompatible(
            f"{self._enrolment.url}/v1/sessions/{self._enrolment.session_id}",
            self._model,
            token,
            patience=self._patience,
            names_messages=True,
        )
        try:
            yield from model.answer(messages, parameters, cancel, message_id)
        except ProviderError as error:
            if error.status != UNKNOWN_TOKEN:
                raise
            self._enrolment.forget(token)  # the next attempt enrols again
            raise failure(FailureKind.UNREACHABLE, status=UNKNOWN_TOKEN) from error

    def close(self) -> None:
        """Nothing is held between answers."""

    def _token(self) -> str:
        try:
            return self._enrolment.token()
        except RefusedError as error:
            kind = FailureKind.REFUSED_KEY if error.status in REFUSED else FailureKind.OVERLOADED
            raise failure(kind, status=error.status, retry_after_s=error.retry_after_s) from error
        except CollectorError as error:
            raise failure(FailureKind.UNREACHABLE) from error
