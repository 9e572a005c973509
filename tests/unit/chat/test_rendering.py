import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.markdown_documents import markdown_document
from tracker_app.chat.markdown import render_markdown
from tracker_app.chat.rendering import BlockKind, Style, Table, render_plain
from tracker_app.text_map import Piece, TextMap

DOCUMENTS = 4_000


def _sourced(markdown: str) -> list[tuple[str, int, int]]:
    """Every displayed character that has a source, with its raw span."""
    rendering = render_markdown(markdown)
    return [
        (character, *span)
        for i, character in enumerate(rendering.text)
        if (span := rendering.text_map.to_raw(i, i + 1)) is not None
    ]


def test_thousands_of_generated_documents_map_to_where_their_characters_came_from() -> None:
    chance = random.Random(3)
    for _ in range(DOCUMENTS):
        document = markdown_document(chance)
        assert _sourced(document.raw) == document.seen, document.raw


def test_from_displayed_to_raw_and_back_is_the_same_place() -> None:
    chance = random.Random(4)
    for _ in range(DOCUMENTS // 10):
        document = markdown_document(chance)
        text_map = render_markdown(document.raw).text_map
        for piece in text_map.pieces:
            spans = [(piece.displayed_start, piece.displayed_end)]
            if piece.is_verbatim:
                spans += [(i, i + 1) for i in range(*spans[0])]
            for span in spans:
                raw = text_map.to_raw(*span)
                assert raw is not None
                assert text_map.to_displayed(*raw) == span


@given(st.text("ab *_`[]()#>-+1.\n|:~\\&;<!x=天א😀\u0301\r\t", max_size=120))
def test_any_text_has_a_rendering_whose_map_holds(raw: str) -> None:
    rendering = render_markdown(raw)
    end = raw_end = 0
    for piece in rendering.text_map.pieces:
        assert end <= piece.displayed_start < piece.displayed_end <= len(rendering.text)
        assert raw_end <= piece.raw_start < piece.raw_end <= len(raw)
        end, raw_end = piece.displayed_end, piece.raw_end
        shown = rendering.text[piece.displayed_start : piece.displayed_end]
        is_marker = shown in "•☐☑" or re.fullmatch(r"\d+\.", shown)
        if piece.is_verbatim and not is_marker:
            source = raw[piece.raw_start : piece.raw_end]
            pairs = zip(shown, source, strict=True)
            assert all(a == b or (a in " \n" and b in "\r\n\\") for a, b in pairs)


@given(st.text(max_size=60))
def test_a_plain_text_is_shown_as_it_is(raw: str) -> None:
    rendering = render_plain(raw)
    assert len(rendering.text) == len(raw)
    assert rendering.text_map.pieces == ((Piece(0, len(raw), 0, len(raw)),) if raw else ())


def test_a_table_is_rows_of_cells_with_room_before_and_after() -> None:
    rendering = render_markdown("| a | b |\n|:-:|--:|\n| c |")
    (table,) = rendering.elements
    assert isinstance(table, Table)
    assert table.alignments == ("Center", "Right")
    assert [[cell.text for cell in row] for row in table.rows] == [["a", "b"], ["c", ""]]
    kinds = [block.kind for block in rendering.blocks]
    assert kinds == [BlockKind.SPACER, *[BlockKind.CELL] * 4, BlockKind.SPACER]


def test_items_carry_their_marker_and_stand_in() -> None:
    rendering = render_markdown("7. seven\n8. eight\n   - [x] done\n   - [ ] open\n-\n- - deep")
    shown = [(block.text, block.indent) for block in rendering.blocks]
    assert shown == [
        ("7.\tseven", 1),
        ("8.\teight", 1),
        ("☑\tdone", 2),
        ("☐\topen", 2),
        ("•\t", 1),
        ("•\t", 1),
        ("•\tdeep", 2),
    ]


def test_styles_add_up() -> None:
    (block,) = render_markdown("***both*** `code` [**bold link**](x)").blocks
    styles = {span.text: span.style for span in block.spans}
    assert styles["both"] == Style.BOLD | Style.ITALIC
    assert styles["code"] == Style.CODE
    assert styles["bold link"] == Style.BOLD | Style.LINK


def test_code_over_lines_and_in_tables_knows_its_characters() -> None:
    raw = "> `a\n> b` |\n\n| x |\n|-|\n| `p\\|q` |"
    rendering = render_markdown(raw)
    start = rendering.text.index("p|q")
    assert rendering.text_map.to_raw(start, start + 3) == (raw.index("p\\|q"), raw.index("q`") + 1)
    start = rendering.text.index("a b")
    assert rendering.text_map.to_raw(start + 2, start + 3) == (raw.index("b`"), raw.index("b`") + 1)


def test_a_picture_without_a_name_is_said_to_be_one() -> None:
    assert render_markdown("see ![](a.png)").text == "see [picture]"


@pytest.mark.parametrize("character", ["\ufffc", "\ufffe", "\u2029", "\ufdd0", "\x0b", "\x7f"])
def test_characters_a_text_view_cannot_show_keep_their_place(character: str) -> None:
    rendering = render_markdown(f"a{character}b")
    assert rendering.text == "a\N{REPLACEMENT CHARACTER}b"
    assert rendering.text_map.to_raw(2, 3) == (2, 3)


def test_what_was_put_in_has_no_source_and_what_is_hidden_no_place() -> None:
    text_map = TextMap([Piece(0, 3, 2, 5), Piece(4, 5, 9, 14)])
    assert text_map.to_raw(3, 4) is None
    assert text_map.to_displayed(5, 9) is None
    assert text_map.to_raw(2, 5) == (4, 14)
    assert text_map.to_displayed(11, 12) == (4, 5)
    assert text_map.to_displayed(0, 3) == (0, 1)
    assert text_map.to_raw(1, 1) is None


def test_neighbouring_verbatim_pieces_are_one() -> None:
    pieces = TextMap([Piece(0, 3, 0, 3), Piece(3, 5, 3, 5), Piece(5, 6, 5, 9)]).pieces
    assert pieces == (Piece(0, 5, 0, 5), Piece(5, 6, 5, 9))
