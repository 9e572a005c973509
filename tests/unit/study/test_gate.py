import pytest

from tracker_app.study.gate import Choices, choices_after
from tracker_app.study.study import CalibrationRules

RULES = CalibrationRules(max_error_deg=2.0)


@pytest.mark.parametrize(
    ("accuracy_deg", "attempts", "expected"),
    [
        (1.9, 1, Choices(may_accept=True, may_repeat=True)),
        (2.1, 1, Choices(may_accept=False, may_repeat=True)),
        (2.1, 2, Choices(may_accept=False, may_repeat=True)),
        (2.1, 3, Choices(may_accept=False, may_repeat=False)),
        (1.9, 3, Choices(may_accept=True, may_repeat=False)),
        (None, 1, Choices(may_accept=False, may_repeat=True)),
        (None, 3, Choices(may_accept=False, may_repeat=False)),
    ],
)
def test_after_two_retries_nobody_is_kept_calibrating(
    accuracy_deg: float | None, attempts: int, expected: Choices
) -> None:
    choices = choices_after(RULES, accuracy_deg, attempts)
    assert choices == expected
    assert choices.is_over == (not expected.may_accept and not expected.may_repeat)


def test_a_study_may_allow_no_retry() -> None:
    rules = CalibrationRules(retries=0)
    assert choices_after(rules, 90.0, 1).is_over
