"""Whatever a model sends is shown, measured and recorded, in pieces or at once."""

# ruff: noqa: RUF001 # texts in many scripts

import random
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from tests.shown_message import ShownMessage
from tracker_app.aoi import Box
from tracker_app.chat.markdown import render_markdown
from tracker_app.codec import decode_batch, encode_batch
from tracker_app.records import Layout
from tracker_app.ui import theme
from tracker_app.ui.message_document import MessageDocument
from tracker_app.ui.word_boxes import WordMeasurer

READING = theme.READING["gaze"]
HEBREW = "שלום (עולם), זה [טקסט] בעברית עם 2024 ומילה English בפנים - כן! "
ARABIC = "السماء زرقاء (لأن الهواء) يبعثر 2024 الضوء، وكلمة English هنا - نعم. "
GROWING = {
    "english": "The tides are **caused** by the moon, `which` pulls on every part of it. ",
    "hebrew": HEBREW,
    "arabic": ARABIC,
    "open bracket": f"({HEBREW}[{ARABIC}" * 2 + "))",
    "cjk": "阳光在空气中散射，**蓝光**散射得最多。日本語の文章。한국어 문장. ",
    "emoji": "Family 👩‍👩‍👧‍👦, 👨‍🚀, flags 🇩🇪🇯🇵, skin 👍🏽, heart ❤️, keycap 1️⃣ 😀😃. ",
    "accents": "e\u0301te\u0301 a\u0308\u0323 ",
    "thai": "ท้องฟ้าเป็นสีฟ้าเพราะอากาศ ",
    "devanagari": "आकाश नीला क्यों है क्षत्रिय ",
    "broken word": "unbroken" * 5,
    "short lines": "a\n",
    "code": "    def f(x): return *x*  # אבג\n",
    "list": "- an item\n  - and one inside it\n",
    "table": "|a word|and|\n|-|:-:|\n|some longer words|x|\n|וגם|天空|\n",
}


def _boxes(raw: str) -> tuple[Box, ...]:
    document = MessageDocument(READING)
    document.setTextWidth(420)
    document.show_rendering(render_markdown(raw))
    return WordMeasurer(document).measure()


@pytest.mark.parametrize("kind", GROWING)
def test_what_grew_is_measured_as_if_it_came_at_once(qtbot: QtBot, kind: str) -> None:
    chance = random.Random(kind)
    raw = GROWING[kind] * (1 if kind == "table" else 9)
    document = MessageDocument(READING)
    document.setTextWidth(420)
    measurer = WordMeasurer(document)
    end = 0
    while end < len(raw):
        end = min(len(raw), end + chance.randrange(1, 1 + len(raw) // 6))
        rendering = render_markdown(raw[:end])
        measurer.note(document.show_rendering(rendering))
        for step, _ in enumerate(measurer.steps()):
            if step == chance.randrange(40):
                break  # more came before it was measured
        else:
            assert measurer.boxes == _boxes(raw[:end])
    assert measurer.measure() == _boxes(raw)


def test_a_wider_column_moves_the_cells_above(qtbot: QtBot) -> None:
    head = "|a|b|c|\n|-|-|-|\n|1|2|3|\n"
    document = MessageDocument(READING)
    document.setTextWidth(420)
    measurer = WordMeasurer(document)
    for raw in (head, head + "|some much longer words here|x|y|\n"):
        measurer.note(document.show_rendering(render_markdown(raw)))
        boxes = measurer.measure()
    assert boxes == _boxes(raw)


ODD = {
    "a word of 20 kB": "unbroken" * 2500,
    "lines without end": "words without any break " * 2000,
    "control characters": "a\x00b\x01c\x07d\x1be\x7ff\u2028g\u2029h\ufffci\ufffej\u202ek " * 20,
    "short lines": "a\n" * 3000,
    "short paragraphs": "a\n\n" * 1000,
    "nested": "".join(f"{'  ' * i}- depth {i}\n" for i in range(60)) + "> " * 60 + "deep",
    "cells": "|1|2|3|4|5|6|7|8|9|0|\n" + "|-" * 10 + "|\n" + "|1|2|3|4|5|6|7|8|9|0|\n" * 199,
    "html": '<img src="x"> <script>alert(1)</script>\n' * 50,
    "marks": "*_`#[]()<>|\\~" * 100,
}


@pytest.mark.parametrize("kind", ODD)
def test_every_character_is_shown_and_recorded_in_a_place_of_its_own(
    qtbot: QtBot, kind: str
) -> None:
    raw = ODD[kind]
    shown = ShownMessage(READING)
    shown.bring_to("still", raw)
    text = shown.view.rendering.text
    assert text == render_markdown(raw).text
    assert shown.view.toPlainText().replace("\u2028", "\n") == text
    layout = [r for r in shown.records if isinstance(r, Layout)][-1]
    assert (layout.base, layout.text) == (None, text)
    spans = list(zip(layout.start, layout.end, strict=True))
    assert "".join(text[a:b] for a, b in spans) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    (entry,) = decode_batch(encode_batch([layout], 0, 0))
    assert entry.record == layout
    shown.close()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("unbroken" * 12_500, id="a word of 100 kB"),
        pytest.param("|1|2|3|4|5|\n|-|-|-|-|-|\n" + "|1|2|3|4|5|\n" * 1999, id="10,000 cells"),
    ],
)
def test_a_huge_answer_is_measured_whole(qtbot: QtBot, raw: str) -> None:
    text = render_markdown(raw).text
    assert "".join(text[b.start : b.end] for b in _boxes(raw)) == "".join(text.split())


def test_an_answer_that_comes_in_large_pieces_ends_with_one_complete_layout(qtbot: QtBot) -> None:
    shown = ShownMessage(READING)
    raw = "\n\n".join(f"Paragraph {i} has a few words to read." for i in range(400))
    for end in (9_000, 11_000, 12_000):
        shown.view.show_message("m", raw[:end], is_growing=True)
        qtbot.wait(1)
    shown.view.show_message("m", raw)
    qtbot.waitUntil(lambda: shown.view.is_settled)
    layouts = [r for r in shown.records if isinstance(r, Layout)]
    assert layouts[-1].base is None
    assert layouts[-1].text == render_markdown(raw).text
    shown.view.show_message("m", raw)  # as it stands: nothing new to record
    qtbot.wait(150)
    assert [r for r in shown.records if isinstance(r, Layout)] == layouts
    shown.close()
