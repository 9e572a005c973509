"""The last pages: a code, a receipt, the number to ask for deletion with, and what happens next."""

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from tracker_app.study.completion import code_for
from tracker_app.study.flow import Ending
from tracker_app.study.study import Study
from tracker_app.ui import theme
from tracker_app.ui.addresses import breakable, host_of
from tracker_app.ui.page import Page, button, flowing, label, set_role
from tracker_app.ui.texts import tr


class CopyRow(QWidget):
    """A text that can be taken along, and a button that says when it was copied."""

    def __init__(self, caption: str, name: str, role: str) -> None:
        super().__init__()
        self._text = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.XS)
        column.addWidget(label(caption))
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        self._shown = label("", role, wraps=False)
        self._shown.setObjectName(name)
        self._copy = button(tr("Copy"), f"copy_{name}")
        self._copy.clicked.connect(self._on_copy)
        self._copied = label(tr("Copied"), "good", wraps=False)
        self._copied.hide()
        for widget in (self._shown, self._copy, self._copied):
            row.addWidget(widget)
        row.addStretch(1)
        column.addLayout(row)
        self._caption = caption
        self.hide()

    def offer(self, text: str) -> None:
        """Show a text; nothing is shown of an empty one."""
        self._text = text
        self._shown.setText(text)
        self._copy.setAccessibleName(tr("Copy: {caption} {text}", caption=self._caption, text=text))
        self._copied.hide()
        self.setVisible(bool(text))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copied.show()


class ReceiptRow(QWidget):
    """Offers a receipt, then says where it lies."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.XS)
        row = QHBoxLayout()
        self._save = button(tr("Save a receipt"), "save_receipt")
        self._save.clicked.connect(self.wanted)
        row.addWidget(self._save)
        row.addStretch(1)
        column.addLayout(row)
        self._where = label("", "small")
        column.addWidget(self._where)
        self.show_path("")

    def show_problem(self, sentence: str) -> None:
        """Say why it could not be saved; it can be tried again."""
        self._where.setText(sentence)

    def show_path(self, path: str) -> None:
        """Say where the receipt lies; an empty path: it was not saved yet."""
        if path:
            self._where.setText(tr("Your receipt is saved: {path}", path=breakable(path)))
        else:
            self._where.setText(tr("It says what you agreed to, what was kept, and your number."))


class ThanksPage(Page):
    """How it ended, what to take along, and what happens to the data now."""

    closed = Signal()
    receipt_wanted = Signal()

    def __init__(self, study: Study) -> None:
        super().__init__("thanks", tr("Thank you"))
        self._study = study
        self.content.setSpacing(theme.L)
        self._lead = label("", "lead")
        self._code = CopyRow(tr("Your completion code:"), "code", "code")
        self._heading = label(tr("What happens next"), "heading")
        self._upload = label("", "muted")
        self._progress = QProgressBar()
        self._progress.setObjectName("upload_progress")
        self._progress.setAccessibleName(tr("Sending your data"))
        self._progress.setTextVisible(False)
        next_up = QVBoxLayout()
        next_up.setSpacing(theme.S)
        for widget in (self._heading, self._upload, self._progress):
            next_up.addWidget(widget)
        self._number = CopyRow(
            tr("You can ask for deletion later with this number:"), "session_number", "number"
        )
        self._receipt = ReceiptRow()
        self._receipt.wanted.connect(self.receipt_wanted)
        self.content.addWidget(self._lead)
        self.content.addWidget(self._code)
        self.content.addLayout(next_up)
        self.content.addWidget(self._number)
        self.content.addWidget(self._receipt)
        self._return = button("", "return_to_site")
        self._return.clicked.connect(self._on_return)
        self._return.hide()
        self._close = button(tr("Close"), "close", "primary")
        self._close.clicked.connect(self.closed)
        self.buttons.addWidget(self._return)
        self.buttons.addWidget(self._close)
        self._heading.hide()
        self._progress.hide()
        self._receipt.hide()

    def thank(self, ending: Ending, session_id: str = "", *, is_kept_here: bool = False) -> None:
        """Say how it ended, with the code that goes with it.

        Args:
            ending: why it is over.
            session_id: to ask for deletion with; without one there is no receipt either.
            is_kept_here: the participant chose to keep everything on this computer.
        """
        self._lead.setText(_words(self._study, ending))
        self._code.offer(code_for(self._study.completion, ending))
        self._number.offer(session_id)
        self._receipt.setVisible(bool(session_id))
        if is_kept_here:
            sentence = tr("Everything stays on this computer. Nothing was sent.")
            self.show_upload(1, 1, sentence, is_done=True)
        url = self._study.completion.redirect_url
        if url and ending != "calibrated":
            self._return.setText(tr("Back to {host}", host=host_of(url)))
            self._return.show()
            set_role(self._return, "primary")
            set_role(self._close, "")

    def show_receipt_problem(self, sentence: str) -> None:
        """Say why there is no receipt yet."""
        self._receipt.show_problem(sentence)

    def show_receipt(self, path: str) -> None:
        """Say where the receipt lies."""
        self._receipt.show_path(path)

    def show_upload(self, sent: int, total: int, sentence: str, *, is_done: bool) -> None:
        """Show how far the data has come, in one sentence."""
        self._progress.setMaximum(max(total, 1))
        self._progress.setValue(sent)
        self._progress.setVisible(not is_done)
        self._heading.show()
        self._upload.setText(sentence)
        set_role(self._upload, "good" if is_done else "muted")

    def enter(self) -> None:
        """Enter does what is most likely wanted: back to where one came from, or close."""
        (self._return if self._return.isVisibleTo(self) else self._close).setFocus()

    @Slot()
    def _on_return(self) -> None:
        QDesktopServices.openUrl(QUrl(self._study.completion.redirect_url))


class WithdrawnPage(Page):
    """Everything is deleted; a receipt says so."""

    closed = Signal()

    def __init__(self, study: Study, receipt_path: str = "", problem: str = "") -> None:
        """Say that it is done, or why not all of it could be.

        Args:
            study: whose code is shown.
            receipt_path: where the receipt lies.
            problem: what could not be deleted and what to do; empty if everything is.
        """
        title = tr("Not everything could be deleted") if problem else tr("Everything is deleted")
        super().__init__("withdrawn", title)
        self.content.setSpacing(theme.L)
        done = tr(
            "What was recorded is removed from this computer. You do not have to do anything else."
        )
        self.content.addWidget(label(problem or done, "warning" if problem else "lead"))
        code = CopyRow(tr("Your completion code:"), "code", "code")
        code.offer(code_for(study.completion, "withdrawn"))
        self.content.addWidget(code)
        self._sent: QLabel = label("", "muted")
        self._sent.hide()
        self.content.addWidget(self._sent)
        if receipt_path:
            path = breakable(receipt_path)
            self.content.addWidget(label(tr("Your receipt is saved: {path}", path=path), "small"))
        self._close = button(tr("Close"), "close", "primary")
        self._close.clicked.connect(self.closed)
        self.buttons.addWidget(self._close)

    def show_server(self, sentence: str) -> None:
        """Say what became of what had been sent already."""
        self._sent.setText(sentence)
        self._sent.setVisible(bool(sentence))

    def enter(self) -> None:
        """Enter closes."""
        self._close.setFocus()


def _words(study: Study, ending: Ending) -> str:
    match ending:
        case "finished":
            return flowing(study.thanks) or tr("You have finished. Your answers help a great deal.")
        case "left":
            return tr("You have stopped here, which is fine.")
        case "screened_out":
            return tr("This study looks for other people this time. Thank you for your interest.")
        case "stopped":
            return tr("The study was ended here by the person who runs it.")
        case "calibrated":
            return tr("That was all. You can close this window.")
