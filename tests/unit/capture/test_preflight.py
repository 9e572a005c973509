from dataclasses import replace

import pytest

from tracker_app.capture.preflight import View, check_view

GOOD = View(has_face=True, other_faces=0, distance_mm=550, brightness=0.5, rate_hz=30)


def _failing(view: View) -> list[str]:
    return [check.name for check in check_view(view) if not check.is_ok]


def test_a_person_alone_in_good_light_passes_every_check() -> None:
    assert _failing(GOOD) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"has_face": False}, "face"),
        ({"other_faces": 1}, "alone"),
        ({"distance_mm": 300.0}, "distance"),
        ({"distance_mm": 900.0}, "distance"),
        ({"brightness": 0.1}, "light"),
        ({"brightness": 0.95}, "light"),
        ({"rate_hz": 10.0}, "rate"),
        ({"rate_hz": None}, "rate"),
    ],
)
def test_each_trouble_fails_its_own_check_and_says_what_to_do(
    change: dict[str, float | None], name: str
) -> None:
    view = replace(GOOD, **change)  # type: ignore[arg-type] # each of its field's type
    assert _failing(view) == [name]
    (advice,) = (check.advice for check in check_view(view) if check.name == name)
    assert advice.endswith(".")
