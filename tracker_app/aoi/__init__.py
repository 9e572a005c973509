"""From a point on the screen to the message, paragraph, line, word and character drawn there.

The same arithmetic serves the live view and the analysis of a recording, so both agree. A point
is assigned to what it lies on and to nothing else: how likely the words around it are, given the
error of the gaze, is a question of its own, and `chances` answers it.
"""

from tracker_app.aoi.boxes import Box, LayoutWriter, Overhang
from tracker_app.aoi.chances import Chances, Level, chances
from tracker_app.aoi.locate import Found, Hit, locate, locate_many
from tracker_app.aoi.page import Page, Units
from tracker_app.aoi.rects import NONE
from tracker_app.aoi.timeline import Likeliest, Mapped, Placed, Timeline

__all__ = [
    "NONE",
    "Box",
    "Chances",
    "Found",
    "Hit",
    "LayoutWriter",
    "Level",
    "Likeliest",
    "Mapped",
    "Overhang",
    "Page",
    "Placed",
    "Timeline",
    "Units",
    "chances",
    "locate",
    "locate_many",
]
