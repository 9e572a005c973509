"""Carries results of background threads to the interface's thread, as queued signals."""

from PySide6.QtCore import QObject, Signal


class Bridge(QObject):
    """Emit from any thread; slots run in the thread that owns the bridge.

    Signals carry objects: a `Signal(int)` is 32 bits wide and would cut time stamps off.
    """

    talk_event = Signal(object)
    failure = Signal(object)
