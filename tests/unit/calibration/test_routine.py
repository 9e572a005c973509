from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array, Screen
from calibration.looks import NS, Use
from calibration.outcome import CalibrationOutcome, calibrate, targets_to_redo
from calibration.regression import LEFT_OUT_LOOKS, Prior
from calibration.routine import Routine, Timing, View, calibration_looks, check_looks
from calibration.targets import LAYOUTS, VALIDATION, calibration_targets, validation_targets

SCREEN = Screen(100, 50, 1280, 800)
FRAME_NS = NS // 25
MAPPING = np.random.default_rng(0).standard_normal((2, 20))
PRIOR = Prior(
    mean=np.zeros((20, 2)),
    doubt=np.full((20, 2), 0.3),
    flips=np.zeros(20, dtype=np.bool_),
    lasting=np.zeros(20),
)
Eyes = Callable[[View], Array | None]
Turn = tuple[float, float]


def still(timing: Timing | None = None) -> Routine:
    """Nine targets and four others, without head movement."""
    return Routine(calibration_looks(SCREEN, 1, moves_head=False), timing)


def whole() -> Routine:
    """What people do by default."""
    return Routine(calibration_looks(SCREEN, 1))


def result(routine: Routine) -> CalibrationOutcome:
    return calibrate(routine.looks, SCREEN, PRIOR)


def obedient(view: View) -> Turn:
    """A head that follows the marker by 8 degrees."""
    if view.guide is None:
        return 1.0, -2.0  # nobody holds it quite straight
    yaw, pitch = view.guide.turn
    return 1 + 8 * yaw, -2 + 8 * pitch


def looking(noise: float = 0.05, seed: int = 1) -> Eyes:
    """Eyes that look at every target."""
    random = np.random.default_rng(seed)

    def see(view: View) -> Array | None:
        assert view.target_px is not None
        place = (np.array(view.target_px) - (740, 450)) / (640, 400)
        return np.asarray(place @ MAPPING + noise * random.standard_normal(20))

    return see


def play(
    routine: Routine,
    eyes: Eyes,
    t_ns: int = 0,
    frame_ns: int = FRAME_NS,
    head: Callable[[View], Turn] = obedient,
) -> tuple[list[View], int]:
    """Run a routine to its end, at 25 frames a second; every view and the time it ended."""
    views = [routine.step(t_ns)]
    while True:
        t_ns += frame_ns
        view = routine.step(t_ns)
        views.append(view)
        if view.phase == "done":
            return views, t_ns
        if view.target_px is not None:
            routine.add(t_ns, eyes(view), head(view))


def test_nine_targets_then_four_others_in_less_than_25_seconds() -> None:
    views, end_ns = play(still(), looking())
    shown = list(dict.fromkeys((v.phase, v.target_px) for v in views))
    assert [phase for phase, _ in shown] == ["fit"] * 9 + ["validate"] * 4 + ["done"]
    assert end_ns < 25 * NS


@pytest.mark.parametrize("points", LAYOUTS)
def test_validation_points_are_on_no_row_or_column_of_the_calibration(points: int) -> None:
    fitted = calibration_targets(points, 0)
    assert len(fitted) == len(np.unique(fitted, axis=0)) == points
    for axis in (0, 1):
        assert not set(VALIDATION[:, axis]) & set(fitted[:, axis])


@pytest.mark.parametrize(
    "targets", [*(partial(calibration_targets, p) for p in LAYOUTS), validation_targets]
)
def test_the_order_follows_the_seed_and_the_places_do_not(targets: Callable[[int], Array]) -> None:
    assert (targets(3) == targets(3)).all()
    assert any((targets(3) != targets(s)).any() for s in range(4, 8))
    assert sorted(targets(3).tolist()) == sorted(targets(4).tolist())


def test_progress_of_a_target_grows_from_0_to_1() -> None:
    views, _ = play(still(), looking())
    first = [v.progress for v in views if v.number == 0]
    assert first[0] == 0
    assert first == sorted(first)
    assert first[-1] > 0.95
    assert all(0 <= v.progress <= 1 for v in views)


def test_good_eyes_are_judged_good() -> None:
    routine = still()
    play(routine, looking())
    outcome = result(routine)
    assert outcome.accuracy_deg is not None
    assert outcome.accuracy_deg < 1
    assert outcome.is_within(2)
    assert not outcome.is_within(0.01)
    judged = [t for t in outcome.targets if t.use is Use.VALIDATE]
    assert all(t.error is not None and t.samples == t.valid_samples for t in judged)
    assert all(t.error is None for t in outcome.targets if t.use is not Use.VALIDATE)


def test_accuracy_is_that_of_targets_the_model_never_saw() -> None:
    routine = still()
    honest = looking()

    def shifted(view: View) -> Array | None:
        features = honest(view)
        assert features is not None
        # Between calibration and validation the eyes' signal shifts by a quarter screen.
        return features + 0.5 * MAPPING[0] if view.phase == "validate" else features

    play(routine, shifted)
    accuracy_px = result(routine).accuracy_px
    assert accuracy_px == pytest.approx(320, rel=0.1)


def test_eyes_still_under_way_to_a_target_are_ignored() -> None:
    routine = still(Timing(settle_s=0.6, collect_s=1.0))
    view = routine.step(0)
    routine.add(NS // 2, looking()(view))
    routine.add(7 * NS // 10, looking()(view))
    play(routine, looking(), t_ns=8 * NS // 10)
    first = result(routine).targets[0]
    assert first.samples <= 1 + 25


def test_outliers_at_a_target_do_not_move_the_model() -> None:
    clean, dirty = still(), still()
    count = 0

    def glancing(view: View) -> Array | None:
        nonlocal count
        count += 1
        features = honest(view)
        assert features is not None
        is_glance = count % 5 == 0 and view.phase == "fit"
        return 3 * MAPPING[0] if is_glance else features  # far off the screen

    play(clean, looking())
    honest = looking()
    play(dirty, glancing)
    expected, got = result(clean).accuracy_deg, result(dirty).accuracy_deg
    assert expected is not None
    assert got is not None
    assert got < 1.3 * expected


def test_faster_frames_do_not_make_it_more_certain() -> None:
    """The same eye is seen more often: where gaze is on average is known no better."""
    usual, fast = still(), still()
    play(usual, looking())
    play(fast, looking(), frame_ns=FRAME_NS // 4)
    doubts = [result(routine).model.doubt[:, 0, 0] for routine in (usual, fast)]
    assert doubts[1] == pytest.approx(doubts[0], rel=0.25)


def test_held_out_targets_tell_how_large_errors_are_too() -> None:
    judged, unjudged = still(), still()
    see, see_again = looking(noise=0.3), looking(noise=0.3)
    play(judged, see)
    play(unjudged, lambda v: None if v.phase == "validate" else see_again(v))
    told, untold = result(judged).model, result(unjudged).model
    assert told.looks == LEFT_OUT_LOOKS + 4
    assert (told.ratio != untold.ratio).all()
    assert (told.weights == untold.weights).all()


def test_a_target_waits_for_eyes_that_are_away_and_then_goes_on_without_them() -> None:
    routine = still()
    see = looking()
    views, end_ns = play(routine, lambda v: None if v.number == 4 else see(v))
    outcome = result(routine)
    assert sum(v.number == 4 for v in views) > 2 * sum(v.number == 3 for v in views)
    assert end_ns < 25 * NS
    assert outcome.targets[4].valid_samples == 0
    assert outcome.accuracy_deg is not None


def test_without_any_eyes_it_ends_by_itself_and_says_so() -> None:
    routine = still()
    _, end_ns = play(routine, lambda _: None)
    assert end_ns < 60 * NS
    with pytest.raises(NotEnoughSamplesError, match="not seen"):
        result(routine)


def test_eyes_away_during_validation_leave_it_unjudged_and_not_accepted() -> None:
    routine = still()
    see = looking()
    play(routine, lambda v: None if v.phase == "validate" else see(v))
    outcome = result(routine)
    assert outcome.accuracy_deg is None
    assert not outcome.is_within(90)


def test_one_target_can_be_redone_and_only_that_one() -> None:
    routine = still()
    see = looking()
    _, end_ns = play(routine, lambda v: None if v.number == 4 else see(v))
    routine.redo([4])
    views, _ = play(routine, see, end_ns)
    assert {v.number for v in views if v.phase != "done"} == {4}
    assert result(routine).targets[4].valid_samples > 8


def test_redoing_targets_that_are_still_waiting_shows_each_once() -> None:
    routine = still()
    routine.step(0)
    routine.redo(range(13))
    views, _ = play(routine, looking())
    assert len(dict.fromkeys(v.target_px for v in views if v.target_px)) == 13
    numbers = [v.number for v in views[:-1]]
    assert numbers == sorted(numbers)


def test_a_long_silence_moves_on_without_blocking() -> None:
    routine = still()
    routine.step(0)
    assert routine.step(3600 * NS).number == 1


def test_the_head_moves_between_calibration_and_validation_and_all_takes_40_seconds() -> None:
    routine = whole()
    views, end_ns = play(routine, looking())
    phases = list(dict.fromkeys(v.phase for v in views))
    assert phases == ["fit", "prepare", "head", "validate", "done"]
    assert 30 * NS < end_ns < 45 * NS
    head_ns = FRAME_NS * sum(v.phase == "head" for v in views)
    assert 10 * NS < head_ns < 16 * NS
    assert routine.movement.coverage == 1.0


def test_reading_what_the_head_is_to_do_can_be_cut_short() -> None:
    routine = whole()

    def see(view: View) -> Array | None:
        return looking()(view)

    t_ns, view = 0, routine.step(0)
    while view.phase != "prepare":
        t_ns += FRAME_NS
        view = routine.step(t_ns)
        if view.target_px is not None:
            routine.add(t_ns, see(view))
    routine.skip()
    assert routine.step(t_ns + 1).phase == "head"


def test_a_head_that_does_not_move_gets_a_little_more_time_and_then_it_goes_on() -> None:
    moved, unmoved = whole(), whole()
    _, moved_ns = play(moved, looking())
    _, unmoved_ns = play(unmoved, looking(), head=lambda _: (0.0, 0.0))
    assert 2 * NS < unmoved_ns - moved_ns < 4 * NS
    assert unmoved.movement.coverage == 0.0
    assert result(unmoved).accuracy_deg is not None


def test_each_second_of_the_moving_head_is_a_look_of_its_own() -> None:
    routine = whole()
    play(routine, looking())
    moving = next(look for look in routine.looks if look.use is Use.HEAD)
    assert set(moving.kept.moment) == {0, 1, 2, 3}
    standing = next(look for look in routine.looks if look.use is Use.FIT)
    assert set(standing.kept.moment) == {0}


def test_eyes_that_are_away_for_a_while_are_called_lost_until_they_are_back() -> None:
    routine = still()
    views, _ = play(routine, lambda v: None if v.number == 4 else looking()(v))
    lost = [v.are_eyes_lost for v in views if v.number == 4]
    assert not lost[0]
    assert lost[-1]
    assert not any(v.are_eyes_lost for v in views if v.number == 3)
    assert not any(v.are_eyes_lost for v in views if v.number == 5)


def test_redoing_a_held_out_target_redoes_the_nearest_fitted_one_too() -> None:
    routine = whole()
    held_out = [look.number for look in routine.looks if look.use is Use.VALIDATE]
    again = targets_to_redo(routine.looks, held_out[:1])
    (other,) = set(again) - set(held_out)  # which are all shown again
    place = routine.looks[held_out[0]].place_px
    fitted = [look for look in routine.looks if look.use is Use.FIT]
    nearest = min(fitted, key=lambda look: float(np.linalg.norm(look.place_px - place)))
    assert other == nearest.number


def test_whatever_is_redone_is_judged_again_on_all_held_out_targets() -> None:
    """Measured again where it was worst, chance alone would make the figure better."""
    routine = whole()
    held_out = {look.number for look in routine.looks if look.use is Use.VALIDATE}
    assert set(targets_to_redo(routine.looks, [0])) == {0} | held_out
    assert set(targets_to_redo(routine.looks, [min(held_out)])) > held_out


def test_a_check_shows_five_points_none_of_which_is_fitted() -> None:
    views, end_ns = play(Routine(check_looks(SCREEN, 1)), looking())
    assert len({v.target_px for v in views if v.target_px}) == 5
    assert {v.phase for v in views} == {"validate", "done"}
    assert end_ns < 10 * NS


def test_frames_that_come_late_are_of_no_target_and_lie_in_none_s_time() -> None:
    routine, see, late = still(), looking(), 3
    frames: list[tuple[int, Array | None]] = []
    views, t_ns = [routine.step(0)], 0
    while views[-1].phase != "done":
        t_ns += FRAME_NS
        if len(frames) >= late:
            routine.add(*frames[-late])
        views.append(routine.step(t_ns))
        frames.append((t_ns, see(views[-1]) if views[-1].target_px else None))
    for look in routine.looks:
        of_its_time = [t for t, _ in frames if look.settled_ns <= t <= look.end_ns]
        assert [t for t, _ in look.samples] == of_its_time


def test_what_was_broken_off_is_shown_anew_when_it_is_gone_on_with() -> None:
    routine, see = still(), looking()
    routine.step(0)
    for t_ns in range(FRAME_NS, NS, FRAME_NS):
        routine.add(t_ns, see(routine.step(t_ns)))
    routine.break_off(NS)
    assert routine.looks[0].end_ns == NS
    routine.redo([3])
    later_ns = 60 * NS
    play(routine, see, later_ns)
    assert all(look.shown_ns is not None and look.shown_ns >= later_ns for look in routine.looks)
    assert all(t >= later_ns for look in routine.looks for t, _ in look.samples)
