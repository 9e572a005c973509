import json
from typing import Any

import pytest

from tracker_app import records as r
from tracker_app.codec import Entry
from tracker_app.dataset.answers import ANSWERS, answers
from tracker_app.dataset.quality import measure
from tracker_app.errors import FailureKind

S = 1_000_000_000
FACTS = {"session_id": "s"}


def _message(key: str, turn: int, side: int, raw: str, t_s: int, **more: Any) -> r.Message:
    fields = {
        "displayed": raw.replace("#", "").replace("-", ""),
        "displayed_sha256": "",
        "map_displayed_start": (),
        "map_displayed_end": (),
        "map_raw_start": (),
        "map_raw_end": (),
        "finish_reason": "stop",
        "is_truncated": False,
        "usage": {},
        **more,
    }
    return r.Message(t_ns=t_s * S, message_id=key, turn=turn, side=side, raw=raw, **fields)


def _request(key: str, side: int, t_s: int) -> r.ModelRequest:
    return r.ModelRequest(
        t_ns=t_s * S,
        message_id=key,
        turn=1,
        side=side,
        provider="openai",
        model=f"m{side}",
        treatment="bullets",
        messages=[],
        parameters={"seed": "7"},
        context="preferred",
        history_turns=(0,),
        history_sides=(2,),
    )


@pytest.fixture
def entries() -> list[Entry]:
    """A pair that was asked for twice on the left, graded; then shown again, and one given up."""
    failure = r.ProviderFailure(
        t_ns=3 * S, message_id="t1s1a1", turn=1, side=1, kind=FailureKind.TIMEOUT, reason="No."
    )
    records: list[r.Record] = [
        r.ClockSegment(
            t_ns=0, id=0, boot_id="", utc_ns=S, utc_offset_s=0, tz="", reason=r.SegmentReason.START
        ),
        r.Turn(t_ns=S, turn=1, task=1, question="Why?", opener=""),
        _request("t1s1a1", 1, 1),
        _request("t1s2a1", 2, 1),
        failure,
        _request("t1s1a2", 1, 4),
        r.TokenArrival(t_ns=5 * S, message_id="t1s1a2", end=3),
        r.TokenArrival(t_ns=6 * S, message_id="t1s1a2", end=9),
        _message("t1s1a2", 1, 1, "# Air\n\n- one\n- two", 7, usage={"completion_tokens": 5}),
        _message("t1s2a1", 1, 2, "Because.", 8, usage={"completion_tokens": 2}),
        r.Reveal(t_ns=9 * S, message_id="t1s1a2", turn=1, side=1, is_whole=True),
        r.RatingOnset(t_ns=10 * S, turn=1, order=["choice", "rate_2", "rate_1"]),
        r.Rating(t_ns=11 * S, message_id="t1s1a2", turn=1, side=1, value=4),
        r.ExtraRating(
            t_ns=11 * S, message_id="t1s1a2", turn=1, side=1, question="helpful", value=7
        ),
        r.Preference(t_ns=12 * S, turn=1, choice=r.Choice.SLIGHTLY_BETTER, preferred_side=1),
        r.Turn(t_ns=13 * S, turn=2, task=1, question="Why?", opener="", repeats=1),
        r.Presented(
            t_ns=13 * S, message_id="t2s1a1", turn=2, side=1, response="", of_message="t1s2a1"
        ),
        _message("t2s1a1", 2, 1, "Because.", 13, finish_reason="repeated"),
        r.Preference(t_ns=14 * S, turn=2, choice=r.Choice.TIE, preferred_side=None),
        r.Turn(t_ns=15 * S, turn=3, task=1, question="Lost?", opener=""),
        r.TurnSkipped(t_ns=16 * S, turn=3),
    ]
    return [Entry(0, r.stream_of(record), i, record) for i, record in enumerate(records)]


def _rows(entries: list[Entry]) -> dict[str, dict[str, Any]]:
    table = answers(entries, FACTS)
    assert table.column_names == [field.name for field in ANSWERS.fields]
    return {row["message_id"]: row for row in table.to_pylist()}


def test_an_answer_stands_with_everything_that_may_have_moved_its_rating(
    entries: list[Entry],
) -> None:
    row = _rows(entries)["t1s1a2"]
    expected = {
        "model": "m1",
        "treatment": "bullets",
        "context": "preferred",
        "history_sides": [2],
        "attempts": 2,
        "failures": 1,
        "completion_tokens": 5,
        "headings": 1,
        "list_items": 2,
        "words": 3,
        "pieces": 2,
        "rating": 4,
        "choice": "slightly_better",
        "is_preferred": True,
    }
    assert {name: row[name] for name in expected} == expected
    times = ("requested_s", "first_piece_s", "complete_s", "first_seen_s", "asked_about_s")
    assert [row[name] for name in times] == [4.0, 5.0, 7.0, 9.0, 10.0]
    assert json.loads(row["parameters"]) == {"seed": "7"}
    assert json.loads(row["question_order"]) == ["choice", "rate_2", "rate_1"]
    assert json.loads(row["extra_ratings"]) == {"helpful": 7}


def test_the_other_answer_lost_and_was_not_seen(entries: list[Entry]) -> None:
    row = _rows(entries)["t1s2a1"]
    assert (row["is_preferred"], row["rating"], row["first_seen_s"]) == (False, None, None)


def test_a_repeat_names_what_it_repeats_and_a_tie_prefers_nothing(entries: list[Entry]) -> None:
    row = _rows(entries)["t2s1a1"]
    assert (row["of_message"], row["model"], row["attempts"]) == ("t1s2a1", None, 0)
    assert (row["choice"], row["is_preferred"]) == ("tie", None)


def test_a_session_without_answers_has_an_empty_table() -> None:
    assert answers([], FACTS).num_rows == 0


def test_failures_are_counted_by_their_kind(entries: list[Entry]) -> None:
    quality = measure(entries)
    assert quality.provider_failures == {"timeout": 1}
    assert quality.skipped_turns == 1
