from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import Qt, QTextDocument
from pytestqt.qtbot import QtBot
from tracker_app.ui.answer_view import style_document

from tracker_app.ui import theme
from tracker_app.ui.word_boxes import displayed_text, measure_words

TEXTS = {
    "latin": "Sunlight meets *molecules* of air, so **blue** light is scattered much more.",
    "emoji": "A 👩‍👩‍👧 family 😀 and a flag 🇩🇪 with words between them and after.",
    "cjk": "天空为什么是蓝色的。因为阳光 meets molecules 在空气中散射。",
    "list": "Points:\n\n- first item\n- second item, long enough to wrap around\n\n1. one\n2. two",
    "table": "| head one | head two |\n|---|---|\n| cell a | cell b |\n| cell c | cell d |",
    "code": "Try this:\n\n```python\nfor i in range(3):\n    print(i)\n```\n\nDone.",
    "heading": "# A *heading*\n\nText under it.\n\n> A quotation here.",
    "long word": "x" * 200 + " end",
}


def _document(markdown: str) -> QTextDocument:
    document = QTextDocument()
    document.setDefaultFont(theme.font(24))
    document.setTextWidth(420)
    document.setMarkdown(markdown)
    style_document(document, theme.READING["gaze"])
    return document


@pytest.mark.parametrize("name", TEXTS)
def test_every_word_has_a_box_and_boxes_cover_nothing_else(qtbot: QtBot, name: str) -> None:
    document = _document(TEXTS[name])
    text = displayed_text(document)
    boxes = measure_words(document)
    covered = "".join(text[b.start : b.end] for b in boxes)
    assert covered == "".join(text.split())
    assert all(b.width > 0 and b.height > 0 for b in boxes)


@pytest.mark.parametrize("name", TEXTS)
def test_the_middle_of_each_box_hits_its_own_word(qtbot: QtBot, name: str) -> None:
    document = _document(TEXTS[name])
    layout = document.documentLayout()
    units = [0]
    for character in displayed_text(document):
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    for box in measure_words(document):
        middle = QPointF(box.left + box.width / 2, box.top + box.height / 2)
        hit = layout.hitTest(middle, Qt.HitTestAccuracy.FuzzyHit)
        assert units[box.start] <= hit <= units[box.end]


def test_boxes_of_one_line_do_not_overlap(qtbot: QtBot) -> None:
    boxes = measure_words(_document(TEXTS["latin"]))
    for one, two in pairwise(boxes):
        if one.line == two.line:
            assert one.left + one.width <= two.left + 0.5
        else:
            assert two.line == one.line + 1
            assert two.top > one.top


def test_a_broken_word_has_a_box_on_each_of_its_lines(qtbot: QtBot) -> None:
    boxes = [b for b in measure_words(_document(TEXTS["long word"])) if b.end <= 200]
    assert len(boxes) > 1
    assert [b.line for b in boxes] == list(range(len(boxes)))
    assert [b.start for b in boxes[1:]] == [b.end for b in boxes[:-1]]
