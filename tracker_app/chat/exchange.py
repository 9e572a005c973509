"""One request to a model's server and the events that answer it, over HTTP.

Whoever waits can hang up at any time, from any thread: before there is a connection, during the
TLS handshake, before the headers come and between two events. Nothing in Python ends a call that
blocks in all of these, so a thread of its own opens the connection, and a second handle of its
socket shuts it down.
"""

import socket
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, RemoteDisconnected
from typing import Any, Protocol, TypeVar

import requests
import requests.adapters
import urllib3

from tracker_app.chat.event_stream import EventSplitter
from tracker_app.chat.failures import failure, refusal
from tracker_app.chat.provider import Cancellation, Finish, Parts, Piece
from tracker_app.clock import SystemClock
from tracker_app.errors import FailureKind
from tracker_app.loopback import is_on_this_computer

EVENT_STREAM = "text/event-stream"
READ_BYTES = 65_536
MAX_REFUSAL_BYTES = 65_536
MAX_ANSWER_BYTES = 64_000_000  # a token costs some hundred bytes on the way
S = 1_000_000_000  # in ns
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds."""

    connect_s: float = 10
    silence_s: float = 60  # between two bytes; a model that thinks this long will not answer
    event_s: float = 180  # between two events, while the server says that it is there
    answer_s: float = 600  # from the question to the end of the answer


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Listener(Protocol):
    """Understands the events of one answer in one protocol."""

    is_done: bool  # no event is expected any more

    def hear(self, data: str) -> Iterator[Piece]:
        """Take in the data of an event.

        Raises:
            ProviderError: if it is not one, or tells of a failure.
        """
        ...

    def finish(self) -> Finish:
        """How the answer ended.

        Raises:
            ProviderError: if it is not complete.
        """
        ...


def converse(
    request: Request, listener: Listener, patience: Patience, cancel: Cancellation
) -> Parts:
    """Ask, and yield what the listener hears; see `Provider.answer`."""
    events = _events(request, patience, cancel)
    try:
        for data in events:
            if cancel.is_set():
                return
            for piece in listener.hear(data):
                yield piece
                if cancel.is_set():
                    return
            if listener.is_done:
                break
    finally:
        events.close()
    if not cancel.is_set():
        yield listener.finish()


def unless_cancelled(
    call: Callable[[], _T],
    cancel: Cancellation,
    limit_s: float | None = None,
    drop: Callable[[_T], object] = lambda _: None,
) -> _T | None:
    """What a call that blocks gives; None as soon as it is cancelled.

    Args:
        call: runs in a thread of its own.
        cancel: nobody waits any more.
        limit_s: how long to wait.
        drop: takes what the call gives when nobody waits any more.

    Raises:
        TimeoutError: after the limit.
    """
    outcome: Future[_T] = Future()

    def run() -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 # the waiting thread's
            with suppress(InvalidStateError):
                outcome.set_exception(error)
            return
        try:
            outcome.set_result(result)
        except InvalidStateError:
            drop(result)

    threading.Thread(target=run, name="asking", daemon=True).start()
    cancel.on_set(outcome.cancel)
    try:
        return outcome.result(limit_s)
    except CancelledError:
        return None
    finally:
        outcome.cancel()


def _events(
    request: Request, patience: Patience, cancel: Cancellation
) -> Generator[str, None, None]:
    """The data of each event of the answer; ends early and quietly once cancelled."""
    line = _Line()
    cancel.on_set(line.hang_up)
    response: requests.Response | None = None
    try:
        response = unless_cancelled(
            lambda: _opened(line, request, patience),
            cancel,
            patience.answer_s,
            requests.Response.close,
        )
        if response is not None:
            yield from _read(response, patience)
    except (requests.RequestException, urllib3.exceptions.HTTPError, TimeoutError) as error:
        if not cancel.is_set():
            raise failure(_kind_of(error, is_open=response is not None)) from error
    finally:
        line.hang_up()
        if response is not None:
            response.close()


def _opened(line: "_Line", request: Request, patience: Patience) -> requests.Response:
    """The response, once it is known to be an answer."""
    with requests.Session() as session:
        # Loopback needs no proxy, whatever the environment says.
        session.trust_env = not is_on_this_computer(request.url)
        session.auth = _as_it_is
        session.mount("http://", line)
        session.mount("https://", line)
        response = session.post(
            request.url,
            json=request.body,
            headers={"Accept": EVENT_STREAM, "Accept-Encoding": "identity", **request.headers},
            stream=True,
            timeout=(patience.connect_s, patience.silence_s),
            allow_redirects=False,  # nobody may send questions and keys elsewhere
        )
    content_type = response.headers.get("Content-Type", EVENT_STREAM)
    if response.status_code == 200 and content_type.startswith(EVENT_STREAM):
        return response
    body = b""
    with suppress(urllib3.exceptions.HTTPError):
        body = response.raw.read(MAX_REFUSAL_BYTES, decode_content=True)
    response.close()
    raise refusal(response.status_code, response.headers, body)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without an `auth`, requests would put a password of ~/.netrc in the place of the key."""
    return request


def _read(response: requests.Response, patience: Patience) -> Iterator[str]:
    """Events as soon as they are there.

    `iter_content` waits for the end of an answer that is not sent in HTTP's own chunks.
    """
    clock, splitter, read = SystemClock(), EventSplitter(), 0
    began_ns = heard_ns = clock.now_ns()
    while block := response.raw.read1(READ_BYTES, decode_content=True):
        read += len(block)
        events = splitter.feed(block)
        yield from events
        now_ns = clock.now_ns()
        if events:
            heard_ns = now_ns
        if now_ns - heard_ns > patience.event_s * S or now_ns - began_ns > patience.answer_s * S:
            raise failure(FailureKind.TIMEOUT)
        if read > MAX_ANSWER_BYTES:
            raise failure(FailureKind.MALFORMED)
    yield from splitter.end()


def _kind_of(error: Exception, *, is_open: bool) -> FailureKind:
    if isinstance(error, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError | TimeoutError):
        return FailureKind.TIMEOUT
    if isinstance(error, urllib3.exceptions.DecodeError) or (not is_open and _is_no_http(error)):
        return FailureKind.MALFORMED
    return FailureKind.BROKE_OFF if is_open else FailureKind.UNREACHABLE


def _is_no_http(error: BaseException | None) -> bool:
    """Whether somebody answered, in another protocol."""
    while error is not None:
        if isinstance(error, HTTPException):
            return not isinstance(error, RemoteDisconnected)
        error = error.__context__
    return False


class _Line(requests.adapters.HTTPAdapter):
    """Carries one request; can be hung up in any of its phases."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._is_hung_up = False
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """As it is, but its sockets are known from when they are connected."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        kind = pool.ConnectionCls

        def new_socket(connection: Any) -> socket.socket:
            return self._noted(kind._new_conn(connection))

        pool.ConnectionCls = type("Noted", (kind,), {"_new_conn": new_socket})
        return pool

    def hang_up(self) -> None:
        """Shut the connection down, and every one that is made later."""
        with self._lock:
            handles, self._handles, self._is_hung_up = self._handles, [], True
        for handle in handles:
            _shut(handle)

    def _noted(self, connected: socket.socket) -> socket.socket:
        handle = connected.dup()  # TLS takes the socket itself over
        with self._lock:
            if not self._is_hung_up:
                self._handles.append(handle)
                return connected
        _shut(handle)
        return connected


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        handle.shutdown(socket.SHUT_RDWR)
    handle.close()
