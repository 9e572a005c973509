"""A session's token at the collection server, for whoever speaks to it there.

A session is enrolled once, when the first of them needs the token: for its place, if the server
gives it, and so before the review. Enrolling itself says no more than that there is a session.
"""

import logging
import threading
from pathlib import Path

from tracker_app.recording.collector import Collector
from tracker_app.store.wire import EnrolRequest

logger = logging.getLogger(__name__)
TOKEN_NAME = "token"


class Enrolment:
    """Gives one session's token, from any thread."""

    def __init__(self, folder: Path, url: str, request: EnrolRequest) -> None:
        """Look for the token of an earlier run.

        Args:
            folder: of the session, where the token is kept: it can only write this one session.
            url: of the server.
            request: names the session, its study and who invites it.
        """
        self.url = url.rstrip("/")
        self.session_id = request.session_id
        self._request = request
        self._path = folder / TOKEN_NAME
        self._lock = threading.Lock()
        self._token = self._path.read_text("ascii") if self._path.exists() else None

    def token(self) -> str:
        """The token; enrols where there is none.

        Raises:
            CollectorError: if the server does not answer, or refuses.
        """
        with self._lock:  # who comes second waits for the first one's: a new token ends the old
            if self._token is None:
                self._token = self._enrol()
            return self._token

    def forget(self, token: str) -> None:
        """The server does not know this token any more."""
        with self._lock:
            if self._token == token:
                self._token = None

    def _enrol(self) -> str:
        collector = Collector(self.url)
        try:
            token = collector.enrol(self._request)
        finally:
            collector.close()
        keep_token(self._path.parent, token)
        return token


def keep_token(folder: Path, token: str) -> None:
    """Keep the token of a session beside its journal: it can only write this one."""
    path = folder / TOKEN_NAME
    try:
        path.touch(mode=0o600)
        path.write_text(token, encoding="ascii")
    except OSError as error:
        # A full disk must not stop the upload, which may be what makes room.
        logger.warning("the session's token is not kept for the next start: %s", error)
