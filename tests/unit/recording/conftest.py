import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tracker_app.clock import SystemClock
from tracker_app.recording.journal import Journal
from tracker_app.study.identity import new_id

OpenJournal = Callable[..., Journal]


@pytest.fixture
def open_journal(tmp_path: Path) -> Iterator[OpenJournal]:
    """Opens journals that commit quickly, and closes what a test leaves open."""
    opened: list[Journal] = []
    ids: dict[Path, str] = {}
    numbers = itertools.count()

    def open_one(folder: Path | None = None, **options: object) -> Journal:
        folder = folder or tmp_path / f"session-{next(numbers)}"
        session_id = ids.setdefault(folder, new_id(is_simulated=True))
        settings = {"commit_interval_s": 0.01, "seal_interval_s": 3600.0, **options}
        journal = Journal(folder, session_id, SystemClock(), **settings)  # type: ignore[arg-type]
        opened.append(journal)
        return journal

    yield open_one
    for journal in opened:
        journal.close()
