"""Every colour, size and font of the interface. Widgets use names, never values."""

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from tracker_app.records import Theme

# Spacing, in steps of 4 logical pixels.
XS, S, M, L, XL, XXL, XXXL = 4, 8, 12, 16, 24, 32, 48
RADIUS = 12
CONTROL_HEIGHT = 40
SCROLL_WIDTH = 12
FOCUS_WIDTH = 2  # of the ring around what has the focus
TEXT_COLUMN_WIDTH = 640  # 65 to 75 characters at body size
WIDE_COLUMN_WIDTH = 1040  # of cards side by side
READING_COLUMN_WIDTH = 760  # of an answer once more
FIELD_HEIGHT = 128  # of several lines of one's own words
NUMBER_WIDTH = 160
CARD_WIDTH, CARD_HEIGHT = 264, 96  # of a card among others, at least
CAPTION_WIDTH = 192  # of what stands before a row of choices
LEAST_STEP_WIDTH = 73  # of a step of a scale below its label
JUDGEMENT_WIDTH = 960  # captions, five steps and as much again as the captions
INDICATOR = 20  # of a tick or a radio button
BAR_HEIGHT = 56
LOW_HEIGHT = 560  # below it a page keeps smaller margins

# Type sizes in logical pixels.
SMALL, BODY, LEAD, TITLE, DISPLAY = 13, 15, 18, 24, 32

PREFERRED_FAMILY = "Noto Sans"
MONOSPACE_FAMILY = "Noto Sans Mono"


@dataclass(frozen=True, slots=True)
class Reading:
    """How answers are set; the study file chooses, and the layout records the result."""

    size_px: int
    line_height_px: int
    heading_px: int
    cell_line_height_px: int
    code_px: int
    code_leading_px: int


READING = {
    "gaze": Reading(TITLE, 48, 28, 40, 22, 10),
    "chat": Reading(LEAD, 29, 21, 27, 16, 6),
}
QUESTION = Reading(LEAD, 29, LEAD, 29, LEAD, 6)
BOLD_WEIGHT = 600
LIST_STEP_EM = 1.8  # how far a list's text stands in, in sizes of its font


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour scheme. Text contrasts at least 4.5:1, controls and focus at least 3:1."""

    theme: Theme
    page: str
    surface: str  # of cards, fields and buttons
    tint: str  # under code, under the mouse, of what is disabled
    mark: str  # under a chosen sentence
    line: str  # edges that only divide
    text: str
    muted: str
    border: str  # edges of controls
    accent: str  # the next action, links, and the ring around what has the focus
    accent_hover: str
    on_accent: str
    good: str
    warning: str
    recording: str
    tick: str  # picture of a tick on the accent
    chevron: str  # picture of an arrow down


LIGHT = Colours(
    theme=Theme.LIGHT,
    page="#f6f5f2",
    surface="#ffffff",
    tint="#eeece6",
    mark="#d6e4f7",
    line="#e2dfd7",
    text="#1d2125",
    muted="#565e68",
    border="#7d848d",
    accent="#1c5fae",
    accent_hover="#154a8a",
    on_accent="#ffffff",
    good="#1f6b45",
    warning="#8a4b00",
    recording="#b3261e",
    tick="tick-light.svg",
    chevron="chevron-light.svg",
)
DARK = Colours(
    theme=Theme.DARK,
    page="#15171a",
    surface="#1e2125",
    tint="#2a2e33",
    mark="#27405f",
    line="#33383e",
    text="#e9ebee",
    muted="#a9b1ba",
    border="#7f8791",
    accent="#84b6f4",
    accent_hover="#a9ccf8",
    on_accent="#0f2440",
    good="#7fcfa3",
    warning="#f0b866",
    recording="#ff8a80",
    tick="tick-dark.svg",
    chevron="chevron-dark.svg",
)
CONTRAST_LIGHT = Colours(
    theme=Theme.CONTRAST_LIGHT,
    page="#ffffff",
    surface="#ffffff",
    tint="#e8e8e8",
    mark="#ffe680",
    line="#000000",
    text="#000000",
    muted="#1f1f1f",
    border="#000000",
    accent="#00358a",
    accent_hover="#001f52",
    on_accent="#ffffff",
    good="#00401f",
    warning="#5c2500",
    recording="#8a0000",
    tick="tick-light.svg",
    chevron="chevron-contrast-light.svg",
)
CONTRAST_DARK = Colours(
    theme=Theme.CONTRAST_DARK,
    page="#000000",
    surface="#000000",
    tint="#262626",
    mark="#3d3d00",
    line="#ffffff",
    text="#ffffff",
    muted="#e6e6e6",
    border="#ffffff",
    accent="#ffe14d",
    accent_hover="#fff0a3",
    on_accent="#000000",
    good="#8df5b8",
    warning="#ffc266",
    recording="#ff9d94",
    tick="tick-contrast-dark.svg",
    chevron="chevron-contrast-dark.svg",
)
SCHEMES = {c.theme: c for c in (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)}
WISH = (
    "TRACKER_THEME"  # of the environment: a `Theme`, for whoever needs another than the desktop's
)

# The grey on which calibration is judged: mid luminance keeps pupils steady between targets.
CALIBRATION_GREY = "#8c8c8c"
CALIBRATION_INK = "#101010"
CALIBRATION_PAPER = "#ffffff"

# On the camera's picture, which may be of any colour.
MIRROR_LINE = "#ffffff"
MIRROR_HALO = "#66000000"


def colours() -> Colours:
    """The scheme wished for in the environment, else the one the desktop asks for."""
    wish = os.environ.get(WISH, "")
    if wish in SCHEMES:
        return SCHEMES[Theme(wish)]
    is_dark = desktop_scheme() is Qt.ColorScheme.Dark
    if wants_contrast():
        return CONTRAST_DARK if is_dark else CONTRAST_LIGHT
    return DARK if is_dark else LIGHT


def desktop_scheme() -> Qt.ColorScheme:
    """Light or dark, as far as the desktop says."""
    return QGuiApplication.styleHints().colorScheme()


def wants_contrast() -> bool:
    """Whether the desktop asks for high contrast, where Qt can tell (6.10 and later)."""
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    return bool(hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast)


def family() -> str:
    """Noto Sans where it is installed, else the desktop's own font."""
    if PREFERRED_FAMILY in QFontDatabase.families():
        return PREFERRED_FAMILY
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(size_px: int, *, bold: bool = False) -> QFont:
    """The interface's font at a size in logical pixels."""
    result = QFont(family())
    result.setPixelSize(size_px)
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return result


def reading_font(reading: Reading) -> QFont:
    """The font of messages, in which every character has a place of its own.

    Ligatures would draw several characters as one, and kerning would push one under the arm of
    another; then a point in the ink of a letter would not tell which letter it is.
    """
    result = font(reading.size_px)
    result.setKerning(False)
    result.setFeature(QFont.Tag("liga"), 0)
    return result


def monospace_family() -> str:
    """The fixed-width family for code."""
    if MONOSPACE_FAMILY in QFontDatabase.families():
        return MONOSPACE_FAMILY
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


def apply(app: QApplication) -> None:
    """Give the whole application its look."""
    app.setStyle("Fusion")
    app.setFont(font(BODY))
    c = colours()
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, c.page)
    palette.setColor(QPalette.ColorRole.Base, c.surface)
    palette.setColor(QPalette.ColorRole.WindowText, c.text)
    palette.setColor(QPalette.ColorRole.Text, c.text)
    palette.setColor(QPalette.ColorRole.ButtonText, c.text)
    palette.setColor(QPalette.ColorRole.PlaceholderText, c.muted)
    palette.setColor(QPalette.ColorRole.Highlight, c.accent)
    palette.setColor(QPalette.ColorRole.HighlightedText, c.on_accent)
    palette.setColor(QPalette.ColorRole.Link, c.accent)
    palette.setColor(QPalette.ColorRole.ToolTipBase, c.surface)
    palette.setColor(QPalette.ColorRole.ToolTipText, c.text)
    app.setPalette(palette)
    app.setStyleSheet(stylesheet(c))


def _picture(name: str) -> str:
    return Path(__file__).with_name(name).as_posix()


def stylesheet(c: Colours) -> str:
    """The style of every class of widget, by property `role` where a class has several looks."""
    return "".join((_texts(c), _surfaces(c), _buttons(c), _fields(c), _scrolling(c)))


def _texts(c: Colours) -> str:
    return f"""
    QWidget {{ color: {c.text}; }}
    QLabel {{ background: transparent; }}
    QLabel[role="display"] {{ font-size: {DISPLAY}px; font-weight: 600; }}
    QLabel[role="title"] {{ font-size: {TITLE}px; font-weight: 600; }}
    QLabel[role="lead"] {{ font-size: {LEAD}px; }}
    QLabel[role="heading"] {{ font-weight: 600; }}
    QLabel[role="lead_heading"] {{ font-size: {LEAD}px; font-weight: 600; }}
    QLabel[role="muted"] {{ color: {c.muted}; }}
    QLabel[role="small"] {{ color: {c.muted}; font-size: {SMALL}px; }}
    QLabel[role="warning"] {{ color: {c.warning}; font-weight: 600; }}
    QLabel[role="mistake"] {{ color: {c.recording}; font-weight: 600; }}
    QLabel[role="good"] {{ color: {c.good}; font-weight: 600; }}
    QLabel[role="recording"] {{ color: {c.recording}; font-size: {LEAD}px; }}
    QLabel[role="paused"] {{ color: {c.muted}; font-size: {LEAD}px; }}
    QLabel[role="code"] {{ font-size: {TITLE}px; font-weight: 600;
        background: {c.tint}; border-radius: {S}px; padding: {M}px {L}px; }}
    QLabel[role="number"] {{ background: {c.tint}; border-radius: {S}px; padding: {S}px {M}px; }}
    QLabel[role="hint"] {{ color: {c.warning}; font-size: {SMALL}px; font-weight: 600; }}
    QLabel[role="problem"] {{ background: {c.surface}; color: {c.warning}; font-weight: 600;
        border-bottom: 1px solid {c.line}; padding: {S}px {XL}px; }}
    QLabel[role="banner"] {{ background: {c.tint}; color: {c.warning}; font-weight: 600;
        font-size: {SMALL}px; padding: {XS}px {XL}px; }}
    QToolTip {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border};
        padding: {XS}px; }}
    """


def _surfaces(c: Colours) -> str:
    return f"""
    QMainWindow, QWidget[role="page"] {{ background: {c.page}; }}
    QFrame[role="card"] {{ background: {c.surface}; border: 1px solid {c.line};
        border-radius: {RADIUS}px; }}
    QFrame[role="bar"] {{ background: {c.surface}; border-bottom: 1px solid {c.line}; }}
    QFrame[role="divider"] {{ background: {c.line}; border: none; max-height: 1px; }}
    QFrame[role="panel"] {{ background: {c.tint}; border: none; border-radius: {S}px; }}
    """


def _buttons(c: Colours) -> str:
    thin, ring = 1, FOCUS_WIDTH
    return f"""
    QPushButton {{ min-height: {CONTROL_HEIGHT - 2 * thin}px; padding: 0 {L}px;
        border-radius: {S}px; border: {thin}px solid {c.border}; background: {c.surface};
        font-size: {BODY}px; }}
    QPushButton:hover {{ background: {c.tint}; }}
    QPushButton:focus {{ border: {ring}px solid {c.accent}; padding: 0 {L - 1}px;
        min-height: {CONTROL_HEIGHT - 2 * ring}px; }}
    QPushButton:disabled {{ color: {c.muted}; border-color: {c.line}; background: {c.tint}; }}
    QPushButton[role="primary"] {{ background: {c.accent}; color: {c.on_accent};
        border-color: {c.accent}; font-weight: 600; padding: 0 {XL}px; }}
    QPushButton[role="primary"]:hover {{ background: {c.accent_hover}; }}
    QPushButton[role="primary"]:disabled {{ background: {c.tint}; color: {c.muted};
        border-color: {c.line}; }}
    QPushButton[role="equal"] {{ color: {c.accent}; border: {ring}px solid {c.border};
        font-weight: 600; min-height: {CONTROL_HEIGHT - 2 * ring}px; padding: 0 {XL}px; }}
    QPushButton[role="equal"]:focus {{ border-color: {c.accent}; background: {c.tint}; }}
    QPushButton[role="equal"]:disabled {{ color: {c.muted}; border-color: {c.line}; }}
    QPushButton[role="quiet"] {{ min-height: {CONTROL_HEIGHT - 8 - 2 * thin}px;
        padding: 0 {M}px; font-size: {SMALL}px; }}
    QPushButton[role="quiet"]:focus {{ min-height: {CONTROL_HEIGHT - 8 - 2 * ring}px;
        padding: 0 {M - 1}px; }}
    QPushButton[role="choice"] {{ padding: 0 {S}px; min-width: {XL}px; }}
    QPushButton[role="choice"]:focus {{ padding: 0 {S - 1}px; }}
    QPushButton[role="choice"]:checked {{ background: {c.accent}; color: {c.on_accent};
        border-color: {c.accent}; font-weight: 600; }}
    QPushButton[role="card"] {{ text-align: left; border-radius: {RADIUS}px; padding: 0;
        min-height: {CARD_HEIGHT}px; }}
    QPushButton[role="card"]:focus {{ padding: 0; min-height: {CARD_HEIGHT}px; }}
    QToolButton {{ border: {ring}px solid transparent; background: transparent; }}
    QToolButton:focus {{ border-color: {c.accent}; }}
    QCheckBox::indicator, QRadioButton::indicator {{ width: {INDICATOR - 4}px;
        height: {INDICATOR - 4}px; border: 2px solid {c.border}; background: {c.surface}; }}
    QCheckBox::indicator {{ border-radius: {XS}px; }}
    QRadioButton::indicator {{ border-radius: {INDICATOR // 2}px; }}
    QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {c.accent}; }}
    QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent};
        image: url("{_picture(c.tick)}"); }}
    QRadioButton::indicator:checked {{ border: 6px solid {c.accent}; width: {INDICATOR - 12}px;
        height: {INDICATOR - 12}px; }}
    """


def _fields(c: Colours) -> str:
    ring = FOCUS_WIDTH
    return f"""
    QLineEdit, QComboBox {{ min-height: {CONTROL_HEIGHT - 2}px; padding: 0 {M}px;
        border: 1px solid {c.border}; border-radius: {S}px; background: {c.surface};
        font-size: {BODY}px; selection-background-color: {c.accent};
        selection-color: {c.on_accent}; }}
    QLineEdit:focus, QComboBox:focus {{ border: {ring}px solid {c.accent};
        min-height: {CONTROL_HEIGHT - 2 * ring}px; padding: 0 {M - 1}px; }}
    QLineEdit:disabled, QComboBox:disabled {{ color: {c.muted}; background: {c.tint}; }}
    QComboBox::drop-down {{ border: none; width: {XL}px; }}
    QComboBox::down-arrow {{ image: url("{_picture(c.chevron)}"); width: {M}px; height: {M}px; }}
    QComboBox QLineEdit {{ border: none; padding: 0; min-height: 0; }}
    QComboBox QAbstractItemView {{ background: {c.surface}; color: {c.text};
        border: 1px solid {c.border}; selection-background-color: {c.accent};
        selection-color: {c.on_accent}; }}
    QPlainTextEdit, QTextEdit[role="document"] {{ font-size: {BODY}px; }}
    QPlainTextEdit, QTextEdit {{ background: {c.surface}; border: 1px solid {c.border};
        border-radius: {S}px; padding: {S}px;
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QPlainTextEdit:focus, QTextEdit:focus {{ border: {ring}px solid {c.accent};
        padding: {S - 1}px; }}
    QTextEdit[role="answer"] {{ border: 1px solid {c.line}; border-radius: {RADIUS}px;
        padding: {S}px {M}px; }}
    QTextEdit[role="answer"]:focus {{ border: {ring}px solid {c.accent};
        padding: {S - 1}px {M - 1}px; }}
    QTextEdit[role="question"] {{ border: none; background: transparent; padding: 0; }}
    QTextEdit[role="document"], QTextEdit[role="document"]:focus {{ background: transparent;
        border: none; padding: 0; }}
    QTextEdit[role="boxed"] {{ font-size: {BODY}px; background: {c.page}; padding: {S}px {M}px; }}
    QTextEdit[role="boxed"]:focus {{ padding: {S - 1}px {M - 1}px; }}
    *[is_wrong="true"] {{ border: {ring}px solid {c.recording}; border-radius: {S}px; }}
    QSlider::groove:horizontal {{ height: {XS}px; background: {c.border}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ width: {INDICATOR}px; margin: -{S}px 0; background: {c.accent};
        border: {ring}px solid {c.surface}; border-radius: {S}px; }}
    QSlider:focus {{ border: {ring}px solid {c.accent}; border-radius: {S}px; }}
    """


def _scrolling(c: Colours) -> str:
    return f"""
    QProgressBar {{ border: none; background: {c.tint}; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    QScrollBar:vertical {{ width: {SCROLL_WIDTH}px; background: transparent; }}
    QScrollBar::handle:vertical {{ background: {c.border}; border-radius: {XS}px;
        min-height: {XXL}px; margin: 2px; }}
    QScrollBar[is_idle="true"]::handle {{ background: transparent; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollArea {{ border: {FOCUS_WIDTH}px solid transparent; border-radius: {S}px;
        background: transparent; }}
    QScrollArea:focus {{ border-color: {c.accent}; }}
    """
