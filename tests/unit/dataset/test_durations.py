"""How long screens were shown."""

from tracker_app.codec import Entry
from tracker_app.dataset.durations import ScreenTime, first_question_s, screen_times
from tracker_app.records import ClockAnchor, FlowStep, Record, Turn

S = 1_000_000_000


def _entries(*records: tuple[int, Record]) -> list[Entry]:
    return [Entry(segment, "any", i, record) for i, (segment, record) in enumerate(records)]


def _step(seconds: float, step: str, task: int = 1) -> FlowStep:
    return FlowStep(t_ns=round(seconds * S), step=step, task=task, event="done")


def _asked(seconds: float) -> Turn:
    return Turn(t_ns=round(seconds * S), turn=0, task=1, question="Why?", opener="")


def _end(seconds: float) -> ClockAnchor:
    return ClockAnchor(t_ns=round(seconds * S), utc_ns=0, utc_offset_s=0)


SESSION = _entries(
    (0, _step(10, "welcome")),
    (0, _step(14, "consent")),
    (0, _step(54, "talk")),
    (0, _step(60, "paused")),
    (0, _step(90, "talk")),
    (0, _asked(95)),
    (0, _end(100)),
    (1, _step(5, "talk")),
    (1, _step(25, "talk", 2)),
    (1, _end(26)),
)


def test_each_screen_has_the_time_of_all_its_visits() -> None:
    assert screen_times(SESSION) == [
        ScreenTime("welcome", 1, 1, 4.0),
        ScreenTime("consent", 1, 1, 40.0),
        ScreenTime("talk", 1, 3, 36.0),
        ScreenTime("paused", 1, 1, 30.0),
        ScreenTime("talk", 2, 1, 1.0),
    ]


def test_the_time_to_the_first_question_leaves_pauses_out() -> None:
    assert first_question_s(SESSION) == 55.0
    assert first_question_s([e for e in SESSION if not isinstance(e.record, Turn)]) is None
    assert first_question_s([]) is None
