"""How far gaze lies below the line that is read, and which line that is, by the way people read.

Gaze of a webcam is off by more than a line, but by much the same amount for a while. Readers go
along a line and sweep back to the start of the next, so the whole path fits the lines at few
vertical offsets only. Carr et al. (2022), "Algorithms for the automated correction of vertical
drift in eye-tracking data", compare ways to use this; the one here is a hidden Markov model whose
state is the line and an offset that stays the same, because it tells how sure it is.

It presumes orderly reading: of gaze that skims it finds offsets all the same. Judge no gaze by
what was corrected with itself.

How long a look took is not used: most of a webcam's error stays the same while the eyes rest, so
a long look is no more exact than a short one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from calibration.geometry import Array

REACH_SD = 4.0  # offsets looked at, in their prior standard deviations
REACH_PITCHES = 2.0  # and at least this many lines both ways
STEPS_PER_PITCH = 8
MAX_STEPS = 2000
LIKELY = 1e-6  # offsets less likely than this share of the likeliest are left out of line chances
_TINY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a text in reading order; arrays of shape (k,), pixels, y down."""

    left_px: Array
    top_px: Array
    right_px: Array
    bottom_px: Array
    from_right: Array  # chance that a line is read from the right; 0.5 where not known
    letter_px: float  # mean width of a letter

    @property
    def middle_px(self) -> Array:
        """Where the eyes are taken to be while they read a line, shape (k,)."""
        return (self.top_px + self.bottom_px) / 2

    @property
    def pitch_px(self) -> float:
        """The median line's height."""
        return float(np.median(self.bottom_px - self.top_px))


@dataclass(frozen=True, slots=True)
class GazeError:
    """What is expected of the gaze, standard deviations in pixels."""

    offset_sd_px: float  # of the vertical offset that stays the same
    sd_x_px: float  # of the rest, which differs from look to look
    sd_y_px: float

    def __post_init__(self) -> None:
        if not min(self.offset_sd_px, self.sd_x_px, self.sd_y_px) > 0:
            raise ValueError("standard deviations must be above 0")


@dataclass(frozen=True, slots=True)
class Habits:
    """How people read.

    Rayner (1998), "Eye movements in reading and information processing: 20 years of research":
    saccades of 7 to 9 letters, 10 to 15% of them backwards, and return sweeps that start and land
    some letters inside the lines. The other shares are assumptions.
    """

    step_letters: float = 8.0
    step_sd_letters: float = 4.0
    back_share: float = 0.13
    back_letters: float = 6.0
    sweep_letters: float = 6.0  # from the start of a line to where its first look falls
    previous_share: float = 0.02  # of moves: back to the line before
    jump_share: float = 0.02  # to any line
    first_share: float = 0.5  # of readings: begin at the first line, not anywhere
    stray_share: float = 0.02  # of looks: not at the text at all


@dataclass(frozen=True, slots=True)
class Offset:
    """How far below the true point gaze lies; above it where negative."""

    px: float
    sd_px: float


HABITS = Habits()


def find_offset(
    x_px: Array, y_px: Array, lines: Lines, error: GazeError, habits: Habits = HABITS
) -> Offset:
    """The vertical offset of the gaze in one reading of a text: its posterior mean and SD.

    With a single line this is the posterior of a normal mean under a normal prior. The looks'
    errors about the offset are taken as independent: where they are not, the SD is too small.

    Args:
        x_px: the fixations in order of time, shape (n,); those with a NaN are left out.
        y_px: likewise.
        lines: of the text, in the same frame.
        error: of the gaze; `offset_sd_px` is the prior's, which is centred on 0.
        habits: how people read.

    Returns:
        The prior where there is no fixation or no line.
    """
    is_seen = np.isfinite(x_px) & np.isfinite(y_px)
    if not is_seen.any() or not len(lines.left_px):
        return Offset(0.0, error.offset_sd_px)
    model = _Model(x_px[is_seen], y_px[is_seen], lines, error, habits)
    offsets, weights = model.offset_posterior()
    mean = float(weights @ offsets)
    variance = float(weights @ (offsets - mean) ** 2)
    finest = (offsets[1] - offsets[0]) ** 2 / 12  # no finer than the grid
    return Offset(mean, float(np.sqrt(max(variance, finest))))


def find_lines(
    x_px: Array, y_px: Array, lines: Lines, error: GazeError, habits: Habits = HABITS
) -> Array:
    """The chance of each line to be the one looked at, for each fixation; shape (n, k).

    Rows sum to 1 over the offsets' posterior; those of lost fixations are NaN. Arguments are those
    of `find_offset`.
    """
    chances = np.full((len(x_px), len(lines.left_px)), np.nan)
    is_seen = np.isfinite(x_px) & np.isfinite(y_px)
    if is_seen.any() and len(lines.left_px):
        model = _Model(x_px[is_seen], y_px[is_seen], lines, error, habits)
        chances[is_seen] = model.line_chances(*model.offset_posterior())
    return chances


class _Model:
    """The chances of one reading. Arrays of states have shape (offsets, lines).

    A move depends on where the fixation before was: the nearer to the end of its line, the likelier
    is the next line. Chances along x do not depend on the offset and are found once, (n, k).
    """

    def __init__(self, x: Array, y: Array, lines: Lines, error: GazeError, habits: Habits) -> None:
        self._y, self._lines, self._error, self._habits = y, lines, error, habits
        self._reach = max(REACH_PITCHES * lines.pitch_px, REACH_SD * error.offset_sd_px)
        self._on_line = _chance_on_line(x, lines, error)
        self._at_start = _chance_at_start(x, lines, error, habits)
        along = _chance_of_step(np.diff(x), lines, error, habits)
        onward = 1 - habits.previous_share - habits.jump_share
        is_done = _share_done(x, lines, error, habits)[:-1]
        self._stay = onward * (1 - is_done) * along
        self._next = onward * is_done
        self._jump = np.full_like(self._next, habits.jump_share)
        # There is no line after the last and none before the first: from there anywhere else.
        self._jump[:, -1] += self._next[:, -1]
        self._jump[:, 0] += habits.previous_share

    def offset_posterior(self) -> tuple[Array, Array]:
        """A grid of offsets and the probability of each, shape (g,)."""
        offsets = self._grid()
        log_chance = -np.square(offsets / self._error.offset_sd_px) / 2
        for _, log_sum in self._forward(offsets):
            log_chance += log_sum
        weights = np.exp(log_chance - log_chance.max())
        return offsets, weights / weights.sum()

    def line_chances(self, offsets: Array, weights: Array) -> Array:
        """The chance of each line at each fixation, shape (n, k)."""
        is_likely = weights > LIKELY * weights.max()
        offsets, weights = offsets[is_likely], weights[is_likely] / weights[is_likely].sum()
        before = [states for states, _ in self._forward(offsets)]
        chances = np.empty((len(before), len(self._lines.left_px)))
        after = np.ones_like(before[0])
        for t in reversed(range(len(before))):
            chances[t] = weights @ _shares(before[t] * after)[0]
            if t:
                after, _ = _shares(self._moved_back(t, self._chance_of_y(t, offsets) * after))
        return chances

    def _grid(self) -> Array:
        """Offsets that are as dense as the posterior may be narrow.

        A sum in steps of one standard deviation is as good as the integral of a normal.
        """
        narrowest = self._error.sd_y_px / np.sqrt(len(self._y))
        pitch = self._lines.pitch_px
        step = min(pitch / STEPS_PER_PITCH, narrowest, self._error.offset_sd_px)
        half = int(min(np.ceil(self._reach / step), MAX_STEPS / 2))
        return np.linspace(-self._reach, self._reach, 2 * half + 1)

    def _forward(self, offsets: Array) -> Iterator[tuple[Array, Array]]:
        """At each fixation, shares of the lines given all before, and the log of its chance."""
        states, total = _shares(self._first() * self._chance_of_y(0, offsets))
        yield states, np.log(total)
        for t in range(1, len(self._y)):
            states, total = _shares(self._moved(t, states) * self._chance_of_y(t, offsets))
            yield states, np.log(total)

    def _first(self) -> Array:
        """Where a reading begins, (k,)."""
        lines = self._on_line.shape[1]
        first = np.full(lines, (1 - self._habits.first_share) / lines)
        first[0] += self._habits.first_share
        return np.asarray(first * self._on_line[0])

    def _moved(self, t: int, states: Array) -> Array:
        """States before the t-th fixation to states at it."""
        stay, onward, jump = self._stay[t - 1], self._next[t - 1], self._jump[t - 1]
        on_line = self._on_line[t]
        moved: Array = states * stay
        moved[:, 1:] += states[:, :-1] * onward[:-1] * self._at_start[t, 1:]
        moved[:, :-1] += self._habits.previous_share * states[:, 1:] * on_line[:-1]
        moved += (states @ jump)[:, None] * on_line / len(on_line)
        return moved

    def _moved_back(self, t: int, states: Array) -> Array:
        """The same from the t-th fixation to the one before, for the chances of what follows."""
        stay, onward, jump = self._stay[t - 1], self._next[t - 1], self._jump[t - 1]
        on_line = self._on_line[t]
        moved: Array = states * stay
        moved[:, :-1] += states[:, 1:] * self._at_start[t, 1:] * onward[:-1]
        moved[:, 1:] += self._habits.previous_share * states[:, :-1] * on_line[:-1]
        moved += (states @ on_line)[:, None] * jump / len(on_line)
        return moved

    def _chance_of_y(self, t: int, offsets: Array) -> Array:
        """Density of the t-th fixation's height in each state."""
        middle, stray = self._lines.middle_px, self._habits.stray_share
        room = np.ptp(middle) + 2 * self._reach
        density = _normal(self._y[t] - offsets[:, None] - middle, self._error.sd_y_px)
        return np.asarray((1 - stray) * density + stray / room)


def _shares(states: Array) -> tuple[Array, Array]:
    """States as shares of their offset's sum, and those sums, (g,)."""
    total = np.maximum(states.sum(axis=1), _TINY)
    return states / total[:, None], total


# --- along x; arrays of shape (n, k) -----------------------------------------------------------


def _chance_on_line(x: Array, lines: Lines, error: GazeError) -> Array:
    """Density of a look anywhere on each line; beyond its edges it fades, and never to nothing."""
    width = np.maximum(lines.right_px - lines.left_px, lines.letter_px)
    inside = _soft_step((lines.left_px + width - x[:, None]) / error.sd_x_px)
    inside = inside - _soft_step((lines.left_px - x[:, None]) / error.sd_x_px)
    return np.asarray((inside + 1e-6) / width)


def _chance_at_start(x: Array, lines: Lines, error: GazeError, habits: Habits) -> Array:
    """Density of a look to which a return sweep led."""
    inset = habits.sweep_letters * lines.letter_px
    sd = np.hypot(habits.step_sd_letters * lines.letter_px, error.sd_x_px)
    left = _normal(x[:, None] - lines.left_px - inset, sd)
    right = _normal(lines.right_px - x[:, None] - inset, sd)
    return _by_direction(left, right, lines)


def _chance_of_step(dx: Array, lines: Lines, error: GazeError, habits: Habits) -> Array:
    """Density of a move along the line."""
    letter = lines.letter_px
    sd = np.hypot(habits.step_sd_letters * letter, np.sqrt(2) * error.sd_x_px)

    def density(forward: Array) -> Array:
        ahead = _normal(forward - habits.step_letters * letter, sd)
        back = _normal(forward + habits.back_letters * letter, sd)
        return np.asarray((1 - habits.back_share) * ahead + habits.back_share * back)

    return _by_direction(density(dx)[:, None], density(-dx)[:, None], lines)


def _share_done(x: Array, lines: Lines, error: GazeError, habits: Habits) -> Array:
    """The chance that the next step would lead beyond the end of the line."""
    step = habits.step_letters * lines.letter_px
    sd = np.hypot(habits.step_sd_letters * lines.letter_px, error.sd_x_px)
    from_left = _soft_step((x[:, None] + step - lines.right_px) / sd)
    from_right = _soft_step((lines.left_px - x[:, None] + step) / sd)
    return _by_direction(from_left, from_right, lines)


def _by_direction(from_left: Array, from_right: Array, lines: Lines) -> Array:
    return np.asarray((1 - lines.from_right) * from_left + lines.from_right * from_right)


def _normal(distance: Array, sd: float) -> Array:
    return np.asarray(np.exp(-np.square(distance / sd) / 2) / (sd * np.sqrt(2 * np.pi)))


def _soft_step(z: Array) -> Array:
    """The logistic function that is nearest to the normal one: within 0.01."""
    return np.asarray((1 + np.tanh(1.702 / 2 * z)) / 2)
