"""The playing participant, before a window that is a file."""

import json
from pathlib import Path

import pytest

from tracker_app.demo.player import Announcements, Player


class Hand:
    """Notes what it does."""

    def __init__(self) -> None:
        self.clicks: list[tuple[float, float]] = []
        self._place = (0.0, 0.0)

    def move(self, x: float, y: float, speed: float = 0) -> None:
        del speed
        self._place = (x, y)

    def click(self) -> None:
        self.clicks.append(self._place)

    def wait(self, seconds: float) -> None: ...


class Scene:
    """A player and what it is shown."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.hand = Hand()
        self.on_picture: dict[str, str] = {}  # a page that comes up while a picture is taken
        self.player = Player(self.hand, Announcements(path), self._take, turns=1, seed=1)  # type: ignore[arg-type]

    def show(self, page: str, **controls: list[float]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({"page": page, "controls": controls}) + "\n")

    def _take(self, name: str) -> None:
        if name in self.on_picture:
            self.show(self.on_picture[name])


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "announcements.jsonl")


def test_the_set_up_is_continued_with_a_press(scene: Scene) -> None:
    scene.show("setup", setup_done=[100, 200, 40, 20])
    scene.player.act()
    assert scene.hand.clicks == [(120, 210)]


def test_a_page_that_went_on_by_itself_is_not_pressed(scene: Scene) -> None:
    scene.show("setup", setup_done=[100, 200, 40, 20])
    scene.on_picture["setup"] = "calibration_intro"
    scene.player.act()
    assert scene.hand.clicks == []
    scene.show("calibration_intro", begin_calibration=[300, 400, 20, 20])
    scene.player.act()
    assert scene.hand.clicks == [(310, 410)]
