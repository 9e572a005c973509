import numpy as np
import pytest

from tests.sessions import boxes_of, centre_of, layout_of, placement_of
from tracker_app.aoi import NONE, LayoutWriter, Level, Page, Timeline
from tracker_app.codec import Entry
from tracker_app.records import (
    ClockSegment,
    Layout,
    Placement,
    Record,
    SegmentReason,
    stream_of,
)

TEXT = "The tides are caused by the moon. " * 12
LAYOUT = layout_of("t0r1", TEXT, width=400)
PLACEMENT = placement_of("t0r1", origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 300))


def _centre(layout: Layout, placement: Placement, word: int) -> tuple[float, float]:
    return centre_of(Page.of(layout), placement, word)


def _screen(
    *placements: Record, segment: int = 0, reason: SegmentReason = SegmentReason.START
) -> list[Entry]:
    start = ClockSegment(
        t_ns=0, id=segment, boot_id="b", utc_ns=0, utc_offset_s=0, tz="UTC", reason=reason
    )
    return [Entry(segment, stream_of(r), i, r) for i, r in enumerate([start, *placements])]


def _map_one(
    timeline: Timeline, segment: int, t_ns: int, at: tuple[float, float]
) -> tuple[str | None, int]:
    points = (np.array([v]) for v in at)
    mapped = timeline.map(np.array([segment]), np.array([t_ns]), *points)
    return mapped.message_ids[0], int(mapped.units.word[0])


def test_points_are_mapped_with_the_placement_of_their_moment() -> None:
    moved = placement_of("t0r1", t_ns=100, origin=(100, 0), ratio=1.5, clip=(100, 0, 600, 350))
    timeline = Timeline(_screen(LAYOUT, PLACEMENT, moved))
    before, after = _centre(LAYOUT, PLACEMENT, 2), _centre(LAYOUT, moved, 2)
    assert _map_one(timeline, 0, 99, before) == ("t0r1", 2)
    assert _map_one(timeline, 0, 100, after) == ("t0r1", 2)
    assert _map_one(timeline, 0, 100, before) != ("t0r1", 2)


def test_before_the_first_placement_nothing_is_on_screen() -> None:
    timeline = Timeline(_screen(LAYOUT, placement_of("t0r1", t_ns=50, clip=(0, 0, 800, 800))))
    assert _map_one(timeline, 0, 49, (300, 300)) == (None, NONE)
    assert timeline.at(0, 49) == []
    assert [p.page.message_id for p in timeline.at(0, 50)] == ["t0r1"]


def test_a_message_shown_in_the_same_view_replaces_the_one_before() -> None:
    second = layout_of("t1r1", "One word only.", width=400, t_ns=200)
    over = placement_of("t1r1", t_ns=200, origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 300))
    timeline = Timeline(_screen(LAYOUT, PLACEMENT, second, over))
    old_word = _centre(LAYOUT, PLACEMENT, 20)
    assert _map_one(timeline, 0, 199, old_word) == ("t0r1", 20)
    assert _map_one(timeline, 0, 200, old_word) == ("t1r1", NONE)


def test_messages_side_by_side_keep_their_own_points() -> None:
    right = layout_of("t0r2", TEXT, width=400)
    beside = placement_of("t0r2", origin=(700, 50), ratio=1.5, clip=(700, 50, 600, 300))
    timeline = Timeline(_screen(LAYOUT, PLACEMENT, right, beside))
    assert _map_one(timeline, 0, 5, _centre(LAYOUT, PLACEMENT, 4)) == ("t0r1", 4)
    assert _map_one(timeline, 0, 5, _centre(right, beside, 4)) == ("t0r2", 4)
    assert [p.page.message_id for p in timeline.at(0, 5)] == ["t0r1", "t0r2"]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (SegmentReason.JUMP, "t0r1"),
        (SegmentReason.SUSPEND, "t0r1"),
        (SegmentReason.RESUME, None),
    ],
)
def test_the_screen_outlives_a_suspend_and_a_clock_jump_but_not_the_process(
    reason: SegmentReason, expected: str | None
) -> None:
    entries = _screen(LAYOUT, PLACEMENT) + _screen(segment=1, reason=reason)
    assert _map_one(Timeline(entries), 1, 10, (300, 100))[0] == expected


def test_the_order_in_which_entries_are_given_does_not_matter() -> None:
    entries = _screen(LAYOUT, PLACEMENT)
    assert _map_one(Timeline(entries[::-1]), 0, 5, _centre(LAYOUT, PLACEMENT, 1)) == ("t0r1", 1)


def test_a_placement_whose_layout_was_redacted_says_nothing() -> None:
    assert _map_one(Timeline(_screen(PLACEMENT)), 0, 5, (300, 100)) == (None, NONE)


def test_mapped_words_come_with_their_line_and_characters() -> None:
    timeline = Timeline(_screen(LAYOUT, PLACEMENT))
    x, y = np.array([_centre(LAYOUT, PLACEMENT, w) for w in (1, 9)] + [(0.0, 0.0)]).T
    mapped = timeline.map(np.zeros(3, np.int64), np.array([5, 3, 4]), x, y)
    assert mapped.units.start.tolist() == [LAYOUT.start[1], LAYOUT.start[9], NONE]
    assert mapped.units.end.tolist() == [LAYOUT.end[1], LAYOUT.end[9], NONE]
    assert mapped.units.line.tolist() == [LAYOUT.line[1], LAYOUT.line[9], NONE]


def test_the_likeliest_word_comes_with_its_probability_where_the_error_is_known() -> None:
    timeline = Timeline(_screen(LAYOUT, PLACEMENT))
    x, y = np.array([_centre(LAYOUT, PLACEMENT, w) for w in (3, 3, 7)]).T
    error = np.array([np.eye(2), np.eye(2) * 60**2, np.full((2, 2), np.nan)])
    found = timeline.likeliest(np.zeros(3, np.int64), np.array([5, 6, 7]), x, y, error, Level.WORD)
    assert found.unit[0] == 3
    assert found.probability[0] > 0.99
    assert 0 < found.probability[1] < 0.4
    assert (found.screen[2], found.unit[2], found.probability[2]) == (NONE, NONE, 0)


def test_while_a_message_streams_in_points_fall_on_what_was_there_then() -> None:
    writer = LayoutWriter("t0r1")
    first = writer.write(TEXT[:60], boxes_of(TEXT[:60], 400), 0)
    second = writer.write(TEXT[:200], boxes_of(TEXT[:200], 400), 100)
    moved = placement_of("t0r1", 2, 100, (100, 50), 1.5, (100, 50, 600, 300))
    timeline = Timeline(_screen(first, PLACEMENT, second, moved))
    page = Page.of(second, Page.of(first))
    last = centre_of(page, moved, page.words - 1)
    assert _map_one(timeline, 0, 99, last) == ("t0r1", NONE)
    assert _map_one(timeline, 0, 100, last) == ("t0r1", page.words - 1)


def test_a_lost_version_leaves_a_hole_that_the_next_complete_one_closes() -> None:
    writer = LayoutWriter("t0r1")
    versions = [writer.write(TEXT[:n], boxes_of(TEXT[:n], 400), n) for n in (60, 100, 150)]
    versions.append(writer.write(TEXT, boxes_of(TEXT, 400), 200, is_finished=True))
    screen = (100, 50, 600, 300)
    placed = [placement_of("t0r1", v.version, v.t_ns, (100, 50), 1.5, screen) for v in versions]
    records = [r for pair in zip(versions, placed, strict=True) for r in pair]
    timeline = Timeline(_screen(*(r for r in records if r is not versions[1])))
    at = _centre(LAYOUT, PLACEMENT, 0)
    seen = [_map_one(timeline, 0, t, at)[0] for t in (60, 100, 150, 200)]
    assert seen == ["t0r1", None, None, "t0r1"]
