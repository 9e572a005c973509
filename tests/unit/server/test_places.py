"""Places asked for over HTTP, of a server that is a process of its own."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
import requests

from tests.collection import CODE, ServerProcess, gaze
from tests.sessions import build_session
from tracker_app.allocation import MAX_CELLS, Design, Group
from tracker_app.codec import encode_batch, sha256
from tracker_app.recording.collector import Collector, RefusedError
from tracker_app.recording.fragments import seal
from tracker_app.recording.reading import Chunk
from tracker_app.records import Record, SessionEnd, SessionInfo
from tracker_app.store.wire import MAX_PLACE_BYTES, EnrolRequest, PlaceAnswer, PlaceRequest
from tracker_app.study.identity import new_id

DESIGN = Design(tuple(Group(((f"{x}|{y}", f"{y}|{x}"),)) for x, y in ("ab", "ac", "bc")), quota=8)
INFO = next(e.record for e in build_session() if isinstance(e.record, SessionInfo))
REAL = msgspec.structs.replace(INFO, is_simulated=False, settings={"study.is_pilot": "False"})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        yield running


class Client:
    """One computer that takes part in a study."""

    def __init__(self, server: ServerProcess, study_id: str) -> None:
        self.session_id = new_id(is_simulated=False)
        self.collector = Collector(server.url)
        self.collector.enrol(EnrolRequest(CODE, self.session_id, study_id, "0"))

    def ask(self, design: Design = DESIGN) -> PlaceAnswer:
        request = PlaceRequest(design, self.session_id, 3_600, 6, is_counted=True)
        return self.collector.take_place(self.session_id, request)

    def send(self, seq: int, *records: Record) -> None:
        body = seal([encode_batch([record], 0, seq) for record in records])
        self.collector.put_chunk(self.session_id, Chunk(seq, sha256(body), body))


def test_however_many_ask_at_once_no_quota_is_passed(server: ServerProcess) -> None:
    def take_part(number: int) -> str:
        """Come, and finish or leave: a place that is freed is given to somebody else."""
        client = Client(server, "crowded")
        answer = client.ask()
        if answer.outcome != "drawn":
            return ""
        reason = "left" if number % 4 == 0 else "finished"
        client.send(0, REAL, gaze(0))
        client.send(1, SessionEnd(t_ns=REAL.t_ns, reason=reason))
        return answer.cells[0] if reason == "finished" else ""

    with ThreadPoolExecutor(8) as people:
        finished = Counter(people.map(take_part, range(60)))
    assert finished.pop("") == 60 - 24
    assert finished == Counter({cell: 4 for group in DESIGN.groups for cell in group.cells})
    assert Client(server, "crowded").ask().outcome == "full"


def test_a_place_asked_for_by_two_at_once_is_one(server: ServerProcess) -> None:
    client = Client(server, "twice")
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda _: client.ask(), range(12)))
    assert len(set(answers)) == 1
    assert answers[0].outcome == "drawn"


def test_a_place_is_given_to_who_has_the_sessions_token(server: ServerProcess) -> None:
    one, other = Client(server, "mine"), Client(server, "mine")
    one.session_id = other.session_id
    with pytest.raises(RefusedError, match="another session"):
        one.ask()


def _hostile() -> dict[str, bytes]:
    good = msgspec.to_builtins(PlaceRequest(DESIGN, "p", 60, 1, is_counted=True))

    def changed(**changes: Any) -> bytes:
        return json.dumps({**good, **changes}).encode()

    def designed(**changes: Any) -> bytes:
        return changed(design={**good["design"], **changes})

    many = [{"pairs": [[str(i)]]} for i in range(MAX_CELLS + 1)]
    return {
        "empty": b"",
        "not JSON": b"\xff",
        "deep": b"[" * 100_000,
        "deep in a design": designed(groups=0).replace(b'"groups": 0', b'"groups": ' + b"[" * 9999),
        "no group": designed(groups=[]),
        "an empty group": designed(groups=[{"pairs": []}]),
        "an empty pair": designed(groups=[{"pairs": [[]]}]),
        "a nameless cell": designed(groups=[{"pairs": [[""]]}]),
        "a long name": designed(groups=[{"pairs": [["x" * 201]]}]),
        "a cell twice": designed(groups=[{"pairs": [["x", "x"]]}]),
        "too many cells": designed(groups=many),
        "no cells a session": designed(cells_per_session=0),
        "too many cells a session": designed(cells_per_session=10**6),
        "a negative quota": designed(quota=-1),
        "a quota of 23 digits": designed(quota=10**23),
        "a topic twice": designed(topics=["t", "t"]),
        "a lone surrogate": designed(topics=["\ud800"]),
        "held for ever": changed(reservation_s=10**12),
        "nobody": changed(participant_id=""),
        "never": changed(sessions_per_person=0),
        "NaN": changed(reservation_s=float("nan")),
        "unknown": changed(surprise=1),
    }


HOSTILE = _hostile()


@pytest.mark.parametrize("name", HOSTILE)
def test_no_request_makes_the_server_fail(server: ServerProcess, name: str) -> None:
    assert _refusal(server, HOSTILE[name]) == 422


def test_a_request_that_is_too_large_is_refused(server: ServerProcess) -> None:
    assert _refusal(server, bytes(MAX_PLACE_BYTES + 1)) == 413


def _refusal(server: ServerProcess, body: bytes) -> int:
    client = Client(server, "hostile")
    path = f"{server.url}/v1/sessions/{client.session_id}/place"
    headers = {"Authorization": f"Bearer {client.collector.token}"}
    return requests.post(path, body, headers=headers, timeout=20).status_code


def test_the_largest_design_is_drawn_from(server: ServerProcess) -> None:
    groups = tuple(Group(((f"i{i}/a|b", f"i{i}/b|a"),)) for i in range(MAX_CELLS // 2))
    largest = Design(groups, cells_per_session=1_000, quota=1, comes_once=True)
    first, second = (Client(server, "large").ask(largest).cells for _ in range(2))
    items = [cell.split("/")[0] for cell in (*first, *second)]
    assert len(set(items)) == 2_000
    assert server.memory_mb() < 250
