import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.mice import FakeDesktop
from tracker_app.capture.desktop import Caught
from tracker_app.capture.mouse_messages import Beat, Events, Hello, Message, Missed, read_messages
from tracker_app.capture.mouse_watch import MouseWatch, Pulse, Writer
from tracker_app.clock import SystemClock
from tracker_app.errors import MouseUnavailableError
from tracker_app.records import MouseEvent, MouseKind

LIMIT_S = 10.0
CLOCK = SystemClock()


@pytest.fixture(autouse=True)
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker_app.capture.mouse_watch.BEAT_NS", 50_000_000)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.005)


@contextmanager
def _watching(desktop: FakeDesktop) -> Iterator[list[Message]]:
    said: list[Message] = []
    watch = MouseWatch(desktop, CLOCK, said.append)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        _wait_until(lambda: bool(said))
        yield said
    finally:
        watch.stop()
        thread.join(LIMIT_S)
        assert not thread.is_alive()


def _events(said: list[Message]) -> list[MouseEvent]:
    return [e for m in said if isinstance(m, Events) for e in m.events]


def _press(x: float, *, is_ours: bool | None = None) -> Caught:
    t_ns = CLOCK.now_ns()
    return Caught(t_ns, t_ns + 5, MouseKind.PRESS, x, 3, "left", None, is_ours)


def test_it_says_hello_and_then_what_it_hears_in_order() -> None:
    desktop = FakeDesktop()
    presses = [_press(x) for x in range(50)]
    with _watching(desktop) as said:
        assert isinstance(said[0], Hello)
        for press in presses:
            desktop.listeners[0].put(press)
    assert [(e.t_ns, e.received_t_ns) for e in _events(said)] == [(p[0], p[1]) for p in presses]
    assert desktop.listeners[0].is_stopped
    assert desktop.looks > 0


@pytest.mark.parametrize(
    ("x", "judged", "kept"),
    [(7, None, True), (700, None, False), (7, False, False), (700, True, True)],
)
def test_only_what_was_ours_keeps_position_button_and_wheel(
    x: float, judged: bool | None, kept: bool
) -> None:
    desktop = FakeDesktop()
    t_ns = CLOCK.now_ns()
    with _watching(desktop) as said:
        desktop.listeners[0].put(_press(x, is_ours=judged))
        desktop.listeners[0].put(Caught(t_ns, t_ns, MouseKind.WHEEL, x, 3, None, (0, -1), judged))
    press, wheel = _events(said)
    assert press.is_inside is wheel.is_inside is kept
    assert (press.x_px, press.y_px, press.button) == ((2 * x, 6, "left") if kept else (None,) * 3)
    assert (wheel.wheel_x, wheel.wheel_y) == ((0, -1) if kept else (None, None))


def test_an_event_waits_until_the_desktop_at_its_time_is_known() -> None:
    desktop = FakeDesktop()
    desktop.known_until_ns = 0
    with _watching(desktop) as said:
        desktop.listeners[0].put(_press(7))
        looks = desktop.looks
        _wait_until(lambda: desktop.looks > looks + 3)
        assert not _events(said)
        desktop.known_until_ns = 2**62
        _wait_until(lambda: bool(_events(said)))
    assert _events(said)[0].is_inside


def test_an_event_whose_desktop_stays_unknown_is_outside() -> None:
    desktop = FakeDesktop()
    desktop.known_until_ns = 0
    with _watching(desktop) as said:
        desktop.listeners[0].put(_press(7))
        _wait_until(lambda: bool(_events(said)))
    assert not _events(said)[0].is_inside


def test_a_beat_counts_what_was_sent() -> None:
    desktop = FakeDesktop()
    with _watching(desktop) as said:
        for x in range(7):
            desktop.listeners[0].put(_press(x))
        _wait_until(lambda: any(isinstance(m, Beat) for m in said))
    assert next(m.sent for m in said if isinstance(m, Beat)) == 7


def test_a_listener_that_the_system_forgot_is_replaced_and_the_time_told() -> None:
    desktop = FakeDesktop()
    with _watching(desktop) as said:
        desktop.pointer = (5.0, 5.0)  # and no event says so
        _wait_until(lambda: any(isinstance(m, Missed) for m in said))
        assert desktop.listeners[0].is_stopped
        assert not desktop.listeners[1].is_stopped
    missed = next(m for m in said if isinstance(m, Missed))
    assert missed.since_ns < missed.t_ns


def test_a_listener_that_died_is_replaced_and_the_time_told() -> None:
    desktop = FakeDesktop()
    with _watching(desktop) as said:
        desktop.listeners[0].die()
        _wait_until(lambda: any(isinstance(m, Missed) for m in said))
        desktop.listeners[1].put(_press(7))
        _wait_until(lambda: bool(_events(said)))
    missed = next(m for m in said if isinstance(m, Missed))
    assert missed.since_ns < missed.t_ns


def test_a_system_that_does_not_let_us_listen_is_told_in_words() -> None:
    watch = MouseWatch(FakeDesktop(lets_listen=False), CLOCK, lambda message: None)
    with pytest.raises(MouseUnavailableError, match="privacy settings"):
        watch.run()


def test_a_pointer_that_moves_without_events_is_noticed_at_the_second_look() -> None:
    pulse = Pulse((0, 0))
    assert pulse.missed_since(100, (0, 0), 0) is None
    assert pulse.missed_since(200, (5, 5), 0) is None
    assert pulse.missed_since(300, (5, 5), 0) == 200
    assert pulse.missed_since(400, (5, 5), 0) is None


def test_a_pointer_whose_event_was_only_late_is_not_suspicious() -> None:
    pulse = Pulse((0, 0))
    assert pulse.missed_since(100, (5, 5), 0) is None
    assert pulse.missed_since(200, (9, 9), 3) is None
    assert pulse.missed_since(300, (9, 9), 3) is None


def test_a_reader_that_does_not_read_does_not_hold_up_the_sender() -> None:
    class Stuck(io.BytesIO):
        free = threading.Event()

        def write(self, data: object) -> int:
            self.free.wait(LIMIT_S)
            return super().write(data)  # type: ignore[arg-type] # bytes, as the writer sends

    pipe = Stuck()
    writer = Writer(pipe)
    for i in range(1_000):
        writer.send(Beat(i, sent=i))
    assert not pipe.getvalue()
    pipe.free.set()
    writer.close()
    pipe.seek(0)
    assert [m.t_ns for m in read_messages(pipe) if isinstance(m, Beat)] == list(range(1_000))
