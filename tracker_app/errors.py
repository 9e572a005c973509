"""What can go wrong in the world, each with one sentence a person can act on.

Mistakes of our own (ValueError, KeyError, AssertionError) are not wrapped: they rise to the
exception hook and are reported as bugs.
"""

from enum import StrEnum


class TrackerError(Exception):
    """The world failed; `str(error)` says what happened and what to do."""

    @property
    def sentence(self) -> str:
        """The same, which the interface can translate if it was written for participants."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


class SettingsError(TrackerError):
    """The settings file or environment has a mistake."""


class StudyFileError(TrackerError):
    """The study file has a mistake."""


class NoDisplayError(TrackerError):
    """There is no screen to open a window on."""


class MouseUnavailableError(TrackerError):
    """Global mouse events cannot be captured here."""


class CameraUnavailableError(TrackerError):
    """The camera cannot be opened."""


class CameraLostError(TrackerError):
    """The camera was open and stopped delivering frames."""


class ModelFileError(TrackerError):
    """A model file is missing or is not the expected one."""


class JournalError(TrackerError):
    """The session's journal cannot be opened or written."""


class AlreadyRunningError(TrackerError):
    """Another instance already has this session or data folder open."""


class DamagedRecordError(TrackerError):
    """Stored bytes do not decode to the records they claim to be."""


class TooLargeError(DamagedRecordError):
    """Stored bytes inflate beyond what a chunk may hold."""


class CollectorError(TrackerError):
    """The collection server refused or could not be understood."""


class ServerError(TrackerError):
    """The collection server cannot start."""


class SessionNotFoundError(TrackerError):
    """No session matches what the user typed."""


class FailureKind(StrEnum):
    """Why a language model did not answer. Counted by researchers: the value is stored."""

    UNREACHABLE = "unreachable"  # no connection, or none that can be trusted
    TIMEOUT = "timeout"  # connected, and nothing came for too long
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"  # the provider has no capacity now
    SERVER_ERROR = "server_error"
    REFUSED_KEY = "refused_key"
    NO_SUCH_MODEL = "no_such_model"
    BAD_REQUEST = "bad_request"  # it does not take what the study sends
    CONTEXT_OVERFLOW = "context_overflow"  # the talk is longer than the model can read
    CONTENT_FILTER = "content_filter"  # the provider will not answer this
    BROKE_OFF = "broke_off"  # in the middle of the answer
    MALFORMED = "malformed"  # what came is not the protocol, or not UTF-8
    EMPTY = "empty"
    BUDGET = "budget"  # what this session may ask of the model proxy is used up
    NOT_LOADED = "not_loaded"  # the built-in model
    INTERRUPTED = "interrupted"  # the program was closed meanwhile
    INTERNAL = "internal"  # a mistake of ours


class ProviderError(TrackerError):
    """A language model did not answer."""

    def __init__(
        self,
        sentence: str,
        kind: FailureKind,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Say what happened.

        Args:
            sentence: for the participant.
            kind: for who counts.
            status: of HTTP, if it came to that.
            retry_after_s: what the provider asks for, at least 0.
        """
        super().__init__(sentence)
        self.kind = kind
        self.status = status
        self.retry_after_s = retry_after_s


class ExportError(TrackerError):
    """A dataset or report cannot be written."""


class ManifestError(TrackerError):
    """A file of frames with known targets has a mistake."""


class RegazeError(TrackerError):
    """A session's gaze cannot be estimated again."""


class PersonError(TrackerError):
    """There is no person to simulate by what the user wrote."""


class OperatorError(TrackerError):
    """The operator's PIN or a session's start is refused."""


class DemoError(TrackerError):
    """The demonstration cannot run on this machine."""
