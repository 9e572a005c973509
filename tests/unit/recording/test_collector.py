import pytest

from tests.collection import SESSION_ID, token
from tests.faulty_proxy import Fault, FaultyProxy
from tracker_app.codec import encode_batch, encode_chunk, sha256
from tracker_app.errors import CollectorError
from tracker_app.recording.collector import Collector, RefusedError, ServerUnreachableError
from tracker_app.recording.reading import Chunk

BODY = encode_chunk([encode_batch([token(0)], 0, 0)])


@pytest.mark.parametrize(
    "url", ["http://example.org", "http://192.0.2.1:80", "ftp://127.0.0.1", "127.0.0.1", ""]
)
def test_addresses_that_would_not_protect_data_are_refused(url: str) -> None:
    with pytest.raises(CollectorError, match="https://"):
        Collector(url)


@pytest.mark.parametrize("url", ["https://example.org", "http://127.0.0.1:1", "http://[::1]:1"])
def test_protected_and_local_addresses_are_taken(url: str) -> None:
    Collector(url).close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("drop", ServerUnreachableError),
        ("portal", ServerUnreachableError),
        ("other seq", ServerUnreachableError),
        ("redirect", RefusedError),
        ("not found", RefusedError),
    ],
)
def test_only_the_right_answer_counts(fault: Fault, error: type[CollectorError]) -> None:
    proxy = FaultyProxy(9, [fault])
    collector = Collector(proxy.url, "token")
    try:
        with pytest.raises(error):
            collector.put_chunk(SESSION_ID, Chunk(0, sha256(BODY), BODY))
        assert len(proxy.requests) == 1
    finally:
        collector.close()
        proxy.close()


def test_a_server_that_is_not_there_is_unreachable() -> None:
    collector = Collector("http://127.0.0.1:9", "token")
    with pytest.raises(ServerUnreachableError):
        collector.put_chunk(SESSION_ID, Chunk(0, sha256(BODY), BODY))
    collector.close()
