"""Places in a real store, at times of the test's choice."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import msgspec
import pytest

from tests.sessions import build_session
from tracker_app.allocation import Design, Group
from tracker_app.errors import ServerError
from tracker_app.records import Assignment, SessionEnd, SessionInfo
from tracker_app.store.sqlite import FILE_NAME, FIRST_SCHEMA, UPGRADES, Store
from tracker_app.store.wire import PlaceAnswer, PlaceRequest
from tracker_app.study.identity import new_id

DESIGN = Design(
    (Group((("a|b", "b|a"),)), Group((("a|c", "c|a"),))), quota=2, topics=("rain", "snow")
)
HOUR_S = 3_600
INFO = next(e.record for e in build_session() if isinstance(e.record, SessionInfo))
FINISHED = SessionEnd(t_ns=9, reason="finished")


class Study:
    """A study on a server, spoken to without the network."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.store.add_code("code", 1_000).result()
        self.now_s = 1_000_000

    def enrol(self, study_id: str = "study", study_sha256: str = "0") -> str:
        session_id = new_id(is_simulated=False)
        assert self.store.enrol("code", session_id, study_id, study_sha256).result()
        return session_id

    def ask(self, session_id: str, who: str = "", *, is_counted: bool = True) -> PlaceAnswer:
        request = PlaceRequest(DESIGN, who or session_id, HOUR_S, 2, is_counted)
        return self.store.take_place(session_id, request, self.now_s).result()

    def come(self, who: str = "") -> tuple[str, PlaceAnswer]:
        session_id = self.enrol()
        return session_id, self.ask(session_id, who)

    def tell(self, session_id: str, *records: SessionInfo | Assignment | SessionEnd) -> None:
        self.store.note_records(session_id, records).result()


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    study = Study(tmp_path)
    yield study
    study.store.close()


def _come_all(study: Study) -> list[str]:
    """Four people, who take every place."""
    came = [study.come() for _ in range(4)]
    assert {cell for _, answer in came for cell in answer.cells} == {"a|b", "b|a", "a|c", "c|a"}
    assert study.come()[1].outcome == "full"
    return [session_id for session_id, _ in came]


def test_who_asks_again_gets_the_same_and_it_is_held_anew(study: Study) -> None:
    first, *_ = _come_all(study)
    given = study.ask(first)
    study.now_s += HOUR_S - 1
    assert study.ask(first) == given
    study.now_s += HOUR_S - 1  # the three others are given up by now
    assert study.ask(first) == given
    others = [study.come()[1].cells for _ in range(3)]
    assert given.cells not in others
    assert study.come()[1].outcome == "full"


def test_a_place_expires_and_counts_again_once_its_session_finished(study: Study) -> None:
    first, *_ = _come_all(study)
    study.now_s += HOUR_S
    assert study.come()[1].outcome == "drawn"
    study.tell(first, FINISHED)
    rest = [study.come()[1].outcome for _ in range(4)]
    assert rest.count("drawn") == 2
    assert rest[-1] == "full"


@pytest.mark.parametrize("reason", ["left", "screened_out", "stopped"])
def test_who_ends_otherwise_frees_the_place_at_once(study: Study, reason: str) -> None:
    first, *_ = _come_all(study)
    given = study.ask(first)
    study.tell(first, SessionEnd(t_ns=9, reason=reason))
    assert study.come()[1].cells == given.cells
    assert study.ask(first) == given
    assert study.come()[1].outcome == "full"


@pytest.mark.parametrize(
    "info",
    [
        msgspec.structs.replace(INFO, is_simulated=True),
        msgspec.structs.replace(INFO, is_simulated=False, settings={"study.is_pilot": "True"}),
    ],
)
def test_what_the_records_call_no_real_session_counts_nowhere(
    study: Study, info: SessionInfo
) -> None:
    first, *_ = _come_all(study)
    study.tell(first, info, FINISHED)
    assert study.come()[1].outcome == "drawn"


def test_a_real_session_counts_whatever_is_told_first(study: Study) -> None:
    first, *_ = _come_all(study)
    info = msgspec.structs.replace(INFO, is_simulated=False, settings={"study.is_pilot": "False"})
    for _ in range(2):  # a chunk may be sent again
        study.tell(first, FINISHED)
        study.tell(first, info)
    study.now_s += HOUR_S
    assert [study.come()[1].outcome for _ in range(4)].count("drawn") == 3


def test_pilots_are_not_held_up_and_hold_nobody_up(study: Study) -> None:
    pilots = [study.enrol() for _ in range(5)]
    assert [study.ask(p, is_counted=False).outcome for p in pilots] == ["drawn"] * 5
    _come_all(study)
    assert study.ask(study.enrol(), is_counted=False).outcome == "drawn"


def test_nobody_finishes_more_often_than_they_may(study: Study) -> None:
    for _ in range(2):
        session_id, answer = study.come("code_p1")
        assert answer.outcome == "drawn"
        study.tell(session_id, FINISHED)
    assert study.come("code_p1")[1] == PlaceAnswer("capped", times=2)
    assert study.come("code_p2")[1].outcome == "drawn"


def test_a_session_that_could_not_ask_counts_by_its_records(study: Study) -> None:
    assignment = Assignment(
        t_ns=1,
        source="computer",
        why_not_server="The server cannot be reached.",
        is_counted=True,
        design_sha256="0",
        cells=["a|b"],
        topics=["rain", "snow"],
    )
    study.tell(study.enrol(), INFO, assignment, FINISHED)  # a simulated one
    real = msgspec.structs.replace(INFO, is_simulated=False, settings={})
    offline = study.enrol()
    study.tell(offline, real, assignment, FINISHED)
    cells = [study.come()[1].cells for _ in range(3)]
    assert ("a|b",) not in cells
    assert study.come()[1].outcome == "full"
    assert study.ask(offline).cells == ("a|b",)


def test_where_two_answers_differ_the_record_rules(study: Study) -> None:
    session_id, given = study.come()
    other = "c|a" if given.cells != ("c|a",) else "a|c"
    recorded = Assignment(
        t_ns=1,
        source="computer",
        why_not_server="It took too long.",
        is_counted=True,
        design_sha256="0",
        cells=[other],
        topics=[],
    )
    study.tell(session_id, recorded)
    assert study.ask(session_id).cells == (other,)


def test_nobody_gets_an_item_twice(study: Study) -> None:
    items = Design(
        tuple(Group(((f"i{n}/a|b", f"i{n}/b|a"),)) for n in range(5)),
        cells_per_session=3,
        comes_once=True,
    )

    def ask(who: str) -> PlaceAnswer:
        request = PlaceRequest(items, who, HOUR_S, 9, is_counted=True)
        return study.store.take_place(study.enrol(), request, study.now_s).result()

    first, second = (ask("code_p1") for _ in range(2))
    shown = [cell.split("/")[0] for cell in (*first.cells, *second.cells)]
    assert sorted(shown) == ["i0", "i1", "i2", "i3", "i4"]
    assert ask("code_p1").outcome == "capped"
    assert len(ask("code_p2").cells) == 3


def test_topics_are_shared_out_too(study: Study) -> None:
    answers = [study.come()[1] for _ in range(4)]
    assert sorted(answer.topics[0] for answer in answers) == ["rain", "rain", "snow", "snow"]
    assert all(sorted(answer.topics) == ["rain", "snow"] for answer in answers)


def test_a_session_that_is_deleted_takes_its_place_along(study: Study, tmp_path: Path) -> None:
    first, *_ = _come_all(study)
    study.store.close()
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.pragma("foreign_keys", "on")
    db.execute("DELETE FROM session WHERE id = ?", (first,))
    assert db.execute("SELECT COUNT(*) FROM place_cell").get == 3
    db.close()
    study.store = Store(tmp_path)
    assert study.come()[1].outcome == "drawn"


def test_a_corrected_file_goes_on_with_the_same_counts_and_another_study_has_its_own(
    study: Study,
) -> None:
    _come_all(study)
    assert study.ask(study.enrol(study_sha256="1")).outcome == "full"
    assert study.ask(study.enrol("another")).outcome == "drawn"


def test_a_store_of_the_first_version_is_upgraded_in_place(tmp_path: Path) -> None:
    session_id = new_id(is_simulated=False)
    with apsw.Connection(str(tmp_path / FILE_NAME)) as db:
        db.execute(FIRST_SCHEMA)
        db.pragma("user_version", 1)
        db.execute(
            "INSERT INTO session (id, token_sha256, code_sha256, study_id, study_sha256)"
            " VALUES (?, 't', 'c', 'study', '0')",
            (session_id,),
        )
    db.close()
    study = Study(tmp_path)
    assert study.ask(session_id).outcome == "drawn"
    study.store.close()
    again = Study(tmp_path)  # nothing is left to upgrade
    assert again.ask(session_id).outcome == "drawn"
    again.store.close()


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.pragma("user_version", len(UPGRADES) + 1)
    db.close()
    with pytest.raises(ServerError, match="newer version"):
        Store(tmp_path)
