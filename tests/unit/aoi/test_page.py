from typing import Any

import msgspec
import pytest

from tests.sessions import boxes_of, layout_of
from tracker_app.aoi import LayoutWriter, Page
from tracker_app.errors import DamagedRecordError

LAYOUT = layout_of("m", "Some words", 400)


@pytest.mark.parametrize(
    "change",
    [
        {"word": (0, 5)},
        {"word": (1, 2)},
        {"start": (5, 0), "end": (10, 4)},
        {"line": (0, 2**40)},
        {"paragraph": (0, 2**62)},
        {"text_sha256": "0" * 64},
        {"base": 4},
    ],
)
def test_numbers_that_cannot_be_those_of_the_text_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DamagedRecordError):
        Page.of(msgspec.structs.replace(LAYOUT, **change))


def test_a_layout_that_continues_another_version_is_refused() -> None:
    writer = LayoutWriter("m")
    first = writer.write("one", boxes_of("one", 400), 0)
    writer.write("one two", boxes_of("one two", 400), 1)
    third = writer.write("one two three", boxes_of("one two three", 400), 2)
    with pytest.raises(DamagedRecordError, match="continues another"):
        Page.of(third, Page.of(first))


def test_a_layout_repeats_nothing_that_still_stands() -> None:
    writer = LayoutWriter("m")
    writer.write("one two", boxes_of("one two", 400), 0)
    second = writer.write("one two three", boxes_of("one two three", 400), 1)
    assert (second.base, second.kept_boxes, second.kept_text, second.text) == (1, 2, 7, " three")
    assert second.word == (2,)
    complete = writer.write("one two three", boxes_of("one two three", 400), 2, is_finished=True)
    assert (complete.base, complete.kept_boxes, complete.text) == (None, 0, "one two three")
