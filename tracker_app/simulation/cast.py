"""Who plays the participant: a simulated person with some traits, or somebody who was recorded.

Both are written in a few characters (`7:glasses,moves`, `recorded:FILE.npz`), so that each
situation can be seen through the window, and seen again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from tracker_app.errors import PersonError
from tracker_app.gaze.camera_frame import Camera
from tracker_app.gaze.stills import Stills
from tracker_app.records import SimulatedGaze
from tracker_app.simulation.desk import DARK_ROOM
from tracker_app.simulation.eyes import SimulatedEyes
from tracker_app.simulation.movement import Restlessness
from tracker_app.simulation.protocols import draw_participant
from tracker_app.simulation.recorded import RecordedEyes, read_recording
from tracker_app.simulation.scenes import Dark, Scene, Stage, company, leaves

LOOK_AT = "mouse pointer"
RECORDED = "recorded:"
GLASSES, GLARE = 0.5, 80.0  # share of the light a frame takes; grey
Look = Callable[[], tuple[float, float] | None]
ScreenPx = tuple[float, float, float, float]


class Trait(StrEnum):
    """What may be special about a simulated person; the values are what users write."""

    GLASSES = "glasses"  # that reflect
    MOVES = "moves"  # the head wanders, and leans another way every other minute
    DARK = "dark"  # sits in a dark room
    LEAVES = "leaves"  # is away from the camera for a while, again and again
    COMPANY = "company"  # somebody else is in the picture for a while, again and again


ANY = f"(?:{'|'.join(Trait)})"


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """A person drawn by a number."""

    seed: int = 1
    traits: frozenset[Trait] = field(default_factory=frozenset)

    def eyes(self, look: Look, screen_px: ScreenPx, model: Path) -> SimulatedEyes:
        """Their eyes, which look at physical pixels of a screen at x, y, of width, height."""
        who = draw_participant(model, self.seed)
        if Trait.GLASSES in self.traits:
            looks = replace(who.person.looks, glasses=GLASSES, glare=GLARE)
            who = replace(who, person=replace(who.person, looks=looks))
        if Trait.DARK in self.traits:
            who = replace(who, desk=replace(who.desk, room=DARK_ROOM))
        restlessness = Restlessness(self.seed) if Trait.MOVES in self.traits else None
        return SimulatedEyes(look, screen_px, who, restlessness)

    def before(self, camera: Camera) -> Camera:
        """What a camera sees with them before it."""
        scenes: dict[Trait, Scene] = {
            Trait.LEAVES: leaves,
            Trait.COMPANY: company,
            Trait.DARK: Dark(self.seed),
        }
        played = [scene for trait, scene in scenes.items() if trait in self.traits]
        return Stage(camera, played) if played else camera

    def record(self, t_ns: int) -> SimulatedGaze:
        """How their eyes are made."""
        traits = f" ({', '.join(sorted(self.traits))})" if self.traits else ""
        return SimulatedGaze(t_ns=t_ns, look_at=LOOK_AT + traits, seed=self.seed)


@dataclass(frozen=True, slots=True)
class RecordedPerson:
    """A person whose eyes were recorded."""

    name: str
    frames: Stills

    def eyes(self, look: Look, screen_px: ScreenPx, model: Path) -> RecordedEyes:
        """Their eyes, which look at physical pixels of a screen at x, y, of width, height."""
        return RecordedEyes(look, screen_px, self.frames)

    def before(self, camera: Camera) -> Camera:
        """What a camera sees with them before it: nothing of them."""
        return camera

    def record(self, t_ns: int) -> SimulatedGaze:
        """How their eyes are made."""
        look_at = f"{LOOK_AT}, eyes of the recorded participant {self.name}"
        return SimulatedGaze(t_ns=t_ns, look_at=look_at, seed=0)


Person = SimulatedPerson | RecordedPerson
PlayedEyes = SimulatedEyes | RecordedEyes


def read_person(text: str) -> Person:
    """The person that a user wrote down.

    Raises:
        PersonError: says what may be written.
        ManifestError: says what is wrong with a recording.
    """
    if text.startswith(RECORDED) and text != RECORDED:
        path = Path(text.removeprefix(RECORDED))
        return RecordedPerson(path.stem[:100], read_recording(path))
    simulated = re.fullmatch(rf"([0-9]{{1,9}})(?::({ANY}(?:,{ANY})*))?", text)
    if simulated is None:
        raise PersonError(
            f"{text!r} is no person to simulate. Write a number such as 7, a number with traits "
            f"such as 7:glasses,moves (of {', '.join(Trait)}), or recorded:FILE.npz."
        )
    seed, traits = simulated.groups(default="")
    return SimulatedPerson(int(seed), frozenset(map(Trait, filter(None, traits.split(",")))))
