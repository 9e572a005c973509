"""Every call to the collection server."""

from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import requests

from tracker_app.errors import CollectorError
from tracker_app.loopback import is_on_this_computer
from tracker_app.recording.reading import Chunk
from tracker_app.store.wire import (
    HASH_HEADER,
    BatchAnswer,
    EnrolAnswer,
    EnrolRequest,
    Manifest,
    PlaceAnswer,
    PlaceRequest,
    Refusal,
    SessionStatus,
)

TIMEOUT_S = (5.0, 20.0)  # connect, read
_Answer = TypeVar("_Answer")


class ServerUnreachableError(CollectorError):
    """No usable answer: the network, a proxy or the server is down. Worth another try."""


class RefusedError(CollectorError):
    """The server answered, and not with what was asked for."""

    def __init__(self, status: int, reason: str, retry_after_s: float | None) -> None:
        super().__init__(f"The server refused with {status}: {reason}")
        self.status = status
        self.retry_after_s = retry_after_s


class Collector:
    """A collection server, spoken to by one session."""

    def __init__(
        self, url: str, token: str | None = None, timeout_s: tuple[float, float] = TIMEOUT_S
    ) -> None:
        """Prepare to speak to the server.

        Args:
            url: its address.
            token: of the session, if it is enrolled.
            timeout_s: for a connection, and for an answer.

        Raises:
            CollectorError: if the address is not one, or would send data unprotected.
        """
        self._base = _checked(url)
        self._http = requests.Session()
        # Loopback needs no proxy, and an environment variable must not redirect anyone's gaze.
        self._http.trust_env = not is_on_this_computer(self._base)
        self._timeout_s = timeout_s
        self.token = token

    def enrol(self, request: EnrolRequest) -> str:
        """Exchange an enrolment code for this session's token."""
        answer = self._call("POST", "/v1/enrol", msgspec.json.encode(request), EnrolAnswer)
        self.token = answer.token
        return answer.token

    def take_place(self, session_id: str, request: PlaceRequest) -> PlaceAnswer:
        """Ask what this session is to show; the same again for who asks again."""
        path = f"/v1/sessions/{session_id}/place"
        return self._call("POST", path, msgspec.json.encode(request), PlaceAnswer)

    def put_chunk(self, session_id: str, chunk: Chunk) -> None:
        """Store a chunk. Returns only if the server says that it has exactly this one."""
        answer = self._call(
            "PUT",
            f"/v1/sessions/{session_id}/batches/{chunk.seq}",
            chunk.body,
            BatchAnswer,
            {"Content-Encoding": "gzip", HASH_HEADER: chunk.sha256},
        )
        if answer.seq != chunk.seq:
            raise ServerUnreachableError("The server acknowledged something else.")

    def put_manifest(self, manifest: Manifest) -> SessionStatus:
        """Say what the session consists of; the answer tells what is missing."""
        path = f"/v1/sessions/{manifest.session_id}/manifest"
        return self._call("PUT", path, msgspec.json.encode(manifest), SessionStatus)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(
        self,
        method: str,
        path: str,
        body: bytes,
        kind: type[_Answer],
        headers: dict[str, str] | None = None,
    ) -> _Answer:
        headers = {"Content-Type": "application/json", **(headers or {})}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            response = self._http.request(
                method,
                self._base + path,
                data=body,
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,  # nobody may point gaze data and token elsewhere
            )
        except requests.RequestException as error:
            raise ServerUnreachableError("The server cannot be reached.") from error
        if response.status_code not in (200, 201):
            raise _refusal(response)
        try:
            return msgspec.json.decode(response.content, type=kind)
        except msgspec.MsgspecError as error:
            # A captive portal, for one, answers 200 to anything.
            raise ServerUnreachableError("The server's answer makes no sense.") from error


def _refusal(response: requests.Response) -> RefusedError:
    try:
        reason = msgspec.json.decode(response.content, type=Refusal).error
    except msgspec.MsgspecError:
        reason = response.reason or "no reason given"
    return RefusedError(response.status_code, reason, _seconds(response.headers.get("Retry-After")))


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(0.0, min(float(text), 3600.0))
    except ValueError:
        return None  # a date: our own waiting is good enough


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CollectorError(f"{url} is not a server address. It begins with https://.")
    if parts.scheme == "http" and not is_on_this_computer(url):
        raise CollectorError(f"{url} would send data unprotected. Use an address with https://.")
    return url.rstrip("/")
