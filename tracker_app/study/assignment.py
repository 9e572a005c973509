"""Which model stands on which side. Seeded by the session id, so it can be recomputed."""

import random

from tracker_app.study.study import ModelSpec, Study


def assign_sides(study: Study, session_id: str) -> tuple[ModelSpec, ...]:
    """The model of each side, left first; fixed for a session.

    With a single model both sides are that model: its answers still differ by their sampling.
    """
    rng = random.Random(f"{study.sha256}:{session_id}")
    models = list(study.models)
    rng.shuffle(models)
    return tuple(models[i % len(models)] for i in range(study.answers_per_turn))
