import pytest

from tests.sessions import boxes_of
from tracker_app.aoi import LayoutWriter
from tracker_app.aoi.growth import Growth
from tracker_app.errors import DamagedRecordError

TEXT = "The tides are caused by the moon. " * 4
ENDS = (20, 50, 90, len(TEXT))


def test_pages_can_be_asked_for_in_any_order() -> None:
    writer, growth = LayoutWriter("m"), Growth("m")
    versions = [growth.add(writer.write(TEXT[:n], boxes_of(TEXT[:n], 400), n)) for n in ENDS]
    for version, end in [*zip(versions, ENDS, strict=True)][::-1] * 2:
        assert version.page.text == TEXT[:end]
        assert version.page.words == len(TEXT[:end].split())
    assert versions[1].page is versions[1].page
    assert [v.number for v in versions] == [1, 2, 3, 4]


def test_a_layout_that_does_not_follow_is_refused_and_forgotten() -> None:
    writer, growth = LayoutWriter("m"), Growth("m")
    first, _, third = [writer.write(TEXT[:n], boxes_of(TEXT[:n], 400), n) for n in ENDS[:3]]
    version = growth.add(first)
    with pytest.raises(DamagedRecordError):
        growth.add(third)
    assert version.page.text == TEXT[:20]
