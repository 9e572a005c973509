from dataclasses import replace

import numpy as np
import pytest

from calibration.metrics import mean_interval
from tests.sessions import DRIFT_PX, PX_PER_DEG, Script, build_session, with_changes
from tracker_app import records as r
from tracker_app.codec import Entry
from tracker_app.dataset.check_plot import HEIGHT, CheckFigure, check_figure
from tracker_app.dataset.checks import MeanError, click_rows
from tracker_app.dataset.quality import measure
from tracker_app.dataset.session_plot import WIDTH
from tracker_app.dataset.verdicts import judge

SESSION = build_session(Script(turns=4, reading_s=2))
CHECKS = [e.record for e in SESSION if isinstance(e.record, r.GazeCheck)]
DOTS = [c for c in CHECKS if c.kind is r.GazeCheckKind.DOT]
CLICKS = [c for c in CHECKS if c.kind is r.GazeCheckKind.CLICK]


def _figure(entries: list[Entry] = SESSION) -> CheckFigure:
    figure = check_figure(entries)
    assert figure is not None
    return figure


def _changed(kind: r.GazeCheckKind, **changes: object) -> list[Entry]:
    """The session with every check of a kind changed."""
    changed = with_changes(SESSION, r.GazeCheck, **changes)
    kept = [isinstance(e.record, r.GazeCheck) and e.record.kind is not kind for e in SESSION]
    return [old if keep else new for old, new, keep in zip(SESSION, changed, kept, strict=True)]


def test_the_error_at_dots_is_their_mean_with_its_interval() -> None:
    quality = measure(SESSION)
    errors = [dot.error_deg for dot in DOTS if dot.error_deg is not None]
    assert quality.dots == len(errors) == 10
    assert quality.dot_error_deg == pytest.approx(np.mean(errors))
    assert (quality.dot_error_low_deg, quality.dot_error_high_deg) == mean_interval(errors)


def test_after_a_drift_the_corrected_gaze_is_nearer_to_the_dots() -> None:
    quality = measure(SESSION)
    assert quality.dot_error_deg is not None
    assert quality.dot_corrected_error_deg is not None
    drift_deg = np.hypot(*DRIFT_PX) / PX_PER_DEG
    assert quality.dot_corrected_error_deg < quality.dot_error_deg - drift_deg / 4


def test_clicks_never_move_a_figure_of_accuracy() -> None:
    wild = measure(_changed(r.GazeCheckKind.CLICK, error_deg=80, corrected_error_deg=80))
    assert wild == measure(SESSION)


def test_the_largest_error_at_a_dot_is_not_left_out() -> None:
    """Also where the corrected gaze refused to learn from it."""
    entries = _changed(r.GazeCheckKind.DOT, error_deg=40, trust=0, is_used=False)
    assert measure(entries).dot_error_deg == 40


def test_clicks_are_counted_with_the_share_that_taught() -> None:
    quality = measure(SESSION)
    assert quality.clicks == len(CLICKS) == 8
    assert quality.clicks_used_share == sum(c.is_used for c in CLICKS) / 8
    assert 0 < quality.clicks_used_share < 1
    assert [row.is_used for row in click_rows(SESSION)] == [c.is_used for c in CLICKS]


def test_a_mean_over_one_point_has_no_interval() -> None:
    assert MeanError.of([1.25, None]) == MeanError(1.25)
    assert str(MeanError.of([2.0])) == "2.0°"
    assert str(MeanError.of([2.0, 3.0])) == "2.5° (0.0 to 8.9)"
    assert MeanError.of([None]).mean_deg is None
    assert str(MeanError.of([])) == "none"


# --- verdicts ----------------------------------------------------------------------------------


def _verdicts(entries: list[Entry]) -> dict[str, str]:
    return {row.name: row.verdict for row in judge(measure(entries), None)}


@pytest.mark.parametrize(("error", "verdict"), [(1.0, "good"), (3.0, "fair"), (9.0, "poor")])
def test_the_error_at_dots_is_judged_as_accuracy_is(error: float, verdict: str) -> None:
    entries = _changed(r.GazeCheckKind.DOT, error_deg=error)
    assert _verdicts(entries)["Error at dots, calibrated"] == verdict


def test_clicks_get_no_verdict() -> None:
    assert _verdicts(SESSION)["Clicks"] == "none"


def test_simulated_dots_get_no_verdict() -> None:
    rows = judge(replace(measure(SESSION), is_simulated=True), None)
    dots = [row for row in rows if row.name.startswith("Error at dots")]
    assert [row.verdict for row in dots] == ["none", "none"]
    assert all("nothing about people" in row.sentence for row in dots)


def test_without_dots_it_is_said_that_nobody_knows() -> None:
    rows = judge(measure([e for e in SESSION if e.stream != "gaze_check"]), None)
    (row,) = [row for row in rows if row.name.startswith("Error at dots")]
    assert (row.value, row.verdict) == ("none", "none")
    assert "not known" in row.sentence


# --- figure ------------------------------------------------------------------------------------


def test_every_dot_stands_within_the_figure_in_order_of_time() -> None:
    figure = _figure()
    places = [dot.x for dot in figure.dots]
    assert places == sorted(places)
    assert len(figure.dots) == len(DOTS)
    for dot in figure.dots:
        assert dot.alone is not None
        assert dot.corrected is not None
        assert 0 <= min(dot.alone, dot.corrected) <= max(dot.alone, dot.corrected) <= HEIGHT
        assert 0 <= dot.x <= WIDTH


def test_heights_follow_the_errors_and_the_axis_begins_at_none() -> None:
    figure = _figure()
    errors = [dot.error_deg for dot in DOTS if dot.error_deg is not None]
    heights = [HEIGHT - dot.alone for dot in figure.dots if dot.alone is not None]
    assert np.divide(heights, errors) == pytest.approx(heights[0] / errors[0])
    assert figure.error_ticks[0] == (HEIGHT, "0°")
    assert figure.error_ticks[-1][0] == pytest.approx(0)


def test_dots_at_which_the_eyes_were_not_seen_are_drawn_as_lost() -> None:
    figure = _figure(_changed(r.GazeCheckKind.DOT, error_deg=None, corrected_error_deg=None))
    assert figure.lost == len(DOTS)
    assert all("not seen" in dot.title for dot in figure.dots)


def test_the_error_at_validation_is_drawn_only_where_it_was_accepted() -> None:
    assert _figure().validated is not None
    without = [e for e in SESSION if e.stream != "calibration"]
    assert _figure(without).validated is None


def test_without_dots_there_is_no_figure() -> None:
    assert check_figure([e for e in SESSION if e.stream != "gaze_check"]) is None
