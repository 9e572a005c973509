"""The study file: what a researcher decides, one TOML file per study.

The tables below are its schema. `mistakes` explains everything that is wrong with a file: so a rule
about several keys is a validator of its own that refuses them, and each is judged even where other
keys are wrong.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from tracker_app.codec import sha256
from tracker_app.loopback import is_on_this_computer
from tracker_app.study.item import Item
from tracker_app.wording import tr

IDENTIFIER = r"^[A-Za-z0-9_-]{1,60}$"
SOMETHING = r"\S"
CODE = r"^[A-Za-z0-9-]{1,40}$"
KEY_NAME = r"^[A-Za-z0-9_-]{0,60}$"
ADDRESS = r"^https?://\S+$"
NO_OR_ADDRESS = r"^(https?://\S+)?$"
DAY = r"^(\d{4}-\d{2}-\d{2})?$"
LANGUAGE = r"^[a-z]{2}$"
PATTERNS = {  # what each asks for, as somebody is told who wrote something else
    IDENTIFIER: "1 to 60 letters, digits, - and _, without spaces",
    SOMETHING: "some words",
    CODE: "1 to 40 letters, digits and hyphens, without spaces",
    KEY_NAME: "the name of a key (up to 60 letters, digits, - and _), never the key itself",
    ADDRESS: "an address that begins with https://, without spaces",
    NO_OR_ADDRESS: "an address that begins with https://, without spaces",
    DAY: "a day as year-month-day, such as 2026-03-31",
    LANGUAGE: 'a code of two small letters, such as "en" or "de"',
}

Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
Words = Annotated[str, Field(pattern=SOMETHING)]
Positive = Annotated[int, Field(ge=1)]
Turns = Annotated[int, Field(ge=1, le=200)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
WholeNumber = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]  # what a control can hold
Day = Annotated[
    str,
    BeforeValidator(lambda v: v.isoformat() if isinstance(v, date) else v),
    Field(pattern=DAY),
]
ModelPair = Annotated[list[Identifier], Field(min_length=2, max_length=2)]
Key = str | tuple[str | int, ...]


def _refuse_no_address(value: str) -> str:
    try:
        urlsplit(value).port  # noqa: B018  # splits the address, or says that it cannot
    except ValueError as error:
        sentence = "cannot be an address; write one such as https://example.org/path"
        raise PydanticCustomError("said", sentence) from error
    return value


Address = Annotated[str, Field(pattern=NO_OR_ADDRESS), AfterValidator(_refuse_no_address)]


class Table(BaseModel):
    """A table of the study file: unknown keys are mistakes, and nothing is converted silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def like(example: object) -> Any:
    """What a key that must be there may look like: shown to who left it out."""
    return Field(examples=[example])


def refuse(key: Key, sentence: str) -> PydanticCustomError:
    """A mistake in how keys of a table go together; see `refuse_all`."""
    return refuse_all([(key, sentence)])


def refuse_all(refusals: Sequence[tuple[Key, str]]) -> PydanticCustomError:
    """Mistakes in how keys of a table go together.

    Args:
        refusals: for each where it is best mended, a key or the way to one below this table, and
            what is wrong and what to write instead, without a full stop.
    """
    said = "; ".join(sentence for _, sentence in refusals)
    return PydanticCustomError("rule", "{said}", {"said": said, "refusals": tuple(refusals)})


def refuse_twice(key: str, ids: Sequence[str]) -> None:
    """Refuse ids that stand twice among the tables of a key."""
    refusals: list[tuple[Key, str]] = [
        ((key, i, "id"), f'"{one}" stands there twice; give each an id of its own')
        for i, one in enumerate(ids)
        if one in ids[:i]
    ]
    if refusals:
        raise refuse_all(refusals)


def _refuse_computed(value: object) -> NoReturn:
    del value
    raise PydanticCustomError("said", "is computed from the file; leave the line out")


# --- who takes part ----------------------------------------------------------------------------


class Access(Table):
    """Who may take part, and how often."""

    entry: Literal["open", "code"] = "open"  # with a code, people are known by it
    codes: list[Annotated[str, Field(pattern=CODE)]] = []  # empty: any
    state: Literal["open", "full", "closed"] = "open"
    sessions_per_person: Positive = 6  # finished ones, of one code; by the server or a computer
    is_pilot: bool = False  # outside quotas and exports


class Completion(Table):
    """What people take home. Empty codes are not shown."""

    complete: str = ""
    screened_out: str = ""
    left: str = ""  # who stops early; with `leaving_is_paid` and without this, `complete`
    leaving_is_paid: bool = False  # said on the way, and to those who cannot be calibrated
    redirect_url: Address = ""


class TickId(StrEnum):
    """What can be agreed to. The first two and the last switch something on."""

    GAZE = "gaze"  # camera and gaze
    MOUSE = "mouse"
    TEXT = "text"
    PUBLIC_RELEASE = "public_release"
    EYE_FEATURES = "eye_features"  # the measurements that gaze is computed from


class ConsentTick(Table):
    """One thing a participant may agree to; nothing is ticked beforehand."""

    id: Annotated[TickId, Field(strict=False), like("gaze")]
    label: Annotated[Words, like("Record where on the screen I look")]
    required: bool = True


class ConsentText(Table):
    """The consent page: Markdown and separate ticks."""

    version: Annotated[Words, like("1")]
    text: Annotated[Words, like("What happens, what is kept, and how to stop.")]
    summary: str = ""  # what matters most, in three sentences, above the text
    ticks: Annotated[list[ConsentTick], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_each_tick_once(self) -> "ConsentText":
        refuse_twice("ticks", [t.id for t in self.ticks])
        return self

    @model_validator(mode="after")
    def _keeps_eyes_only_with_gaze(self) -> "ConsentText":
        ids = [t.id for t in self.ticks]
        if TickId.EYE_FEATURES in ids and TickId.GAZE not in ids:
            at = ids.index(TickId.EYE_FEATURES)
            sentence = 'without a tick "gaze" there is no camera; add one, or leave this one out'
            raise refuse(("ticks", at, "id"), sentence)
        return self

    @property
    def sha256(self) -> str:
        """Of everything that is read before agreeing: text, summary and the ticks' labels."""
        return sha256("\0".join([self.text, self.summary, *(t.label for t in self.ticks)]).encode())


# --- what is asked -----------------------------------------------------------------------------


class Question(Table):
    """One question of a questionnaire."""

    id: Annotated[Identifier, like("age")]
    label: Annotated[Words, like("How old are you?")]
    kind: Annotated[Literal["choice", "scale", "number", "text"], like("number")]
    options: list[Words] = []  # of a choice
    low: WholeNumber = 1  # of a scale or a number
    high: WholeNumber = 5
    low_label: str = ""  # of the ends of a scale
    high_label: str = ""
    required: bool = True
    screens_out: list[Words] = []  # options that end the study here

    @model_validator(mode="after")
    def _has_options(self) -> "Question":
        if self.kind == "choice" and len(self.options) < 2:
            sentence = 'a question of the kind "choice" needs at least two: options = ["Yes", "No"]'
            raise refuse("options", sentence)
        if self.kind != "choice" and self.options:
            sentence = f'a question of the kind "{self.kind}" has none; write kind = "choice"'
            raise refuse("options", f"{sentence}, or leave the options out")
        return self

    @model_validator(mode="after")
    def _has_ends(self) -> "Question":
        if self.kind == "number" and "high" not in self.model_fields_set:
            sentence = "a number needs the largest that can be entered, such as high = 120"
            raise refuse("high", sentence)
        if self.low >= self.high:
            raise refuse("high", f"must be more than low, which is {self.low}")
        if self.kind == "scale" and self.high - self.low > 10:
            sentence = 'a scale has at most 11 steps; write a smaller high, or kind = "number"'
            raise refuse("high", sentence)
        return self

    @model_validator(mode="after")
    def _screens_out_by_options(self) -> "Question":
        known = " or ".join(f'"{option}"' for option in self.options)
        remedy = f"write {known}" if known else 'only a question of the kind "choice" can do this'
        refusals: list[tuple[Key, str]] = [
            (("screens_out", i), f'"{one}" is not one of the options; {remedy}')
            for i, one in enumerate(self.screens_out)
            if one not in self.options
        ]
        if refusals:
            raise refuse_all(refusals)
        return self


class Questionnaire(Table):
    """Questions about the participant; nothing is asked by default, nor ever exported by it."""

    when: Literal["before", "after_first_task"] = "after_first_task"
    title: str = ""
    questions: Annotated[list[Question], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_each_question_once(self) -> "Questionnaire":
        refuse_twice("questions", [q.id for q in self.questions])
        return self

    def is_screened_out(self, answers: Mapping[str, str]) -> bool:
        """Whether an answer ends the study for who gave it."""
        return any(answers.get(q.id) in q.screens_out for q in self.questions)


class Instruction(Table):
    """One card of the instructions; its text is Markdown."""

    title: Annotated[Words, like("Ask")]
    text: Annotated[Words, like("Write a question of your own.")]


class AfterTalk(Table):
    """What is asked around each talk."""

    knowledge: bool = False  # of the topic, from 1 to 5, before and after
    summary: bool = False
    summary_min_characters: Annotated[int, Field(ge=0, le=5000)] = 0
    key_sentence: bool = False  # chosen by a click in a turn drawn at random
    feedback: bool = True  # once, at the end


# --- how gaze is calibrated --------------------------------------------------------------------


class CalibrationRules(Table):
    """How calibration is done and how good it must be."""

    points: Literal[5, 9, 13] = 9
    head_movement: bool = True  # three more dots are looked at while the head moves
    settle_s: Annotated[float, Field(ge=0.2, le=5)] = 0.6
    collect_s: Annotated[float, Field(ge=0.5, le=10)] = 1.0
    max_error_deg: Annotated[float, Field(gt=0, le=90)] = 5.0  # beyond, gaze is not used
    retries: Annotated[int, Field(ge=0, le=2)] = 2  # then mouse only, or leave
    # Who comes back keeps the earlier calibration if five dots show at most this error.
    recheck_max_error_deg: Annotated[float, Field(gt=0, le=90)] = 3.0
    drift_check_every_turns: Annotated[int, Field(ge=0, le=200)] = 1  # a dot to look at; 0: never
    learns_from_clicks: bool = True  # clicks on our buttons correct the gaze


# --- the tasks ---------------------------------------------------------------------------------


class Topic(Table):
    """Something to talk about, with where it is from."""

    id: Annotated[Identifier, like("night-trains")]
    title: Annotated[Words, like("Night trains return")]
    text: str = ""
    source: str = ""
    date: Day = ""
    openers: list[Words] = []  # suggested first questions


class Tasks(Table):
    """How many talks there are in a visit, and about what."""

    per_visit: Annotated[int, Field(ge=1, le=20)] = 1
    choice: Literal["participant", "assigned"] = "participant"
    topics_shown: Annotated[int, Field(ge=1, le=12)] = 6  # to choose from


class TalkRules(Table):
    """How the participant talks with the models."""

    mode: Literal["pairwise", "single"] = "pairwise"
    min_turns: Turns = 3
    max_turns: Turns = 20
    system_prompt: str = ""
    preset: Literal["gaze", "chat"] = "gaze"  # type size and line height of the answers
    render: Literal["markdown", "plain"] = "markdown"
    openers: list[Words] = []  # suggested first questions, where the topic has none
    cursor_instruction: Literal["none", "follow_gaze"] = "none"  # recorded: it is not implicit
    max_answer_characters: Annotated[int, Field(ge=500, le=200_000)] = 10_000
    max_question_characters: Annotated[int, Field(ge=100, le=100_000)] = 4_000
    # Whose answers the models are told of from the second turn on.
    context: Literal["own", "preferred", "shared"] = "own"
    history: Literal["hidden", "visible"] = "hidden"  # whether people can look back at them
    reveal: Literal["whole", "paced", "stream"] = "whole"  # when answers are shown
    pace_words_per_s: Annotated[float, Field(ge=0.5, le=100)] = 5.0  # of paced answers
    swap_repeats: Annotated[int, Field(ge=0, le=20)] = 0  # pairs shown again, sides swapped

    @model_validator(mode="after")
    def _has_room(self) -> "TalkRules":
        if self.min_turns > self.max_turns:
            raise refuse("max_turns", f"must be at least min_turns, which is {self.min_turns}")
        return self

    @model_validator(mode="after")
    def _has_pairs_where_it_needs_them(self) -> "TalkRules":
        if self.mode == "pairwise":
            return self
        refusals: list[tuple[Key, str]] = []
        if self.context != "own":
            refusals.append(("context", 'a single answer has only its own; write context = "own"'))
        if self.swap_repeats:
            refusals.append(("swap_repeats", "a single answer has no sides to swap; write 0"))
        if refusals:
            raise refuse_all(refusals)
        return self


class RatingQuestion(Table):
    """One more question about each answer."""

    id: Annotated[Identifier, like("helpful")]
    label: Annotated[Words, like("How helpful is it?")]
    steps: Annotated[int, Field(ge=2, le=7)] = 5
    low_label: str = ""  # of the ends
    high_label: str = ""


class RatingRules(Table):
    """How answers are judged."""

    labels: Annotated[list[Words], Field(min_length=5, max_length=5)] = [
        tr("very dissatisfied"),
        tr("dissatisfied"),
        tr("neither"),
        tr("satisfied"),
        tr("very satisfied"),
    ]
    order: Literal["likert_first", "choice_first", "random"] = "likert_first"
    after_s: Annotated[float, Field(ge=0, le=60)] = 1.0  # from complete answers to the ratings
    choice: Literal["forced", "graded"] = "forced"  # which is better, or also by how much
    tie: bool = False  # a pair can be about the same
    both_bad: bool = False  # or both bad
    questions: list[RatingQuestion] = []  # more of them, about each answer
    rationale: Literal["none", "optional", "required"] = "none"  # why, in words

    @model_validator(mode="after")
    def _has_each_question_once(self) -> "RatingRules":
        refuse_twice("questions", [q.id for q in self.questions])
        return self

    @model_validator(mode="after")
    def _leaves_our_names_alone(self) -> "RatingRules":
        refusals: list[tuple[Key, str]] = [
            (("questions", i, "id"), f'"{q.id}" is taken; write another id')
            for i, q in enumerate(self.questions)
            if q.id in ("rate", "choice", "prefer", "compare", "rationale")
        ]
        if refusals:
            raise refuse_all(refusals)
        return self


class PromptTreatment(Table):
    """What is added to some questions, unseen, to see what it changes."""

    id: Annotated[Identifier, like("bullets")]
    suffix: Annotated[Words, like(" respond using bullet points")]
    share: Annotated[float, Field(gt=0, le=1), like(0.5)]  # of the turns


# --- fixed items -------------------------------------------------------------------------------


class ItemRules(Table):
    """What is shown in place of a talk with models: prompts and responses written beforehand."""

    file: Annotated[Words, like("items.jsonl")]  # beside the study file
    raters: Annotated[int, Field(ge=1, le=1_000)] = 3  # of each item, each in a session of theirs
    per_visit: Turns = 20  # as many items, where there are as many left


NO_MODEL = "no model is asked, for [items] holds the answers; leave it out"
NO_QUESTION = "with [items] nobody asks a question; leave it out"
NO_TOPIC = "with [items] there is no topic; leave it out"
WITHOUT_TALK: dict[tuple[str, ...], str] = {  # what a study of fixed items cannot have, and why
    ("models",): NO_MODEL,
    ("treatments",): NO_QUESTION,
    ("topics",): NO_TOPIC,
    ("tasks", "per_visit"): "the items of a visit are one task; items.per_visit is their number",
    ("tasks", "choice"): NO_TOPIC,
    ("tasks", "topics_shown"): NO_TOPIC,
    ("talk", "min_turns"): "with [items] each item is a turn; write items.per_visit instead",
    ("talk", "max_turns"): "with [items] each item is a turn; write items.per_visit instead",
    ("talk", "system_prompt"): NO_MODEL,
    ("talk", "context"): NO_MODEL,
    ("talk", "openers"): NO_QUESTION,
    ("talk", "max_question_characters"): NO_QUESTION,
    ("talk", "history"): "with [items] there is nothing to look back at; leave it out",
    ("after", "knowledge"): NO_TOPIC,
    ("after", "summary"): "with [items] there is no talk to sum up; leave it out",
    ("assignment", "pairs"): NO_MODEL,
    ("assignment", "sessions_per_pair"): "with [items] there is items.raters; leave it out",
}


# --- models, recording, server -----------------------------------------------------------------


class ProviderKind(StrEnum):
    """How a model is reached."""

    EMBEDDED = "embedded"  # the demonstration model, inside the application
    OPENAI = "openai"  # any OpenAI-compatible endpoint
    ANTHROPIC = "anthropic"  # an endpoint of Anthropic's Messages API
    PROXY = "proxy"  # the study's own server asks: participants' computers know no name or key
    SCRIPTED = "scripted"  # fixed answers, for trying a study out


FAR = (ProviderKind.OPENAI, ProviderKind.ANTHROPIC)  # reached at an endpoint
TAKES_SEED = (ProviderKind.OPENAI, ProviderKind.EMBEDDED)


class ModelSpec(Table):
    """One language model. Participants never see its name."""

    id: Annotated[Identifier, like("smollm2-135m")]
    provider: Annotated[ProviderKind, Field(strict=False), like("embedded")]
    endpoint: Address = ""
    model: str = ""
    key_name: Annotated[str, Field(pattern=KEY_NAME)] = ""  # of the keyring
    parameters: dict[str, Finite | int | str] = {}
    seeded: bool = False  # a seed of its own goes with every request, and is recorded
    answers: list[Words] = []  # of a scripted model

    @model_validator(mode="after")
    def _can_be_reached(self) -> "ModelSpec":
        if self.provider not in FAR:
            return self
        needed = {"endpoint": "https://api.example.org/v1", "model": "name-of-the-model"}
        sentence = f'a model whose provider is "{self.provider}" needs it'
        refusals: list[tuple[Key, str]] = [
            (key, f'{sentence}, such as {key} = "{example}"')
            for key, example in needed.items()
            if not getattr(self, key)
        ]
        if refusals:
            raise refuse_all(refusals)
        return self

    @model_validator(mode="after")
    def _is_known_to_the_server_alone(self) -> "ModelSpec":
        if self.provider is not ProviderKind.PROXY:
            return self
        sentence = 'a model whose provider is "proxy" has nothing but its id: the rest stands in'
        refusals: list[tuple[Key, str]] = [
            (key, f"{sentence} the file of `tracker-app serve --models`; leave the line out")
            for key in ("endpoint", "model", "key_name", "parameters", "seeded", "answers")
            if key in self.model_fields_set
        ]
        if refusals:
            raise refuse_all(refusals)
        return self

    @model_validator(mode="after")
    def _can_be_seeded(self) -> "ModelSpec":
        if not self.seeded or self.provider is ProviderKind.PROXY:
            return self
        if self.provider not in TAKES_SEED:
            sentence = f'a model whose provider is "{self.provider}" takes no seed'
            raise refuse("seeded", f"{sentence}; leave the line out")
        if "seed" in self.parameters:
            sentence = "parameters has a seed, the same for every request; leave one of the two out"
            raise refuse("seeded", sentence)
        return self

    @model_validator(mode="after")
    def _has_something_to_say(self) -> "ModelSpec":
        if self.provider is ProviderKind.SCRIPTED and not self.answers:
            sentence = 'a model whose provider is "scripted" needs some: answers = ["One.", "Two."]'
            raise refuse("answers", sentence)
        return self


class AssignmentRules(Table):
    """Which models a session meets, and how many sessions each pair of them is to have.

    With one answer a turn a single model stands for a pair.
    """

    pairs: list[ModelPair] = []  # of models' ids; empty: each with each other
    sessions_per_pair: Annotated[int, Field(ge=0, le=100_000)] = 0  # finished ones; 0: no limit
    reservation_min: Annotated[int, Field(ge=5, le=10_080)] = 120  # for who has begun

    @model_validator(mode="after")
    def _has_each_pair_once(self) -> "AssignmentRules":
        sorted_pairs = [sorted(pair) for pair in self.pairs]
        refusals: list[tuple[Key, str]] = [
            (("pairs", i), "this pair stands there twice; sides are drawn anyway")
            for i, pair in enumerate(sorted_pairs)
            if pair in sorted_pairs[:i]
        ]
        if refusals:
            raise refuse_all(refusals)
        return self


class RecordingRules(Table):
    """What is kept, and when it is sent."""

    eye_features: Literal["none", "geometry", "patches"] = "geometry"
    upload: Literal["live", "after_review"] = "live"  # as it is recorded, or once it was seen
    pause_after_min: Annotated[int, Field(ge=1, le=240)] = 30  # without anybody there


class ServerAddress(Table):
    """Where the data goes; without it everything stays on the computer."""

    url: Annotated[Address, Field(pattern=ADDRESS), like("https://collect.example.org")]
    code: str = ""


class Study(Table):
    """A whole study. Who reads one adds the hash of what was read."""

    id: Annotated[Identifier, like("reading-answers")]
    version: Annotated[Words, like("1")]
    title: Annotated[Words, like("Reading answers")]
    run_by: Annotated[Words, like("Reading Lab, Example University")]
    minutes: Annotated[int, Field(ge=1, le=600), like(20)]
    language: Annotated[str, Field(pattern=LANGUAGE)] = "en"
    welcome: str = ""
    thanks: str = ""
    access: Access = Access()
    completion: Completion = Completion()
    consent: ConsentText
    questionnaire: Questionnaire | None = None
    instructions: list[Instruction] = []
    calibration: CalibrationRules = CalibrationRules()
    topics: list[Topic] = []
    tasks: Tasks = Tasks()
    talk: TalkRules = TalkRules()
    ratings: RatingRules = RatingRules()
    treatments: list[PromptTreatment] = []
    after: AfterTalk = AfterTalk()
    models: list[ModelSpec] = []
    items: ItemRules | None = None
    assignment: AssignmentRules = AssignmentRules()
    recording: RecordingRules = RecordingRules()
    server: ServerAddress | None = None
    # Of the file's bytes, and the items it names; neither is a key of the file.
    sha256: Annotated[str, AfterValidator(_refuse_computed)] = Field(default="", exclude=True)
    fixed_items: Annotated[tuple[Item, ...], BeforeValidator(_refuse_computed)] = Field(
        default=(), exclude=True
    )

    @model_validator(mode="after")
    def _has_something_to_show(self) -> "Study":
        if not self.models and self.items is None:
            sentence = "at least one is needed: write [[models]] on a line of its own, and below it"
            raise refuse("models", f"{sentence} id and provider")
        return self

    @model_validator(mode="after")
    def _has_no_talk_with_items(self) -> "Study":
        if self.items is None:
            return self
        refusals: list[tuple[Key, str]] = [
            (path, sentence)
            for path, sentence in WITHOUT_TALK.items()
            if reduce(getattr, path, self) != _default_of(*path)
        ]
        if refusals:
            raise refuse_all(refusals)
        return self

    @model_validator(mode="after")
    def _has_each_model_once(self) -> "Study":
        refuse_twice("models", [m.id for m in self.models])
        return self

    @model_validator(mode="after")
    def _has_a_server_to_ask_for_it(self) -> "Study":
        sentence = 'a model whose provider is "proxy" is asked by the study\'s server'
        refusals: list[tuple[Key, str]] = [
            (("models", i, "provider"), f"{sentence}; write [server], and its url below")
            for i, model in enumerate(self.models)
            if self.server is None and model.provider is ProviderKind.PROXY
        ]
        if refusals:
            raise refuse_all(refusals)
        return self

    @model_validator(mode="after")
    def _has_each_topic_once(self) -> "Study":
        refuse_twice("topics", [t.id for t in self.topics])
        return self

    @model_validator(mode="after")
    def _has_each_treatment_once(self) -> "Study":
        refuse_twice("treatments", [t.id for t in self.treatments])
        return self

    @model_validator(mode="after")
    def _treats_no_turn_twice(self) -> "Study":
        total = sum(t.share for t in self.treatments)
        if total > 1.000_001:  # ten tenths are a little more than one
            sentence = f"the shares of all treatments add up to {total:g}; together at most 1"
            raise refuse(("treatments", len(self.treatments) - 1, "share"), sentence)
        return self

    @model_validator(mode="after")
    def _asks_of_pairs_only_where_there_are(self) -> "Study":
        if self.talk.mode == "pairwise":
            return self
        refusals: list[tuple[Key, str]] = [
            (("ratings", key), f'with mode = "single" there is no pair; leave {key} out')
            for key, default in (("choice", "forced"), ("tie", False), ("both_bad", False))
            if getattr(self.ratings, key) != default
        ]
        if refusals:
            raise refuse_all(refusals)
        return self

    @model_validator(mode="after")
    def _has_a_topic_for_each_task(self) -> "Study":
        n = len(self.topics)
        if self.topics and self.tasks.per_visit > n:
            there_are = "there is 1 topic" if n == 1 else f"there are {n} topics"
            raise refuse(("tasks", "per_visit"), f"{there_are}; write {n} or less, or add topics")
        return self

    @model_validator(mode="after")
    def _pairs_known_models(self) -> "Study":
        pairs = self.assignment.pairs if self.items is None else []
        if pairs and self.talk.mode == "single":
            sentence = 'with mode = "single" there are none: each model is drawn as often'
            raise refuse(("assignment", "pairs"), f"{sentence}; leave the line out")
        ids = [model.id for model in self.models]
        known = " or ".join(f'"{one}"' for one in ids)
        refusals: list[tuple[Key, str]] = [
            (("assignment", "pairs", i, j), f'no model has the id "{one}"; write {known}')
            for i, pair in enumerate(pairs)
            for j, one in enumerate(pair)
            if one not in ids
        ]
        if refusals:
            raise refuse_all(refusals)
        return self

    @property
    def answers_per_turn(self) -> int:
        """Two answers side by side, or one."""
        return 2 if self.talk.mode == "pairwise" else 1

    @property
    def uses_demonstration_model(self) -> bool:
        """Whether a participant may meet the small built-in model."""
        return any(m.provider is ProviderKind.EMBEDDED for m in self.models)

    @property
    def asks_through_server(self) -> bool:
        """Whether the study's server asks a model, and so keeps what it is asked."""
        return any(m.provider is ProviderKind.PROXY for m in self.models)

    @property
    def asks_far_models(self) -> bool:
        """Whether questions leave the computer."""
        places = [model.endpoint for model in self.models if model.endpoint]
        if self.server is not None and self.asks_through_server:
            places.append(self.server.url)
        return any(not is_on_this_computer(place) for place in places)

    def described(self) -> dict[str, str]:
        """What shapes the data, for a session's first record."""
        rules: dict[str, Any] = {
            "mode": self.talk.mode,
            "preset": self.talk.preset,
            "render": self.talk.render,
            "cursor_instruction": self.talk.cursor_instruction,
            "context": self.talk.context,
            "history": self.talk.history,
            "reveal": self.talk.reveal,
            "rating_order": self.ratings.order,
            "choice": self.ratings.choice,
            "tie": self.ratings.tie,
            "both_bad": self.ratings.both_bad,
            "rationale": self.ratings.rationale,
            "eye_features": self.recording.eye_features,
            "upload": self.recording.upload,
            "is_pilot": self.access.is_pilot,
        }
        return {f"study.{name}": str(value) for name, value in rules.items()}


def _default_of(table: str, *keys: str) -> Any:
    """What a key says that is left out, at the top of the file or in a table of it."""
    return reduce(getattr, keys, Study.model_fields[table].default)
