"""The step in which the key sentence of an earlier answer is chosen."""

from PySide6.QtCore import Slot

from tracker_app.chat.earlier_answer import EarlierAnswer
from tracker_app.session import Session
from tracker_app.study.flow import Event
from tracker_app.ui.key_sentence_page import KeySentencePage
from tracker_app.ui.part import Part


class KeySentencePart(Part):
    """Shows an earlier answer; the sentence chosen in it is recorded."""

    page: KeySentencePage

    def __init__(self, session: Session, answer: EarlierAnswer) -> None:
        super().__init__()
        self._session, self._answer = session, answer
        self.page = KeySentencePage(answer.question, answer.shown)
        self.page.chosen.connect(self._on_chosen)

    def enter(self) -> None:
        """Arrow keys go from sentence to sentence."""
        self.page.enter()

    @Slot(int, int)
    def _on_chosen(self, start: int, end: int) -> None:
        self._session.choose_sentence(self._answer, start, end)
        self.say(Event.DONE)
