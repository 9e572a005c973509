"""The server as a process, spoken to over plain HTTP. The tests of this module share it."""

import gzip
import http.client
import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.collection import CODE, SESSION_ID, ServerProcess, gaze, token
from tracker_app.codec import encode_batch, sha256
from tracker_app.recording.fragments import seal
from tracker_app.records import FORMAT_VERSION
from tracker_app.store.sqlite import Store, read_entries
from tracker_app.store.wire import ChunkLine, Manifest, make_manifest

OTHER_ID = SESSION_ID.replace("ac96", "ac97")
MEMORY_LIMIT_MB = 250


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        yield running


def _call(
    server: ServerProcess, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")
    finally:
        connection.close()


def _enrol(server: ServerProcess, session_id: str = SESSION_ID, **changes: Any) -> tuple[int, Any]:
    request = {
        "code": CODE,
        "session_id": session_id,
        "study_id": "study",
        "study_sha256": "0" * 64,
        **changes,
    }
    return _call(server, "POST", "/v1/enrol", json.dumps(request).encode())


@pytest.fixture(scope="module")
def authorised(server: ServerProcess) -> str:
    status, answer = _enrol(server)
    assert status == 201
    return f"Bearer {answer['token']}"


def _put(
    server: ServerProcess,
    authorization: str,
    seq: int | str,
    body: bytes,
    session_id: str = SESSION_ID,
    **headers: str,
) -> tuple[int, Any]:
    headers = {
        "Authorization": authorization,
        "Content_Encoding": "gzip",
        "X_Content_SHA256": sha256(body),
        **headers,
    }
    return _call(server, "PUT", f"/v1/sessions/{session_id}/batches/{seq}", body, **headers)


def _chunk(i: int) -> bytes:
    return seal([encode_batch([gaze(i), gaze(i + 1)], 0, i)])


def test_health_needs_no_token(server: ServerProcess) -> None:
    assert _call(server, "GET", "/healthz")[0] == 200


def test_a_chunk_is_stored_once_and_never_changed(server: ServerProcess, authorised: str) -> None:
    assert _put(server, authorised, 0, _chunk(0)) == (201, {"seq": 0, "acked_through": 0})
    assert _put(server, authorised, 2, _chunk(4)) == (201, {"seq": 2, "acked_through": 0})
    assert _put(server, authorised, 0, _chunk(0)) == (200, {"seq": 0, "acked_through": 0})
    assert _put(server, authorised, 0, _chunk(9))[0] == 409
    assert _put(server, authorised, 1, _chunk(2)) == (201, {"seq": 1, "acked_through": 2})
    entries = read_entries(server.data, SESSION_ID)
    assert [e.record for e in entries] == [gaze(i) for i in range(6)]


def _manifest(session_id: str, chunks: int) -> Manifest:
    return make_manifest(
        session_id, [ChunkLine(i, sha256(_chunk(2 * i)), {"gaze": 2}) for i in range(chunks)]
    )


def test_a_session_is_complete_when_it_is_what_its_manifest_says(server: ServerProcess) -> None:
    authorization = f"Bearer {_enrol(server, OTHER_ID)[1]['token']}"
    path = f"/v1/sessions/{OTHER_ID}"

    def put_manifest() -> dict[str, Any]:
        body = msgspec.json.encode(_manifest(OTHER_ID, 3))
        status, answer = _call(server, "PUT", path + "/manifest", body, Authorization=authorization)
        assert status == 200
        assert isinstance(answer, dict)
        return answer

    for seq in (0, 2):
        _put(server, authorization, seq, _chunk(2 * seq), OTHER_ID)
    assert not _call(server, "GET", path, Authorization=authorization)[1]["has_manifest"]
    answer = put_manifest()
    assert (answer["is_complete"], answer["missing"]) == (False, [1])
    _put(server, authorization, 1, _chunk(2), OTHER_ID)
    assert put_manifest()["is_complete"]
    assert _call(server, "GET", path, Authorization=authorization)[1]["is_complete"]
    _put(server, authorization, 3, _chunk(6), OTHER_ID)
    assert not put_manifest()["is_complete"]


def _changed_manifest(**changes: Any) -> bytes:
    manifest = msgspec.to_builtins(_manifest(SESSION_ID, 2))
    return json.dumps({**manifest, **changes}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{" * 100_000,
        b"[" * 100_000,
        _changed_manifest(session_id=OTHER_ID),
        _changed_manifest(chain="0" * 64),
        _changed_manifest(counts={"gaze": 5}),
        _changed_manifest(chunks=[]),
        _changed_manifest(counts={"gaze": 10**23}),
        _changed_manifest(format=float("nan")),
        _changed_manifest(extra=1),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(
    server: ServerProcess, authorised: str, body: bytes
) -> None:
    path = f"/v1/sessions/{SESSION_ID}/manifest"
    assert _call(server, "PUT", path, body, Authorization=authorised)[0] == 422


# --- who may -----------------------------------------------------------------------------------


def test_a_token_writes_one_session_only(server: ServerProcess, authorised: str) -> None:
    assert _put(server, authorised, 5, _chunk(0), OTHER_ID)[0] == 403
    assert _put(server, "Bearer wrong", 5, _chunk(0))[0] == 401
    assert _put(server, "Bearer \xe9\xff", 5, _chunk(0))[0] == 401
    assert _put(server, "Basic abc", 5, _chunk(0))[0] == 401
    path = f"/v1/sessions/{SESSION_ID}"
    assert _call(server, "GET", path)[0] == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"code": "wrong"}, 403),
        ({"code": "\ud800"}, 422),
        ({"code": "\x00" * 50}, 403),
        ({"code": ""}, 422),
        ({"code": "x" * 20_000}, 413),
        ({"session_id": "../../etc/passwd"}, 422),
        ({"session_id": SESSION_ID.upper()}, 422),
        ({"study_id": 7}, 422),
        ({"study_id": "x" * 300}, 422),
        ({"study_id": "\ud800"}, 422),
        ({"surprise": 1}, 422),
    ],
)
def test_enrolment_refuses_what_is_not_right(
    server: ServerProcess, changes: dict[str, Any], status: int
) -> None:
    request = {"session_id": OTHER_ID.replace("b302", "b303"), **changes}
    assert _enrol(server, **request)[0] == status


def test_a_code_serves_as_often_as_it_may_and_again_for_the_same_session(tmp_path: Path) -> None:
    store = Store(tmp_path)
    try:
        store.add_code("once", 1).result()
        first = store.enrol("once", SESSION_ID, "s", "0").result()
        again = store.enrol("once", SESSION_ID, "s", "0").result()
        assert first
        assert again
        assert store.enrol("once", OTHER_ID, "s", "0").result() is None
        assert store.session_of(first).result() is None
        assert store.session_of(again).result() == SESSION_ID
    finally:
        store.close()
    assert again.encode() not in (tmp_path / "collected.sqlite").read_bytes()


def test_a_call_nobody_waits_for_does_not_stop_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path)
    try:
        for _ in range(200):
            store.sessions().cancel()
        assert store.sessions().result(5) == []
    finally:
        store.close()


# --- hostile bodies ----------------------------------------------------------------------------


def _batch(**changes: Any) -> bytes:
    batch = msgspec.json.decode(encode_batch([token(0), token(1)], 0, 0))
    columns = {**batch["columns"], **changes.pop("columns", {})}
    return json.dumps({**batch, "columns": columns, **changes}).encode()


def _of(*batches: bytes) -> bytes:
    return gzip.compress(b'{"format":%d,"batches":[' % FORMAT_VERSION + b",".join(batches) + b"]}")


MANY = b'{"stream":"token","segment":0,"first":0,"n":400000,"columns":{}}'
HOSTILE: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 422),
    "not gzip": (b"x" * 100, 422),
    "cut short": (_chunk(0)[:-5], 422),
    "bytes after the end": (_chunk(0) + b"x", 422),
    "two members": (_chunk(0) + _chunk(0), 422),
    "too large": (b"\x1f\x8b" + b"x" * 1_100_000, 413),
    "bomb": (gzip.compress(bytes(200_000_000), 9), 413),
    "bomb in a bomb": (gzip.compress(gzip.compress(bytes(100_000_000), 9), 9), 422),
    "invalid UTF-8": (gzip.compress(b'{"format":%d,"batches":["\xff\xfe"]}' % FORMAT_VERSION), 422),
    "invalid UTF-8 in a key": (gzip.compress(b'{"\xff":1}'), 422),
    "invalid UTF-8 in a record": (_of(_batch().replace(b"t0r1", b"\xff\xfe\xfd\xfc")), 422),
    "lone surrogate": (_of(_batch(columns={"message_id": ["\ud800", "a"]})), 422),
    "not JSON": (gzip.compress(b"hello"), 422),
    "null": (gzip.compress(b"null"), 422),
    "deep": (gzip.compress(b"[" * 1_000_000), 422),
    "deep in a column": (_of(_batch(columns={"message_id": 0}).replace(b"0}", b"[" * 9999)), 422),
    "deep and closed": (
        _of(_batch().replace(b'"t0r1"', b"[" * 5000 + b"]" * 5000)),
        422,
    ),
    "NaN": (_of(_batch(columns={"end": [float("nan"), 1]})), 422),
    "1e999": (_of(_batch().replace(b'"end": [0', b'"end": [1e999')), 422),
    "23 digits": (_of(_batch(columns={"end": [10**23, 1]})), 422),
    "overflowing sum": (_of(_batch(columns={"end": [2**63 - 1, 2**62]})), 422),
    "negative": (_of(_batch(columns={"end": [0, -1]})), 422),
    "ragged": (_of(_batch(columns={"end": [0]})), 422),
    "missing column": (_of(_batch().replace(b'"end"', b'"dne"')), 422),
    "unknown stream": (_of(_batch(stream="nonsense\x00")), 422),
    "wrong count": (_of(_batch(n=3)), 422),
    "boolean count": (_of(_batch(n=True)), 422),
    "more records than a chunk may hold": (_of(MANY), 413),
    "newer format": (gzip.compress(b'{"format":%d,"batches":[]}' % (FORMAT_VERSION + 1)), 426),
    "older format": (gzip.compress(b'{"format":0,"batches":[]}'), 422),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_body_makes_the_server_fail(server: ServerProcess, authorised: str, name: str) -> None:
    body, expected = HOSTILE[name]
    status, answer = _put(server, authorised, 900, body)
    assert status == expected
    assert answer["error"]


def test_many_small_records_are_refused_before_they_fill_the_memory(
    server: ServerProcess, authorised: str
) -> None:
    column = b",".join([b"1"] * 90_000)
    names = b",".join([b'""'] * 90_000)
    batch = (
        b'{"stream":"token","segment":0,"first":0,"n":90000,"columns":{"t_ns":['
        + column + b'],"message_id":[' + names + b'],"end":[' + column + b"]}}"
    )  # fmt: skip
    assert _put(server, authorised, 901, _of(batch))[0] == 201
    assert _put(server, authorised, 902, _of(batch, batch))[0] == 413
    assert server.memory_mb() < MEMORY_LIMIT_MB


@pytest.mark.parametrize(
    ("seq", "headers", "status"),
    [
        (-1, {}, 422),
        ("x", {}, 422),
        ("9" * 5000, {}, 422),
        (10**9, {}, 422),
        ("%FF", {}, 422),
        (7, {"X_Content_SHA256": "0" * 64}, 422),
        (7, {"X_Content_SHA256": "\xe9"}, 422),
        (7, {"Content_Encoding": "br"}, 415),
    ],
)
def test_addresses_and_headers_are_checked(
    server: ServerProcess, authorised: str, seq: int | str, headers: dict[str, str], status: int
) -> None:
    assert _put(server, authorised, seq, _chunk(0), **headers)[0] == status


def test_a_client_that_leaves_in_the_middle_does_no_harm(
    server: ServerProcess, authorised: str
) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(
                f"PUT /v1/sessions/{SESSION_ID}/batches/950 HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: {authorised}\r\nContent-Encoding: gzip\r\n"
                "Content-Length: 5000\r\n\r\nhalf".encode()
            )
    assert _put(server, authorised, 950, _chunk(0))[0] == 201


def test_the_server_stops_in_order_when_told(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        authorization = f"Bearer {_enrol(server)[1]['token']}"
        assert _put(server, authorization, 0, _chunk(0))[0] == 201
        assert server.end(signal.SIGTERM) == 0
    assert [p.name for p in tmp_path.glob("*-wal")] == []
    assert len(read_entries(tmp_path, SESSION_ID)) == 2
