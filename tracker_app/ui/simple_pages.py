"""The pages that are little more than text: welcome, consent, feedback, thanks, declined."""

from typing import Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout

from tracker_app.study.flow import has_consent
from tracker_app.study.study import Study
from tracker_app.ui import theme
from tracker_app.ui.page import Page, button, label, markdown, set_role

ONLY_CALIBRATES = (
    "We set up your camera and let it learn where you look. There is nothing to read or to answer."
)
Ending = Literal["finished", "left", "calibrated"]


class WelcomePage(Page):
    """Who asks for what, and how long it takes."""

    continued = Signal()

    def __init__(
        self, study: Study, *, is_resumed: bool = False, only_calibrates: bool = False
    ) -> None:
        super().__init__("welcome", study.title)
        if only_calibrates:
            self.content.addWidget(label(f"{study.run_by}. About 2 minutes.", "muted"))
            self.content.addWidget(label(ONLY_CALIBRATES, "lead"))
            self._add_start("Start")
            return
        self.content.addWidget(label(f"{study.run_by}. About {study.minutes} minutes.", "muted"))
        if study.welcome:
            self.content.addWidget(label(study.welcome, "lead"))
        if is_resumed:
            self.content.addWidget(
                label(
                    "You were interrupted last time. You go on exactly where you stopped.", "good"
                )
            )
        if study.uses_demonstration_model:
            self.content.addWidget(
                label(
                    "This is a demonstration: the answers come from a very small language model "
                    "and are often wrong.",
                    "warning",
                )
            )
        self._add_start("Go on" if is_resumed else "Start")

    def _add_start(self, text: str) -> None:
        self._start = button(text, "start", "primary")
        self._start.clicked.connect(self.continued)
        self.buttons.addWidget(self._start)

    def enter(self) -> None:
        """Enter starts."""
        self._start.setFocus()


class ConsentPage(Page):
    """The consent text and its separate ticks; nothing is ticked beforehand."""

    agreed = Signal(dict)
    declined = Signal()

    def __init__(self, study: Study) -> None:
        super().__init__("consent", "Before you start")
        self._study = study
        text = markdown(study.consent.text)
        text.setMinimumHeight(300)
        self.content.addWidget(text, 1)
        self._boxes = {}
        for tick in study.consent.ticks:
            box = QCheckBox(tick.label if tick.required else f"{tick.label} (optional)")
            box.setObjectName(f"tick_{tick.id}")
            box.toggled.connect(self._update)
            self._boxes[tick.id] = box
            self.content.addWidget(box)
        no = button("No, thank you", "decline")
        no.clicked.connect(self.declined)
        self._agree = button("I agree", "agree", "primary")
        self._agree.clicked.connect(self._on_agree)
        self.buttons.addWidget(no)
        self.buttons.addWidget(self._agree)
        self._update()

    def _ticks(self) -> dict[str, bool]:
        return {name: box.isChecked() for name, box in self._boxes.items()}

    @Slot()
    def _update(self) -> None:
        self._agree.setEnabled(has_consent(self._study, self._ticks()))

    @Slot()
    def _on_agree(self) -> None:
        self.agreed.emit(self._ticks())


class FeedbackPage(Page):
    """A free comment at the end; may stay empty."""

    finished = Signal(str)

    def __init__(self) -> None:
        super().__init__("feedback", "One last question")
        question = label("Is there anything you would like to tell us? You may leave this empty.")
        self._text = QPlainTextEdit()
        self._text.setObjectName("comment")
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(140)
        question.setBuddy(self._text)
        self.content.addWidget(question)
        self.content.addWidget(self._text)
        done = button("Finish", "finish", "primary")
        done.clicked.connect(self._on_done)
        self.buttons.addWidget(done)

    def enter(self) -> None:
        """Typing goes into the comment."""
        self._text.setFocus()

    @Slot()
    def _on_done(self) -> None:
        self.finished.emit(self._text.toPlainText())


class ThanksPage(Page):
    """The completion code and what happens to the data now."""

    closed = Signal()

    def __init__(self, study: Study) -> None:
        super().__init__("thanks", "Thank you")
        self._study = study
        self._lead = label("", "lead")
        self.content.addWidget(self._lead)
        self._code = QVBoxLayout()
        self.content.addLayout(self._code)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._upload = label("")
        self.content.addSpacing(theme.S)
        self.content.addWidget(self._upload)
        self.content.addWidget(self._progress)
        self._close = button("Close", "close", "primary")
        self._close.clicked.connect(self.closed)
        self.buttons.addWidget(self._close)

    def thank(self, ending: Ending) -> None:
        """Thank for the whole study, for having tried, or for a calibration alone."""
        study = self._study
        self._lead.setText(
            {
                "finished": study.thanks or "You have finished. Your answers help a great deal.",
                "left": "You have stopped here, which is fine.",
                "calibrated": "That was all. You can close this window.",
            }[ending]
        )
        is_paid = ending == "finished" or (ending == "left" and study.completion.leaving_is_paid)
        if study.completion.complete and is_paid:
            self._add_code(study.completion.complete)

    def _add_code(self, code: str) -> None:
        row = QHBoxLayout()
        shown = label(code, "code", wraps=False)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = button("Copy", "copy_code")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(code))
        row.addWidget(shown)
        row.addWidget(copy)
        row.addStretch(1)
        self._code.addWidget(label("Your completion code:"))
        self._code.addLayout(row)

    def enter(self) -> None:
        """Enter closes."""
        self._close.setFocus()

    def show_upload(self, sent: int, total: int, sentence: str, *, is_done: bool) -> None:
        """Show how far the data has come, in one sentence."""
        self._progress.setMaximum(max(total, 1))
        self._progress.setValue(sent)
        self._progress.setVisible(not is_done)
        self._upload.setText(sentence)
        set_role(self._upload, "good" if is_done else "muted")


class DeclinedPage(Page):
    """Nothing was agreed to, so nothing was recorded."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__("declined", "That is fine")
        self.content.addWidget(label("Nothing was recorded. You can close this window.", "lead"))
        close = button("Close", "close", "primary")
        close.clicked.connect(self.closed)
        self.buttons.addWidget(close)
