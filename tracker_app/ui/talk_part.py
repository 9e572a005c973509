"""Runs the talk: carries what the participant wants to the models, and answers to the page."""

import gc
from collections.abc import Iterable

from PySide6.QtCore import QTimer, Slot

from tracker_app.chat.talk import AnswerEnded, AnswerFailed, AnswerGrew, TalkEvent
from tracker_app.records import Record
from tracker_app.session import Session
from tracker_app.study.flow import Event
from tracker_app.ui.bridge import Bridge
from tracker_app.ui.drift_dot import DriftDot
from tracker_app.ui.part import Part
from tracker_app.ui.talk_page import TalkPage
from tracker_app.ui.text_recorder import TextRecorder


class TalkPart(Part):
    """The talk step with its page; the same one for all tasks of a visit."""

    page: TalkPage

    def __init__(self, session: Session, bridge: Bridge, earlier: Iterable[Record]) -> None:
        super().__init__()
        # While answers arrive, Python would look through all that is loaded, for 60 ms each time.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._talk = session.start_talk(earlier, bridge.talk_event.emit)
        bridge.talk_event.connect(self._on_event)
        self.page = TalkPage(session.study, self._talk.conversation.sides)
        self.text = TextRecorder(
            self.page.views,
            session.clock,
            session.record,
            keeps_actions=session.participant.agreed_to("mouse"),
        )
        self.text.setParent(self)
        self.page.asked.connect(self._on_asked)
        self.page.retried.connect(self._on_retried)
        self.page.rated.connect(self._on_rated)
        self.page.preferred.connect(self._on_preferred)
        self.page.compared.connect(self._on_compared)
        self.page.advanced.connect(self._on_advanced)
        self.page.finished.connect(self._on_finished)
        self._session = session
        self._rules = session.study.calibration
        self._eyes = session.eyes
        self.dot = DriftDot(session, self.page.reading_area)
        self.dot.finished.connect(self._show)
        # Nobody is asked before the answers could be looked at.
        self._reading = QTimer(self, singleShot=True)
        self._reading.setInterval(round(1_000 * session.study.ratings.after_s))
        self._reading.timeout.connect(self._show)

    def enter(self) -> None:
        """Show where the conversation stands."""
        self.page.begin(self._session.topic)
        self._show()
        self.page.enter()
        self._check_gaze()

    def leave(self) -> None:
        """Take away the dot there may be: something else is shown, or nothing is recorded."""
        self.dot.cancel()

    def _check_gaze(self) -> None:
        """Show a dot to look at, if it is time for one."""
        every = self._rules.drift_check_every_turns
        turns = self._talk.conversation.finished_turns
        if every and turns % every == 0 and self._eyes.is_on and self._eyes.checks.is_calibrated:
            self.dot.begin()

    @Slot()
    def _show(self) -> None:
        conversation = self._talk.conversation
        turn = conversation.turns[-1] if conversation.turns else None
        may_judge = not self._reading.isActive()
        self.page.show_turn(turn, conversation.finished_turns, may_judge=may_judge)

    @Slot(object)
    def _on_event(self, event: TalkEvent) -> None:
        match event:
            case AnswerGrew():
                self._talk.grow(event)
                self._grow(event.turn, event.side)
            case AnswerEnded():
                self._talk.complete(event)
                self._reading.start()
                self._show()
            case AnswerFailed():
                self._talk.fail(event)
                self._show()

    def _grow(self, number: int, side: int) -> None:
        answer = self._talk.conversation.turn(number).answers[side]
        self.page.grow(side, answer.message_id, answer.text)

    @Slot()
    def _on_finished(self) -> None:
        self.dot.cancel()
        self.say(Event.DONE)

    def details(self) -> dict[str, object]:
        """Where the dot there may be is."""
        if not self.dot.is_shown:
            return {}
        return {"page": "drift_dot", "target": self.dot.driver.view.target_px}

    @Slot(str, str)
    def _on_asked(self, question: str, opener: str) -> None:
        self.dot.cancel()  # the answer must not arrive under it
        self._talk.ask(question, opener)
        self._show()

    @Slot(int)
    def _on_retried(self, side: int) -> None:
        self._talk.retry(side)
        self._show()

    @Slot(int, int)
    def _on_rated(self, side: int, value: int) -> None:
        self._talk.rate(side, value)
        self._show()

    @Slot(int)
    def _on_preferred(self, side: int) -> None:
        self._talk.prefer(side)
        self._show()

    @Slot(bool)
    def _on_compared(self, is_better: bool) -> None:
        self._talk.compare(is_better=is_better)
        self._show()

    @Slot()
    def _on_advanced(self) -> None:
        self._talk.advance()
        self._show()
        self._check_gaze()
