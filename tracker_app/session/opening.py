"""The two ways into a session: a fresh consent, or an interrupted one."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker_app.clock import Clock
from tracker_app.codec import Entry
from tracker_app.errors import TrackerError
from tracker_app.recording.enrolment import keep_token
from tracker_app.recording.erasing import profile_path
from tracker_app.recording.folders import session_folder, unfinished_sessions
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import read_entries
from tracker_app.records import Assignment, Consent, Record, SessionInfo, Task
from tracker_app.session.participant import Participant, new_participant
from tracker_app.session.places import GivenPlace
from tracker_app.session.session import Session
from tracker_app.settings import Settings
from tracker_app.study.identity import CODED_PREFIX, SIMULATED_PREFIX
from tracker_app.study.study import Study

logger = logging.getLogger(__name__)
OnFailure = Callable[[TrackerError], None]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A session that was not finished, and everything recorded of it."""

    folder: Path
    participant: Participant
    records: tuple[Record, ...]


def begin_session(
    study: Study,
    settings: Settings,
    clock: Clock,
    ticks: Mapping[str, bool],
    on_failure: OnFailure,
    *,
    is_simulated: bool,
    code: str = "",
    place: GivenPlace | None = None,
) -> Session:
    """Open a new session for a participant who has just agreed to it.

    Args:
        study: what they agreed to.
        settings: of this machine.
        clock: stamps everything.
        ticks: of the consent.
        on_failure: hears of a source that failed; any thread.
        is_simulated: a program plays.
        code: the participant's, if there is one; else they get a random id.
        place: that they got in the study; without one it is given when the talk begins, if it does.

    Raises:
        JournalError: if it cannot be written.
    """
    who = place.participant if place else new_participant(code, ticks, is_simulated=is_simulated)
    folder = session_folder(settings.data_dir, who.session_id)
    journal = Journal(folder, who.session_id, clock, on_failure=on_failure)
    if place is not None and place.token is not None:
        keep_token(folder, place.token)
    profile = _profile(settings.data_dir, who.participant_id)
    session = Session(journal, study, settings, clock, who, on_failure, profile)
    session.record(
        Consent(
            t_ns=clock.now_ns(),
            text_sha256=study.consent.sha256,
            version=study.consent.version,
            locale=study.language,
            ticks=dict(ticks),
        )
    )
    if place is not None:
        session.assign(place)
    return session


def find_interrupted(
    study: Study,
    data_dir: Path,
    participant_id: str = "",
    can_go_on: Callable[[Interrupted], bool] = lambda _: True,
) -> Interrupted | None:
    """The newest unfinished session of exactly this study, if there is one.

    A damaged one is kept and left alone: it must not keep anybody from taking part.

    Args:
        study: that goes on.
        data_dir: where sessions are kept.
        participant_id: of who takes part; empty where nobody knows.
        can_go_on: whether a session can be gone on with here; others are left alone.
    """
    for folder in reversed(unfinished_sessions(data_dir)):
        try:
            records = tuple(entry.record for entry in _by_time(folder))
        except TrackerError as error:
            logger.warning("left alone: %s: %s", folder.name, error)
            continue
        info = next((r for r in records if isinstance(r, SessionInfo)), None)
        consent = next((r for r in records if isinstance(r, Consent)), None)
        if info is None or consent is None or info.study_sha256 != study.sha256:
            continue
        if participant_id and info.participant_id != participant_id:
            continue
        participant = Participant(
            info.session_id, info.participant_id, consent.ticks, info.is_simulated
        )
        interrupted = Interrupted(folder, participant, records)
        if can_go_on(interrupted):
            return interrupted
        logger.warning("left alone: %s: it cannot go on here", folder.name)
    return None


def resume_session(
    interrupted: Interrupted,
    study: Study,
    settings: Settings,
    clock: Clock,
    on_failure: OnFailure,
) -> Session:
    """Open an interrupted session again, in a clock segment of its own.

    Raises:
        AlreadyRunningError: if another window has it open.
        JournalError: if it cannot be written.
    """
    session_id = interrupted.participant.session_id
    journal = Journal(interrupted.folder, session_id, clock, on_failure=on_failure)
    participant = interrupted.participant
    profile = _profile(settings.data_dir, participant.participant_id)
    session = Session(journal, study, settings, clock, participant, on_failure, profile)
    session.eyes.count_on(interrupted.records)
    session.assignment = next((r for r in interrupted.records if isinstance(r, Assignment)), None)
    tasks = [record for record in interrupted.records if isinstance(record, Task)]
    session.task = tasks[-1] if tasks else None
    session.topics_taken = {task.topic for task in tasks}
    return session


def _profile(data_dir: Path, participant_id: str) -> Path | None:
    """Where the last calibration of somebody with a code is kept."""
    is_coded = participant_id.startswith((CODED_PREFIX, SIMULATED_PREFIX + CODED_PREFIX))
    return profile_path(data_dir, participant_id) if is_coded else None


def _by_time(folder: Path) -> list[Entry]:
    """Records in the order they happened, across streams."""
    return sorted(read_entries(folder), key=lambda e: (e.segment, e.record.t_ns))
