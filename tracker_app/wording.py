"""Sentences for participants, written in English and translated where they are shown.

Whoever writes one calls `tr`, so that Qt's `lupdate` finds it; only `ui` knows translations. So a
sentence remembers the pattern it was made from.
"""

from typing import Any


class Sentence(str):
    """An English sentence, together with the pattern and the values it was made from."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, Any]


def tr(pattern: str, **values: Any) -> Sentence:
    """A sentence for participants.

    Args:
        pattern: English, a literal; values stand in braces, as `str.format` has them.
        values: to be filled in; a sentence among them is translated too.
    """
    sentence = Sentence(pattern.format(**values) if values else pattern)
    sentence.pattern, sentence.values = pattern, values
    return sentence
