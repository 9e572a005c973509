"""The models that the server asks for its participants: one TOML file, read at start.

Participants' computers know a model by its id alone, so an id must not give it away.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from tracker_app.chat.anthropic import Anthropic
from tracker_app.chat.keys import find_key, variable_of
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import ChatMessage
from tracker_app.errors import ServerError
from tracker_app.study.mistakes import written
from tracker_app.study.study import (
    ADDRESS,
    KEY_NAME,
    PATTERNS,
    Address,
    Finite,
    Identifier,
    Positive,
    Table,
    Words,
    refuse,
    refuse_twice,
)

SHORTEST_WORD = 3  # letters or digits that two names may not share


class Budget(Table):
    """What one session may ask of all models together."""

    requests_per_session: Positive = 400
    output_characters_per_session: Positive = 2_000_000
    concurrent_per_session: Positive = 4  # two sides, and each may be asked again


class ModelTable(Table):
    """One model, and how it is asked."""

    id: Identifier
    provider: Literal["openai", "anthropic"]
    endpoint: Annotated[Address, Field(pattern=ADDRESS)]
    model: Words
    key_name: Annotated[str, Field(pattern=KEY_NAME)] = ""  # of the environment or the keyring
    parameters: Annotated[dict[str, Finite | int | str], Field(default_factory=dict)]
    system_prompt: str = ""  # before the study's own

    @model_validator(mode="after")
    def _gives_nothing_away(self) -> "ModelTable":
        word = _shared(self.id, f"{self.model} {urlsplit(self.endpoint).hostname}")
        if word:
            sentence = f'"{word}" stands in its name or address too, so that "{self.id}" gives it'
            raise refuse("id", f'{sentence} away; write one such as "a"')
        return self


class ModelsFile(Table):
    """The whole file."""

    budget: Budget = Budget()
    models: Annotated[list[ModelTable], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_each_model_once(self) -> "ModelsFile":
        refuse_twice("models", [m.id for m in self.models])
        return self


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that can be asked."""

    table: ModelTable
    provider: OpenAICompatible | Anthropic

    def messages(self, asked: list[ChatMessage]) -> list[ChatMessage]:
        """What is said to it: its own system prompt and the study's make one."""
        prompts = [self.table.system_prompt]
        prompts += [m["content"] for m in asked if m["role"] == "system"]
        system = "\n\n".join(prompt for prompt in prompts if prompt)
        said = [m for m in asked if m["role"] != "system"]
        return [{"role": "system", "content": system}, *said] if system else said


@dataclass(frozen=True, slots=True)
class ServedModels:
    """All of them by id, and what a session may ask."""

    models: Mapping[str, ServedModel]
    budget: Budget


def load_models(path: Path, key_of: Callable[[str], str | None] = find_key) -> ServedModels:
    """Read the file and find every key.

    Raises:
        ServerError: which names every mistake.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        file = ModelsFile.model_validate(tomllib.loads(text))
    except OSError as error:
        raise ServerError(f"The file {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise _mistaken(path, _mistakes(error)) from error
    except (ValueError, RecursionError) as error:
        raise _mistaken(path, [f"not valid TOML: {error}"]) from error
    keys = {m.key_name: key_of(m.key_name) for m in file.models if m.key_name}
    missing = [
        f"models[{i}].key_name: there is no key of this name in the system keyring, nor in the "
        f"environment as {variable_of(m.key_name)}"
        for i, m in enumerate(file.models, start=1)
        if m.key_name and not keys[m.key_name]
    ]
    if missing:
        raise _mistaken(path, missing)
    models = {m.id: ServedModel(m, _provider(m, keys.get(m.key_name))) for m in file.models}
    return ServedModels(models, file.budget)


def _provider(table: ModelTable, key: str | None) -> OpenAICompatible | Anthropic:
    kind = Anthropic if table.provider == "anthropic" else OpenAICompatible
    return kind(table.endpoint, table.model, key)


def _shared(name: str, secret: str) -> str:
    """A word of one that stands in the other, or nothing."""
    for one, other in ((name.lower(), secret.lower()), (secret.lower(), name.lower())):
        for word in re.findall(rf"[^\W\d_]{{{SHORTEST_WORD},}}|\d{{{SHORTEST_WORD},}}", one):
            if word in other:
                return str(word)
    return ""


# --- mistakes ----------------------------------------------------------------------------------


def _mistaken(path: Path, mistakes: list[str]) -> ServerError:
    are = "is 1 mistake" if len(mistakes) == 1 else f"are {len(mistakes)} mistakes"
    lines = "\n".join(f"{path}: {mistake}" for mistake in mistakes)
    return ServerError(f"These models cannot be served, for there {are} in their file.\n{lines}")


def _mistakes(error: ValidationError) -> list[str]:
    return [line for one in error.errors(include_url=False) for line in _lines(one)]


def _lines(error: ErrorDetails) -> list[str]:
    path = error["loc"]
    if error["type"] == "rule":
        refusals = error["ctx"]["refusals"]
        below = [((k,) if isinstance(k, str) else k, sentence) for k, sentence in refusals]
        return [f"{written((*path, *key))}: {sentence}" for key, sentence in below]
    return [f"{written(path)}: {_sentence(error)}"]


def _sentence(error: ErrorDetails) -> str:
    """What is wrong, never with the value itself: it may be a key."""
    match error["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not known here"
        case "too_short":
            return "at least one is needed"
        case "string_pattern_mismatch":
            return f"must be {PATTERNS[error['ctx']['pattern']]}"
        case "said":
            return error["msg"]
        case _:
            return error["msg"].removeprefix("Input ")
