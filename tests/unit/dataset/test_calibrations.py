from dataclasses import replace

from calibration.looks import Use
from tests.sessions import HELD_OUT, Script, build_session, with_changes
from tracker_app import records as r
from tracker_app.dataset.calibrations import attempt_rows, chosen_attempt, point_rows

SESSION = build_session(Script(turns=0))


def test_every_attempt_is_listed_with_who_decided() -> None:
    rows = attempt_rows(SESSION)
    assert [row.verdict for row in rows] == [
        "Not accepted, by the study",
        "Accepted, by the participant",
    ]
    assert [row.accuracy for row in rows] == ["3.2° (2.1 to 4.3)", "1.4° (0.9 to 1.9)"]
    assert {row.points for row in rows} == {"9 fitted, 3 with the head moving, 4 held out"}


def test_a_check_of_an_earlier_calibration_says_so() -> None:
    (row, _) = attempt_rows(
        with_changes(SESSION, r.CalibrationResult, kind=r.CalibrationKind.CHECK)
    )
    assert row.points.endswith("an earlier calibration checked")


def test_the_last_attempt_is_shown_where_none_was_accepted() -> None:
    attempt = chosen_attempt(with_changes(SESSION, r.CalibrationResult, is_accepted=False))
    assert attempt is not None
    assert attempt.result.attempt == 2
    assert chosen_attempt([]) is None


def test_an_attempt_has_the_targets_of_its_own_segment_only() -> None:
    moved = [replace(e, segment=5) for e in SESSION if e.stream == "calibration_target"]
    attempt = chosen_attempt([*SESSION, *moved])
    assert attempt is not None
    assert len(attempt.targets) == 16


def test_each_held_out_point_has_its_place_and_its_figures() -> None:
    rows = point_rows(SESSION, Use.VALIDATE)
    assert len(rows) == len(HELD_OUT)
    first = rows[0]
    assert first.place == "32% across, 28% down"
    figures = (first.mean, first.least, first.most, first.sd, first.rms, first.std, first.bcea)
    assert figures == ("1.06°", "0.35°", "2.12°", "0.40°", "0.50°", "0.60°", "1.21 deg²")


def test_fitted_points_have_no_error_but_say_what_was_seen() -> None:
    rows = point_rows(SESSION, Use.FIT, Use.HEAD)
    assert [row.moves_head for row in rows] == [False] * 9 + [True] * 3
    assert {row.mean for row in rows} == {"–"}  # noqa: RUF001 (a dash)
    assert rows[0].valid == "97% of 30"


def test_a_point_without_samples_is_not_divided_by() -> None:
    rows = point_rows(
        with_changes(SESSION, r.CalibrationTarget, samples=0, valid_samples=0), Use.FIT
    )
    assert rows[0].valid == "0% of 0"
