"""What a screen reader is told of the application, over the accessibility bus (AT-SPI)."""

import os
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from jeepney import DBusAddress, MatchRule, Message, MessageType, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ACCESSIBLE = "org.a11y.atspi.Accessible"
REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
ON_SCREEN = 0  # of coordinates
LABELLED_BY = 2  # of relations
LIMIT_S = 5.0
MOST_EVENTS = 100
# Bits of an object's states, by the numbers of at-spi2-core's `AtspiStateType`.
ENABLED, FOCUSABLE, FOCUSED, SHOWING, CHECKABLE = 8, 11, 12, 25, 41


@dataclass(frozen=True, slots=True)
class Spoken:
    """One object that can be seen, as a screen reader knows it."""

    path: str
    id: str  # object name of the widget, or its class
    role: str
    name: str  # what is said of it; of a labelled one, its label
    states: frozenset[int]
    rect: tuple[int, int, int, int]  # left, top, width and height on the screen, pixels

    @property
    def is_stop(self) -> bool:
        """Whether the keyboard may come to it."""
        return {ENABLED, FOCUSABLE} <= self.states


@contextmanager
def accessibility_bus(folder: Path) -> Iterator[dict[str, str]]:
    """Buses of their own; yields the environment of an application that is to speak on them.

    Args:
        folder: an empty one, where the accessibility bus puts its socket.
    """
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as daemon:
        assert daemon.stdout is not None
        try:
            yield {
                "DBUS_SESSION_BUS_ADDRESS": daemon.stdout.readline().strip(),
                "QT_ACCESSIBILITY": "1",
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            }
        finally:
            daemon.terminate()


class ScreenReader:
    """Reads the tree of the one application on the bus, and hears where the focus goes."""

    def __init__(self, session_address: str) -> None:
        """Come to the accessibility bus, which starts when first asked for."""
        bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        with open_dbus_connection(session_address) as session:
            (address,) = _ask(session, bus, "GetAddress")
        self._bus = open_dbus_connection(address)
        events = MatchRule(
            type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged"
        )
        self._heard: deque[Message] = self._bus.filter(events, bufsize=MOST_EVENTS).__enter__()
        self._bus.send_and_get_reply(message_bus.AddMatch(events), timeout=LIMIT_S)
        registry = DBusAddress("/org/a11y/atspi/registry", REGISTRY, REGISTRY)
        _ask(self._bus, registry, "RegisterEvent", "s", "object:state-changed:focused")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bus.close()

    def hears_somebody(self) -> bool:
        """Whether an application has come to the bus and shows a window."""
        return any(
            SHOWING in self._states(window)
            for app in self._children((REGISTRY, ROOT))
            for window in self._children(app)
        )

    def read(self) -> list[Spoken]:
        """Everything that can be seen, in the order of the tree."""
        return [spoken for app in self._children((REGISTRY, ROOT)) for spoken in self._below(app)]

    def name_of(self, path: str) -> str:
        """The object name of the widget at a path."""
        ((owner, _),) = self._children((REGISTRY, ROOT))
        return self._property((owner, path), "AccessibleId").rpartition(".")[2]

    def focus_after(self, action: Callable[[], None], limit_s: float = 0.5) -> str:
        """Where the focus comes to after an action: a path; empty if it goes nowhere."""
        self._heard.clear()
        action()
        deadline = time.monotonic() + limit_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                event = self._bus.recv_until_filtered(self._heard, timeout=left)
            except TimeoutError:
                return ""
            if event.body[:2] == ("focused", 1):
                return str(event.header.fields[1])
        return ""

    def _below(self, place: tuple[str, str]) -> Iterator[Spoken]:
        for child in self._children(place):
            states = self._states(child)
            if SHOWING in states:
                yield self._spoken(child, states)
                yield from self._below(child)

    def _spoken(self, place: tuple[str, str], states: frozenset[int]) -> Spoken:
        owner, path = place
        extents = DBusAddress(path, owner, "org.a11y.atspi.Component")
        return Spoken(
            path=path,
            id=self._property(place, "AccessibleId").rpartition(".")[2],
            role=_ask(self._bus, DBusAddress(path, owner, ACCESSIBLE), "GetRoleName")[0],
            name=self._label(place) or self._property(place, "Name"),
            states=states,
            rect=_ask(self._bus, extents, "GetExtents", "u", ON_SCREEN)[0],
        )

    def _label(self, place: tuple[str, str]) -> str:
        """The name of what labels an object, if something does."""
        (relations,) = self._ask_object(place, "GetRelationSet")
        labels = (
            tuple(label) for kind, found in relations if kind == LABELLED_BY for label in found
        )
        return " ".join(self._property(label, "Name") for label in labels)

    def _states(self, place: tuple[str, str]) -> frozenset[int]:
        (words,) = self._ask_object(place, "GetState")
        return frozenset(bit for bit in range(64) if words[bit // 32] >> bit % 32 & 1)

    def _children(self, place: tuple[str, str]) -> list[tuple[str, str]]:
        (children,) = self._ask_object(place, "GetChildren")
        return [(owner, path) for owner, path in children]

    def _property(self, place: tuple[str, str], name: str) -> str:
        owner, path = place
        properties = DBusAddress(path, owner, "org.freedesktop.DBus.Properties")
        ((_, value),) = _ask(self._bus, properties, "Get", "ss", ACCESSIBLE, name)
        return str(value)

    def _ask_object(self, place: tuple[str, str], what: str) -> Any:
        owner, path = place
        return _ask(self._bus, DBusAddress(path, owner, ACCESSIBLE), what)


def _ask(
    bus: DBusConnection, whom: DBusAddress, what: str, signature: str = "", *values: Any
) -> Any:
    call = new_method_call(whom, what, signature or None, values)
    reply = bus.send_and_get_reply(call, timeout=LIMIT_S)
    assert reply.header.message_type is MessageType.method_return, (what, whom, reply.body)
    return reply.body
