"""The place of a new session in its study: the server gives it out, or this computer does.

Only the server knows how often each cell is held. Where it does not answer, or there is none, the
sessions on this computer are counted, and the record says so.
"""

import logging
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tracker_app.allocation import Design, Drawn, Tally, draw, has_room, lot_of
from tracker_app.clock import Clock
from tracker_app.errors import CollectorError, TrackerError
from tracker_app.recording.collector import Collector
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_streams
from tracker_app.recording.uploader import Destination
from tracker_app.records import Assignment, ClockSegment, SessionEnd, SessionInfo, stream_of
from tracker_app.session.admission import FULL, often_enough
from tracker_app.session.destination import destination_of
from tracker_app.session.participant import Participant
from tracker_app.settings import Settings
from tracker_app.store.wire import PlaceRequest
from tracker_app.study.design import design_of
from tracker_app.study.study import Study

logger = logging.getLogger(__name__)
TIMEOUT_S = (2.5, 4.0)  # connect, read; somebody waits, and there is another way
S_PER_MIN = 60
NS_PER_MIN = S_PER_MIN * 1_000_000_000
COUNTED = frozenset(stream_of(kind) for kind in (Assignment, ClockSegment, SessionEnd, SessionInfo))


class NoPlaceError(TrackerError):
    """The study is full, or this person has taken part often enough."""


@dataclass(frozen=True, slots=True)
class GivenPlace:
    """What somebody got, before their session exists."""

    participant: Participant
    drawn: Drawn
    design_sha256: str
    is_counted: bool
    source: Literal["server", "computer"] = "computer"
    why_not_server: str = ""
    token: str | None = None  # of the session, from the server

    def record(self, t_ns: int) -> Assignment:
        """What is kept of it."""
        return Assignment(
            t_ns=t_ns,
            source=self.source,
            why_not_server=self.why_not_server,
            is_counted=self.is_counted,
            design_sha256=self.design_sha256,
            cells=list(self.drawn.cells),
            topics=list(self.drawn.topics),
        )


def get_place(
    study: Study, settings: Settings, clock: Clock, participant: Participant
) -> GivenPlace:
    """A place in the study, from the server if it answers within some eight seconds.

    Raises:
        NoPlaceError: if there is none.
    """
    destination, why_not = destination_of(settings, study), ""
    if destination is not None:
        try:
            place = _place_there(study, destination, participant)
        except CollectorError as error:
            logger.warning("the place is drawn here: %s", error)
            why_not = str(error)
        else:
            logger.info("the server gave a place in the study")
            return place
    return place_here(study, settings.data_dir, clock, participant, why_not)


def _place_there(study: Study, destination: Destination, participant: Participant) -> GivenPlace:
    design, is_counted = design_of(study), _counts(study, participant)
    request = PlaceRequest(
        design=design,
        participant_id=participant.participant_id,
        reservation_s=study.assignment.reservation_min * S_PER_MIN,
        sessions_per_person=study.access.sessions_per_person,
        is_counted=is_counted,
    )
    with closing(Collector(destination.url, timeout_s=TIMEOUT_S)) as collector:
        token = collector.enrol(destination.request(participant.session_id))
        answer = collector.take_place(participant.session_id, request)
    match answer.outcome:
        case "full":
            raise NoPlaceError(FULL)
        case "capped":
            raise NoPlaceError(often_enough(answer.times))
    drawn = Drawn(answer.cells, answer.topics)
    return GivenPlace(participant, drawn, design.sha256, is_counted, "server", token=token)


def place_here(
    study: Study, data_dir: Path, clock: Clock, participant: Participant, why_not_server: str = ""
) -> GivenPlace:
    """A place by the counts of this computer's sessions.

    Args:
        study: whose place it is.
        data_dir: where sessions are kept.
        clock: tells how old those under way are.
        participant: who takes part.
        why_not_server: in one sentence, if there is a server.

    Raises:
        NoPlaceError: if there is none.
    """
    design = design_of(study)
    tally = _tally_here(study, design, data_dir, clock, participant)
    is_counted = _counts(study, participant)
    lot = lot_of(study.sha256, participant.session_id, "place")
    drawn = draw(design, tally, lot, is_counted=is_counted)
    if drawn is None:
        raise NoPlaceError(often_enough(0) if has_room(design, tally) else FULL)
    return GivenPlace(participant, drawn, design.sha256, is_counted, why_not_server=why_not_server)


def _counts(study: Study, participant: Participant) -> bool:
    """Whether a session counts in the study's quotas."""
    return not (study.access.is_pilot or participant.is_simulated)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """Another session of the study on this computer."""

    participant_id: str
    assignment: Assignment
    is_held: bool


def _tally_here(
    study: Study, design: Design, data_dir: Path, clock: Clock, participant: Participant
) -> Tally:
    since_ns = clock.utc_ns() - study.assignment.reservation_min * NS_PER_MIN
    found = [_earlier(folder, study, since_ns) for folder in list_sessions(data_dir)]
    earlier = [one for one in found if one is not None]
    held = [one.assignment for one in earlier if one.is_held]
    taken = design.topics_taken
    return Tally(
        Counter(cell for assignment in held for cell in assignment.cells),
        Counter((cell, t) for a in held for cell in a.cells[:1] for t in a.topics[:taken]),
        {
            cell
            for one in earlier
            if one.participant_id == participant.participant_id
            for cell in one.assignment.cells
        },
    )


def _earlier(folder: Path, study: Study, since_ns: int) -> _Earlier | None:
    """What a folder tells, if it holds a session of this study with an assignment.

    Args:
        folder: of the session.
        study: that is asked about.
        since_ns: in wall time; what was not gone on with since then is given up.
    """
    try:
        records = [entry.record for entry in read_streams(folder, COUNTED)]
    except TrackerError:
        return None  # a damaged session must not keep anybody from taking part
    info = next((r for r in records if isinstance(r, SessionInfo)), None)
    assignment = next((r for r in records if isinstance(r, Assignment)), None)
    if info is None or assignment is None or info.study_id != study.id:
        return None
    end = next((r for r in records if isinstance(r, SessionEnd)), None)
    begun_ns = max((r.utc_ns for r in records if isinstance(r, ClockSegment)), default=0)
    is_held = begun_ns > since_ns if end is None else end.reason == "finished"
    return _Earlier(info.participant_id, assignment, is_held and assignment.is_counted)
