import numpy as np
import pytest

from tests.sessions import build_session, centre_of, layout_of, placement_of
from tracker_app.aoi import NONE, Level, Page, Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.gaze_error import LEVELS, gaze_covariance, told_shares, told_units
from tracker_app.dataset.words import Samples, corrected_gaze
from tracker_app.records import stream_of

LAYOUT = layout_of("m", "The tides are caused by the moon. " * 20, width=600)
PLACEMENT = placement_of("m", clip=(0, 0, 600, 600))
TIMELINE = Timeline([Entry(0, stream_of(r), i, r) for i, r in enumerate((LAYOUT, PLACEMENT))])
WORD = 70  # in the middle of its line and paragraph, which has lines of 29 px


def _looks(sds: list[tuple[float, float]]) -> tuple[Samples, np.ndarray]:
    """Gaze on one word, of different errors."""
    x, y = centre_of(Page.of(LAYOUT), PLACEMENT, WORD)
    count = len(sds)
    covariance = np.array([np.diag(np.square(sd)) for sd in sds])
    return Samples(
        np.zeros(count, np.int64), np.arange(count), np.full(count, x), np.full(count, y)
    ), covariance


@pytest.mark.parametrize(
    ("sd_px", "levels"),
    [
        ((5.0, 5.0), {Level.PARAGRAPH, Level.LINE, Level.WORD}),
        ((60.0, 8.0), {Level.PARAGRAPH, Level.LINE}),
        ((60.0, 40.0), {Level.PARAGRAPH}),
        ((1000.0, 1000.0), set()),
        ((np.nan, np.nan), set()),
    ],
)
def test_the_larger_the_error_the_coarser_the_unit_that_is_told(
    sd_px: tuple[float, float], levels: set[Level]
) -> None:
    told = told_units(TIMELINE, *_looks([sd_px]))
    assert {level for level in LEVELS if told[level].unit[0] != NONE} == levels
    for level in levels:
        assert told[level].probability[0] >= 0.5
    if Level.WORD in levels:
        assert Page.of(LAYOUT).box_word[told[Level.WORD].unit[0]] == WORD


def test_each_sample_is_told_by_its_own_error() -> None:
    told = told_units(TIMELINE, *_looks([(1000, 1000), (5, 5), (60, 40), (5, 5)]))
    is_told = {level: (told[level].unit != NONE).tolist() for level in LEVELS}
    assert is_told[Level.PARAGRAPH] == [False, True, True, True]
    assert is_told[Level.WORD] == [False, True, False, True]
    assert (told[Level.WORD].screen != NONE).tolist() == is_told[Level.WORD]


def test_shares_are_of_the_samples_on_text() -> None:
    told = told_units(TIMELINE, *_looks([(1000, 1000), (5, 5), (60, 40), (5, 5)]))
    on_text = np.array([True, True, True, False])
    assert told_shares(told, on_text) == pytest.approx(
        {Level.PARAGRAPH: 2 / 3, Level.LINE: 1 / 3, Level.WORD: 1 / 3}
    )
    assert told_shares(told, np.zeros(4, np.bool_)) is None


def test_the_covariance_is_that_of_each_sample_and_unknown_where_it_was_lost() -> None:
    """`build_session` says 42 and 55 px and a correlation of 0.1."""
    entries = build_session()
    covariance, gaze = gaze_covariance(entries), corrected_gaze(entries)
    is_seen = ~np.isnan(gaze.x_px)
    assert 0 < is_seen.sum() < len(is_seen)
    expected = [[42**2, 0.1 * 42 * 55], [0.1 * 42 * 55, 55**2]]
    assert covariance[is_seen] == pytest.approx(np.tile(expected, (is_seen.sum(), 1, 1)))
    assert np.isnan(covariance[~is_seen]).all()
