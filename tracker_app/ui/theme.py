"""Every colour, size and font of the interface. Widgets use names, never values."""

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
TEXT_COLUMN_WIDTH = 640  # 65 to 75 characters at body size

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
    surface: str
    tint: str
    text: str
    muted: str
    border: str
    accent: str
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
    text="#1d2125",
    muted="#565e68",
    border="#868d96",
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
    text="#e9ebee",
    muted="#a9b1ba",
    border="#737b85",
    accent="#84b6f4",
    accent_hover="#a9ccf8",
    on_accent="#0f2440",
    good="#7fcfa3",
    warning="#f0b866",
    recording="#ff8a80",
    tick="tick-dark.svg",
    chevron="chevron-dark.svg",
)

# The grey on which calibration is judged: mid luminance keeps pupils steady between targets.
CALIBRATION_GREY = "#8c8c8c"
CALIBRATION_INK = "#101010"
CALIBRATION_PAPER = "#ffffff"

# On the camera's picture, which may be of any colour.
MIRROR_LINE = "#ffffff"
MIRROR_HALO = "#66000000"


def colours() -> Colours:
    """The scheme the desktop asks for."""
    is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return DARK if is_dark else LIGHT


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
    app.setPalette(palette)
    app.setStyleSheet(stylesheet(c))


def _picture(name: str) -> str:
    return Path(__file__).with_name(name).as_posix()


def stylesheet(c: Colours) -> str:
    """The style of every class of widget, by property `role` where a class has several looks."""
    return f"""
    QWidget {{ color: {c.text}; }}
    QMainWindow, QWidget[role="page"] {{ background: {c.page}; }}
    QLabel {{ background: transparent; }}
    QLabel[role="display"] {{ font-size: {DISPLAY}px; font-weight: 600; }}
    QLabel[role="title"] {{ font-size: {TITLE}px; font-weight: 600; }}
    QLabel[role="lead"] {{ font-size: {LEAD}px; }}
    QLabel[role="muted"] {{ color: {c.muted}; }}
    QLabel[role="small"] {{ color: {c.muted}; font-size: {SMALL}px; }}
    QLabel[role="warning"] {{ color: {c.warning}; font-weight: 600; }}
    QLabel[role="good"] {{ color: {c.good}; font-weight: 600; }}
    QLabel[role="recording"] {{ color: {c.recording}; font-size: {LEAD}px; }}
    QLabel[role="paused"] {{ color: {c.muted}; font-size: {LEAD}px; }}
    QLabel[role="code"] {{ font-size: {TITLE}px; font-weight: 600;
        background: {c.tint}; border-radius: {S}px; padding: {M}px {L}px; }}
    QLabel[role="banner"] {{ background: {c.tint}; color: {c.warning}; font-weight: 600;
        font-size: {SMALL}px; border-radius: {S}px; padding: {XS}px {M}px; }}
    QFrame[role="card"] {{ background: {c.surface}; border: 1px solid {c.tint};
        border-radius: {RADIUS}px; }}
    QFrame[role="bar"] {{ background: {c.surface}; border-bottom: 1px solid {c.tint}; }}
    QPushButton {{ min-height: {CONTROL_HEIGHT - 2}px; padding: 0 {L}px; border-radius: {S}px;
        border: 1px solid {c.border}; background: {c.surface}; font-size: {BODY}px; }}
    QPushButton:hover {{ background: {c.tint}; }}
    QPushButton:focus {{ border: 2px solid {c.accent}; }}
    QPushButton:disabled {{ color: {c.muted}; border-color: {c.tint}; background: {c.tint}; }}
    QPushButton[role="primary"] {{ background: {c.accent}; color: {c.on_accent};
        border-color: {c.accent}; font-weight: 600; padding: 0 {XL}px; }}
    QPushButton[role="primary"]:hover {{ background: {c.accent_hover}; }}
    QPushButton[role="primary"]:focus {{ border: 2px solid {c.text}; }}
    QPushButton[role="primary"]:disabled {{ background: {c.tint}; color: {c.muted};
        border-color: {c.tint}; }}
    QPushButton[role="quiet"] {{ min-height: {CONTROL_HEIGHT - 12}px; padding: 0 {M}px;
        font-size: {SMALL}px; }}
    QPushButton[role="choice"]:checked {{ background: {c.accent}; color: {c.on_accent};
        border-color: {c.accent}; font-weight: 600; }}
    QPushButton[role="choice"] {{ padding: 0 {S}px; min-width: {XL}px; }}
    QCheckBox {{ spacing: {M}px; font-size: {BODY}px; }}
    QCheckBox::indicator {{ width: 20px; height: 20px; border: 2px solid {c.border};
        border-radius: {XS}px; background: {c.surface}; }}
    QCheckBox::indicator:focus {{ border-color: {c.accent}; }}
    QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent};
        image: url("{_picture(c.tick)}"); }}
    QLineEdit, QComboBox {{ min-height: {CONTROL_HEIGHT - 2}px; padding: 0 {M}px;
        border: 1px solid {c.border}; border-radius: {S}px; background: {c.surface};
        font-size: {BODY}px; selection-background-color: {c.accent};
        selection-color: {c.on_accent}; }}
    QLineEdit:focus, QComboBox:focus {{ border: 2px solid {c.accent}; }}
    QComboBox::drop-down {{ border: none; width: {XL}px; }}
    QComboBox::down-arrow {{ image: url("{_picture(c.chevron)}"); width: {M}px; height: {M}px; }}
    QComboBox QLineEdit {{ border: none; padding: 0; min-height: 0; }}
    QPlainTextEdit, QTextEdit[role="document"] {{ font-size: {BODY}px; }}
    QPlainTextEdit, QTextEdit {{ background: {c.surface}; border: 1px solid {c.border};
        border-radius: {S}px; padding: {S}px;
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QPlainTextEdit:focus, QTextEdit:focus {{ border: 2px solid {c.accent}; }}
    QTextEdit[role="answer"] {{ border: 1px solid {c.tint}; border-radius: {RADIUS}px;
        padding: {S}px {M}px; }}
    QTextEdit[role="answer"]:focus {{ border: 2px solid {c.accent}; }}
    QTextEdit[role="question"] {{ border: none; background: transparent; padding: 0; }}
    QTextEdit[role="document"] {{ border: none; background: transparent; padding: 0; }}
    QProgressBar {{ border: none; background: {c.tint}; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    QScrollBar:vertical {{ width: {M}px; background: transparent; }}
    QScrollBar::handle:vertical {{ background: {c.border}; border-radius: {XS}px;
        min-height: {XXL}px; margin: 2px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollArea {{ border: none; background: transparent; }}
    """
