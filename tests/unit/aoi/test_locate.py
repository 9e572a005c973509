import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sessions import boxes_of, centre_of, layout_of, placement_of
from tracker_app.aoi import NONE, Box, Hit, LayoutWriter, Overhang, Page, locate, locate_many

TEXT = "The tides are caused by the moon. " * 12
PAGE = Page.of(layout_of("t0r1", TEXT, width=400))
PLACEMENT = placement_of("t0r1", origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 300))
WIDE = placement_of("m", clip=(0, 0, 2000, 2000))


def _page(*boxes: Box, text: str = "ab cd") -> Page:
    return Page.of(LayoutWriter("m").write(text, boxes, 0))


def _box(
    word: int, start: int, left: float, widths: tuple[float, ...], *, rtl: bool = False
) -> Box:
    lengths = (1,) * len(widths)
    return Box(word, start, start + len(widths), 0, 0, left, 10, 20, rtl, lengths, widths)


def test_the_centre_of_a_word_is_on_that_word() -> None:
    hit = locate(PAGE, PLACEMENT, *centre_of(PAGE, PLACEMENT, 3))
    assert hit is not None
    assert (hit.message_id, hit.word, hit.line, hit.paragraph) == ("t0r1", 3, 0, 0)
    assert hit.word_span is not None
    assert TEXT[slice(*hit.word_span)] == "caused"
    assert hit.character_span is not None
    assert TEXT[slice(*hit.character_span)] == "s"


def test_between_words_there_is_a_line_and_no_word() -> None:
    rects = PAGE.box_rects
    x = 100 + 1.5 * (rects.right[0] + rects.left[1]) / 2
    assert locate(PAGE, PLACEMENT, x, 75) == Hit("t0r1", 0, 0, None, None, None)


def test_in_the_margin_there_is_a_message_and_no_line() -> None:
    assert locate(PAGE, PLACEMENT, 100.5, 50.5) == Hit("t0r1", None, None, None, None, None)


@pytest.mark.parametrize("point", [(99.9, 60.0), (700.0, 60.0), (300.0, 350.0), (np.nan, 60.0)])
def test_outside_the_visible_part_there_is_nothing(point: tuple[float, float]) -> None:
    assert locate(PAGE, PLACEMENT, *point) is None


def test_a_word_scrolled_out_of_the_visible_part_is_not_hit() -> None:
    scrolled = placement_of("t0r1", origin=(100, 50), ratio=1.5, clip=(100, 50, 600, 40))
    assert locate(PAGE, scrolled, *centre_of(PAGE, scrolled, PAGE.words - 1)) is None


def test_a_message_without_words_has_no_line() -> None:
    empty = Page.of(layout_of("t0r1", "", width=400))
    assert locate(empty, PLACEMENT, 300, 100) == Hit("t0r1", None, None, None, None, None)


def test_a_placement_of_another_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        locate(PAGE, placement_of("t0r1", version=2), 0, 0)


@given(st.lists(st.tuples(st.floats(0, 800), st.floats(0, 500)), min_size=1, max_size=30))
def test_one_point_and_many_points_agree_with_the_rectangles(
    points: list[tuple[float, float]],
) -> None:
    x, y = np.array(points).T
    found = locate_many(PAGE, PLACEMENT, x, y)
    rects = PAGE.cluster_rects
    for i, (px, py) in enumerate(points):
        hit = locate(PAGE, PLACEMENT, px, py)
        assert (hit is not None) == found.is_inside[i]
        inside = (px - 100) / 1.5, (py - 50) / 1.5
        (holding,) = np.nonzero(
            (rects.left <= inside[0])
            & (inside[0] < rects.right)
            & (rects.top <= inside[1])
            & (inside[1] < rects.bottom)
        )
        expected = int(holding[0]) if len(holding) and found.is_inside[i] else NONE
        assert found.cluster[i] == expected
        if hit is not None and expected != NONE:
            assert hit.character_span == (PAGE.cluster_start[expected], PAGE.cluster_end[expected])


def test_touching_characters_never_both_claim_a_point() -> None:
    page = _page(_box(0, 0, 10, (5, 5)))
    assert [locate(page, WIDE, x, 15).character_span for x in (14.99, 15.0)] == [(0, 1), (1, 2)]  # type: ignore[union-attr]


def test_in_text_from_the_right_the_first_character_is_on_the_right() -> None:
    page = _page(_box(0, 0, 10, (5, 8), rtl=True))
    spans = [locate(page, WIDE, x, 15).character_span for x in (11, 17.9, 18.1)]  # type: ignore[union-attr]
    assert spans == [(1, 2), (1, 2), (0, 1)]


def test_ink_that_hangs_over_a_neighbour_belongs_to_its_own_character() -> None:
    hook = Overhang(0, 15, 10, 3, 4)
    box = Box(0, 0, 2, 0, 0, 10, 10, 20, False, (1, 1), (5, 5), (hook,))
    page = _page(box)
    assert locate(page, WIDE, 16, 12).character_span == (0, 1)  # type: ignore[union-attr]
    assert locate(page, WIDE, 16, 15).character_span == (1, 2)  # type: ignore[union-attr]


def test_ink_that_hangs_out_at_the_end_of_a_line_is_on_that_line() -> None:
    hook = Overhang(1, 20, 10, 3, 4)
    page = _page(Box(0, 0, 2, 0, 0, 10, 10, 20, False, (1, 1), (5, 5), (hook,)))
    hit = locate(page, WIDE, 21, 12)
    assert hit is not None
    assert (hit.line, hit.word, hit.character_span) == (0, 0, (1, 2))
    found = locate_many(page, WIDE, np.array([21.0]), np.array([12.0]))
    assert (found.line[0], found.cluster[0]) == (0, 1)


def test_cells_side_by_side_whose_lines_differ_in_height_do_not_mix() -> None:
    left = Box(0, 0, 2, 0, 0, 10, 10, 20, False, (1, 1), (5, 5))
    tall = Box(1, 3, 5, 1, 1, 40, 5, 60, False, (1, 1), (5, 5))
    page = _page(left, tall)
    hits = [locate(page, WIDE, x, y) for x, y in ((11, 12), (41, 12), (41, 50), (11, 50))]
    assert [h.word if h else None for h in hits] == [0, 1, 1, None]


def test_a_word_on_two_lines_is_one_word() -> None:
    page = Page.of(layout_of("m", "unbreakable", 400))
    assert (page.words, page.word_text(0)) == (1, "unbreakable")
    broken = _page(
        Box(0, 0, 2, 0, 0, 10, 10, 20, False, (1, 1), (5, 5)),
        Box(0, 2, 4, 1, 0, 10, 30, 20, False, (1, 1), (5, 5)),
        text="abcd",
    )
    spans = [locate(broken, WIDE, 11, y).word_span for y in (12, 32)]  # type: ignore[union-attr]
    assert spans == [(0, 4), (0, 4)]


def test_offsets_are_told_in_utf16_too() -> None:
    page = Page.of(layout_of("m", "a 😀 b", 400))
    assert [page.utf16(i) for i in (0, 2, 3, 5)] == [0, 2, 4, 6]


def test_a_page_of_many_versions_is_that_of_one() -> None:
    writer, page = LayoutWriter("m"), None
    for end in range(20, len(TEXT), 37):
        part = TEXT[:end]
        page = Page.of(writer.write(part, boxes_of(part, 400), end), page)
    assert page is not None
    whole = Page.of(layout_of("m", part, 400))
    assert page.text == whole.text
    for name, column in whole.columns.items():
        assert page.columns[name].tolist() == column.tolist(), name
