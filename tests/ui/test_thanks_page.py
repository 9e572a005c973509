import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from tests.shown_widgets import accessible_name, button, find, texts
from tracker_app.study.flow import Ending
from tracker_app.study.study import Completion, Study
from tracker_app.ui.leave_panel import LeavePanel
from tracker_app.ui.thanks_page import ThanksPage, WithdrawnPage

URL = "https://app.crowd.example/done?cc=1"


def _with(study: Study, **codes: object) -> Study:
    completion = Completion.model_validate({"complete": "ALL-1", **codes})
    return study.model_copy(update={"completion": completion})


def _thanks(qtbot: QtBot, study: Study) -> ThanksPage:
    page = ThanksPage(study)
    qtbot.addWidget(page)
    page.resize(1280, 664)
    page.show()
    return page


def test_who_finished_gets_the_code_and_can_copy_it(qtbot: QtBot, study: Study) -> None:
    page = _thanks(qtbot, _with(study))
    page.thank("finished", "7f3a")
    assert "ALL-1" in texts(page)
    assert "Copied" not in texts(page)
    button(page, "copy_code").click()
    assert QGuiApplication.clipboard().text() == "ALL-1"
    assert "Copied" in texts(page)
    assert accessible_name(button(page, "copy_code")) == "Copy: Your completion code: ALL-1"


def test_the_number_to_ask_for_deletion_with_can_be_copied(qtbot: QtBot, study: Study) -> None:
    page = _thanks(qtbot, study)
    page.thank("finished", "7f3a9c20")
    assert "You can ask for deletion later with this number:" in texts(page)
    button(page, "copy_session_number").click()
    assert QGuiApplication.clipboard().text() == "7f3a9c20"


@pytest.mark.parametrize(
    ("ending", "words", "code"),
    [
        ("left", "stopped here, which is fine", "LEFT-1"),
        ("screened_out", "looks for other people", "OUT-1"),
        ("stopped", "by the person who runs it", "LEFT-1"),
        ("calibrated", "That was all.", ""),
    ],
)
def test_every_ending_has_its_words_and_its_code(
    ending: Ending, words: str, code: str, qtbot: QtBot, study: Study
) -> None:
    page = _thanks(qtbot, _with(study, left="LEFT-1", screened_out="OUT-1"))
    page.thank(ending)
    assert words in texts(page)
    for each in ("ALL-1", "LEFT-1", "OUT-1"):
        assert (each in texts(page)) is (each == code)


def test_without_a_session_there_is_nothing_to_delete_and_no_receipt(
    qtbot: QtBot, study: Study
) -> None:
    page = _thanks(qtbot, study)
    page.thank("finished")
    assert "ask for deletion" not in texts(page)
    assert not button(page, "save_receipt").isVisible()


def test_a_receipt_is_asked_for_and_then_said_where_it_lies(qtbot: QtBot, study: Study) -> None:
    page = _thanks(qtbot, study)
    page.thank("finished", "7f3a")
    with qtbot.waitSignal(page.receipt_wanted):
        button(page, "save_receipt").click()
    page.show_receipt("/home/p/receipt.txt")
    assert "Your receipt is saved: /home/p/receipt.txt" in texts(page)


def test_what_happens_next_is_said_with_how_far_it_is(qtbot: QtBot, study: Study) -> None:
    page = _thanks(qtbot, study)
    page.thank("finished", "7f3a")
    progress = find(page, QProgressBar, "upload_progress")
    assert "What happens next" not in texts(page)
    page.show_upload(3, 10, "Sending your data.", is_done=False)
    assert "What happens next" in texts(page)
    assert (progress.value(), progress.maximum(), progress.isVisible()) == (3, 10, True)
    page.show_upload(10, 10, "Your data has arrived completely.", is_done=True)
    assert not progress.isVisible()
    page.show_upload(0, 0, "Sending your data.", is_done=False)
    assert progress.maximum() == 1  # an empty range would look busy for ever


def test_what_is_kept_here_is_not_sent_and_still_gets_its_code(qtbot: QtBot, study: Study) -> None:
    page = _thanks(qtbot, _with(study))
    page.thank("finished", "7f3a", is_kept_here=True)
    assert "Everything stays on this computer. Nothing was sent." in texts(page)
    assert "ALL-1" in texts(page)


def test_the_way_back_is_opened_in_the_browser(
    qtbot: QtBot, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    page = _thanks(qtbot, _with(study, redirect_url=URL))
    page.thank("finished")
    back = button(page, "return_to_site")
    assert back.text() == "Back to app.crowd.example"
    back.click()
    assert opened == [QUrl(URL)]


def test_without_an_address_there_is_no_way_back(qtbot: QtBot, study: Study) -> None:
    page = _thanks(qtbot, _with(study))
    page.thank("finished")
    assert not button(page, "return_to_site").isVisible()
    with qtbot.waitSignal(page.closed):
        button(page, "close").click()


def test_who_withdrew_hears_that_all_is_deleted_and_where_the_receipt_lies(
    qtbot: QtBot, study: Study
) -> None:
    page = WithdrawnPage(_with(study, leaving_is_paid=True), "/home/p/receipt.txt")
    qtbot.addWidget(page)
    assert "Everything is deleted" in texts(page)
    assert "ALL-1" in texts(page)
    assert "/home/p/receipt.txt" in texts(page)
    page.show_server("The server deletes what it has within a day.")
    assert "The server deletes what it has within a day." in texts(page)


def test_who_withdrew_from_a_study_that_does_not_pay_gets_no_code(
    qtbot: QtBot, study: Study
) -> None:
    page = WithdrawnPage(_with(study))
    qtbot.addWidget(page)
    assert "ALL-1" not in texts(page)
    assert "receipt" not in texts(page)


class Leaving:
    """The panel and what it announced."""

    def __init__(self, qtbot: QtBot, study: Study) -> None:
        self.page = LeavePanel(study)
        self.announced: list[str] = []
        self.page.stayed.connect(lambda: self.announced.append("stayed"))
        self.page.left.connect(lambda: self.announced.append("left"))
        self.page.withdrew.connect(lambda: self.announced.append("withdrew"))
        qtbot.addWidget(self.page)
        self.page.show()
        self.page.enter()

    def press(self, name: str) -> None:
        button(self.page, name).click()


def test_going_on_and_stopping_are_one_press(qtbot: QtBot, study: Study) -> None:
    leaving = Leaving(qtbot, study)
    leaving.press("stay")
    leaving.press("leave_here")
    assert leaving.announced == ["stayed", "left"]


@pytest.mark.parametrize("is_paid", [True, False])
def test_pay_is_promised_only_where_the_study_pays(
    is_paid: bool, qtbot: QtBot, study: Study
) -> None:
    leaving = Leaving(qtbot, _with(study, leaving_is_paid=is_paid))
    assert ("paid for your time" in texts(leaving.page)) is is_paid


def test_deleting_everything_asks_once(qtbot: QtBot, study: Study) -> None:
    leaving = Leaving(qtbot, study)
    leaving.press("withdraw")
    assert "This cannot be taken back." in texts(leaving.page)
    leaving.press("withdraw_keep")
    assert "This cannot be taken back." not in texts(leaving.page)
    assert leaving.announced == []
    leaving.press("withdraw")
    leaving.press("withdraw_confirm")
    assert leaving.announced == ["withdrew"]


def test_a_question_left_open_is_gone_when_one_comes_again(qtbot: QtBot, study: Study) -> None:
    leaving = Leaving(qtbot, study)
    leaving.press("withdraw")
    leaving.page.enter()
    assert "This cannot be taken back." not in texts(leaving.page)
