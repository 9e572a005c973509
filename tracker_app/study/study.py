"""The study file: what a researcher decides, one TOML file per study."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from tracker_app.codec import sha256
from tracker_app.errors import StudyFileError

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the study file: unknown keys are mistakes."""


class TickId(StrEnum):
    """What can be agreed to. The first two and the last switch something on."""

    GAZE = "gaze"  # camera and gaze
    MOUSE = "mouse"
    TEXT = "text"
    PUBLIC_RELEASE = "public_release"
    EYE_FEATURES = "eye_features"  # the measurements that gaze is computed from


class ConsentTick(_Table, frozen=True):
    """One thing a participant may agree to; nothing is ticked beforehand."""

    id: TickId
    label: str
    required: bool = True


class ConsentText(_Table, frozen=True):
    """The consent page: Markdown and separate ticks."""

    version: str
    text: str
    ticks: Annotated[list[ConsentTick], msgspec.Meta(min_length=1)]


class ProviderKind(StrEnum):
    """How a model is reached."""

    EMBEDDED = "embedded"  # the demonstration model, inside the application
    OPENAI = "openai"  # any OpenAI-compatible endpoint
    SCRIPTED = "scripted"  # fixed answers, for trying a study out


class ModelSpec(_Table, frozen=True):
    """One language model. Participants never see its name."""

    id: Identifier
    provider: ProviderKind
    endpoint: str = ""
    model: str = ""
    key_name: str = ""  # entry of the system keyring, or of the environment
    parameters: dict[str, float | int | str] = {}
    answers: list[str] = []  # of a scripted model

    def __post_init__(self) -> None:
        if self.provider is ProviderKind.OPENAI and not (self.endpoint and self.model):
            raise ValueError(f"model {self.id} needs an endpoint and a model name")
        if self.endpoint and not self.endpoint.startswith(("http://", "https://")):
            raise ValueError(f"the endpoint of model {self.id} begins with http:// or https://")
        if self.provider is ProviderKind.SCRIPTED and not self.answers:
            raise ValueError(f"scripted model {self.id} needs answers")


class CalibrationRules(_Table, frozen=True):
    """How calibration is done and how good it must be."""

    points: Literal[5, 9, 13] = 9
    head_movement: bool = True  # three more dots are looked at while the head moves
    settle_s: Annotated[float, msgspec.Meta(ge=0.2, le=5)] = 0.6
    collect_s: Annotated[float, msgspec.Meta(ge=0.5, le=10)] = 1.0
    max_error_deg: Annotated[float, msgspec.Meta(gt=0, le=90)] = 5.0  # beyond, gaze is not used
    retries: Annotated[int, msgspec.Meta(ge=0, le=2)] = 2  # then mouse only, or leave
    # Who comes back keeps the earlier calibration if five dots show at most this error.
    recheck_max_error_deg: Annotated[float, msgspec.Meta(gt=0, le=90)] = 3.0
    drift_check_every_turns: Annotated[int, msgspec.Meta(ge=0)] = 1  # a dot to look at; 0: never
    learns_from_clicks: bool = True  # clicks on our buttons correct the gaze
    leaving_is_paid: bool = False  # said to those who cannot be calibrated


class TalkRules(_Table, frozen=True):
    """How the participant talks with the models."""

    mode: Literal["pairwise", "single"] = "pairwise"
    min_turns: Positive = 3
    max_turns: Positive = 20
    system_prompt: str = ""
    preset: Literal["gaze", "chat"] = "gaze"  # type size and line height of the answers
    openers: list[str] = []  # suggested first questions

    def __post_init__(self) -> None:
        if self.min_turns > self.max_turns:
            raise ValueError("min_turns must not be larger than max_turns")


class RecordingRules(_Table, frozen=True):
    """What is kept."""

    eye_features: Literal["none", "geometry", "patches"] = "geometry"


class ServerAddress(_Table, frozen=True):
    """Where the data goes; without it everything stays on the computer."""

    url: str
    code: str = ""


class Study(_Table, frozen=True):
    """A whole study. `parse_study` adds what was read to its hash."""

    id: Identifier
    version: str
    title: str
    run_by: str
    minutes: Positive
    consent: ConsentText
    models: Annotated[list[ModelSpec], msgspec.Meta(min_length=1)]
    language: str = "en"
    welcome: str = ""
    thanks: str = ""
    completion_code: str = ""
    calibration: CalibrationRules = CalibrationRules()
    talk: TalkRules = TalkRules()
    recording: RecordingRules = RecordingRules()
    server: ServerAddress | None = None
    sha256: str = ""  # of the file's bytes; not a key of the file

    def __post_init__(self) -> None:
        for what, ids in (
            ("consent tick", [t.id for t in self.consent.ticks]),
            ("model", [m.id for m in self.models]),
        ):
            twice = [i for i, n in Counter(ids).items() if n > 1]
            if twice:
                raise ValueError(f"{what} {twice[0]} stands there twice")

    @property
    def answers_per_turn(self) -> int:
        """Two answers side by side, or one."""
        return 2 if self.talk.mode == "pairwise" else 1

    @property
    def uses_demonstration_model(self) -> bool:
        """Whether a participant may meet the small built-in model."""
        return any(m.provider is ProviderKind.EMBEDDED for m in self.models)


def parse_study(text: bytes, name: str) -> Study:
    """Read a study from TOML.

    Args:
        text: the file's bytes.
        name: what to call the file in an error.

    Raises:
        StudyFileError: in one sentence that names the mistake and its place.
    """
    try:
        study = msgspec.toml.decode(text, type=Study)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StudyFileError(f"The study file {name} has a mistake: {error}.") from error
    if study.sha256:
        raise StudyFileError(f"The study file {name} must not contain a sha256: it is computed.")
    return msgspec.structs.replace(study, sha256=sha256(text))


def load_study(path: Path) -> Study:
    """Read a study file; see `parse_study`."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise StudyFileError(
            f"The study file {path} cannot be read: {error.strerror}. Check its name."
        ) from error
    return parse_study(text, path.name)
