import pytest

from tests.sessions import ANSWERS, Script, build_session, layout_of, message_of, placement_of
from tracker_app.codec import Entry
from tracker_app.dataset.fixations import detect_fixations
from tracker_app.dataset.gaze_error import told_gaze
from tracker_app.dataset.reading import Reading, read_answers
from tracker_app.dataset.words import corrected_gaze
from tracker_app.records import GazeProvenance, GazeSample, Record, stream_of

TEXT = "one two three four"


MESSAGE = message_of("m", TEXT)


def _gaze(t_ns: int, x: float, y: float, sd: float = 1.0) -> GazeSample:
    return GazeSample(
        t_ns=t_ns,
        frame=0,
        model=0,
        x_px=None,
        y_px=None,
        corrected_x_px=x,
        corrected_y_px=y,
        filtered_x_px=None,
        filtered_y_px=None,
        sd_x_px=sd,
        sd_y_px=sd,
        correlation=0.0,
        confidence=1.0,
        is_pose_in_range=True,
        is_off_window=False,
        provenance=GazeProvenance.CAMERA,
    )


def _read(*records: Record) -> Reading:
    entries = [Entry(0, stream_of(r), i, r) for i, r in enumerate(records)]
    return read_answers(told_gaze(entries), detect_fixations(corrected_gaze(entries), 50))["m"]


def test_dwell_falls_on_the_words_looked_at() -> None:
    x, y = 12 + 9.5 * 3 + 5 + 5, 20.0  # on "two"
    samples = [_gaze(i * 33_000_000, x, y) for i in range(1, 11)]
    reading = _read(
        MESSAGE,
        layout_of("m", TEXT, 600),
        placement_of("m", clip=(0, 0, 600, 100)),
        *samples,
    )
    assert [reading.page.word_text(i) for i in range(4)] == ["one", "two", "three", "four"]
    assert reading.dwell_s.tolist() == pytest.approx([0, 9 * 0.033, 0, 0])
    assert reading.seen_share == 0.25
    assert reading.shown_share == 1
    assert [(look.x, look.y) for look in reading.looks] == [(x, y)]


@pytest.mark.parametrize(("sd", "on_words"), [(15.0, [1, 1, 1, 1]), (40.0, [0, 0, 0, 0])])
def test_dwell_is_no_finer_than_the_error_of_the_gaze(sd: float, on_words: list[int]) -> None:
    """An error too large for a word tells its line, one larger than the text nothing."""
    samples = [_gaze(i * 33_000_000, 60, 26.5, sd) for i in range(1, 11)]
    reading = _read(
        MESSAGE,
        layout_of("m", TEXT, 600),
        placement_of("m", clip=(0, 0, 600, 100)),
        *samples,
    )
    expected = [9 * 0.033 / 4 * share for share in on_words]
    assert reading.dwell_s.tolist() == pytest.approx(expected)
    assert reading.inside_s == pytest.approx(9 * 0.033)


def test_a_long_loss_is_not_counted_as_looking() -> None:
    samples = [_gaze(t, 15, 20) for t in (1, 5_000_000_000)]
    reading = _read(
        MESSAGE,
        layout_of("m", TEXT, 600),
        placement_of("m", clip=(0, 0, 600, 100)),
        *samples,
    )
    assert reading.inside_s == pytest.approx(0.1)


def test_dwell_of_an_earlier_layout_counts_for_the_same_words() -> None:
    again = layout_of("m", TEXT, 60, version=2, t_ns=10**9)
    reading = _read(
        MESSAGE,
        layout_of("m", TEXT, 600),
        placement_of("m", clip=(0, 0, 600, 100)),
        *[_gaze(i * 33_000_000, 15, 20) for i in range(10)],
        again,
        placement_of("m", version=2, t_ns=10**9, clip=(0, 0, 60, 60)),
    )
    assert reading.page.version == 2
    assert reading.dwell_s[0] > 0.2
    assert [(look.x, look.y) for look in reading.looks] == [
        pytest.approx((12 + 9.5 * 1.5, 12 + 14.5))
    ]


def test_words_never_scrolled_into_view_are_not_shown() -> None:
    reading = _read(MESSAGE, layout_of("m", TEXT, 60), placement_of("m", clip=(0, 0, 60, 30)))
    assert 0 < reading.shown_share < 1
    assert reading.inside_s == 0


def test_a_whole_session_is_read_from_the_first_line_on() -> None:
    entries = build_session(Script(reading_s=20))
    readings = read_answers(told_gaze(entries), detect_fixations(corrected_gaze(entries), 100))
    assert set(readings) == {"t0r1", "t0r2", "t1r1", "t1r2"}
    first = readings["t0r1"]
    assert first.page.text == ANSWERS[0]
    assert first.looks[0].y < first.looks[-1].y
    assert 15 < first.inside_s < 21
