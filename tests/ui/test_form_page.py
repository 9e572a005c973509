import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, find, texts
from tracker_app.study.flow import Step
from tracker_app.study.study import AfterTalk, Question, Questionnaire, Study
from tracker_app.ui.form_page import FormPage
from tracker_app.ui.form_parts import form_page

AGE = Question(id="age", label="How old are you?", kind="number", low=18, high=99)
DEGREE = Question(id="degree", label="Your degree?", kind="choice", options=["None", "Master"])
COUNTRY = Question(
    id="country", label="Your country?", kind="choice", options=list("ABCDEFG"), required=False
)
OFTEN = Question(id="often", label="How often?", kind="scale", high=7, required=False)
NOTE = Question(id="note", label="Anything else?", kind="text", required=False)


class Form:
    """A form on the screen."""

    def __init__(self, qtbot: QtBot, page: FormPage) -> None:
        self.page, self._qtbot = page, qtbot
        self.finished: list[dict[str, str]] = []
        page.finished.connect(self.finished.append)
        qtbot.addWidget(page)
        page.resize(1280, 664)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        page.enter()

    def go_on(self) -> None:
        self._qtbot.keyClick(
            self.page.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )

    def press(self, name: str) -> None:
        find(self.page, QAbstractButton, name).click()

    @property
    def focused(self) -> str:
        widget = self.page.focusWidget()
        assert isinstance(widget, QWidget)
        return widget.objectName()


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    return Form(qtbot, FormPage("questionnaire", "You", [AGE, DEGREE, COUNTRY, OFTEN, NOTE]))


def test_the_field_follows_the_kind_of_question_and_the_number_of_options(form: Form) -> None:
    assert find(form.page, QLineEdit, "age").isVisible()
    assert len(form.page.findChildren(QRadioButton)) == 2
    assert find(form.page, QComboBox, "country").currentIndex() == -1
    assert find(form.page, QPlainTextEdit, "note").isVisible()
    assert button(form.page, "often_7").isCheckable()


def test_what_must_and_what_may_be_answered_is_said_in_words(form: Form) -> None:
    assert "How old are you? (required)" in texts(form.page)
    assert "Your country? (optional)" in texts(form.page)


def test_where_all_must_be_answered_nothing_is_marked(qtbot: QtBot) -> None:
    form = Form(qtbot, FormPage("questionnaire", "You", [AGE, DEGREE]))
    assert "(required)" not in texts(form.page)


def test_mistakes_are_said_beside_the_fields_only_after_a_try_to_go_on(form: Form) -> None:
    find(form.page, QLineEdit, "age").setText("twelve")
    assert "Please" not in texts(form.page)
    form.go_on()
    assert form.finished == []
    assert "Please enter a whole number from 18 to 99." in texts(form.page)
    assert "Please choose one of these." in texts(form.page)
    assert form.focused == "age"
    find(form.page, QLineEdit, "age").setText("17")
    assert "Please enter a whole number" in texts(form.page)
    find(form.page, QLineEdit, "age").setText("18")
    assert "Please enter a whole number" not in texts(form.page)
    form.go_on()
    assert form.focused == "degree_0"


def test_answers_are_announced_and_an_optional_one_left_out_is_empty(form: Form) -> None:
    find(form.page, QLineEdit, "age").setText(" 042 ")
    form.press("degree_1")
    form.go_on()
    assert form.finished == [
        {"age": "42", "degree": "Master", "country": "", "often": "", "note": ""}
    ]


def test_all_kinds_of_answers_are_announced(form: Form) -> None:
    find(form.page, QLineEdit, "age").setText("٤٢")  # digits are digits
    form.press("degree_0")
    find(form.page, QComboBox, "country").setCurrentText("C")
    form.press("often_3")
    find(form.page, QPlainTextEdit, "note").setPlainText(" Two\nlines ")
    form.press("questionnaire_done")
    assert form.finished == [
        {"age": "42", "degree": "None", "country": "C", "often": "3", "note": "Two\nlines"}
    ]


@pytest.mark.parametrize("text", ["", "1.5", "17", "100", "-20", "²", "9" * 20])
def test_what_is_no_number_in_the_range_is_refused(text: str, form: Form) -> None:
    form.press("degree_0")
    find(form.page, QLineEdit, "age").setText(text)
    form.go_on()
    assert form.finished == []


def test_enter_in_a_line_goes_on(qtbot: QtBot, form: Form) -> None:
    form.press("degree_0")
    line = find(form.page, QLineEdit, "age")
    line.setText("50")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert len(form.finished) == 1


def test_an_optional_choice_can_be_cleared(form: Form) -> None:
    clear = button(form.page, "clear_often")
    assert not clear.isVisible()
    form.press("often_3")
    assert clear.isVisible()
    clear.click()
    assert not button(form.page, "often_3").isChecked()
    assert form.focused == "often_1"
    find(form.page, QLineEdit, "age").setText("50")
    form.press("degree_0")
    form.go_on()
    assert form.finished[0]["often"] == ""


def test_digits_choose_a_step_of_a_scale(qtbot: QtBot, form: Form) -> None:
    step = button(form.page, "often_1")
    step.setFocus()
    qtbot.keyClick(step, Qt.Key.Key_6)
    assert button(form.page, "often_6").isChecked()
    assert form.focused == "often_6"
    qtbot.keyClick(button(form.page, "often_6"), Qt.Key.Key_9)  # there is none
    assert button(form.page, "often_6").isChecked()


def test_the_wheel_does_not_change_a_choice_it_scrolls_past(form: Form) -> None:
    box = find(form.page, QComboBox, "country")
    box.setCurrentText("C")
    centre = QPointF(box.rect().center())
    turned = QWheelEvent(
        centre,
        QPointF(box.mapToGlobal(centre)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, turned)
    assert box.currentText() == "C"


def test_the_first_wrong_field_is_scrolled_into_sight(qtbot: QtBot) -> None:
    many = [NOTE.model_copy(update={"id": f"note_{i}"}) for i in range(12)]
    form = Form(qtbot, FormPage("questionnaire", "You", [*many, AGE]))
    line = find(form.page, QLineEdit, "age")
    assert line.visibleRegion().isEmpty()
    form.go_on()
    qtbot.waitUntil(lambda: line.visibleRegion().boundingRect() == line.rect())


def test_knowledge_is_asked_before_and_twice_after(qtbot: QtBot, study: Study) -> None:
    before = Form(qtbot, form_page(study, Step.KNOWLEDGE_BEFORE, "heat pumps"))
    now = "How much do you know about “heat pumps” now?"
    assert now in texts(before.page)
    before.press("knowledge_2")
    before.press("knowledge_before_done")
    assert before.finished == [{"knowledge": "2"}]
    after = Form(qtbot, form_page(study, Step.KNOWLEDGE_AFTER, "heat pumps"))
    assert now in texts(after.page)
    assert "Looking back, how much did you know about “heat pumps” before?" in texts(after.page)
    after.press("now_4")
    after.press("knowledge_after_done")
    assert after.finished == []
    after.press("looking_back_1")
    after.press("knowledge_after_done")
    assert after.finished == [{"now": "4", "looking_back": "1"}]


def test_without_a_topic_knowledge_is_asked_all_the_same(qtbot: QtBot, study: Study) -> None:
    form = Form(qtbot, form_page(study, Step.KNOWLEDGE_BEFORE, ""))
    assert "How much do you know now about what you ask?" in texts(form.page)


def _summary(qtbot: QtBot, study: Study, least: int) -> Form:
    after = AfterTalk(summary=True, summary_min_characters=least)
    return Form(qtbot, form_page(study.model_copy(update={"after": after}), Step.SUMMARY, ""))


def test_a_summary_is_counted_quietly_and_refused_only_after_a_try(
    qtbot: QtBot, study: Study
) -> None:
    form = _summary(qtbot, study, 20)
    box = find(form.page, QPlainTextEdit, "summary")
    box.setPlainText("  Sleep helps.  ")
    assert "12 of at least 20 characters" in texts(form.page)
    assert "Please" not in texts(form.page)
    form.go_on()
    assert "8 more characters" in texts(form.page)
    box.setPlainText("Sleep helps us learn.")
    form.go_on()
    assert form.finished == [{"summary": "Sleep helps us learn."}]


def test_a_summary_without_a_minimum_has_no_count_but_must_not_be_empty(
    qtbot: QtBot, study: Study
) -> None:
    form = _summary(qtbot, study, 0)
    assert "characters" not in texts(form.page)
    form.go_on()
    assert "Please write something here." in texts(form.page)


def test_feedback_may_stay_empty(qtbot: QtBot, study: Study) -> None:
    form = Form(qtbot, form_page(study, Step.FEEDBACK, ""))
    form.press("feedback_done")
    assert form.finished == [{"feedback": ""}]


def test_a_questionnaire_has_the_study_s_title_or_ours(qtbot: QtBot, study: Study) -> None:
    for title, shown in (("Who are you?", "Who are you?"), ("", "A few questions about you")):
        asked = Questionnaire(title=title, questions=[AGE])
        page = form_page(study.model_copy(update={"questionnaire": asked}), Step.QUESTIONNAIRE, "")
        qtbot.addWidget(page)
        assert page.title.text() == shown


def test_arrows_go_from_step_to_step(qtbot: QtBot, form: Form) -> None:
    step = button(form.page, "often_1")
    step.setFocus()
    qtbot.keyClick(step, Qt.Key.Key_Right)
    assert form.focused == "often_2"
    qtbot.keyClick(button(form.page, "often_2"), Qt.Key.Key_Space)
    assert button(form.page, "often_2").isChecked()
