from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.shown_widgets import button, texts
from tracker_app.ui.cockpit_panel import CockpitState, PrivacyCockpit, size_words

STATE = CockpitState(
    camera="on",
    mouse="off",
    kept=("Where you look.", "Your answers."),
    folder="/home/p/sessions/7f3a",
    rows=(("14:05:12", "Gaze"), ("14:05:11", "Mouse moved")),
)


@pytest.fixture
def cockpit(qtbot: QtBot) -> PrivacyCockpit:
    page = PrivacyCockpit()
    qtbot.addWidget(page)
    page.show_state(STATE)
    return page


def test_what_is_on_what_is_kept_and_where_it_lies_is_said(cockpit: PrivacyCockpit) -> None:
    shown = texts(cockpit)
    for words in ("On. Its picture", "Off.", "Where you look.\nYour answers.", STATE.folder):
        assert words in shown
    assert "14:05:12 Gaze 14:05:11 Mouse moved" in shown


def test_what_leaves_is_said_with_where_to_and_how_much(cockpit: PrivacyCockpit) -> None:
    assert "Nothing leaves this computer." in texts(cockpit)
    cockpit.show_state(replace(STATE, host="collect.example.org", sent_bytes=1_234_567))
    assert "Sent to collect.example.org: 1.2 MB." in texts(cockpit)


def test_what_the_server_hears_before_the_data_is_sent_is_said(cockpit: PrivacyCockpit) -> None:
    cockpit.show_state(replace(STATE, place_host="a.example.org", question_host="b.example.org"))
    shown = texts(cockpit)
    assert "Nothing leaves this computer." not in shown
    assert "To give out a place in the study, a.example.org was told a random number" in shown
    assert "Each question goes to b.example.org as soon as you ask it" in shown


def test_rows_come_and_go(cockpit: PrivacyCockpit) -> None:
    cockpit.show_state(replace(STATE, rows=STATE.rows[:1]))
    assert "Mouse moved" not in texts(cockpit)
    cockpit.show_state(replace(STATE, rows=()))
    assert "Recorded last" not in texts(cockpit)
    cockpit.show_state(replace(STATE, rows=STATE.rows * 3))
    assert texts(cockpit).count("Mouse moved") == 3


def test_a_camera_and_a_mouse_that_are_not_used_are_said_to_be_so(cockpit: PrivacyCockpit) -> None:
    cockpit.show_state(replace(STATE, camera="not_used", mouse="not_used", kept=()))
    assert texts(cockpit).count("Not used in this session.") == 2
    assert "Nothing so far." in texts(cockpit)


def test_the_way_back_is_one_press(qtbot: QtBot, cockpit: PrivacyCockpit) -> None:
    with qtbot.waitSignal(cockpit.closed):
        button(cockpit, "close_cockpit").click()


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (1_240_000, "1.2 MB"), (7_600_000_000, "7.6 GB")],
)
def test_sizes_have_the_unit_that_suits_them(size: int, words: str) -> None:
    assert size_words(size) == words
