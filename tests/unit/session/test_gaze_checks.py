"""What a session learns of its gaze, with eyes of a simulated person."""

import numpy as np
import pytest

from calibration.geometry import Array, Screen
from calibration.looks import NS
from tests.simulated import calibration_frames, fitted_model, participant
from tracker_app.gaze.estimator import gaze_prior
from tracker_app.gaze.samples import Maps
from tracker_app.records import GazeCheck, GazeCheckKind
from tracker_app.session.gaze_checks import CheckPoint, GazeChecks

SEED = 3
FRAME_NS = 40_000_000
SCREEN = Screen(0, 0, *participant(SEED).desk.window_px, participant(SEED).desk.pitch_mm, 550)


class Sitting:
    """Somebody who looks at targets of the calibration's test, one after the other."""

    def __init__(self, *, learns_from_clicks: bool = True, is_calibrated: bool = True) -> None:
        still = calibration_frames(SEED).still
        self._features, self._places, self._looks = (
            still.features(), still.target_px, still.session,
        )  # fmt: skip
        self.model = fitted_model(SEED)
        self.records: list[GazeCheck] = []
        self.maps: list[Maps] = []
        self.checks = GazeChecks(
            gaze_prior(),
            self.records.append,
            self.maps.append,
            learns_from_clicks=learns_from_clicks,
        )
        if is_calibrated:
            self.checks.begin(self.model, SCREEN, 0)
        self.t_ns = NS

    def eyes(self, number: int) -> Array:
        return np.asarray(self._features[self._looks == number])

    def place(self, number: int) -> Array:
        return np.asarray(self._places[self._looks == number][0])

    def look(
        self,
        number: int,
        kind: GazeCheckKind = GazeCheckKind.DOT,
        *,
        off_px: tuple[float, float] = (0, 0),
        are_seen: bool = True,
        frames: int = 10,
    ) -> GazeCheck | None:
        """Look at a target; the point is said to be there, or some pixels off."""
        begin_ns = self.t_ns
        for features in self.eyes(number)[:frames]:
            self.t_ns += FRAME_NS
            self.checks.hear(self.t_ns, features if are_seen else None)
        x_px, y_px = self.place(number) + off_px
        point = CheckPoint(kind, (float(x_px), float(y_px)), begin_ns, self.t_ns, element="send")
        before = len(self.records)
        self.checks.expect(point)
        self.t_ns += FRAME_NS
        self.checks.hear(self.t_ns, None)
        return self.records[-1] if len(self.records) > before else None


def test_the_error_of_a_dot_is_recorded_as_it_was_before_anything_was_learnt() -> None:
    sitting = Sitting()
    check = sitting.look(7, off_px=(40, 30))
    assert check is not None
    gaze = sitting.model.predict(sitting.eyes(7)).mean(axis=0)
    expected = gaze - sitting.place(7) - (40, 30)
    assert (check.error_x_px, check.error_y_px) == pytest.approx(expected, abs=0.1)
    assert check.corrected_error_x_px == check.error_x_px
    assert (check.number, check.model, check.is_used) == (1, 0, True)
    assert (check.samples, check.valid_samples) == (10, 10)
    assert check.error_deg is not None


def test_what_was_learnt_shows_in_the_corrected_gaze_only() -> None:
    sitting = Sitting()
    off = (50.0, -40.0)
    for number in range(12):
        sitting.look(number, off_px=off)
    check = sitting.look(12, off_px=off)
    assert check is not None
    assert check.model == 12
    assert check.error_deg is not None
    assert check.corrected_error_deg is not None
    assert check.corrected_error_deg < check.error_deg
    newest = sitting.maps[-1]
    assert newest.calibrated is sitting.model
    assert newest.learnt == 13
    assert (newest.corrected.intercept != sitting.model.intercept).any()


def test_a_click_far_from_the_gaze_is_recorded_and_not_used() -> None:
    sitting = Sitting()
    check = sitting.look(12, GazeCheckKind.CLICK, off_px=(600, 300))
    assert check is not None
    assert not check.is_used
    assert check.trust < 0.5
    assert check.error_deg is not None
    assert check.error_deg > 5
    assert check.element == "send"
    assert not sitting.maps


def test_clicks_are_only_judged_where_the_study_says_so() -> None:
    sitting = Sitting(learns_from_clicks=False)
    click = sitting.look(7, GazeCheckKind.CLICK)
    assert click is not None
    assert click.trust > 0.5
    assert not click.is_used
    dot = sitting.look(8)
    assert dot is not None
    assert dot.is_used


def test_a_point_nobody_was_seen_to_look_at_is_recorded_without_an_error() -> None:
    check = Sitting().look(7, are_seen=False)
    assert check is not None
    assert check.error_deg is None
    assert (check.samples, check.valid_samples) == (10, 0)
    assert not check.is_used


def test_too_few_frames_teach_nothing() -> None:
    check = Sitting().look(7, frames=3)
    assert check is not None
    assert check.error_deg is not None
    assert not check.is_used


def test_a_point_waits_until_its_frames_have_come() -> None:
    sitting = Sitting()
    x_px, y_px = sitting.place(7)
    sitting.checks.expect(
        CheckPoint(GazeCheckKind.DOT, (float(x_px), float(y_px)), NS, NS + 9 * FRAME_NS)
    )
    for i, features in enumerate(sitting.eyes(7)):
        sitting.checks.hear(NS + i * FRAME_NS, features)
        assert not sitting.records
    sitting.checks.hear(NS + 11 * FRAME_NS, None)
    assert sitting.records[0].samples == 10


def test_without_a_calibration_there_is_nothing_to_judge() -> None:
    sitting = Sitting(is_calibrated=False)
    assert not sitting.checks.is_calibrated
    assert sitting.look(7) is None


def test_a_new_calibration_forgets_what_was_learnt_and_counts_on() -> None:
    sitting = Sitting()
    sitting.look(7, off_px=(40, 30))
    maps = sitting.checks.begin(sitting.model, SCREEN, sitting.t_ns)
    assert maps.learnt == 0
    check = sitting.look(8)
    assert check is not None
    assert (check.number, check.model) == (2, 0)
