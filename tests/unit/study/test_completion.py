from typing import Literal

import pytest

from tracker_app.study.completion import code_for
from tracker_app.study.study import Completion

EARLY: tuple[Literal["left", "stopped", "withdrawn"], ...] = ("left", "stopped", "withdrawn")


def test_each_ending_has_its_code() -> None:
    codes = Completion(complete="ALL", screened_out="OUT", left="LEFT")
    assert code_for(codes, "finished") == "ALL"
    assert code_for(codes, "screened_out") == "OUT"
    assert code_for(codes, "calibrated") == ""
    assert {code_for(codes, ending) for ending in EARLY} == {"LEFT"}


@pytest.mark.parametrize(("is_paid", "expected"), [(True, "ALL"), (False, "")])
def test_who_leaves_gets_the_code_of_the_whole_only_where_leaving_is_paid(
    is_paid: bool, expected: str
) -> None:
    codes = Completion(complete="ALL", leaving_is_paid=is_paid)
    assert {code_for(codes, ending) for ending in EARLY} == {expected}
