"""The review page's data, of synthetic sessions: see `tests.sessions`."""

from dataclasses import replace

import pytest

from tests.sessions import S, Script, build_session
from tracker_app import records as r
from tracker_app.codec import Entry
from tracker_app.recording.outline import Outline
from tracker_app.session.deletion import turn_deletion
from tracker_app.session.review import ItemKind, WallClock, review_of

SESSION = build_session(Script(turns=3, reading_s=2))
OUTLINE = Outline.of(SESSION)
UTC_NS = 1_750_000_000 * S


def test_every_stretch_of_a_session_is_a_line_in_order_of_time() -> None:
    items = review_of(OUTLINE).items
    assert [item.name or item.kind for item in items] == [
        "setup",
        "calibration",
        ItemKind.TURN,
        ItemKind.PAUSE,
        ItemKind.TURN,
        ItemKind.TURN,
        "talk",  # after the last turn
        "feedback",
        "thanks",
    ]
    assert [item.turn for item in items if item.kind is ItemKind.TURN] == [0, 1, 2]
    assert items[2].question == "Why are there two high tides a day, and not one?"


def test_a_line_has_its_local_time_its_length_and_what_was_recorded() -> None:
    setup, _, first, pause, second, *_ = review_of(OUTLINE).items
    assert (setup.begin_utc_ns, setup.end_utc_ns) == (UTC_NS, UTC_NS + 4 * S)
    assert setup.utc_offset_s == 7200
    assert setup.duration_s == 4
    assert setup.recorded.gaze_samples == 0
    assert pause.duration_s == pytest.approx(4)
    assert pause.recorded.mouse_events == 0
    # The program was closed for most of the second turn's time.
    assert second.end_utc_ns - second.begin_utc_ns > 300 * S
    assert second.duration_s < 20
    frames = first.recorded.gaze_samples / 30
    assert first.recorded.camera_s == pytest.approx(frames, rel=0.05)
    assert first.recorded.mouse_events > 20


def test_the_lines_of_a_session_add_up_to_it() -> None:
    review = review_of(OUTLINE)
    lines = [item for item in review.items if item.kind in (ItemKind.TURN, ItemKind.STEP)]
    assert sum(i.recorded.gaze_samples for i in lines) == review.recorded.gaze_samples
    assert sum(i.recorded.mouse_events for i in lines) == review.recorded.mouse_events


def test_what_was_deleted_is_a_line_and_no_turn_any_more() -> None:
    deletion = turn_deletion(OUTLINE, 2)
    begin, end = deletion.spans[0].begin, deletion.spans[0].end
    left = [e for e in SESSION if deletion.after(e) is not None]
    redacted = r.Redaction(t_ns=begin[1], redacted_stream="gaze", end_t_ns=end[1], lost=12)
    review = review_of(Outline.of([*left, Entry(1, "redaction", 0, redacted)]))
    (line,) = (item for item in review.items if item.kind is ItemKind.DELETED)
    assert (line.span.begin, line.span.end) == (begin, end)
    assert review.deleted_records == 12
    assert [i.turn for i in review.items if i.kind is ItemKind.TURN] == [0, 1]


def test_a_session_ends_with_what_ended_last_be_there_a_pause_in_it() -> None:
    review = review_of(OUTLINE)
    turn, pause = review.items[2:4]
    inside = replace(pause, begin_utc_ns=turn.end_utc_ns - 9, end_utc_ns=turn.end_utc_ns - 5)
    assert replace(review, items=(turn, inside)).end_utc_ns == turn.end_utc_ns


def test_a_form_shows_what_stands_in_it_last() -> None:
    changed = r.FormAnswer(
        t_ns=99 * S, form="feedback", task=1, field="feedback", value="On second thoughts: no."
    )
    (form,) = review_of(Outline.of([*SESSION, Entry(1, "form_answer", 9, changed)])).forms
    assert (form.form, form.task) == ("feedback", 1)
    assert form.values == {"feedback": "On second thoughts: no."}


def test_wall_time_goes_to_a_moment_and_back() -> None:
    clock = WallClock(OUTLINE)
    for moment in ((0, 7 * S), (0, 30 * S), (1, 9 * S)):
        assert clock.moment(clock.utc_ns(moment)) == moment
    before, between, after = UTC_NS - 60 * S, UTC_NS + 300 * S, UTC_NS + 9_000 * S
    assert clock.moment(before) == (0, 5 * S)
    assert clock.moment(between) == (1, 2 * S)  # when the program was closed
    assert clock.span(before, after).end > (1, 10**15)
