"""The privacy cockpit: what is recorded at this moment, where it lies and what leaves."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from tracker_app.ui import theme
from tracker_app.ui.addresses import breakable
from tracker_app.ui.page import Page, button, divider, label
from tracker_app.ui.texts import number, tr

Source = Literal["on", "off", "not_used"]
UNITS = ("B", "kB", "MB", "GB")
STEP = 1_000


@dataclass(frozen=True, slots=True)
class CockpitState:
    """What is recorded now and what becomes of it."""

    camera: Source
    mouse: Source
    kept: tuple[str, ...]  # short sentences
    folder: str  # where the data lies on this computer
    host: str = ""  # where it is sent; empty if nothing leaves this computer
    sent_bytes: int = 0
    place_host: str = ""  # who was asked for a place in the study, before anything was sent
    question_host: str = ""  # the study's server, where it asks the models
    asks_far_models: bool = False  # models that are not on this computer
    rows: tuple[tuple[str, str], ...] = ()  # the newest records: time and a short sentence


class PrivacyCockpit(Page):
    """Facts in two columns, then the last records."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__("cockpit", tr("What is recorded"), width=theme.READING_COLUMN_WIDTH)
        self.content.setSpacing(theme.L)
        facts = QGridLayout()
        facts.setHorizontalSpacing(theme.XL)
        facts.setVerticalSpacing(theme.M)
        facts.setColumnStretch(1, 1)
        self._facts: dict[str, QLabel] = {}
        for row, (name, caption) in enumerate(
            (
                ("camera", tr("Camera")),
                ("mouse", tr("Mouse")),
                ("kept", tr("What is kept")),
                ("sent", tr("What leaves")),
                ("folder", tr("Where it lies")),
            )
        ):
            fact = label("")
            fact.setObjectName(f"cockpit_{name}")
            fact.setAccessibleName(caption)
            top = Qt.AlignmentFlag.AlignTop
            facts.addWidget(label(caption, "heading", wraps=False), row, 0, top)
            facts.addWidget(fact, row, 1, top)
            self._facts[name] = fact
        self._rows_heading = label(tr("Recorded last"), "heading")
        self._rows_frame = QFrame()
        self._rows_frame.setProperty("role", "panel")
        self._rows = QGridLayout(self._rows_frame)
        self._rows.setContentsMargins(theme.L, theme.M, theme.L, theme.M)
        self._rows.setHorizontalSpacing(theme.L)
        self._rows.setVerticalSpacing(theme.XS)
        self._rows.setColumnStretch(1, 1)
        self._shown_rows: list[tuple[QLabel, QLabel]] = []
        self.content.addLayout(facts)
        self.content.addWidget(divider())
        self.content.addWidget(self._rows_heading)
        self.content.addWidget(self._rows_frame)
        self._close = button(tr("Back"), "close_cockpit", "primary")
        self._close.clicked.connect(self.closed)
        self.buttons.addWidget(self._close)

    def enter(self) -> None:
        """Enter goes back."""
        self._close.setFocus()

    def show_state(self, state: CockpitState) -> None:
        """Show how things are now; called as often as they change."""
        for name, words in (
            ("camera", _camera(state.camera)),
            ("mouse", _mouse(state.mouse)),
            ("kept", "\n".join(state.kept) or tr("Nothing so far.")),
            ("sent", _leaving(state)),
            ("folder", breakable(state.folder)),
        ):
            self._facts[name].setText(words)
        self._show_rows(state.rows)

    def _show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        while len(self._shown_rows) < len(rows):
            pair = label("", "small", wraps=False), label("", "small")
            row = len(self._shown_rows)
            for column, part in enumerate(pair):
                self._rows.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)
            self._shown_rows.append(pair)
        for row, (time, sentence) in enumerate(self._shown_rows):
            is_used = row < len(rows)
            texts = rows[row] if is_used else ("", "")
            for part, text in zip((time, sentence), texts, strict=True):
                part.setText(text)
                part.setVisible(is_used)
        self._rows_heading.setVisible(bool(rows))
        self._rows_frame.setVisible(bool(rows))


def size_words(size: int) -> str:
    """A number of bytes with the unit that suits it."""
    value, unit = float(size), 0
    while value >= STEP and unit < len(UNITS) - 1:
        value, unit = value / STEP, unit + 1
    return f"{number(value, 1 if unit > 1 else 0)} {UNITS[unit]}"


def _camera(source: Source) -> str:
    match source:
        case "on":
            return tr("On. Its picture is used for a moment and never saved or sent.")
        case "off":
            return tr("Off.")
        case "not_used":
            return tr("Not used in this session.")


def _mouse(source: Source) -> str:
    match source:
        case "on":
            return tr("On. Outside this window we note that the mouse moved, not where.")
        case "off":
            return tr("Off.")
        case "not_used":
            return tr("Not used in this session.")


def _leaving(state: CockpitState) -> str:
    size = size_words(state.sent_bytes)
    sentences = [tr("Sent to {host}: {size}.", host=state.host, size=size)] if state.host else []
    if state.place_host:
        sentences.append(
            tr(
                "To give out a place in the study, {host} was told a random number of this session "
                "and your code or, without one, another random number.",
                host=state.place_host,
            )
        )
    if state.question_host:
        sentences.append(
            tr(
                "Each question goes to {host} as soon as you ask it, with what was said before, "
                "and from there to the language models.",
                host=state.question_host,
            )
        )
    if state.asks_far_models:
        asked = tr("Your questions go to the language models over the network, without your code.")
        sentences.append(asked)
    return "\n".join(sentences) or tr("Nothing leaves this computer.")
