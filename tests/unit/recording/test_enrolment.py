import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collection import CODE, SESSION_ID, ServerProcess
from tracker_app.errors import CollectorError
from tracker_app.recording.enrolment import Enrolment
from tracker_app.recording.uploader import Destination


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        yield running


def _enrolment(folder: Path, url: str) -> Enrolment:
    return Destination(url, CODE, "study", "0" * 64).enrolment(folder, SESSION_ID)


def test_everybody_who_asks_gets_the_one_token(tmp_path: Path, server: ServerProcess) -> None:
    enrolment = _enrolment(tmp_path, server.url)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(enrolment.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0


def test_a_token_is_kept_for_the_next_start_until_the_server_forgot_it(
    tmp_path: Path, server: ServerProcess
) -> None:
    first = _enrolment(tmp_path, server.url).token()
    later = _enrolment(tmp_path, server.url)
    assert later.token() == first
    later.forget("another")
    assert later.token() == first
    later.forget(first)
    assert later.token() != first


def test_a_server_that_is_not_there_is_asked_again_next_time(tmp_path: Path) -> None:
    enrolment = _enrolment(tmp_path, "http://127.0.0.1:9")
    for _ in range(2):
        with pytest.raises(CollectorError):
            enrolment.token()
    assert not (tmp_path / "token").exists()
