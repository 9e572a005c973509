import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, texts
from tracker_app.chat.conversation import Answer, ConversationTurn, Verdict
from tracker_app.records import Choice
from tracker_app.study.lots import JudgementOrder
from tracker_app.study.study import RatingRules
from tracker_app.ui.judgement import JudgementPanel

RULES = RatingRules()
RIGHT_IS_BETTER = Verdict(Choice.BETTER, 2)
LONG = RatingRules(labels=["überhaupt nicht zufrieden", "unzufrieden", "weder noch", "ja", "sehr"])


class Panel:
    """A panel on the screen, and what it announced."""

    def __init__(
        self, qtbot: QtBot, sides: tuple[int, ...], rules: RatingRules = RULES, width: int = 1280
    ) -> None:
        self.qtbot = qtbot
        self.sides = sides
        is_choice_first = rules.order == "choice_first"
        self.panel = JudgementPanel(JudgementOrder(is_choice_first, sides), rules)
        self.announced: list[tuple[object, ...]] = []
        for name in ("rated", "rated_extra", "judged", "compared", "explained", "advanced"):
            signal = getattr(self.panel, name)
            signal.connect(lambda *values, name=name: self.announced.append((name, *values)))
        qtbot.addWidget(self.panel)
        self.panel.resize(width, 240)
        self.panel.show()
        qtbot.wait(1)

    def show(self, *, is_complete: bool = False, is_first: bool = True) -> None:
        self.panel.show_judgement(self.turn(is_complete=is_complete, is_first=is_first))

    def turn(self, *, is_complete: bool = False, is_first: bool = True) -> ConversationTurn:
        rating = 3 if is_complete else None
        answers = {side: Answer(side, rating=rating) for side in self.sides}
        verdict = Verdict(Choice.BETTER, 1) if is_complete else None
        return ConversationTurn(0, "Why?", "Why?", "", answers, is_first=is_first, verdict=verdict)

    def left(self, name: str) -> int:
        shown = button(self.panel, name)
        return shown.mapTo(self.panel, shown.rect().topLeft()).x()

    def top(self, name: str) -> int:
        shown = button(self.panel, name)
        return shown.mapTo(self.panel, shown.rect().topLeft()).y()


@pytest.fixture
def pair(qtbot: QtBot) -> Panel:
    return Panel(qtbot, (1, 2))


@pytest.fixture
def single(qtbot: QtBot) -> Panel:
    return Panel(qtbot, (1,))


def test_keys_rate_and_choose(qtbot: QtBot, pair: Panel) -> None:
    qtbot.keyClicks(pair.panel, "42")
    qtbot.keyClick(pair.panel, Qt.Key.Key_Right)
    assert pair.announced == [("rated", 1, 4), ("rated", 2, 2), ("judged", RIGHT_IS_BETTER)]


def test_once_all_is_rated_a_digit_rates_the_row_that_has_the_focus(
    qtbot: QtBot, pair: Panel
) -> None:
    pair.panel.activateWindow()
    qtbot.waitUntil(pair.panel.isActiveWindow)
    qtbot.keyClicks(pair.panel, "42")
    button(pair.panel, "rate_1_4").setFocus()
    qtbot.keyClick(button(pair.panel, "rate_1_4"), Qt.Key.Key_1)
    assert pair.announced[-1] == ("rated", 1, 1)


def test_the_way_on_is_closed_until_everything_is_given(qtbot: QtBot, pair: Panel) -> None:
    pair.show()
    assert not button(pair.panel, "next_turn").isEnabled()
    qtbot.keyClick(pair.panel, Qt.Key.Key_Return)
    assert pair.announced == []
    pair.show(is_complete=True)
    qtbot.keyClick(pair.panel, Qt.Key.Key_Return)
    assert pair.announced == [("advanced",)]


@pytest.mark.parametrize("width", [805, 912, 1280, 1872])
@pytest.mark.parametrize("rules", [RULES, LONG], ids=["usual", "long"])
def test_ratings_stand_exactly_below_each_other_and_below_their_label(
    width: int, rules: RatingRules, qtbot: QtBot
) -> None:
    panel = Panel(qtbot, (1, 2), rules, width)
    for value in range(1, 6):
        assert panel.left(f"rate_1_{value}") == panel.left(f"rate_2_{value}")
        step = button(panel.panel, f"rate_1_{value}")
        (label,) = (
            w for w in panel.panel.findChildren(QLabel) if w.text() == rules.labels[value - 1]
        )
        centre = label.mapTo(panel.panel, label.rect().center()).x()
        assert abs(centre - step.mapTo(panel.panel, step.rect().center()).x()) <= 1
    widths = {button(panel.panel, f"rate_{s}_{v}").width() for s in (1, 2) for v in range(1, 6)}
    assert max(widths) - min(widths) <= 1
    assert panel.left("prefer_1") == panel.left("rate_1_1")


@pytest.mark.parametrize("width", [805, 1280])
def test_the_scale_stands_in_the_middle(width: int, qtbot: QtBot) -> None:
    panel = Panel(qtbot, (1, 2), RULES, width)
    middle = button(panel.panel, "rate_1_3")
    centre = middle.mapTo(panel.panel, middle.rect().center()).x()
    assert abs(centre - panel.panel.width() / 2) <= 2
    shown = [b for b in panel.panel.findChildren(QPushButton) if b.isVisible()]
    for part in shown:
        assert panel.panel.rect().contains(
            part.rect().translated(part.mapTo(panel.panel, part.rect().topLeft()))
        )


@pytest.mark.parametrize(("order", "is_likert_first"), [("likert_first", 1), ("choice_first", 0)])
def test_the_study_decides_what_comes_first(order: str, is_likert_first: int, qtbot: QtBot) -> None:
    rules = RatingRules.model_validate({"order": order})
    panel = Panel(qtbot, (1, 2), rules)
    assert (panel.top("rate_1_1") < panel.top("prefer_1")) is bool(is_likert_first)
    assert panel.top("next_turn") > max(panel.top("rate_2_1"), panel.top("prefer_1"))


def test_the_labels_are_the_study_s_and_a_screen_reader_hears_them(qtbot: QtBot) -> None:
    panel = Panel(qtbot, (1,), LONG)
    for words in LONG.labels:
        assert words in texts(panel.panel)
    assert button(panel.panel, "rate_1_2").accessibleDescription() == "unzufrieden"


def test_a_single_answer_is_compared_from_the_second_turn_on(qtbot: QtBot, single: Panel) -> None:
    single.show(is_first=True)
    assert not button(single.panel, "compare_1").isVisible()
    height = single.panel.sizeHint().height()
    qtbot.keyClick(single.panel, Qt.Key.Key_Left)
    assert single.announced == []
    single.show(is_first=False)
    assert button(single.panel, "compare_1").isVisible()
    assert single.panel.sizeHint().height() == height  # answers must not move
    button(single.panel, "compare_1").click()
    qtbot.keyClick(single.panel, Qt.Key.Key_Right)
    assert single.announced == [("compared", True), ("compared", False)]


def test_an_earlier_judgement_is_shown_without_being_announced(
    qtbot: QtBot, single: Panel, pair: Panel
) -> None:
    turn = single.turn(is_complete=True, is_first=False)
    turn.is_better = False
    single.panel.show_judgement(turn)
    assert button(single.panel, "rate_1_3").isChecked()
    assert button(single.panel, "compare_2").isChecked()
    pair.show(is_complete=True)
    assert button(pair.panel, "prefer_1").isChecked()
    assert single.announced == pair.announced == []


def test_a_double_click_passes_over_no_sheet(qtbot: QtBot) -> None:
    pair = Panel(qtbot, (1, 2), RatingRules(rationale="optional"))
    pair.show(is_complete=True)
    way_on = button(pair.panel, "next_turn")
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place = QPointF(way_on.rect().center())
    kind = QEvent.Type
    for event in (
        kind.MouseButtonPress,
        kind.MouseButtonRelease,
        kind.MouseButtonDblClick,
        kind.MouseButtonRelease,
    ):
        mouse = QMouseEvent(event, place, way_on.mapToGlobal(place), left, left, none)
        QApplication.sendEvent(way_on, mouse)
    why = pair.panel.findChild(QPlainTextEdit, "rationale")
    assert why is not None
    assert why.isVisible()
    assert pair.announced == []


def test_a_key_that_is_held_down_counts_once(qtbot: QtBot) -> None:
    pair = Panel(qtbot, (1, 2), RatingRules(rationale="optional"))
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_4, Qt.KeyboardModifier.NoModifier, "4", autorep=True
    )
    qtbot.keyClick(pair.panel, Qt.Key.Key_4)
    QApplication.sendEvent(pair.panel, held)
    assert pair.announced == [("rated", 1, 4)]


def test_a_zero_of_any_script_rates_nothing(qtbot: QtBot, pair: Panel) -> None:
    for zero in ("0", "\u0660"):
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, zero
        )
        QApplication.sendEvent(pair.panel, event)
    assert pair.announced == []
