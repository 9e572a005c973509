from tests.fakes import FakeClock
from tracker_app.clock import SystemClock, TimeWatch, boot_id, local_zone, read_clock


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


def test_a_suspend_is_a_jump() -> None:
    clock = FakeClock()
    watch = TimeWatch(clock)
    clock.advance(600, suspended=True)
    assert watch.check() == "jump"
    clock.advance(1)
    assert watch.check() == "steady"


def test_a_clock_set_back_is_a_jump() -> None:
    clock = FakeClock()
    watch = TimeWatch(clock)
    clock.set_wall(clock.wall_ns - 3_600_000_000_000)
    assert watch.check() == "jump"


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


def test_the_boot_id_stays_the_same() -> None:
    assert len(boot_id()) == 36
    assert boot_id() == boot_id()


def test_the_zone_has_a_name_and_a_plausible_offset() -> None:
    name, offset_s = local_zone()
    assert name
    assert abs(offset_s) <= 14 * 3600
