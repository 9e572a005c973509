"""The pages that are little more than text: welcome, and what is said to who declines."""

from PySide6.QtCore import Signal

from tracker_app.study.study import Study
from tracker_app.ui.page import Page, button, flowing, label
from tracker_app.ui.texts import tr


class WelcomePage(Page):
    """Who asks for what, and how long it takes; or that nobody is asked any more."""

    continued = Signal()
    closed = Signal()

    def __init__(
        self,
        study: Study,
        *,
        is_resumed: bool = False,
        only_calibrates: bool = False,
        refusal: str = "",
    ) -> None:
        """Welcome to a study.

        Args:
            study: whose page it is.
            is_resumed: a session that was interrupted goes on.
            only_calibrates: there is nothing to read in this run.
            refusal: why nobody, or not this person, can take part; empty if they can.
        """
        super().__init__("welcome", study.title)
        self._study = study
        if refusal:
            self._refuse(refusal)
            return
        minutes = 2 if only_calibrates else study.minutes
        self.content.addWidget(label(_who_and_how_long(study, minutes), "muted"))
        if only_calibrates:
            lead = tr(
                "We set up your camera and let it learn where you look. "
                "There is nothing to read or to answer."
            )
            self.content.addWidget(label(lead, "lead"))
        else:
            self._invite(is_resumed=is_resumed)
        self._add_next(tr("Go on") if is_resumed else tr("Start"), "start")
        self._next.clicked.connect(self.continued)

    def _invite(self, *, is_resumed: bool) -> None:
        if self._study.welcome:
            self.content.addWidget(label(flowing(self._study.welcome), "lead"))
        if is_resumed:
            again = tr(
                "You were interrupted last time. You go on where you stopped; before you read on "
                "we set up your camera once more."
            )
            self.content.addWidget(label(again, "good"))
        if self._study.uses_demonstration_model:
            warning = tr(
                "This is a demonstration: the answers come from a very small language model and "
                "are often wrong."
            )
            self.content.addWidget(label(warning, "warning"))

    def _refuse(self, sentence: str) -> None:
        self.content.addWidget(label(self._study.run_by, "muted"))
        self.content.addWidget(label(sentence, "lead"))
        self._add_next(tr("Close"), "close")
        self._next.clicked.connect(self.closed)

    def _add_next(self, text: str, name: str) -> None:
        self._next = button(text, name, "primary")
        self.buttons.addWidget(self._next)

    def enter(self) -> None:
        """Enter starts."""
        self._next.setFocus()


def _who_and_how_long(study: Study, minutes: int) -> str:
    if minutes == 1:
        return tr("{run_by}. About 1 minute.", run_by=study.run_by)
    return tr("{run_by}. About {minutes} minutes.", run_by=study.run_by, minutes=minutes)


class DeclinedPage(Page):
    """Nothing was agreed to, so nothing was recorded."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__("declined", tr("That is fine"))
        sentence = tr("Nothing was recorded. You can close this window.")
        self.content.addWidget(label(sentence, "lead"))
        self._close = button(tr("Close"), "close", "primary")
        self._close.clicked.connect(self.closed)
        self.buttons.addWidget(self._close)

    def enter(self) -> None:
        """Enter closes."""
        self._close.setFocus()
