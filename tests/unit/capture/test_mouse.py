import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeClock
from tracker_app.capture.mouse import EventTimes, Mouse
from tracker_app.errors import MouseUnavailableError
from tracker_app.records import MouseEvent, MouseKind


@given(delays_ms=st.lists(st.integers(0, 125), min_size=2, max_size=50))
def test_event_times_recover_the_true_times_from_late_callbacks(delays_ms: list[int]) -> None:
    times = EventTimes()
    times.to_session(1_000, 5_000_000_000)  # one prompt event fixes the offset
    for i, delay in enumerate(delays_ms):
        stamp = 1_000 + 8 * i
        true_ns = 5_000_000_000 + 8_000_000 * i
        assert times.to_session(stamp, true_ns + delay * 1_000_000) == true_ns


def test_event_times_survive_the_wrap_of_the_server_clock() -> None:
    times = EventTimes()
    before = times.to_session(2**32 - 4, 10_000_000_000)
    after = times.to_session(4, 10_008_000_000)
    assert after - before == 8_000_000


def _mouse(*, inside: bool) -> tuple[Mouse, list[MouseEvent]]:
    recorded: list[MouseEvent] = []
    mouse = Mouse(FakeClock(), lambda x, y: inside, recorded.append)
    mouse._listener = object()  # as if started
    return mouse, recorded


def test_outside_the_window_only_the_event_itself_is_kept() -> None:
    mouse, recorded = _mouse(inside=False)
    mouse._on_event(MouseKind.PRESS, 10, 20, button="left", stamp_ms=5)
    mouse._on_event(MouseKind.WHEEL, 10, 20, wheel=(0, -1))
    for event in recorded:
        assert not event.is_inside
        kept = (event.x_px, event.y_px, event.button, event.wheel_x, event.wheel_y)
        assert kept == (None,) * 5
    assert mouse.position_px is None


def test_inside_the_window_everything_is_kept() -> None:
    mouse, recorded = _mouse(inside=True)
    mouse._on_event(MouseKind.PRESS, 10, 20, button="left")
    mouse._on_event(MouseKind.WHEEL, 10, 20, wheel=(0, -1))
    assert (recorded[0].x_px, recorded[0].button) == (10.0, "left")
    assert (recorded[1].wheel_x, recorded[1].wheel_y) == (0, -1)
    assert mouse.position_px == (10, 20)


def test_nothing_is_recorded_after_stopping() -> None:
    mouse, recorded = _mouse(inside=True)
    mouse._listener = None
    mouse._on_event(MouseKind.MOVE, 1, 1)
    assert recorded == []


@pytest.mark.parametrize(
    ("wayland", "sentence"), [("", "without a display"), ("wayland-0", "Wayland")]
)
def test_without_an_x_display_the_mouse_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, wayland: str, sentence: str
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    with pytest.raises(MouseUnavailableError, match=sentence):
        Mouse(FakeClock(), lambda x, y: True, lambda e: None).start()
