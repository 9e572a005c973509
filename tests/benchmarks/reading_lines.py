"""Whether the way people read tells the line, and what it does to people who do not read so.

    python -m tests.benchmarks.reading_lines --readings 100

Simulated readers of 20 lines (`tests.readers`), never the tracker's accuracy. Gaze lies below the
text by one offset a person, drawn anew for each, and each look is off by an error of its own; in
some rows heights are stretched besides, by 10% SD, which no offset undoes. A second reading of
another text gives the offset that is taken from the first, as exports do it; "worse" counts the
readings in which that made more lines wrong than it righted. Offsets are in lines; 95% is the
share of stated intervals that hold the true offset.
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.geometry import Array, Screen
from calibration.reading import GazeError, Lines, find_lines, find_offset
from tests.readers import ORDERLY, SKIMMING, Manner, draw_text, read_through

SCREEN = Screen(0, 0, 1920, 1080)
PITCHES_DEG = (0.6, 0.8, 1.2, 1.6)
LINES = 20
STRETCH_SD = 0.1
READERS = {"orderly": (ORDERLY, 0.0), "stretched": (ORDERLY, STRETCH_SD), "skims": (SKIMMING, 0.0)}


@dataclass(frozen=True, slots=True)
class Condition:
    """How somebody reads and how wrong the gaze is."""

    manner: Manner
    stretch_sd: float
    pitch_deg: float
    sd_deg: float
    offset_deg: float  # SD over people

    @property
    def error(self) -> GazeError:
        """As the model is told: the truth, but for the stretch."""
        offset, sd = (float(SCREEN.to_pixels(v)) for v in (self.offset_deg, self.sd_deg))
        return GazeError(offset, sd, sd)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one person's two readings."""

    nearest: float  # share of the first reading's looks whose line is right
    moved: float  # less the offset of the second reading
    hidden_markov: float
    offset_error: float  # of the first reading, in lines
    is_held: bool


def simulate(condition: Condition, seed: int) -> Outcome:
    """Two readings of one person."""
    random = np.random.default_rng(seed)
    error = condition.error
    offset = error.offset_sd_px * random.standard_normal()
    stretch = condition.stretch_sd * random.standard_normal()
    lines, line, x, y = _gaze(random, condition, offset, stretch)
    other_lines, _, other_x, other_y = _gaze(random, condition, offset, stretch)
    other = find_offset(other_x, other_y, other_lines, error)
    own = find_offset(x, y, lines, error)
    told = find_lines(x, y, lines, error).argmax(axis=1)
    return Outcome(
        nearest=float((_nearest(y, lines) == line).mean()),
        moved=float((_nearest(y - other.px, lines) == line).mean()),
        hidden_markov=float((told == line).mean()),
        offset_error=abs(own.px - offset) / lines.pitch_px,
        is_held=abs(own.px - offset) < 1.96 * own.sd_px,
    )


def _gaze(
    random: np.random.Generator, condition: Condition, offset: float, stretch: float
) -> tuple[Lines, NDArray[np.int64], Array, Array]:
    text = draw_text(random, float(SCREEN.to_pixels(condition.pitch_deg)), LINES)
    line, x, y = read_through(random, text, condition.manner)
    y = y + stretch * (y - text.lines.middle_px.mean()) + offset
    sd = condition.error.sd_x_px
    return text.lines, line, x + random.normal(0, sd, len(x)), y + random.normal(0, sd, len(y))


def _nearest(y: Array, lines: Lines) -> NDArray[np.int64]:
    return np.asarray(np.abs(y[:, None] - lines.middle_px).argmin(axis=1))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readings", type=int, default=100)
    readings = parser.parse_args().readings
    out = sys.stdout.write
    out(f"{readings} simulated readings of {LINES} lines a row; NOT the tracker's accuracy\n\n")
    out("                 SD, degrees      right lines                          offset, lines\n")
    out(f"{'reader':10}{'pitch':>6}{'look':>6}{'offset':>8}{'nearest':>9}{'moved':>7}{'HMM':>6}")
    out(f"{'worse':>8}{'p50':>9}{'p90':>6}{'95%':>6}\n")
    for name, (manner, stretch) in READERS.items():
        for pitch in PITCHES_DEG:
            for sd, offset in ((0.4, 0.2), (0.4, 1.0), (1.0, 0.2), (1.0, 1.0)):
                row = [
                    simulate(Condition(manner, stretch, pitch, sd, offset), seed)
                    for seed in range(readings)
                ]
                nearest, moved, markov, found, held = np.array(
                    [(r.nearest, r.moved, r.hidden_markov, r.offset_error, r.is_held) for r in row]
                ).T
                p50, p90 = np.percentile(found, [50, 90])
                out(f"{name:10}{pitch:>6}{sd:>6}{offset:>8}{nearest.mean():>9.0%}")
                out(f"{moved.mean():>7.0%}{markov.mean():>6.0%}{(moved < nearest).mean():>8.0%}")
                out(f"{p50:>9.2f}{p90:>6.2f}{held.mean():>6.0%}\n")


if __name__ == "__main__":
    main()
