"""One session wired together, headless: sources to journal to server."""

from tracker_app.session.opening import begin_session, find_interrupted, resume_session
from tracker_app.session.participant import Participant
from tracker_app.session.session import Session

__all__ = ["Participant", "Session", "begin_session", "find_interrupted", "resume_session"]
