"""The participant's way through a study, as a pure state machine. Views only follow it.

A `Plan` says which steps there are; a `Place` says where somebody is; `after` is the only way from
one place to the next. Every transition is a record, and folding the recorded events over the plan
gives the place again: that is how an interrupted session goes on where it was.

Nothing is recorded before consent because the session, which owns the journal, is opened by
`Event.AGREED`; `Place.records` says whether camera and mouse may record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from tracker_app.records import FlowStep, Record
from tracker_app.study.study import Study


class Step(StrEnum):
    """Steps in their usual order. The value is stored: never rename it."""

    CODE = "code"
    WELCOME = "welcome"
    CONSENT = "consent"
    QUESTIONNAIRE = "questionnaire"
    INSTRUCTIONS = "instructions"
    SETUP = "setup"
    CALIBRATION = "calibration"
    TOPIC = "topic"
    KNOWLEDGE_BEFORE = "knowledge_before"
    TALK = "talk"
    KNOWLEDGE_AFTER = "knowledge_after"
    SUMMARY = "summary"
    KEY_SENTENCE = "key_sentence"
    FEEDBACK = "feedback"
    REVIEW = "review"
    THANKS = "thanks"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"  # only ever recorded: a pause keeps its place


class Event(StrEnum):
    """What leads from one place to another. The value is stored: never rename it."""

    STARTED = "started"  # only ever recorded: how the first step was come to
    DONE = "done"
    AGREED = "agreed"
    AGREED_WITHOUT_GAZE = "agreed_without_gaze"
    DECLINED = "declined"
    MOUSE_ONLY = "mouse_only"
    SCREENED_OUT = "screened_out"
    LEFT = "left"
    STOPPED = "stopped"  # by who runs the study
    WITHDRAWN = "withdrawn"
    RECALIBRATE = "recalibrate"
    CAMERA_LOST = "camera_lost"
    PAUSED = "paused"
    RESUMED = "resumed"
    RESTARTED = "restarted"  # the program was, in the middle of a session


TASK_STEPS = (
    Step.TOPIC,
    Step.KNOWLEDGE_BEFORE,
    Step.TALK,
    Step.KNOWLEDGE_AFTER,
    Step.SUMMARY,
    Step.KEY_SENTENCE,
)
EYE_STEPS = (Step.SETUP, Step.CALIBRATION)
FINAL = (Step.THANKS, Step.DECLINED, Step.WITHDRAWN)


Ending = Literal["finished", "left", "screened_out", "stopped", "calibrated"]
ENDINGS: dict[Event, Ending] = {
    Event.SCREENED_OUT: "screened_out",
    Event.LEFT: "left",
    Event.STOPPED: "stopped",
}


class FlowError(ValueError):
    """An event that cannot happen here: a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one run, in order; those of a task come once for each task."""

    before: tuple[Step, ...]
    task: tuple[Step, ...]
    after: tuple[Step, ...]
    tasks: int = 1
    asks_after_first_task: bool = False  # the questionnaire
    has_review: bool = False
    ending: Ending = "finished"  # what it is called to come through

    @property
    def stops(self) -> tuple[tuple[Step, int], ...]:
        """Every step with the number of its task, in order."""
        tasks = range(1, self.tasks + 1) if self.task else ()
        found = [(step, 1) for step in self.before]
        for number in tasks:
            found += [(step, number) for step in self.task]
            if number == 1 and self.asks_after_first_task:
                found.append((Step.QUESTIONNAIRE, number))
        last = (*self.after, *((Step.REVIEW,) if self.has_review else ()), Step.THANKS)
        return (*found, *((step, self.tasks) for step in last))


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is."""

    step: Step
    task: int = 1
    is_session: bool = False  # it was agreed to: there is a journal
    uses_eyes: bool = False
    are_eyes_ready: bool = False  # set up and calibrated since the program was started
    is_paused: bool = False
    ending: Ending | None = None  # why it is over, once it is
    back_to: Step | None = None  # after eyes were set up or calibrated out of turn

    @property
    def is_final(self) -> bool:
        """Nothing follows."""
        return self.step in FINAL

    @property
    def records(self) -> bool:
        """Whether camera and mouse may record here."""
        is_under_way = self.is_session and not self.is_final and self.step is not Step.REVIEW
        return is_under_way and not self.is_paused

    @property
    def shown(self) -> Step:
        """The step as a record names it: a pause interrupts the time of a step."""
        return Step.PAUSED if self.is_paused else self.step


def plan_of(study: Study, *, asks_code: bool = False, only_calibrates: bool = False) -> Plan:
    """The steps of a study.

    Args:
        study: that is run.
        asks_code: the participant still has to enter one.
        only_calibrates: there is nothing to read in this run, and so nothing to say about it.
    """
    first = (*((Step.CODE,) if asks_code else ()), Step.WELCOME, Step.CONSENT)
    if only_calibrates:
        return Plan((*first, *EYE_STEPS), (), (), ending="calibrated")
    questionnaire, after = study.questionnaire, study.after
    asks_before = questionnaire is not None and questionnaire.when == "before"
    wanted = {
        Step.QUESTIONNAIRE: asks_before,
        Step.INSTRUCTIONS: bool(study.instructions),
        Step.TOPIC: bool(study.topics),
        Step.KNOWLEDGE_BEFORE: after.knowledge,
        Step.KNOWLEDGE_AFTER: after.knowledge,
        Step.SUMMARY: after.summary,
        Step.KEY_SENTENCE: after.key_sentence,
        Step.FEEDBACK: after.feedback,
    }
    has_review = study.recording.upload == "after_review"
    middle = (Step.QUESTIONNAIRE, Step.INSTRUCTIONS, *EYE_STEPS)
    return Plan(
        (*first, *(s for s in middle if wanted.get(s, True))),
        tuple(s for s in TASK_STEPS if wanted.get(s, True)),
        tuple(s for s in (Step.FEEDBACK,) if wanted[s]),
        study.tasks.per_visit,
        asks_after_first_task=questionnaire is not None and not asks_before,
        has_review=has_review,
    )


def start(plan: Plan) -> Place:
    """Where everybody begins."""
    return Place(plan.before[0])


def has_consent(study: Study, ticks: Mapping[str, bool]) -> bool:
    """Whether every required tick is set."""
    return all(ticks.get(tick.id, False) for tick in study.consent.ticks if tick.required)


# --- transitions -------------------------------------------------------------------------------


def after(plan: Plan, place: Place, event: Event) -> Place:
    """The place an event leads to.

    Raises:
        FlowError: if it cannot happen here.
    """
    if event not in possible(place):
        raise FlowError(f"{event} cannot happen at {place}")
    match event:
        case Event.PAUSED | Event.RESUMED:
            return replace(place, is_paused=event is Event.PAUSED)
        case Event.RESTARTED:
            return _towards(place.step, replace(place, is_paused=False, are_eyes_ready=False))
        case Event.DECLINED:
            return replace(place, step=Step.DECLINED)
        case Event.WITHDRAWN:
            return replace(place, step=Step.WITHDRAWN, is_paused=False)
        case Event.SCREENED_OUT | Event.LEFT | Event.STOPPED:
            return _end(plan, replace(place, is_paused=False), ENDINGS[event])
        case Event.RECALIBRATE:
            back_to = place.back_to or place.step
            return replace(place, step=Step.CALIBRATION, are_eyes_ready=False, back_to=back_to)
        case Event.CAMERA_LOST:
            return replace(place, step=Step.SETUP, are_eyes_ready=False)
        case Event.AGREED | Event.AGREED_WITHOUT_GAZE:
            uses_eyes = event is Event.AGREED
            return _next(plan, replace(place, is_session=True, uses_eyes=uses_eyes))
        case Event.MOUSE_ONLY:
            return _next(plan, replace(place, uses_eyes=False))
        case _:
            are_ready = place.are_eyes_ready or place.step is Step.CALIBRATION
            return _next(plan, replace(place, are_eyes_ready=are_ready))


def possible(place: Place) -> frozenset[Event]:
    """What can happen somewhere."""
    if place.is_final:
        return frozenset()
    if place.step is Step.CONSENT:
        return frozenset({Event.AGREED, Event.AGREED_WITHOUT_GAZE, Event.DECLINED})
    if not place.is_session:
        return frozenset({Event.DONE})
    always = {Event.RESTARTED, Event.WITHDRAWN}
    if place.step is Step.REVIEW:
        return frozenset({Event.DONE, *always})
    always |= {Event.LEFT, Event.STOPPED}
    if place.is_paused:
        return frozenset({Event.RESUMED, *always})
    here = {Event.DONE, Event.PAUSED, *always}
    if place.step is Step.QUESTIONNAIRE:
        here.add(Event.SCREENED_OUT)
    if place.step in EYE_STEPS:
        here.add(Event.MOUSE_ONLY)
    if place.step is Step.CALIBRATION:
        here.add(Event.CAMERA_LOST)
    if place.uses_eyes and place.step in (*TASK_STEPS, Step.FEEDBACK):
        here.add(Event.RECALIBRATE)
    return frozenset(here)


def _next(plan: Plan, place: Place) -> Place:
    """What comes after this step."""
    if place.ending:  # it was reviewed
        return _end(plan, place, place.ending)
    if place.step in EYE_STEPS:
        if place.uses_eyes and not place.are_eyes_ready:
            return replace(place, step=Step.CALIBRATION)
        if place.back_to is not None:
            return _towards(place.back_to, replace(place, back_to=None))
    stops = plan.stops
    following = stops[stops.index((place.step, place.task)) + 1 :]
    needs_eyes = place.uses_eyes and not place.are_eyes_ready
    step, task = next((s, t) for s, t in following if needs_eyes or s not in EYE_STEPS)
    place = replace(place, task=task)
    if step in (Step.REVIEW, Step.THANKS):
        return _end(plan, place, plan.ending)
    return _towards(step, place)


def _towards(step: Step, place: Place) -> Place:
    """This step, or first the set-up of eyes that have to be followed in it."""
    if place.uses_eyes and not place.are_eyes_ready:
        if step is Step.TALK:
            return replace(place, step=Step.SETUP, back_to=step)
        if step is Step.CALIBRATION:
            return replace(place, step=Step.SETUP)
    return replace(place, step=step)


def _end(plan: Plan, place: Place, ending: Ending) -> Place:
    """The end, where there is a review not before that."""
    is_reviewed = place.step is Step.REVIEW or not plan.has_review
    return replace(place, step=Step.THANKS if is_reviewed else Step.REVIEW, ending=ending)


# --- records -----------------------------------------------------------------------------------


def step_record(place: Place, event: Event, t_ns: int) -> FlowStep:
    """The record of a transition: the place it led to."""
    return FlowStep(t_ns=t_ns, step=place.shown, task=place.task, event=event)


def replayed(plan: Plan, records: Iterable[Record]) -> Place | None:
    """Where recorded transitions lead to; None if nothing was agreed to.

    Args:
        plan: they were made by.
        records: of one session, in the order they happened.

    Raises:
        FlowError: if they were made by another plan.
    """
    place = None
    for record in records:
        if not isinstance(record, FlowStep):
            continue
        event = Event(record.event)
        if event in (Event.AGREED, Event.AGREED_WITHOUT_GAZE):
            place = Place(Step.CONSENT)
        if place is not None:
            place = after(plan, place, event)
            if (place.shown, place.task) != (record.step, record.task):
                raise FlowError(f"{event} led to {record.step}, not to {place.shown}")
    return place
