from importlib.resources import files
from pathlib import Path

from tests.fakes import FakeClock
from tracker_app.recording.uploader import Destination
from tracker_app.session.opening import begin_session
from tracker_app.session.participant import new_participant
from tracker_app.session.places import place_here
from tracker_app.settings import Settings
from tracker_app.study.reading import parse_study
from tracker_app.study.study import ModelSpec, ProviderKind, Study
from tracker_app.ui.cockpit_panel import CockpitState
from tracker_app.ui.privacy import describe_privacy

HOST = "collect.example.org"
SERVER = Destination(f"https://{HOST}", "", "demo", "")
DEMO = parse_study(files("tracker_app.study").joinpath("demo.toml").read_bytes(), "demo")
PROXY = ModelSpec(id="a", provider=ProviderKind.PROXY)


def _state(data_dir: Path, study: Study, *, destination: Destination | None = None) -> CockpitState:
    """How things are before the review."""
    clock, who = FakeClock(), new_participant("P-1", {"text": True}, is_simulated=False)
    why_not = "It does not answer." if destination is not None else ""
    place = place_here(study, data_dir, clock, who, why_not)
    settings = Settings(data_dir=data_dir)
    session = begin_session(
        study, settings, clock, who.ticks, lambda _: None, is_simulated=False, place=place
    )
    try:
        return describe_privacy(session, destination)
    finally:
        session.close()


def test_without_a_server_nothing_is_said_to_reach_one(tmp_path: Path) -> None:
    state = _state(tmp_path, DEMO)
    assert (state.host, state.place_host, state.question_host) == ("", "", "")


def test_a_server_asked_for_a_place_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    state = _state(tmp_path, DEMO, destination=SERVER)
    assert (state.host, state.place_host, state.question_host) == ("", HOST, "")


def test_a_server_that_asks_the_models_is_said_to_keep_the_questions(tmp_path: Path) -> None:
    study = DEMO.model_copy(update={"models": [PROXY]})
    assert _state(tmp_path, study, destination=SERVER).question_host == HOST
