import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.markdown_documents import markdown_document
from tracker_app.chat.markdown import MAX_CELLS, GrowingMarkdown, render_markdown
from tracker_app.chat.rendering import Table, finished

PIECES = st.sampled_from(
    [
        *("- a", "1. b", "2. c", "* ", "+ ", "10) ", "- [ ] ", "> ", "# ", "\t", "    ", "  "),
        *("\n", "\n\n", "\r", "\r\n", "---", "===", "| a | b |", "|---|---|", "|-|", "```", "~~~"),
        *("<div>", "</div>", "<!--", "-->", "**x**", "`", "text ", "[a](b)", "[a]", "[a]: b", "!"),
        *("\ufeff", "&amp;", "\x00", "\\", "_", "天", "א", "😀", "\u2028"),
    ]
)


def _assert_grows_as_if_whole(pieces: list[str]) -> None:
    growing, raw = GrowingMarkdown(), ""
    for piece in pieces:
        raw += piece
        assert finished(growing.steps(raw)).elements == render_markdown(raw).elements, raw


@given(st.lists(PIECES, max_size=30))
def test_a_text_that_grew_is_rendered_as_if_it_came_at_once(pieces: list[str]) -> None:
    _assert_grows_as_if_whole(pieces)


@pytest.mark.parametrize("seed", range(8))
def test_a_document_that_grew_is_rendered_as_if_it_came_at_once(seed: int) -> None:
    chance = random.Random(seed)
    raw, pieces = markdown_document(chance).raw, []
    while raw:
        length = chance.randrange(1, 15)
        pieces.append(raw[:length])
        raw = raw[length:]
    _assert_grows_as_if_whole(pieces)


def test_another_text_has_nothing_of_the_one_before() -> None:
    growing = GrowingMarkdown()
    for raw in ("one\n\ntwo\n\nthree\n\nfour", "five\n\nsix"):
        assert finished(growing.steps(raw)).elements == render_markdown(raw).elements


def test_what_is_closed_is_not_made_again() -> None:
    growing = GrowingMarkdown()
    raw = "one\n\ntwo\n\nthree\n\n"
    first = finished(growing.steps(raw)).elements
    second = finished(growing.steps(raw + "four")).elements
    assert [a is b for a, b in zip(first, second, strict=False)] == [True, True, False]


def test_a_link_gets_its_target_wherever_it_comes() -> None:
    growing = GrowingMarkdown()
    texts = [
        finished(growing.steps(raw)).text
        for raw in ("see [it]\n\nmore\n\nmore\n\n", "see [it]\n\nmore\n\nmore\n\n[it]: http://x\n")
    ]
    assert texts == ["see [it]\nmore\nmore", "see it\nmore\nmore"]


def test_a_huge_table_is_set_in_parts() -> None:
    rows = 3 * MAX_CELLS // 2
    tables = render_markdown("|a|b|\n|-|-|\n" + "|1|2|\n" * rows).elements
    assert all(isinstance(t, Table) and len(t.cells) <= MAX_CELLS for t in tables)
    assert sum(len(t.rows) for t in tables if isinstance(t, Table)) == rows + 1
    assert [t.has_head for t in tables if isinstance(t, Table)] == [True, False, False, False]


@pytest.mark.parametrize("seed", range(8))
def test_the_beginning_of_a_rendering_grows_to_the_whole(seed: int) -> None:
    whole = render_markdown(markdown_document(random.Random(seed)).raw * 3)
    pieces = {(p.displayed_start, p.raw_start) for p in whole.text_map.pieces}
    lengths = []
    for size in range(1, 5000, 37):
        part = whole.beginning(size)
        assert whole.text.startswith(part.text.rstrip("\n"))
        assert {(p.displayed_start, p.raw_start) for p in part.text_map.pieces} <= pieces
        lengths.append(len(part.text))
    assert lengths == sorted(lengths)
    assert lengths[0] > 0
    assert whole.beginning(10_000) is whole
