"""Simulated readers: where the eyes of somebody reading a text rest, line by line.

Not the model that corrections assume: eyes go from word to word, skip short ones, and sweep back
when the words of a line are read, however far that is from its end. Words are of 1 to 12 letters,
paragraphs of 2 to 6 lines whose last is short.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.geometry import Array
from calibration.reading import Lines

LETTERS_A_LINE = 64
LETTERS_A_PITCH = 3.0  # the pitch of lines, in widths of a letter
SKIP_LETTERS = 3  # words up to this long are skipped half the time


@dataclass(frozen=True, slots=True)
class Manner:
    """How orderly somebody reads; chances at each look."""

    regression: float = 0.12  # back by a word or two
    to_previous: float = 0.01  # back to the line before
    jump: float = 0.005  # to anywhere
    leave: float = 0.0  # on to the next line, this one unfinished
    skip: float = 0.15  # words passed over, besides half of the short ones


ORDERLY = Manner()
SKIMMING = Manner(regression=0.15, to_previous=0.04, jump=0.08, leave=0.12, skip=0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text and the middle of each word, as arrays of one entry a word for every line."""

    lines: Lines
    words: list[Array]
    word_letters: list[NDArray[np.int64]]


def draw_text(random: np.random.Generator, pitch_px: float, lines: int) -> Text:
    """A text of some lines, read from the left."""
    letter = pitch_px / LETTERS_A_PITCH
    words, letters = [], []
    top, right, flat = np.zeros(lines), np.zeros(lines), np.zeros(lines)
    left_in_paragraph = 0
    for line in range(lines):
        left_in_paragraph = left_in_paragraph or int(random.integers(2, 7))
        left_in_paragraph -= 1
        is_last = not left_in_paragraph
        end = random.uniform(0.15, 1) * LETTERS_A_LINE if is_last else LETTERS_A_LINE
        lengths = [int(random.integers(1, 13))]
        while sum(lengths) + len(lengths) < end - 6:
            lengths.append(int(random.integers(1, 13)))
        ends = np.cumsum(np.array(lengths) + 1) - 1
        words.append((ends - np.array(lengths) / 2) * letter)
        letters.append(np.array(lengths))
        top[line], right[line] = line * pitch_px, ends[-1] * letter
    return Text(Lines(flat, top, right, np.asarray(top + pitch_px), flat, letter), words, letters)


def read_through(
    random: np.random.Generator, text: Text, manner: Manner = ORDERLY
) -> tuple[NDArray[np.int64], Array, Array]:
    """The line and the true place of each fixation, from the first line to the last; (n,)."""
    rows: list[tuple[int, float, float]] = []
    line, word, middle = 0, 0, text.lines.middle_px
    while line < len(text.words):
        letters = text.word_letters[line][word]
        chance_to_skip = max(manner.skip, 0.5 * (letters <= SKIP_LETTERS))
        if random.random() >= chance_to_skip:
            slip = random.normal(0, letters / 6) * text.lines.letter_px
            rows.append((line, text.words[line][word] + slip, middle[line]))
        line, word = _next_word(random, text, manner, line, word)
    found = np.array(rows).reshape(-1, 3)
    return found[:, 0].astype(np.int64), found[:, 1], found[:, 2]


def _next_word(
    random: np.random.Generator, text: Text, manner: Manner, line: int, word: int
) -> tuple[int, int]:
    last = len(text.words[line]) - 1
    what = random.random()
    for chance, place in (
        (manner.regression, (line, max(word - int(random.integers(1, 3)), 0))),
        (manner.to_previous, _somewhere(random, text, max(line - 1, 0))),
        (manner.jump, _somewhere(random, text, int(random.integers(len(text.words))))),
        (manner.leave, (line + 1, 0)),
    ):
        if what < chance:
            return place
        what -= chance
    return (line, word + 1) if word < last else (line + 1, 0)


def _somewhere(random: np.random.Generator, text: Text, line: int) -> tuple[int, int]:
    return line, int(random.integers(len(text.words[line])))
