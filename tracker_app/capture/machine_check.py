"""What a check of this machine found."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How a check came out. The value is printed."""

    OK = "ok"
    WARN = "warn"  # a study can run, with less accuracy
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class MachineCheck:
    """One thing a study needs or profits from."""

    name: str
    title: str
    status: Status
    detail: str  # what was found, and what to do where it is not good
    figures: dict[str, Any] = field(default_factory=dict)  # for machines; units in the names
    lines: tuple[str, ...] = ()  # more detail for people

    @property
    def is_ok(self) -> bool:
        """Whether a study can run with it."""
        return self.status is not Status.FAIL
