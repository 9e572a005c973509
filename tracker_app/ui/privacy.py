"""What the privacy page says of a session: read off what is really recorded and sent."""

from tracker_app.clock import read_clock
from tracker_app.recording.uploader import Destination
from tracker_app.records import Assignment
from tracker_app.session import Session
from tracker_app.session.cockpit import last_rows, sent_by
from tracker_app.study.study import Study
from tracker_app.ui.addresses import host_of
from tracker_app.ui.cockpit_panel import CockpitState, Source
from tracker_app.ui.texts import tr, translated


def describe_privacy(session: Session, destination: Destination | None) -> CockpitState:
    """How things stand now.

    Args:
        session: that is recorded.
        destination: where it is sent, now or after the review.
    """
    host = host_of(destination.url) if destination is not None else ""
    agreed = session.participant.agreed_to
    uploader = session.uploader
    return CockpitState(
        camera=_source(is_on=session.eyes.is_on, is_used=session.uses_eyes),
        mouse=_source(is_on=session.is_mouse_on, is_used=agreed("mouse")),
        kept=_kept(session, session.study),
        folder=str(session.journal.folder),
        host=host if uploader is not None else "",
        sent_bytes=sent_by(uploader).bytes,
        place_host=host if _was_asked_for_a_place(session.assignment) else "",
        question_host=host if session.study.asks_through_server else "",
        asks_far_models=session.study.asks_far_models,
        rows=_rows(session),
    )


def _was_asked_for_a_place(assignment: Assignment | None) -> bool:
    """Whether the server was, even if it did not answer: it may have heard."""
    if assignment is None:
        return False
    return assignment.source == "server" or bool(assignment.why_not_server)


def _source(*, is_on: bool, is_used: bool) -> Source:
    if not is_used:
        return "not_used"
    return "on" if is_on else "off"


def _kept(session: Session, study: Study) -> tuple[str, ...]:
    agreed = session.participant.agreed_to
    kept = [tr("Your questions, the answers, and what you say of them.")]
    if session.uses_eyes:
        kept.append(tr("Where on the screen you look, and where your head is."))
    if session.uses_eyes and agreed("eye_features") and study.recording.eye_features != "none":
        kept.append(
            tr("Measurements and small pictures of your eyes.")
            if study.recording.eye_features == "patches"
            else tr("Measurements of your eyes, without pictures.")
        )
    if agreed("mouse"):
        kept.append(tr("The mouse in this window, and what you select or copy."))
    return tuple(kept)


def _rows(session: Session) -> tuple[tuple[str, str], ...]:
    now_ns = read_clock(session.clock).t_ns
    return tuple(
        (_ago(now_ns - row.t_ns), translated(row.says)) for row in last_rows(session.latest())
    )


def _ago(past_ns: int) -> str:
    seconds = max(0, past_ns) // 1_000_000_000
    if seconds < 60:
        return tr("{seconds} s ago", seconds=seconds)
    return tr("{minutes} min ago", minutes=seconds // 60)
