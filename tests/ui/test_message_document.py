import random
from itertools import pairwise

import pytest
from PySide6.QtGui import QFontInfo
from pytestqt.qtbot import QtBot

from tests.markdown_documents import markdown_document
from tracker_app.aoi import Box
from tracker_app.chat.markdown import render_markdown
from tracker_app.ui import theme
from tracker_app.ui.message_document import Kept, MessageDocument
from tracker_app.ui.word_boxes import WordMeasurer

READING = theme.READING["gaze"]


def _plain(document: MessageDocument) -> str:
    return document.toPlainText().replace("\u2028", "\n")


def _boxes(markdown: str, width: int = 420) -> tuple[Box, ...]:
    document = MessageDocument(READING)
    document.setTextWidth(width)
    document.show_rendering(render_markdown(markdown))
    return WordMeasurer(document).measure()


@pytest.mark.parametrize("seed", range(40))
def test_the_document_shows_exactly_the_text_of_the_rendering(qtbot: QtBot, seed: int) -> None:
    rendering = render_markdown(markdown_document(random.Random(seed)).raw)
    document = MessageDocument(READING)
    document.show_rendering(rendering)
    assert _plain(document) == rendering.text
    assert document.blockCount() == len(rendering.blocks)


@pytest.mark.parametrize("mark", ["\ufeff", "\ufffe"])
@pytest.mark.parametrize("raw", ["{}Hello there", "Hi **{}you** there", "Hi `{}you` there"])
def test_a_byte_order_mark_moves_no_character(qtbot: QtBot, raw: str, mark: str) -> None:
    rendering = render_markdown(raw.format(mark))
    document = MessageDocument(READING)
    document.show_rendering(rendering)
    assert len(rendering.text) == len("Hello there" if "Hello" in raw else "Hi you there") + 1
    assert _plain(document) == rendering.text


@pytest.mark.parametrize("seed", range(12))
def test_a_document_that_grew_is_the_same_as_one_shown_at_once(qtbot: QtBot, seed: int) -> None:
    chance = random.Random(seed)
    raw = markdown_document(chance).raw
    growing = MessageDocument(READING)
    growing.setTextWidth(420)
    measurer = WordMeasurer(growing)
    end = 0
    while end < len(raw):
        end = min(len(raw), end + chance.randrange(1, 25))
        rendering = render_markdown(raw[:end])
        measurer.note(growing.show_rendering(rendering))
        boxes = measurer.measure()
        assert _plain(growing) == rendering.text
    assert boxes == _boxes(raw)


def test_a_document_that_shrank_to_one_block_still_shows_it(qtbot: QtBot) -> None:
    document = MessageDocument(READING)
    document.setTextWidth(420)
    for raw in ("one\n\n[1]:", "one\n\n[1]: http://an.address"):  # the second line is a link's
        document.show_rendering(render_markdown(raw))
        boxes = WordMeasurer(document).measure()
    assert boxes == _boxes("one")


def test_what_stands_above_is_kept_while_a_document_grows(qtbot: QtBot) -> None:
    document = MessageDocument(READING)
    for raw, kept in (
        ("one\n\ntwo\n\nthr", Kept(0, 0, 0)),
        ("one\n\ntwo\n\nthree\n\nfour", Kept(2, 3, 2)),
        ("one\n\n|a|\n|-|\n|b|\n\nx", Kept(1, 0, 1)),
        ("one\n\n|a|\n|-|\n|b|\n\nx y", Kept(3, 1, 3)),
        ("one\n\n|a|\n|-|\n|b|\n|c|", Kept(3, 0, 1)),
        ("one\n\n|a|\n|-|\n|b|\n|cd|\n|e|", Kept(3, 0, 1)),
        ("one\n\n|a|\n|-|\n|b|\n\nx", Kept(3, 0, 1)),
    ):
        assert document.show_rendering(render_markdown(raw)) == kept


def test_headings_have_one_size_throughout(qtbot: QtBot) -> None:
    document = MessageDocument(READING)
    document.show_rendering(render_markdown("# Plain *italic* plain\n\nText"))
    sizes = {f.format.font().pixelSize() for f in document.begin().textFormats()}
    assert sizes == {READING.heading_px}


def test_code_is_set_in_a_font_of_fixed_width(qtbot: QtBot) -> None:
    document = MessageDocument(READING)
    document.show_rendering(render_markdown("```\ncode\n```"))
    (run,) = document.begin().textFormats()
    assert QFontInfo(run.format.font()).fixedPitch()


def test_every_character_has_a_place_of_its_own(qtbot: QtBot) -> None:
    for word in ("office", "AVATAR", "fjord"):
        (box,) = _boxes(word)
        assert box.cluster_length == (1,) * len(word)
        assert all(width > 2 for width in box.cluster_width)
    (narrow,) = _boxes("TT")
    (kerned,) = _boxes("To")
    assert kerned.cluster_width[0] == narrow.cluster_width[0]


def test_an_emoji_is_one_character(qtbot: QtBot) -> None:
    (box,) = _boxes("👩‍👩‍👧")
    assert box.cluster_length == (5,)


def test_words_that_run_both_ways_are_cut_where_the_direction_turns(qtbot: QtBot) -> None:
    text = "אבג-2024"
    boxes = _boxes(text)
    assert [text[b.start : b.end] for b in boxes] == ["אבג-", "2024"]
    assert [b.is_rtl for b in boxes] == [True, False]
    assert {b.word for b in boxes} == {0}
    assert boxes[1].left + sum(boxes[1].cluster_width) == pytest.approx(boxes[0].left, abs=0.05)


def test_a_broken_word_has_a_box_on_each_of_its_lines(qtbot: QtBot) -> None:
    boxes = _boxes("x" * 200 + " end")
    parts = [b for b in boxes if b.word == 0]
    assert len(parts) > 1
    assert [b.line for b in parts] == list(range(len(parts)))
    assert [b.start for b in parts[1:]] == [b.end for b in parts[:-1]]
    assert boxes[-1].word == 1


@pytest.mark.parametrize("seed", range(12))
def test_every_word_has_a_box_and_boxes_cover_nothing_else(qtbot: QtBot, seed: int) -> None:
    raw = markdown_document(random.Random(seed)).raw
    text = render_markdown(raw).text
    assert "".join(text[b.start : b.end] for b in _boxes(raw)) == "".join(text.split())


def test_the_hook_of_an_italic_f_hangs_over_its_neighbour(qtbot: QtBot) -> None:
    (upright,), (italic,) = _boxes("nn"), _boxes("*fn*")
    assert upright.overhangs == ()
    right = italic.left + italic.cluster_width[0]
    assert any(h.cluster == 0 and h.left + h.width > right + 0.5 for h in italic.overhangs)


def test_outlines_of_emoji_are_left_alone(qtbot: QtBot) -> None:
    # Asking Qt for them makes it draw that size of emoji as nothing, and narrower.
    before = _boxes("👩‍👩‍👧 *f* 👍🏽")
    assert _boxes("👩‍👩‍👧 *f* 👍🏽") == before
    assert before[0].cluster_width[0] > READING.size_px * 0.8


def test_the_space_between_lines_belongs_half_to_each(qtbot: QtBot) -> None:
    document = MessageDocument(READING)
    document.setTextWidth(300)
    document.show_rendering(render_markdown("Some words that need a few lines.\n\nAnother one"))
    boxes = WordMeasurer(document).measure()
    lines = {b.line: (b.top, b.top + b.height) for b in boxes if b.paragraph == 0}
    assert len(lines) >= 2
    for (_, end), (start, _) in pairwise(lines.values()):
        assert end == pytest.approx(start, abs=0.02)
    heights = [end - start for start, end in lines.values()]
    assert heights == pytest.approx([READING.line_height_px] * len(lines), abs=1.5)
    assert boxes[-1].top > max(end for _, end in lines.values())
    first = document.begin().layout().lineAt(0)
    middle = document.documentLayout().blockBoundingRect(document.begin()).y()
    middle += first.y() + first.height() / 2
    assert boxes[0].top + boxes[0].height / 2 == pytest.approx(middle, abs=1)


def test_accents_hang_over_nobody_and_piles_of_them_are_kept_short(qtbot: QtBot) -> None:
    (box,) = _boxes("re\u0301sume\u0301")
    assert box.overhangs == ()
    (pile,) = _boxes("a" + "\u0301" * 3000)
    assert pile.cluster_length == (3001,)
    assert len(pile.overhangs) <= 100
