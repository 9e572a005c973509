from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from calibration.looks import Use
from tests.sessions import S, Script, build_session
from tracker_app import records as r
from tracker_app.codec import Entry
from tracker_app.dataset.absences import absences
from tracker_app.dataset.axis import SessionAxis, clock_text, duration_text
from tracker_app.dataset.fixations import detect_fixations
from tracker_app.dataset.gaze_error import LEVELS, told_gaze
from tracker_app.dataset.plots import (
    MAX_LOOKS,
    answer_figure,
    calibration_figure,
    full_tint_s,
    page_width,
)
from tracker_app.dataset.quality import measure
from tracker_app.dataset.reading import Reading, read_answers
from tracker_app.dataset.session_plot import WIDTH, Row, session_figure
from tracker_app.dataset.verdicts import Judged, judge, summary
from tracker_app.dataset.words import corrected_gaze
from tracker_app.errors import FailureKind

SESSION = build_session(Script(reading_s=20))
AXIS = SessionAxis(SESSION)


def _row(name: str, entries: list[Entry] = SESSION) -> Row:
    return next(row for row in session_figure(entries).rows if row.name == name)


@cache
def _reading() -> Reading:
    return read_answers(told_gaze(SESSION), detect_fixations(corrected_gaze(SESSION), 100))["t0r1"]


# --- time --------------------------------------------------------------------------------------


def test_segments_follow_each_other_without_the_time_between() -> None:
    assert AXIS.length_s == pytest.approx(measure(SESSION).duration_s)
    (break_s,) = AXIS.breaks_s
    assert AXIS.end_s(0) == break_s == AXIS.seconds(1, 2 * S)


@pytest.mark.parametrize(
    ("seconds", "clock", "duration"),
    [
        (0.04, "0:00", "0.0 s"),
        (9.96, "0:10", "10 s"),
        (59.6, "1:00", "1 min"),
        (185.0, "3:05", "3 min 5 s"),
        (3720.0, "1:02:00", "1 h 2 min"),
    ],
)
def test_times_are_written_as_people_read_them(seconds: float, clock: str, duration: str) -> None:
    assert clock_text(seconds) == clock
    assert duration_text(seconds) == duration


# --- the strip ---------------------------------------------------------------------------------


def test_everything_on_the_strip_lies_on_its_axis() -> None:
    for row in session_figure(SESSION).rows:
        spans = [(bar.x, bar.width) for bar in row.bars]
        spans += [(band.x, band.width) for lane in row.lanes for band in lane]
        for x, width in spans:
            assert 0 <= x <= WIDTH
            assert x + width <= WIDTH + 2.001  # no band is thinner than 2


def test_ratings_stand_before_the_break_that_follows_them() -> None:
    (marks,) = _row("Ratings").lanes
    assert [m.label for m in marks] == ["5 4 L", "5 4 R"]
    assert marks[0].x + marks[0].width <= session_figure(SESSION).breaks[0] + 0.001


def test_answers_of_two_sides_have_lanes_of_their_own() -> None:
    lanes = _row("Answers").lanes
    assert [len(lane) for lane in lanes] == [2, 2]
    assert lanes[1][0].title.startswith("Turn 1, right answer complete after")


def test_bars_of_gaze_show_the_share_with_a_position() -> None:
    bars = _row("Gaze").bars
    assert max(b.share for b in bars) == 1
    assert min(b.share for b in bars) > 0.8


def test_a_pause_without_end_lasts_to_the_end_of_its_segment() -> None:
    pause = r.Recording(t_ns=70 * S, is_on=False, source="camera", reason="unplugged")
    (bands,) = _row("Gaps", [*SESSION, Entry(0, "recording", 9, pause)]).lanes
    band = next(b for b in bands if b.title == "camera off")
    assert band.x + band.width == pytest.approx(session_figure(SESSION).breaks[0])


# --- answers -----------------------------------------------------------------------------------


def test_tints_grow_with_dwell_and_end_at_one() -> None:
    reading = _reading()
    full_s = full_tint_s([reading])
    figure = answer_figure(reading, 600, full_s)
    tints = np.array([w.tint for w in figure.words])
    assert tints.max() == 1
    assert ((tints > 0) == (reading.dwell_s > 0)).all()
    assert np.argsort(tints[tints < 1]).tolist() == np.argsort(reading.dwell_s[tints < 1]).tolist()


def test_numbers_of_fixations_never_cover_each_other() -> None:
    looks = [look for look in answer_figure(_reading(), 600, 1).looks if look.number]
    places = np.array([(look.x, look.y) for look in looks])
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    assert len(looks) > 10
    assert apart[~np.eye(len(looks), dtype=bool)].min() > 22


def test_fixations_too_many_to_draw_are_counted() -> None:
    reading = _reading()
    many = replace(reading, looks=reading.looks[:1] * (MAX_LOOKS + 5))
    figure = answer_figure(many, 600, 1)
    assert len(figure.looks) == MAX_LOOKS
    assert figure.looks_left_out == 5


def test_a_line_wider_than_the_view_does_not_shrink_the_others() -> None:
    reading = _reading()
    assert page_width([reading]) <= reading.view_width == pytest.approx(620)
    assert page_width([replace(reading, view_width=300)]) == 300
    assert page_width([]) == 0


def test_without_any_gaze_nothing_is_tinted() -> None:
    reading = replace(_reading(), dwell_s=np.zeros(_reading().page.words), looks=())
    figure = answer_figure(reading, 600, full_tint_s([reading]))
    assert not any(w.tint for w in figure.words)
    assert full_tint_s([]) > 0


# --- calibration -------------------------------------------------------------------------------


def test_the_calibration_map_shows_the_accepted_attempt_on_its_screen() -> None:
    figure = calibration_figure(SESSION)
    assert figure is not None
    assert (figure.width, figure.height) == (1920, 1080)
    assert sum(t.is_validation for t in figure.targets) == 4
    assert all(t.label.endswith("°") for t in figure.targets if t.is_validation)


def test_a_validation_target_without_error_is_called_lost() -> None:
    target = next(e for e in SESSION if e.stream == "calibration_target")
    result = next(e for e in SESSION if e.stream == "calibration")
    lost = r.CalibrationTarget(
        t_ns=target.record.t_ns,
        attempt=1,
        use=Use.VALIDATE,
        x_px=-500.0,
        y_px=100.0,
        settled_t_ns=0,
        end_t_ns=0,
        samples=30,
        valid_samples=0,
        is_seen=False,
        accuracy_px=None,
        accuracy_deg=None,
        least_error_deg=None,
        most_error_deg=None,
        sd_error_deg=None,
        precision_rms_deg=None,
        precision_sd_deg=None,
        bcea_deg2=None,
    )
    figure = calibration_figure([result, Entry(0, "calibration_target", 0, lost)])
    assert figure is not None
    assert figure.targets[0].label == "lost"
    assert 0 < figure.targets[0].x < figure.width


# --- words -------------------------------------------------------------------------------------


def _verdict(name: str, rows: list[Judged]) -> str:
    return next(row.verdict for row in rows if row.name == name)


@pytest.mark.parametrize(
    ("field", "name", "figures"),
    [
        ("accuracy_deg", "Accuracy", (1.4, 3.0, 6.0)),
        ("data_loss", "Data loss", (0.01, 0.1, 0.5)),
        ("gaze_rate_hz", "Gaze rate", (30.0, 20.0, 5.0)),
        ("face_share", "Face in view", (0.99, 0.9, 0.1)),
        ("median_confidence", "Confidence", (0.6, 0.3, 0.1)),
    ],
)
def test_verdicts_follow_the_figure(
    field: str, name: str, figures: tuple[float, float, float]
) -> None:
    changes: list[dict[str, Any]] = [{field: figure} for figure in figures]
    verdicts = [_verdict(name, judge(replace(measure(SESSION), **c), None)) for c in changes]
    assert verdicts == ["good", "fair", "poor"]


def test_simulated_accuracy_gets_no_verdict() -> None:
    rows = judge(replace(measure(SESSION), is_simulated=True), None)
    assert _verdict("Accuracy", rows) == _verdict("Precision (RMS)", rows) == "none"


def test_accuracy_in_pixels_alone_gets_no_verdict() -> None:
    rows = judge(replace(measure(SESSION), accuracy_deg=None), None)
    assert _verdict("Accuracy", rows) == "none"


@pytest.mark.parametrize(
    ("shares", "unit", "verdict"),
    [
        ((0.99, 0.9, 0.5), "words", "good"),
        ((0.99, 0.5, 0.49), "lines", "good"),
        ((0.5, 0.49, 0.2), "paragraphs", "fair"),
        ((0.49, 0.1, 0.0), "sides", "poor"),
    ],
)
def test_the_finest_unit_that_half_of_the_gaze_tells_is_named(
    shares: tuple[float, float, float], unit: str, verdict: str
) -> None:
    rows = judge(measure(SESSION), dict(zip(LEVELS, shares, strict=True)))
    (row,) = [row for row in rows if row.name == "Gaze tells"]
    assert (row.value, row.verdict) == (unit, verdict)
    assert f"words in {shares[2]:.0%}" in row.sentence


def test_the_summary_counts_what_was_rated() -> None:
    quality = measure(SESSION)
    assert "2 turns and 4 answers. All answers were rated. 99%" in summary(quality)
    assert "3 of 4 answers were rated." in summary(replace(quality, ratings=3))


def test_absences_are_told_in_order_of_time() -> None:
    redaction = r.Redaction(t_ns=6 * S, redacted_stream="gaze", end_t_ns=7 * S, lost=12)
    failure = r.ProviderFailure(
        t_ns=7 * S, message_id="x", turn=0, side=2, kind=FailureKind.TIMEOUT, reason="Time out."
    )
    extra = [Entry(0, "redaction", 0, redaction), Entry(0, "provider_failure", 0, failure)]
    told = absences([*SESSION, *extra])
    timed = [a.sentence for a in told if a.at]
    assert timed == [
        "12 records of 1.0 s deleted on the participant's wish: gaze.",
        "No right answer in turn 1. Time out.",
        "Camera: 60 records lost in 2.0 s. The camera stopped delivering frames.",
        "Camera and mouse off for 4.0 s: paused by the participant.",
        timed[-1],
    ]
    assert timed[-1].startswith("A new part begins because the app was restarted; about 4 min ")
    assert told[-1].sentence == "Camera pictures and keys pressed are never recorded."


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (r.SegmentReason.SUSPEND, "the computer slept; about 5 min before it were not"),
        (r.SegmentReason.JUMP, "the computer's clock was set."),
    ],
)
def test_a_sleep_leaves_something_out_and_a_set_clock_does_not(
    reason: r.SegmentReason, sentence: str
) -> None:
    def segment(number: int, why: r.SegmentReason) -> Entry:
        utc_ns = number * 300 * S
        record = r.ClockSegment(
            t_ns=0, id=number, boot_id="b", utc_ns=utc_ns, utc_offset_s=0, tz="UTC", reason=why
        )
        return Entry(number, "clock_segment", 0, record)

    told = absences([segment(0, r.SegmentReason.START), segment(1, reason)])
    assert told[0].sentence.startswith(f"A new part begins because {sentence}")
