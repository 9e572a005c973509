"""The example study as a screen reader and the keyboard find it, page by page."""

import re
import threading
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.desktop.processes import App, app, wait_until
from tests.desktop.screen_reader import (
    CHECKABLE,
    FOCUSED,
    ScreenReader,
    Spoken,
    accessibility_bus,
)
from tests.desktop.studies import changed_example
from tracker_app.demo import player
from tracker_app.demo.display import virtual_display
from tracker_app.demo.hand import Hand

HIGH = 1280, 1600  # nothing scrolls, so that what comes first stands first
MOST_PRESSES = 80
SETTLE_S = 0.1
LIMIT_S, LINK_LIMIT_S = 5.0, 1.0
SPEED_PX_PER_S = 20_000.0  # of the hand
QUICKER = {
    'provider = "embedded"': 'provider = "scripted"\nanswers = ["The moon pulls. So it rises."]',
    "points = 9": "points = 5",
    "head_movement = true": "head_movement = false",
    "settle_s = 0.6": "settle_s = 0.3",
    "collect_s = 1.0": "collect_s = 0.5",
    "max_error_deg = 5.0": "max_error_deg = 30.0",
    "min_turns = 3": "min_turns = 1",
    "summary_min_characters = 80": "summary_min_characters = 40",
}
CANVASES = ("calibration_canvas_fit", "drift_dot")  # which nothing but looking at is done with
PAGES = {
    "code", "welcome", "consent", "instructions", "setup", "calibration_intro", *CANVASES,
    "calibration_result_accept", "topic", "knowledge_before", "talk_question", "paused", "cockpit",
    "leave", "talk_rating", "talk_rated", "talk_done", "knowledge_after", "summary",
    "key_sentence_chosen", "questionnaire", "questionnaire_filled", "feedback", "review", "thanks",
}  # fmt: skip
FIELDS = {"line": "text", "text": "text", "list": "combo box"}
DOCUMENTS = r"answer_\d|asked_question|consent_text|instruction_text|sentences"
GROUNDS = ("calibration_canvas", "drift_dot", "page_scroll")  # nothing is done with but look at it


@dataclass(frozen=True, slots=True)
class Heard:
    """A page, as it was read and gone through."""

    page: str
    spoken: list[Spoken]
    fields: dict[str, str]  # kinds of what can be filled in, by name
    round: list[str]  # names of what Tab came to, until it was where it had begun

    @property
    def stops(self) -> list[Spoken]:
        """What the keyboard has to come to; of a choice one for all."""
        chosen: dict[str, Spoken] = {}
        for spoken in self.spoken:
            if spoken.is_stop:
                chosen.setdefault(_choice(spoken.id, self.spoken), spoken)
        return list(chosen.values())


class Walk:
    """Reads each page once it is settled, and goes through it with Tab."""

    def __init__(self, running: App, reader: ScreenReader) -> None:
        self.heard: dict[str, Heard] = {}
        self.arrows: list[str] = []  # where the right arrow led within a choice
        self._running, self._reader = running, reader
        self._alone = threading.Lock()  # the player looks at targets while it goes on

    def look(self, page: str) -> None:
        if page not in PAGES:
            return
        with self._alone:
            self._look(page)
            if page == "talk_question":
                self._look_at_overlays()
            if page == "knowledge_before":
                self.arrows = [self._press("Right"), self._press("Left")]

    def _look_at_overlays(self) -> None:
        for opener, page, closer in (
            ("pause", "paused", "resume"),
            ("show_cockpit", "cockpit", "close_cockpit"),
            ("stop", "leave", "stay"),
        ):
            self._running.press(opener)
            self._running.arrive(page)
            self._look(page)
            self._running.press(closer)
            self._running.arrive("talk")

    def _look(self, page: str) -> None:
        wait_until(self._reader.hears_somebody, "the application")
        if page == "talk_rated":
            wait_until(self._is_next_offered, "the way on")
        spoken = self._read_settled()
        fields = self._running.announcements.refresh()["fields"]
        round_ = [] if page in CANVASES else self._go_round(spoken)
        self.heard[page] = Heard(page, spoken, fields, round_)

    def _is_next_offered(self) -> bool:
        return "next_turn" in self._running.announcements.refresh()["controls"]

    def _read_settled(self) -> list[Spoken]:
        """What is there once nothing changes: a press may still be on its way."""
        before: list[Spoken] = []
        spoken = self._reader.read()
        while _stops(before) != _stops(spoken):
            self._running.hand.wait(SETTLE_S)
            before, spoken = spoken, self._reader.read()
        return spoken

    def _go_round(self, spoken: list[Spoken]) -> list[str]:
        stops = [s for s in spoken if s.is_stop]
        reached: list[str] = []
        start = next((s.id for s in stops if FOCUSED in s.states), "")
        if len(stops) == 1:
            return [start]
        name = start
        for _ in range(MOST_PRESSES):
            within = re.fullmatch(DOCUMENTS, name)  # it may go from link to link
            name = self._press("Tab", LINK_LIMIT_S if within else LIMIT_S) or name
            if not start:
                start = name
            elif not reached or name != reached[-1]:
                reached.append(name)
                if name == start:
                    break
        return reached

    def _press(self, key: str, limit_s: float = LIMIT_S) -> str:
        path = self._reader.focus_after(lambda: self._running.hand.press(key), limit_s)
        return self._reader.name_of(path) if path else ""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("accessibility")
    study = changed_example(folder, QUICKER)
    arguments = [str(study), "--camera", "portrait", "--data-dir", str(folder / "client")]
    with (
        pytest.MonkeyPatch.context() as patch,
        virtual_display(HIGH) as display,
        accessibility_bus(folder) as environment,
    ):
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(player, "READING_SPEED_PX_PER_S", SPEED_PX_PER_S)  # nobody has to read
        patch.setattr(player, "AIMING_S", 0.05)
        patch.setattr(player, "SCROLL_NOTCHES", 1)  # xdotool takes 0.1 s for each
        patch.setattr(Hand.move, "__defaults__", (SPEED_PX_PER_S,))
        with (
            app(display, folder, arguments) as running,
            ScreenReader(environment["DBUS_SESSION_BUS_ADDRESS"]) as reader,
        ):
            walk = Walk(running, reader)
            running.look = walk.look
            running.play_to_the_end()
    return walk


@pytest.mark.timeout(300)
def test_every_page_is_read(heard: Walk) -> None:
    assert set(heard.heard) == PAGES


def test_everything_the_keyboard_comes_to_has_a_name(heard: Walk) -> None:
    for page in heard.heard.values():
        assert [s.id for s in page.spoken if s.is_stop and not s.name.strip()] == [], page.page


def test_no_two_of_them_are_called_the_same(heard: Walk) -> None:
    for page in heard.heard.values():
        names = [s.name for s in page.spoken if s.is_stop]
        assert len(set(names)) == len(names), page.page


def test_no_words_are_empty(heard: Walk) -> None:
    for page in heard.heard.values():
        labels = [s for s in page.spoken if s.role == "label"]
        assert [s.rect for s in labels if not s.name.strip()] == [], page.page


def test_everything_is_what_it_is_used_as(heard: Walk) -> None:
    for page in heard.heard.values():
        for spoken in page.spoken:
            if spoken.is_stop:
                assert spoken.role in _fitting_roles(spoken, page.fields), (page.page, spoken)


def test_tab_comes_to_everything_once_a_round(heard: Walk) -> None:
    for page in heard.heard.values():
        if page.page not in CANVASES:
            reached = sorted(_choice(name, page.spoken) for name in page.round)
            assert reached == sorted(_choice(s.id, page.spoken) for s in page.stops), page.page


def test_tab_goes_from_top_to_bottom_and_along_the_rows(heard: Walk) -> None:
    for page in heard.heard.values():
        places = {s.id: s.rect for s in page.spoken if s.is_stop}
        went = [places[name] for name in page.round if name not in GROUNDS]
        first = went.index(min(went, key=lambda p: (p[1], p[0]))) if went else 0
        for here, following in pairwise(went[first:] + went[:first]):
            is_below = following[1] >= here[1] + here[3]
            assert is_below or following[0] >= here[0] + here[2], (page.page, page.round)


def test_arrows_go_within_a_choice(heard: Walk) -> None:
    assert heard.arrows == ["knowledge_2", "knowledge_1"]


def _stops(spoken: list[Spoken]) -> list[tuple[str, frozenset[int]]]:
    return [(s.path, s.states) for s in spoken if s.is_stop]


def _choice(name: str, spoken: list[Spoken]) -> str:
    """What Tab comes to: one of several buttons of which one is chosen stands for them all."""
    (states,) = {s.states & {CHECKABLE} for s in spoken if s.id == name and s.is_stop}
    return re.sub(r"_\d+$", "", name) if states else name


def _fitting_roles(spoken: Spoken, fields: dict[str, str]) -> set[str]:
    if spoken.id in fields:
        return {FIELDS[fields[spoken.id]]}
    if spoken.id in GROUNDS:
        return {"filler"}
    if re.fullmatch(DOCUMENTS, spoken.id):
        return {"text", "label"}
    if CHECKABLE in spoken.states:  # Qt's buttons of which one is chosen are called check boxes
        return {"check box"} if spoken.id.startswith("tick_") else {"check box", "radio button"}
    return {"push button"}
