"""Cuts a text that is too long, but not in the middle of what a reader takes for one character.

What belongs together is told by the characters on both sides of the cut (after UAX 29), for the
scripts and emoji that people write; a pile of accents higher than any letter's is cut through.
"""

import unicodedata

_JOINER = "\N{ZERO WIDTH JOINER}"
_FURTHEST = 64  # characters back from the limit


def cut(text: str, limit: int, *, at_least: int = 0) -> str:
    """The beginning of a text, at most `limit` characters long.

    Args:
        text: any.
        limit: code points.
        at_least: how much of it must stay, even if it ends in the middle of a character.
    """
    if len(text) <= limit:
        return text
    for end in range(limit, max(at_least, limit - _FURTHEST, 0), -1):
        if not _belong_together(text, end):
            return text[:end]
    return text[: at_least if limit - at_least < _FURTHEST else limit]


def _belong_together(text: str, place: int) -> bool:
    """Whether the characters before and after a place are one to a reader."""
    before, after = text[place - 1], text[place]
    if _is_flag(before) and _is_flag(after):  # flags are pairs of letters
        first = place
        while first > 0 and _is_flag(text[first - 1]):
            first -= 1
        return (place - first) % 2 == 1
    return _extends(after) or before == _JOINER or (before == "\r" and after == "\n")


def _extends(character: str) -> bool:
    return (
        character == _JOINER
        or unicodedata.category(character) in ("Mn", "Mc", "Me")  # accents, variants of emoji
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # colours of skin
        or "\U000e0020" <= character <= "\U000e007f"  # tags, in flags of regions
        or "\u1160" <= character <= "\u11ff"  # Hangul vowels and finals
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
