"""The consent text and its separate ticks; nothing is ticked beforehand, and no weighs like yes."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent

from tracker_app.study.flow import has_consent
from tracker_app.study.study import Study
from tracker_app.ui import theme
from tracker_app.ui.markdown_text import MarkdownText
from tracker_app.ui.page import Page, button, flowing, keep_place, label
from tracker_app.ui.texts import tr
from tracker_app.ui.wrapping_choice import Tick


class ConsentPage(Page):
    """What matters most, the full text, the ticks, and two answers of the same weight."""

    agreed = Signal(dict)  # ticks by id
    declined = Signal()

    def __init__(self, study: Study) -> None:
        super().__init__("consent", tr("Before you start"))
        self._study = study
        if study.consent.summary:
            self.content.addWidget(label(flowing(study.consent.summary), "lead"))
        text = MarkdownText(study.consent.text, "consent_text", is_boxed=True)
        text.setAccessibleName(tr("The full text of the consent"))
        self._text = text
        self.content.addWidget(text, 1)
        self._boxes: dict[str, Tick] = {}
        for tick in study.consent.ticks:
            words = tick.label if tick.required else tr("{label} (optional)", label=tick.label)
            box = Tick(words, f"tick_{tick.id}")
            box.toggled.connect(self._update)
            self._boxes[str(tick.id)] = box
            self.content.addWidget(box)
        self._missing = self.add_note(_what_is_missing(study))
        keep_place(self._missing)
        self._decline = button(tr("No, thank you"), "decline", "equal")
        self._decline.clicked.connect(self.declined)
        self._agree = button(tr("I agree"), "agree", "equal")
        self._agree.clicked.connect(self._on_agree)
        width = max(self._decline.sizeHint().width(), self._agree.sizeHint().width())
        for answer in (self._decline, self._agree):
            answer.setMinimumWidth(width)
            self.buttons.addWidget(answer)
        self._update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window all scrolls as one; a box that scrolls within it would be in the way."""
        super().resizeEvent(event)
        self._text.set_boxed(self.height() >= theme.LOW_HEIGHT)

    def enter(self) -> None:
        """The text can be read with the keyboard at once."""
        (self._text if self._text.is_boxed else self._scroll).setFocus()

    def _ticks(self) -> dict[str, bool]:
        return {name: box.isChecked() for name, box in self._boxes.items()}

    @Slot()
    def _update(self) -> None:
        may = has_consent(self._study, self._ticks())
        self._agree.setEnabled(may)
        self._missing.setVisible(not may)

    @Slot()
    def _on_agree(self) -> None:
        self._set_waiting(is_waiting=True)
        self.agreed.emit(self._ticks())

    def ask_again(self) -> None:
        """What was to follow the consent failed: it can be given once more, or not."""
        self._set_waiting(is_waiting=False)
        self._update()

    def _set_waiting(self, *, is_waiting: bool) -> None:
        """Let nothing be changed while what was agreed to is prepared."""
        for control in (*self._boxes.values(), self._decline, self._agree):
            control.setEnabled(not is_waiting)
        self._missing.setText(tr("One moment…") if is_waiting else _what_is_missing(self._study))
        self._missing.setVisible(is_waiting)


def _what_is_missing(study: Study) -> str:
    if all(tick.required for tick in study.consent.ticks):
        return tr("To take part, tick every line above.")
    return tr("To take part, tick every line that is not marked as optional.")
