from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tests.collection import CODE, SESSION_ID
from tracker_app.errors import FailureKind
from tracker_app.store.generations import Asked, Generations, Outcome, read_generations
from tracker_app.store.sqlite import FILE_NAME, FIRST_SCHEMA, UPGRADES, Store

ASKED = Asked(SESSION_ID, "a", "t0s1a1", "openai", "grandmother-70b", "Be kind.", "{}", "0")
OUTCOME = Outcome("grandmother-1", "fp", "stop", {"prompt_tokens": 7}, 6, 3, 20, "", None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    store.add_code(CODE, 1).result()
    assert store.enrol(CODE, SESSION_ID, "study", "0").result()
    yield store
    store.close()


def test_what_was_asked_and_came_of_it_is_kept(store: Store, tmp_path: Path) -> None:
    generations = Generations(store)
    begun = generations.begin(ASKED, 9, 10).result()
    assert begun is not None
    number, left = begun
    (interrupted,) = read_generations(tmp_path / FILE_NAME, SESSION_ID)
    assert interrupted.asked == ASKED
    assert interrupted.outcome.failure == FailureKind.INTERRUPTED
    assert interrupted.outcome.duration_ms is None
    generations.finish(number, OUTCOME).result()
    (kept,) = read_generations(tmp_path / FILE_NAME, SESSION_ID)
    assert (kept.asked, kept.outcome, left) == (ASKED, OUTCOME, 10)
    assert read_generations(tmp_path / FILE_NAME, SESSION_ID + "x") == []


def test_a_budget_counts_requests_and_characters(store: Store) -> None:
    generations = Generations(store)
    begun = generations.begin(ASKED, 2, 10).result()
    assert begun is not None
    generations.finish(begun[0], OUTCOME).result()
    begun = generations.begin(ASKED, 2, 10).result()
    assert begun is not None
    assert begun[1] == 4
    assert generations.begin(ASKED, 2, 10).result() is None
    assert generations.begin(ASKED, 9, 6).result() is None
    assert generations.begin(ASKED, 9, 10).result() is not None


def _old(path: Path, version: int) -> None:
    db = apsw.Connection(str(path))
    db.execute(FIRST_SCHEMA)
    db.execute(
        "INSERT INTO session (id, token_sha256, code_sha256, study_id, study_sha256)"
        " VALUES (?, 't', 'c', 's', '0')",
        (SESSION_ID,),
    )
    db.pragma("user_version", version)
    db.close()


def test_a_store_of_a_server_without_models_is_brought_up_to_date(tmp_path: Path) -> None:
    _old(tmp_path / FILE_NAME, 1)
    assert read_generations(tmp_path / FILE_NAME, SESSION_ID) == []
    for _ in range(2):
        store = Store(tmp_path)
        try:
            assert store.sessions().result() == [SESSION_ID]
            assert Generations(store).begin(ASKED, 9, 10).result() is not None
        finally:
            store.close()
    assert len(read_generations(tmp_path / FILE_NAME, SESSION_ID)) == 2
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    assert db.pragma("user_version") == len(UPGRADES)
    db.close()
