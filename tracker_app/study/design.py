"""What can be drawn in a study, and what a drawn cell's name stands for.

A cell of live models is `left|right`, or one model where there is one answer; the same model may
stand on both sides, whose answers differ by their sampling.
"""

from itertools import combinations

from tracker_app.allocation import Design, Group
from tracker_app.study.study import ModelSpec, Study

BETWEEN = "|"  # the left and the right side of a cell


def design_of(study: Study) -> Design:
    """The design of a study, which holds nothing but names."""
    is_assigned = study.tasks.choice == "assigned"
    return Design(
        groups=tuple(Group((pair,)) for pair in _model_pairs(study)),
        quota=study.assignment.sessions_per_pair,
        topics=tuple(topic.id for topic in study.topics),
        # Who chooses is offered several: then the first place is what is given out evenly.
        topics_taken=study.tasks.per_visit if is_assigned else 1,
    )


def models_of(study: Study, cell: str) -> tuple[ModelSpec, ...]:
    """The model of each side, left first.

    Raises:
        KeyError: if the study has no such model.
    """
    models = {model.id: model for model in study.models}
    return tuple(models[one] for one in cell.split(BETWEEN))


def _model_pairs(study: Study) -> list[tuple[str, ...]]:
    """Each pair of models both ways round."""
    ids = [model.id for model in study.models]
    if study.answers_per_turn == 1:
        return [(one,) for one in ids]
    pairs: list[tuple[str, str]] = [(left, right) for left, right in study.assignment.pairs]
    pairs = pairs or [*combinations(ids, 2)] or [(ids[0], ids[0])]
    return [mirrored("", *pair) for pair in pairs]


def mirrored(prefix: str, left: str, right: str) -> tuple[str, ...]:
    """A cell and its mirror image; one cell where both sides are the same."""
    names = dict.fromkeys(((left, right), (right, left)))
    return tuple(f"{prefix}{BETWEEN.join(sides)}" for sides in names)
