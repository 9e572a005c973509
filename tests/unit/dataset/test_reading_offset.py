"""Data: `tests.sessions`, whose eyes read line by line with errors of 6 px along y."""

import msgspec
import numpy as np
import polars as pl
import pytest

from calibration.reading import Offset
from tests.sessions import Script, build_session, layout_of
from tracker_app.aoi import Page, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.derived import gaze_words
from tracker_app.dataset.fixations import detect_fixations, session_merge_px
from tracker_app.dataset.reading_offset import (
    Compared,
    TurnReading,
    compare,
    gaze_error,
    lines_of,
    offset_from_others,
    reading_offsets,
    sample_offsets,
    turns_at,
    without_offset,
)
from tracker_app.dataset.words import corrected_gaze
from tracker_app.records import GazeSample, Turn

PRIOR_SD_PX = 40.0
SESSION = build_session(Script(turns=3, reading_s=10))
TIMELINE = Timeline(SESSION)
FACTS = {"session_id": "s", "study_id": "", "app_version": "", "is_simulated": "false"}


def _moved(entries: list[Entry], down_px: float, turns: tuple[int, ...] = (0, 1, 2)) -> list[Entry]:
    """The session with the gaze of some turns further down."""
    rows = [e for e in entries if isinstance(e.record, GazeSample)]
    inside = dict(
        zip(map(id, rows), turns_at(entries, corrected_gaze(entries)).tolist(), strict=True)
    )
    return [
        Entry(
            e.segment,
            e.stream,
            e.index,
            msgspec.structs.replace(e.record, corrected_y_px=e.record.corrected_y_px + down_px),
        )
        if isinstance(e.record, GazeSample)
        and e.record.corrected_y_px is not None
        and inside[id(e)] in turns
        else e
        for e in entries
    ]


def _offsets(entries: list[Entry]) -> dict[int, Offset | None]:
    fixations = detect_fixations(corrected_gaze(entries), session_merge_px(entries))
    return reading_offsets(entries, TIMELINE, fixations)


@pytest.mark.parametrize("down_px", [-40.0, 0.0, 25.0])
def test_each_turn_is_told_the_offset_of_the_session(down_px: float) -> None:
    """Lines are 36 px apart, and the gaze says to be wrong by 55 px along y."""
    for offset in _offsets(_moved(SESSION, down_px)).values():
        assert offset is not None
        assert abs(offset.px - down_px) < 1.96 * offset.sd_px
        assert offset.sd_px < 10


def test_a_turns_own_gaze_never_changes_its_offset() -> None:
    before, after = _offsets(SESSION), _offsets(_moved(SESSION, 30.0, turns=(1,)))
    assert after[1] == before[1]
    assert after[0] != before[0]
    assert after[2] != before[2]


def test_a_single_turn_and_gaze_without_stated_error_get_none() -> None:
    assert _offsets(build_session(Script(turns=1))) == {0: None}
    unknown = [
        Entry(
            e.segment,
            e.stream,
            e.index,
            msgspec.structs.replace(e.record, sd_x_px=None, sd_y_px=None, correlation=None),
        )
        if isinstance(e.record, GazeSample)
        else e
        for e in SESSION
    ]
    assert gaze_error(unknown) is None
    assert _offsets(unknown) == {0: None, 1: None, 2: None}
    assert reading_offsets([], Timeline([]), []) == {}


def test_the_error_to_be_expected_is_halved_between_the_offset_and_the_rest() -> None:
    error = gaze_error(SESSION)
    assert error is not None
    assert error.offset_sd_px**2 + error.sd_y_px**2 == pytest.approx(55**2)
    assert error.sd_x_px == pytest.approx(42 / np.sqrt(2))


def test_readings_weigh_by_what_they_tell_and_are_shrunk_to_none() -> None:
    """With readings that agree it is the posterior of a normal mean under a normal prior."""
    prior = PRIOR_SD_PX**-2
    likelihoods = [(20.0, 0.01), (22.0, 0.02)]  # px and precision, without the prior
    readings = [
        TurnReading(turn, Offset(px * p / (p + prior), (p + prior) ** -0.5))
        for turn, (px, p) in enumerate(likelihoods)
    ]
    found = offset_from_others(5, readings, PRIOR_SD_PX)
    assert found is not None
    assert found.px == pytest.approx((20 * 0.01 + 22 * 0.02) / (0.03 + prior))
    assert found.sd_px == pytest.approx((0.03 + prior) ** -0.5)
    assert offset_from_others(1, readings, PRIOR_SD_PX) == pytest.approx(readings[0].offset)


def test_readings_that_differ_make_the_offset_less_certain() -> None:
    agreeing, differing = (
        offset_from_others(9, [TurnReading(i, Offset(px, 3)) for i, px in enumerate(pxs)], 40)
        for pxs in ((20, 21, 19), (-10, 20, 50))
    )
    assert agreeing is not None
    assert differing is not None
    assert 10 < differing.px < agreeing.px  # the mean is the same, but shrunk more
    assert differing.sd_px > 20 > 3 > agreeing.sd_px


def test_a_reading_as_wide_as_the_prior_tells_nothing() -> None:
    assert offset_from_others(0, [TurnReading(1, Offset(1.0, 39.9))], PRIOR_SD_PX) is None


def test_samples_before_the_first_question_are_of_no_turn() -> None:
    gaze = corrected_gaze(SESSION)
    turns = turns_at(SESSION, gaze)
    assert set(turns.tolist()) == {-1, 0, 1, 2}  # a dot is looked at before the first question
    first = next(e for e in SESSION if isinstance(e.record, Turn) and e.record.turn == 0)
    is_early = (gaze.segment == first.segment) & (gaze.t_ns < first.record.t_ns)
    assert ((turns == -1) == is_early).all()


def test_blank_lines_hold_no_text() -> None:
    lines = lines_of(Page.of(layout_of("m", "one two\n\nthree", width=600)), 2.0)
    assert lines.top_px.tolist() == [24.0, 24 + 4 * 29]
    assert lines.pitch_px == 58
    assert lines.letter_px == pytest.approx(2 * (9.5 * 9 + 5 * 2) / 11, rel=0.05)
    assert lines.from_right.tolist() == [0, 0]


def test_right_lines_are_under_the_gaze_without_its_offset() -> None:
    """What is given beside the other columns of an export, and summed up in a report."""
    entries = _moved(SESSION, 36.0)
    true, moved = (pl.DataFrame(gaze_words(e, Timeline(e), FACTS)) for e in (SESSION, entries))
    lines = pl.DataFrame(
        {
            "true": true["corrected_line"],
            "corrected": moved["corrected_line"],
            "reading": moved["reading_line"],
        }
    ).drop_nulls("true")
    assert (lines["corrected"] == lines["true"]).mean() == pytest.approx(0, abs=0.01)
    share = (lines["reading"] == lines["true"]).mean()
    assert isinstance(share, float)
    assert share > 0.98
    assert moved["reading_offset_px"].drop_nulls().mean() == pytest.approx(36, abs=3)
    lost = moved.filter(pl.col("reading_offset_px").is_null())
    gaze = corrected_gaze(SESSION)
    has_none = np.isnan(gaze.x_px) | (turns_at(SESSION, gaze) == -1)
    assert 0 < lost.height == has_none.sum()
    assert lost["reading_line"].is_null().all()


def test_without_an_offset_the_reading_columns_are_empty() -> None:
    entries = build_session(Script(turns=1))
    table = pl.DataFrame(gaze_words(entries, Timeline(entries), FACTS))
    for name in (c for c in table.columns if c.startswith("reading_")):
        assert table[name].is_null().all()
    assert not table["corrected_line"].is_null().all()


def test_a_comparison_counts_samples_whose_line_changes_and_the_words_under_them() -> None:
    entries = _moved(SESSION, 36.0)
    gaze = corrected_gaze(entries)
    px = sample_offsets(entries, gaze, dict.fromkeys(range(3), Offset(36.0, 1.0)))
    raw, right = gaze.map(TIMELINE), without_offset(gaze, px).map(TIMELINE)
    found = compare("t0r1", raw, right, px)
    assert found is not None
    assert found.line_changes == pytest.approx(1, abs=0.01)  # a line is 36.25 px high
    of_answer = np.array([m == "t0r1" for m in right.message_ids])
    assert found.words_without_offset == len(set(right.units.word[of_answer]) - {-1})
    assert found.words != found.words_without_offset
    unmoved = compare("t0r1", raw, raw, px)
    assert unmoved == Compared(0.0, found.words, found.words)
    assert compare("elsewhere", raw, right, px) is None
    assert compare("t0r1", raw, right, np.full(len(px), np.nan)) is None
