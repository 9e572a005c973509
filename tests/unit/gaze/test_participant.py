import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.gaze.landmarks import LANDMARKS, FaceLandmarks
from tracker_app.gaze.participant import Lids, Participant

FRAME_NS = 40_000_000
S = 1_000_000_000


def _face(x: float, width: float = 0.2, y: float = 0.5) -> FaceLandmarks:
    points = np.zeros((LANDMARKS, 3))
    points[:, 0] = np.linspace(x - width / 2, x + width / 2, LANDMARKS)
    points[:, 1] = y
    return FaceLandmarks(points, np.eye(4))


def _largest_first(*faces: FaceLandmarks) -> list[FaceLandmarks]:
    return sorted(faces, key=lambda face: face.width, reverse=True)


def test_the_first_participant_is_the_largest_face() -> None:
    large, small = _face(0.7, 0.3), _face(0.2, 0.15)
    assert Participant().choose(0, [large, small]) is large


def test_a_larger_face_that_appears_is_not_followed() -> None:
    participant = Participant()
    participant.choose(0, [_face(0.3)])
    for frame in range(1, 10):
        # They approach each other, both moving.
        mine = _face(0.3 + 0.01 * frame)
        other = _face(0.9 - 0.02 * frame, 0.4)
        assert participant.choose(frame * FRAME_NS, _largest_first(mine, other)) is mine


@given(st.lists(st.floats(-0.14, 0.14), max_size=60), st.floats(0.05, 0.95))
def test_a_moving_face_is_followed_past_one_that_rests(steps: list[float], at: float) -> None:
    """Steps of less than three quarters of its width, and the other face is out of reach."""
    participant = Participant()
    x = 0.5
    participant.choose(0, [_face(x, y=0.2)])
    for frame, step in enumerate(steps, start=1):
        x += step
        mine, other = _face(x, y=0.2), _face(at, 0.5, y=0.8)
        assert participant.choose(frame * FRAME_NS, [other, mine]) is mine


def test_a_face_that_jumps_too_far_in_one_frame_is_somebody_else() -> None:
    participant = Participant()
    participant.choose(0, [_face(0.3, 0.2)])
    assert participant.choose(FRAME_NS, [_face(0.3 + 0.76 * 0.2)]) is None
    back = _face(0.3 + 0.74 * 0.2)
    assert participant.choose(2 * FRAME_NS, [back]) is back


def test_a_participant_who_is_away_is_waited_for_two_seconds() -> None:
    participant = Participant()
    participant.choose(0, [_face(0.2)])
    other = [_face(0.7, 0.4)]
    assert participant.choose(FRAME_NS, []) is None
    assert participant.choose(2 * S, other) is None
    assert participant.choose(2 * S + 1, _largest_first(*other, _face(0.2))) is other[0]


def test_who_comes_back_within_two_seconds_is_the_participant_again() -> None:
    participant = Participant()
    participant.choose(0, [_face(0.2)])
    back = _face(0.22)
    assert participant.choose(2 * S, _largest_first(_face(0.7, 0.4), back)) is back


def _blinks(openness: list[float], t_ns: int = 0) -> list[bool]:
    lids = Lids()
    return [lids.is_blinking(t_ns + i * FRAME_NS, value) for i, value in enumerate(openness)]


@given(usual=st.floats(0.15, 1.0), wide=st.floats(0.6, 1.0))
def test_the_usual_opening_of_eyes_is_no_blink_however_narrow(usual: float, wide: float) -> None:
    """Once known, after 30 frames; lids that narrow to 60% do not cover the pupil."""
    assert not any(_blinks([usual] * 60 + [usual * wide])[30:])


@given(usual=st.floats(0.15, 1.0), shut=st.floats(0.0, 0.4))
def test_lids_that_close_are_a_blink_and_over_when_they_open(usual: float, shut: float) -> None:
    blinks = _blinks([usual] * 60 + [usual * shut] * 5 + [usual] * 5)
    assert blinks[60:] == [True] * 5 + [False] * 5


@pytest.mark.parametrize(("openness", "is_blink"), [(0.1, True), (0.8, False)])
def test_the_first_frames_are_judged_by_people_in_general(openness: float, is_blink: bool) -> None:
    assert _blinks([openness] * 10) == [is_blink] * 10


def test_what_is_usual_follows_the_last_ten_seconds() -> None:
    """Somebody narrow-eyed sits down in the place of somebody wide-eyed."""
    blinks = _blinks([1.0] * 500 + [0.4] * 300)
    assert blinks[500]
    assert not any(blinks[-50:])
