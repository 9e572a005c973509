import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, find, texts
from tracker_app.ui import theme
from tracker_app.ui.eliding import ElidingLabel
from tracker_app.ui.head_silhouette import NOT_IN_VIEW, HeadSilhouette, HeadState
from tracker_app.ui.status_bar import StatusBar
from tracker_app.ui.window import SIMULATION_NOTE, Window

HINT = "Please move a little closer to the screen, until your head is back in the middle."


@pytest.fixture
def bar(qtbot: QtBot) -> StatusBar:
    shown = StatusBar()
    qtbot.addWidget(shown)
    shown.show()
    shown.resize(1280, theme.BAR_HEIGHT)
    shown.show_state(
        "Recording your eyes and mouse",
        is_recording=True,
        can_pause=True,
        elapsed="12 min",
        can_stop=True,
    )
    shown.show_head(HeadState())
    return shown


def _parts(bar: StatusBar) -> list[QWidget]:
    kinds = (QWidget,)
    parts = [w for kind in kinds for w in bar.findChildren(kind) if w.isVisible()]
    return [p for p in parts if not p.findChildren(QWidget)]


def test_recording_is_told_by_shape_and_words(bar: StatusBar) -> None:
    assert "● Recording your eyes and mouse" in texts(bar)
    bar.show_state("Nothing is recorded now", is_recording=False, can_pause=False)
    assert "○ Nothing is recorded now" in texts(bar)
    assert not button(bar, "pause").isVisible()
    assert not button(bar, "stop").isVisible()


def test_each_button_announces_its_wish(qtbot: QtBot, bar: StatusBar) -> None:
    for name, signal in (
        ("pause", bar.pause_toggled),
        ("show_cockpit", bar.cockpit_wanted),
        ("stop", bar.stop_wanted),
    ):
        with qtbot.waitSignal(signal):
            button(bar, name).click()
    assert "F9" in button(bar, "pause").text()


def test_where_there_is_nothing_to_tell_nothing_is_offered(bar: StatusBar) -> None:
    bar.offer_cockpit(False)
    assert not button(bar, "show_cockpit").isVisible()
    bar.resize(1920, theme.BAR_HEIGHT)
    assert not button(bar, "show_cockpit").isVisible()
    bar.offer_cockpit(True)
    assert button(bar, "show_cockpit").isVisible()


def test_a_hint_takes_the_place_of_the_time_and_gives_it_back(bar: StatusBar) -> None:
    assert "12 min" in texts(bar)
    bar.show_hint("Move closer.")
    assert "Move closer." in texts(bar)
    assert "12 min" not in texts(bar)
    bar.show_hint("")
    assert "12 min" in texts(bar)


@pytest.mark.parametrize("width", [800, 853, 960, 1280, 1920])
@pytest.mark.parametrize("hint", ["", HINT])
@pytest.mark.parametrize("sentence", ["Nothing", "Augen und Maus werden jetzt aufgezeichnet"])
def test_nothing_overflows_and_what_matters_stays(
    width: int, hint: str, sentence: str, qtbot: QtBot, bar: StatusBar
) -> None:
    bar.show_hint(hint)
    bar.show_state(sentence, is_recording=True, can_pause=True, elapsed="1 h 12 min", can_stop=True)
    bar.resize(width, theme.BAR_HEIGHT)
    qtbot.wait(1)
    assert bar.minimumSizeHint().width() <= width
    for part in _parts(bar):
        place = part.rect().translated(part.mapTo(bar, part.rect().topLeft()))
        assert bar.rect().contains(place), part.objectName()
        if not isinstance(part, ElidingLabel):
            assert part.width() >= part.minimumSizeHint().width()
    assert sentence in texts(bar)
    assert button(bar, "pause").isVisible()
    assert button(bar, "stop").isVisible()


def test_the_time_goes_before_the_head(bar: StatusBar) -> None:
    seen = []
    for width in range(1280, 600, -10):
        bar.resize(width, theme.BAR_HEIGHT)
        line = find(bar, ElidingLabel, "").text()
        silhouette = find(bar, HeadSilhouette, "head_silhouette")
        seen.append(("12 min" in line, silhouette.isVisible()))
    assert seen[0] == (True, True)
    for left in range(2):  # once gone, gone; and never before what matters less
        column = [state[left] for state in seen]
        assert column == sorted(column, reverse=True)
    assert all(time <= head for time, head in seen)


def test_the_bar_keeps_its_height_whatever_it_says(qtbot: QtBot, bar: StatusBar) -> None:
    heights = {bar.height()}
    for hint in (HINT, ""):
        bar.show_hint(hint)
        qtbot.wait(1)
        heights.add(bar.height())
    assert heights == {theme.BAR_HEIGHT}


def test_an_elided_line_tells_the_rest_when_pointed_at(qtbot: QtBot) -> None:
    line = ElidingLabel("small")
    qtbot.addWidget(line)
    line.say(HINT)
    line.resize(100, 20)
    assert line.toolTip() == HINT
    assert line.minimumSizeHint().width() == 0


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (HeadState(), "Good place"),
        (HeadState(distance=1.6, is_in_range=False), "Too far away"),
        (HeadState(distance=0.6, is_in_range=False), "Too near"),
        (HeadState(x=0.9, is_in_range=False), "Off centre"),
        (HeadState(yaw_rad=-0.7, is_in_range=False), "Turned away"),
        (HeadState(distance=0.0, is_in_range=False), "Too near"),
        (NOT_IN_VIEW, "Not in view"),
    ],
)
def test_where_the_head_is_is_said_in_words_and_in_a_shape_of_its_own(
    state: HeadState, words: str, qtbot: QtBot
) -> None:
    silhouette, good = HeadSilhouette(), HeadSilhouette()
    for each, shown in ((silhouette, state), (good, HeadState())):
        qtbot.addWidget(each)
        each.show_head(shown)
    assert words in texts(silhouette)
    assert silhouette.accessibleName() == f"Your head: {words}"
    drawings = [_black_and_white(each) for each in (silhouette, good)]
    assert (drawings[0] == drawings[1]) is (words == "Good place")


def _black_and_white(silhouette: HeadSilhouette) -> bytes:
    """The drawing without its colours: what is neither background nor blank is ink."""
    drawing = silhouette.findChildren(QWidget)[0]
    image = drawing.grab().toImage()
    background = image.pixel(6, 6)
    return bytes(
        image.pixel(x, y) != background
        for y in range(4, image.height() - 4)
        for x in range(4, image.width() - 4)
    )


def test_a_problem_stands_below_the_bar_until_it_is_mended(qtbot: QtBot) -> None:
    window = Window("Study", is_simulated=False)
    qtbot.addWidget(window)
    window.show()
    window.show_problem("The camera is in use by another program. Close it.")
    problem = find(window, QLabel, "problem")
    assert problem.isVisible()
    window.show_problem("")
    assert not problem.isVisible()
    assert SIMULATION_NOTE not in texts(window)


def test_a_simulation_says_so_all_the_time(qtbot: QtBot) -> None:
    window = Window("Study", is_simulated=True)
    qtbot.addWidget(window)
    window.resize(960, 600)
    window.show()
    assert SIMULATION_NOTE in texts(window)


def test_the_window_passes_on_what_the_bar_is_asked(qtbot: QtBot) -> None:
    window = Window("Study", is_simulated=False)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.pause_toggled):
        qtbot.keyClick(window, Qt.Key.Key_F9)
    with qtbot.waitSignal(window.stop_wanted):
        window.bar.stop_wanted.emit()
    with qtbot.waitSignal(window.cockpit_wanted):
        button(window, "show_cockpit").click()


def test_what_is_recorded_can_be_asked_only_where_there_is_something_to_tell(
    bar: StatusBar,
) -> None:
    bar.offer_cockpit(False)
    bar.show_hint(HINT)
    assert not button(bar, "show_cockpit").isVisible()
    bar.offer_cockpit(True)
    assert button(bar, "show_cockpit").isVisible()
