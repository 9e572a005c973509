"""Sends sealed chunks to the collection server until it has everything.

The journal is the queue: a chunk leaves it only when the server's answer says that exactly this
chunk is stored. What may heal is tried again for ever, what cannot is set aside and kept.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import tenacity
from tenacity import RetryCallState
from tenacity.nap import sleep_using_event

from tracker_app.clock import Clock
from tracker_app.errors import CollectorError, TrackerError
from tracker_app.recording.collector import Collector, RefusedError, ServerUnreachableError
from tracker_app.recording.enrolment import Enrolment
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import Chunk, Progress, chunks_to_send, manifest_of, progress_of
from tracker_app.store.wire import EnrolRequest
from tracker_app.wording import tr

logger = logging.getLogger(__name__)

# The server will never take these bytes: they are set aside and kept. Anything else heals by
# waiting, be it a busy server, one older than we are (426) or a proxy that lost its way (404).
SET_ASIDE = frozenset({400, 409, 413, 415, 422})
# The token is not valid any more: enrol again, keep everything.
UNKNOWN_TOKEN = 401
# The server does not want this session at all.
FORBIDDEN = 403
KEPT_HERE = tr("This session is kept on this computer, as its participant wants, and not sent.")
IDLE_S = 1.0
JOIN_LIMIT_S = 5.0
LEFTOVER_LIMIT_S = 300.0
_T = TypeVar("_T")
_backoff = tenacity.wait_random_exponential(multiplier=0.5, max=60)


class NotWantedError(CollectorError):
    """The server does not take this session, and waiting will not change that."""


class UploadState(StrEnum):
    """What the uploader is doing."""

    SENDING = "sending"
    UP_TO_DATE = "up to date"  # everything sealed so far is acknowledged
    WAITING = "waiting"  # the server does not answer; trying again
    REFUSED = "refused"  # the server does not want this session
    COMPLETE = "complete"  # the server confirms the whole session


@dataclass(frozen=True, slots=True)
class UploadStatus:
    """How the upload stands."""

    state: UploadState
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a session is sent and on whose invitation."""

    url: str
    code: str
    study_id: str
    study_sha256: str

    def request(self, session_id: str) -> EnrolRequest:
        """What is said to be let in with a session."""
        return EnrolRequest(self.code, session_id, self.study_id, self.study_sha256)

    def enrolment(self, folder: Path, session_id: str) -> Enrolment:
        """The token of a session there; one object for everybody who speaks to the server."""
        return Enrolment(folder, self.url, self.request(session_id))


class Uploader:
    """Uploads one journal from a thread of its own."""

    def __init__(
        self, journal: Journal, destination: Destination, enrolment: Enrolment | None = None
    ) -> None:
        """Begin to send.

        Args:
            journal: to send.
            destination: where to.
            enrolment: of the session, where others speak to the server too.

        Raises:
            CollectorError: if the server's address is unusable, or the session is to be kept here.
        """
        if journal.is_kept_here:
            raise CollectorError(KEPT_HERE)
        self._journal = journal
        self._collector = Collector(destination.url)
        self._enrolment = enrolment or destination.enrolment(journal.folder, journal.session_id)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._sent: set[int] = set()
        self._set_aside: set[int] = set()
        self._has_begun = journal.is_sending
        self.sent_chunks, self.sent_bytes = 0, 0  # that reached the server; only our thread writes
        self.status = UploadStatus(UploadState.SENDING)
        journal.on_sealed = self._wake.set
        self._thread = threading.Thread(target=self._run, name="uploader", daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the server has the whole, finished session; False if it takes longer."""
        self._wake.set()
        self._thread.join(timeout_s)
        return self.status.state is UploadState.COMPLETE

    def progress(self) -> Progress:
        """How many chunks there are and how many the server has."""
        return progress_of(self._journal.folder)

    def stop(self) -> None:
        """Stop sending; what is not sent stays in the journal."""
        self._stop.set()
        self._wake.set()
        self._thread.join(JOIN_LIMIT_S)
        self._collector.close()

    def _run(self) -> None:
        try:
            self._send_everything()
        except NotWantedError as error:
            self.status = UploadStatus(UploadState.REFUSED, str(error))
            logger.warning("upload stopped: %s", error)
        except TrackerError as error:
            self.status = UploadStatus(UploadState.WAITING, str(error))
            logger.warning("upload stopped: %s", error)
        except tenacity.RetryError:
            logger.info("upload stopped while waiting for the server")
        except Exception:  # the thread's last resort
            logger.exception("the uploader failed")
            self.status = UploadStatus(UploadState.REFUSED, "Sending failed unexpectedly.")

    def _send_everything(self) -> None:
        while not self._stop.is_set():
            chunk = self._next_chunk()
            if chunk is not None:
                self.status = UploadStatus(UploadState.SENDING)
                if self._has_begun:
                    self._send(chunk)
                else:
                    self._retrying(self._begin)
            elif self._is_delivered():
                self.status = UploadStatus(UploadState.COMPLETE)
                return
            else:
                self.status = UploadStatus(UploadState.UP_TO_DATE)
                self._wake.wait(IDLE_S)
                self._wake.clear()

    def _begin(self) -> None:
        """Rule out that anything is still deleted here; chunks are read anew afterwards."""
        self._has_begun = self._journal.begin_sending(IDLE_S)
        if self._journal.is_kept_here:
            raise NotWantedError(KEPT_HERE)

    def _next_chunk(self) -> Chunk | None:
        waiting = chunks_to_send(self._journal.folder, limit=len(self._sent) + 1)
        return next((c for c in waiting if c.seq not in self._sent), None)

    def _send(self, chunk: Chunk) -> None:
        session_id = self._journal.session_id
        try:
            self._retrying(lambda: self._collector.put_chunk(session_id, chunk))
            self._journal.acknowledge(chunk.seq)
            self.sent_chunks += 1
            self.sent_bytes += len(chunk.body)
        except RefusedError as error:
            self._set_aside.add(chunk.seq)
            logger.error("chunk %d is set aside: %s", chunk.seq, error)  # noqa: TRY400 # foreseen
            self._journal.quarantine(chunk.seq, str(error))
        self._sent.add(chunk.seq)

    def _is_delivered(self) -> bool:
        manifest = manifest_of(self._journal.folder)
        if manifest is None:
            return False
        try:
            status = self._retrying(lambda: self._collector.put_manifest(manifest))
        except RefusedError as error:
            raise NotWantedError(str(error)) from error
        if not status.is_complete:
            self._send_again(set(status.missing))
            return False
        self._journal.note_delivered()
        self._journal.flush()
        return True

    def _send_again(self, missing: set[int]) -> None:
        """Once more what was acknowledged and lost, for one by a restored backup."""
        healing = missing - self._set_aside
        if not healing:
            raise NotWantedError(
                f"The server refused {len(missing)} parts of this session. They are kept here."
            )
        self._sent -= healing
        for seq in healing:
            self._journal.send_again(seq)
        self._journal.flush()
        self._stop.wait(IDLE_S)

    # --- retrying ------------------------------------------------------------------------------

    def _retrying(self, call: Callable[[], _T]) -> _T:
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_heal),
            wait=_wait,
            stop=tenacity.stop_when_event_set(self._stop),
            sleep=sleep_using_event(self._stop),
            before_sleep=self._note_problem,
        )(lambda: self._enrolled(call))

    def _enrolled(self, call: Callable[[], _T]) -> _T:
        token = self._collector.token = self._token()
        try:
            return call()
        except RefusedError as error:
            if error.status == FORBIDDEN:
                raise NotWantedError(str(error)) from error
            if error.status != UNKNOWN_TOKEN:
                raise
            self._enrolment.forget(token)
            raise ServerUnreachableError("The server wants this session enrolled again.") from error

    def _token(self) -> str:
        try:
            return self._enrolment.token()
        except RefusedError as error:
            if error.status in SET_ASIDE | {UNKNOWN_TOKEN, FORBIDDEN}:
                raise NotWantedError(str(error)) from error
            raise

    def _note_problem(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.status = UploadStatus(UploadState.WAITING, str(error))


def _may_heal(error: BaseException) -> bool:
    if isinstance(error, RefusedError):
        return error.status not in SET_ASIDE
    return isinstance(error, ServerUnreachableError)


def _wait(state: RetryCallState) -> float:
    """Full jitter from 0.5 to 60 s; what the server asks for is the least."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, RefusedError) else None
    return max(_backoff(state), asked or 0.0)


def upload_finished(folder: Path, session_id: str, destination: Destination, clock: Clock) -> bool:
    """Send a session left over from an earlier run, as far as the server answers now.

    Returns:
        Whether the server has it completely.
    """
    journal = Journal(folder, session_id, clock)
    try:
        uploader = Uploader(journal, destination)
        try:
            return uploader.wait(LEFTOVER_LIMIT_S)
        finally:
            uploader.stop()
    finally:
        journal.close()
