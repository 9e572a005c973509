"""Runs the talk: carries what the participant wants to the models, and answers to the page."""

import gc
from collections.abc import Iterable

from PySide6.QtCore import QTimer, Slot

from tracker_app.chat.answering import AnswerDelayed, AnswerGrew, TalkEvent
from tracker_app.chat.conversation import ConversationTurn, Verdict
from tracker_app.chat.reveal import Reveal, RevealMode
from tracker_app.records import Record
from tracker_app.records import Reveal as RevealRecord
from tracker_app.session import Session
from tracker_app.study.flow import Event
from tracker_app.study.lots import named_order
from tracker_app.ui.bridge import Bridge
from tracker_app.ui.drift_dot import DriftDot
from tracker_app.ui.part import Part
from tracker_app.ui.talk_page import Progress, TalkPage
from tracker_app.ui.text_recorder import TextRecorder
from tracker_app.ui.texts import tr

PACE_MS = 100  # how often a paced answer grows


class TalkPart(Part):
    """The talk step with its page; the same one for all tasks of a visit."""

    page: TalkPage

    def __init__(self, session: Session, bridge: Bridge, earlier: Iterable[Record]) -> None:
        super().__init__()
        # While answers arrive, Python would look through all that is loaded, for 60 ms each time.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._session, self._rules = session, session.study.talk
        self._talk = session.start_talk(earlier, bridge.talk_event.emit)
        bridge.talk_event.connect(self._on_event)
        self._order = session.judgement_order
        self.page = TalkPage(session.study, self._order)
        self.text = TextRecorder(
            self.page.views,
            session.clock,
            session.record,
            keeps_actions=session.participant.agreed_to("mouse"),
        )
        self.text.setParent(self)
        self._connect_page()
        self._every = session.study.calibration.drift_check_every_turns
        self._eyes = session.eyes
        self.dot = DriftDot(session, self.page.reading_area)
        self.dot.finished.connect(self._go_on)
        self._reveal = Reveal(RevealMode(self._rules.reveal), self._rules.pace_words_per_s)
        self._pace = QTimer(self, interval=PACE_MS)
        self._pace.timeout.connect(self._show)
        # Nobody is asked before the answers could be looked at.
        self._reading = QTimer(self, singleShot=True)
        self._reading.setInterval(round(1_000 * session.study.ratings.after_s))
        self._reading.timeout.connect(self._show)
        self._whole_turn = -1  # the last one whose answers were all there to be seen
        self._delayed: dict[str, int] = {}  # seconds until a model is asked again, by message
        self._asked_about = -1  # the last one that was asked about
        self._is_seen = False  # nothing lies over the page

        if session.study.items is not None:
            is_pair = len(self._order.sides) > 1
            self.page.say_what_follows(tr("Next pair") if is_pair else tr("Next answer"))

    def _connect_page(self) -> None:
        page = self.page
        page.asked.connect(self._on_asked)
        page.retried.connect(self._on_retried)
        page.skipped.connect(self._on_skipped)
        page.rated.connect(self._on_rated)
        page.rated_extra.connect(self._on_rated_extra)
        page.judged.connect(self._on_judged)
        page.compared.connect(self._on_compared)
        page.explained.connect(self._talk.explain)
        page.advanced.connect(self._on_advanced)
        page.finished.connect(self._finish)
        for side, view in page.answers.items():
            view.text_painted.connect(
                lambda message_id, is_whole, side=side: self._on_painted(side, message_id, is_whole)
            )
        if page.history is not None:
            page.history.view_added.connect(self.text.watch)
            page.history.view_removed.connect(self.text.forget)

    def enter(self) -> None:
        """Show where the conversation stands."""
        self._is_seen = True
        self.page.begin(self._session.topic)
        self._show_history()
        turn = self._newest
        if turn is not None and turn.repeats is not None and turn.is_closed:
            self._finish()
            return
        self._check_gaze()
        self._go_on_unless_looking()
        self.page.enter()

    def leave(self) -> None:
        """Take away the dot there may be: something else is shown, or nothing is recorded."""
        self._is_seen = False
        self._pace.stop()
        self._reveal.hold(self._session.clock.now_ns())
        if self._reading.isActive():  # what is read for a while is read without a break
            self._reading.stop()
            self._whole_turn = -1
        self.dot.cancel()

    def come_back(self) -> None:
        """Go on from where it was left; what came meanwhile is shown now."""
        self._is_seen = True
        self._go_on()

    @property
    def _newest(self) -> ConversationTurn | None:
        turns = self._talk.conversation.turns
        return turns[-1] if turns else None

    def _check_gaze(self) -> None:
        """Show a dot to look at, if it is time for one."""
        turns = self._talk.conversation.finished_turns
        is_time = self._every and turns % self._every == 0
        if is_time and self._eyes.is_on and self._eyes.checks.is_calibrated:
            self.dot.begin()

    def _go_on_unless_looking(self) -> None:
        """Go on, or let the dot that is looked at do so."""
        if self.dot.is_shown:
            self._show()
        else:
            self._go_on()

    @Slot()
    def _go_on(self) -> None:
        """Put the next fixed item up, where there are some and none is under way."""
        if self._session.study.items is None or self._talk.conversation.current is not None:
            self._show()
            return
        following = self._session.next_item()
        if following is None:
            self._finish()
            return
        item, answers = following
        self._talk.present(item.prompt, answers, item=item.id)
        self._show()

    # --- what is shown -------------------------------------------------------------------------

    @Slot()
    def _show(self) -> None:
        if not self._is_seen:
            return
        turn = self._newest
        if turn is None:
            self.page.show_turn(None, {}, self._progress())
            return
        shown = self._reveal.shown(turn, self._session.clock.now_ns())
        is_whole = turn.is_answered and not any(seen.is_growing for seen in shown.values())
        if is_whole and turn.number != self._whole_turn:
            self._whole_turn = turn.number
            self._reading.start()
        self._keep_pace(is_needed=turn.is_answered and not is_whole)
        may_judge = is_whole and not self._reading.isActive()
        self.page.show_turn(turn, shown, self._progress(), may_judge=may_judge)
        if turn.is_closed:
            return  # whoever gave it up waits for nobody
        waits = [self._delayed.get(answer.message_id) for answer in turn.answers.values()]
        if (seconds := next((wait for wait in waits if wait), None)) is not None:
            busy = tr("The language model is busy. Asking again in {n} s.", n=seconds)
            self.page.say_waiting(busy, may_skip=turn.has_failed)
        if may_judge and turn.number != self._asked_about:
            self._asked_about = turn.number
            self._talk.begin_judging(named_order(self._session.study, self._order))

    def _keep_pace(self, *, is_needed: bool) -> None:
        if is_needed and not self._pace.isActive():
            self._pace.start()
        elif not is_needed:
            self._pace.stop()

    def _show_history(self) -> None:
        if self.page.history is None:
            return
        conversation, newest = self._talk.conversation, self._newest
        if newest is not None and newest.repeats is not None:  # it would show how it was before
            self.page.history.show_turns([])
            return
        past = [conversation.history(side) for side in conversation.sides]
        rows = [
            (turns[0].turn, sorted({p.side for p in turns})) for turns in zip(*past, strict=True)
        ]
        self.page.history.show_turns(rows)

    def _progress(self) -> Progress:
        conversation, rules = self._talk.conversation, self._rules
        finished = conversation.finished_turns
        if self._session.study.items is not None:
            return Progress(self._count_of_items())
        newest = self._newest
        if newest is not None and newest.repeats is not None:
            return Progress(tr("One more pair to compare"))
        # Who cannot get an answer is not kept here until there is one.
        may_finish = finished >= rules.min_turns or conversation.has_skipped
        return Progress(
            _count(finished, rules.min_turns),
            may_ask=finished < rules.max_turns,
            may_finish=may_finish,
            is_first=not conversation.turns,
        )

    def _count_of_items(self) -> str:
        """How far one is; an item that is shown again is one like the others."""
        number = sum(turn.is_rated for turn in self._talk.conversation.turns) + 1
        items = len(self._session.assigned.cells)
        total = items + min(self._rules.swap_repeats, items)
        if len(self._order.sides) > 1:
            return tr("Pair {number} of {total}", number=min(number, total), total=total)
        return tr("Answer {number} of {total}", number=min(number, total), total=total)

    @Slot(object)
    def _on_event(self, event: TalkEvent) -> None:
        self._talk.take(event)
        self._delayed.pop(event.message_id, None)
        if isinstance(event, AnswerDelayed):
            self._delayed[event.message_id] = max(1, round(event.wait_s))
        if isinstance(event, AnswerGrew):
            self._grow(event)
        else:
            self._show()

    def _grow(self, event: AnswerGrew) -> None:
        turn = self._newest
        if self._rules.reveal != "stream" or turn is None or turn.number != event.turn:
            return
        if not self.page.answers[event.side].message_id:
            self._show()  # both come into view together, once both have begun
            return
        answer = turn.answers[event.side]
        self.page.grow(event.side, answer.message_id, answer.text)

    def _on_painted(self, side: int, message_id: str, is_whole: bool) -> None:
        turn = self._newest
        if turn is None or turn.answers[side].message_id != message_id:
            return
        now_ns = self._session.clock.now_ns()
        self._session.record(
            RevealRecord(
                t_ns=now_ns, message_id=message_id, turn=turn.number, side=side, is_whole=is_whole
            )
        )

    def details(self) -> dict[str, object]:
        """Where the dot there may be is."""
        if not self.dot.is_shown:
            return {}
        return {"page": "drift_dot", "target": self.dot.driver.view.target_px}

    # --- what the participant does -------------------------------------------------------------

    @Slot(str, str)
    def _on_asked(self, question: str, opener: str) -> None:
        self.dot.cancel()  # the answer must not arrive under it
        self._talk.ask(question, opener)
        self._show_history()
        self._show()

    @Slot(int)
    def _on_retried(self, side: int) -> None:
        self._talk.retry(side)
        self._show()

    @Slot()
    def _on_skipped(self) -> None:
        self._talk.skip()
        self._show()

    @Slot(int, int)
    def _on_rated(self, side: int, value: int) -> None:
        self._talk.rate(side, value)
        self._show()

    @Slot(str, int, int)
    def _on_rated_extra(self, question: str, side: int, value: int) -> None:
        self._talk.rate_extra(question, side, value)
        self._show()

    @Slot(object)
    def _on_judged(self, verdict: Verdict) -> None:
        self._talk.judge(verdict)
        self._show()

    @Slot(bool)
    def _on_compared(self, is_better: bool) -> None:
        self._talk.compare(is_better=is_better)
        self._show()

    @Slot()
    def _on_advanced(self) -> None:
        self._talk.advance()
        turn = self._newest
        if turn is not None and turn.is_closed and turn.repeats is not None:
            self._finish()
            return
        self._check_gaze()
        self._go_on_unless_looking()

    @Slot()
    def _finish(self) -> None:
        """Show the pairs that are to be judged again, then end."""
        self.dot.cancel()
        again = self._session.next_repeat()
        if again is None:
            self.say(Event.DONE)
            return
        self._talk.repeat(again)
        self._show_history()
        self._show()


def _count(finished: int, minimum: int) -> str:
    if finished < minimum:
        return tr("Question {number} of at least {least}", number=finished + 1, least=minimum)
    if finished == 1:
        return tr("1 question answered")
    return tr("{n} questions answered", n=finished)
