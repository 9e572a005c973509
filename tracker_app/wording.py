"""Sentences for participants, written in English and translated where they are shown.

Whoever writes one calls `tr`, so that Qt's `lupdate` finds it; only `ui` knows translations. So a
sentence remembers the pattern it was made from. Records take plain text: `str(sentence)`.
"""

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """An English sentence, together with the pattern and the values it was made from."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: Mapping[str, Any]


def tr(pattern: str, **values: Any) -> Sentence:
    """A sentence for participants.

    Args:
        pattern: English, a literal; values stand in braces, as `str.format` has them.
        values: to be filled in; a sentence among them is translated too.
    """
    sentence = Sentence(pattern.format(**values) if values else pattern)
    sentence.pattern, sentence.values = pattern, values
    return sentence


def recalled(text: str) -> Sentence:
    """A sentence that comes back as text, from a record or from another of our processes.

    One that was made with values stays English.
    """
    sentence = Sentence(text)
    sentence.pattern, sentence.values = text, {}
    return sentence
