"""Whether somebody may take part: the study is open, the code is one of its, there is room."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tracker_app.errors import TrackerError
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import read_streams
from tracker_app.records import SessionEnd, SessionInfo, stream_of
from tracker_app.study.identity import is_code
from tracker_app.study.study import Study
from tracker_app.wording import Sentence, tr

WHOSE = frozenset({stream_of(SessionInfo), stream_of(SessionEnd)})
FULL = tr("This study has all the people it needs. Thank you for wanting to take part.")
LINK = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def read_code(text: str) -> str:
    """The code in what was typed or pasted: itself, or that of a link; empty if there is none.

    A link carries it as `?code=...`, or as its last part.
    """
    text = text.strip()
    if LINK.match(text):
        try:
            link = urlsplit(text)
        except ValueError:  # brackets that enclose no address
            return ""
        named = parse_qs(link.query).get("code", [])
        text = named[0] if named else link.path.rstrip("/").rpartition("/")[2]
    return text if is_code(text) else ""


def closed_sentence(study: Study) -> Sentence | None:
    """Why nobody can take part now, if nobody can."""
    match study.access.state:
        case "full":
            return FULL
        case "closed":
            return tr("This study is over. Thank you for wanting to take part.")
        case _:
            return None


def code_problem(study: Study, code: str) -> Sentence | None:
    """What is wrong with a code, if anything.

    Args:
        study: that it is to open.
        code: as `read_code` found it.
    """
    if not code:
        return tr(
            "That is no code. It has 1 to 40 letters, digits and hyphens. Copy the whole code or "
            "link from your invitation."
        )
    known = {known.upper() for known in study.access.codes}
    if known and code.upper() not in known:
        return tr(
            "This study does not know the code {code}. Compare it with your invitation, or ask "
            "whoever invited you.",
            code=code,
        )
    return None


def cap_sentence(study: Study, data_dir: Path, participant_id: str) -> Sentence | None:
    """Why this person cannot take part once more, if so."""
    if not participant_id:
        return None
    times = sum(_is_of(folder, study, participant_id) for folder in list_sessions(data_dir))
    if times < study.access.sessions_per_person:
        return None
    return often_enough(times)


def often_enough(times: int) -> Sentence:
    """Why somebody who took part so many times, 0 for unknown, cannot once more."""
    if times == 0:
        return tr("You have taken part in this study as often as anybody may. Thank you.")
    if times == 1:
        return tr("You have taken part in this study, which anybody may once. Thank you.")
    return tr(
        "You have taken part in this study {times} times, which is as often as anybody may. "
        "Thank you.",
        times=times,
    )


def _is_of(folder: Path, study: Study, participant_id: str) -> bool:
    """Whether a folder holds a finished session of this study and person."""
    try:
        records = [entry.record for entry in read_streams(folder, WHOSE)]
    except TrackerError:
        return False  # a damaged session must not keep anybody from taking part
    info = next((r for r in records if isinstance(r, SessionInfo)), None)
    if info is None or (info.study_id, info.participant_id) != (study.id, participant_id):
        return False
    return any(isinstance(r, SessionEnd) and r.reason == "finished" for r in records)
