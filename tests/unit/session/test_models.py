from pathlib import Path

import pytest

from tracker_app.chat.anthropic import Anthropic
from tracker_app.chat.model_proxy import ModelProxy
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Provider
from tracker_app.chat.scripted import ScriptedModel
from tracker_app.recording.uploader import Destination
from tracker_app.session.models import speakers_of
from tracker_app.study.example import example
from tracker_app.study.reading import parse_study

REACHED = 'endpoint = "https://example.org/v1"\nmodel = "m"'
SERVER = '\n[server]\nurl = "https://collect.example.org"\n'


@pytest.mark.parametrize(
    ("provider", "keys", "kind"),
    [
        ("scripted", 'answers = ["Yes."]', ScriptedModel),
        ("openai", REACHED, OpenAICompatible),
        ("anthropic", REACHED, Anthropic),
        ("proxy", "", ModelProxy),
    ],
)
def test_a_model_is_asked_as_its_study_says(
    tmp_path: Path, provider: str, keys: str, kind: type[Provider]
) -> None:
    embedded = example().index("[[models]]")
    rest = example().index("[recording]")
    table = f'[[models]]\nid = "a"\nprovider = "{provider}"\n{keys}\n\n'
    text = example()[:embedded] + table + example()[rest:] + SERVER
    enrolment = Destination("https://example.org", "", "s", "0").enrolment(tmp_path, "id")
    speakers = speakers_of(parse_study(text.encode(), "x"), "a|a", enrolment)
    assert set(speakers) == {1, 2}
    for speaker in speakers.values():
        assert isinstance(speaker.provider, kind)
        assert (speaker.provider_name, speaker.model_id) == (provider, "a")
        speaker.provider.close()
