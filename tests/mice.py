"""Mouse events, and stand-ins for what hears them."""

import queue
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tracker_app.capture.desktop import Caught, Listener
from tracker_app.capture.mouse_messages import Message
from tracker_app.records import MouseEvent, MouseKind


def move(t_ns: int, x_px: float = 10.0, *, inside: bool = True) -> MouseEvent:
    return MouseEvent(
        t_ns=t_ns,
        received_t_ns=t_ns + 1,
        kind=MouseKind.MOVE,
        is_inside=inside,
        x_px=x_px if inside else None,
        y_px=20.0 if inside else None,
        button=None,
        wheel_x=None,
        wheel_y=None,
    )


class FakeListener:
    """A listener that tests let hear events, or let die."""

    def __init__(self, put: Callable[[Any], None], *, works: bool = True) -> None:
        self.put = put
        self._is_alive = works
        self.is_stopped = False

    def start(self) -> None:
        pass

    def wait(self) -> None:
        pass

    def stop(self) -> None:
        self.is_stopped = True

    def is_alive(self) -> bool:
        return self._is_alive

    def die(self) -> None:
        self._is_alive = False


class FakeDesktop:
    """Ours is everything left of x = 100. Known is what tests say."""

    def __init__(self, *, lets_listen: bool = True) -> None:
        self.listeners: list[FakeListener] = []
        self.known_until_ns = 2**62
        self.pointer = (0.0, 0.0)
        self.looks = 0
        self._lets_listen = lets_listen

    def listener(self, put: Callable[[Any], None]) -> Listener:
        self.listeners.append(FakeListener(put, works=self._lets_listen))
        return self.listeners[-1]

    def caught(self, heard: Caught) -> Sequence[Caught]:
        return (heard,)

    def look(self) -> None:
        self.looks += 1

    def is_known(self, t_ns: int) -> bool:
        return t_ns <= self.known_until_ns

    def was_ours(self, x: float, y: float, t_ns: int) -> bool:
        return self.is_known(t_ns) and x < 100

    def physical_px(self, x: float, y: float) -> tuple[float, float]:
        return 2 * x, 2 * y

    def pointer_px(self) -> tuple[float, float]:
        return self.pointer


class ScriptedWatcher:
    """Says what tests let it say, until it is ended."""

    def __init__(self, hello_ns: int) -> None:
        self.hello_ns = hello_ns
        self._said: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self.is_killed = False
        self.held: list[Message] = []  # sent only when told to stop

    def say(self, *messages: Message) -> None:
        for message in messages:
            self._said.put(message)

    def messages(self) -> Iterator[Message]:
        while (message := self._said.get()) is not None:
            yield message

    def tell_to_stop(self) -> None:
        self.say(*self.held)
        self._said.put(None)

    def kill(self) -> None:
        self.is_killed = True
        self._said.put(None)

    def end(self, limit_s: float) -> None:
        pass
