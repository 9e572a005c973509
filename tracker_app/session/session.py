"""A consented session: owns the journal, the sources and the talk until it is closed.

It exists only from consent on, so that nothing can be recorded before it.
"""

import platform
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tracker_app import __version__
from tracker_app.capture.mouse import Mouse
from tracker_app.chat.answering import Speaker, TalkEvent
from tracker_app.chat.conversation import ContextRule, Conversation, Given, Required, Treatment
from tracker_app.chat.earlier_answer import EarlierAnswer, earlier_answer
from tracker_app.chat.talk import Lots, Talk
from tracker_app.clock import Clock
from tracker_app.errors import TrackerError
from tracker_app.recording.journal import Journal
from tracker_app.recording.uploader import Destination, Uploader
from tracker_app.records import (
    Assignment,
    FormAnswer,
    GazeCheckKind,
    KeySentence,
    Record,
    SessionEnd,
    SessionInfo,
    Task,
    Window,
)
from tracker_app.session.destination import destination_of
from tracker_app.session.eyes import Eyes
from tracker_app.session.gaze_checks import CLICK_LOOK_NS, CheckPoint
from tracker_app.session.models import speakers_of
from tracker_app.session.participant import Participant
from tracker_app.session.places import GivenPlace, place_here
from tracker_app.session.recorder import Recorder
from tracker_app.settings import Settings
from tracker_app.simulation.cast import Person, ScreenPx
from tracker_app.study.design import item_id_of, offered_topics, shown_item
from tracker_app.study.flow import Event, Place, step_record
from tracker_app.study.item import Item
from tracker_app.study.lots import (
    JudgementOrder,
    judgement_order,
    repeated_turns,
    request_seed,
    sampled_turn,
    standing_side,
    treatment_of,
)
from tracker_app.study.study import Study, Topic


class Session:
    """Everything behind the window, for one participant."""

    def __init__(
        self,
        journal: Journal,
        study: Study,
        settings: Settings,
        clock: Clock,
        participant: Participant,
        on_failure: Callable[[TrackerError], None],
        profile: Path | None = None,
    ) -> None:
        """Open the next clock segment of a journal; see `opening` for the two ways to get one.

        Args:
            journal: of this session; closed by `close`.
            study: what the researcher decided.
            settings: of this machine.
            clock: stamps everything.
            participant: who takes part, and what they agreed to.
            on_failure: hears of a source that failed; called from any thread.
            profile: where this person's last calibration is kept, if they have a code.
        """
        self.journal = journal
        self.study = study
        self.clock = clock
        self.participant = participant
        server = destination_of(settings, study)
        self._enrolment = (
            server.enrolment(journal.folder, participant.session_id) if server is not None else None
        )
        self.talk: Talk | None = None
        self.assignment: Assignment | None = None  # what was drawn, once something is to be read
        self.task: Task | None = None  # the one begun last
        self.topics_taken: set[str] = set()  # ids
        self.uploader: Uploader | None = None
        self.uses_eyes = participant.agreed_to("gaze")
        self._settings = settings
        self._window: Window | None = None
        self._is_closed = False
        self._had_eyes = False  # when its sources were released
        self._recorder = Recorder(journal, clock)
        keeps = study.recording.eye_features if participant.agreed_to("eye_features") else "none"
        self.eyes = Eyes(
            self._recorder,
            settings,
            journal.folder,
            self.is_inside,
            on_failure,
            keeps,
            lambda: self._window.pixel_ratio if self._window is not None else 1.0,
            profile=profile,
            learns_from_clicks=study.calibration.learns_from_clicks,
        )
        self._on_failure = on_failure
        self._mouse = Mouse(clock, self.record, self._lose_mouse)
        self.record(self._info())

    def record(self, record: Record) -> None:
        """Store one record: the only way into the journal. Any thread; returns at once."""
        self._recorder.record(record)

    def latest(self) -> tuple[Record, ...]:
        """The newest record of each stream; see `cockpit.last_rows`."""
        return tuple(self._recorder.latest.copy().values())

    def follow(self, place: Place, event: Event) -> None:
        """Record a transition, and let camera and mouse record only where they may.

        Raises:
            MouseUnavailableError: in one sentence; the transition has happened all the same.
        """
        if not place.records and not self._recorder.is_paused:
            self._release_sources("paused" if place.is_paused else place.step)
        if self.uses_eyes and not place.uses_eyes:
            self.eyes.stop("mouse only")
        self.uses_eyes = place.uses_eyes
        if place.is_paused:
            self._recorder.note_source("all", is_on=False, reason="paused by the participant")
        self.record(step_record(place, event, self.clock.now_ns()))
        if place.records and self._recorder.is_paused:
            self._let_sources_record(is_resumed=event is Event.RESUMED)

    # --- what the study asks -------------------------------------------------------------------

    @property
    def assigned(self) -> Assignment:
        """What was drawn; only where something is to be read."""
        assert self.assignment is not None  # at the latest with the talk, see `start_talk`
        return self.assignment

    def assign(self, place: GivenPlace) -> None:
        """Keep what was drawn, for good."""
        self.assignment = place.record(self.clock.now_ns())
        self.record(self.assignment)

    def next_topics(self) -> list[Topic]:
        """The topics of the next task, in the order to show them."""
        return offered_topics(self.study, self.assigned.topics, self.topics_taken)

    @property
    def topic(self) -> Topic | None:
        """The topic of the task begun last, if it has one."""
        wanted = self.task.topic if self.task is not None else ""
        return next((topic for topic in self.study.topics if topic.id == wanted), None)

    def begin_task(self, number: int, topic: Topic | None) -> None:
        """Begin a task, on a topic if the study has some."""
        self.task = Task(
            t_ns=self.clock.now_ns(),
            task=number,
            topic=topic.id if topic else "",
            title=topic.title if topic else "",
            source=topic.source if topic else "",
            date=topic.date if topic else "",
            mode=self.study.talk.mode,
        )
        self.topics_taken.add(self.task.topic)
        self.record(self.task)
        if self.talk is not None:
            self.talk.conversation.begin_task(number)

    def answer_form(self, form: str, task: int, values: Mapping[str, str]) -> None:
        """Keep what was filled in, field by field."""
        t_ns = self.clock.now_ns()
        for field, value in values.items():
            self.record(FormAnswer(t_ns=t_ns, form=form, task=task, field=field, value=value))

    def answer_for_key_sentence(self) -> EarlierAnswer | None:
        """The answer in which a sentence is to be chosen; None where nothing was answered."""
        conversation = self.talk.conversation if self.talk is not None else None
        if conversation is None or not conversation.finished:
            return None
        session_id, task = self.participant.session_id, conversation.task
        numbers = [turn.number for turn in conversation.finished]
        turn = sampled_turn(self.study, session_id, task, numbers)
        return earlier_answer(conversation, turn)

    def choose_sentence(self, answer: EarlierAnswer, start: int, end: int) -> None:
        """Keep the sentence that was chosen in an answer.

        Args:
            answer: it stands in.
            start: first code point of the displayed text.
            end: after the last one.
        """
        self.record(
            KeySentence(
                t_ns=self.clock.now_ns(),
                task=self.task.task if self.task else 1,
                turn=answer.turn,
                side=answer.side,
                message_id=answer.message_id,
                start=start,
                end=end,
                text=answer.shown.text[start:end],
            )
        )

    def _info(self) -> SessionInfo:
        return SessionInfo(
            t_ns=self.clock.now_ns(),
            session_id=self.participant.session_id,
            participant_id=self.participant.participant_id,
            study_id=self.study.id,
            study_version=self.study.version,
            study_sha256=self.study.sha256,
            app_version=__version__,
            python_version=platform.python_version(),
            platform=platform.platform(),
            is_simulated=self.participant.is_simulated,
            settings={**self._settings.described(), **self.study.described()},
        )

    # --- window and sources --------------------------------------------------------------------

    def set_window(self, window: Window) -> None:
        """Take note of where our window is."""
        self._window = window
        self.record(window)

    def is_inside(self, x_px: float, y_px: float) -> bool:
        """Whether a physical pixel lies in our window while it has the focus. Any thread."""
        window = self._window
        return window is not None and window.holds(x_px, y_px)

    def start_mouse(self) -> None:
        """Begin to capture the mouse, if the participant agreed to it.

        Raises:
            MouseUnavailableError: in one sentence.
        """
        if self.participant.agreed_to("mouse"):
            self._mouse.start()
            self._recorder.note_source("mouse", is_on=True)

    def _lose_mouse(self, error: TrackerError) -> None:
        self._recorder.note_source("mouse", is_on=False, reason=str(error))
        self._on_failure(error)

    def simulate_eyes(self, person: Person, screen_px: ScreenPx) -> None:
        """Make a person's eyes follow the mouse pointer; every sample says so."""
        self.eyes.simulate(person, lambda: self._mouse.position_px, screen_px)

    @property
    def is_mouse_on(self) -> bool:
        """Whether the mouse is captured now."""
        return self._mouse.is_on

    @property
    def is_paused(self) -> bool:
        """Whether camera and mouse are released, and nothing of them would be recorded."""
        return self._recorder.is_paused

    def _release_sources(self, reason: str) -> None:
        self._mouse.stop()  # first: it still records what was under way
        self.eyes.checks.give_up()
        self._recorder.is_paused = True
        self._had_eyes = self.eyes.is_on
        self.eyes.stop(reason)

    def _let_sources_record(self, *, is_resumed: bool) -> None:
        self._recorder.is_paused = False
        if is_resumed:
            self._recorder.note_source("all", is_on=True, reason="resumed by the participant")
            if self._had_eyes and self.uses_eyes:
                self.eyes.start()
        self.start_mouse()

    def point_clicked(self, element: str, place_px: tuple[float, float]) -> None:
        """A button of ours was pressed: eyes, if they are followed, were probably on it."""
        if not self.eyes.is_on:
            return
        now_ns = self.clock.now_ns()
        self.eyes.checks.expect(
            CheckPoint(
                GazeCheckKind.CLICK, place_px, now_ns - CLICK_LOOK_NS, now_ns, element=element
            )
        )

    # --- talk and upload -----------------------------------------------------------------------

    def start_talk(self, earlier: Iterable[Record], on_event: Callable[[TalkEvent], None]) -> Talk:
        """Set up the conversation where earlier records of this session left it."""
        if self.assignment is None:
            who = self.participant
            self.assign(place_here(self.study, self._settings.data_dir, self.clock, who))
        rules, ratings = self.study.talk, self.study.ratings
        conversation = Conversation(
            tuple(range(1, self.study.answers_per_turn + 1)),
            rules.system_prompt,
            rules.render == "markdown",
            ContextRule(rules.context),
            lambda turn: standing_side(self.study, self.participant.session_id, turn),
            Required(tuple(q.id for q in ratings.questions), ratings.rationale == "required"),
        )
        conversation.replay(earlier)
        self.talk = Talk(
            conversation,
            {} if self.study.items else self._speakers(),
            self.clock,
            self.record,
            on_event,
            rules.max_answer_characters,
            Lots(self._treatment_of, self._seed_of),
        )
        return self.talk

    def _speakers(self) -> dict[int, Speaker]:
        return speakers_of(self.study, self.assigned.cells[0], self._enrolment)

    def next_item(self) -> tuple[Item, dict[int, Given]] | None:
        """The next fixed item to judge, with the answer of each side; None if there is none."""
        turns = self.talk.conversation.turns if self.talk is not None else []
        judged = {turn.item for turn in turns if turn.is_rated}
        for cell in self.assigned.cells:
            if item_id_of(cell) not in judged:
                item, responses = shown_item(self.study, cell)
                return item, {side: Given(r.text, r.id) for side, r in responses.items()}
        return None

    def _treatment_of(self, turn: int) -> Treatment | None:
        found = treatment_of(self.study, self.participant.session_id, turn)
        return Treatment(found.id, found.suffix) if found else None

    def _seed_of(self, message_id: str) -> int:
        return request_seed(self.study, self.participant.session_id, message_id)

    @property
    def judgement_order(self) -> JudgementOrder:
        """In which order people are asked about answers."""
        return judgement_order(self.study, self.participant.session_id)

    def next_repeat(self) -> int | None:
        """The turn whose pair is to be shown again now, before the talk can end; None if none is.

        Drawn when the talk could end: which turns there are decides, and they stay the same.
        """
        conversation = self.talk.conversation if self.talk is not None else None
        if conversation is None:
            return None
        pairs = [turn.number for turn in conversation.finished]
        session_id, done = self.participant.session_id, conversation.repeated
        wanted = repeated_turns(self.study, session_id, conversation.task, pairs)
        return next((turn for turn in wanted if turn not in done), None)

    def start_upload(self, destination: Destination) -> None:
        """Send the journal as it grows.

        Raises:
            CollectorError: if the server's address is unusable.
        """
        self.uploader = Uploader(self.journal, destination, self._enrolment)

    # --- the end -------------------------------------------------------------------------------

    def finish(self, reason: str) -> None:
        """Stop recording, seal everything and say what there is.

        Raises:
            JournalError: if the last records could not be written.
        """
        for name in self.talk.names() if self.talk is not None else ():
            self.record(name)
        self._stop_sources()
        self.record(SessionEnd(t_ns=self.clock.now_ns(), reason=reason))
        self._recorder.close()
        self.journal.finish()

    def close(self) -> None:
        """Stop sources, drain the writer, stop the uploader. An unfinished session can resume."""
        if self._is_closed:
            return
        self._is_closed = True
        self._stop_sources()
        self.journal.seal()
        if self.uploader is not None:
            self.uploader.stop()
        self.journal.close()

    def _stop_sources(self) -> None:
        self._mouse.stop()
        self.eyes.stop("the session stopped")
        talk, self.talk = self.talk, None
        if talk is not None:
            talk.stop()
        self._recorder.stop()
