"""The interface's language: every text of ours that is shown goes through here.

`packaging/translate` collects the literals given to `tr` into one catalogue a language,
`tracker_xx.ts`, which Qt compiles to `tracker_xx.qm`. What the study file says is never translated.
"""

from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from tracker_app.wording import Sentence

CONTEXT = ""


def tr(pattern: str, **values: Any) -> str:
    """A text in the language of the interface.

    Args:
        pattern: English, a literal; values stand in braces, as `str.format` has them.
        values: to be filled in; sentences among them are translated too.
    """
    shown = QCoreApplication.translate(CONTEXT, pattern)
    if not values:
        return shown
    return shown.format(
        **{k: translated(v) if isinstance(v, Sentence) else v for k, v in values.items()}
    )


def number(value: float, decimals: int) -> str:
    """A number with so many decimals, as the interface's language writes it."""
    return QLocale().toString(value, "f", decimals)


def translated(text: str) -> str:
    """A sentence made elsewhere, in the language of the interface; other text as it is."""
    return tr(text.pattern, **text.values) if isinstance(text, Sentence) else text
