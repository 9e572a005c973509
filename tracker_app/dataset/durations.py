"""How long each screen was shown, and how soon the first question was asked.

A transition ends the screen before it; pauses are screens of their own. Time between two clock
segments, when the program was not running, belongs to none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker_app.codec import Entry
from tracker_app.dataset.axis import SessionAxis
from tracker_app.dataset.selection import of_type
from tracker_app.records import FlowStep, Turn


@dataclass(frozen=True, slots=True)
class ScreenTime:
    """One screen of one task, all its visits together."""

    step: str
    task: int
    visits: int
    seconds: float


def screen_times(entries: Sequence[Entry]) -> list[ScreenTime]:
    """The time on each screen, in the order of the first visits."""
    found: dict[tuple[str, int], ScreenTime] = {}
    for step, task, seconds in _visits(entries):
        before = found.get((step, task), ScreenTime(step, task, 0, 0.0))
        found[step, task] = ScreenTime(
            step, task, before.visits + 1, round(before.seconds + seconds, 3)
        )
    return list(found.values())


def first_question_s(entries: Sequence[Entry]) -> float | None:
    """From the first screen to the first question, without pauses; None if none was asked."""
    turns, steps = of_type(entries, Turn), of_type(entries, FlowStep)
    if not turns or not steps:
        return None
    axis = SessionAxis(entries)
    (first, began), (segment, turn) = steps[0], turns[0]
    asked_s = axis.seconds(segment, turn.t_ns)
    paused_s = sum(
        min(asked_s, axis.seconds(s, step.t_ns) + seconds) - axis.seconds(s, step.t_ns)
        for (s, step), (_, _, seconds) in zip(steps, _visits(entries), strict=True)
        if step.step == "paused" and axis.seconds(s, step.t_ns) < asked_s
    )
    return asked_s - axis.seconds(first, began.t_ns) - paused_s


def _visits(entries: Sequence[Entry]) -> Iterator[tuple[str, int, float]]:
    """Step, task and seconds of each visit, in order; one for every transition."""
    axis = SessionAxis(entries)
    steps = of_type(entries, FlowStep)
    for number, (segment, step) in enumerate(steps):
        end_s = axis.end_s(segment)
        if number + 1 < len(steps) and steps[number + 1][0] == segment:
            end_s = axis.seconds(segment, steps[number + 1][1].t_ns)
        yield step.step, step.task, end_s - axis.seconds(segment, step.t_ns)
