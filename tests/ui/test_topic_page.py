import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.shown_widgets import accessible_name, find, texts
from tracker_app.study.study import Topic
from tracker_app.ui import theme
from tracker_app.ui.topic_page import TopicCard, TopicPage

LONG = Topic(
    id="long", title="Electric aeroplanes " * 6, text="Batteries are heavy. " * 40,
    source="A journal", date="2026-01-02",
)  # fmt: skip
SHORT = Topic(id="short", title="Sleep")


def _page(qtbot: QtBot, topics: list[Topic], width: int = 1280) -> TopicPage:
    page = TopicPage(topics)
    qtbot.addWidget(page)
    page.resize(width, 664)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.enter()
    return page


def test_a_card_says_what_it_is_about_and_where_it_is_from(qtbot: QtBot) -> None:
    page = _page(qtbot, [LONG])
    card = find(page, TopicCard, "topic_long")
    assert accessible_name(card) == LONG.title
    assert card.accessibleDescription() == f"{LONG.text} A journal, 2026-01-02"
    assert "A journal, 2026-01-02" in texts(page)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_key_chooses_the_card_that_has_the_focus(key: Qt.Key, qtbot: QtBot) -> None:
    page = _page(qtbot, [LONG, SHORT])
    qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    with qtbot.waitSignal(page.chosen) as caught:
        qtbot.keyClick(page.focusWidget(), key)
    assert caught.args == ["short"]


def test_the_whole_card_can_be_clicked(qtbot: QtBot) -> None:
    page = _page(qtbot, [LONG, SHORT])
    card = find(page, TopicCard, "topic_long")
    child = page.childAt(card.mapTo(page, card.rect().center()))
    assert child is card  # no word of it is in the way
    with qtbot.waitSignal(page.chosen):
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 7, 12])
@pytest.mark.parametrize("width", [800, 1280])
def test_no_card_overlaps_another_or_cuts_its_words(number: int, width: int, qtbot: QtBot) -> None:
    topics = [
        (LONG if i % 3 == 0 else SHORT).model_copy(update={"id": f"t{i}"}) for i in range(number)
    ]
    page = _page(qtbot, topics, width)
    qtbot.wait(1)
    cards = page.findChildren(TopicCard)
    for i, card in enumerate(cards):
        assert card.height() >= theme.CARD_HEIGHT
        layout, around = card.layout(), card.parentWidget()
        assert layout is not None
        assert around is not None
        assert card.height() >= layout.heightForWidth(card.width())
        assert card.geometry().right() <= around.width()
        assert not any(card.geometry().intersects(other.geometry()) for other in cards[:i])
