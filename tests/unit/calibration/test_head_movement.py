import numpy as np
import pytest

from calibration.head_movement import SECTORS, Guide, HeadMovement, Turn


def circle(
    movement: HeadMovement, size_deg: float, centre: Turn = (0, 0), share: float = 1
) -> None:
    for angle in np.linspace(0, 2 * np.pi * share, 60):
        turn = centre[0] + size_deg * np.sin(angle), centre[1] + size_deg * np.cos(angle)
        movement.add(turn, is_asked=True)


def held(centre: Turn = (0, 0)) -> HeadMovement:
    movement = HeadMovement()
    for _ in range(30):
        movement.add(centre, is_asked=False)
    return movement


def test_a_circle_of_the_head_covers_every_direction() -> None:
    movement = held()
    circle(movement, 8)
    assert movement.coverage == 1
    assert movement.is_enough


def test_a_head_held_still_or_trembling_covers_none() -> None:
    movement = held()
    circle(movement, 2)
    assert movement.coverage == 0
    assert not movement.is_enough


def test_turns_are_counted_from_how_the_head_was_held_before() -> None:
    movement = held((12, -9))
    circle(movement, 2, centre=(12, -9))
    assert movement.coverage == 0
    circle(movement, 8, centre=(12, -9))
    assert movement.coverage == 1


def test_half_a_circle_is_not_enough() -> None:
    movement = held()
    circle(movement, 8, share=0.45)
    assert 0.4 < movement.coverage < 0.7
    assert not movement.is_enough


@pytest.mark.parametrize(
    ("circles", "turn"), [(0, (0, -1)), (0.25, (-1, 0)), (0.5, (0, 1)), (1.75, (1, 0))]
)
def test_the_marker_goes_from_above_to_the_right_and_the_nose_after_it(
    circles: float, turn: Turn
) -> None:
    """A turn to the right of the screen is to the participant's right: a negative yaw."""
    assert HeadMovement().guide(circles).turn == pytest.approx(turn, abs=1e-9)


@pytest.mark.parametrize("number", range(SECTORS))
def test_a_head_that_follows_the_marker_covers_the_sector_where_the_marker_is(number: int) -> None:
    movement = held()
    yaw, pitch = Guide(360 * number / SECTORS, ()).turn
    movement.add((8 * yaw, 8 * pitch), is_asked=True)
    assert [i for i, c in enumerate(movement.guide(0).covered) if c] == [number]
