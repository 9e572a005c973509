import numpy as np

from tracker_app.gaze.landmarks import Array
from tracker_app.simulation.movement import POSTURE_DEG, POSTURE_MM, Restlessness

FRAME_NS = 40_000_000
BEGAN_NS = 7_000_000_000


def _moves(seed: int, seconds: int = 240) -> Array:
    """Places (mm) and turns (degrees) at 25 frames a second, shape (n, 6)."""
    restlessness = Restlessness(seed)
    times = BEGAN_NS + np.arange(seconds * 25) * FRAME_NS
    return np.array([np.concatenate(restlessness.at(int(t_ns))) for t_ns in times])


def test_the_same_person_moves_alike_whenever_the_session_begins() -> None:
    later = Restlessness(3)
    later.at(5 * BEGAN_NS)
    assert np.allclose(np.concatenate(later.at(5 * BEGAN_NS + 100 * FRAME_NS)), _moves(3, 5)[100])
    assert not np.allclose(_moves(4, 5), _moves(3, 5))


def test_heads_wander_by_centimetres_and_degrees_and_never_jump() -> None:
    moves = np.array([_moves(seed) for seed in range(1, 9)])
    spread = moves.std(axis=(0, 1))
    assert ((spread[:3] > 10) & (spread[:3] < 40)).all()
    assert ((spread[3:] > 1.5) & (spread[3:] < 8)).all()
    steps = np.abs(np.diff(moves, axis=1)).max(axis=(0, 1))
    assert (steps < (2, 2, 2, 0.5, 0.5, 0.5)).all()


def test_every_minute_the_head_leans_another_way_or_sits_up_again() -> None:
    restlessness = Restlessness(2)
    lean = np.array([restlessness._leaning(t_s) for t_s in (30, 61, 63, 119, 123, 183)])
    place, turn = np.linalg.norm(lean[:, :3], axis=1), np.linalg.norm(lean[:, 3:], axis=1)
    assert np.allclose(place, POSTURE_MM * np.array([0, 0.5, 1, 1, 0, 1]))
    assert np.allclose(turn, POSTURE_DEG * np.array([0, 0.5, 1, 1, 0, 1]))
    assert not np.allclose(lean[3], lean[5])
