from collections.abc import Iterator

import pytest

from tracker_app.demo.display import virtual_display


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A virtual X display with a window manager."""
    with virtual_display() as name:
        yield name
