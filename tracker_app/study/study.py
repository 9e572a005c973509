"""The study file: what a researcher decides, one TOML file per study.

The tables below are its schema. `mistakes` reads a file and explains everything that is wrong.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from tracker_app.codec import sha256

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]  # something must stand there
Positive = Annotated[int, Field(ge=1)]
NotNegative = Annotated[int, Field(ge=0)]
Day = Annotated[str, BeforeValidator(lambda v: v.isoformat() if isinstance(v, date) else v)]


class Table(BaseModel):
    """A table of the study file: unknown keys are mistakes, and nothing is converted silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def refuse(key: str, sentence: str) -> PydanticCustomError:
    """A mistake in how keys of a table go together.

    Args:
        key: where it is best mended.
        sentence: what is wrong and what to write instead, without a full stop.
    """
    return PydanticCustomError("rule", "{sentence}", {"sentence": sentence, "key": key})


def _refuse_twice(key: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise refuse(key, f'"{one}" stands there twice; give each an id of its own')
        seen.add(one)


# --- who takes part ----------------------------------------------------------------------------


class Access(Table):
    """Who may take part, and how often."""

    entry: Literal["open", "code"] = "open"  # with a code, people are known by it
    codes: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]] = []  # empty: any
    state: Literal["open", "full", "closed"] = "open"
    sessions_per_person: Positive = 6  # on one computer, of one code
    is_pilot: bool = False  # outside quotas and exports


class Completion(Table):
    """What people take home. Empty codes are not shown."""

    complete: str = ""
    screened_out: str = ""
    left: str = ""  # who stops early; with `leaving_is_paid` and without this, `complete`
    leaving_is_paid: bool = False  # said on the way, and to those who cannot be calibrated
    redirect_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""


class TickId(StrEnum):
    """What can be agreed to. The first two and the last switch something on."""

    GAZE = "gaze"  # camera and gaze
    MOUSE = "mouse"
    TEXT = "text"
    PUBLIC_RELEASE = "public_release"
    EYE_FEATURES = "eye_features"  # the measurements that gaze is computed from


class ConsentTick(Table):
    """One thing a participant may agree to; nothing is ticked beforehand."""

    id: Annotated[TickId, Field(strict=False)]
    label: Words
    required: bool = True


class ConsentText(Table):
    """The consent page: Markdown and separate ticks."""

    version: Words
    text: Words
    summary: str = ""  # what matters most, in three sentences, above the text
    ticks: Annotated[list[ConsentTick], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_each_tick_once(self) -> "ConsentText":
        _refuse_twice("ticks", [t.id for t in self.ticks])
        return self

    @property
    def sha256(self) -> str:
        """Of everything that is read before agreeing: text, summary and the ticks' labels."""
        return sha256("\0".join([self.text, self.summary, *(t.label for t in self.ticks)]).encode())


# --- what is asked -----------------------------------------------------------------------------


class Question(Table):
    """One question of a questionnaire."""

    id: Identifier
    label: Words
    kind: Literal["choice", "scale", "number", "text"]
    options: list[Words] = []  # of a choice
    low: int = 1  # of a scale or a number
    high: int = 5
    low_label: str = ""  # of the ends of a scale
    high_label: str = ""
    required: bool = True
    screens_out: list[Words] = []  # options that end the study here

    @model_validator(mode="after")
    def _goes_together(self) -> "Question":
        if self.kind == "choice" and len(self.options) < 2:
            raise refuse("options", "a choice needs at least two options")
        if self.kind != "choice" and self.options:
            raise refuse("options", f'only a choice has options; this question is a "{self.kind}"')
        if self.low >= self.high:
            raise refuse("high", f"high must be larger than low, which is {self.low}")
        if self.kind == "scale" and self.high - self.low > 10:
            raise refuse("high", "a scale has at most 11 steps; use a number instead")
        for option in self.screens_out:
            if option not in self.options:
                raise refuse("screens_out", f'"{option}" is not one of the options')
        return self


class Questionnaire(Table):
    """Questions about the participant; nothing is asked by default, nor ever exported by it."""

    when: Literal["before", "after_first_task"] = "after_first_task"
    title: str = ""
    questions: Annotated[list[Question], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_each_question_once(self) -> "Questionnaire":
        _refuse_twice("questions", [q.id for q in self.questions])
        return self


class Instruction(Table):
    """One card of the instructions; its text is Markdown."""

    title: Words
    text: Words


class AfterTalk(Table):
    """What is asked around each talk."""

    knowledge: bool = False  # of the topic, from 1 to 5, before and after
    summary: bool = False
    summary_min_characters: NotNegative = 0
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
    drift_check_every_turns: NotNegative = 1  # a dot to look at; 0: never
    learns_from_clicks: bool = True  # clicks on our buttons correct the gaze


# --- the tasks ---------------------------------------------------------------------------------


class Topic(Table):
    """Something to talk about, with where it is from."""

    id: Identifier
    title: Words
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
    min_turns: Positive = 3
    max_turns: Positive = 20
    system_prompt: str = ""
    preset: Literal["gaze", "chat"] = "gaze"  # type size and line height of the answers
    render: Literal["markdown", "plain"] = "markdown"
    openers: list[Words] = []  # suggested first questions, where the topic has none
    cursor_instruction: Literal["none", "follow_gaze"] = "none"  # recorded: it is not implicit
    max_answer_characters: Annotated[int, Field(ge=500, le=200_000)] = 20_000
    max_question_characters: Annotated[int, Field(ge=100, le=100_000)] = 4_000

    @model_validator(mode="after")
    def _has_room(self) -> "TalkRules":
        if self.min_turns > self.max_turns:
            raise refuse("max_turns", f"must be at least min_turns, which is {self.min_turns}")
        return self


class RatingRules(Table):
    """How answers are judged."""

    labels: Annotated[list[Words], Field(min_length=5, max_length=5)] = [
        "very dissatisfied", "dissatisfied", "neither", "satisfied", "very satisfied",
    ]  # fmt: skip
    order: Literal["likert_first", "choice_first"] = "likert_first"
    after_s: Annotated[float, Field(ge=0, le=60)] = 1.0  # from complete answers to the ratings


class PromptTreatment(Table):
    """What is added to some questions, unseen, to see what it changes."""

    id: Identifier
    suffix: Words
    share: Annotated[float, Field(gt=0, le=1)]  # of the turns


# --- models, recording, server -----------------------------------------------------------------


class ProviderKind(StrEnum):
    """How a model is reached."""

    EMBEDDED = "embedded"  # the demonstration model, inside the application
    OPENAI = "openai"  # any OpenAI-compatible endpoint
    SCRIPTED = "scripted"  # fixed answers, for trying a study out


class ModelSpec(Table):
    """One language model. Participants never see its name."""

    id: Identifier
    provider: Annotated[ProviderKind, Field(strict=False)]
    endpoint: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    model: str = ""
    key_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,60}$")] = ""  # of the keyring
    parameters: dict[str, float | int | str] = {}
    answers: list[Words] = []  # of a scripted model

    @model_validator(mode="after")
    def _goes_together(self) -> "ModelSpec":
        if self.provider is ProviderKind.OPENAI:
            for key in ("endpoint", "model"):
                if not getattr(self, key):
                    raise refuse(key, f'a model whose provider is "openai" needs {key}')
        if self.provider is ProviderKind.SCRIPTED and not self.answers:
            raise refuse("answers", 'a model whose provider is "scripted" needs answers')
        return self


class RecordingRules(Table):
    """What is kept, and when it is sent."""

    eye_features: Literal["none", "geometry", "patches"] = "geometry"
    upload: Literal["live", "after_review"] = "live"  # as it is recorded, or once it was seen
    pause_after_min: Annotated[int, Field(ge=1, le=240)] = 30  # without anybody there


class ServerAddress(Table):
    """Where the data goes; without it everything stays on the computer."""

    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    code: str = ""


class Study(Table):
    """A whole study. Who reads one adds the hash of what was read."""

    id: Identifier
    version: Words
    title: Words
    run_by: Words
    minutes: Positive
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
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
    models: Annotated[list[ModelSpec], Field(min_length=1)]
    recording: RecordingRules = RecordingRules()
    server: ServerAddress | None = None
    sha256: str = Field(default="", exclude=True)  # of the file's bytes; not a key of the file

    @model_validator(mode="after")
    def _goes_together(self) -> "Study":
        _refuse_twice("models", [m.id for m in self.models])
        _refuse_twice("topics", [t.id for t in self.topics])
        _refuse_twice("treatments", [t.id for t in self.treatments])
        if sum(t.share for t in self.treatments) > 1:
            raise refuse("treatments", "the shares of all treatments add up to more than 1")
        if self.topics and self.tasks.per_visit > len(self.topics):
            raise refuse("tasks", f"per_visit is more than the {len(self.topics)} topics there are")
        return self

    @property
    def answers_per_turn(self) -> int:
        """Two answers side by side, or one."""
        return 2 if self.talk.mode == "pairwise" else 1

    @property
    def uses_demonstration_model(self) -> bool:
        """Whether a participant may meet the small built-in model."""
        return any(m.provider is ProviderKind.EMBEDDED for m in self.models)

    def described(self) -> dict[str, str]:
        """What shapes the data, for a session's first record."""
        rules: dict[str, Any] = {
            "mode": self.talk.mode,
            "preset": self.talk.preset,
            "render": self.talk.render,
            "cursor_instruction": self.talk.cursor_instruction,
            "rating_order": self.ratings.order,
            "eye_features": self.recording.eye_features,
            "upload": self.recording.upload,
            "is_pilot": self.access.is_pilot,
        }
        return {f"study.{name}": str(value) for name, value in rules.items()}
