import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.capture.server_time import MS_NS, ServerTime

WRAP_MS = 2**32


def _stamp(t_ns: int, offset_ns: int) -> int:
    """What a server whose clock is behind by `offset_ns` would write."""
    return (t_ns - offset_ns) // MS_NS % WRAP_MS


@given(
    offset_ns=st.integers(-(10**15), 10**15),
    trips=st.lists(
        st.tuples(st.integers(0, 5 * MS_NS), st.integers(0, 5 * MS_NS)), min_size=1, max_size=40
    ),
    later_ns=st.integers(0, 10**9),
)
def test_an_event_is_placed_within_what_the_best_probe_leaves_open(
    offset_ns: int, trips: list[tuple[int, int]], later_ns: int
) -> None:
    time, t_ns = ServerTime(), 10**16
    for there, back in trips:
        t_ns += 10**9
        time.probe(_stamp(t_ns, offset_ns), t_ns - there, t_ns + back)
    event_ns = t_ns + later_ns
    placed = time.to_session(_stamp(event_ns, offset_ns), event_ns + 10**9)
    best = min(there + back for there, back in trips[-30:])
    assert abs(placed - event_ns) <= MS_NS + best // 2 + 1


def test_many_probes_place_an_event_better_than_its_millisecond() -> None:
    time, offset_ns = ServerTime(), 12_345_678_901
    for i in range(30):
        t_ns = 10**12 + i * 1_033_333
        time.probe(_stamp(t_ns, offset_ns), t_ns - 20_000, t_ns + 20_000)
    begin_ns = 10**9 * MS_NS + offset_ns  # just as the server's stamp changes
    placed = time.to_session(_stamp(begin_ns, offset_ns), begin_ns + 10**9)
    assert abs(placed - begin_ns - MS_NS // 2) < 60_000


def test_the_wrap_of_the_32_bit_stamp_is_followed_both_ways() -> None:
    time, t_ns = ServerTime(), 10**15
    time.probe(WRAP_MS - 4, t_ns, t_ns)
    before = time.to_session(WRAP_MS - 4, 2 * t_ns)
    assert time.to_session(4, 2 * t_ns) - before == 8 * MS_NS
    time.probe(4, t_ns + 8 * MS_NS, t_ns + 8 * MS_NS)
    assert time.to_session(WRAP_MS - 4, 2 * t_ns) == before


def test_a_clock_that_drifted_away_is_followed() -> None:
    time, t_ns = ServerTime(), 10**15
    for _ in range(10):
        time.probe(_stamp(t_ns, 0), t_ns, t_ns + 1_000)
        t_ns += 10**9
    time.probe(_stamp(t_ns, 50 * MS_NS), t_ns, t_ns + 1_000)
    placed = time.to_session(_stamp(t_ns, 50 * MS_NS), t_ns + 10**9)
    assert abs(placed - t_ns) <= MS_NS


def test_no_event_is_later_than_its_receipt() -> None:
    time = ServerTime()
    time.probe(1_000, 10**12, 10**12)
    assert time.to_session(1_000, 10**12 - 5) == 10**12 - 5


def test_a_clock_that_was_never_probed_tells_nothing() -> None:
    with pytest.raises(ValueError, match="never probed"):
        ServerTime().to_session(1, 1)
