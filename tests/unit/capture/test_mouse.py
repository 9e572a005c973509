import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.fakes import FakeClock
from tests.mice import ScriptedWatcher, move
from tracker_app.capture.mouse import RESTARTS, Mouse, reach
from tracker_app.capture.mouse_messages import Beat, Events, Missed
from tracker_app.clock import Clock
from tracker_app.errors import MouseUnavailableError
from tracker_app.records import Gap, MouseEvent

LIMIT_S = 10.0


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.005)


class _Rig:
    """A mouse whose process is a script, and all it recorded."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.watchers: list[ScriptedWatcher] = []
        self.recorded: list[MouseEvent | Gap] = []
        self.failures: list[MouseUnavailableError] = []
        self.can_start = True
        self.mouse = Mouse(self.clock, self.recorded.append, self.failures.append, self._start)

    def _start(self, clock: Clock) -> ScriptedWatcher:
        if not self.can_start:
            raise MouseUnavailableError("Not any more.")
        self.watchers.append(ScriptedWatcher(clock.now_ns()))
        return self.watchers[-1]

    @property
    def gaps(self) -> list[Gap]:
        return [r for r in self.recorded if isinstance(r, Gap)]

    def wait_for(self, count: int) -> None:
        _wait_until(lambda: len(self.recorded) >= count)


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Rig]:
    monkeypatch.setenv("DISPLAY", ":never-used")
    made = _Rig()
    made.mouse.start()
    yield made
    made.mouse.stop()
    assert not made.mouse.is_on


def test_events_are_recorded_as_they_come(rig: _Rig) -> None:
    events = [move(rig.clock.now_ns(), x_px=x) for x in range(5)]
    rig.watchers[0].say(Events(events), Beat(rig.clock.now_ns(), sent=5))
    rig.wait_for(5)
    assert rig.recorded == events
    assert rig.mouse.is_on


def test_the_position_is_the_last_one_inside(rig: _Rig) -> None:
    now_ns = rig.clock.now_ns()
    rig.watchers[0].say(Events([move(now_ns, x_px=4), move(now_ns, x_px=9, inside=False)]))
    rig.wait_for(2)
    assert rig.mouse.position_px == (4, 20)


def test_on_stopping_what_was_held_is_kept_and_what_came_later_is_not(rig: _Rig) -> None:
    early, late = move(rig.clock.now_ns()), move(2**62)
    rig.watchers[0].held = [Events([early, late])]
    rig.mouse.stop()
    assert rig.recorded == [early]


def test_events_lost_on_the_way_are_a_gap_that_counts_them(rig: _Rig) -> None:
    t_ns = rig.clock.now_ns()
    rig.watchers[0].say(Beat(t_ns, sent=0), Events([move(t_ns + 1)]), Beat(t_ns + 2, sent=4))
    rig.wait_for(2)
    (gap,) = rig.gaps
    assert (gap.source, gap.lost) == ("mouse", 3)
    assert (gap.t_ns, gap.end_t_ns) == (t_ns, t_ns + 2)


def test_what_the_listener_missed_is_a_gap_of_unknown_loss(rig: _Rig) -> None:
    rig.watchers[0].say(Missed(5, 9, "It forgot us."))
    rig.wait_for(1)
    (gap,) = rig.gaps
    assert (gap.t_ns, gap.end_t_ns, gap.lost, gap.reason) == (5, 9, None, "It forgot us.")


def test_a_process_that_dies_is_replaced_and_the_time_between_is_a_gap(rig: _Rig) -> None:
    good_ns = rig.clock.now_ns()
    rig.watchers[0].say(Beat(good_ns, sent=0))
    rig.watchers[0].kill()
    rig.wait_for(1)
    (gap,) = rig.gaps
    assert (gap.t_ns, gap.end_t_ns, gap.lost) == (good_ns, rig.watchers[1].hello_ns, None)
    event = move(rig.clock.now_ns())
    rig.watchers[1].say(Events([event]), Beat(rig.clock.now_ns(), sent=1))
    rig.wait_for(2)
    assert rig.recorded[-1] == event
    assert not rig.failures


def test_a_process_that_falls_silent_is_ended_and_replaced(
    rig: _Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.mouse.stop()
    monkeypatch.setattr("tracker_app.capture.mouse.CHECK_S", 0.01)
    monkeypatch.setattr("tracker_app.capture.mouse.SILENCE_S", 0.05)
    rig.mouse.start()
    _wait_until(lambda: len(rig.watchers) > 2)
    assert rig.watchers[1].is_killed
    rig.wait_for(1)
    assert rig.gaps


def test_a_process_that_dies_again_and_again_is_reported_once(rig: _Rig) -> None:
    for i in range(RESTARTS + 1):
        _wait_until(lambda i=i: len(rig.watchers) > i)  # type: ignore[misc]
        rig.watchers[i].kill()
    _wait_until(lambda: bool(rig.failures))
    assert len(rig.watchers) == RESTARTS + 1
    assert "again and again" in str(rig.failures[0])
    assert len(rig.gaps) == RESTARTS + 1
    assert not rig.mouse.is_on
    assert len(rig.failures) == 1


def test_a_process_that_cannot_be_replaced_is_reported(rig: _Rig) -> None:
    rig.can_start = False
    rig.watchers[0].kill()
    _wait_until(lambda: bool(rig.failures))
    assert str(rig.failures[0]) == "Not any more."
    assert len(rig.gaps) == 1


def test_a_mouse_can_be_started_again_after_stopping(rig: _Rig) -> None:
    rig.mouse.stop()
    rig.mouse.start()
    event = move(rig.clock.now_ns())
    rig.watchers[1].say(Events([event]))
    rig.wait_for(1)
    assert rig.recorded == [event]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [({}, "without a display"), ({"WAYLAND_DISPLAY": "wayland-0"}, "under Wayland")],
)
def test_without_an_x_display_the_mouse_says_what_to_do(
    environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(MouseUnavailableError, match=sentence):
        reach(environment, "linux")


def test_under_wayland_with_x_windows_it_says_what_is_missing() -> None:
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert "only over windows that use X11" in reach(both, "linux")
    assert reach({"DISPLAY": ":0"}, "linux") == "can be recorded"
    assert reach({}, "win32") == "can be recorded"


@pytest.mark.skipif(sys.platform != "linux", reason="only X11 can be missing")
def test_starting_without_a_display_starts_no_process(
    rig: _Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.mouse.stop()
    monkeypatch.delenv("DISPLAY")
    with pytest.raises(MouseUnavailableError):
        rig.mouse.start()
    assert len(rig.watchers) == 1
