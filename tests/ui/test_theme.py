"""WCAG 2.2: text 4.5:1, controls and focus rings 3:1, on every surface they stand on."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from tracker_app.records import Theme
from tracker_app.ui import theme

UI = Path(theme.__file__).parent
SURFACES = ("page", "surface", "tint")
TEXTS = [
    *((text, on) for text in ("text", "muted") for on in SURFACES),
    ("text", "mark"),
    *((text, on) for text in ("accent", "good", "warning", "recording") for on in SURFACES),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("surface", "recording"),  # the exclamation mark of a mistake
]
CONTROLS = [(edge, on) for edge in ("border", "accent", "recording", "good") for on in SURFACES]


def _luminance(colour: str) -> float:
    c = QColor(colour)
    shares = ((0.2126, c.redF()), (0.7152, c.greenF()), (0.0722, c.blueF()))
    return sum(share * _linear(value) for share, value in shares)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", theme.SCHEMES.values(), ids=str)
def test_every_text_can_be_read_on_every_surface(colours: theme.Colours) -> None:
    for text, on in TEXTS:
        found = _contrast(getattr(colours, text), getattr(colours, on))
        assert found >= 4.5, f"{text} on {on}: {found:.2f}"


@pytest.mark.parametrize("colours", theme.SCHEMES.values(), ids=str)
def test_every_edge_and_ring_can_be_seen(colours: theme.Colours) -> None:
    for edge, on in CONTROLS:
        found = _contrast(getattr(colours, edge), getattr(colours, on))
        assert found >= 3, f"{edge} on {on}: {found:.2f}"


@pytest.mark.parametrize("colours", [theme.CONTRAST_LIGHT, theme.CONTRAST_DARK], ids=str)
def test_high_contrast_is_high(colours: theme.Colours) -> None:
    for text, on in TEXTS:
        assert _contrast(getattr(colours, text), getattr(colours, on)) >= 7, f"{text} on {on}"


def test_every_theme_of_the_records_has_its_scheme_and_its_pictures() -> None:
    assert set(theme.SCHEMES) == set(Theme)
    for colours in theme.SCHEMES.values():
        assert (UI / colours.tick).is_file()
        assert (UI / colours.chevron).is_file()


@pytest.mark.parametrize("wish", Theme)
def test_whoever_needs_another_scheme_can_wish_for_it(
    wish: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(theme.WISH, wish)
    assert theme.colours().theme is wish


@pytest.mark.parametrize(
    ("is_dark", "is_high", "expected"),
    [
        (False, False, Theme.LIGHT),
        (True, False, Theme.DARK),
        (False, True, Theme.CONTRAST_LIGHT),
        (True, True, Theme.CONTRAST_DARK),
    ],
)
def test_without_a_wish_the_desktop_decides(
    is_dark: bool, is_high: bool, expected: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(theme.WISH, "purple")  # not a scheme, so not a wish
    scheme = Qt.ColorScheme.Dark if is_dark else Qt.ColorScheme.Light
    monkeypatch.setattr(theme, "desktop_scheme", lambda: scheme)
    monkeypatch.setattr(theme, "wants_contrast", lambda: is_high)
    assert theme.colours().theme is expected


@pytest.mark.parametrize("path", sorted(UI.glob("*.py")), ids=lambda p: p.name)
def test_no_widget_writes_a_colour_of_its_own(path: Path) -> None:
    if path.name != "theme.py":
        assert not re.search(r"\"#[0-9a-fA-F]{3,8}\"|setStyleSheet", path.read_text("utf-8"))
