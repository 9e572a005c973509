import pytest

from tests.fakes import FakeClock
from tracker_app.capture.mouse_messages import Hello, Refused
from tracker_app.capture.watch_process import WatchProcess, _checked
from tracker_app.clock import SystemClock
from tracker_app.errors import MouseUnavailableError


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)


def test_a_process_that_cannot_listen_says_why() -> None:
    with pytest.raises(MouseUnavailableError, match="does not let programs listen"):
        WatchProcess(SystemClock())


def test_a_process_on_our_clock_is_accepted() -> None:
    clock = FakeClock()
    assert _checked(Hello(clock.t_ns), clock.t_ns, clock.t_ns) == clock.t_ns


@pytest.mark.parametrize("hello_ns", [9, 21])
def test_a_process_on_another_clock_is_refused(hello_ns: int) -> None:
    with pytest.raises(MouseUnavailableError, match="clocks of two programs differ"):
        _checked(Hello(hello_ns), 10, 20)


def test_a_refusal_and_a_death_are_told_apart() -> None:
    with pytest.raises(MouseUnavailableError, match="No permission"):
        _checked(Refused("No permission."), 0, 1)
    with pytest.raises(MouseUnavailableError, match="did not start"):
        _checked(None, 0, 1)
