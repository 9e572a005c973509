from collections.abc import Callable

import numpy as np
import pytest

from calibration.errors import NotEnoughSamplesError
from calibration.geometry import Array, Screen
from calibration.regression import LEFT_OUT_LOOKS, Prior
from calibration.routine import Routine, Timing, View
from calibration.targets import VALIDATION, calibration_targets, validation_targets

NS = 1_000_000_000
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


def looking(noise: float = 0.05, seed: int = 1) -> Eyes:
    """Eyes that look at every target."""
    random = np.random.default_rng(seed)

    def see(view: View) -> Array | None:
        assert view.target_px is not None
        place = (np.array(view.target_px) - (740, 450)) / (640, 400)
        return np.asarray(place @ MAPPING + noise * random.standard_normal(20))

    return see


def play(
    routine: Routine, eyes: Eyes, t_ns: int = 0, frame_ns: int = FRAME_NS
) -> tuple[list[View], int]:
    """Run a routine to its end, at 25 frames a second; every view and the time it ended."""
    views = [routine.step(t_ns)]
    while True:
        t_ns += frame_ns
        view = routine.step(t_ns)
        views.append(view)
        if view.phase == "done":
            return views, t_ns
        routine.add(t_ns, eyes(view))


def test_nine_targets_then_four_others_in_less_than_25_seconds() -> None:
    views, end_ns = play(Routine(SCREEN, PRIOR, seed=1), looking())
    shown = list(dict.fromkeys((v.phase, v.target_px) for v in views))
    assert [phase for phase, _ in shown] == ["calibrate"] * 9 + ["validate"] * 4 + ["done"]
    assert end_ns < 25 * NS


def test_validation_points_are_on_no_row_or_column_of_the_calibration() -> None:
    fitted = calibration_targets(0)
    for axis in (0, 1):
        assert not set(VALIDATION[:, axis]) & set(fitted[:, axis])


@pytest.mark.parametrize("targets", [calibration_targets, validation_targets])
def test_the_order_follows_the_seed_and_the_places_do_not(targets: Callable[[int], Array]) -> None:
    assert (targets(3) == targets(3)).all()
    assert any((targets(3) != targets(s)).any() for s in range(4, 8))
    assert sorted(targets(3).tolist()) == sorted(targets(4).tolist())


def test_progress_of_a_target_grows_from_0_to_1() -> None:
    views, _ = play(Routine(SCREEN, PRIOR, seed=1), looking())
    first = [v.progress for v in views if v.number == 0]
    assert first[0] == 0
    assert first == sorted(first)
    assert first[-1] > 0.95
    assert all(0 <= v.progress <= 1 for v in views)


def test_good_eyes_are_judged_good() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    play(routine, looking())
    outcome = routine.result()
    assert outcome.accuracy_deg is not None
    assert outcome.accuracy_deg < 1
    assert outcome.is_within(2)
    assert not outcome.is_within(0.01)
    assert outcome.data_loss == 0
    judged = [t for t in outcome.targets if t.is_validation]
    assert all(t.accuracy_px is not None and t.samples == t.valid_samples for t in judged)
    assert all(t.accuracy_px is None for t in outcome.targets if not t.is_validation)


def test_accuracy_is_that_of_targets_the_model_never_saw() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    honest = looking()

    def shifted(view: View) -> Array | None:
        features = honest(view)
        assert features is not None
        # Between calibration and validation the eyes' signal shifts by a quarter screen.
        return features + 0.5 * MAPPING[0] if view.phase == "validate" else features

    play(routine, shifted)
    accuracy_px = routine.result().accuracy_px
    assert accuracy_px == pytest.approx(320, rel=0.1)


def test_eyes_still_under_way_to_a_target_are_ignored() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1, timing=Timing(settle_s=0.6, collect_s=1.0))
    view = routine.step(0)
    routine.add(NS // 2, looking()(view))
    routine.add(7 * NS // 10, looking()(view))
    play(routine, looking(), t_ns=8 * NS // 10)
    first = routine.result().targets[0]
    assert first.samples <= 1 + 25


def test_outliers_at_a_target_do_not_move_the_model() -> None:
    clean, dirty = Routine(SCREEN, PRIOR, seed=1), Routine(SCREEN, PRIOR, seed=1)
    count = 0

    def glancing(view: View) -> Array | None:
        nonlocal count
        count += 1
        features = honest(view)
        assert features is not None
        is_glance = count % 5 == 0 and view.phase == "calibrate"
        return 3 * MAPPING[0] if is_glance else features  # far off the screen

    play(clean, looking())
    honest = looking()
    play(dirty, glancing)
    expected, got = clean.result().accuracy_deg, dirty.result().accuracy_deg
    assert expected is not None
    assert got is not None
    assert got < 1.3 * expected


def test_faster_frames_do_not_make_it_more_certain() -> None:
    """The same eye is seen more often: where gaze is on average is known no better."""
    usual, fast = Routine(SCREEN, PRIOR, seed=1), Routine(SCREEN, PRIOR, seed=1)
    play(usual, looking())
    play(fast, looking(), frame_ns=FRAME_NS // 4)
    doubts = [routine.result().model.doubt[:, 0, 0] for routine in (usual, fast)]
    assert doubts[1] == pytest.approx(doubts[0], rel=0.25)


def test_held_out_targets_tell_how_large_errors_are_too() -> None:
    judged, unjudged = Routine(SCREEN, PRIOR, seed=1), Routine(SCREEN, PRIOR, seed=1)
    see, see_again = looking(noise=0.3), looking(noise=0.3)
    play(judged, see)
    play(unjudged, lambda v: None if v.phase == "validate" else see_again(v))
    told, untold = judged.result().model, unjudged.result().model
    assert told.looks == LEFT_OUT_LOOKS + 4
    assert (told.ratio != untold.ratio).all()
    assert (told.weights == untold.weights).all()


def test_a_target_waits_for_eyes_that_are_away_and_then_goes_on_without_them() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    see = looking()
    views, end_ns = play(routine, lambda v: None if v.number == 4 else see(v))
    outcome = routine.result()
    assert sum(v.number == 4 for v in views) > 2 * sum(v.number == 3 for v in views)
    assert end_ns < 25 * NS
    assert outcome.targets[4].valid_samples == 0
    assert outcome.data_loss > 0
    assert outcome.accuracy_deg is not None


def test_without_any_eyes_it_ends_by_itself_and_says_so() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    _, end_ns = play(routine, lambda _: None)
    assert end_ns < 60 * NS
    with pytest.raises(NotEnoughSamplesError, match="not seen"):
        routine.result()


def test_eyes_away_during_validation_leave_it_unjudged_and_not_accepted() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    see = looking()
    play(routine, lambda v: None if v.phase == "validate" else see(v))
    outcome = routine.result()
    assert outcome.accuracy_deg is None
    assert not outcome.is_within(90)


def test_one_target_can_be_redone_and_only_that_one() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    see = looking()
    _, end_ns = play(routine, lambda v: None if v.number == 4 else see(v))
    routine.redo([4])
    views, _ = play(routine, see, end_ns)
    assert {v.number for v in views if v.phase != "done"} == {4}
    assert routine.result().targets[4].valid_samples > 8


def test_redoing_targets_that_are_still_waiting_shows_each_once() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    routine.step(0)
    routine.redo(range(13))
    views, _ = play(routine, looking())
    assert len(dict.fromkeys(v.target_px for v in views if v.target_px)) == 13
    assert [v.number for v in views] == sorted(v.number for v in views)


def test_a_long_silence_moves_on_without_blocking() -> None:
    routine = Routine(SCREEN, PRIOR, seed=1)
    routine.step(0)
    assert routine.step(3600 * NS).number == 1
