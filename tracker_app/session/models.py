"""The language models of a session's sides."""

import os

import keyring
import keyring.errors

from tracker_app.chat.answering import Speaker
from tracker_app.chat.embedded import EmbeddedModel
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Provider
from tracker_app.chat.scripted import ScriptedModel
from tracker_app.settings import APP_NAME
from tracker_app.study.design import models_of
from tracker_app.study.study import ModelSpec, ProviderKind, Study


def speakers_of(study: Study, cell: str) -> dict[int, Speaker]:
    """The model of each side of a cell; sides with the same model share its provider."""
    models = models_of(study, cell)
    providers = {m.id: _provider(m) for m in models}
    return {
        side: Speaker(providers[m.id], m.provider, m.id, m.parameters)
        for side, m in enumerate(models, start=1)
    }


def _provider(model: ModelSpec) -> Provider:
    if model.provider is ProviderKind.EMBEDDED:
        return EmbeddedModel()
    if model.provider is ProviderKind.SCRIPTED:
        return ScriptedModel(model.answers)
    return OpenAICompatible(model.endpoint, model.model, _key(model.key_name))


def _key(name: str) -> str | None:
    """A model's key from the system keyring, or from the environment where there is none."""
    if not name:
        return None
    try:
        stored = keyring.get_password(APP_NAME, name)
    except keyring.errors.KeyringError:
        stored = None
    return stored or os.environ.get(f"TRACKER_KEY_{name.upper()}")
