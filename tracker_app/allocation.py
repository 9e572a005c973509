"""Which cells of a study's design a session gets: those held least often, ties by lot.

This is allocation by minimization (Taves 1974, Clinical Pharmacology and Therapeutics 15) over
three levels. A *cell* is what can be put before somebody, such as a model on each side. A *pair*
is a cell with its mirror image. A *group* is what has a quota: a pair of models, or an item with
all pairs of its responses. Least first at each level means that no cell is ever given beyond its
even share of a quota, in whatever order people come, leave and finish: only those pass it who
finish after their place had expired and was given to somebody else.

One function for the server and for a computer on its own: it knows names and counts only.
"""

import heapq
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

import msgspec
from msgspec.structs import replace

from tracker_app.codec import sha256
from tracker_app.decoding import decodable

MAX_CELLS = 20_000  # of a design
MAX_CELLS_PER_SESSION = 1_000
MAX_TOPICS = 1_000
MAX_NAME = 200  # characters
_T = TypeVar("_T")
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Pair = Annotated[tuple[_Name, ...], msgspec.Meta(min_length=1, max_length=MAX_CELLS)]


@decodable
class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shares a quota; each pair holds a cell and its mirror image, if there is another."""

    pairs: Annotated[tuple[_Pair, ...], msgspec.Meta(min_length=1, max_length=MAX_CELLS)]

    @property
    def cells(self) -> list[str]:
        """All of them."""
        return [cell for pair in self.pairs for cell in pair]


@decodable
class Design(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be drawn in a study."""

    groups: Annotated[tuple[Group, ...], msgspec.Meta(min_length=1, max_length=MAX_CELLS)]
    cells_per_session: Annotated[int, msgspec.Meta(ge=1, le=MAX_CELLS_PER_SESSION)] = 1
    quota: _Count = 0  # how often each group is to be held; 0: no limit
    comes_once: bool = False  # nobody gets a group in two sessions
    topics: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=MAX_TOPICS)] = ()
    topics_taken: _Count = 1  # how many of those drawn count as used: the first ones

    def __post_init__(self) -> None:
        cells = [cell for group in self.groups for cell in group.cells]
        if len(cells) > MAX_CELLS:
            raise ValueError(f"a design has at most {MAX_CELLS} cells")
        if len(set(cells)) < len(cells) or len(set(self.topics)) < len(self.topics):
            raise ValueError("no cell or topic stands twice in a design")

    @property
    def sha256(self) -> str:
        """Of everything that can be drawn, and how."""
        return sha256(msgspec.json.encode(self))


@dataclass(frozen=True, slots=True)
class Tally:
    """What is held now: by finished sessions, and by those under way."""

    cells: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by cell and topic
    seen: Collection[str] = frozenset()  # cells this participant had in other sessions


@decodable
class Drawn(msgspec.Struct, frozen=True):
    """What a session got."""

    cells: tuple[str, ...]  # in the order to show them
    topics: tuple[str, ...]  # all of the design, in the order to offer them


def lot_of(study_sha256: str, session_id: str, what: str) -> random.Random:
    """The lot of one drawing: everybody who knows the session can draw it again."""
    return random.Random(f"{study_sha256}:{session_id}:{what}")


def draw(
    design: Design, tally: Tally, lot: random.Random, *, is_counted: bool = True
) -> Drawn | None:
    """What a session is to get; fewer cells than wanted where not as many groups are left.

    Args:
        design: of the study.
        tally: what is held.
        lot: breaks ties.
        is_counted: whether the session counts in quotas; else none holds it up.

    Returns:
        None if there is nothing: every group is at its quota, or this participant had the rest.
    """
    if not is_counted:
        design = replace(design, quota=0)
    left = [group for group in design.groups if _may_get(group, design, tally)]
    if not left:
        return None
    groups = _least(left, design.cells_per_session, lambda g: _held(g.cells, tally), lot)
    cells = []
    for group in groups:
        (pair,) = _least(group.pairs, 1, lambda p: _held(p, tally), lot)
        cells += _least(pair, 1, lambda c: tally.cells.get(c, 0), lot)
    lot.shuffle(cells)
    return Drawn(tuple(cells), tuple(_topics(design, cells[0], tally, lot)))


def has_room(design: Design, tally: Tally) -> bool:
    """Whether some group is below its quota."""
    return not design.quota or any(_held(g.cells, tally) < design.quota for g in design.groups)


def _may_get(group: Group, design: Design, tally: Tally) -> bool:
    cells = group.cells
    if design.quota and _held(cells, tally) >= design.quota:
        return False
    return not (design.comes_once and any(cell in tally.seen for cell in cells))


def _held(cells: Collection[str], tally: Tally) -> int:
    return sum(tally.cells.get(cell, 0) for cell in cells)


def _least(
    among: Collection[_T], n: int, held: Callable[[_T], int], lot: random.Random
) -> list[_T]:
    return heapq.nsmallest(n, among, key=lambda one: (held(one), lot.random()))


def _topics(design: Design, cell: str, tally: Tally, lot: random.Random) -> list[str]:
    """Topics by how often they were used with this cell, then with any."""
    overall: dict[str, int] = {}
    for (_, topic), times in tally.topics.items():
        overall[topic] = overall.get(topic, 0) + times
    return sorted(
        design.topics,
        key=lambda t: (tally.topics.get((cell, t), 0), overall.get(t, 0), lot.random()),
    )
