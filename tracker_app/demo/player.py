"""The playing participant: reads what the window announces and does what a person would.

It answers every page, looks (with its mouse) at the calibration targets, reads the answers line
by line, rates them, and prefers one by a throw of dice.
"""

import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracker_app.demo.hand import Hand
from tracker_app.errors import DemoError

POLL_S = 0.03
READING_SPEED_PX_PER_S = 900.0
LINE_PX = 48
SCROLL_NOTCHES = 9  # as far as an answer of the demonstration's models reaches
MAX_RETRIES = 6
MAX_SCROLLS = 20
SETTLE_S = 0.12  # longer than the window takes to announce a change
AIMING_S = 0.3  # eyes are on what is about to be pressed; ours are where the hand is
PICTURE_AFTER_S = {"prepare": 2.5, "head": 3.0, "": 0.3}  # by the phase; without, a drift dot
QUESTIONS = (
    "Why is the sky blue?",
    "How can I remember what I read?",
    "What makes bread rise?",
    "Why do cats purr?",
)
SAID = "The answers agree on the main point, and one of them gives an example of it."
Rect = list[float]


class Announcements:
    """The window's announcements: the newest one counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self._rest = b""
        self.state: dict[str, Any] = {"page": "", "controls": {}, "out_of_view": []}

    def refresh(self) -> dict[str, Any]:
        """Read what is new; returns the newest state."""
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._offset)
                new = file.read()
            self._offset += len(new)
            *lines, self._rest = (self._rest + new).split(b"\n")
            if lines:
                self.state = json.loads(lines[-1])
        return self.state

    @property
    def page(self) -> str:
        """The page shown."""
        return str(self.state["page"])

    @property
    def controls(self) -> dict[str, Rect]:
        """Controls that can be used, by name."""
        controls: dict[str, Rect] = self.state["controls"]
        return controls


class Player:
    """Plays one participant from the first page to the last."""

    def __init__(
        self,
        hand: Hand,
        announcements: Announcements,
        take_picture: Callable[[str], None],
        turns: int,
        seed: int,
        code: str = "P-001",
    ) -> None:
        """Prepare to play.

        Args:
            hand: moves the mouse and types.
            announcements: what the window shows.
            take_picture: called with a name the first time each screen is settled.
            turns: questions to ask before ending the talk, if the study lets it end.
            seed: of its ratings.
            code: what it enters where it is asked for one.
        """
        self._hand = hand
        self._window = announcements
        self._take_picture = take_picture
        self._turns = turns
        self._code = code
        self._random = random.Random(seed)
        self._pictured: set[str] = set()
        self._asked = 0
        self._retries = 0

    def stop_asking(self) -> None:
        """End the talk as soon as the study lets it end."""
        self._turns = 0

    def act(self) -> None:
        """Do the next thing on the page that is shown, or wait a moment."""
        self._window.refresh()
        action = {
            "code": self._enter_code,
            "welcome": lambda: self._press("start"),
            "consent": self._consent,
            "setup": self._set_up,
            "calibration_intro": lambda: self._press("begin_calibration"),
            "calibration_canvas": self._look_at_target,
            "calibration_result": self._decide_on_calibration,
            "drift_dot": self._look_at_target,
            "questionnaire": self._fill_in,
            "instructions": lambda: self._press("instruction_next"),
            "topic": self._take_topic,
            "knowledge_before": self._fill_in,
            "talk": self._talk,
            "knowledge_after": self._fill_in,
            "summary": self._fill_in,
            "key_sentence": self._choose_sentence,
            "feedback": self._fill_in,
            "review": lambda: self._press("send_all"),
            "thanks": self._leave,
        }.get(self._window.page, self._rest)
        action()

    def _rest(self) -> None:
        self._hand.wait(POLL_S)

    def _picture(self, name: str, settle_s: float = 0.4) -> None:
        if name not in self._pictured:
            self._pictured.add(name)
            self._hand.wait(settle_s)
            self._take_picture(name)

    def _press(self, control: str, *, picture: str | None = None) -> bool:
        if control not in self._window.controls:
            self._rest()
            return False
        self._picture(picture or self._window.page)
        rect = self._window.refresh()["controls"].get(control)
        if rect is None:  # the page went on by itself meanwhile
            return False
        self._move_into(rect)
        self._hand.wait(AIMING_S)
        self._hand.click()
        return True

    def _move_into(self, rect: Rect | None) -> None:
        if rect is not None:
            x, y, width, height = rect
            self._hand.move(x + width / 2, y + height / 2)

    def _consent(self) -> None:
        for name in [n for n in self.names if n.startswith("tick_")]:
            self.click(name)
        self._hand.wait(0.15)
        self._window.refresh()
        self._press("agree")
        self._wait_while("consent")

    def _set_up(self) -> None:
        if "retry_camera" in self._window.controls:
            self._press("mouse_only", picture="setup_problem")
        else:
            self._press("setup_done")

    def _wait_while(self, page: str) -> None:
        for _ in range(200):
            if self._window.refresh()["page"] != page:
                return
            self._rest()

    def _look_at_target(self) -> None:
        page, phase = self._window.page, self._window.state.get("phase", "")
        target = self._window.state.get("target")
        if target:
            self._hand.move(target[0], target[1], speed=3000)
        if phase != "done":
            self._picture_meanwhile(f"{page}_{phase}".rstrip("_"), PICTURE_AFTER_S.get(phase, 0.9))
        self._rest()

    def _picture_meanwhile(self, name: str, settle_s: float) -> None:
        """Take a picture while the eyes go on: targets wait for nobody."""
        if name not in self._pictured:
            self._pictured.add(name)
            threading.Timer(settle_s, self._take_picture, (name,)).start()

    def _decide_on_calibration(self) -> None:
        """Take it if it may be taken, else do it again, else go on with the mouse only."""
        ways = ("accept_calibration", "mend_calibration", "redo_calibration", "skip_calibration")
        way = next((name for name in ways if name in self._window.controls), ways[0])
        self._press(way, picture=f"calibration_result_{way.split('_')[0]}")
        self._wait_while("calibration_result")

    def _talk(self) -> None:
        controls = self._window.controls
        if "end_talk" in controls and self._asked >= self._turns:
            self._press("end_talk", picture="talk_done")
            self._wait_while("talk")
        elif "send" in controls or "question" in controls:
            self._ask()
        elif "next_turn" in controls or self._rows():
            self._judge()
        elif any(name.startswith("retry_") for name in controls):
            self._ask_again(next(n for n in controls if n.startswith("retry_")))
        else:
            self._read()

    def _ask_again(self, control: str) -> None:
        self._retries += 1
        if self._retries > MAX_RETRIES:
            raise DemoError(
                "The language models do not answer. The screenshots show what they say."
            )
        self._press(control, picture="talk_failure")
        self._hand.wait(0.5)

    def _ask(self) -> None:
        self._picture("talk_question")
        self._move_into(self._window.controls.get("question"))
        self._hand.click()
        self._hand.type(QUESTIONS[self._asked % len(QUESTIONS)])
        self._hand.wait(0.2)
        self._window.refresh()
        if self._press("send"):
            self._asked += 1
            self._hand.wait(0.3)

    def _read(self) -> None:
        """Sweep along the lines of each answer while it is written."""
        for side in (1, 2):
            rect = self._window.controls.get(f"answer_{side}")
            if rect is None:
                continue
            x, y, width, height = rect
            for line in range(int(height // LINE_PX)):
                top = y + LINE_PX * (line + 0.6)
                self._hand.move(x + 30, top, speed=3000)
                self._hand.move(x + width - 40, top, speed=READING_SPEED_PX_PER_S)
                if line == 3:
                    self._picture("talk_reading", settle_s=0)
        self._rest()

    def _judge(self) -> None:
        self._picture("talk_rating")
        for side in (1, 2):
            self._move_into(self._window.controls.get(f"answer_{side}"))
            self._hand.scroll_down(SCROLL_NOTCHES)
        sheet = sorted(self._rows())
        for row in sheet:
            self.click(self._random.choice(self._rows()[row]))
        if "rationale" in self.names:
            self._write("rationale", "box")
        self._hand.wait(0.2)
        self._window.refresh()
        further = "" if "rate_1" in sheet else f"_{sheet[0] if sheet else 'why'}"
        self._picture(f"talk_rated{further}", settle_s=0)
        if self._press("next_turn"):
            self._wait_for_another_sheet(sheet)

    def _rows(self) -> dict[str, list[str]]:
        """What can be chosen of a judgement, by row: of a rating, of how the answers compare."""
        rows: dict[str, list[str]] = {}
        for name in self.names:
            row, _, step = name.rpartition("_")
            if name.startswith(("prefer_", "compare_")):
                rows.setdefault("choice", []).append(name)
            elif step.isdecimal() and row[-2:] in ("_1", "_2"):
                rows.setdefault(row, []).append(name)
        return rows

    def _wait_for_another_sheet(self, sheet: list[str]) -> None:
        """Else a window that is busy is taken for one that asks again."""
        for _ in range(200):
            self._window.refresh()
            if "next_turn" not in self._window.controls or sorted(self._rows()) != sheet:
                return
            self._rest()

    def _enter_code(self) -> None:
        self._picture("code")
        self._hand.type(self._code)
        self._hand.press("Return")
        self._wait_while("code")

    def _fill_in(self) -> None:
        """Take one of the options of each question, write into each field, and go on."""
        page = self._window.page
        self._picture(page)
        options: dict[str, list[str]] = {}
        for name in self.names:
            question, _, number = name.rpartition("_")
            if question and number.isdecimal():
                options.setdefault(question, []).append(name)
        for names in options.values():
            self.click(self._random.choice(names))
        for name, kind in self._window.state.get("fields", {}).items():
            self._write(name, kind)
        self._press(f"{page}_done", picture=f"{page}_filled")
        self._wait_while(page)

    def _write(self, name: str, kind: str) -> None:
        self.click(name)
        if kind == "list":
            self._hand.press("Down")
            self._hand.press("Return")
        else:
            self._hand.type("31" if kind == "line" else SAID)

    @property
    def names(self) -> list[str]:
        """Everything that can be used, in view or not."""
        return [*self._window.controls, *self._window.state["out_of_view"]]

    def click(self, control: str) -> None:
        """Press a control, scrolling to it if it is out of view."""
        for _ in range(MAX_SCROLLS):
            if control in self._window.refresh()["controls"]:
                break
            self._hand.scroll_down(1)
            self._hand.wait(0.1)
        rect = self._settled(control)
        if rect is not None:
            self._move_into(rect)
            self._hand.click()

    def _settled(self, control: str) -> Rect | None:
        """Where a control stands once it no longer moves."""
        before: Rect | None = None
        for _ in range(MAX_SCROLLS):
            rect: Rect | None = self._window.refresh()["controls"].get(control)
            if rect is not None and rect == before:
                return rect
            before = rect
            self._hand.wait(SETTLE_S)
        return None

    def _take_topic(self) -> None:
        topics = [name for name in self._window.controls if name.startswith("topic_")]
        self._press(self._random.choice(topics))
        self._wait_while("topic")

    def _choose_sentence(self) -> None:
        self._picture("key_sentence")
        self._hand.press("Down")
        self._hand.press("Return")
        self._hand.wait(0.3)
        self._window.refresh()
        self._press("use_sentence", picture="key_sentence_chosen")
        self._wait_while("key_sentence")

    def _leave(self) -> None:
        """Close once the data has arrived, as the page says."""
        if self._window.state.get("is_uploaded", True):
            self._press("close")
            self._wait_while("thanks")
        self._rest()
