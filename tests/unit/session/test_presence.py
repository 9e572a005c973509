"""When recording pauses because nobody is there."""

from tracker_app.session.presence import Presence

S, MIN = 1_000_000_000, 60_000_000_000


def _look(presence: Presence, t_ns: int, signs: object = 0, *, has_face: bool = False) -> bool:
    return presence.is_away(t_ns, 10**18 + t_ns, signs, has_face=has_face)


def test_without_a_sign_of_life_somebody_is_away_after_the_limit() -> None:
    presence = Presence(30)
    assert not any(_look(presence, t * S) for t in range(1800))
    assert _look(presence, 1800 * S)


def test_moving_the_mouse_or_being_seen_starts_the_time_again() -> None:
    presence = Presence(1)
    for t in range(0, 300, 20):
        assert not _look(presence, t * S, signs=t)
    for t in range(300, 600, 20):
        assert not _look(presence, t * S, has_face=True)
    assert [_look(presence, t * S) for t in (600, 620, 639, 640)] == [False, False, False, True]


def test_sleep_is_an_absence_whether_the_session_clock_runs_on_or_not() -> None:
    for passed in (0, MIN):
        presence = Presence(30)
        presence.is_away(0, 0, 0, has_face=True)
        assert presence.is_away(passed, MIN, 1, has_face=True)


def test_who_says_that_they_are_there_is_there() -> None:
    presence = Presence(1)
    assert [_look(presence, t * S) for t in (0, 20, 40, 60)] == [False, False, False, True]
    presence.begin_again()
    assert [_look(presence, t * S) for t in (61, 90, 119, 121)] == [False, False, False, True]
