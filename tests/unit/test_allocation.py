"""What is drawn in the corners; `study/test_assignment_simulation.py` draws ten thousand times."""

import random
from collections import Counter

import pytest
from msgspec.structs import replace

from tracker_app.allocation import Design, Group, Tally, draw, has_room

LIVE = Design((Group((("a|b", "b|a"),)), Group((("a|c", "c|a"),))), quota=2)
ITEMS = Design(
    tuple(
        Group(tuple((f"i{n}/{x}|{y}", f"i{n}/{y}|{x}") for x, y in ("rs", "rt", "st")))
        for n in range(30)
    ),
    cells_per_session=20,
    quota=3,
    comes_once=True,
)


def _lot(seed: int = 0) -> random.Random:
    return random.Random(seed)


def test_the_least_held_group_comes_first_and_then_its_least_held_cell() -> None:
    drawn = draw(replace(LIVE, quota=0), Tally({"a|b": 3, "c|a": 1, "a|c": 1}), _lot())
    assert drawn is not None
    assert drawn.cells[0] in ("a|c", "c|a")
    drawn = draw(LIVE, Tally({"a|b": 1, "a|c": 1, "c|a": 1}), _lot())
    assert drawn is not None
    assert drawn.cells == ("b|a",)


def test_a_study_is_full_when_every_group_is() -> None:
    nearly = Tally({"a|b": 1, "b|a": 1, "a|c": 1})
    assert has_room(LIVE, nearly)
    full = Tally({"a|b": 1, "b|a": 1, "a|c": 2})
    assert not has_room(LIVE, full)
    assert draw(LIVE, full, _lot()) is None
    assert has_room(replace(LIVE, quota=0), full)
    assert draw(LIVE, full, _lot(), is_counted=False) is not None  # a pilot's


def test_a_visit_shows_each_item_once_in_an_order_of_its_own() -> None:
    first, second = (draw(ITEMS, Tally(), _lot(seed)) for seed in (1, 2))
    assert first is not None
    assert second is not None
    items = [cell.split("/")[0] for cell in first.cells]
    assert len(set(items)) == 20
    assert items != sorted(items)
    assert first.cells != second.cells


def test_nobody_gets_an_item_twice_and_the_last_ones_make_a_short_visit() -> None:
    first = draw(ITEMS, Tally(), _lot())
    assert first is not None
    second = draw(ITEMS, Tally(seen=first.cells), _lot())
    assert second is not None
    assert len(second.cells) == 10
    tally = Tally(seen={*first.cells, *second.cells})
    assert draw(ITEMS, tally, _lot()) is None
    assert has_room(ITEMS, tally)


def test_each_pair_of_responses_of_an_item_is_judged_before_one_is_twice() -> None:
    held: Counter[str] = Counter()
    people = 0
    while (drawn := draw(ITEMS, Tally(held), _lot(people))) is not None:
        held.update(drawn.cells)
        people += 1
    pairs = [sum(held[cell] for cell in pair) for group in ITEMS.groups for pair in group.pairs]
    assert pairs == [1] * 90
    assert people == 5  # 30 items, 3 times each, 20 a visit: 4.5


@pytest.mark.parametrize(
    ("groups", "topics"),
    [
        ((("a|b", "a|b"),), ()),
        ((("a",), ("b",)), ("t", "t")),
        ((tuple(map(str, range(20_001))),), ()),
    ],
)
def test_a_design_names_nothing_twice_and_stays_small(
    groups: tuple[tuple[str, ...], ...], topics: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="design"):
        Design(tuple(Group((pair,)) for pair in groups), topics=topics)


def test_the_hash_of_a_design_is_that_of_what_it_names() -> None:
    assert LIVE.sha256 == Design(LIVE.groups, quota=2).sha256
    assert LIVE.sha256 != replace(LIVE, quota=4).sha256
