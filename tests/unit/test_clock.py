import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeClock
from tracker_app.clock import (
    SILENCE_NS,
    SystemClock,
    TimeWatch,
    boot_id,
    local_zone,
    read_clock,
)

S = 1_000_000_000


def test_the_system_clock_never_decreases() -> None:
    clock = SystemClock()
    stamps = [clock.now_ns() for _ in range(1000)]
    assert stamps == sorted(stamps)


def test_an_anchor_is_due_once_a_minute() -> None:
    clock = FakeClock()
    watch = TimeWatch(clock)
    results = []
    for _ in range(130):
        clock.advance(1)
        results.append(watch.check())
    assert results.count("anchor") == 2
    assert results.index("anchor") in (59, 60)
    assert "jump" not in results


@pytest.mark.parametrize("runs_in_suspend", [False, True])
def test_a_suspend_is_noticed_whether_or_not_the_clock_stops(runs_in_suspend: bool) -> None:
    clock = FakeClock(runs_in_suspend=runs_in_suspend)
    watch = TimeWatch(clock)
    clock.advance(600, suspended=True)
    assert watch.check() == "suspend"
    clock.advance(1)
    assert watch.check() == "steady"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_set_forth_or_back_is_a_jump(hours: int) -> None:
    clock = FakeClock()
    watch = TimeWatch(clock)
    clock.set_wall(clock.wall_ns + hours * 3600 * S)
    assert watch.check() == "jump"


def test_a_process_stopped_for_an_hour_did_not_sleep() -> None:
    clock = FakeClock()
    watch = TimeWatch(clock)
    clock.advance(3600)
    assert watch.check() == "anchor"


def test_slewing_is_steady() -> None:
    clock = FakeClock()
    watch = TimeWatch(clock)
    for _ in range(50):
        clock.advance(1)
        clock.set_wall(clock.wall_ns + 500_000)  # 0.5 ms a second, the most NTP slews
        assert watch.check() == "steady"


def test_a_reading_lies_between_its_two_stamps() -> None:
    clock = FakeClock()
    before = clock.t_ns
    reading = read_clock(clock)
    assert before < reading.t_ns <= clock.t_ns


@dataclass(frozen=True)
class Step:
    """What the machine does from one check of the clocks to the next."""

    kind: Literal["steady", "suspend", "jump"]
    awake_s: float
    ppm: int  # of drift between the two clocks
    asleep_s: float
    jump_s: float

    def happens_to(self, clock: FakeClock) -> None:
        clock.advance(self.awake_s)
        clock.set_wall(clock.wall_ns + round(self.awake_s * self.ppm * 1_000))
        if self.kind == "suspend":
            clock.advance(self.asleep_s, suspended=True)
        if self.kind == "jump":
            clock.set_wall(clock.wall_ns + round(self.jump_s * S))


def _steps(*, least_asleep_s: float) -> st.SearchStrategy[list[Step]]:
    jump_s = st.floats(1.01, 1e7)
    step = st.builds(
        Step,
        st.sampled_from(["steady", "suspend", "jump"]),
        st.floats(0.5, 5),
        st.integers(-500, 500),
        st.floats(least_asleep_s, 1e6),
        st.one_of(jump_s, jump_s.map(lambda s: -s)),
    )
    return st.lists(step, max_size=40)


@given(_steps(least_asleep_s=1.01))
def test_every_suspend_and_every_jump_is_noticed_once_and_drift_never(steps: list[Step]) -> None:
    clock = FakeClock()
    watch = TimeWatch(clock)
    for step in steps:
        step.happens_to(clock)
        change = watch.check()
        assert ("steady" if change == "anchor" else change) == step.kind


@given(_steps(least_asleep_s=SILENCE_NS / S))
def test_so_it_is_where_the_clock_runs_on_in_suspend(steps: list[Step]) -> None:
    clock = FakeClock(runs_in_suspend=True)
    watch = TimeWatch(clock)
    for step in steps:
        step.happens_to(clock)
        change = watch.check()
        assert ("steady" if change == "anchor" else change) == step.kind


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells no time asleep")
def test_the_system_tells_how_long_it_slept() -> None:
    first, second = SystemClock().asleep_ns(), SystemClock().asleep_ns()
    assert first is not None
    assert second is not None
    assert abs(second - first) < S  # nobody suspends the machine during this test
    assert first >= 0


def test_the_boot_id_stays_the_same() -> None:
    assert len(boot_id()) == 36
    assert boot_id() == boot_id()


def test_the_zone_has_a_name_and_a_plausible_offset() -> None:
    name, offset_s = local_zone()
    assert name
    assert abs(offset_s) <= 14 * 3600


@pytest.fixture
def zone_of_this_machine() -> Iterator[None]:
    yield
    if sys.platform != "win32":
        time.tzset()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the zone elsewhere")
@pytest.mark.usefixtures("zone_of_this_machine")
def test_a_zone_changed_while_running_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "EAST-3")
        assert local_zone() == ("EAST", 3 * 3600)
        changed.setenv("TZ", "WEST+5")
        assert local_zone() == ("WEST", -5 * 3600)
