"""The server as a process, spoken to by hand: right answers, and no 5xx whatever comes."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.unit.server.conftest import CODE, Server, StartServer
from tracker_app.codec import encode_batch, encode_chunk, sha256
from tracker_app.records import TokenArrival
from tracker_app.store.wire import HASH_HEADER, ChunkLine, make_manifest
from tracker_app.study.identity import new_id

Session = tuple[str, str]  # id, token


@pytest.fixture
def server(start_server: StartServer) -> Iterator[Server]:
    with start_server() as running:
        yield running


def _chunk(first: int = 0, n: int = 3) -> bytes:
    tokens = [TokenArrival(t_ns=i, message_id="m", end=i) for i in range(n)]
    return encode_chunk([encode_batch(tokens, 0, first)])


def _enrol(server: Server, session_id: str, code: str = CODE) -> requests.Response:
    body = {"code": code, "session_id": session_id, "study_id": "s", "study_sha256": "0" * 64}
    return requests.post(f"{server.url}/v1/enrol", json=body, timeout=10)


@pytest.fixture
def session(server: Server) -> Session:
    session_id = new_id(is_simulated=True)
    return session_id, _enrol(server, session_id).json()["token"]


def _put(
    server: Server, session: Session, seq: int | str, body: bytes, **headers: str
) -> requests.Response:
    session_id, token = session
    return requests.put(
        f"{server.url}/v1/sessions/{session_id}/batches/{seq}",
        data=body,
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Encoding": "gzip",
            HASH_HEADER: sha256(body),
            **headers,
        },
        timeout=10,
    )


def _put_manifest(server: Server, session: Session, lines: list[ChunkLine]) -> requests.Response:
    session_id, token = session
    manifest = make_manifest(session_id, lines)
    body = {
        "format": manifest.format,
        "session_id": session_id,
        "chunks": [{"seq": x.seq, "sha256": x.sha256, "counts": x.counts} for x in lines],
        "counts": manifest.counts,
        "redacted": {},
        "chain": manifest.chain,
    }
    return requests.put(
        f"{server.url}/v1/sessions/{session_id}/manifest",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )


def test_a_chunk_is_stored_once_and_a_repeat_is_a_duplicate(
    server: Server, session: Session
) -> None:
    body = _chunk()
    first, again = (_put(server, session, 0, body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"seq": 0, "acked_through": 0}


def test_acked_through_stops_before_the_first_gap(server: Server, session: Session) -> None:
    answers = [_put(server, session, seq, _chunk(seq)).json() for seq in (0, 2, 1)]
    assert [a["acked_through"] for a in answers] == [0, 0, 2]


def test_other_bytes_under_the_same_number_are_a_conflict(server: Server, session: Session) -> None:
    _put(server, session, 0, _chunk())
    assert _put(server, session, 0, _chunk(n=4)).status_code == 409


def test_a_session_is_complete_when_everything_the_manifest_names_is_there(
    server: Server, session: Session
) -> None:
    bodies = [_chunk(0), _chunk(3)]
    lines = [ChunkLine(i, sha256(b), {"token": 3}) for i, b in enumerate(bodies)]
    _put(server, session, 0, bodies[0])
    answer = _put_manifest(server, session, lines).json()
    assert (answer["is_complete"], answer["missing"]) == (False, [1])
    _put(server, session, 1, bodies[1])
    answer = _put_manifest(server, session, lines).json()
    assert (answer["is_complete"], answer["missing"]) == (True, [])


def test_a_wrong_code_enrols_nobody(server: Server) -> None:
    assert _enrol(server, new_id(is_simulated=False), "guess").status_code == 403


def test_a_lost_answer_to_enrolling_can_be_asked_for_again(server: Server) -> None:
    session_id = new_id(is_simulated=False)
    old = session_id, _enrol(server, session_id).json()["token"]
    new = session_id, _enrol(server, session_id).json()["token"]
    assert _put(server, old, 0, _chunk()).status_code == 401
    assert _put(server, new, 0, _chunk()).status_code == 201


def test_a_token_writes_its_own_session_only(server: Server, session: Session) -> None:
    other = new_id(is_simulated=False)
    _enrol(server, other)
    assert _put(server, (other, session[1]), 0, _chunk()).status_code == 403
    assert _put(server, (session[0], "nonsense"), 0, _chunk()).status_code == 401


def _gzipped(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def _batch(**changes: Any) -> bytes:
    batch = {"stream": "token", "segment": 0, "first": 0, "n": 1}
    columns = {"t_ns": [1], "message_id": ["m"], "end": [1]}
    whole = {"format": 1, "batches": [{**batch, "columns": {**columns, **changes}}]}
    return _gzipped(json.dumps(whole).encode())


HOSTILE = {
    "empty": b"",
    "not gzip": b"hello",
    "cut gzip": _chunk()[:-5],
    "two members": _chunk() + _chunk(),
    "invalid UTF-8": _gzipped(b'{"format":1,"batches":["\xff\xfe"]}'),
    "no JSON": _gzipped(b"{"),
    "deep": _gzipped(b"[" * 100_000),
    "deep batch": _gzipped(b'{"format":1,"batches":[' + b"[" * 100_000),
    "newer format": _gzipped(b'{"format":99,"batches":[]}'),
    "NaN": _batch(end=[float("nan")]),
    "infinity": _gzipped(b'{"format":1,"batches":[{"stream":"token","segment":0,'
                         b'"first":0,"n":1,"columns":{"t_ns":[1e999],"message_id":["m"],'
                         b'"end":[1]}}]}'),
    "23 digits": _batch(t_ns=[10**23]),
    "negative time": _batch(t_ns=[-1]),
    "ragged": _batch(t_ns=[1, 2]),
    "unknown column": _batch(surprise=[1]),
    "wrong type": _batch(message_id=[[]]),
    "bomb": _gzipped(b" " * 60_000_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_chunk_is_refused_and_the_server_lives_on(
    server: Server, session: Session, name: str
) -> None:
    answer = _put(server, session, 0, HOSTILE[name])
    assert answer.status_code in (413, 422)
    assert "\n" not in answer.json()["error"]
    assert _put(server, session, 0, _chunk()).status_code == 201


@pytest.mark.parametrize(
    ("seq", "body", "headers", "status"),
    [
        (0, _chunk(), {"Content-Encoding": "br"}, 415),
        (0, _chunk(), {HASH_HEADER: "0" * 64}, 422),
        (0, _chunk(), {HASH_HEADER: "ä"}, 422),
        (0, _chunk(), {"Authorization": "Basic abc"}, 401),
        (0, _chunk(), {"Authorization": "Bearer ä"}, 401),
        (-1, _chunk(), {}, 422),
        (10**23, _chunk(), {}, 422),
        ("x", _chunk(), {}, 422),
        (0, b"x" * 2_000_000, {}, 413),
    ],
)
def test_a_wrong_request_is_refused(
    server: Server,
    session: Session,
    seq: int | str,
    body: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    encoded = {k: v.encode() for k, v in headers.items()}
    assert _put(server, session, seq, body, **encoded).status_code == status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b'{"code":1}', b'{"code":"' + b"x" * 20_000 + b'"}'],
)
def test_a_hostile_enrolment_is_refused(server: Server, body: bytes) -> None:
    answer = requests.post(f"{server.url}/v1/enrol", data=body, timeout=10)
    assert answer.status_code in (413, 422)


@pytest.mark.parametrize("session_id", ["../../etc/passwd", "x", "", "sim_" + "0" * 36])
def test_a_session_id_that_is_no_uuid_is_refused(server: Server, session_id: str) -> None:
    assert _enrol(server, session_id).status_code == 422


def test_a_manifest_that_contradicts_itself_is_refused(server: Server, session: Session) -> None:
    lines = [ChunkLine(1, "0" * 64, {"token": 3})]  # does not begin with 0
    assert _put_manifest(server, session, lines).status_code == 422


def test_health_needs_no_token(server: Server) -> None:
    assert requests.get(f"{server.url}/healthz", timeout=10).json()["status"] == "ok"
