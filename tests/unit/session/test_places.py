"""Where a session's place comes from: a real server, or the sessions of this computer."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from tests.collection import CODE, ServerProcess
from tests.fakes import FakeClock
from tests.sessions import build_session
from tracker_app.recording.folders import list_sessions, session_folder
from tracker_app.recording.journal import Journal
from tracker_app.recording.reading import read_entries
from tracker_app.records import (
    Assignment,
    ClockSegment,
    Consent,
    Record,
    SegmentReason,
    SessionEnd,
    SessionInfo,
)
from tracker_app.session import Participant, Session, begin_session, find_interrupted
from tracker_app.session.destination import destination_of
from tracker_app.session.models import speakers_of
from tracker_app.session.opening import resume_session
from tracker_app.session.participant import new_participant
from tracker_app.session.places import GivenPlace, NoPlaceError, get_place, place_here
from tracker_app.settings import Settings
from tracker_app.study.identity import coded_id
from tracker_app.study.item import Item, Response
from tracker_app.study.reading import parse_study
from tracker_app.study.study import (
    Access,
    AssignmentRules,
    ItemRules,
    ModelSpec,
    ProviderKind,
    Study,
)

INFO = next(e.record for e in build_session() if isinstance(e.record, SessionInfo))
NOWHERE = "http://127.0.0.1:9"
HOUR_NS = 3_600_000_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def study(request: pytest.FixtureRequest) -> Study:
    """Of a name of its own on the server: two models, and two sessions of the pair."""
    demo = parse_study(files("tracker_app.study").joinpath("demo.toml").read_bytes(), "demo")
    models = [
        ModelSpec(id=one, provider=ProviderKind.SCRIPTED, answers=["Yes."]) for one in ("a", "b")
    ]
    return demo.model_copy(
        update={
            "id": request.node.name[:60],
            "models": models,
            "assignment": AssignmentRules(sessions_per_pair=2, reservation_min=60),
        }
    )


def _somebody(code: str = "") -> Participant:
    return new_participant(code, {"gaze": True}, is_simulated=False)


def _get(study: Study, data_dir: Path, url: str | None, code: str = "") -> GivenPlace:
    settings = Settings(data_dir=data_dir, server_url=url, server_code=CODE)
    return get_place(study, settings, FakeClock(), _somebody(code))


Visit = Callable[..., None]


@pytest.fixture
def took_part(tmp_path: Path, study: Study) -> Visit:
    """Leaves a session of the study on this computer."""

    def take_part(
        cell: str,
        reason: str | None,
        *,
        who: str = "code_P9",
        hours_ago: float = 0,
        study_id: str = study.id,
        is_counted: bool = True,
    ) -> None:
        name = _somebody().session_id
        clock = FakeClock()
        journal = Journal(session_folder(tmp_path, name), name, clock, commit_interval_s=0.005)
        records: list[Record] = [
            msgspec.structs.replace(INFO, session_id=name, participant_id=who, study_id=study_id),
            ClockSegment(
                t_ns=0,
                id=0,
                boot_id="",
                utc_ns=clock.utc_ns() - round(hours_ago * HOUR_NS),
                utc_offset_s=0,
                tz="UTC",
                reason=SegmentReason.START,
            ),
            Assignment(
                t_ns=1,
                source="computer",
                why_not_server="",
                is_counted=is_counted,
                design_sha256="0",
                cells=[cell],
                topics=[],
            ),
            *([SessionEnd(t_ns=2, reason=reason)] if reason else []),
        ]
        for record in records:
            journal.append(record, 0)
        if reason:
            journal.finish()
        journal.close()

    return take_part


# --- here --------------------------------------------------------------------------------------


def test_the_sessions_of_this_computer_are_counted(
    tmp_path: Path, study: Study, took_part: Visit
) -> None:
    took_part("a|b", "finished")
    place = place_here(study, tmp_path, FakeClock(), _somebody())
    assert place.drawn.cells == ("b|a",)
    assert (place.source, place.why_not_server, place.is_counted) == ("computer", "", True)
    took_part("b|a", None, hours_ago=0.9)  # under way
    with pytest.raises(NoPlaceError, match="all the people it needs"):
        place_here(study, tmp_path, FakeClock(), _somebody())


def test_what_is_over_old_of_another_study_or_a_trial_holds_no_place(
    tmp_path: Path, study: Study, took_part: Visit
) -> None:
    took_part("a|b", "finished")
    took_part("b|a", "left")
    took_part("b|a", None, hours_ago=1.1)
    took_part("b|a", "finished", study_id="another")
    took_part("b|a", "finished", is_counted=False)
    damaged = list_sessions(tmp_path)[-1] / "journal.sqlite"
    assert place_here(study, tmp_path, FakeClock(), _somebody()).drawn.cells == ("b|a",)
    damaged.write_bytes(b"no journal")
    assert place_here(study, tmp_path, FakeClock(), _somebody()).drawn.cells == ("b|a",)


def test_a_trial_is_drawn_even_where_the_study_is_full(
    tmp_path: Path, study: Study, took_part: Visit
) -> None:
    took_part("a|b", "finished")
    took_part("b|a", "finished")
    trial = study.model_copy(update={"access": Access(is_pilot=True)})
    assert not place_here(trial, tmp_path, FakeClock(), _somebody()).is_counted
    played = new_participant("", {}, is_simulated=True)
    assert not place_here(study, tmp_path, FakeClock(), played).is_counted


def test_items_that_somebody_was_shown_do_not_come_again(
    tmp_path: Path, study: Study, took_part: Visit
) -> None:
    responses = Response("r", "One."), Response("s", "Other.")
    items = study.model_copy(
        update={
            "models": [],
            "items": ItemRules(file="items.jsonl", raters=9),
            "fixed_items": tuple(Item(one, "Which?", responses) for one in ("x", "y")),
        }
    )
    took_part("x/r|s", "left", who="code_P1")

    def shown_to(code: str) -> set[str]:
        place = place_here(items, tmp_path, FakeClock(), _somebody(code))
        return {cell.split("/")[0] for cell in place.drawn.cells}

    assert shown_to("P1") == {"y"}
    assert shown_to("P2") == {"x", "y"}
    took_part("y/s|r", "finished", who="code_P1")
    with pytest.raises(NoPlaceError, match="as often as anybody may"):
        shown_to("P1")


# --- from the server ---------------------------------------------------------------------------


def test_the_server_gives_places_until_the_study_is_full(
    tmp_path: Path, study: Study, server: ServerProcess
) -> None:
    places = [_get(study, tmp_path, server.url) for _ in range(2)]
    assert sorted(place.drawn.cells[0] for place in places) == ["a|b", "b|a"]
    assert all(place.source == "server" and place.token for place in places)
    with pytest.raises(NoPlaceError, match="all the people it needs"):
        _get(study, tmp_path, server.url)


@pytest.mark.parametrize(
    ("url", "why"), [(NOWHERE, "cannot be reached"), ("ftp://x", "not a server address")]
)
def test_without_an_answer_the_place_is_drawn_here_and_that_is_kept(
    tmp_path: Path, study: Study, url: str, why: str
) -> None:
    place = _get(study, tmp_path, url)
    kept = place.record(7)
    assert kept.source == "computer"
    assert why in kept.why_not_server
    assert kept.cells == list(place.drawn.cells)


def test_a_refused_code_is_why_the_place_is_drawn_here(
    tmp_path: Path, study: Study, server: ServerProcess
) -> None:
    settings = Settings(data_dir=tmp_path, server_url=server.url, server_code="wrong")
    place = get_place(study, settings, FakeClock(), _somebody())
    assert place.source == "computer"
    assert "403" in place.why_not_server


def test_who_finished_as_often_as_allowed_is_told_so_by_the_server(
    tmp_path: Path, study: Study, server: ServerProcess
) -> None:
    once = study.model_copy(update={"access": Access(sessions_per_person=1)})
    session = _begin(once, tmp_path, _get(once, tmp_path, server.url, "P-1"), server.url)
    session.finish("finished")
    assert session.uploader is not None
    assert session.uploader.wait(20)
    session.close()
    with pytest.raises(NoPlaceError, match="which anybody may once"):
        _get(once, tmp_path / "elsewhere", server.url, "p-1")


# --- the session -------------------------------------------------------------------------------


def _begin(study: Study, data_dir: Path, place: GivenPlace, url: str | None = None) -> Session:
    settings = Settings(data_dir=data_dir, server_url=url, server_code=CODE)
    ticks = place.participant.ticks
    session = begin_session(
        study, settings, FakeClock(), ticks, lambda _: None, is_simulated=False, place=place
    )
    if url is not None:
        destination = destination_of(settings, study)
        assert destination is not None
        session.start_upload(destination)
    return session


def test_a_session_keeps_its_place_after_its_consent_and_goes_on_with_it(
    tmp_path: Path, study: Study
) -> None:
    place = place_here(study, tmp_path, FakeClock(), _somebody("P-2"))
    session = _begin(study, tmp_path, place)
    session.start_talk((), lambda _: None)
    session.close()
    (folder,) = list_sessions(tmp_path)
    records = [entry.record for entry in read_entries(folder)]
    (assignment,) = (record for record in records if isinstance(record, Assignment))
    assert assignment.cells == list(place.drawn.cells)
    consent = next(record for record in records if isinstance(record, Consent))
    assert consent.t_ns <= assignment.t_ns
    info = next(record for record in records if isinstance(record, SessionInfo))
    assert info.participant_id == coded_id("P-2", is_simulated=False)
    interrupted = find_interrupted(study, tmp_path)
    assert interrupted is not None
    again = resume_session(
        interrupted, study, Settings(data_dir=tmp_path), FakeClock(), lambda _: None
    )
    again.start_talk((), lambda _: None)
    again.close()
    records = [entry.record for entry in read_entries(folder)]
    assert [record for record in records if isinstance(record, Assignment)] == [assignment]


def test_a_cell_says_who_speaks_on_which_side(study: Study) -> None:
    speakers = speakers_of(study, "b|a")
    assert {side: speaker.model_id for side, speaker in speakers.items()} == {1: "b", 2: "a"}


def test_the_token_of_the_place_sends_the_session(
    tmp_path: Path, study: Study, server: ServerProcess
) -> None:
    place = _get(study, tmp_path, server.url)
    session = _begin(study, tmp_path, place, server.url)
    (folder,) = list_sessions(tmp_path)
    assert (folder / "token").read_text("ascii") == place.token
    session.finish("finished")
    assert session.uploader is not None
    assert session.uploader.wait(20)
    session.close()
