"""What holds for all pages: names, keyboard, and nothing cut off in a low window or long words."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.shown_widgets import accessible_name
from tracker_app.chat.rendering import render_plain
from tracker_app.study.study import AfterTalk, Completion, Instruction, Question, Study, Topic
from tracker_app.ui import theme
from tracker_app.ui.cockpit_panel import CockpitState, PrivacyCockpit
from tracker_app.ui.code_page import CodePage
from tracker_app.ui.consent_page import ConsentPage
from tracker_app.ui.form_page import (
    FormPage,
    feedback_page,
    knowledge_after_page,
    knowledge_before_page,
    summary_page,
)
from tracker_app.ui.instructions_page import InstructionsPage
from tracker_app.ui.key_sentence_page import KeySentencePage
from tracker_app.ui.leave_panel import LeavePanel
from tracker_app.ui.page import Page
from tracker_app.ui.review_page import ReviewPage
from tracker_app.ui.review_timeline import ReviewItem
from tracker_app.ui.setup_page import SetupPage
from tracker_app.ui.simple_pages import DeclinedPage, WelcomePage
from tracker_app.ui.thanks_page import ThanksPage, WithdrawnPage
from tracker_app.ui.topic_page import TopicPage
from tracker_app.ui.window import PausePage, Window

QUESTIONS = [
    Question(id="age", label="How old are you?", kind="number", low=18, high=99),
    Question(id="degree", label="Your degree?", kind="choice", options=["None", "A master's"]),
    Question(id="land", label="Where?", kind="choice", options=list("ABCDEFG"), required=False),
    Question(id="often", label="How often?", kind="scale", high=11, low_label="never"),
    Question(id="note", label="Anything else?", kind="text", required=False),
]
LOW = 853, 424  # what a screen of 1280 x 720 at 150% leaves below the bar
USUAL = 1280, 664
HIGH = 1280, 2_400  # nothing scrolls


def _cockpit(_: Study) -> Page:
    page = PrivacyCockpit()
    rows = tuple((f"14:05:{i}", "The mouse moved.") for i in range(10, 20))
    page.show_state(CockpitState("on", "off", ("Gaze.",), "/home/p/" + "long/" * 20, rows=rows))
    return page


def _review(_: Study) -> Page:
    page = ReviewPage()
    page.show_items(
        [
            ReviewItem(f"t{i}", "Why? " * 20, "14:05", "1 min", "gaze", "turn", i, True)
            for i in range(6)
        ]
    )
    return page


def _thanks(study: Study) -> Page:
    codes = Completion(complete="C-1", redirect_url="https://a-long-name.of.a.host.example/")
    page = ThanksPage(study.model_copy(update={"completion": codes}))
    page.thank("finished", "7f3a9c20d1e84b6a")
    page.show_upload(1, 2, "Sending your data.", is_done=False)
    return page


def _topics(_: Study) -> Page:
    return TopicPage([Topic(id=f"t{i}", title="Sleep", text="How much?") for i in range(5)])


PAGES: dict[str, Callable[[Study], Page]] = {
    "code": lambda _: CodePage(),
    "welcome": lambda study: WelcomePage(study, is_resumed=True),
    "consent": ConsentPage,
    "declined": lambda _: DeclinedPage(),
    "instructions": lambda _: InstructionsPage(
        [Instruction(title="Ask", text="See [this](https://example.org). " + "So. " * 99)] * 2
    ),
    "setup": lambda _: SetupPage(),
    "topic": _topics,
    "questionnaire": lambda _: FormPage("questionnaire", "You", QUESTIONS),
    "knowledge_before": lambda _: knowledge_before_page("sleep"),
    "knowledge_after": lambda _: knowledge_after_page("sleep"),
    "summary": lambda _: summary_page("", AfterTalk(summary=True, summary_min_characters=9)),
    "key_sentence": lambda _: KeySentencePage("Why?", render_plain("Because. " * 300)),
    "feedback": lambda _: feedback_page(),
    "review": _review,
    "thanks": _thanks,
    "withdrawn": lambda study: WithdrawnPage(study, "/home/p/receipt.txt"),
    "leave": LeavePanel,
    "cockpit": _cockpit,
    "paused": lambda _: PausePage(),
}


class _Wordy(QTranslator):
    """A language whose every text is longer by almost a third, as German's are."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        del context, disambiguation, n
        return text + " wor" * max(1, len(text) // 12)


@pytest.fixture
def _wordy(qapp: QApplication) -> Iterator[None]:
    translator = _Wordy()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    shown = Window("Study", is_simulated=False)
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


def _show(window: Window, page: Page, size: tuple[int, int], qtbot: QtBot) -> Page:
    window.resize(size[0], size[1] + theme.BAR_HEIGHT)
    window.show_page(page)
    page.enter()
    qtbot.wait(1)
    return page


def _stops(page: QWidget) -> list[QWidget]:
    """What the keyboard can come to."""
    widgets = [w for w in page.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
    return [w for w in widgets if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.focusProxy()]


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name_and_words_for_who_cannot_see_it(
    name: str, qtbot: QtBot, study: Study, window: Window
) -> None:
    page = _show(window, PAGES[name](study), USUAL, qtbot)
    assert page.objectName() == name
    stops = _stops(page)
    assert stops
    for stop in stops:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", stop.objectName()), stop
        if not isinstance(stop, QScrollArea):
            assert accessible_name(stop), stop.objectName()
    names = [stop.objectName() for stop in stops]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", PAGES)
def test_tab_comes_to_every_control_in_the_order_they_stand_in(
    name: str, qtbot: QtBot, study: Study, window: Window
) -> None:
    page = _show(window, PAGES[name](study), HIGH, qtbot)
    controls = [s for s in _stops(page) if not isinstance(s, QScrollArea)]
    reached: list[QWidget] = []
    for _ in range(2 * len(_stops(window))):
        qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        focused = window.focusWidget()
        if focused in controls and focused not in reached:
            reached.append(focused)
    assert {_choice(w) for w in reached} == {_choice(w) for w in controls}
    places = [w.rect().translated(w.mapTo(page, w.rect().topLeft())) for w in reached]
    first = places.index(min(places, key=lambda p: (p.top(), p.left())))
    in_order = places[first:] + places[:first]
    for here, following in pairwise(in_order):
        assert following.top() > here.bottom() or following.left() > here.right()


def _choice(widget: QWidget) -> object:
    """Tab comes to one of several exclusive buttons; arrows come to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group or widget


@pytest.mark.parametrize("size", [USUAL, LOW], ids=["usual", "low"])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("_wordy")
def test_nothing_is_cut_off_although_words_are_long_and_the_window_low(
    name: str, size: tuple[int, int], qtbot: QtBot, study: Study, window: Window
) -> None:
    page = _show(window, PAGES[name](study), size, qtbot)
    assert page.size().toTuple() == size  # nothing made the window larger
    for part in page.findChildren(QWidget):
        if not part.isVisible() or isinstance(part, QScrollBar):
            continue
        inside = part.parentWidget()
        assert inside is not None
        assert part.geometry().left() >= 0, (part, part.objectName())
        assert part.geometry().right() <= inside.width(), (part, part.objectName())
        if isinstance(part, QAbstractButton):
            assert part.width() >= part.minimumSizeHint().width(), part.objectName()
        if isinstance(part, QLabel) and part.text():
            assert part.height() >= part.heightForWidth(part.width()), part.text()
    actions = [b for b in page._footer.findChildren(QPushButton) if b.isVisible()]
    for action in actions:
        assert action.visibleRegion().boundingRect() == action.rect(), action.objectName()
