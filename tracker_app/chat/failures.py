"""What a model's server says when it does not answer, as one kind of failure and one sentence.

Servers agree on little: the same status means different things, and a conversation that is too
long is told by a code here and by a phrase there. So codes and phrases are looked at before the
status. The participant reads our sentence, never theirs: it names models and addresses.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from tracker_app.errors import FailureKind, ProviderError
from tracker_app.wording import tr

MAX_RETRY_AFTER_S = 3600.0

SENTENCES = {
    FailureKind.UNREACHABLE: tr(
        "The language model cannot be reached. Check the connection, then try again."
    ),
    FailureKind.TIMEOUT: tr("The language model takes too long to answer. Try again."),
    FailureKind.RATE_LIMITED: tr("The language model is busy. Wait a moment, then try again."),
    FailureKind.OVERLOADED: tr("The language model is busy. Wait a moment, then try again."),
    FailureKind.SERVER_ERROR: tr("The language model reported an error. Try again."),
    FailureKind.REFUSED_KEY: tr(
        "This study may not ask the language model. Ask the person running the study."
    ),
    FailureKind.NO_SUCH_MODEL: tr(
        "The language model of this study is not there. Ask the person running the study."
    ),
    FailureKind.BAD_REQUEST: tr(
        "The language model does not take what this study sends. Ask the person running the study."
    ),
    FailureKind.CONTEXT_OVERFLOW: tr(
        "This conversation is too long for the language model. Ask the person running the study."
    ),
    FailureKind.CONTENT_FILTER: tr(
        "The language model does not want to answer this. Try again, or ask something else."
    ),
    FailureKind.BROKE_OFF: tr("The answer broke off before it was complete. Try again."),
    FailureKind.MALFORMED: tr("The language model sent something unreadable. Try again."),
    FailureKind.BUDGET: tr(
        "This session has asked the language models as often as it may. "
        "Ask the person running the study."
    ),
    FailureKind.INTERNAL: tr("Something went wrong with this answer. Try again."),
}

# What is said by `code` or `type`, and more certain than the status it comes with.
_CODES = {
    # As the study's own server says it; "server_error" is also what OpenAI calls other things.
    **{kind.value: kind for kind in SENTENCES if kind is not FailureKind.SERVER_ERROR},
    "context_length_exceeded": FailureKind.CONTEXT_OVERFLOW,  # OpenAI
    "exceed_context_size_error": FailureKind.CONTEXT_OVERFLOW,  # llama.cpp
    "content_policy_violation": FailureKind.CONTENT_FILTER,  # OpenAI
    "responsibleaipolicyviolation": FailureKind.CONTENT_FILTER,  # Azure
    "insufficient_quota": FailureKind.REFUSED_KEY,  # OpenAI, with 429: waiting does not help
    "billing_hard_limit_reached": FailureKind.REFUSED_KEY,
    "billing_error": FailureKind.REFUSED_KEY,  # Anthropic
    "model_not_found": FailureKind.NO_SUCH_MODEL,
}
# What is said in words alone.
_PHRASES = {
    "context length": FailureKind.CONTEXT_OVERFLOW,  # OpenAI, vLLM, Ollama
    "context size": FailureKind.CONTEXT_OVERFLOW,  # llama.cpp
    "context window": FailureKind.CONTEXT_OVERFLOW,  # llama-cpp-python
    "context limit": FailureKind.CONTEXT_OVERFLOW,  # Anthropic
    "prompt is too long": FailureKind.CONTEXT_OVERFLOW,  # Anthropic
    "`inputs` tokens + `max_new_tokens`": FailureKind.CONTEXT_OVERFLOW,  # Together
    "input token count": FailureKind.CONTEXT_OVERFLOW,  # Together, with 403
    "credit balance": FailureKind.REFUSED_KEY,  # Anthropic, with 400
    "content management policy": FailureKind.CONTENT_FILTER,  # Azure
    "safety system": FailureKind.CONTENT_FILTER,  # OpenAI
}
# What stands for a status in an event, which has none.
_TYPES = {
    "overloaded_error": FailureKind.OVERLOADED,
    "service_unavailable": FailureKind.OVERLOADED,
    "rate_limit": FailureKind.RATE_LIMITED,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "timeout_error": FailureKind.TIMEOUT,
    "authentication_error": FailureKind.REFUSED_KEY,
    "permission_error": FailureKind.REFUSED_KEY,
    "not_found_error": FailureKind.NO_SUCH_MODEL,
    "invalid_request_error": FailureKind.BAD_REQUEST,
    "request_too_large": FailureKind.BAD_REQUEST,
}
_STATUSES = {
    401: FailureKind.REFUSED_KEY,
    402: FailureKind.REFUSED_KEY,  # nobody paid
    403: FailureKind.REFUSED_KEY,
    404: FailureKind.NO_SUCH_MODEL,
    407: FailureKind.UNREACHABLE,  # the network wants somebody to log in
    408: FailureKind.TIMEOUT,
    410: FailureKind.NO_SUCH_MODEL,
    429: FailureKind.RATE_LIMITED,
    503: FailureKind.OVERLOADED,
    511: FailureKind.UNREACHABLE,
    529: FailureKind.OVERLOADED,  # Anthropic
}


def failure(
    kind: FailureKind, *, status: int | None = None, retry_after_s: float | None = None
) -> ProviderError:
    """A failure of this kind, with its sentence."""
    return ProviderError(SENTENCES[kind], kind, status=status, retry_after_s=retry_after_s)


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """What is meant by a response that is not an answer.

    Args:
        status: of HTTP.
        headers: of the response.
        body: its beginning.
    """
    try:
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        said = None
    kind = _told(said)
    if kind is None and status == 200 and isinstance(said, dict) and "error" in said:
        kind = FailureKind.SERVER_ERROR
    return failure(kind or _kind_of(status), status=status, retry_after_s=retry_after_s(headers))


def reported(said: object) -> ProviderError:
    """What is meant by an error that is told in the middle of an answer."""
    words = list(_words(said))
    kinds = [_TYPES[word] for word in words if word in _TYPES]
    statuses = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) == 3]
    kinds += [_kind_of(status) for status in statuses if status >= 400]
    return failure(_told(said) or next(iter(kinds), FailureKind.SERVER_ERROR))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long to wait at least, if a response says so: in seconds, or until a date."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(text)
        # By the sender's clock where it tells: ours may be wrong.
        now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
        return max(0.0, min((until - now).total_seconds(), MAX_RETRY_AFTER_S))
    except (ValueError, TypeError, OverflowError):
        return None


def _told(said: object) -> FailureKind | None:
    """The kind that codes or phrases tell."""
    words = list(_words(said))
    for word in words:
        if word in _CODES:
            return _CODES[word]
    return next((kind for p, kind in _PHRASES.items() if any(p in word for word in words)), None)


def _words(said: object, depth: int = 4) -> Iterator[str]:
    """Codes, types and messages, small, wherever servers put them."""
    if isinstance(said, str):
        yield said.lower()
    elif isinstance(said, dict):
        for key in ("code", "type", "innererror", "error", "message", "detail"):
            value: Any = said.get(key)
            if type(value) is int:
                yield str(value)
            elif depth and isinstance(value, str | dict):
                yield from _words(value, depth - 1)


def _kind_of(status: int) -> FailureKind:
    if status in _STATUSES:
        return _STATUSES[status]
    if status >= 500:
        return FailureKind.SERVER_ERROR
    if status >= 400:
        return FailureKind.BAD_REQUEST
    # A redirection is not followed: nobody may send questions and keys elsewhere.
    return FailureKind.UNREACHABLE if status >= 300 else FailureKind.MALFORMED
