"""No model's name is on the participant's side before the end: files, texts, logs, messages."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from tests.collection import CODE, ServerProcess
from tests.listening_relay import ListeningRelay
from tests.model_server import Handler, ModelServer, model_server
from tests.shown_widgets import texts
from tests.talk_scene import Scene
from tracker_app import records as r
from tracker_app.clock import SystemClock
from tracker_app.recording.reading import read_entries
from tracker_app.session import begin_session
from tracker_app.settings import Settings
from tracker_app.store.generations import read_generations
from tracker_app.store.sqlite import FILE_NAME
from tracker_app.study.study import ModelSpec, ProviderKind, ServerAddress, Study

NAMES = ("zebra", "9b-large", "fp_stripes")
MODELS = """
[[models]]
id = "first"
provider = "openai"
endpoint = "{endpoint}"
model = "zebra-9b-large"

[[models]]
id = "second"
provider = "openai"
endpoint = "{endpoint}"
model = "zebra-9b-large"
"""


@pytest.fixture
def zebra() -> Iterator[ModelServer]:
    """A provider whose every event names the model."""

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        named = {"model": "zebra-9b-large-2026", "system_fingerprint": "fp_stripes"}
        for delta, reason in (({"content": "An answer."}, None), ({}, "stop")):
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            handler.event({**named, "choices": [choice]})
        handler.event("[DONE]")

    with model_server(reply) as running:
        yield running


def _scene(
    qtbot: QtBot, study: Study, models: list[ModelSpec], folder: Path, url: str | None = None
) -> Scene:
    server = ServerAddress(url=url, code=CODE) if url else None
    ratings = study.ratings.model_copy(update={"after_s": 0.0})
    update = {"models": models, "server": server, "treatments": [], "ratings": ratings}
    session = begin_session(
        study.model_copy(update=update),
        Settings(data_dir=folder),
        SystemClock(),
        {"gaze": False, "mouse": False, "text": True},
        lambda error: None,
        is_simulated=False,
    )
    return Scene(qtbot, session)


def _talk(scene: Scene) -> str:
    """Ask and judge; everything that could be read meanwhile."""
    read = [texts(scene.page)]
    scene.ask("Why?")
    scene.wait_for("rate_1_1")
    read.append(texts(scene.page))
    scene.judge()
    read.append(texts(scene.page))
    assert "An answer." in scene.answers().values()
    return "\n".join([*read, *scene.answers().values()])


def _kept(folder: Path) -> bytes:
    """Everything in a session's files, also what is packed there."""
    files = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return files + b"".join(msgspec.json.encode(entry.record) for entry in read_entries(folder))


def _assert_blind(*places: bytes | str) -> None:
    for place in places:
        text = place if isinstance(place, str) else place.decode("utf-8", "replace")
        assert not [name for name in NAMES if name in text.lower()]


def test_with_the_study_s_server_nothing_on_this_side_ever_names_a_model(
    qtbot: QtBot,
    study: Study,
    zebra: ModelServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "models.toml").write_text(MODELS.format(endpoint=zebra.endpoint))
    models = [ModelSpec(id=i, provider=ProviderKind.PROXY) for i in ("first", "second")]
    with ServerProcess(tmp_path / "server", tmp_path / "models.toml") as server:
        relay = ListeningRelay(urlsplit(server.url).port or 0)
        scene = _scene(qtbot, study, models, tmp_path / "client", relay.url)
        read = _talk(scene)
        folder, session_id = scene.session.journal.folder, scene.session.participant.session_id
        scene.session.finish("finished")
        scene.session.close()
        relay.close()
    assert b"An answer." in relay.said
    _assert_blind(read, caplog.text, bytes(relay.said), _kept(folder))
    asked = read_generations(tmp_path / "server" / FILE_NAME, session_id)
    assert {row.asked.provider_model for row in asked} == {"zebra-9b-large"}
    assert {row.asked.message_id for row in asked} == {"t0s1a1", "t0s2a1"}


def test_with_a_direct_endpoint_only_the_request_names_the_model_until_the_end(
    qtbot: QtBot,
    study: Study,
    zebra: ModelServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    models = [
        ModelSpec(
            id=one, provider=ProviderKind.OPENAI, endpoint=zebra.endpoint, model="zebra-9b-large"
        )
        for one in ("first", "second")
    ]
    scene = _scene(qtbot, study, models, tmp_path)
    read = _talk(scene)
    folder = scene.session.journal.folder
    scene.session.journal.seal()
    _assert_blind(read, caplog.text, _kept(folder))
    assert {request["model"] for request in zebra.requests} == {"zebra-9b-large"}
    messages = scene.recorded(r.Message)
    scene.session.finish("finished")
    scene.session.close()
    told = [e.record for e in read_entries(folder) if isinstance(e.record, r.ModelName)]
    assert {(name.model, name.name) for name in told} == {
        ("first", "zebra-9b-large-2026"),
        ("second", "zebra-9b-large-2026"),
    }
    assert {m.revision_sha256 for m in messages} == {name.revision_sha256 for name in told}
