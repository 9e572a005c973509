"""What a deletion covers. The sessions are synthetic: see `tests.sessions`."""

from collections.abc import Sequence

import numpy as np

from tests.sessions import S, Script, build_session, with_changes
from tracker_app import records as r
from tracker_app.aoi import Timeline
from tracker_app.chat.conversation import DELETED, Conversation
from tracker_app.codec import Entry
from tracker_app.recording.outline import SENSORS, Outline, Span
from tracker_app.recording.redaction import Deletion
from tracker_app.session.deletion import span_deletion, turn_deletion
from tracker_app.session.turn_times import TalkRecord, turn_times

SESSION = build_session(Script(turns=3, reading_s=2))
OUTLINE = Outline.of(SESSION)
STAYS = (
    r.ClockSegment,
    r.SessionInfo,
    r.Consent,
    r.FlowStep,
    r.Recording,
    r.Monitor,
    r.Window,
    r.Appearance,
    r.CameraInfo,
    r.CalibrationTarget,
    r.CalibrationResult,
    r.Gap,
    r.SessionEnd,
    r.OperatorAction,
)


def _left(deletion: Deletion, entries: Sequence[Entry] = SESSION) -> list[Entry]:
    return [e for e in entries if deletion.after(e) is not None]


def _gone(deletion: Deletion, entries: Sequence[Entry] = SESSION) -> list[Entry]:
    return [e for e in entries if deletion.after(e) is None]


def test_a_turn_goes_with_all_that_was_said_and_seen_of_it() -> None:
    for turn in range(3):
        gone = _gone(turn_deletion(OUTLINE, turn))
        left = _left(turn_deletion(OUTLINE, turn))
        assert {e.record.turn for e in gone if isinstance(e.record, TalkRecord)} == {turn}
        assert {e.record.turn for e in left if isinstance(e.record, TalkRecord)} == {0, 1, 2} - {
            turn
        }
        named = {e.record.message_id for e in left if isinstance(e.record, r.Layout | r.Placement)}
        assert named == {f"t{t}r{side}" for t in {0, 1, 2} - {turn} for side in (1, 2)}
        assert not any(isinstance(e.record, STAYS) for e in gone)
        (time,) = (t for t in turn_times(OUTLINE) if t.turn.turn == turn)
        sensors = [e for e in SESSION if e.stream in SENSORS]
        seen = [e for e in sensors if any(s.holds((e.segment, e.record.t_ns)) for s in time.spans)]
        assert seen == [e for e in gone if e.stream in SENSORS]
        assert len(seen) > 200


def test_turns_and_what_is_between_them_are_told_apart() -> None:
    """Each turn begins where the one before, or the coming to the talk, ends."""
    first, second, third = turn_times(OUTLINE)
    talk = [e.record.t_ns for e in SESSION if isinstance(e.record, r.FlowStep)]
    assert first.spans[0].begin == (0, talk[2] + 1)
    assert second.spans[0].begin == first.spans[-1].end
    assert second.spans[-1].end == third.spans[0].begin
    for time in (first, second, third):
        assert any(s.holds(time.asked) for s in time.spans)
        assert time.spans[-1].holds(time.last)


def test_calibrating_again_in_the_midst_of_a_turn_is_not_of_the_turn() -> None:
    steps = [("talk", 0), ("setup", 40), ("calibration", 50), ("talk", 60), ("feedback", 90)]
    records: list[r.Record] = [
        r.FlowStep(t_ns=t * S, step=step, task=1, event="done") for step, t in steps
    ]
    records += [
        r.Turn(t_ns=20 * S, turn=0, task=1, question="q", opener=""),
        r.TurnRated(t_ns=80 * S, turn=0),
    ]
    (time,) = turn_times(Outline.of(_entries(records)))
    assert time.spans == (
        Span((0, 1), (0, 40 * S)),
        Span((0, 60 * S), (0, 80 * S + 1)),
    )


def test_a_turn_that_was_never_rated_ends_with_its_step() -> None:
    records = [
        r.FlowStep(t_ns=0, step="talk", task=1, event="done"),
        r.Turn(t_ns=20 * S, turn=0, task=1, question="q", opener=""),
        r.FlowStep(t_ns=90 * S, step="feedback", task=1, event="done"),
    ]
    (time,) = turn_times(Outline.of(_entries(records)))
    assert time.spans == (Span((0, 1), (0, 90 * S)),)
    (open_,) = turn_times(Outline.of(_entries(records[:2])))
    assert open_.spans[0].holds((5, 0))


def test_dots_and_clicks_of_the_time_go_too() -> None:
    checks = [e.record for e in SESSION if isinstance(e.record, r.GazeCheck)]
    gone = [e.record for e in _gone(turn_deletion(OUTLINE, 1)) if isinstance(e.record, r.GazeCheck)]
    # Two dots and two clicks a turn; the next dot begins at the very moment the turn ends.
    assert gone == checks[4:9]


def test_a_span_takes_what_sensors_saw_and_leaves_the_turn_it_only_touches() -> None:
    time = turn_times(OUTLINE)[2]
    middle = (time.asked[0], (time.asked[1] + time.last[1]) // 2)
    deletion = span_deletion(OUTLINE, Span(time.spans[0].begin, middle))
    gone = {e.stream for e in _gone(deletion)}
    assert gone == {"frame", "gaze", "mouse", "gaze_check"}


def test_a_span_takes_the_turns_that_lie_in_it_and_what_was_written_then() -> None:
    times = turn_times(OUTLINE)
    deletion = span_deletion(OUTLINE, Span(times[1].asked, (9, 0)))
    left = _left(deletion)
    assert [e.record.turn for e in left if isinstance(e.record, r.Turn)] == [0]
    assert not any(isinstance(e.record, r.FormAnswer) for e in left)
    assert any(isinstance(e.record, r.SessionEnd) for e in left)


def test_of_a_text_that_was_scrolled_in_a_span_its_last_place_is_kept() -> None:
    (first, *_) = (e for e in SESSION if isinstance(e.record, r.Placement))
    moved = [
        Entry(0, "placement", 90 + i, _moved(first.record, first.record.t_ns + i))
        for i in range(1, 5)
    ]
    outline = Outline.of([*SESSION, *moved])
    t_ns = first.record.t_ns
    deletion = span_deletion(outline, Span((0, t_ns + 1), (0, t_ns + 4)))
    gone = [e.record.t_ns - t_ns for e in _gone(deletion, outline.entries)]
    assert gone == [1, 2]


def _moved(record: r.Record, t_ns: int) -> r.Record:
    return with_changes([Entry(0, "", 0, record)], r.Placement, t_ns=t_ns)[0].record


def test_after_a_deleted_turn_no_earlier_text_is_taken_for_what_stood_there() -> None:
    """The deleted answer stood in the place of the one before it, which cannot be seen any more."""
    script = Script(turns=2, reading_s=2, has_resume=False)
    entries = build_session(script)
    outline = Outline.of(entries)
    begin, end = turn_times(outline)[1].spans[0].begin, turn_times(outline)[1].last
    placed = next(e.record for e in entries if isinstance(e.record, r.Placement))
    point = np.array([placed.clip_x_px + 60.0]), np.array([placed.clip_y_px + 30.0])
    left = _left(turn_deletion(outline, 1), entries)
    said = r.Redaction(t_ns=begin[1], redacted_stream="layout", end_t_ns=end[1], lost=2)

    def seen_there(timeline: Timeline) -> str | None:
        after = np.array([0]), np.array([end[1] + S])
        return timeline.map(*after, *point).message_ids[0]

    assert seen_there(Timeline(entries)) == "t1r1"
    assert seen_there(Timeline([*left, Entry(0, "redaction", 0, said)])) is None


# --- what models were told ---------------------------------------------------------------------


def _talk() -> list[Entry]:
    """Three turns of a second task, asked as the app asks."""
    conversation = Conversation((1,), "be brief", task=2, first_turn=4)
    records: list[r.Record] = []
    for n in range(3):
        turn = conversation.begin(f"question {n}")
        records.append(
            r.Turn(
                t_ns=(10 * n + 1) * S, turn=turn.number, task=2, question=turn.question, opener=""
            )
        )
        records.append(
            r.ModelRequest(
                t_ns=(10 * n + 2) * S,
                message_id=f"t{turn.number}s1a1",
                turn=turn.number,
                side=1,
                provider="",
                model="",
                treatment="",
                messages=conversation.request_messages(1),
                parameters={},
                history_turns=tuple(past.turn.number for past in conversation.history(1)),
                history_sides=(1,) * n,
            )
        )
        turn.answers[1].text, turn.is_rated = f"answer {n}", True
        records.append(r.TurnRated(t_ns=(10 * n + 3) * S, turn=turn.number))
    return _entries(records)


def _entries(records: Sequence[r.Record]) -> list[Entry]:
    return [Entry(0, r.stream_of(record), i, record) for i, record in enumerate(records)]


def test_later_requests_have_a_marker_in_place_of_the_deleted_turn() -> None:
    entries = _talk()
    deletion = turn_deletion(Outline.of(entries), 4)
    told = [deletion.after(e) for e in entries]
    first, second = (m.messages for m in told if isinstance(m, r.ModelRequest))
    assert [m["content"] for m in first] == ["be brief", DELETED, DELETED, "question 1"]
    assert [m["content"] for m in second] == [
        "be brief",
        DELETED,
        DELETED,
        "question 1",
        "answer 1",
        "question 2",
    ]


def test_a_resumed_conversation_keeps_the_place_of_a_deleted_turn() -> None:
    records: list[r.Record] = [
        r.Task(t_ns=0, task=1, topic="", title="", source="", date="", mode="single"),
        r.Redaction(t_ns=1, redacted_stream="turn", end_t_ns=9, lost=1),
        r.Turn(t_ns=10, turn=1, task=1, question="second", opener=""),
    ]
    conversation = Conversation((1,))
    conversation.replay(records)
    assert conversation.turn(1).question == "second"
    assert conversation.next_number == 2
    contents = [m["content"] for m in conversation.request_messages(1)]
    assert contents == [DELETED, DELETED, "second"]
    assert conversation.finished_turns == 1


def test_a_later_request_does_not_tell_which_answer_of_the_deleted_turn_was_better() -> None:
    entries = with_changes(_talk(), r.ModelRequest, context="preferred")
    deletion = turn_deletion(Outline.of(entries), 4)
    told = [deletion.after(e) for e in entries]
    later = [m for m in told if isinstance(m, r.ModelRequest)]
    assert [m.history_turns for m in later] == [(4,), (4, 5)]
    assert [m.history_sides for m in later] == [(0,), (0, 1)]
