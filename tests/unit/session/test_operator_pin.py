import os
from pathlib import Path

import pytest

from tracker_app.errors import OperatorError
from tracker_app.session.operator_pin import OperatorPin


@pytest.fixture
def pin(tmp_path: Path) -> OperatorPin:
    return OperatorPin(tmp_path / "operator.json")


def test_only_the_chosen_pin_matches(pin: OperatorPin) -> None:
    assert not pin.is_chosen
    pin.choose("2468")
    assert pin.is_chosen
    assert pin.matches("2468")
    assert not pin.matches("2469")
    assert not pin.matches("")


def test_the_pin_itself_is_not_stored_and_the_file_is_private(
    pin: OperatorPin, tmp_path: Path
) -> None:
    pin.choose("13577531")
    path = tmp_path / "operator.json"
    assert b"13577531" not in path.read_bytes()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


def test_the_same_pin_is_stored_differently_each_time(pin: OperatorPin, tmp_path: Path) -> None:
    stored = set()
    for _ in range(2):
        pin.choose("2468")
        stored.add((tmp_path / "operator.json").read_bytes())
    assert len(stored) == 2


def test_a_short_pin_is_refused(pin: OperatorPin) -> None:
    with pytest.raises(OperatorError, match="at least 4"):
        pin.choose("123")
    assert not pin.is_chosen


def test_a_damaged_file_lets_nobody_in_and_says_what_to_do(
    pin: OperatorPin, tmp_path: Path
) -> None:
    (tmp_path / "operator.json").write_bytes(b"{")
    with pytest.raises(OperatorError, match="Delete the file"):
        pin.matches("2468")
