"""What can be drawn in a study, and what a drawn cell's name stands for.

A cell of live models is `left|right`, or one model where there is one answer; the same model may
stand on both sides, whose answers differ by their sampling. A cell of fixed items is `item/`, and
then their responses likewise.
"""

from collections.abc import Collection, Sequence
from itertools import combinations

from tracker_app.allocation import Design, Group
from tracker_app.study.item import Item, Response
from tracker_app.study.study import ItemRules, ModelSpec, Study, Topic

BETWEEN = "|"  # the left and the right side of a cell
BEHIND = "/"  # the item


def design_of(study: Study) -> Design:
    """The design of a study, which holds nothing but names."""
    if study.items is not None:
        return _design_of_items(study, study.items)
    is_assigned = study.tasks.choice == "assigned"
    return Design(
        groups=tuple(Group((pair,)) for pair in _model_pairs(study)),
        quota=study.assignment.sessions_per_pair,
        topics=tuple(topic.id for topic in study.topics),
        # Who chooses is offered several: then the first place is what is given out evenly.
        topics_taken=study.tasks.per_visit if is_assigned else 1,
    )


def sessions_needed(design: Design) -> int | None:
    """How many sessions fill every quota; None where there is none."""
    return -(-len(design.groups) * design.quota // design.cells_per_session) or None


def models_of(study: Study, cell: str) -> tuple[ModelSpec, ...]:
    """The model of each side, left first.

    Raises:
        KeyError: if the study has no such model.
    """
    models = {model.id: model for model in study.models}
    return tuple(models[one] for one in cell.split(BETWEEN))


def offered_topics(study: Study, order: Sequence[str], taken: Collection[str]) -> list[Topic]:
    """The topics of the next task, in the order to show them.

    Args:
        study: that has them.
        order: ids, as drawn for the session; one that the study has no more is passed over.
        taken: ids of earlier tasks' topics, which do not come again.
    """
    topics = {topic.id: topic for topic in study.topics}
    left = [topics[one] for one in order if one in topics and one not in taken]
    return left[: study.tasks.topics_shown if study.tasks.choice == "participant" else 1]


def item_id_of(cell: str) -> str:
    """The id of the item that a cell is of."""
    return cell.partition(BEHIND)[0]


def shown_item(study: Study, cell: str) -> tuple[Item, dict[int, Response]]:
    """The item of a cell, and the response on each side: 1 left or only, 2 right.

    Raises:
        KeyError: if the study has no such item, or the item no such response.
    """
    item_id, _, sides = cell.partition(BEHIND)
    item = next((item for item in study.fixed_items if item.id == item_id), None)
    if item is None:
        raise KeyError(item_id)
    return item, {n: item.response(one) for n, one in enumerate(sides.split(BETWEEN), 1)}


def pairs_of(item: Item, side_by_side: int) -> list[tuple[str, ...]]:
    """Each pair of an item's responses both ways round; each response where one is shown."""
    prefix, ids = f"{item.id}{BEHIND}", [response.id for response in item.responses]
    if side_by_side == 1:
        return [(f"{prefix}{one}",) for one in ids]
    return [_mirrored(prefix, *pair) for pair in combinations(ids, 2)]


def _design_of_items(study: Study, rules: ItemRules) -> Design:
    groups = (Group(tuple(pairs_of(item, study.answers_per_turn))) for item in study.fixed_items)
    return Design(
        tuple(groups), cells_per_session=rules.per_visit, quota=rules.raters, comes_once=True
    )


def _model_pairs(study: Study) -> list[tuple[str, ...]]:
    """Each pair of models both ways round."""
    ids = [model.id for model in study.models]
    if study.answers_per_turn == 1:
        return [(one,) for one in ids]
    pairs: list[tuple[str, str]] = [(left, right) for left, right in study.assignment.pairs]
    pairs = pairs or [*combinations(ids, 2)] or [(ids[0], ids[0])]
    return [_mirrored("", *pair) for pair in pairs]


def _mirrored(prefix: str, left: str, right: str) -> tuple[str, ...]:
    """A cell and its mirror image; one cell where both sides are the same."""
    names = dict.fromkeys(((left, right), (right, left)))
    return tuple(f"{prefix}{BETWEEN.join(sides)}" for sides in names)
