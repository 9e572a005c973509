import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, find, texts
from tracker_app.study.study import Study
from tracker_app.ui import theme
from tracker_app.ui.consent_page import ConsentPage
from tracker_app.ui.markdown_text import MarkdownText
from tracker_app.ui.simple_pages import DeclinedPage, WelcomePage
from tracker_app.ui.window import PausePage
from tracker_app.ui.wrapping_choice import Tick


def _consent(study: Study, **changes: object) -> Study:
    return study.model_copy(update={"consent": study.consent.model_copy(update=changes)})


@pytest.fixture
def consent(qtbot: QtBot, study: Study) -> ConsentPage:
    page = ConsentPage(study)
    qtbot.addWidget(page)
    return page


def test_welcome_says_who_asks_how_long_it_takes_and_that_the_model_is_small(
    qtbot: QtBot, study: Study
) -> None:
    page = WelcomePage(study)
    qtbot.addWidget(page)
    assert study.title in texts(page)
    assert f"{study.run_by}. About {study.minutes} minutes." in texts(page)
    assert "very small language model" in texts(page)
    with qtbot.waitSignal(page.continued):
        button(page, "start").click()


def test_one_minute_is_one_minute(qtbot: QtBot, study: Study) -> None:
    page = WelcomePage(study.model_copy(update={"minutes": 1}))
    qtbot.addWidget(page)
    assert "About 1 minute." in texts(page)


def test_who_was_interrupted_is_told_that_the_camera_is_set_up_once_more(
    qtbot: QtBot, study: Study
) -> None:
    page = WelcomePage(study, is_resumed=True)
    qtbot.addWidget(page)
    assert "we set up your camera once more" in texts(page)
    assert button(page, "start").text() == "Go on"


def test_a_calibration_alone_is_announced_as_one(qtbot: QtBot, study: Study) -> None:
    page = WelcomePage(study, only_calibrates=True)
    qtbot.addWidget(page)
    assert "About 2 minutes." in texts(page)
    assert "nothing to read or to answer" in texts(page)
    assert "language model" not in texts(page)


def test_who_cannot_take_part_is_told_why_and_can_only_close(qtbot: QtBot, study: Study) -> None:
    page = WelcomePage(study, refusal="This study is closed. Thank you for coming.")
    qtbot.addWidget(page)
    assert "This study is closed." in texts(page)
    assert "Start" not in texts(page)
    with qtbot.waitSignal(page.closed):
        button(page, "close").click()


def test_nothing_is_ticked_and_agreeing_needs_every_required_tick(
    qtbot: QtBot, consent: ConsentPage
) -> None:
    boxes = consent.findChildren(Tick)
    assert not any(box.isChecked() for box in boxes)
    agree = button(consent, "agree")
    for box in boxes:
        if "optional" not in box.text():
            assert not agree.isEnabled()
            assert "tick every line that is not marked as optional" in texts(consent)
            box.setChecked(True)
    assert agree.isEnabled()
    assert "To take part" not in texts(consent)
    with qtbot.waitSignal(consent.agreed) as caught:
        agree.click()
    assert caught.args == [{"gaze": True, "mouse": True, "text": True, "eye_features": False}]


def test_who_agreed_waits_and_may_be_asked_again(qtbot: QtBot, consent: ConsentPage) -> None:
    for box in consent.findChildren(Tick):
        box.setChecked(True)
    button(consent, "agree").click()
    assert "One moment…" in texts(consent)
    assert not button(consent, "decline").isEnabled()
    assert not any(box.isEnabled() for box in consent.findChildren(Tick))
    consent.ask_again()
    assert "One moment…" not in texts(consent)
    with qtbot.waitSignal(consent.agreed):
        button(consent, "agree").click()


def test_the_way_on_closes_again_when_a_tick_is_taken_back(consent: ConsentPage) -> None:
    for box in consent.findChildren(Tick):
        box.setChecked(True)
    find(consent, Tick, "tick_mouse").setChecked(False)
    assert not button(consent, "agree").isEnabled()


def test_declining_is_one_press_of_a_button_as_large_as_the_other(
    qtbot: QtBot, consent: ConsentPage
) -> None:
    consent.resize(1280, 664)
    consent.show()
    assert button(consent, "decline").size() == button(consent, "agree").size()
    assert button(consent, "decline").property("role") == button(consent, "agree").property("role")
    with qtbot.waitSignal(consent.declined):
        button(consent, "decline").click()


def test_what_matters_most_stands_above_the_text(qtbot: QtBot, study: Study) -> None:
    page = ConsentPage(_consent(study, summary="You can stop at any moment."))
    qtbot.addWidget(page)
    assert "You can stop at any moment." in texts(page)


@pytest.mark.parametrize("size", [(1280, 664), (853, 424)])
def test_however_long_the_text_the_answers_stay_in_sight(
    size: tuple[int, int], qtbot: QtBot, study: Study
) -> None:
    ticks = [t.model_copy(update={"label": t.label * 6}) for t in study.consent.ticks]
    page = ConsentPage(_consent(study, summary="Word. " * 60, text="Text. " * 4_000, ticks=ticks))
    qtbot.addWidget(page)
    page.resize(*size)
    page.show()
    qtbot.wait(1)
    for name in ("decline", "agree"):
        answer = button(page, name)
        assert page.rect().contains(answer.rect().translated(answer.mapTo(page, answer.pos() * 0)))
        assert answer.visibleRegion().boundingRect() == answer.rect()


def test_the_words_of_a_tick_are_broken_over_lines(qtbot: QtBot) -> None:
    tick = Tick("I agree to this and that. " * 10, "tick_all")
    qtbot.addWidget(tick)
    one_line = Tick("I agree.", "tick_one")
    qtbot.addWidget(one_line)
    assert tick.heightForWidth(300) > 5 * one_line.heightForWidth(300)
    tick.resize(300, tick.heightForWidth(300))
    tick.show()
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick.rect().bottomRight() * 0.9)
    assert tick.isChecked()
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    assert not tick.isChecked()


def test_links_of_a_text_can_be_reached_and_a_text_without_any_is_no_stop(qtbot: QtBot) -> None:
    linked = MarkdownText("See [here](https://example.org).", "linked")
    plain = MarkdownText("See there.", "plain")
    for text in (linked, plain):
        qtbot.addWidget(text)
    assert linked.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert not plain.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_tab_goes_from_link_to_link_with_a_ring_and_on(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    before, after = QPushButton("before"), QPushButton("after")
    text = MarkdownText("See [here](https://a.org) or [there](https://b.org).", "linked")
    for widget in (before, text, after):
        column.addWidget(widget)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    before.setFocus()
    marked = []
    for _ in range(2):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        marked += [s.cursor.selectedText() for s in text.extraSelections()]
    assert marked == ["here", "there"]
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert text.extraSelections() == []
    qtbot.keyClick(after, Qt.Key.Key_Backtab)
    assert [s.cursor.selectedText() for s in text.extraSelections()] == ["there"]


def test_a_short_text_takes_no_more_room_than_its_lines(qtbot: QtBot) -> None:
    text = MarkdownText("One line.", "short")
    qtbot.addWidget(text)
    assert text.minimumSizeHint().height() < text.sizeHint().height() < 2 * theme.XXL


def test_who_declines_hears_that_nothing_was_recorded(qtbot: QtBot) -> None:
    page = DeclinedPage()
    qtbot.addWidget(page)
    assert "Nothing was recorded." in texts(page)
    with qtbot.waitSignal(page.closed):
        button(page, "close").click()


def test_a_pause_says_where_its_key_works(qtbot: QtBot) -> None:
    page = PausePage()
    qtbot.addWidget(page)
    assert "F9 works only while this window is the active one." in texts(page)
    with qtbot.waitSignal(page.resumed):
        button(page, "resume").click()
