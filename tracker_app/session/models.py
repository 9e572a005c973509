"""The language models of a session's sides."""

from tracker_app.chat.answering import Speaker
from tracker_app.chat.anthropic import Anthropic
from tracker_app.chat.embedded import EmbeddedModel
from tracker_app.chat.keys import find_key
from tracker_app.chat.model_proxy import ModelProxy
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Provider
from tracker_app.chat.scripted import ScriptedModel
from tracker_app.recording.enrolment import Enrolment
from tracker_app.study.design import models_of
from tracker_app.study.study import ModelSpec, ProviderKind, Study


def speakers_of(study: Study, cell: str, enrolment: Enrolment | None = None) -> dict[int, Speaker]:
    """The model of each side of a cell; sides with the same model share its provider.

    Args:
        study: that has the models.
        cell: `left|right`, as the session's assignment has it.
        enrolment: of the session, where there is a server.
    """
    models = models_of(study, cell)
    providers = {m.id: _provider(m, enrolment) for m in models}
    return {
        side: Speaker(providers[m.id], m.provider, m.id, m.parameters, m.seeded)
        for side, m in enumerate(models, start=1)
    }


def _provider(model: ModelSpec, enrolment: Enrolment | None) -> Provider:
    key = find_key(model.key_name) if model.key_name else None
    match model.provider:
        case ProviderKind.EMBEDDED:
            return EmbeddedModel()
        case ProviderKind.SCRIPTED:
            return ScriptedModel(model.answers)
        case ProviderKind.OPENAI:
            return OpenAICompatible(model.endpoint, model.model, key)
        case ProviderKind.ANTHROPIC:
            return Anthropic(model.endpoint, model.model, key)
        case ProviderKind.PROXY:
            # A study file cannot be without a server then, see `Study`.
            assert enrolment is not None
            return ModelProxy(enrolment, model.id)
